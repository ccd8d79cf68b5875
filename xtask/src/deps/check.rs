//! Compares the policy with the facts. Pure, so that the tests can break every rule with graphs written by hand.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::deps::facts::{CrateId, Dependency, Kind, Member, Workspace};
use crate::deps::licence;
use crate::deps::policy::{Budget, Edges, Foreign, Package, Policy, Reasoned, TOOL};
use crate::features::Features;

const TABLE: &str = "xtask/src/deps/policy.rs";

/// One broken rule: what is wrong, the file it is in, and what to do.
#[derive(Debug)]
pub(crate) struct Violation {
    pub(crate) what: String,
    pub(crate) place: String,
    pub(crate) mend: String,
}

pub(crate) fn check(policy: &Policy, workspace: &Workspace) -> Vec<Violation> {
    let mut found = Findings::default();
    for member in &workspace.members {
        found.check_manifest(workspace, member);
        match policy.package(&member.name) {
            None => found.add(
                format!("`{}` has no row in the policy", member.name),
                TABLE,
                "add a row that says what it may depend on",
            ),
            Some(package) => {
                found.check_edges(workspace, package, member);
                found.check_foreign(package, member);
                found.check_bans(package, member);
                found.check_budget(package, member);
                if package.published {
                    found.check_banned_features(policy, member);
                    found.check_what_users_get(policy, workspace, member);
                }
            }
        }
    }
    found.violations
}

/// How many crates of the tree count against the budget, and the most there may be.
pub(crate) fn counted(budget: Budget, package: &Package, tree: &BTreeSet<CrateId>) -> (usize, usize) {
    match budget {
        Budget::InAll(most) => (tree.len(), most),
        Budget::BesidesNamed(most) => (tree.iter().filter(|krate| !names(package, &krate.name)).count(), most),
    }
}

fn names(package: &Package, krate: &str) -> bool {
    matches!(package.foreign, Foreign::Only(list) if lists(list, krate))
}

fn lists(list: &[Reasoned], krate: &str) -> bool {
    list.iter().any(|(name, _)| *name == krate)
}

#[derive(Default)]
struct Findings {
    violations: Vec<Violation>,
}

impl Findings {
    fn add(&mut self, what: impl Into<String>, place: impl Into<String>, mend: impl Into<String>) {
        self.violations.push(Violation {
            what: what.into(),
            place: place.into(),
            mend: mend.into(),
        });
    }

    fn check_manifest(&mut self, workspace: &Workspace, member: &Member) {
        let Member { name, manifest, .. } = member;
        let own = workspace
            .crates
            .iter()
            .find(|(krate, _)| krate.name == *name)
            .map(|(_, facts)| facts);

        if own.and_then(|own| own.rust_version.as_ref()) != Some(&workspace.rust_version) {
            self.add(
                format!("`{name}` does not state the workspace's Rust version"),
                manifest,
                "write `rust-version.workspace = true`",
            );
        }
        if member.edition != workspace.edition {
            self.add(
                format!("`{name}` has edition {}, not {}", member.edition, workspace.edition),
                manifest,
                "write `edition.workspace = true`",
            );
        }
        if own.is_none_or(|own| own.licence.is_none()) {
            self.add(format!("`{name}` states no licence"), manifest, "write `license.workspace = true`");
        }
        if !member.inherits_lints {
            self.add(
                format!("`{name}` does not take the workspace's lints"),
                manifest,
                "write `workspace = true` below `[lints]`",
            );
        }
        if name == TOOL && member.run_by_default && workspace.members.len() > 1 {
            self.add(
                format!("`{name}` is a default member, so a plain `cargo build` builds it"),
                "Cargo.toml",
                "leave it out of `default-members`",
            );
        }
    }

    fn check_edges(&mut self, workspace: &Workspace, package: &Package, member: &Member) {
        let Member { name, manifest, .. } = member;
        let allowed = |to: &str| match package.edges {
            Edges::Only(edges) => edges.contains(&to),
            Edges::Any => to != TOOL,
        };
        for Dependency { name: to, kind, .. } in member.dependencies.iter().filter(|dependency| dependency.internal) {
            if allowed(to) || (*kind == Kind::Dev && package.dev_edges.contains(&to.as_str())) {
                continue;
            }
            let (how, list) = if *kind == Kind::Dev {
                ("in its tests ", "dev_edges")
            } else {
                ("", "edges")
            };
            self.add(
                format!("`{name}` {how}depends on `{to}`, which its layer does not allow"),
                manifest,
                format!("drop it; or, if the design changes, add it to the package's `{list}` in {TABLE}"),
            );
        }

        let exists = |to: &str| workspace.members.iter().any(|member| member.name == to);
        let edges = if let Edges::Only(edges) = package.edges {
            edges
        } else {
            &[]
        };
        for (list, edges, kind) in [
            ("edges", edges, Kind::Shipped),
            ("dev_edges", package.dev_edges, Kind::Dev),
        ] {
            for to in edges.iter().filter(|to| exists(to) && !depends(member, to, kind, true)) {
                self.add_stale(package, list, to);
            }
        }
    }

    fn check_foreign(&mut self, package: &Package, member: &Member) {
        let Member { name, manifest, .. } = member;
        for Dependency {
            name: to,
            kind,
            from_registry,
            ..
        } in member.dependencies.iter().filter(|dependency| !dependency.internal)
        {
            if !from_registry {
                self.add(
                    format!("`{name}` takes `{to}` from a folder or repository outside the workspace"),
                    manifest,
                    "use a published version",
                );
            }
            let Foreign::Only(foreign) = package.foreign else {
                continue;
            };
            if lists(foreign, to) || (*kind == Kind::Dev && lists(package.dev_foreign, to)) {
                continue;
            }
            let (how, list) = if *kind == Kind::Dev {
                ("in its tests ", "dev_foreign")
            } else {
                ("", "foreign")
            };
            self.add(
                format!("`{name}` {how}depends on `{to}`, which its list does not name"),
                manifest,
                format!("do without; or add it with a reason to the package's `{list}` in {TABLE}"),
            );
        }

        let foreign = if let Foreign::Only(foreign) = package.foreign {
            foreign
        } else {
            &[]
        };
        for (list, entries, kind) in [
            ("foreign", foreign, Kind::Shipped),
            ("dev_foreign", package.dev_foreign, Kind::Dev),
        ] {
            for (to, _) in entries.iter().filter(|(to, _)| !depends(member, to, kind, false)) {
                self.add_stale(package, list, to);
            }
        }
    }

    fn add_stale(&mut self, package: &Package, list: &str, to: &str) {
        self.add(
            format!("`{}` may depend on `{to}`, but does not", package.name),
            TABLE,
            format!("remove `{to}` from the package's `{list}`"),
        );
    }

    fn check_bans(&mut self, package: &Package, member: &Member) {
        for ban in package.bans {
            for krate in tree(member, ban.with).filter(|krate| ban.crates.contains(&krate.name.as_str())) {
                self.add(
                    format!("`{}` brings in `{krate}` with {}: {}", member.name, ban.with, ban.reason),
                    &member.manifest,
                    format!("find out by which way: `{}`", inverted(member, ban.with, krate)),
                );
            }
        }
    }

    fn check_budget(&mut self, package: &Package, member: &Member) {
        let Some(budget) = package.budget else { return };
        let (count, most) = counted(budget, package, &member.default_tree);
        if count > most {
            let crates: Vec<String> = member.default_tree.iter().map(ToString::to_string).collect();
            let besides = if matches!(budget, Budget::BesidesNamed(_)) {
                " besides those it names"
            } else {
                ""
            };
            self.add(
                format!("`{}` brings {count} crates{besides}, its budget is {most}", member.name),
                &member.manifest,
                format!("switch off features or do without one of: {}", crates.join(", ")),
            );
        }
    }

    fn check_banned_features(&mut self, policy: &Policy, member: &Member) {
        for dependency in member
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == Kind::Shipped)
        {
            for ban in policy.banned_features.iter().filter(|ban| ban.of == dependency.name) {
                for feature in dependency
                    .features
                    .iter()
                    .filter(|feature| ban.features.contains(&feature.as_str()))
                {
                    self.add(
                        format!("`{}` switches on `{feature}` of `{}`: {}", member.name, ban.of, ban.reason),
                        &member.manifest,
                        "do without the feature",
                    );
                }
            }
        }
    }

    fn check_what_users_get(&mut self, policy: &Policy, workspace: &Workspace, member: &Member) {
        for krate in tree(member, Features::All) {
            let Some(facts) = workspace.crates.get(krate) else {
                continue;
            };
            let way = || format!("find out by which way: `{}`", inverted(member, Features::All, krate));

            if let Some(needed) = facts
                .rust_version
                .as_ref()
                .filter(|needed| **needed > workspace.rust_version)
            {
                self.add(
                    format!("`{}` brings in `{krate}`, which needs Rust {needed}", member.name),
                    "Cargo.lock",
                    format!("take an older version with `cargo update --precise`, or {}", way()),
                );
            }
            if !facts
                .licence
                .as_ref()
                .is_some_and(|licence| licence::can_be_met(licence, policy.licences))
            {
                let licence = facts.licence.as_deref().unwrap_or("no stated licence");
                self.add(
                    format!("`{}` brings in `{krate}` under {licence}", member.name),
                    &member.manifest,
                    format!("allow the licence in {TABLE} if it can be, or {}", way()),
                );
            }
        }
    }
}

fn depends(member: &Member, to: &str, kind: Kind, internal: bool) -> bool {
    let mut dependencies = member.dependencies.iter();
    dependencies.any(|dependency| dependency.name == to && dependency.kind == kind && dependency.internal == internal)
}

fn tree(member: &Member, features: Features) -> impl Iterator<Item = &CrateId> {
    member.trees.get(&features).into_iter().flatten()
}

fn inverted(member: &Member, features: Features, krate: &CrateId) -> String {
    let features: String = features
        .arguments()
        .iter()
        .map(|argument| format!(" {argument}"))
        .collect();
    let Member { name, .. } = member;
    format!("cargo tree -p {name}{features} -e normal,build --target all -i {}@{}", krate.name, krate.version)
}
