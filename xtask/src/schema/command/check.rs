//! `check` and `coverage`: the code against HubSpot's descriptions.

use std::path::PathBuf;

use hubchannel_api::ApiVersion;

use super::USAGE;
use crate::error::{Error, Result};
use crate::output;
use crate::schema::contract::Contract;
use crate::schema::deviations::{self, Deviation};
use crate::schema::work::TooMuch;
use crate::schema::{check, code, coverage, files};

pub(super) fn run(arguments: &[String]) -> Result<()> {
    let deviations = deviations()?;
    let mut open = 0;
    for (version, contract, before) in contracts(Arguments::from(arguments)?)? {
        let report = checked(version, &contract, &deviations, before.as_ref())?;
        open += report.findings.len();
        output::print(&check::to_text(&report))?;
    }
    match open {
        0 => Ok(()),
        _ => Err(Error::failed(format!("{open} between the code and HubSpot's descriptions to be accounted for"))),
    }
}

/// `coverage`: how much of the descriptions the code implements.
pub(super) fn coverage(arguments: &[String]) -> Result<()> {
    let deviations = deviations()?;
    let counted = contracts(Arguments::from(arguments)?)?
        .into_iter()
        .map(|(version, contract, before)| {
            let report = checked(version, &contract, &deviations, before.as_ref())?;
            coverage::of(&contract, &report).map_err(|error| too_much(version, error))
        });
    output::print(&coverage::to_text(&counted.collect::<Result<Vec<_>>>()?))
}

fn checked(
    version: ApiVersion,
    contract: &Contract,
    deviations: &[Deviation],
    before: Option<&Contract>,
) -> Result<check::Report> {
    check::check(&code::of(version), contract, deviations, before).map_err(|error| too_much(version, error))
}

fn too_much(version: ApiVersion, error: TooMuch) -> Error {
    Error::failed(format!("the description of {version}: {error}"))
}

/// A contract to hold the code against, and the one that is checked in where that is another.
type Held = (ApiVersion, Contract, Option<Contract>);

fn contracts(arguments: Arguments) -> Result<Vec<Held>> {
    let Some(spec) = arguments.spec else {
        let versions = match arguments.version {
            Some(version) => vec![version],
            None => every_version()?,
        };
        let held = |version: ApiVersion| Ok((version, files::read_checked_in(version.as_str())?, None));
        return versions.into_iter().map(held).collect();
    };
    let Some(version) = arguments.version else {
        return Err(Error::usage("`--spec` of which version? Say `--version V`"));
    };
    let contract = files::read_any(&spec.to_string_lossy())?;
    if contract.version != version.as_str() {
        let found = contract.version;
        return Err(Error::usage(format!("{}: it describes version {found}, not {version}", spec.display())));
    }
    let before = files::read_checked_in(version.as_str())?;
    Ok(vec![(version, contract, Some(before))])
}

/// All versions, which are to be those of all contracts.
fn every_version() -> Result<Vec<ApiVersion>> {
    match files::unknown()?.as_slice() {
        [] => Ok(ApiVersion::ALL.to_vec()),
        [name, ..] => Err(Error::failed(format!(
            "xtask/contracts/{name}.json belongs to no version that the code knows: add the version to `ApiVersion` in \
             crates/api/src/version.rs, or remove the file"
        ))),
    }
}

fn deviations() -> Result<Vec<Deviation>> {
    let file = files::deviations_file();
    deviations::parse(&files::text(&file)?).map_err(|error| Error::usage(format!("{}: {error}", file.display())))
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Arguments {
    spec: Option<PathBuf>,
    version: Option<ApiVersion>,
}

impl Arguments {
    fn from(arguments: &[String]) -> Result<Self> {
        let mut found = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--spec" if found.spec.is_none() => match arguments.next() {
                    Some(file) => found.spec = Some(PathBuf::from(file)),
                    None => return Err(Error::usage("`--spec` which file?")),
                },
                "--version" if found.version.is_none() => match arguments.next() {
                    Some(name) => {
                        found.version = Some(name.parse().map_err(|error| Error::usage(format!("{error}")))?);
                    }
                    None => return Err(Error::usage("`--version` which?")),
                },
                other => return Err(Error::usage(format!("this command does not take `{other}`\n\n{USAGE}"))),
            }
        }
        Ok(found)
    }
}
