//! What the command line says.

use std::path::PathBuf;

use crate::error::{Error, Result};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Options {
    /// How long each load lasts.
    pub(super) seconds: u64,
    pub(super) connections: usize,
    /// How many messages memory is measured with; 0 for not at all.
    pub(super) messages: u64,
    /// The `hubchannel` to measure, where it is not built here.
    pub(super) program: Option<PathBuf>,
}

impl Options {
    pub(super) fn read(arguments: &[String]) -> Result<Self> {
        let mut options = Options {
            seconds: 10,
            connections: 64,
            messages: 1_000_000,
            program: None,
        };
        let mut arguments = arguments.iter();
        while let Some(name) = arguments.next() {
            let known = ["--seconds", "--connections", "--messages", "--program"];
            if !known.contains(&name.as_str()) {
                let known = known.join(", ");
                return Err(Error::usage(format!("`load` does not take `{name}`, only {known}")));
            }
            let Some(value) = arguments.next() else {
                return Err(Error::usage(format!("`{name}` needs a value")));
            };
            match name.as_str() {
                "--seconds" => options.seconds = number(name, value, 1)?,
                "--connections" => options.connections = usize::try_from(number(name, value, 1)?).unwrap_or(usize::MAX),
                "--messages" => options.messages = number(name, value, 0)?,
                _ => options.program = Some(value.into()),
            }
        }
        Ok(options)
    }
}

fn number(name: &str, value: &str, least: u64) -> Result<u64> {
    let number = value.parse().ok().filter(|number| *number >= least);
    number.ok_or_else(|| Error::usage(format!("`{name}` takes a number from {least}, not `{value}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Options> {
        Options::read(&arguments.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_given_counts_and_the_rest_stays() {
        let options = read(&["--messages", "0", "--seconds", "3"]).unwrap();
        assert_eq!((options.messages, options.seconds, options.connections), (0, 3, 64));
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        for (arguments, told) in [
            (&["--sec"] as &[&str], "does not take `--sec`"),
            (&["--seconds"], "needs a value"),
            (&["--seconds", "0"], "a number from 1, not `0`"),
        ] {
            let error = read(arguments).unwrap_err();
            assert!(error.to_string().contains(told), "{error}");
            assert_eq!(error.exit_code(), 2);
        }
    }
}
