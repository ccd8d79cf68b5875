//! How things are: packages and manifests from `cargo metadata`, trees from `cargo tree`.
//!
//! The graph in `cargo metadata` is that of the whole workspace, where each crate has every feature that anybody asks
//! for. A user who depends on one package gets less. `cargo tree --package` without dev-dependencies resolves features
//! for that package alone, which is what counts here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use cargo_metadata::semver::Version;
use cargo_metadata::{DependencyKind, Metadata};

use crate::cargo::{self, Cargo};
use crate::deps::manifest;
use crate::deps::policy::Policy;
use crate::error::{Error, Result};
use crate::features::Features;

#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) edition: String,
    pub(crate) rust_version: Version,
    pub(crate) members: Vec<Member>,
    /// Every crate of the lock file, members included.
    pub(crate) crates: BTreeMap<CrateId, Crate>,
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// Relative to the workspace.
    pub(crate) manifest: String,
    pub(crate) edition: String,
    pub(crate) inherits_lints: bool,
    pub(crate) run_by_default: bool,
    pub(crate) dependencies: Vec<Dependency>,
    /// What a user on this machine gets with default features.
    pub(crate) default_tree: BTreeSet<CrateId>,
    /// What users on any machine get, for the features that the policy asks about.
    pub(crate) trees: BTreeMap<Features, BTreeSet<CrateId>>,
}

#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) internal: bool,
    /// Whether it comes from a registry, as opposed to a folder or a repository.
    pub(crate) from_registry: bool,
    pub(crate) features: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What users build: normal and build dependencies.
    Shipped,
    Dev,
}

/// A crate in one version; two versions are two crates to build.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CrateId {
    pub(crate) name: String,
    pub(crate) version: String,
}

impl fmt::Display for CrateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}

#[derive(Debug)]
pub(crate) struct Crate {
    pub(crate) licence: Option<String>,
    pub(crate) rust_version: Option<Version>,
}

/// Asks cargo for everything that the policy is about.
pub(crate) fn gather(policy: &Policy) -> Result<Workspace> {
    let metadata = cargo::workspace_and_foreign()?;
    let root = read(metadata.workspace_root.join("Cargo.toml").as_str())?;
    let crates = metadata
        .packages
        .iter()
        .map(|package| (id(package), facts_of(package)))
        .collect();
    let members = metadata
        .workspace_packages()
        .into_iter()
        .map(|package| member(policy, &metadata, package))
        .collect::<Result<_>>()?;
    Ok(Workspace {
        edition: stated(&root, "edition")?,
        rust_version: version(&stated(&root, "rust-version")?)?,
        members,
        crates,
    })
}

fn member(policy: &Policy, metadata: &Metadata, package: &cargo_metadata::Package) -> Result<Member> {
    let text = read(package.manifest_path.as_str())?;
    let manifest = package
        .manifest_path
        .strip_prefix(&metadata.workspace_root)
        .unwrap_or(&package.manifest_path);
    let names: BTreeSet<&str> = metadata
        .workspace_packages()
        .iter()
        .map(|package| package.name.as_str())
        .collect();

    let mut trees = BTreeMap::new();
    for features in asked_about(policy, &package.name) {
        trees.insert(features, tree(package, features, &["--target", "all"])?);
    }
    Ok(Member {
        name: package.name.to_string(),
        manifest: manifest.to_string(),
        edition: package.edition.to_string(),
        inherits_lints: manifest::inherits_lints(&text),
        run_by_default: metadata.workspace_default_members.contains(&package.id),
        dependencies: package
            .dependencies
            .iter()
            .map(|dependency| dependency_of(&names, dependency))
            .collect(),
        default_tree: tree(package, Features::Default, &[])?,
        trees,
    })
}

fn dependency_of(members: &BTreeSet<&str>, dependency: &cargo_metadata::Dependency) -> Dependency {
    Dependency {
        name: dependency.name.clone(),
        kind: if dependency.kind == DependencyKind::Development {
            Kind::Dev
        } else {
            Kind::Shipped
        },
        internal: dependency.path.is_some() && members.contains(dependency.name.as_str()),
        from_registry: dependency
            .source
            .as_ref()
            .is_some_and(|source| source.repr.starts_with("registry+")),
        features: dependency.features.clone(),
    }
}

/// The selections of features for which the policy says something about this package.
fn asked_about(policy: &Policy, name: &str) -> BTreeSet<Features> {
    let Some(package) = policy.package(name) else {
        return BTreeSet::new();
    };
    // Licences and Rust versions are checked for all that a user can switch on.
    let all = package.published.then_some(Features::All);
    package.bans.iter().map(|ban| ban.with).chain(all).collect()
}

fn tree(package: &cargo_metadata::Package, features: Features, target: &[&str]) -> Result<BTreeSet<CrateId>> {
    Cargo::new([
        "tree",
        "--package",
        &package.id.repr,
        "--edges",
        "normal,build",
        "--prefix",
        "none",
    ])
    .args(["--format", "{p}"])
    .args(features.arguments())
    .args(target)
    .output()?
    .lines()
    .filter(|line| !line.is_empty())
    .map(tree_line)
    .collect()
}

/// Reads a line such as `serde_derive v1.0.0 (proc-macro) (*)`.
fn tree_line(line: &str) -> Result<CrateId> {
    let mut words = line.split(' ');
    match (words.next(), words.next().and_then(|word| word.strip_prefix('v'))) {
        (Some(name), Some(version)) => Ok(CrateId {
            name: name.to_owned(),
            version: version.to_owned(),
        }),
        _ => Err(Error::failed(format!("`cargo tree` wrote a line that is no crate: {line}"))),
    }
}

fn id(package: &cargo_metadata::Package) -> CrateId {
    CrateId {
        name: package.name.to_string(),
        version: package.version.to_string(),
    }
}

fn facts_of(package: &cargo_metadata::Package) -> Crate {
    Crate {
        licence: package.license.clone(),
        rust_version: package.rust_version.clone(),
    }
}

fn stated(root: &str, key: &str) -> Result<String> {
    manifest::value(root, "workspace.package", key)
        .ok_or_else(|| Error::failed(format!("Cargo.toml states no `{key}` in [workspace.package]")))
}

/// A Rust version as manifests give it, with two or three numbers.
fn version(text: &str) -> Result<Version> {
    let full = if text.matches('.').count() == 1 {
        format!("{text}.0")
    } else {
        text.to_owned()
    };
    Version::parse(&full).map_err(|error| Error::failed(format!("`{text}` is no Rust version: {error}")))
}

fn read(path: &str) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| Error::failed(format!("{path} cannot be read: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_tree_is_a_crate_and_its_version() {
        for line in [
            "syn v2.0.1",
            "syn v2.0.1 (*)",
            "syn v2.0.1 (proc-macro)",
            "syn v2.0.1 (/some where/syn)",
        ] {
            let CrateId { name, version } = tree_line(line).unwrap();
            assert_eq!((name.as_str(), version.as_str()), ("syn", "2.0.1"), "{line}");
        }
        assert!(tree_line("[build-dependencies]").is_err());
    }

    #[test]
    fn rust_versions_have_two_or_three_numbers() {
        assert_eq!(version("1.88").unwrap(), Version::new(1, 88, 0));
        assert_eq!(version("1.88.1").unwrap(), Version::new(1, 88, 1));
        assert!(version("latest").is_err());
    }
}
