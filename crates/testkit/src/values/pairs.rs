//! What is names and values on the wire, and no JSON: queries, forms, and the visit of a user who connects an account. With
//! any text, within what such a list of pairs can say; and numbers of items beyond what HubSpot describes.

use hubchannel_model::*;
use proptest::{collection::vec, option, prelude::*, strategy::Union};

use super::{by_hand::ByHand, requests::perhaps};
use crate::scalars;

/// The page that is asked for, and by what it is sorted, as every list has them.
macro_rules! page {
    ($query:ident) => {{
        let query = Just($query::default());
        let query = perhaps(query, scalars::text(), |query, cursor| query.set_after(cursor));
        let query = perhaps(query, count(), |query, limit| query.set_limit(limit));
        repeated(query, item(), |query, sort| query.add_sort(sort))
    }};
}

/// Which channels to list.
pub fn channel_query() -> BoxedStrategy<ChannelQuery> {
    perhaps(page!(ChannelQuery), count(), |query, length| query.set_default_page_length(length))
}

/// Which channel accounts to list.
pub fn channel_account_query() -> BoxedStrategy<ChannelAccountQuery> {
    let query = page!(ChannelAccountQuery);
    let query = perhaps(query, count(), |query, length| query.set_default_page_length(length));
    let query = perhaps(query, any::<bool>(), |query, archived| query.set_archived(archived));
    let query = repeated(query, item(), |query, kind| query.add_delivery_identifier_type(kind));
    repeated(query, scalars::text(), |query, value| query.add_delivery_identifier_value(value))
}

/// Which inboxes to list.
pub fn inbox_query() -> BoxedStrategy<InboxQuery> {
    let query = page!(InboxQuery);
    let query = perhaps(query, count(), |query, length| query.set_default_page_length(length));
    perhaps(query, any::<bool>(), |query, archived| query.set_archived(archived))
}

/// Which channel accounts of a portal to list.
pub fn portal_channel_account_query() -> BoxedStrategy<PortalChannelAccountQuery> {
    let query = page!(PortalChannelAccountQuery);
    let query = perhaps(query, count(), |query, length| query.set_default_page_length(length));
    let query = perhaps(query, any::<bool>(), |query, archived| query.set_archived(archived));
    let query = repeated(query, item(), |query, id| query.add_channel_id(id));
    repeated(query, item(), |query, id| query.add_inbox_id(id))
}

/// Which threads to list.
pub fn thread_query() -> BoxedStrategy<ThreadQuery> {
    let query = page!(ThreadQuery);
    let query = perhaps(query, any::<bool>(), |query, archived| query.set_archived(archived));
    let query = repeated(query, item(), |query, id| query.add_inbox_id(id));
    let query = perhaps(query, ContactId::by_hand(), |query, id| query.set_associated_contact_id(id));
    let query = perhaps(query, ThreadStatus::by_hand(), |query, status| query.set_thread_status(status));
    let query = perhaps(query, Timestamp::by_hand(), |query, time| query.sort_by_latest_message_after(time));
    repeated(query, item(), |query, kind| query.add_association(kind))
}

/// Which entries of a thread to list.
pub fn thread_entry_query() -> BoxedStrategy<ThreadEntryQuery> {
    perhaps(page!(ThreadEntryQuery), any::<bool>(), |query, archived| query.set_archived(archived))
}

/// What a signed address is to be good for.
pub fn signed_url_query() -> BoxedStrategy<SignedUrlQuery> {
    let query = Just(SignedUrlQuery::default());
    let query = perhaps(query, any::<u64>(), |query, seconds| query.set_expiration_seconds(seconds));
    let query = perhaps(query, ImageSize::by_hand(), |query, size| query.set_size(size));
    perhaps(query, any::<bool>(), |query, upscale| query.set_upscale(upscale))
}

/// A file to upload, with any options.
pub fn new_file() -> BoxedStrategy<NewFile> {
    let folder = prop_oneof![
        FolderId::by_hand().prop_map(FileFolder::Id),
        scalars::text().prop_map(FileFolder::Path),
    ];
    let file = (scalars::text(), folder, FileUploadOptions::by_hand())
        .prop_map(|(name, folder, options)| NewFile::new(name, folder, options));
    perhaps(file, scalars::text(), |file, charset| file.set_charset_hunch(charset))
}

/// A form with any text in its fields, and fields of other names, whether it passes its check or not.
macro_rules! forms {
    ($($(#[$docs:meta])* $name:ident: $form:ident { $($field:ident)+ })+) => { $(
        $(#[$docs])*
        pub fn $name() -> BoxedStrategy<$form> {
            let form = Just($form::default());
            $( let form = perhaps(form, ByHand::by_hand(), |mut form, value| {
                form.$field = Field::Value(value);
                form
            }); )+
            repeated(form, ("x-[a-z]{0,3}", scalars::text()), |mut form, (name, value)| {
                form.extra.insert(&name, &value).expect("text is JSON");
                form
            })
        }
    )+ };
}

forms! {
    /// What to make an access token from.
    token_request: TokenRequest {
        grant_type code redirect_uri refresh_token client_id client_secret code_verifier scope client_assertion
        client_assertion_type
    }
    /// A token to ask about.
    introspection_request: IntrospectionRequest {
        client_id client_secret token access_token refresh_token token_type_hint
    }
    /// A refresh token to give up.
    revocation_request: RevocationRequest { client_id client_secret token token_type_hint }
}

/// A user's visit to the bridge.
pub fn staging_redirect() -> BoxedStrategy<StagingRedirect> {
    const KNOWN: &[&str] = &["accountToken", "channelId", "inboxId", "portalId", "redirectUrl"];

    let token = scalars::text().prop_filter("a token is no empty text", |token| !token.is_empty());
    let ids = (option::of(ChannelId::by_hand()), option::of(InboxId::by_hand()), option::of(PortalId::by_hand()));
    let near = Union::new(KNOWN.iter().map(|name| scalars::near(name)));
    let name = prop_oneof![1 => near, 2 => scalars::text()];
    (token, ids, option::of(scalars::text()), vec((name, scalars::text()), 0..3))
        .prop_map(|(token, (channel, inbox, portal), url, other)| {
            let mut redirect = StagingRedirect::new(token);
            redirect.channel_id = channel;
            redirect.inbox_id = inbox;
            redirect.portal_id = portal;
            redirect.redirect_url = url;
            redirect.other = other;
            redirect
        })
        .boxed()
}

/// With some of these added.
fn repeated<B, V>(
    body: impl Strategy<Value = B> + 'static,
    value: impl Strategy<Value = V> + 'static,
    add: fn(B, V) -> B,
) -> BoxedStrategy<B>
where
    B: std::fmt::Debug + 'static,
    V: std::fmt::Debug + 'static,
{
    (body, vec(value, 0..3))
        .prop_map(move |(body, values)| values.into_iter().fold(body, add))
        .boxed()
}

/// An item of a list that may also come joined by commas, and so has none in it.
fn item() -> BoxedStrategy<String> {
    scalars::text().prop_map(|text| text.replace(',', ";")).boxed()
}

/// A number of items, mostly up to the largest that HubSpot describes.
fn count() -> BoxedStrategy<u32> {
    const MOST: u32 = i32::MAX.unsigned_abs();

    prop_oneof![4 => 0..=MOST, 1 => MOST..=MOST + 1, 1 => any::<u32>()].boxed()
}
