//! A document with one mistake, for every type: it is refused with the path of the member at fault, or kept whole where
//! nothing is ever refused.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::fmt::Debug;

use hubchannel_model::*;
use hubchannel_testkit::{assert_same_json, faults::Fault, for_all, for_every_type, shape::Shape};
use serde::{Serialize, de::DeserializeOwned};

#[track_caller]
fn is_named_or_kept<T: DeserializeOwned + Serialize + Debug>(fault: &Fault) {
    let text = fault.document.to_string();
    match decode::<T>(text.as_bytes()) {
        Ok(value) => {
            assert_ne!(fault.kept_by, 0, "{} is not refused: {value:?}", fault.path);
            assert_same_json(&serde_json::to_string(&value).unwrap(), &text);
        }
        Err(error) => {
            assert_eq!(fault.kept_by, 0, "{} is not kept: {error}", fault.path);
            assert_eq!(error.path(), fault.path, "{error}");
            assert!(error.place().is_some(), "{error}");
        }
    }
}

macro_rules! every_type {
    ($($name:ident: $type:ty = $_table:expr,)+) => {
        mod a_member_of_the_wrong_type_is_named_by_its_path_or_kept {
            use super::*;
            $( #[test] fn $name() {
                let faults = Shape::named(stringify!($name)).mistaken();
                for_all(&faults, |fault| is_named_or_kept::<$type>(&fault));
            } )+
        }

        mod a_known_member_that_comes_twice_is_named_by_its_path_or_kept {
            use super::*;
            $( #[test] fn $name() {
                let faults = Shape::named(stringify!($name)).doubled();
                for_all(&faults, |fault| is_named_or_kept::<$type>(&fault));
            } )+
        }
    };
}

for_every_type!(every_type);

/// Where the value itself is what is kept, it says why it could not be read.
#[track_caller]
fn says_what_is_wrong<T: DeserializeOwned>(shape: &str, reason: impl Fn(&T) -> Option<DecodeError>) {
    let shape = Shape::named(shape);
    for faults in [shape.mistaken(), shape.doubled()] {
        for_all(&faults, |fault| {
            let value: T = decode(fault.document.to_string().as_bytes()).unwrap();
            let path = reason(&value).map(|error| error.path().to_owned());
            let expected = (fault.kept_by == 1).then_some(fault.path);
            assert_eq!(path, expected);
        });
    }
}

#[test]
fn a_broken_attachment_says_which_member_it_is() {
    says_what_is_wrong("attachment", |attachment: &Attachment| attachment.as_unrecognized()?.decode_error().cloned());
}

#[test]
fn a_broken_event_says_which_member_it_is() {
    says_what_is_wrong("channel_event", |event: &ChannelEvent| event.as_unrecognized()?.decode_error().cloned());
}

#[test]
fn a_broken_entry_of_a_thread_says_which_member_it_is() {
    says_what_is_wrong("thread_entry", |entry: &ThreadEntry| entry.as_unrecognized()?.decode_error().cloned());
}
