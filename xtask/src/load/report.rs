//! What was measured, for people.

use std::fmt;

use super::Checkpoint;
use super::wrk::{Load, Measured};
use crate::error::{Error, Result};

#[derive(Clone, Debug, Default)]
pub(super) struct Report {
    pub(super) lines: Vec<Line>,
    /// What could not be compared with, and why.
    pub(super) missing: Vec<String>,
    /// What went wrong, so that lines are missing.
    pub(super) failed: Vec<String>,
    pub(super) memory: Vec<Checkpoint>,
}

/// One load on one server.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) server: &'static str,
    pub(super) load: Load,
    pub(super) measured: Measured,
    /// How many seconds the server has computed for all of them.
    pub(super) computed: f64,
    /// Memory in KiB.
    pub(super) before: u64,
    pub(super) after: u64,
}

impl Load {
    fn title(self) -> &'static str {
        match self {
            Load::Publish => "POST message",
            Load::Read => "GET message",
        }
    }
}

impl Report {
    /// Notes what went wrong; what is there stays.
    pub(super) fn note<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.failed.push(error.to_string())).ok()
    }

    /// Fails where something went wrong.
    pub(super) fn check(&self) -> Result<()> {
        match &self.failed[..] {
            [] => Ok(()),
            failed => Err(Error::failed(format!("not all was measured: {}", failed.join("; ")))),
        }
    }

    /// How many times as many requests a second the first of these takes as the other.
    fn ratio(&self, line: &Line, other: &str) -> String {
        let mut lines = self.lines.iter();
        let other = lines.find(|known| known.load == line.load && known.server == other);
        other.map_or_else(
            || "-".to_owned(),
            |other| format!("{:.2}", line.measured.per_second / other.measured.per_second),
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{:<14}{:<10}{:>12}{:>9}{:>9}{:>9}{:>19}{:>10}{:>10}",
            "", "", "requests/s", "p50 ms", "p99 ms", "CPU us", "MiB before, after", "of nginx", "of Prism"
        )?;
        for load in [Load::Publish, Load::Read] {
            for line in self.lines.iter().filter(|line| line.load == load) {
                let memory = format!("{} {:>7}", mebibytes(line.before), mebibytes(line.after));
                let Measured {
                    requests,
                    per_second,
                    median,
                    p99,
                } = line.measured;
                let cpu = line.computed / requests * 1e6;
                writeln!(
                    f,
                    "{:<14}{:<10}{per_second:>12.0}{median:>9.2}{p99:>9.2}{cpu:>9.1}{memory:>19}{:>10}{:>10}",
                    load.title(),
                    line.server,
                    self.ratio(line, "nginx"),
                    self.ratio(line, "Prism"),
                )?;
            }
        }
        for missing in &self.missing {
            writeln!(f, "left out: {missing}")?;
        }
        for failed in &self.failed {
            writeln!(f, "failed: {failed}")?;
        }
        if !self.memory.is_empty() {
            writeln!(f, "\n{:>12}{:>8}  the emulator's memory", "messages", "MiB")?;
        }
        for Checkpoint { messages, resident } in &self.memory {
            writeln!(f, "{messages:>12}{:>8}", mebibytes(*resident))?;
        }
        Ok(())
    }
}

fn mebibytes(kibibytes: u64) -> String {
    let tenths = kibibytes * 10 / 1024;
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(server: &'static str, per_second: f64) -> Line {
        Line {
            server,
            load: Load::Publish,
            measured: Measured {
                requests: 2.0 * per_second,
                per_second,
                median: 1.25,
                p99: 3.0,
            },
            computed: 0.25,
            before: 1024,
            after: 2560,
        }
    }

    #[test]
    fn a_report_compares_what_there_is_and_tells_what_there_is_not() {
        let mut report = Report {
            lines: vec![line("emulator", 1000.0), line("nginx", 4000.0)],
            missing: vec!["prism is not on the PATH".to_owned()],
            memory: vec![Checkpoint {
                messages: 7,
                resident: 1536,
            }],
            ..Report::default()
        };
        assert!(report.check().is_ok());
        assert_eq!(report.note::<()>(Err(Error::failed("wrk on nginx: broken"))), None);
        assert!(report.check().unwrap_err().to_string().contains("wrk on nginx: broken"));
        let text = report.to_string();
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert!(
            lines.contains(&vec![
                "POST", "message", "emulator", "1000", "1.25", "3.00", "125.0", "1.0", "2.5", "0.25", "-"
            ]),
            "{text}"
        );
        assert!(
            text.contains("left out: prism")
                && text.contains("failed: wrk on nginx: broken")
                && lines.contains(&vec!["7", "1.5"]),
            "{text}"
        );
    }
}
