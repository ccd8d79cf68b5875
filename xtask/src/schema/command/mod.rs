//! The command line: arguments and files in, text out. What is done in between is pure and lives beside this folder.

mod check;
mod diff;
mod import;
mod payloads;

use crate::error::{Error, Result};
use crate::output;

const USAGE: &str = "\
cargo xtask schema <command>

  import FILE --version V [--check]  makes xtask/contracts/V.json from an OpenAPI file of HubSpot's; --check only
                                     says whether it is what it would be
  check [--version V] [--spec FILE]  the code against the contracts that are checked in, or against an OpenAPI file
                                     that has just come; what differs on purpose is in contracts/deviations.json
  coverage [--version V] [--spec FILE]
                                     how much of the descriptions the code implements, as a table
  diff OLD NEW [--json]              what changed on the wire between two OpenAPI files, contracts, or versions whose
                                     contracts are checked in; exits with 1 if something breaking did
  payloads DIR [--manifest FILE]     reads each recorded body DIR/<kind>/*.json (or *.ndjson, one a line), writes it
                                     again and compares; xtask/payloads.json, or the manifest that is named, says
                                     more about kinds and files, and which of them are expected to fail
  payloads --schema NAME FILE        the same for values of one of HubSpot's schemas, such as PublicFile
";

/// Holds the code against the contracts that are checked in: the part of CI.
pub(crate) fn check(arguments: &[String]) -> Result<()> {
    check::run(arguments)
}

/// Runs the command that the arguments name.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let Some((command, rest)) = arguments.split_first() else {
        return Err(Error::usage(format!("which command?\n\n{USAGE}")));
    };
    match command.as_str() {
        "help" => output::print(USAGE),
        _ if arguments
            .iter()
            .any(|argument| argument == "-h" || argument == "--help") =>
        {
            output::print(USAGE)
        }
        "import" => import::run(rest),
        "check" => check::run(rest),
        "coverage" => check::coverage(rest),
        "diff" => diff::run(rest),
        "payloads" => payloads::run(rest),
        _ => Err(Error::usage(format!("`schema` has no command `{command}`\n\n{USAGE}"))),
    }
}
