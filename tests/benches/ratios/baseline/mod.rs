//! What people write by hand: structs with `derive`, strict about what is required, blind to what is unknown.
//!
//! Unknown members are skipped, unknown words and kinds of attachment become `Other`, and what they were is lost.

#![allow(dead_code, reason = "read and written, never looked at")]

mod channel;
mod contact;
mod message;
mod webhook;

use serde::{Deserialize, Serialize};

pub(crate) use self::{
    channel::Channel,
    message::{Attachment, DeliveryIdentifier, Message, NewMessage, StatusUpdate},
    webhook::Event,
};

#[derive(Deserialize, Serialize)]
pub(crate) struct Page<T> {
    results: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paging: Option<Paging>,
}

#[derive(Deserialize, Serialize)]
struct Paging {
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<NextPage>,
}

#[derive(Deserialize, Serialize)]
struct NextPage {
    after: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}
