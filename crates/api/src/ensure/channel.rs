//! Ensuring a channel.

use std::time::Duration;

use hubchannel_model::{Channel, ChannelPatch, ChannelQuery, NewChannel, Page};

use super::{
    difference,
    error::EnsureError,
    find_or_create::{Came, Looks, Sought, find_or_create},
    listing::List,
    waits::{Pace, Waits},
};
use crate::{
    CallOptions, Client, CreateChannel, Error, ListChannels, Operation, OperationInfo, Reply, UpdateChannel,
    operation::check,
};

/// What a channel is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FindChannelBy {
    /// Its `webhookUrl`, character by character: for a channel that may be renamed.
    WebhookUrl,
    /// Its `name`, character by character: for a channel whose address may change.
    Name,
}

/// Finds the app's channel, or registers it; see [`Client::ensure_channel`].
///
/// ```
/// use hubchannel_api::{Client, EnsureChannel, EnsureError};
/// use hubchannel_model::{ChannelCapabilities, ChannelId, NewChannel, ThreadingModel};
///
/// /// Run at every start of the bridge.
/// async fn channel(client: &Client) -> Result<Option<ChannelId>, EnsureError> {
///     let capabilities = ChannelCapabilities::new(ThreadingModel::IntegrationThreadId)
///         .add_delivery_identifier_type("CHANNEL_SPECIFIC_OPAQUE_ID")
///         .set_allow_outgoing_messages(true);
///     let body = NewChannel::new("Harbour chat", capabilities).set_webhook_url("https://bridge.example.com/hubspot");
///     let ensured = client.ensure_channel(EnsureChannel::by_webhook_url(body).with_update(true)).await?;
///     Ok(ensured.channel.id.into_option())
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EnsureChannel {
    /// What the channel is found by; the body must have it.
    pub find_by: FindChannelBy,
    /// The channel as it is to be. Members that are absent may be anything; one that is `null` is to have no value.
    pub body: NewChannel,
    /// Whether a channel that is there with other values is changed. It is left alone unless this is set.
    pub update: bool,
    /// When to look again before the channel is registered: after 1, 2 and 4 seconds unless set.
    pub waits_before: Waits,
    /// When to look again until the channel is in the list.
    pub waits_after: Waits,
    /// The options of every call that is made. The deadline is that of all of them together, waits included.
    pub options: CallOptions,
}

impl EnsureChannel {
    /// The channel with the `webhookUrl` of this body.
    pub fn by_webhook_url(body: NewChannel) -> Self {
        EnsureChannel::new(FindChannelBy::WebhookUrl, body)
    }

    /// The channel with the `name` of this body.
    pub fn by_name(body: NewChannel) -> Self {
        EnsureChannel::new(FindChannelBy::Name, body)
    }

    fn new(find_by: FindChannelBy, body: NewChannel) -> Self {
        EnsureChannel {
            find_by,
            body,
            update: false,
            waits_before: Waits::doubling(Duration::from_secs(1), 3),
            waits_after: Waits::default(),
            options: CallOptions::default(),
        }
    }

    /// Sets whether a channel that is there with other values is changed.
    #[must_use]
    pub fn with_update(self, update: bool) -> Self {
        EnsureChannel { update, ..self }
    }

    /// Sets when to look again before the channel is registered.
    ///
    /// This is what keeps a bridge that crashes right after registering, and is started again at once, from registering
    /// a second channel. [`Waits::none`] is for an app that certainly has none, and for an emulator.
    #[must_use]
    pub fn with_waits_before(self, waits_before: Waits) -> Self {
        EnsureChannel { waits_before, ..self }
    }

    /// Sets when to look again until the channel is in the list.
    #[must_use]
    pub fn with_waits_after(self, waits_after: Waits) -> Self {
        EnsureChannel { waits_after, ..self }
    }

    /// Sets how the calls differ from others.
    #[must_use]
    pub fn with_options(self, options: CallOptions) -> Self {
        EnsureChannel { options, ..self }
    }
}

/// A channel that is there, and how that came about.
#[derive(Debug)]
#[non_exhaustive]
pub struct EnsuredChannel {
    /// The channel, as HubSpot answered last.
    pub channel: Channel,
    /// How it came to be there.
    pub outcome: ChannelOutcome,
    /// What of a channel that was there was not as it was asked for: the change that was made if `updated`, else the one
    /// that would mend it. Never anything for a channel that this call created.
    pub differences: ChannelPatch,
    /// Whether the differences were sent, and accepted.
    pub updated: bool,
    /// Why the list could not be had the last time, for a channel that was created and not seen.
    pub list_error: Option<Error>,
}

impl EnsuredChannel {
    /// Whether the channel was there with other values than it was asked for.
    pub fn differed(&self) -> bool {
        self.differences != ChannelPatch::default()
    }
}

/// How a channel came to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChannelOutcome {
    /// It was there.
    Found,
    /// This call created it, and it is in the list.
    Created,
    /// This call created it, and it was not in the list in time. Connecting an account may fail for some more seconds
    /// (observed).
    CreatedNotVisible,
    /// Nobody knows what came of this call's attempt to create it, and it is there since: created by this call, or by
    /// another process at the same time.
    Appeared,
}

impl Client {
    /// Finds the app's channel, or registers it once and waits until HubSpot lists it.
    ///
    /// All pages of the list are read; archived channels are not in it, and do not count. It is looked for several times
    /// before it is registered (7 seconds unless set otherwise) and until it is listed (about a minute). A registration
    /// whose outcome is unknown is not repeated: the channel is looked for instead. Needs the developer's key.
    ///
    /// **Calling it again** is safe, after a crash too, as long as the channel that was registered before is listed by
    /// the time that it is looked for the last time. **Two processes** that find none at the same time both register
    /// one; HubSpot has nothing that prevents it. Whichever of them sees both channels returns
    /// [`EnsureError::Ambiguous`], and so does every later call, until all but one are archived. Whoever starts many
    /// processes lets one of them do this.
    ///
    /// Dropping the call while the channel is being registered leaves open whether it was; the next call finds it.
    ///
    /// # Errors
    /// See [`EnsureError`]. Once HubSpot has told the new channel's id, only [`EnsureError::Ambiguous`] and
    /// [`EnsureError::Renamed`] come, which tell it too.
    pub async fn ensure_channel(&self, call: EnsureChannel) -> Result<EnsuredChannel, EnsureError> {
        let wanted = Wanted {
            client: self,
            call: &call,
        };
        wanted.check()?;
        let pace = Pace::new(self.clock(), &call.options);
        let looks = Looks {
            before: call.waits_before.clone(),
            after: call.waits_after.clone(),
        };
        let (channel, outcome) = match find_or_create(&wanted, &looks, &pace).await? {
            Came::Found(channel) => (channel, ChannelOutcome::Found),
            Came::Appeared(channel) => (channel, ChannelOutcome::Appeared),
            Came::Created(channel) => return Ok(created(channel, ChannelOutcome::Created, None)),
            Came::NotSeen(channel, error) => {
                return Ok(created(channel, ChannelOutcome::CreatedNotVisible, error));
            }
        };
        let differences = difference::between(&channel, &call.body);
        let mut ensured = EnsuredChannel {
            channel,
            outcome,
            differences,
            updated: false,
            list_error: None,
        };
        if call.update && ensured.differed() {
            let id = ensured.channel.id.as_ref().cloned().unwrap_or_else(|| "".into());
            let patch = UpdateChannel::new(id, ensured.differences.clone());
            let updated = match pace.call(UpdateChannel::INFO) {
                Ok(options) => self.update_channel(patch.with_options(options)).await,
                Err(error) => Err(error),
            };
            match updated {
                Ok(channel) => ensured.channel = channel.into_inner(),
                Err(error) => {
                    let ensured = Box::new(ensured);
                    return Err(EnsureError::ChannelNotChanged { ensured, error });
                }
            }
            ensured.updated = true;
        }
        Ok(ensured)
    }
}

fn created(channel: Channel, outcome: ChannelOutcome, list_error: Option<Error>) -> EnsuredChannel {
    EnsuredChannel {
        channel,
        outcome,
        differences: ChannelPatch::new(),
        updated: false,
        list_error,
    }
}

struct Wanted<'a> {
    client: &'a Client,
    call: &'a EnsureChannel,
}

impl Wanted<'_> {
    fn check(&self) -> Result<(), Error> {
        check(&CreateChannel::new(self.call.body.clone()))?;
        let given = match self.call.find_by {
            FindChannelBy::WebhookUrl => self.call.body.webhook_url.as_deref(),
            FindChannelBy::Name => self.call.body.name.as_deref(),
        };
        match given {
            Some("") | None => {
                let rule = "must be set, because the channel is found by it";
                Err(Error::invalid_parameter(CreateChannel::INFO, self.found_by(), rule))
            }
            Some(_) => Ok(()),
        }
    }
}

impl List for Wanted<'_> {
    type Item = Channel;

    const INFO: &'static OperationInfo = ListChannels::INFO;

    async fn page(&self, after: Option<String>, options: CallOptions) -> Result<Reply<Page<Channel>>, Error> {
        let mut query = ChannelQuery::default();
        query.after = after;
        self.client
            .list_channels(ListChannels::new(query).with_options(options))
            .await
    }
}

impl Sought for Wanted<'_> {
    const WHAT: &'static str = "channel";
    const MEND: &'static str = "keep the one whose accounts are in use and archive the others";
    const CREATE: &'static OperationInfo = CreateChannel::INFO;

    async fn create(&self, options: CallOptions) -> Result<Channel, Error> {
        let create = CreateChannel::new(self.call.body.clone()).with_options(options);
        self.client.create_channel(create).await.map(Reply::into_inner)
    }

    fn id(channel: &Channel) -> Option<&str> {
        channel.id.as_ref().map(|id| id.as_str())
    }

    fn is_sought(&self, channel: &Channel) -> bool {
        let body = &self.call.body;
        let is_same = match self.call.find_by {
            FindChannelBy::WebhookUrl => body.webhook_url == channel.webhook_url,
            FindChannelBy::Name => body.name == channel.name,
        };
        // Channels have no such member by description; one that says so is taken at its word.
        let is_archived = matches!(channel.extra.decode("archived"), Ok(Some(true)));
        is_same && !is_archived
    }

    fn found_by(&self) -> &'static str {
        match self.call.find_by {
            FindChannelBy::WebhookUrl => "webhookUrl",
            FindChannelBy::Name => "name",
        }
    }
}
