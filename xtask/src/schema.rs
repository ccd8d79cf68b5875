//! What HubSpot says goes over the wire, as contracts that can be checked in and compared.
//!
//! - [`contract`] is the data; [`openapi`] makes it from a description of HubSpot's.
//! - [`diff`] tells two contracts apart.
//! - [`code`] makes a contract of what the code says; [`check`] holds it against HubSpot's, with [`deviations`] allowed
//!   for, and [`coverage`] counts.
//! - [`payloads`] reads recorded bodies as what [`manifest`] says of them, with the types of [`kinds`].
//! - [`work`] bounds what all of this may take.
//! - [`command`] reads the command line and the files; everything else is pure.

mod check;
mod code;
mod command;
mod contract;
mod coverage;
mod describe;
mod deviations;
mod diff;
#[cfg(test)]
mod emulated;
mod files;
mod fuzz;
#[cfg(test)]
mod generate;
mod json;
mod json_schema;
mod kinds;
mod manifest;
#[cfg(test)]
mod mutate;
mod openapi;
mod payloads;
#[cfg(test)]
mod proof;
mod work;

pub(crate) use self::command::{check, run};
pub(crate) use self::describe::describe;
pub(crate) use self::fuzz::fuzz;
