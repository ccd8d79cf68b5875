//! People in the inbox: agents who answer, and contacts who they are found to be.

mod agent;
mod contact;
mod error;
mod handle;
mod html;
mod message;
mod rules;

pub use self::{agent::Agent, contact::Contact, error::AgentError, message::AgentMessage};
pub(crate) use self::{
    agent::actor_id,
    message::Enclosed,
    rules::{SentFile, check},
};
