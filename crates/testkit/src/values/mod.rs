//! Strategies for the model's types.
//!
//! - [`requests`]: the bodies that a client sends, as a careful program builds them.
//! - [`by_hand`]: any value that can be built of any type, good or bad.
//! - [`pairs`]: what is names and values, and no JSON.
//! - [`new_message`]: what is read, as any other side might write it.

pub mod by_hand;
pub mod pairs;
pub mod requests;

use hubchannel_model::{NewMessage, decode};
use proptest::prelude::*;

use crate::{
    Json,
    documents::{self, Limits},
};

pub use self::{by_hand::ByHand, requests::new_message as publishable};

/// Any body that publishes a message, whether it passes the check or not.
pub fn new_message() -> impl Strategy<Value = NewMessage> {
    documents::new_message(Limits::None).prop_map(decoded)
}

fn decoded<T: serde::de::DeserializeOwned>(document: Json) -> T {
    decode(document.to_string().as_bytes()).expect("every generated document decodes")
}
