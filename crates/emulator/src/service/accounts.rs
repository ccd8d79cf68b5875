//! The operations on channel accounts.

use http::Response;
use hubchannel_api::{
    Body, CreateChannelAccount, GetChannelAccount, ListChannelAccounts, UpdateChannelAccount,
    model::{
        ChannelAccount, ChannelAccountQuery, ChannelAccountUpdate, ChannelId, DeliveryIdentifierType, NewChannelAccount,
    },
    server::AnyCall,
};

use super::{
    Desk,
    draft::{Place, require},
    identifier,
    page::Window,
    refusal::Refusal,
    success,
};
use crate::state::{NewAccount, is_archived};

/// For a portal, over a channel that is there.
pub(super) fn act(
    desk: Desk<'_>,
    portal_id: u64,
    channel_id: &ChannelId,
    call: AnyCall,
) -> Result<Response<Body>, Refusal> {
    match call {
        AnyCall::ListChannelAccounts(call) => list(desk, portal_id, channel_id, &call.query),
        AnyCall::CreateChannelAccount(call) => create(desk, portal_id, channel_id, call.body),
        AnyCall::GetChannelAccount(call) => {
            let id = call.channel_account_id.as_str();
            let wanted = call.archived.unwrap_or(false);
            let account = desk.state.accounts.get(portal_id, channel_id, id);
            let account = account.filter(|account| is_archived(account) == wanted);
            success::<GetChannelAccount>(account.ok_or_else(|| Refusal::no_account(id))?, None)
        }
        AnyCall::UpdateChannelAccount(call) => {
            check_update(&call.body)?;
            let id = call.channel_account_id.as_str();
            let now = desk.now.into();
            let account = desk.state.change_account(portal_id, channel_id, id, call.body, now);
            success::<UpdateChannelAccount>(&account.ok_or_else(|| Refusal::no_account(id))?, None)
        }
        _ => Err(Refusal::internal()),
    }
}

fn list(
    desk: Desk<'_>,
    portal_id: u64,
    channel_id: &ChannelId,
    query: &ChannelAccountQuery,
) -> Result<Response<Body>, Refusal> {
    let window = Window::new(query.after.as_deref(), query.limit, query.default_page_length)?;
    if query.delivery_identifier_type.iter().any(|kind| !kind.is_named()) {
        return Err(Refusal::unparseable_query_parameter("deliveryIdentifierType"));
    }
    let accounts = desk.state.accounts.of_portal(portal_id);
    let wanted = accounts.filter(|(_, account)| {
        account.channel_id.as_ref() == Some(channel_id)
            && is_archived(account) == query.archived.unwrap_or(false)
            && has_one_of(account, &query.delivery_identifier_type, &query.delivery_identifier_value)
    });
    let page = window.page(wanted, ChannelAccount::clone);
    success::<ListChannelAccounts>(&page, None)
}

/// Whether the account's identifier is of one of the kinds and has one of the values; any will do where none is given.
fn has_one_of(account: &ChannelAccount, kinds: &[DeliveryIdentifierType], values: &[String]) -> bool {
    let identifier = account.delivery_identifier.as_ref();
    let kind = identifier.and_then(|identifier| identifier.r#type.as_ref());
    let value = identifier.and_then(|identifier| identifier.value.as_ref());
    (kinds.is_empty() || kind.is_some_and(|kind| kinds.contains(kind)))
        && (values.is_empty() || value.is_some_and(|value| values.contains(value)))
}

fn create(
    desk: Desk<'_>,
    portal_id: u64,
    channel_id: &ChannelId,
    body: NewChannelAccount,
) -> Result<Response<Body>, Refusal> {
    let new = read(body, portal_id, channel_id, desk.end())?;
    if !desk.state.inboxes.is_of(portal_id, new.inbox_id.as_str()) {
        return Err(Refusal::no_inbox(new.inbox_id.as_str()));
    }
    let account = desk
        .state
        .connect(new, desk.now.into())
        .map_err(|taken| Refusal::identifier_taken(&taken))?;
    let id = account.id.as_ref().map_or("", |id| id.as_str());
    let location = desk.location(&[channel_id.as_str(), "channel-accounts", id]);
    success::<CreateChannelAccount>(&account, location.as_ref())
}

fn read(
    body: NewChannelAccount,
    portal_id: u64,
    channel_id: &ChannelId,
    end: Place<'_>,
) -> Result<NewAccount, Refusal> {
    let delivery_identifier = identifier::read_optional(body.delivery_identifier.as_ref(), end)?;
    require(
        &[
            ("inboxId", body.inbox_id.is_value()),
            ("name", body.name.is_value()),
            ("authorized", body.authorized.is_value()),
        ],
        end,
    )?;
    check_name(body.name.as_deref())?;
    Ok(NewAccount {
        portal_id,
        channel_id: channel_id.clone(),
        inbox_id: body.inbox_id.into_option().unwrap_or_else(|| "".into()).into_text(),
        name: body.name.into_option().unwrap_or_default(),
        authorized: body.authorized.into_option().unwrap_or_default(),
        delivery_identifier,
    })
}

fn check_update(update: &ChannelAccountUpdate) -> Result<(), Refusal> {
    if update.name.is_absent() && update.authorized.is_absent() {
        return Err(Refusal::empty_update());
    }
    for (member, is_null) in [
        ("name", update.name.is_null()),
        ("authorized", update.authorized.is_null()),
    ] {
        if is_null {
            return Err(Refusal::invalid(format!("{member} must not be null")));
        }
    }
    check_name(update.name.as_deref())
}

pub(super) fn check_name(name: Option<&str>) -> Result<(), Refusal> {
    match name {
        Some("") => Err(Refusal::invalid("name must not be empty")),
        _ => Ok(()),
    }
}
