//! What is names and values, and no JSON, is read as it was written: queries, the form of an upload, and the visit of a user
//! who connects an account.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::collections::BTreeSet;

use hubchannel_model::*;
use hubchannel_testkit::{for_all, samples, values::pairs};

/// What is written as pairs.
trait Pairs: Sized {
    fn write(&self) -> Vec<(String, String)>;
    fn read(pairs: &[(String, String)]) -> Result<Self, DecodeError>;
}

macro_rules! by_pairs {
    ($($type:ident)+) => { $(
        impl Pairs for $type {
            fn write(&self) -> Vec<(String, String)> {
                owned(self.to_pairs())
            }

            fn read(pairs: &[(String, String)]) -> Result<Self, DecodeError> {
                $type::from_pairs(pairs.iter().cloned())
            }
        }
    )+ };
}

by_pairs! {
    ChannelQuery ChannelAccountQuery InboxQuery PortalChannelAccountQuery ThreadQuery ThreadEntryQuery SignedUrlQuery
    StagingRedirect
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

/// What is written is read as it was, and in the end every one of these names was written.
macro_rules! survive {
    ($($name:ident: $($parameter:literal)+;)+) => {
        mod what_is_written_as_pairs_is_read_as_it_was {
            use super::*;
            $( #[test] fn $name() {
                let values = pairs::$name();
                for_all(&values, |value| {
                    let written = value.write();
                    assert_eq!(Pairs::read(&written).as_ref(), Ok(&value), "{written:?}");
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
}

macro_rules! pass {
    ($($name:ident)+) => {
        mod a_query_that_can_be_read_passes_its_check {
            use super::*;
            $( #[test] fn $name() {
                for_all(&pairs::$name(), |query| assert_eq!(query.check(), Ok(())));
            } )+
        }
    };
}

pass! {
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
