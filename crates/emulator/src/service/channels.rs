//! The operations on channels themselves, which their app's developer calls.

use http::Response;
use hubchannel_api::{
    ArchiveChannel, Body, CreateChannel, GetChannel, ListChannels, UpdateChannel,
    model::{Channel, ChannelPatch, ChannelQuery, NewChannel},
    server::{AnyCall, ReadError},
};

use super::{
    Desk, accounts, capabilities,
    draft::{Place, require},
    page::Window,
    refusal::Refusal,
    success,
    tidy::tidy,
};
use crate::changes::ChangeKind;

pub(super) fn act(desk: Desk<'_>, app_id: u64) -> Result<Response<Body>, Refusal> {
    let id = desk.channel_id();
    if !id.is_empty() && desk.state.channels.owned(app_id, &id).is_none() {
        return Err(Refusal::no_channel(&id, false));
    }
    let call = desk.try_read()?;
    if reaches_capabilities(&call) {
        capabilities::check(desk.request.body())?;
    }
    match desk.readable(call)? {
        AnyCall::ListChannels(call) => list(desk, app_id, &call.query),
        AnyCall::CreateChannel(call) => create(desk, app_id, call.body),
        AnyCall::GetChannel(_) => {
            let channel = desk.state.channels.owned(app_id, &id);
            success::<GetChannel>(channel.ok_or_else(|| Refusal::no_channel(&id, false))?, None)
        }
        AnyCall::UpdateChannel(call) => {
            let patch = read_patch(call.body)?;
            let channel = desk.state.channels.change(app_id, &id, patch);
            desk.state.changes.note(ChangeKind::Channel, &id);
            success::<UpdateChannel>(channel.ok_or_else(|| Refusal::no_channel(&id, false))?, None)
        }
        AnyCall::ArchiveChannel(_) => {
            desk.state.channels.archive(app_id, &id);
            desk.state.changes.note(ChangeKind::Channel, &id);
            success::<ArchiveChannel>(&(), None)
        }
        _ => Err(Refusal::internal()),
    }
}

/// Whether there is nothing wrong before the capabilities. In them a value that is not of its kind is no failure of HubSpot's
/// parser, to which they are a map of anything.
fn reaches_capabilities(call: &Result<AnyCall, ReadError>) -> bool {
    match call {
        Ok(call) => matches!(call, AnyCall::CreateChannel(_) | AnyCall::UpdateChannel(_)),
        Err(ReadError::Body(error)) => error.path().starts_with("capabilities."),
        Err(_) => false,
    }
}

fn list(desk: Desk<'_>, app_id: u64, query: &ChannelQuery) -> Result<Response<Body>, Refusal> {
    let window = Window::new(query.after.as_deref(), query.limit, query.default_page_length)?;
    let listed = desk.state.channels.listed(app_id, desk.now);
    let page = window.page(listed, Channel::clone);
    success::<ListChannels>(&page, None)
}

fn create(desk: Desk<'_>, app_id: u64, body: NewChannel) -> Result<Response<Body>, Refusal> {
    let new = read(body, desk.end())?;
    let state = &mut *desk.state;
    let delay = desk.seed.behaviour().listing_delay;
    let channel = state
        .channels
        .register(&mut state.ids, app_id, new, desk.now, delay)
        .map_err(|_| Refusal::too_many_channels())?;
    let id = channel.id.as_ref().map_or("", |id| id.as_str());
    state.changes.note(ChangeKind::Channel, id);
    let location = desk.location(&[id]);
    success::<CreateChannel>(&channel, location.as_ref())
}

fn read(mut new: NewChannel, end: Place<'_>) -> Result<NewChannel, Refusal> {
    require(
        &[
            ("name", new.name.is_value()),
            ("capabilities", new.capabilities.is_value()),
        ],
        end,
    )?;
    accounts::check_name(new.name.as_deref())?;
    tidy!(new: webhook_url, channel_account_connection_redirect_url, channel_description, channel_logo_url);
    new.capabilities = new.capabilities.into_option().map(capabilities::tidied).into();
    Ok(new)
}

fn read_patch(mut patch: ChannelPatch) -> Result<ChannelPatch, Refusal> {
    patch.extra = Default::default();
    if patch == ChannelPatch::default() {
        return Err(Refusal::empty_update());
    }
    for (member, is_null) in [
        ("name", patch.name.is_null()),
        ("capabilities", patch.capabilities.is_null()),
    ] {
        if is_null {
            return Err(Refusal::invalid(format!("{member} must not be null")));
        }
    }
    accounts::check_name(patch.name.as_deref())?;
    patch.capabilities = patch.capabilities.into_option().map(capabilities::tidied).into();
    Ok(patch)
}
