//! Runs the program, and keeps files for it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the program said and how it ended.
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs `cargo xtask schema` with these arguments.
pub(crate) fn schema<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Outcome {
    outcome(program(arguments).stdout(Stdio::piped()))
}

/// Runs it with the contracts of another workspace.
pub(crate) fn schema_of<A: AsRef<OsStr>>(workspace: &Path, arguments: impl IntoIterator<Item = A>) -> Outcome {
    let mut program = program(arguments);
    outcome(
        program
            .env("CARGO_MANIFEST_DIR", workspace.join("xtask"))
            .stdout(Stdio::piped()),
    )
}

/// A workspace that has nothing but the contracts as they are checked in.
pub(crate) fn workspace(name: &str) -> PathBuf {
    let workspace = folder(name);
    for version in ["v3", "2025-09", "2026-03", "2026-09", "deviations"] {
        file(&workspace, &format!("xtask/contracts/{version}.json"), contract(version));
    }
    workspace
}

/// Runs it with something else to write to.
pub(crate) fn schema_into<A: AsRef<OsStr>>(out: impl Into<Stdio>, arguments: impl IntoIterator<Item = A>) -> Outcome {
    outcome(program(arguments).stdout(out))
}

fn program<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_xtask"));
    program.arg("schema").args(arguments).stderr(Stdio::piped());
    program
}

fn outcome(program: &mut Command) -> Outcome {
    let output = program.spawn().unwrap().wait_with_output().unwrap();
    Outcome {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A folder of this test's own, empty at first.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A file in a folder, with the folders on the way to it.
pub(crate) fn file(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> String {
    let file = folder.join(name);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, text).unwrap();
    file.into_os_string().into_string().unwrap()
}

/// The contract of a version as it is checked in.
pub(crate) fn contract(version: &str) -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("contracts")
        .join(format!("{version}.json"));
    fs::read_to_string(file).unwrap()
}
