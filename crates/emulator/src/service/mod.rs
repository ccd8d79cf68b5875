//! From a request to its answer: the route, the credentials, the channel, the body, and only then the state. Each step
//! that fails answers with an error of HubSpot's and leaves the state alone.

mod attachment;
mod auth;
mod body;
mod draft;
mod refusal;

use std::time::SystemTime;

use http::{HeaderName, HeaderValue, Request, Response, header::SERVER};
use hubchannel_api::{
    Body, GetMessage, Operation, OperationInfo, PublishMessage, UpdateMessageStatus,
    model::{ChannelId, Message, MessageId},
    server::{self, AnyCall},
};

use self::refusal::Refusal;
use crate::{
    seed::{AccountSeed, ChannelSeed, Seed, TokenSeed},
    state::{Report, State},
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

/// The operations that are emulated so far.
const EMULATED: [&OperationInfo; 3] = [PublishMessage::INFO, GetMessage::INFO, UpdateMessageStatus::INFO];

const CORRELATION_ID: HeaderName = HeaderName::from_static("x-hubspot-correlation-id");

/// Answers a request.
pub(crate) fn answer(seed: &Seed, state: &mut State, now: SystemTime, request: &Request<Body>) -> Response<Body> {
    let correlation_id = state.ids.correlation(now);
    let mut response = act(seed, state, now, request).unwrap_or_else(|refusal| refusal.into_response(&correlation_id));
    let headers = response.headers_mut();
    headers.extend(
        HeaderValue::try_from(correlation_id)
            .ok()
            .map(|id| (CORRELATION_ID, id)),
    );
    headers.insert(SERVER, HeaderValue::from_static(SERVER_NAME));
    response
}

fn act(seed: &Seed, state: &mut State, now: SystemTime, request: &Request<Body>) -> Result<Response<Body>, Refusal> {
    let route = server::route(request)?;
    let operation = route.operation();
    if !EMULATED.iter().any(|emulated| emulated.name == operation.name) {
        return Err(Refusal::not_emulated(operation));
    }
    let token = auth::check(seed, request.headers(), operation.scopes, now)?;
    let publishing = operation.name == PublishMessage::INFO.name;
    let channel_id = route.parameter("channelId").unwrap_or_default();
    let channel = channel(seed, token, channel_id).ok_or_else(|| Refusal::no_channel(channel_id, publishing))?;
    body::check_size(request)?;
    let call = route
        .read(request)
        .map_err(|error| body::refuse(request.body(), error))?;
    let response = match call {
        AnyCall::PublishMessage(call) => {
            let draft = draft::read(call.body, seed.is_strict(), body::end(request.body()))?;
            let account = account(seed, token, channel, draft.account.as_str())?;
            let message = state.publish(channel, account, draft, now);
            let base = route.version().base();
            let location = location(base, &message);
            server::answer::<PublishMessage>(&message, location.as_ref())
        }
        AnyCall::GetMessage(call) => {
            let message = state.message(token.portal_id, &channel.id, &call.message_id);
            server::answer::<GetMessage>(message.ok_or_else(|| Refusal::no_message(&call.message_id))?, None)
        }
        AnyCall::UpdateMessageStatus(call) => {
            let report = draft::read_report(call.body, body::end(request.body()))?;
            let message = reported(state, token, &channel.id, &call.message_id, report, now)?;
            server::answer::<UpdateMessageStatus>(message, None)
        }
        _ => return Err(Refusal::not_emulated(operation)),
    };
    response.map_err(|_| Refusal::internal())
}

/// The channel, where the token's app owns it.
fn channel<'s>(seed: &'s Seed, token: &TokenSeed, id: &str) -> Option<&'s ChannelSeed> {
    // The path's parameter is a number, which may begin with zeros.
    let id = match id.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    seed.channel(id).filter(|channel| channel.app_id == token.app_id)
}

/// The account, where it is the channel's and the portal's and in use.
fn account<'s>(seed: &'s Seed, token: &TokenSeed, channel: &ChannelSeed, id: &str) -> Result<&'s AccountSeed, Refusal> {
    let account = seed
        .account(id)
        .filter(|account| account.channel_id == channel.id && account.portal_id == token.portal_id)
        .ok_or_else(|| Refusal::no_account(id))?;
    if !account.authorized {
        return Err(Refusal::account_unusable(id, "authorized"));
    }
    if !account.active {
        return Err(Refusal::account_unusable(id, "active"));
    }
    Ok(account)
}

fn reported<'s>(
    state: &'s mut State,
    token: &TokenSeed,
    channel_id: &ChannelId,
    message_id: &MessageId,
    report: Report,
    now: SystemTime,
) -> Result<&'s Message, Refusal> {
    state
        .report(token.portal_id, channel_id, message_id, report, now)
        .ok_or_else(|| Refusal::no_message(message_id))
}

fn location(base: &str, message: &Message) -> Option<HeaderValue> {
    let channel_id = message.channel_id.as_ref()?;
    let id = message.id.as_ref()?;
    HeaderValue::try_from(format!("{base}/{channel_id}/messages/{id}")).ok()
}
