//! What is names and values, and no JSON, is read as it was written: queries, forms, and the visit of a user who connects an
//! account.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::collections::BTreeSet;

use hubchannel_model::*;
use hubchannel_testkit::{for_all, samples, values::pairs};

/// What is written as pairs.
trait Pairs: Sized {
    fn write(&self) -> Vec<(String, String)>;
    fn read(pairs: &[(String, String)]) -> Result<Self, DecodeError>;

    /// Whether it says only what can be read.
    fn is_readable(&self) -> bool {
        true
    }
}

macro_rules! by_pairs {
    ($is_readable:expr; $($type:ident)+) => { $(
        impl Pairs for $type {
            fn write(&self) -> Vec<(String, String)> {
                owned(self.to_pairs())
            }

            fn read(pairs: &[(String, String)]) -> Result<Self, DecodeError> {
                $type::from_pairs(pairs.iter().cloned())
            }

            fn is_readable(&self) -> bool {
                $is_readable(self)
            }
        }
    )+ };
}

by_pairs! {
    |query: &Self| query.check().is_ok();
    ChannelQuery ChannelAccountQuery InboxQuery PortalChannelAccountQuery ThreadQuery ThreadEntryQuery
}

// What the checks of these refuse can be read.
by_pairs! {
    |_: &Self| true;
    SignedUrlQuery StagingRedirect TokenRequest IntrospectionRequest RevocationRequest
}

impl Pairs for NewFile {
    fn write(&self) -> Vec<(String, String)> {
        owned(self.to_fields().unwrap())
    }

    fn read(pairs: &[(String, String)]) -> Result<Self, DecodeError> {
        NewFile::from_fields(pairs.iter().cloned())
    }
}

fn owned<N: ToString, V: ToString>(pairs: Vec<(N, V)>) -> Vec<(String, String)> {
    let pairs = pairs.into_iter();
    pairs
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect()
}

/// What is written is read as it was, or not at all where the check says that it cannot; and in the end every one of these names was written.
macro_rules! survive {
    ($($name:ident: $($parameter:literal)+;)+) => {
        mod what_is_written_as_pairs_is_read_as_it_was {
            use super::*;
            $( #[test] fn $name() {
                let values = pairs::$name();
                for_all(&values, |value| {
                    let written = value.write();
                    let read = Pairs::read(&written);
                    let wanted = value.is_readable().then_some(value);
                    assert_eq!(read.as_ref().ok(), wanted.as_ref(), "{written:?}: {read:?}");
                });
                let written = samples(&values, 256).flat_map(|value| value.write());
                let names: BTreeSet<String> = written.map(|(name, _)| name).collect();
                let missing: Vec<&str> = [$($parameter),+].into_iter().filter(|name| !names.contains(*name)).collect();
                assert!(missing.is_empty(), "never written: {missing:?}");
            } )+
        }
    };
}

survive! {
    channel_query: "after" "limit" "defaultPageLength" "sort";
    channel_account_query:
        "after" "limit" "defaultPageLength" "sort" "archived" "deliveryIdentifierType" "deliveryIdentifierValue";
    inbox_query: "after" "limit" "defaultPageLength" "sort" "archived";
    portal_channel_account_query:
        "after" "limit" "defaultPageLength" "sort" "archived" "channelId" "inboxId";
    thread_query:
        "after" "limit" "sort" "archived" "inboxId" "associatedContactId" "threadStatus" "latestMessageTimestampAfter"
        "association";
    thread_entry_query: "after" "limit" "sort" "archived";
    signed_url_query: "expirationSeconds" "size" "upscale";
    new_file: "fileName" "folderId" "folderPath" "charsetHunch" "options";
    staging_redirect: "accountToken" "channelId" "inboxId" "portalId" "redirectUrl";
    token_request:
        "grant_type" "code" "redirect_uri" "refresh_token" "client_id" "client_secret" "code_verifier" "scope"
        "client_assertion" "client_assertion_type" "x-";
    introspection_request:
        "client_id" "client_secret" "token" "access_token" "refresh_token" "token_type_hint" "x-";
    revocation_request: "client_id" "client_secret" "token" "token_type_hint" "x-";
}

macro_rules! refuse {
    ($($name:ident)+) => {
        mod a_number_that_is_too_large_is_written_and_not_read {
            use super::*;
            $( #[test] fn $name() {
                assert!(samples(&pairs::$name(), 256).any(|query| !query.is_readable()));
            } )+
        }
    };
}

refuse! {
    channel_query channel_account_query inbox_query portal_channel_account_query thread_query thread_entry_query
}

/// Somebody else's parameter is kept where a user is sent to the bridge, and costs nothing anywhere else.
#[test]
fn a_parameter_of_another_name_changes_none_of_the_known_ones() {
    let more = ("x-new".to_owned(), "1".to_owned());
    for_all(&pairs::staging_redirect(), |mut redirect| {
        let mut written = redirect.write();
        written.insert(0, more.clone());
        redirect.other.insert(0, more.clone());
        assert_eq!(StagingRedirect::read(&written), Ok(redirect));
    });
    for_all(&pairs::new_file(), |file| {
        let mut written = file.write();
        written.push(more.clone());
        assert_eq!(NewFile::read(&written), Ok(file));
    });
    for_all(&pairs::signed_url_query(), |query| {
        let mut written = query.write();
        written.push(more.clone());
        assert_eq!(SignedUrlQuery::read(&written), Ok(query));
    });
}
