//! The parts that are little more than one call of cargo.
//!
//! Warnings are denied by arguments of clippy and rustdoc, never by `RUSTFLAGS`: those build every dependency anew.

use std::env;

use crate::browser;
use crate::cargo::Cargo;
use crate::error::{Error, Result, no_arguments};

pub(crate) fn fmt(arguments: &[String]) -> Result<()> {
    match arguments {
        [] => Cargo::new(["fmt", "--all", "--", "--check"]).run(),
        [fix] if fix == "--fix" => Cargo::new(["fmt", "--all"]).run(),
        [other, ..] => Err(Error::usage(format!("`fmt` does not take `{other}`, only `--fix`"))),
    }
}

pub(crate) fn clippy(arguments: &[String]) -> Result<()> {
    no_arguments("clippy", arguments)?;
    Cargo::new([
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ])
    .run()
}

pub(crate) fn doc(arguments: &[String]) -> Result<()> {
    no_arguments("doc", arguments)?;
    Cargo::new(["doc", "--workspace", "--no-deps", "--all-features"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .run()
}

/// Runs every test with all features, in one build, but for those that need a browser.
///
/// Features here only add, and the part `features` proves that each package builds without them; so what the default
/// features do is among what all features do, and is tested with it.
pub(crate) fn test(arguments: &[String]) -> Result<()> {
    let scope: &[&str] = if name_packages(arguments) {
        &[]
    } else {
        &["--workspace", "--exclude", browser::PACKAGE]
    };
    Cargo::new(["test", "--all-features"]).args(scope).args(arguments).run()
}

/// Runs the tests of the wire in a build like that of a user who has another crate with serde_json's features on.
///
/// The flag makes `hubchannel-testkit` ask for them. It is no feature of a package, because `--all-features` would then
/// switch it on everywhere and nothing would be tested as most users have it.
pub(crate) fn exact_json(arguments: &[String]) -> Result<()> {
    const FLAG: &str = "--cfg exact_json";

    no_arguments("exact-json", arguments)?;
    let flags = match env::var("RUSTFLAGS") {
        Ok(flags) if !flags.is_empty() => format!("{flags} {FLAG}"),
        _ => FLAG.to_owned(),
    };
    Cargo::new([
        "test",
        "--tests",
        "--package",
        "hubchannel-model",
        "--package",
        "hubchannel-testkit",
    ])
    .env("RUSTFLAGS", &flags)
    .run()
}

pub(crate) fn bench(arguments: &[String]) -> Result<()> {
    Cargo::new(["bench", "--package", "hubchannel-tests"])
        .args(arguments)
        .run()
}

/// Whether arguments for `cargo test` choose packages themselves, which `--workspace` would override.
fn name_packages(arguments: &[String]) -> bool {
    arguments
        .iter()
        .take_while(|argument| *argument != "--")
        .any(|argument| {
            argument.starts_with("--package") || (argument.starts_with("-p") && !argument.starts_with("--"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(arguments: &[&str]) -> bool {
        name_packages(&arguments.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn a_named_package_narrows_the_tests() {
        assert!(name(&["-p", "hubchannel-model"]));
        assert!(name(&["--no-fail-fast", "--package=hubchannel-model"]));
    }

    #[test]
    fn other_arguments_leave_the_whole_workspace() {
        assert!(!name(&[]));
        assert!(!name(&["publish", "--doc"]));
        assert!(!name(&["--", "-p"]));
    }
}
