//! The operations on messages.

use std::time::SystemTime;

use http::Response;
use hubchannel_api::{
    Body, GetMessage, PublishMessage, UpdateMessageStatus,
    model::{Attachment, ChannelId, Field, Message, MessageId, NewMessage},
    server::AnyCall,
};

use super::{Desk, draft, files, refusal::Refusal, success};
use crate::{
    behaviour::{MissingMembers, RepeatedKey, UnusableAccount},
    seed::{Threading, TokenSeed},
    state::{Draft, Line, State, is_archived},
};

/// For a portal, over a channel that is there.
pub(super) fn act(
    desk: Desk<'_>,
    token: &TokenSeed,
    channel_id: &ChannelId,
    call: AnyCall,
) -> Result<Response<Body>, Refusal> {
    match call {
        AnyCall::PublishMessage(call) => {
            let behaviour = desk.seed.behaviour();
            let strict = behaviour.missing_members == MissingMembers::Refuse;
            let mut draft = draft::read(call.body, strict, desk.end())?;
            draft
                .attachments
                .iter_mut()
                .for_each(|attachment| name_file(&desk, token, attachment));
            let line = line(desk.state, (token.portal_id, token.app_id), channel_id, draft.account.as_str())?;
            match behaviour.repeated_key {
                RepeatedKey::Conflict if desk.state.has_key(&line, &draft) => return Err(Refusal::key_used()),
                RepeatedKey::AnotherMessage => draft.key = None,
                _ => {}
            }
            let message = desk.state.publish(&line, draft, desk.now);
            let id = message.id.as_ref().map_or("", MessageId::as_str);
            let location = desk.location(&[channel_id.as_str(), "messages", id]);
            success::<PublishMessage>(&message, location.as_ref())
        }
        AnyCall::GetMessage(call) => {
            let message = desk.state.message(token.portal_id, channel_id, &call.message_id);
            success::<GetMessage>(message.ok_or_else(|| Refusal::no_message(&call.message_id))?, None)
        }
        AnyCall::UpdateMessageStatus(call) => {
            let report = draft::read_report(call.body, desk.end())?;
            let message = desk
                .state
                .report(token.portal_id, channel_id, &call.message_id, report, desk.now);
            success::<UpdateMessageStatus>(message.ok_or_else(|| Refusal::no_message(&call.message_id))?, None)
        }
        _ => Err(Refusal::internal()),
    }
}

/// Fails, with a reason for people, where the emulator would turn the message down if the bridge of its account published it.
pub(crate) fn check_publish(
    state: &State,
    place: (u64, &ChannelId),
    body: NewMessage,
    now: SystemTime,
) -> Result<(), String> {
    read(state, place, body, now)
        .map(|_| ())
        .map_err(|refusal| refusal.reason())
}

/// Publishes a message as if the bridge of its account did so.
pub(crate) fn publish(
    state: &mut State,
    place: (u64, &ChannelId),
    body: NewMessage,
    now: SystemTime,
) -> Result<Message, String> {
    let (line, mut draft) = read(state, place, body, now).map_err(|refusal| refusal.reason())?;
    for attachment in &mut draft.attachments {
        let Attachment::File(attached) = attachment else {
            continue;
        };
        let id = attached.file_id.as_ref();
        if let Some(file) = id.and_then(|id| state.files.get(line.portal_id, id)) {
            attached.name = file.full_name.clone().into();
            attached.url = Field::Value(state.files.address(file));
        }
    }
    Ok(state.publish(&line, draft, now))
}

/// Checks a message as if the bridge of its account had published it, and says what it travels on.
fn read(
    state: &State,
    (portal_id, channel_id): (u64, &ChannelId),
    body: NewMessage,
    now: SystemTime,
) -> Result<(Line, Draft), Refusal> {
    let draft = draft::read(body, false, draft::Place(None))?;
    let app_id = state.channels.owner(channel_id.as_str());
    let shown = app_id.filter(|app_id| state.channels.shown(*app_id, channel_id.as_str(), now).is_some());
    let app_id = shown.ok_or_else(|| Refusal::no_channel(channel_id.as_str(), true))?;
    let line = line(state, (portal_id, app_id), channel_id, draft.account.as_str())?;
    Ok((line, draft))
}

/// Says of a file what the portal's file manager knows of it.
fn name_file(desk: &Desk<'_>, token: &TokenSeed, attachment: &mut Attachment) {
    let Attachment::File(attached) = attachment else { return };
    let id = attached.file_id.as_ref();
    if let Some(file) = id.and_then(|id| desk.state.files.get(token.portal_id, id)) {
        attached.name = file.full_name.clone().into();
        attached.url = Field::Value(files::address(desk.request, file).into());
    }
}

/// What the message travels on: the account, where it is the channel's and the portal's and in use.
fn line(state: &State, (portal_id, app_id): (u64, u64), channel_id: &ChannelId, id: &str) -> Result<Line, Refusal> {
    let account = state.accounts.get(portal_id, channel_id, id);
    let account = account
        .filter(|account| !is_archived(account))
        .ok_or_else(|| Refusal::no_account(id))?;
    for (lacking, has) in [("authorized", &account.authorized), ("active", &account.active)] {
        if has.as_ref() != Some(&true) && state.behaviour.unusable_account == UnusableAccount::Refuse {
            return Err(Refusal::account_unusable(id, lacking));
        }
    }
    let channel = state.channels.owned(app_id, channel_id.as_str());
    Ok(Line {
        channel_id: channel_id.clone(),
        account_id: id.into(),
        portal_id,
        app_id,
        threading: channel.map_or(Threading::IntegrationThreadId, Threading::of),
    })
}
