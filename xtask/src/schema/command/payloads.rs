//! `payloads`: what the model makes of recorded bodies.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use hubchannel_api::ApiVersion;

use super::USAGE;
use crate::cargo;
use crate::error::{Error, Result};
use crate::output;
use crate::schema::kinds::{self, Read};
use crate::schema::manifest::{Expected, Manifest};
use crate::schema::payloads::{Report, examine};
use crate::schema::{code, diff, files, json};

pub(super) fn run(arguments: &[String]) -> Result<()> {
    let report = match Arguments::from(arguments)? {
        Arguments::Folder { folder, manifest } => folder_of_bodies(&folder, manifest)?,
        Arguments::Schema { name, file } => values_of_schema(&name, &file)?,
    };
    output::print(&report.to_text())?;
    match (report.problems(), report.values()) {
        (0, 0) => Err(Error::failed("there is no body to read here")),
        (0, _) => Ok(()),
        (problems, _) => Err(Error::failed(format!("{problems} of them must be looked at"))),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Arguments {
    Folder { folder: PathBuf, manifest: Option<PathBuf> },
    Schema { name: String, file: PathBuf },
}

impl Arguments {
    fn from(arguments: &[String]) -> Result<Self> {
        let (mut folder, mut manifest, mut schema) = (None, None, None);
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--manifest" if manifest.is_none() => match arguments.next() {
                    Some(file) => manifest = Some(PathBuf::from(file)),
                    None => return Err(Error::usage("`--manifest` which file?")),
                },
                "--schema" if schema.is_none() => match arguments.next() {
                    Some(name) => schema = Some(name.clone()),
                    None => return Err(Error::usage("`--schema` which of HubSpot's schemas?")),
                },
                name if folder.is_none() && !name.starts_with('-') => folder = Some(PathBuf::from(name)),
                other => return Err(Error::usage(format!("`schema payloads` does not take `{other}`\n\n{USAGE}"))),
            }
        }
        match (folder, manifest, schema) {
            (Some(folder), manifest, None) => Ok(Self::Folder { folder, manifest }),
            (Some(file), None, Some(name)) => Ok(Self::Schema { name, file }),
            (Some(_), Some(_), Some(_)) => Err(Error::usage("a schema needs no manifest")),
            (None, _, None) => Err(Error::usage("`schema payloads` which folder?")),
            (None, _, Some(_)) => Err(Error::usage("`schema payloads --schema` which file?")),
        }
    }
}

fn folder_of_bodies(folder: &Path, manifest: Option<PathBuf>) -> Result<Report> {
    let is_for_this_folder = manifest.is_some();
    let manifest_file = manifest.unwrap_or_else(|| cargo::root().join("xtask").join("payloads.json"));
    let manifest = Manifest::parse(&files::text(&manifest_file)?)
        .map_err(|error| Error::usage(format!("{}: {error}", manifest_file.display())))?;
    let mut report = Report::default();
    let mut some_unknown = false;
    let mut paths = all_files(folder)?;
    paths.retain(|path| !manifest.is_prose(path));
    for path in &paths {
        let file = folder.join(path);
        report.file();
        match (manifest.find(path), is_file(&file)) {
            (_, Err(what)) => report.problem(path, &what),
            (Some(expected), Ok(())) => body(&file, path, &expected, &mut report),
            (None, Ok(())) => {
                report.problem(path, "of no kind; give it a rule in the manifest, or a folder named by its kind");
                some_unknown = true;
            }
        }
    }
    if some_unknown {
        let (manifest, kinds) = (manifest_file.display(), kinds::names().join(", "));
        report.note(&format!("the manifest is {manifest}; the kinds are {kinds}"));
    }
    let unused: Vec<&str> = manifest.unused(&paths).collect();
    if is_for_this_folder {
        for pattern in unused {
            report.problem(&manifest_file.to_string_lossy(), &format!("no file fits the rule for `{pattern}`"));
        }
    } else if !unused.is_empty() {
        // The workspace's own manifest is for any recordings, which need not have everything.
        report.note(&format!("no file fits {} of xtask/payloads.json", unused.join(", ")));
    }
    Ok(report)
}

/// Reads values of one of HubSpot's schemas as the record that stands at its places.
fn values_of_schema(name: &str, file: &Path) -> Result<Report> {
    let mut known = BTreeSet::new();
    for version in ApiVersion::ALL {
        let contract = files::read_checked_in(version.as_str())?;
        let (_, pairs) = diff::diff_with_pairs(&code::of(version).contract, &contract)
            .map_err(|error| Error::failed(format!("{version}: {error}")))?;
        if let Some((record, _)) = pairs.keys().find(|(_, hubspot)| hubspot == name) {
            let read = kinds::record(record).ok_or_else(|| Error::failed(format!("nothing here reads a {record}")))?;
            let mut report = Report::default();
            report.file();
            match is_file(file) {
                Ok(()) => values(file, &file.to_string_lossy(), name, read, None, &mut report),
                Err(what) => report.problem(&file.to_string_lossy(), &what),
            }
            return Ok(report);
        }
        known.extend(contract.records.into_keys());
    }
    let known = known.into_iter().collect::<Vec<_>>().join(", ");
    Err(Error::usage(format!("HubSpot has no schema `{name}`; it has {known}")))
}

/// The paths of all files in a folder and in those below it, with slashes, sorted.
fn all_files(folder: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let mut open = vec![(folder.to_path_buf(), String::new())];
    while let Some((folder, prefix)) = open.pop() {
        let unreadable =
            |error: std::io::Error| Error::usage(format!("{}: {}", folder.display(), files::reason(&error)));
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                return Err(Error::usage(format!("{}: a name that is not UTF-8", entry.path().display())));
            };
            let path = format!("{prefix}{name}");
            // Links are followed no further than to files, so that none leads in a circle.
            if entry.file_type().map_err(unreadable)?.is_dir() {
                open.push((entry.path(), format!("{path}/")));
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Says what is wrong with what cannot be read to an end, such as a pipe: nobody may ever write into it.
fn is_file(file: &Path) -> std::result::Result<(), String> {
    match fs::metadata(file) {
        Ok(data) if data.is_file() => Ok(()),
        Ok(data) if data.is_dir() => Err("a folder, or a link to one, where a file belongs".to_owned()),
        Ok(_) => Err("neither a file nor a folder".to_owned()),
        Err(error) => Err(files::reason(&error)),
    }
}

fn body(file: &Path, path: &str, expected: &Expected, report: &mut Report) {
    let Some(kind) = kinds::kind(expected.kind) else {
        report.problem(path, &format!("there is no kind `{}`", expected.kind));
        return;
    };
    values(file, path, kind.name, kind.read, Some(expected), report);
}

/// Reads the value of a file, or those of its lines.
fn values(file: &Path, path: &str, kind: &str, read: Read, expected: Option<&Expected>, report: &mut Report) {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => return report.problem(path, &error.to_string()),
    };
    if path.ends_with(".ndjson") {
        if let Some(what) = json::no_json(&bytes) {
            return report.problem(path, what);
        }
        let lines = bytes.split(|byte| *byte == b'\n').enumerate();
        let mut lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty()).peekable();
        if lines.peek().is_none() {
            report.problem(path, "no line has a value");
        }
        for (at, line) in lines {
            report.value(&format!("{path}:{}", at + 1), kind, examine(line, read, expected));
        }
    } else if path.ends_with(".json") {
        report.value(path, kind, examine(&bytes, read, expected));
    } else {
        report.problem(path, "neither .json nor .ndjson");
    }
}
