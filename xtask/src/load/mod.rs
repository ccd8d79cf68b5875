//! How much the emulator takes on one core, beside a server that does nothing and a mock that knows only a description.

mod client;
mod cores;
mod measure;
mod options;
mod programs;
mod report;
mod room;
mod server;
mod wrk;

use std::io;

use self::client::Client;
use self::cores::Cores;
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
    let wrk = Wrk::new(&options, programs.cores.caller);
    let mut report = Report::default();

    output::print("measuring the emulator\n")?;
    let emulator = programs.emulator(&room)?;
    let (id, message) = emulator.client()?.publish_one("first")?;
    // The first message may have made room for those of the load.
    let fresh = || Ok(emulator.client()?.publish_one("read")?.0);
    let measured = measure(&mut report, &wrk, &room, &emulator, fresh);
    report.note(measured);
    drop(emulator);

    let nginx = report.note(programs.nginx(&room, &message)).flatten();
    if let Some(nginx) = nginx {
        output::print("measuring nginx\n")?;
        let measured = measure(&mut report, &wrk, &room, &nginx, || Ok(id.clone()));
        report.note(measured);
    }
    let description = schema::describe(VERSION, "/messages");
    let prism = description.and_then(|description| programs.prism(&room, &description));
    if let Some(prism) = report.note(prism).flatten() {
        output::print("measuring Prism\n")?;
        let measured = measure(&mut report, &wrk, &room, &prism, || Ok(id.clone()));
        report.note(measured);
    }
    report.missing = programs.missing();

    if options.messages > 0 {
        output::print(&format!("publishing {} messages\n", options.messages))?;
        let memory = programs
            .emulator(&room)
            .and_then(|emulator| measure::memory(&emulator, &options));
        report.memory = report.note(memory).unwrap_or_default();
    }
    output::print(&report.to_string())?;
    report.check()
}

/// Both loads on a server; the read is of the message whose id this gives just before.
fn measure(
    report: &mut Report,
    wrk: &Wrk,
    room: &Room,
    server: &Server,
    id: impl Fn() -> Result<String>,
) -> Result<()> {
    for load in [Load::Publish, Load::Read] {
        let id = id()?;
        let (before, computed) = (server.resident()?, server.computed()?);
        let measured = wrk.run(room, server, load, &id)?;
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
