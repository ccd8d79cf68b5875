//! From a request to its answer: the route, the credentials, the channel, the body, and only then the state. Each step
//! that fails answers with an error of HubSpot's and leaves the state alone.

mod accounts;
mod attachment;
mod auth;
mod body;
mod capabilities;
mod channels;
mod conversations;
mod draft;
mod files;
mod identifier;
mod limits;
mod messages;
mod oauth;
mod outage;
mod page;
mod refusal;
mod staging;
mod tidy;

use std::time::SystemTime;

use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header::SERVER};
use hubchannel_api::{
    Area, Body, Credential, Operation, PublishMessage, Segment,
    model::ChannelId,
    server::{self, AnyCall, ReadError, Route},
};
use serde::Serialize;

pub(crate) use self::messages::{check_publish, publish};
use self::{draft::Place, refusal::Refusal};
use crate::{
    behaviour::PrivateAppTokens,
    seed::{Seed, TokenSeed},
    state::{Caller, State},
};

/// The longest body that is read.
pub(crate) const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// In a request's extensions: its body was longer than [`BODY_LIMIT`] and is not there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooLarge;

/// What every answer of an emulator says in its header `Server`, so that nobody takes it for HubSpot.
///
/// ```
/// use http::HeaderMap;
///
/// fn is_emulated(headers: &HeaderMap) -> bool {
///     headers.get("server").is_some_and(|server| server == hubchannel_emulator::SERVER_NAME)
/// }
/// ```
pub const SERVER_NAME: &str = "hubchannel-emulator";

const CORRELATION_ID: HeaderName = HeaderName::from_static("x-hubspot-correlation-id");

/// Answers a request.
pub(crate) fn answer(seed: &Seed, state: &mut State, now: SystemTime, request: &Request<Body>) -> Response<Body> {
    let correlation_id = state.ids.correlation(now);
    let mut limits = HeaderMap::new();
    let answer = act(seed, state, now, request, &mut limits);
    let mut response = answer.unwrap_or_else(|refusal| refusal.into_response(&correlation_id));
    response.headers_mut().extend(limits);
    signed(response, correlation_id)
}

/// Answers with this status, as HubSpot does when something is wrong with it.
pub(crate) fn fail(state: &mut State, now: SystemTime, status: StatusCode) -> Response<Body> {
    let correlation_id = state.ids.correlation(now);
    signed(outage::refusal(status).into_response(&correlation_id), correlation_id)
}

/// Lets the request's access token expire.
pub(crate) fn expire_token(state: &mut State, now: SystemTime, request: &Request<Body>) {
    if let Some(token) = auth::bearer(request.headers()) {
        state.tokens.expire(&token, now);
    }
}

/// With the headers that every answer has.
fn signed(mut response: Response<Body>, correlation_id: String) -> Response<Body> {
    let headers = response.headers_mut();
    headers.extend(
        HeaderValue::try_from(correlation_id)
            .ok()
            .map(|id| (CORRELATION_ID, id)),
    );
    headers.insert(SERVER, HeaderValue::from_static(SERVER_NAME));
    response
}

/// A request on its way, and what it may look at and change.
struct Desk<'d> {
    seed: &'d Seed,
    state: &'d mut State,
    now: SystemTime,
    request: &'d Request<Body>,
    route: &'d Route,
}

/// What the answer says of limits, whether the request succeeds or not, goes into `limits`.
fn act(
    seed: &Seed,
    state: &mut State,
    now: SystemTime,
    request: &Request<Body>,
    limits: &mut HeaderMap,
) -> Result<Response<Body>, Refusal> {
    if let Some(answer) = files::download(state, now, request) {
        return answer;
    }
    let route = server::route(request)?;
    let operation = route.operation();
    let desk = Desk {
        seed,
        state,
        now,
        request,
        route: &route,
    };
    match operation.credential {
        Credential::DeveloperKey => {
            let app_id = auth::app(desk.state, request, now)?;
            let caller = Caller {
                app_id,
                portal_id: None,
            };
            *limits = limits::count(seed, desk.state, caller)?;
            channels::act(desk, app_id)
        }
        Credential::PortalToken => {
            let token = auth::portal(desk.state, request.headers(), now)?.clone();
            let refuses = seed.behaviour().private_app_tokens == PrivateAppTokens::Refuse;
            if token.private_app && operation.area == Area::CustomChannels && refuses {
                return Err(Refusal::no_credentials());
            }
            let caller = Caller {
                app_id: token.app_id,
                portal_id: Some(token.portal_id),
            };
            *limits = limits::count(seed, desk.state, caller)?;
            auth::check_scopes(&token, operation.scopes)?;
            match operation.area {
                Area::CustomChannels => portal(desk, &token),
                Area::Conversations => conversations::act(desk, &token),
                Area::Files => files::act(desk, token.portal_id),
                _ => Err(Refusal::no_page()),
            }
        }
        Credential::None if operation.area == Area::OAuth => oauth::act(desk),
        _ => Err(Refusal::no_page()),
    }
}

/// What a portal asks of a channel.
fn portal(desk: Desk<'_>, token: &TokenSeed) -> Result<Response<Body>, Refusal> {
    let operation = desk.route.operation();
    let publishing = operation.name == PublishMessage::INFO.name;
    let channel_id = desk.channel_id();
    let Some(channel) = desk.state.channels.shown(token.app_id, &channel_id, desk.now) else {
        return Err(Refusal::no_channel(&channel_id, publishing));
    };
    let name = channel.name.clone().into_option().unwrap_or_default();
    let channel_id = ChannelId::from(channel_id);
    let call = desk.try_read()?;
    let call = desk.readable(call)?;
    match operation.path.get(1) {
        Some(Segment::Literal("messages")) => messages::act(desk, token, &channel_id, call),
        Some(Segment::Literal("channel-accounts")) => accounts::act(desk, token.portal_id, &channel_id, call),
        _ => staging::act(desk, token.portal_id, &channel_id, &name, call),
    }
}

impl Desk<'_> {
    /// The path's `channelId`, in its shortest form: it is a number, which may begin with zeros. Empty where the path has
    /// none.
    fn channel_id(&self) -> String {
        match self.route.parameter("channelId") {
            None => String::new(),
            Some(id) => match id.trim_start_matches('0') {
                "" => "0".to_owned(),
                digits => digits.to_owned(),
            },
        }
    }

    /// Reads the call, if its body is not too large.
    fn try_read(&self) -> Result<Result<AnyCall, ReadError>, Refusal> {
        body::check_size(self.request)?;
        Ok(self.route.read(self.request))
    }

    /// The call, or why it cannot be read.
    fn readable(&self, call: Result<AnyCall, ReadError>) -> Result<AnyCall, Refusal> {
        call.map_err(|error| body::refuse(self.request.body(), error))
    }

    /// Where the body ends.
    fn end(&self) -> Place<'_> {
        Place(Some(self.request.body()))
    }

    /// The path of what was created, in the request's version.
    fn location(&self, pieces: &[&str]) -> Option<HeaderValue> {
        let base = self.route.operation().area.base(self.route.version());
        HeaderValue::try_from(format!("{base}/{}", pieces.join("/"))).ok()
    }
}

/// Answers a successful operation.
fn success<O: Operation<Output: Serialize>>(
    output: &O::Output,
    location: Option<&HeaderValue>,
) -> Result<Response<Body>, Refusal> {
    server::answer::<O>(output, location).map_err(|_| Refusal::internal())
}
