//! What is reported to bridges, and how: signed, in the order of each thread, and again where it fails.
//!
//! `schedule` says when, `post` says what, `courier` does it over a transport.

mod courier;
mod delivery;
mod policy;
mod post;
mod schedule;

pub(crate) use self::{
    courier::Bell,
    post::{Post, targets},
    schedule::{Queue, Schedule, Target},
};
pub use self::{
    delivery::{WebhookAttempt, WebhookDelivery, WebhookEvent, WebhookOutcome, WebhookState},
    policy::WebhookPolicy,
};
