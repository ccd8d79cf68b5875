//! Each operation of the API as a value: what it is called with, how it is written as an HTTP request, and how its
//! answer is read. Nothing here does I/O.

mod channel_accounts;
mod channels;
mod conversations;
mod declare;
mod files;
mod form;
mod json;
mod messages;
mod oauth;
mod path;
mod query;
mod scope;
mod staging_tokens;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, StatusCode, Uri,
    header::{ACCEPT, CONTENT_TYPE, USER_AGENT},
};
use hubchannel_model::{DecodeError, PortalId, Violations};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use serde::de::DeserializeOwned;

#[cfg(feature = "server")]
pub(crate) use self::declare::Declared;
pub use self::{
    channel_accounts::{CreateChannelAccount, GetChannelAccount, ListChannelAccounts, UpdateChannelAccount},
    channels::{ArchiveChannel, CreateChannel, GetChannel, ListChannels, UpdateChannel},
    conversations::{
        GetActor, GetInbox, GetThread, GetThreadMessage, ListInboxes, ListPortalChannelAccounts, ListThreadMessages,
        ListThreads, ReadActors, UpdateThread,
    },
    files::{GetSignedUrl, UploadFile},
    messages::{GetMessage, PublishMessage, UpdateMessageStatus},
    oauth::{IntrospectToken, RequestToken, RevokeToken},
    path::Segment,
    query::{QueryParameter, QueryType},
    staging_tokens::UpdateChannelAccountStagingToken,
};
pub(crate) use self::{declare::operation, query::write as write_query};
use crate::{ApiVersion, Area, BaseUrl, Body, Error, is_confidential};

/// An operation of the API: a value with everything that one call needs, its options among them.
pub trait Operation: AsRef<CallOptions> + Send + Sync + 'static {
    /// What a successful answer holds.
    type Output: DeserializeOwned + Send + 'static;

    /// What is known of the operation without a value of it.
    const INFO: &'static OperationInfo;

    /// The values of the path's parameters, in the order of [`OperationInfo::path`].
    fn path_values(&self) -> impl Iterator<Item = &str>;

    /// The names and values of the query, not yet encoded; a list repeats its name.
    fn query_pairs(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Checks what HubSpot is known to want of the body, or of the query. [`Client`](crate::Client) does so before it hands the call on.
    ///
    /// # Errors
    /// Everything found, with the path of each member.
    fn check(&self) -> Result<(), Violations> {
        Ok(())
    }

    /// The body; `None` for an operation without one.
    ///
    /// # Errors
    /// When the body cannot be written.
    fn body(&self) -> Result<Option<Body>, Error> {
        Ok(None)
    }

    /// What kind of body it is; JSON unless said otherwise.
    fn content_type(&self) -> HeaderValue {
        JSON
    }

    /// Reads the body of a successful answer.
    ///
    /// # Errors
    /// When the body is not what the operation answers with.
    fn read_output(body: &Body) -> Result<Self::Output, DecodeError> {
        json::read(body)
    }

    /// Whether the body carries an idempotency key.
    fn is_keyed(&self) -> bool {
        false
    }
}

/// What is known of an operation without a value of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OperationInfo {
    /// The name, as that of the client's method.
    pub name: &'static str,
    /// Where in HubSpot's API it belongs, and so what its path starts with.
    pub area: Area,
    /// The HTTP method.
    pub method: Method,
    /// The path after the area's [base](Area::base).
    pub path: &'static [Segment],
    /// What the query may have.
    pub query: &'static [QueryParameter],
    /// The status of success.
    pub success: StatusCode,
    /// What changes when it is done: `published`, `connected`; `None` for one that only reads.
    pub effect: Option<&'static str>,
    /// Which credential HubSpot wants.
    pub credential: Credential,
    /// The OAuth scopes, of which one is enough.
    pub scopes: &'static [&'static str],
    /// Whether it may be repeated when nobody knows whether it was done.
    pub repeat: Repeat,
}

/// Which credential an operation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Credential {
    /// None.
    None,
    /// The OAuth token of a portal, of the app that owns the channel.
    PortalToken,
    /// The developer's API key with the app's id.
    DeveloperKey,
}

/// Whether an operation may be repeated when nobody knows whether it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Repeat {
    /// Always: a second time changes nothing more.
    Always,
    /// Only with an idempotency key, the same each time.
    WithKey,
    /// Never.
    Never,
}

/// How one call differs from others.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CallOptions {
    /// How long the whole call may take, in place of what the transport's stack has set. Without a stack that keeps
    /// deadlines it has no effect. Of a download it is the time to its last byte, while a stack's own deadline ends with
    /// the head of an answer.
    pub deadline: Option<Duration>,
    /// How long each attempt may take until the head of its answer is there, in place of what the stack has set. A large
    /// upload needs more than other calls.
    pub attempt_timeout: Option<Duration>,
    /// How long an answer that is read while it comes in, such as a download, may fall silent, in place of what the stack
    /// has set.
    pub idle_timeout: Option<Duration>,
    /// The portal that the call is for. A stack with the tokens of many portals takes that of this one; a stack with the
    /// token of another refuses the call. Without such a stack it has no effect.
    pub portal: Option<PortalId>,
}

impl CallOptions {
    /// For this portal.
    ///
    /// ```
    /// use hubchannel_api::{CallOptions, GetMessage};
    ///
    /// let call = GetMessage::new("2930388", "5c1f0b8e").with_options(CallOptions::for_portal("62515"));
    /// assert_eq!(call.options.portal.as_ref().map(|portal| portal.as_str()), Some("62515"));
    /// ```
    pub fn for_portal(portal: impl Into<PortalId>) -> Self {
        CallOptions {
            portal: Some(portal.into()),
            ..CallOptions::default()
        }
    }

    /// Sets how long the whole call may take.
    ///
    /// ```
    /// use std::time::Duration;
    /// use hubchannel_api::CallOptions;
    ///
    /// let minute = Duration::from_secs(60);
    /// let options = CallOptions::default().with_deadline(15 * minute).with_attempt_timeout(5 * minute);
    /// assert_eq!(options.attempt_timeout, Some(5 * minute));
    /// ```
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        CallOptions {
            deadline: Some(deadline),
            ..self
        }
    }

    /// Sets how long each attempt may take.
    #[must_use]
    pub fn with_attempt_timeout(self, attempt_timeout: Duration) -> Self {
        CallOptions {
            attempt_timeout: Some(attempt_timeout),
            ..self
        }
    }

    /// Sets how long an answer that is read while it comes in may fall silent.
    ///
    /// ```
    /// use std::time::Duration;
    /// use hubchannel_api::{CallOptions, DownloadFile};
    ///
    /// let options = CallOptions::default()
    ///     .with_deadline(Duration::from_secs(600))
    ///     .with_idle_timeout(Duration::from_secs(10));
    /// let download = DownloadFile::new("https://cdn.example.com/tour.mp4").with_options(options);
    /// ```
    #[must_use]
    pub fn with_idle_timeout(self, idle_timeout: Duration) -> Self {
        CallOptions {
            idle_timeout: Some(idle_timeout),
            ..self
        }
    }
}

/// What a request tells the layers of a transport about its call; found in the request's extensions.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Call {
    /// The operation.
    pub operation: &'static OperationInfo,
    /// Whether the body carries an idempotency key.
    pub keyed: bool,
    /// Whether the address came from outside and leads to another host than the API's. What is answered there says
    /// nothing of HubSpot, so that no layer learns from it of HubSpot's limits, and any part of the address may be a secret.
    pub foreign: bool,
    /// The call's own options.
    pub options: CallOptions,
    /// Where the API is, as whoever makes the call was told: its credential goes to no other server. `None` stands for
    /// HubSpot's own address.
    pub base_url: Option<BaseUrl>,
    /// When its first request began, of a call that makes several.
    pub(crate) began: Option<Arc<OnceLock<Duration>>>,
    /// What may be shown of the path, where that is not the path itself.
    pub(crate) shown_path: Option<Arc<str>>,
}

impl Call {
    /// A call of this operation to HubSpot's own address, without a key and with no options of its own, for those who
    /// test layers alone.
    pub fn new(operation: &'static OperationInfo) -> Self {
        Call {
            operation,
            keyed: false,
            foreign: false,
            options: CallOptions::default(),
            base_url: None,
            began: None,
            shown_path: None,
        }
    }

    /// When the call began, by the clock of the layer that asks: now, unless it has asked of an earlier request of the same
    /// call, as a download makes one for each redirect.
    pub fn began(&self, now: Duration) -> Duration {
        self.began.as_ref().map_or(now, |began| *began.get_or_init(|| now))
    }

    /// Whether the request may be sent again although the server may have received it.
    pub fn may_repeat(&self) -> bool {
        match self.operation.repeat {
            Repeat::Always => true,
            Repeat::WithKey => self.keyed,
            Repeat::Never => false,
        }
    }
}

/// Where requests go and what every one of them says.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) base_url: BaseUrl,
    pub(crate) version: ApiVersion,
    pub(crate) user_agent: HeaderValue,
    /// Whether bodies that hold secrets may go over plain `http` to another machine.
    pub(crate) plain_http: bool,
}

const PROGRAM: &str = concat!("hubchannel/", env!("CARGO_PKG_VERSION"));

/// HubSpot's own address, in `v3`.
impl Default for Target {
    fn default() -> Self {
        Target {
            base_url: BaseUrl::default(),
            version: ApiVersion::default(),
            user_agent: HeaderValue::from_static(PROGRAM),
            plain_http: false,
        }
    }
}

impl Target {
    /// Names a program before this library.
    pub(crate) fn name_program(&mut self, program: &HeaderValue) {
        let both = [program.as_bytes(), b" ", PROGRAM.as_bytes()].concat();
        // Two values and a blank are a value.
        if let Ok(both) = HeaderValue::from_maybe_shared(Bytes::from(both)) {
            self.user_agent = both;
        }
    }
}

pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Everything but the characters that RFC 3986 calls unreserved.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Checks all that can be wrong with a call before it is sent: the body's rules and the path's values.
pub(crate) fn check<O: Operation>(call: &O) -> Result<(), Error> {
    call.check().map_err(|violations| Error::invalid(O::INFO, violations))?;
    check_path(O::INFO, call.path_values())
}

/// Hands a call on if nothing is wrong with it.
///
/// Taking it by value keeps the futures of the client's methods small: what has been borrowed there stays in them.
pub(crate) fn checked<O: Operation, T>(call: O, hand_on: impl FnOnce(O) -> T) -> Result<T, Error> {
    check(&call)?;
    Ok(hand_on(call))
}

fn check_path<'a>(info: &'static OperationInfo, values: impl Iterator<Item = &'a str>) -> Result<(), Error> {
    path::check(info.path, values).map_err(|(name, rule)| Error::invalid_parameter(info, name, rule))
}

/// Writes a call as an HTTP request.
pub(crate) fn write_request<O: Operation>(operation: &O, target: &Target) -> Result<Request<Body>, Error> {
    let info = O::INFO;
    // What the client has checked is checked once more, so that no other way leads to a path that is not the operation's.
    check_path(info, operation.path_values())?;
    let mut address = String::with_capacity(160);
    address.push_str(target.base_url.as_str());
    path::write(&mut address, info.area.base(target.version), info.path, operation.path_values());
    query::write(&mut address, &operation.query_pairs());
    let uri = Uri::from_maybe_shared(Bytes::from(address))
        .map_err(|_| Error::invalid_parameter(info, "address", "is too long"))?;
    if info.area == Area::OAuth && !target.plain_http && !is_confidential(&uri) {
        let rule =
            "must be https: a client secret is not sent over plain http to another machine unless that is allowed";
        return Err(Error::invalid_parameter(info, "address", rule));
    }
    let body = operation.body()?;
    let mut request = Request::new(Body::empty());
    *request.method_mut() = info.method.clone();
    *request.uri_mut() = uri;
    let headers = request.headers_mut();
    headers.reserve(4);
    headers.insert(ACCEPT, JSON);
    headers.insert(USER_AGENT, target.user_agent.clone());
    if body.is_some() {
        headers.insert(CONTENT_TYPE, operation.content_type());
    }
    let call = Call {
        operation: info,
        keyed: operation.is_keyed(),
        foreign: false,
        options: operation.as_ref().clone(),
        base_url: Some(target.base_url.clone()),
        began: None,
        shown_path: None,
    };
    request.extensions_mut().insert(call);
    *request.body_mut() = body.unwrap_or_default();
    Ok(request)
}
