//! `import`: a contract from a description of HubSpot's.

use std::fs;
use std::path::PathBuf;

use super::USAGE;
use crate::error::{Error, Result};
use crate::output;
use crate::schema::files;
use crate::schema::openapi;

pub(super) fn run(arguments: &[String]) -> Result<()> {
    let Import { file, version, check } = Import::from(arguments)?;
    let contract = files::read_openapi(&file)?;
    if contract.version != version {
        let found = contract.version;
        return Err(Error::usage(format!("{}: it describes version {found}, not {version}", file.display())));
    }
    let text = contract.to_text();
    if files::contract_in(&text) != Ok(contract.clone()) {
        return Err(Error::failed(format!("{}: the contract made of it does not read as it was", file.display())));
    }
    let place = files::contract_file(&version);
    let shown = format!("xtask/contracts/{version}.json");
    let next = match files::versions().contains(&version.as_str()) {
        true => String::new(),
        false => format!(
            "the code does not know {version} yet, so `schema check` fails until it does: next, add the version to \
             `ApiVersion` in crates/api/src/version.rs\n"
        ),
    };
    if check {
        let there = fs::read_to_string(&place).map_err(|error| Error::failed(format!("{shown}: {error}")))?;
        if there != text {
            return Err(Error::failed(format!(
                "{shown} is not what {} gives; import it again without `--check`",
                file.display()
            )));
        }
        output::print(&format!("{shown} is up to date\n{next}"))
    } else {
        fs::write(&place, text).map_err(|error| Error::failed(format!("{shown}: {error}")))?;
        let (operations, records) = (contract.operations.len(), contract.records.len());
        output::print(&format!("wrote {shown}: {operations} operations, {records} records\n{next}"))
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Import {
    file: PathBuf,
    version: String,
    check: bool,
}

impl Import {
    fn from(arguments: &[String]) -> Result<Self> {
        let (mut file, mut version, mut check) = (None, None, false);
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--check" => check = true,
                "--version" if version.is_none() => match arguments.next() {
                    Some(name) if openapi::is_version(name) => version = Some(name.clone()),
                    Some(name) => {
                        return Err(Error::usage(format!(
                            "`{name}` is no version of the API, such as `v3` or `2026-03`"
                        )));
                    }
                    None => return Err(Error::usage("`--version` which?")),
                },
                name if file.is_none() && !name.starts_with('-') => file = Some(PathBuf::from(name)),
                other => return Err(Error::usage(format!("`schema import` does not take `{other}`\n\n{USAGE}"))),
            }
        }
        match (file, version) {
            (Some(file), Some(version)) => Ok(Self { file, version, check }),
            (None, _) => Err(Error::usage("`schema import` which file?")),
            (_, None) => Err(Error::usage("`schema import` takes the version: `--version V`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn import(arguments: &[&str]) -> Result<Import> {
        Import::from(&arguments.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn an_import_names_a_file_and_a_version_in_any_order() {
        let wanted = Import {
            file: PathBuf::from("a.json"),
            version: "2026-03".to_owned(),
            check: true,
        };
        assert_eq!(import(&["a.json", "--version", "2026-03", "--check"]).unwrap(), wanted);
        assert_eq!(import(&["--check", "--version", "2026-03", "a.json"]).unwrap(), wanted);
    }

    #[test]
    fn an_import_that_makes_no_sense_is_refused() {
        for arguments in [
            &[][..],
            &["a.json"],
            &["--version", "v3"],
            &["a.json", "--version"],
            &["a.json", "--version", "3"],
            &["a.json", "--version", "../v3"],
            &["a.json", "--version", "2026-3"],
            &["a.json", "--version", "v3", "--version", "v3"],
            &["a.json", "b.json", "--version", "v3"],
            &["a.json", "--version", "v3", "--chekc"],
        ] {
            assert_eq!(import(arguments).unwrap_err().exit_code(), 2, "{arguments:?}");
        }
    }
}
