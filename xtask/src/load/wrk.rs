//! The load: wrk, with a script that says what is asked and what came of it.

use std::process::{Command, Stdio};

use super::client::{THREADS, TOKEN, body};
use super::{MESSAGES, Options, Room, Server, failed};
use crate::error::{Error, Result};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Load {
    /// `POST` of messages, each with a key of its own.
    Publish,
    /// `GET` of one message.
    Read,
}

#[derive(Clone, Debug)]
pub(super) struct Wrk {
    core: usize,
    seconds: u64,
    connections: usize,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measured {
    pub(super) requests: f64,
    pub(super) per_second: f64,
    /// In milliseconds.
    pub(super) median: f64,
    /// In milliseconds.
    pub(super) p99: f64,
}

impl Wrk {
    /// Runs on this core.
    pub(super) fn new(options: &Options, core: usize) -> Self {
        Wrk {
            core,
            seconds: options.seconds,
            connections: options.connections,
        }
    }

    /// Asks a server so for a while.
    pub(super) fn run(&self, room: &Room, server: &Server, load: Load, id: &str) -> Result<Measured> {
        let script = room.write("load.lua", &script(load, id))?;
        let run = Command::new("taskset")
            .args([
                "-c",
                &self.core.to_string(),
                "wrk",
                "--threads",
                "1",
                "--timeout",
                "30s",
                "--latency",
            ])
            .args(["--connections", &self.connections.to_string()])
            .args(["--duration", &format!("{}s", self.seconds), "--script"])
            .arg(script)
            .arg(format!("http://{}", server.address()))
            .stdin(Stdio::null())
            .output()
            .map_err(failed("wrk"))?;
        let said = String::from_utf8_lossy(&run.stdout);
        read(&said).map_err(|problem| {
            let complaint = String::from_utf8_lossy(&run.stderr);
            Error::failed(format!("wrk on {}: {problem}\n{said}{complaint}", server.name()))
        })
    }
}

/// Keys differ, also from those of other runs: an emulator that has seen one answers with the first message.
fn script(load: Load, id: &str) -> String {
    let ask = match load {
        Load::Publish => {
            let message = body("KEY", "THREAD")
                .replace("KEY", "]] .. key .. [[")
                .replace("THREAD", "]] .. thread .. [[");
            format!(
                "local run = os.time()\n\
                 local number = 0\n\
                 function request()\n\
                 \x20 number = number + 1\n\
                 \x20 local key = run .. '-' .. number\n\
                 \x20 local thread = number % {THREADS}\n\
                 \x20 return wrk.format('POST', '{MESSAGES}', headers, [[{message}]])\n\
                 end\n"
            )
        }
        Load::Read => format!(
            "local asked\n\
             function init() asked = wrk.format('GET', '{MESSAGES}/{id}', headers) end\n\
             function request() return asked end\n"
        ),
    };
    format!(
        "local headers = {{ ['authorization'] = 'Bearer {TOKEN}', ['content-type'] = 'application/json' }}\n\
         {ask}\
         function done(summary, latency)\n\
         \x20 local errors = summary.errors\n\
         \x20 local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout\n\
         \x20 print('LOAD', summary.requests, summary.duration, failed, latency:percentile(50), latency:percentile(99))\n\
         end\n"
    )
}

/// Reads what the script has printed at the end: times are in microseconds.
fn read(said: &str) -> std::result::Result<Measured, String> {
    let line = said.lines().find_map(|line| line.strip_prefix("LOAD\t"));
    let numbers: Vec<f64> = line
        .map(|line| line.split('\t').filter_map(|number| number.parse().ok()).collect())
        .unwrap_or_default();
    let [requests, duration, failed, median, p99] = numbers[..] else {
        return Err("it has not said what it measured".to_owned());
    };
    if failed > 0.0 || requests == 0.0 {
        return Err(format!("{failed} of {requests} requests failed"));
    }
    Ok(Measured {
        requests,
        per_second: requests / duration * 1e6,
        median: median / 1e3,
        p99: p99 / 1e3,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_script_prints_is_read() {
        let said = "Running 2s test\nLOAD\t5000\t2000000\t0\t1500.0\t4000\n";
        let measured = read(said).unwrap();
        assert_eq!((measured.per_second, measured.median, measured.p99), (2500.0, 1.5, 4.0));
    }

    #[test]
    fn answers_that_are_none_are_no_measurement() {
        assert!(
            read("LOAD\t5000\t2000000\t3\t1500\t4000\n")
                .unwrap_err()
                .contains("3 of 5000")
        );
        assert!(read("LOAD\t0\t2000000\t0\t0\t0\n").is_err());
        assert!(read("unable to connect\n").is_err());
    }

    #[test]
    fn a_script_asks_with_a_key_of_its_own() {
        let script = script(Load::Publish, "5c1f");
        assert!(script.contains(r#""integrationIdempotencyId":"]] .. key .. [[""#), "{script}");
        assert!(super::script(Load::Read, "5c1f").contains("messages/5c1f'"));
    }
}
