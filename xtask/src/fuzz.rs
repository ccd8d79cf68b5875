//! Coverage-guided fuzzing: what it needs, and how its targets are run. What they do stands in `tests/fuzz`.
//!
//! It is no part of CI, which runs the kept seeds as plain tests and needs no nightly.

use std::fs;
use std::path::Path;

use crate::cargo::{self, Cargo};
use crate::error::{Error, Result};

const TARGETS: [&str; 4] = ["decoders", "pairs", "schema", "webhooks"];

/// How long each target runs unless the command line says otherwise.
const SECONDS: u32 = 60;

/// The longest input worth trying: what goes wrong in longer ones goes wrong in short ones first.
const MOST_BYTES: u32 = 4096;

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let Fuzz { targets, seconds } = Fuzz::from(arguments)?;
    needs(&["rustc", "--version"], "the nightly toolchain", "rustup toolchain install nightly")?;
    needs(&["cargo", "fuzz", "--version"], "cargo-fuzz", "cargo install cargo-fuzz --locked")?;
    targets.into_iter().try_for_each(|target| fuzz(target, seconds))
}

#[derive(Debug, PartialEq, Eq)]
struct Fuzz {
    targets: Vec<&'static str>,
    seconds: u32,
}

impl Fuzz {
    fn from(arguments: &[String]) -> Result<Self> {
        let (mut targets, mut seconds) = (Vec::new(), SECONDS);
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            if argument == "--seconds" {
                seconds = match arguments.next().map(|number| (number, number.parse())) {
                    // libFuzzer takes 0 for no limit.
                    Some((_, Ok(seconds))) if seconds > 0 => seconds,
                    Some((number, _)) => {
                        return Err(Error::usage(format!("`{number}` is no number of seconds above 0")));
                    }
                    None => return Err(Error::usage("`--seconds` how many?")),
                };
            } else if let Some(target) = TARGETS.into_iter().find(|target| target == argument) {
                targets.push(target);
            } else {
                return Err(Error::usage(format!(
                    "`fuzz` has no target `{argument}`, only {}",
                    TARGETS.map(|target| format!("`{target}`")).join(", ")
                )));
            }
        }
        if targets.is_empty() {
            targets = TARGETS.to_vec();
        }
        Ok(Self { targets, seconds })
    }
}

/// Fails in one line where a program is missing.
fn needs(program: &[&str], name: &str, install: &str) -> Result<()> {
    match Cargo::nightly(program).output() {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::failed(format!("fuzzing needs {name}; install it with `{install}`"))),
    }
}

/// Goes on from the seeds, and from what earlier runs have reached.
fn fuzz(target: &str, seconds: u32) -> Result<()> {
    let corpus = format!("tests/fuzz/corpus/{target}");
    let seeds = format!("tests/fuzz/seeds/{target}");
    let findings = format!("tests/fuzz/artifacts/{target}");
    fs::create_dir_all(cargo::root().join(&corpus)).map_err(|error| Error::failed(format!("{corpus}: {error}")))?;

    // The code under test forbids `unsafe`, so that a sanitizer would only be slow.
    Cargo::nightly([
        "cargo",
        "fuzz",
        "run",
        "--fuzz-dir",
        "tests/fuzz",
        "--sanitizer",
        "none",
    ])
    .args([target, &corpus, &seeds, "--"])
    .args([
        format!("-max_total_time={seconds}"),
        format!("-max_len={MOST_BYTES}"),
        "-timeout=10".to_owned(),
    ])
    .run()
    .map_err(|error| match newest(&cargo::root().join(&findings)) {
        Some(finding) => Error::failed(format!(
            "{error}\n\n\
                 what was found is in {findings}, the newest in {finding}; make it small with\n  \
                 cargo +nightly fuzz tmin --fuzz-dir tests/fuzz --sanitizer none {target} {findings}/{finding}\n\
                 and keep it: copy the result into {seeds}, under a name that says what it shows, and mend the code \
                 until `cargo xtask test --test seeds` passes"
        )),
        None => error,
    })
}

/// The name of the youngest file in a folder.
fn newest(folder: &Path) -> Option<String> {
    let files = fs::read_dir(folder).ok()?.filter_map(std::result::Result::ok);
    let newest = files.max_by_key(|file| file.metadata().and_then(|data| data.modified()).ok())?;
    Some(newest.file_name().to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(arguments: &[&str]) -> Result<Fuzz> {
        Fuzz::from(&arguments.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn every_target_is_fuzzed_unless_some_are_named() {
        let all = from(&[]).unwrap();
        assert_eq!((all.targets, all.seconds), (TARGETS.to_vec(), SECONDS));
        let one = from(&["--seconds", "5", "pairs"]).unwrap();
        assert_eq!((one.targets, one.seconds), (vec!["pairs"], 5));
    }

    #[test]
    fn a_command_line_that_makes_no_sense_is_refused() {
        for arguments in [
            &["pear"][..],
            &["--seconds"],
            &["--seconds", "0"],
            &["--seconds", "soon"],
        ] {
            assert_eq!(from(arguments).unwrap_err().exit_code(), 2, "{arguments:?}");
        }
    }

    #[test]
    fn every_target_has_a_program_and_seeds() {
        let folder = cargo::root().join("tests/fuzz");
        for target in TARGETS {
            assert!(folder.join("fuzz_targets").join(target).with_extension("rs").is_file(), "{target}");
            assert!(folder.join("seeds").join(target).is_dir(), "{target}");
        }
    }
}
