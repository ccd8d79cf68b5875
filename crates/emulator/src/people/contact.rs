//! Contacts of portals.

use hubchannel_api::model::ContactId;
use serde::{Deserialize, Serialize};

/// A contact of a portal's CRM, as far as conversations know it.
///
/// ```
/// use hubchannel_api::{Client, PublishMessage, model::{DeliveryIdentifier, NewMessage, Participant}};
/// use hubchannel_emulator::{Contact, Emulator, Seed};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), hubchannel_api::Error> {
/// let ada = Contact::new("151", 62515).set_name("Ada Lovelace").set_email("ada@example.com");
/// let emulator = Emulator::with_seed(Seed::default().add_contact(ada));
/// let client = Client::new(emulator.transport().with_access_token(emulator.access_token()));
///
/// let sender = Participant::new(DeliveryIdentifier::email("Ada@Example.com"));
/// let body = NewMessage::incoming(emulator.channel_account_id(), sender, "Hello");
/// let message = client.publish_message(PublishMessage::new(emulator.channel_id(), body)).await?;
/// assert_eq!(message.created_by, "V-151".into());
/// # Ok(())
/// # }
/// ```
///
/// HubSpot finds a contact by a sender's e-mail address or phone number (documented), and by nothing else until somebody has
/// said who it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contact {
    /// Its number.
    pub id: ContactId,
    /// The portal that it is in.
    pub portal_id: u64,
    /// The name shown.
    pub name: Option<String>,
    /// The e-mail address, by which it is found whatever the case of its letters.
    pub email: Option<String>,
    /// The phone number in E.164, by which it is found.
    pub phone: Option<String>,
}

impl Contact {
    /// A contact of this portal, of which nothing is known.
    pub fn new(id: impl Into<ContactId>, portal_id: u64) -> Self {
        Contact {
            id: id.into().into_text(),
            portal_id,
            name: None,
            email: None,
            phone: None,
        }
    }

    /// Sets the name shown.
    #[must_use]
    pub fn set_name(self, name: impl Into<String>) -> Self {
        Contact {
            name: Some(name.into()),
            ..self
        }
    }

    /// Sets the e-mail address.
    #[must_use]
    pub fn set_email(self, email: impl Into<String>) -> Self {
        Contact {
            email: Some(email.into()),
            ..self
        }
    }

    /// Sets the phone number, in E.164.
    #[must_use]
    pub fn set_phone(self, phone: impl Into<String>) -> Self {
        Contact {
            phone: Some(phone.into()),
            ..self
        }
    }
}
