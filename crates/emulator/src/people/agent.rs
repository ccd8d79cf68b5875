//! Agents: users of HubSpot who answer.

use hubchannel_api::model::ActorId;
use serde::{Deserialize, Serialize};

/// A user of HubSpot who answers in a portal.
///
/// ```
/// use hubchannel_api::{ConversationsClient, GetActor};
/// use hubchannel_emulator::{Agent, Emulator, Seed};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), hubchannel_api::Error> {
/// let grace = Agent::new(7001, 62515).set_name("Grace Hopper").set_email("grace@example.com");
/// let emulator = Emulator::with_seed(Seed::default().add_agent(grace));
/// let client = ConversationsClient::new(emulator.transport().with_access_token(emulator.access_token()));
/// let actor = client.get_actor(GetActor::new("A-7001")).await?;
/// assert_eq!(actor.name.as_deref(), Some("Grace Hopper"));
/// # Ok(())
/// # }
/// ```
///
/// Without being added, every portal has the user 2620022, called `Emulated agent`, who does whatever nobody else is named
/// for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Agent {
    /// The user's number.
    pub user_id: u64,
    /// The portal.
    pub portal_id: u64,
    /// The name shown.
    pub name: String,
    /// The e-mail address.
    pub email: String,
}

impl Agent {
    /// A user of this portal, called `Emulated agent`.
    pub fn new(user_id: u64, portal_id: u64) -> Self {
        Agent {
            user_id,
            portal_id,
            name: "Emulated agent".to_owned(),
            email: "agent@example.com".to_owned(),
        }
    }

    /// The actor that the user is in conversations: `A-` and the number.
    pub fn actor_id(&self) -> ActorId {
        actor_id(self.user_id)
    }

    /// Sets the name shown.
    #[must_use]
    pub fn set_name(self, name: impl Into<String>) -> Self {
        Agent {
            name: name.into(),
            ..self
        }
    }

    /// Sets the e-mail address.
    #[must_use]
    pub fn set_email(self, email: impl Into<String>) -> Self {
        Agent {
            email: email.into(),
            ..self
        }
    }
}

pub(crate) fn actor_id(user_id: u64) -> ActorId {
    ActorId::from(format!("A-{user_id}"))
}
