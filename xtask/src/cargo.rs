//! Running cargo: the one that runs this program, in the workspace's root, with a clean environment.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand};

use crate::error::{Error, Result};
use crate::output;

/// A cargo command that can be shown to a person who wants to repeat it.
pub(crate) struct Cargo {
    command: Command,
    shown: String,
}

impl Cargo {
    pub(crate) fn new<A: AsRef<str>>(arguments: impl IntoIterator<Item = A>) -> Self {
        Self::started(Command::new(program()), "cargo").args(arguments)
    }

    /// A command of the nightly toolchain: `cargo` or another program that comes with it.
    pub(crate) fn nightly<A: AsRef<str>>(arguments: impl IntoIterator<Item = A>) -> Self {
        Self::started(Command::new("rustup"), "rustup")
            .args(["run", "nightly"])
            .args(arguments)
    }

    fn started(mut command: Command, shown: &str) -> Self {
        command.current_dir(root());
        for (name, _) in env::vars_os() {
            if name.to_str().is_some_and(describes_xtask) {
                command.env_remove(name);
            }
        }
        Self {
            command,
            shown: shown.to_owned(),
        }
    }

    pub(crate) fn args<A: AsRef<str>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        for argument in arguments {
            let argument = argument.as_ref();
            self.command.arg(argument);
            self.shown.push(' ');
            self.shown.push_str(&quoted(argument));
        }
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self.shown = format!("{name}={} {}", quoted(value), self.shown);
        self
    }

    /// Shows the command, then runs it with this program's own output.
    pub(crate) fn run(mut self) -> Result<()> {
        output::print(&format!("$ {}\n", self.shown))?;
        match self.command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Error::failed(format!("`{}` failed ({status})", self.shown))),
            Err(error) => Err(self.not_started(&error)),
        }
    }

    /// Runs the command unseen and gives what it wrote.
    pub(crate) fn output(mut self) -> Result<String> {
        let output = self.command.output().map_err(|error| self.not_started(&error))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            let complaint = String::from_utf8_lossy(&output.stderr);
            Err(Error::failed(format!("`{}` failed ({})\n{complaint}", self.shown, output.status)))
        }
    }

    fn not_started(&self, error: &std::io::Error) -> Error {
        Error::failed(format!("`{}` could not be started: {error}", self.shown))
    }
}

/// The workspace as cargo describes it, without the foreign crates.
pub(crate) fn workspace() -> Result<Metadata> {
    metadata(MetadataCommand::new().no_deps())
}

/// The workspace and every foreign crate of the lock file.
pub(crate) fn workspace_and_foreign() -> Result<Metadata> {
    metadata(&mut MetadataCommand::new())
}

fn metadata(command: &mut MetadataCommand) -> Result<Metadata> {
    command
        .cargo_path(program())
        .manifest_path(root().join("Cargo.toml"))
        .exec()
        .map_err(|error| Error::failed(format!("`cargo metadata` failed: {error}")))
}

/// The folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    let xtask =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    xtask.parent().map_or_else(|| xtask.clone(), Path::to_path_buf)
}

fn program() -> PathBuf {
    env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

/// Whether cargo set this variable to tell xtask about itself.
///
/// Build scripts of some crates watch these. Inherited, they would make every build through xtask and every build
/// without it redo the other's work.
fn describes_xtask(variable: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_NAME", "CARGO_CRATE_NAME"]
        .iter()
        .any(|prefix| variable.starts_with(prefix))
}

fn quoted(argument: &str) -> String {
    if argument.contains(char::is_whitespace) {
        format!("'{argument}'")
    } else {
        argument.to_owned()
    }
}
