//! Making portals, apps, channels and what belongs to them.

use std::time::Duration;

use http::Uri;
use hubchannel_api::model::{
    Channel, ChannelAccountId, ChannelCapabilities, DeliveryIdentifier, Inbox, InboxId, InboxType, NewChannel, Secret,
};
use serde::{Deserialize, Serialize};

use super::{
    AccountView, AdminError, AgentView, AppCredentials, ContactView, InboxView,
    overview::{account, inbox},
};
use crate::{
    Agent, Contact, Emulator,
    changes::ChangeKind,
    seed::{AppSeed, ChannelSeed, TokenSeed},
    state::{NewAccount, State, Taken},
};

/// A portal to make. What is left out is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PortalInput {
    /// Its number.
    pub portal_id: Option<u64>,
    /// The app that is installed in it; none unless set.
    pub app_id: Option<u64>,
}

/// A portal that was made.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NewPortal {
    /// Its number.
    pub portal_id: u64,
    /// The inbox that it has.
    pub inbox_id: InboxId,
    /// The token of the app that is installed in it, with a bridge's scopes, which does not expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Secret>,
}

/// An app to make. What is left out is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct AppInput {
    /// Its number.
    pub app_id: Option<u64>,
    /// Where it is told of conversations; nowhere unless set.
    pub subscription_url: Option<String>,
}

/// A channel to register.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ChannelInput {
    /// The app; the first channel's unless set.
    pub app_id: Option<u64>,
    /// The name.
    pub name: String,
    /// Where the bridge is told what happens.
    pub webhook_url: Option<String>,
    /// Where users are sent who connect an account.
    pub channel_account_connection_redirect_url: Option<String>,
    /// What it can do; those of a [`ChannelSeed`] unless set.
    pub capabilities: Option<ChannelCapabilities>,
}

/// An inbox to make.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct InboxInput {
    /// The portal; the first channel account's unless set.
    pub portal_id: Option<u64>,
    /// The name; `Inbox` unless set.
    pub name: Option<String>,
    /// `INBOX` or `HELP_DESK`; the former unless set.
    pub r#type: Option<String>,
}

/// A channel account to connect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct AccountInput {
    /// The channel.
    pub channel_id: String,
    /// The inbox, which says in which portal it is.
    pub inbox_id: String,
    /// The name; the channel's unless set.
    pub name: Option<String>,
    /// Its own address in the outside service.
    pub delivery_identifier: Option<IdentifierInput>,
}

/// An address in the outside service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IdentifierInput {
    /// What kind of address it is.
    pub r#type: String,
    /// The address.
    pub value: String,
}

/// A user of a portal to add.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct AgentInput {
    /// The portal; the first channel account's unless set.
    pub portal_id: Option<u64>,
    /// The user's number; a new one unless set. Who had it before in the portal is replaced.
    pub user_id: Option<u64>,
    /// The name shown.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
}

/// A contact to add.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ContactInput {
    /// The portal; the first channel account's unless set.
    pub portal_id: Option<u64>,
    /// The contact's number; a new one unless set. Who had it before in the portal is replaced.
    pub id: Option<String>,
    /// The name shown.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The phone number in E.164.
    pub phone: Option<String>,
}

impl State {
    /// Fails where there is no such portal.
    pub(super) fn check_portal(&self, portal_id: u64) -> Result<(), AdminError> {
        if self.portals().contains(&portal_id) {
            return Ok(());
        }
        Err(AdminError::invalid("portalId", format!("there is no portal {portal_id}; create it first")))
    }

    fn check_app(&self, app_id: u64) -> Result<(), AdminError> {
        match self.apps.get(app_id) {
            Some(_) => Ok(()),
            None => Err(AdminError::invalid("appId", format!("there is no app {app_id}; create it first"))),
        }
    }

    fn make_inbox(&mut self, portal_id: u64, name: String, kind: InboxType, now: std::time::SystemTime) -> InboxView {
        let made: Inbox = self.inboxes.make(&mut self.ids, portal_id, name, kind, now.into());
        let view = inbox(portal_id, &made);
        self.changes.note(ChangeKind::Inbox, &view.id);
        view
    }
}

fn check_url(field: &str, url: Option<&str>) -> Result<(), AdminError> {
    let Some(url) = url else { return Ok(()) };
    let uri = Uri::try_from(url).ok();
    let is_web = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some();
    if uri.as_ref().is_some_and(is_web) {
        return Ok(());
    }
    Err(AdminError::invalid(field, "this is no address of the form https://host/path"))
}

fn not_empty(field: &str, text: &str) -> Result<(), AdminError> {
    if text.is_empty() {
        return Err(AdminError::invalid(field, "this must be given, and not be empty"));
    }
    Ok(())
}

/// # Making what bridges need
impl Emulator {
    /// Makes a portal with an inbox, and installs an app in it.
    ///
    /// ```
    /// use hubchannel_emulator::{Emulator, admin::{AccountInput, PortalInput}};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::new();
    /// let app_id = emulator.overview().apps[0].app_id;
    /// let portal = emulator.create_portal(PortalInput { app_id: Some(app_id), ..PortalInput::default() })?;
    /// let account = emulator.create_account(AccountInput {
    ///     channel_id: emulator.channel_id().to_string(),
    ///     inbox_id: portal.inbox_id.to_string(),
    ///     ..AccountInput::default()
    /// })?;
    /// assert_eq!(account.portal_id, portal.portal_id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When there is such a portal already, or no such app.
    pub fn create_portal(&self, input: PortalInput) -> Result<NewPortal, AdminError> {
        self.change(|state, now| {
            if let Some(app_id) = input.app_id {
                state.check_app(app_id)?;
            }
            let portals = state.portals();
            let portal_id = match input.portal_id {
                Some(id) if portals.contains(&id) => {
                    return Err(AdminError::refused(format!("portal {id} is there already")).within("portalId"));
                }
                Some(id) => id,
                None => state.ids.portal(|id| portals.contains(&id)),
            };
            let inbox = state.make_inbox(portal_id, "Inbox".to_owned(), InboxType::Inbox, now);
            let access_token = input.app_id.map(|app_id| {
                let token = Secret::from(state.ids.secret());
                state.tokens.add(TokenSeed::new(token.clone(), portal_id, app_id));
                token
            });
            state.changes.note(ChangeKind::Portal, portal_id);
            Ok(NewPortal {
                portal_id,
                inbox_id: inbox.id,
                access_token,
            })
        })
    }

    /// Makes an app, with credentials of its own.
    ///
    /// # Errors
    /// When there is such an app already, or the address is none.
    pub fn create_app(&self, input: AppInput) -> Result<AppCredentials, AdminError> {
        check_url("subscriptionUrl", input.subscription_url.as_deref())?;
        self.change(|state, _| {
            let id = match input.app_id {
                Some(id) if state.apps.get(id).is_some() => {
                    return Err(AdminError::refused(format!("app {id} is there already")).within("appId"));
                }
                Some(id) => id,
                None => state.ids.app(|id| state.apps.get(id).is_some()),
            };
            let mut app = AppSeed::new(id)
                .set_developer_key(state.ids.secret())
                .set_client(format!("emulated-client-{id}"), state.ids.secret());
            if let Some(url) = input.subscription_url {
                app = app.set_subscription_url(url);
            }
            let credentials = AppCredentials::from(&app);
            state.apps.add(app);
            state.changes.note(ChangeKind::App, id);
            Ok(credentials)
        })
    }

    /// Registers a channel, which portals see at once.
    ///
    /// # Errors
    /// When it has no name, there is no such app, an address is none, or the app has as many channels as it may have.
    pub fn create_channel(&self, input: ChannelInput) -> Result<Channel, AdminError> {
        not_empty("name", &input.name)?;
        check_url("webhookUrl", input.webhook_url.as_deref())?;
        let redirect = input.channel_account_connection_redirect_url;
        check_url("channelAccountConnectionRedirectUrl", redirect.as_deref())?;
        let app_id = input.app_id.unwrap_or_else(|| self.origin().app_id);
        let capabilities = input
            .capabilities
            .unwrap_or_else(|| ChannelSeed::new("", app_id).into_capabilities());
        let mut new = NewChannel::new(input.name, capabilities);
        new.webhook_url = input.webhook_url.map(Into::into).into();
        new.channel_account_connection_redirect_url = redirect.map(Into::into).into();
        self.change(|state, now| {
            state.check_app(app_id)?;
            let channel = state
                .channels
                .register(&mut state.ids, app_id, new, now, Duration::ZERO);
            let channel = channel.map_err(|_| {
                AdminError::refused(format!(
                    "app {app_id} has as many channels as it may have; archive one, or make an app"
                ))
                .within("appId")
            })?;
            let id = channel.id.as_ref().map(ToString::to_string);
            state.changes.note_in(ChangeKind::Channel, id, None);
            Ok(channel)
        })
    }

    /// Makes an inbox.
    ///
    /// # Errors
    /// When there is no such portal, or it is to be of a type that there is none of.
    pub fn create_inbox(&self, input: InboxInput) -> Result<InboxView, AdminError> {
        let kind = match input.r#type.as_deref() {
            None | Some("INBOX") => InboxType::Inbox,
            Some("HELP_DESK") => InboxType::HelpDesk,
            Some(_) => return Err(AdminError::invalid("type", "an inbox is of the type INBOX or HELP_DESK")),
        };
        let portal_id = input.portal_id.unwrap_or_else(|| self.portal_id());
        let name = input.name.unwrap_or_else(|| "Inbox".to_owned());
        not_empty("name", &name)?;
        self.change(|state, now| {
            state.check_portal(portal_id)?;
            Ok(state.make_inbox(portal_id, name, kind, now))
        })
    }

    /// Connects a channel account, as a user does whose bridge takes part; its bridge is told so.
    ///
    /// # Errors
    /// When there is no such channel or inbox, or the channel has an account with this address in the portal.
    pub fn create_account(&self, input: AccountInput) -> Result<AccountView, AdminError> {
        self.change(|state, now| {
            let Some(channel) = state.channels.seen(&input.channel_id, now) else {
                let message = format!("there is no channel {:?}; the overview lists them", input.channel_id);
                return Err(AdminError::invalid("channelId", message));
            };
            let channel_name = channel.name.as_ref().cloned().unwrap_or_default();
            let Some((portal_id, _)) = state.inboxes.get(&input.inbox_id) else {
                let message = format!("there is no inbox {:?}; the overview lists them", input.inbox_id);
                return Err(AdminError::invalid("inboxId", message));
            };
            let identifier = input
                .delivery_identifier
                .map(|identifier| DeliveryIdentifier::new(identifier.r#type.as_str(), identifier.value));
            let new = NewAccount {
                portal_id,
                channel_id: input.channel_id.into(),
                inbox_id: input.inbox_id.into(),
                name: input.name.filter(|name| !name.is_empty()).unwrap_or(channel_name),
                authorized: true,
                delivery_identifier: identifier,
            };
            let connected = state.connect(new, now.into()).map_err(|Taken(id)| {
                AdminError::refused(format!("channel account {id} has this deliveryIdentifier already"))
                    .within("deliveryIdentifier")
            })?;
            Ok(account(portal_id, &connected))
        })
    }

    /// Switches a channel account on or off, as only HubSpot does; its bridge is told so.
    ///
    /// # Errors
    /// When there is no such account, or it is archived.
    pub fn switch_account(&self, id: impl Into<ChannelAccountId>, active: bool) -> Result<AccountView, AdminError> {
        let id = id.into();
        let missing = || AdminError::not_found(format!("there is no channel account {id} that is not archived"));
        if !self.set_channel_account_active(id.clone(), active) {
            return Err(missing());
        }
        self.look(|state| {
            let mut all = state.accounts.everywhere();
            let found = all.find(|(_, account)| account.id.as_ref() == Some(&id));
            found.map(|(portal_id, of)| account(portal_id, of)).ok_or_else(missing)
        })
    }

    /// Adds a user of a portal.
    ///
    /// # Errors
    /// When there is no such portal.
    pub fn create_agent(&self, input: AgentInput) -> Result<AgentView, AdminError> {
        let portal_id = input.portal_id.unwrap_or_else(|| self.portal_id());
        self.change(|state, _| {
            state.check_portal(portal_id)?;
            let agents = state.agents();
            let is_taken = |id: u64| {
                agents
                    .iter()
                    .any(|agent| (agent.portal_id, agent.user_id) == (portal_id, id))
            };
            let user_id = input.user_id.unwrap_or_else(|| state.ids.user(is_taken));
            let mut agent = Agent::new(user_id, portal_id);
            if let Some(name) = input.name {
                agent = agent.set_name(name);
            }
            if let Some(email) = input.email {
                agent = agent.set_email(email);
            }
            let view = AgentView::from(&agent);
            state.people.add_agent(agent);
            state.changes.note(ChangeKind::Agent, &view.id);
            Ok(view)
        })
    }

    /// Adds a contact.
    ///
    /// # Errors
    /// When there is no such portal, or the id is no number.
    pub fn create_contact(&self, input: ContactInput) -> Result<ContactView, AdminError> {
        if let Some(id) = &input.id
            && (id.is_empty() || id.len() > 18 || !id.bytes().all(|byte| byte.is_ascii_digit()))
        {
            return Err(AdminError::invalid("id", "a contact's id is a number of at most 18 digits"));
        }
        let portal_id = input.portal_id.unwrap_or_else(|| self.portal_id());
        self.change(|state, _| {
            state.check_portal(portal_id)?;
            let id = match input.id {
                Some(id) => id,
                None => state.people.unused_contact(&mut state.ids, portal_id),
            };
            let mut contact = Contact::new(id, portal_id);
            contact.name = input.name;
            contact.email = input.email;
            contact.phone = input.phone;
            let view = ContactView::from(&contact);
            state.people.add(contact);
            state.changes.note(ChangeKind::Contact, &view.id);
            Ok(view)
        })
    }
}
