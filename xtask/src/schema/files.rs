//! Where descriptions and contracts are, and how they are read. Whatever is wrong with a file is one line.

use std::fs;
use std::path::{Path, PathBuf};

use super::contract::Contract;
use super::json::{self, Node};
use super::openapi;
use crate::cargo;
use crate::error::{Error, Result};

/// The versions whose contracts are checked in.
pub(crate) const VERSIONS: [&str; 4] = ["v3", "2025-09", "2026-03", "2026-09"];

/// The contract of what an OpenAPI file describes.
pub(crate) fn read_openapi(file: &Path) -> Result<Contract> {
    openapi_in(&text(file)?).map_err(|error| unreadable(file, &error))
}

/// The contract that a name or a file stands for: a version whose contract is checked in, the file of a contract, or an
/// OpenAPI file.
pub(crate) fn read_any(name: &str) -> Result<Contract> {
    if openapi::is_version(name) {
        return read_checked_in(name);
    }
    let file = Path::new(name);
    let any = |text: &str| {
        let document = json::parse(text)?;
        let document = Node::document(&document);
        match document.get("contract") {
            Ok(Some(_)) => Contract::parse(&document),
            _ => openapi::import(&document),
        }
    };
    any(&text(file)?).map_err(|error| unreadable(file, &error))
}

/// The contract of a version as it is checked in.
pub(crate) fn read_checked_in(version: &str) -> Result<Contract> {
    let file = contract_file(version);
    if !file.exists() {
        let known = VERSIONS.join(", ");
        return Err(Error::usage(format!("there is no contract of version {version}; there are {known}")));
    }
    contract_in(&text(&file)?).map_err(|error| unreadable(&file, &error))
}

pub(crate) fn text(file: &Path) -> Result<String> {
    let bytes = fs::read(file).map_err(|error| unreadable(file, &error))?;
    String::from_utf8(bytes).map_err(|_| unreadable(file, &"not UTF-8"))
}

fn unreadable(file: &Path, what: &dyn std::fmt::Display) -> Error {
    Error::usage(format!("{}: {what}", file.display()))
}

pub(crate) fn openapi_in(text: &str) -> json::Result<Contract> {
    openapi::import(&Node::document(&json::parse(text)?))
}

pub(crate) fn contract_in(text: &str) -> json::Result<Contract> {
    Contract::parse(&Node::document(&json::parse(text)?))
}

/// The file of a version's contract.
pub(crate) fn contract_file(version: &str) -> PathBuf {
    contracts().join(format!("{version}.json"))
}

/// The folder of the contracts.
pub(crate) fn contracts() -> PathBuf {
    cargo::root().join("xtask").join("contracts")
}
