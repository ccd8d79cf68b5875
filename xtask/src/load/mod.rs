//! How much the emulator takes on one core, beside a server that does nothing and a mock that knows only a description.

mod client;
mod measure;
mod options;
mod programs;
mod report;
mod room;
mod server;
mod wrk;

use std::io;

use self::client::Client;
use self::measure::Checkpoint;
use self::options::Options;
use self::programs::Programs;
use self::report::{Line, Report};
use self::room::Room;
use self::server::Server;
use self::wrk::{Load, Wrk};
use crate::error::{Error, Result};
use crate::{output, schema};

/// The version of the API that is called.
const VERSION: &str = "v3";

/// Where messages of the emulator's own channel are.
const MESSAGES: &str = "/conversations/v3/custom-channels/2930388/messages";

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let options = Options::read(arguments)?;
    let programs = Programs::find(options.program.clone())?;
    let room = Room::new()?;
    let wrk = Wrk::new(&options);
    let mut report = Report::default();

    output::print("measuring the emulator\n")?;
    let emulator = programs.emulator(&room)?;
    let (id, message) = emulator.client()?.publish_first()?;
    measure(&mut report, &wrk, &room, &emulator, &id)?;
    drop(emulator);

    if let Some(nginx) = programs.nginx(&room, &message)? {
        output::print("measuring nginx\n")?;
        measure(&mut report, &wrk, &room, &nginx, &id)?;
    }
    if let Some(prism) = programs.prism(&room, &schema::describe(VERSION, "/messages")?)? {
        output::print("measuring Prism\n")?;
        measure(&mut report, &wrk, &room, &prism, &id)?;
    }
    report.missing = programs.missing();

    if options.messages > 0 {
        output::print(&format!("publishing {} messages\n", options.messages))?;
        let emulator = programs.emulator(&room)?;
        report.memory = measure::memory(&emulator, &options)?;
    }
    output::print(&report.to_string())
}

/// Both loads on a server.
fn measure(report: &mut Report, wrk: &Wrk, room: &Room, server: &Server, id: &str) -> Result<()> {
    for load in [Load::Publish, Load::Read] {
        let (before, computed) = (server.resident()?, server.computed()?);
        let measured = wrk.run(room, server, load, id)?;
        let (after, computed) = (server.resident()?, server.computed()? - computed);
        report.lines.push(Line {
            server: server.name(),
            load,
            measured,
            computed,
            before,
            after,
        });
    }
    Ok(())
}

fn failed(what: &str) -> impl FnOnce(io::Error) -> Error {
    move |error| Error::failed(format!("{what}: {error}"))
}
