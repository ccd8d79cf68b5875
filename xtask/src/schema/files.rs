//! Where descriptions and contracts are, and how they are read. Whatever is wrong with a file is one line.

use std::path::{Path, PathBuf};
use std::{fs, io};

use hubchannel_api::ApiVersion;

use super::contract::Contract;
use super::json::{self, Node};
use super::openapi;
use crate::cargo;
use crate::error::{Error, Result};

/// The versions that the code knows, oldest first. Each has a contract that is checked in.
pub(crate) fn versions() -> [&'static str; ApiVersion::ALL.len()] {
    ApiVersion::ALL.map(ApiVersion::as_str)
}

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
        let mut there = versions().map(str::to_owned).to_vec();
        there.retain(|version| contract_file(version).exists());
        there.extend(unknown()?);
        return Err(Error::usage(format!(
            "there is no contract of version {version}; there are {}; `cargo xtask schema import` makes one",
            there.join(", ")
        )));
    }
    let contract = contract_in(&text(&file)?).map_err(|error| unreadable(&file, &error))?;
    match contract.version == version {
        true => Ok(contract),
        false => Err(unreadable(&file, &format_args!("it is of version {}, not {version}", contract.version))),
    }
}

/// The names of the contracts that are checked in and belong to no version that the code knows.
pub(crate) fn unknown() -> Result<Vec<String>> {
    let folder = contracts();
    let mut unknown = Vec::new();
    for entry in fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))? {
        let file = PathBuf::from(entry.map_err(|error| unreadable(&folder, &error))?.file_name());
        if file.extension() != Some("json".as_ref()) || file == Path::new(DEVIATIONS) {
            continue;
        }
        let name = file.with_extension("").to_string_lossy().into_owned();
        if !versions().contains(&name.as_str()) {
            unknown.push(name);
        }
    }
    unknown.sort();
    Ok(unknown)
}

pub(crate) fn text(file: &Path) -> Result<String> {
    let bytes = fs::read(file).map_err(|error| unreadable(file, &reason(&error)))?;
    json::text(bytes).map_err(|error| unreadable(file, &error))
}

/// Why a file or a folder cannot be read, and what to do.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is nothing of this name; look for a slip in the path".to_owned(),
        io::ErrorKind::IsADirectory => "this is a folder; name a file in it".to_owned(),
        io::ErrorKind::NotADirectory => "this is a file; name the folder that it is in".to_owned(),
        _ => error.to_string(),
    }
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

const DEVIATIONS: &str = "deviations.json";

/// The file of what differs on purpose, which lies beside the contracts.
pub(crate) fn deviations_file() -> PathBuf {
    contracts().join(DEVIATIONS)
}

fn contracts() -> PathBuf {
    cargo::root().join("xtask").join("contracts")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::contract::tests::CHECKED_IN;

    #[test]
    fn every_version_has_its_contract_and_the_tests_know_it() {
        assert_eq!(CHECKED_IN.map(|(version, _)| version), versions());
        for version in versions() {
            assert_eq!(read_checked_in(version).unwrap().version, version);
        }
        assert_eq!(unknown().unwrap(), Vec::<String>::new());
    }
}
