//! The project's own checks, as one program that anybody can run: `cargo xtask <part>`.
//!
//! `cargo xtask ci` is the whole of CI. Each of its parts also runs alone, and this file is the list of them.

mod browser;
mod cargo;
mod ci;
mod deps;
mod error;
mod features;
mod fuzz;
#[doc(hidden)]
pub mod fuzz_entry;
mod load;
mod output;
mod parts;
mod schema;

use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::error::{Error, Result};

const USAGE: &str = "\
cargo xtask <part>

  ci [--except PART]...  everything below down to `test`, in this order, until something fails
  fmt [--fix]            the formatting is rustfmt's; --fix formats instead
  clippy                 no warning from the compiler or clippy, in any target
  deps                   who may depend on what, how many crates, their licences and Rust versions
  schema-check           the same as `schema check`: the code against HubSpot's descriptions
  features               each package builds alone with no, default and all features
  doc                    the documentation builds without warnings
  exact-json             the tests of the wire once more, with serde_json's features switched on
  test [ARGS]...         unit, integration and documentation tests; ARGS go to `cargo test`
  browser [ARGS]...      the emulator's page in a headless Chromium, which has to be there; ARGS go to `cargo test`
  bench [ARGS]...        the benchmarks; ARGS go to `cargo bench`
  load [--seconds N] [--connections N] [--messages N] [--program FILE]
                         how many requests the emulator takes on one core, and how much memory, beside nginx and Prism
                         where these are there; needs wrk
  fuzz [TARGET]... [--seconds N]
                         coverage-guided fuzzing of whatever reads bytes, 60 seconds for each target; needs nightly
                         and cargo-fuzz
  schema COMMAND         what HubSpot says goes over the wire: `cargo xtask schema` lists the commands
";

/// Runs the part that the command line names.
pub fn main() -> ExitCode {
    match arguments().and_then(|arguments| run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when this fails.
            _ = writeln!(io::stderr().lock(), "xtask: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn arguments() -> Result<Vec<String>> {
    std::env::args_os()
        .skip(1)
        .map(|argument| {
            argument
                .into_string()
                .map_err(|argument| Error::usage(format!("{argument:?} is not UTF-8")))
        })
        .collect()
}

fn run(arguments: &[String]) -> Result<()> {
    let Some((part, rest)) = arguments.split_first() else {
        return Err(Error::usage(format!("which part?\n\n{USAGE}")));
    };
    match part.as_str() {
        "help" | "-h" | "--help" => output::print(USAGE),
        "ci" => ci::run(rest),
        "browser" => browser::run(rest),
        "bench" => parts::bench(rest),
        "load" => load::run(rest),
        "fuzz" => fuzz::run(rest),
        "schema" => schema::run(rest),
        name => match ci::part(name) {
            Some(part) => part(rest),
            None => Err(Error::usage(format!("there is no part `{name}`\n\n{USAGE}"))),
        },
    }
}
