//! Proves that features only add: each package builds alone with none of them, with the default ones, and with all.
//!
//! In a build of the whole workspace a package gets every feature that any other one asks for, and what it forgot to
//! ask for itself stays hidden. Alone it does not. Clippy does the building, so that a warning fails here too, such as
//! for an import which only one feature uses.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use cargo_metadata::Package;

use crate::cargo::{self, Cargo};
use crate::error::{Result, no_arguments};
use crate::output;

/// Which features of a package are switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Features {
    None,
    Default,
    All,
}

impl Features {
    /// How cargo is asked for them.
    pub(crate) fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::None => &["--no-default-features"],
            Self::Default => &[],
            Self::All => &["--all-features"],
        }
    }
}

impl fmt::Display for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "no features",
            Self::Default => "default features",
            Self::All => "all features",
        })
    }
}

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    no_arguments("features", arguments)?;
    let workspace = cargo::workspace()?;
    let crates = workspace.workspace_root.join("crates");
    let mut packages: Vec<&Package> = workspace
        .workspace_packages()
        .into_iter()
        .filter(|package| package.manifest_path.starts_with(&crates))
        .collect();
    packages.sort_by_key(|package| &package.name);
    if packages.is_empty() {
        output::print("no package in crates/ yet\n")?;
    }
    for package in packages {
        for features in different(&package.features) {
            Cargo::new(["clippy", "--package", package.name.as_str()])
                .args(features.arguments())
                .args(["--", "-D", "warnings"])
                .run()?;
        }
    }
    Ok(())
}

/// The selections that differ for a package with these features. The same build is not made twice.
fn different(features: &BTreeMap<String, Vec<String>>) -> Vec<Features> {
    let default = implied_by_default(features);
    let mut selections = vec![Features::None];
    if features.get("default").is_some_and(|implied| !implied.is_empty()) {
        selections.push(Features::Default);
    }
    if features
        .keys()
        .any(|feature| feature != "default" && !default.contains(feature.as_str()))
    {
        selections.push(Features::All);
    }
    selections
}

/// The features that `default` switches on, directly or not.
///
/// What it switches on in other packages (`dep:`, `package/feature`) is not followed; at worst that makes two equal
/// selections look different.
fn implied_by_default(features: &BTreeMap<String, Vec<String>>) -> BTreeSet<&str> {
    let mut implied = BTreeSet::new();
    let mut open = vec!["default"];
    while let Some(feature) = open.pop() {
        for next in features.get(feature).into_iter().flatten() {
            if features.contains_key(next) && implied.insert(next.as_str()) {
                open.push(next);
            }
        }
    }
    implied
}

#[cfg(test)]
mod tests {
    use super::*;

    fn different_for(features: &[(&str, &[&str])]) -> Vec<Features> {
        let features = features
            .iter()
            .map(|(name, implied)| (name.to_string(), implied.iter().map(ToString::to_string).collect()))
            .collect();
        different(&features)
    }

    #[test]
    fn a_package_without_features_is_built_once() {
        assert_eq!(different_for(&[]), [Features::None]);
        assert_eq!(different_for(&[("default", &[])]), [Features::None]);
    }

    #[test]
    fn features_off_by_default_are_built_without_and_with() {
        assert_eq!(different_for(&[("server", &[])]), [Features::None, Features::All]);
    }

    #[test]
    fn default_features_that_reach_all_others_are_all() {
        let features: &[(&str, &[&str])] = &[("default", &["http"]), ("http", &["server"]), ("server", &["dep:axum"])];
        assert_eq!(different_for(features), [Features::None, Features::Default]);
    }

    #[test]
    fn three_selections_that_differ_are_three_builds() {
        let features: &[(&str, &[&str])] = &[("default", &["reqwest"]), ("reqwest", &[]), ("mock", &[])];
        assert_eq!(different_for(features), [Features::None, Features::Default, Features::All]);
    }
}
