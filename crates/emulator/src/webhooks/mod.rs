//! What is reported to bridges, and how: signed, in the order of each thread, and again where it fails.
//!
//! `schedule` says when, `post` says what, `courier` does it over a transport.

mod courier;
mod delivery;
mod kept;
mod policy;
mod post;
mod schedule;

pub(crate) use self::{
    courier::Bell,
    kept::KeptSchedule,
    post::{Post, targets},
    schedule::{Queue, Schedule, Target, Ticket},
};
pub use self::{
    delivery::{WebhookAttempt, WebhookDelivery, WebhookEvent, WebhookOutcome, WebhookState},
    policy::WebhookPolicy,
};
