use std::collections::BTreeMap;

use cargo_metadata::semver::Version;

use super::*;
use crate::deps::facts::Crate;
use crate::deps::policy::{Ban, BannedFeature};

const BASE: Package = Package {
    name: "base",
    published: true,
    edges: Edges::Only(&[]),
    foreign: Foreign::Only(&[("serde", "data")]),
    dev_edges: &["kit"],
    dev_foreign: &[("proptest", "tests")],
    bans: &[Ban {
        crates: &["tokio"],
        with: Features::All,
        reason: "pure",
    }],
    budget: Some(Budget::InAll(3)),
};

const POLICY: Policy = Policy {
    packages: &[
        BASE,
        Package {
            name: "top",
            edges: Edges::Only(&["base", "later"]),
            dev_edges: &[],
            dev_foreign: &[],
            budget: Some(Budget::BesidesNamed(2)),
            ..BASE
        },
        Package {
            name: "kit",
            published: false,
            edges: Edges::Only(&["base"]),
            foreign: Foreign::Only(&[]),
            dev_edges: &[],
            dev_foreign: &[],
            ..BASE
        },
        Package {
            name: "tests",
            published: false,
            edges: Edges::Any,
            foreign: Foreign::Any,
            dev_edges: &[],
            dev_foreign: &[],
            ..BASE
        },
    ],
    licences: &["MIT"],
    banned_features: &[BannedFeature {
        of: "serde",
        features: &["rc"],
        reason: "tree-wide",
    }],
};

fn krate(name: &str) -> CrateId {
    CrateId {
        name: name.to_owned(),
        version: "1.0.0".to_owned(),
    }
}

fn on(name: &str, kind: Kind) -> Dependency {
    let internal = ["base", "top", "kit", "tests", TOOL].contains(&name);
    Dependency {
        name: name.to_owned(),
        kind,
        internal,
        from_registry: !internal,
        features: Vec::new(),
    }
}

fn member(name: &str, dependencies: Vec<Dependency>, tree: &[&str]) -> Member {
    let tree: BTreeSet<CrateId> = tree.iter().map(|name| krate(name)).collect();
    Member {
        name: name.to_owned(),
        manifest: format!("crates/{name}/Cargo.toml"),
        edition: "2024".to_owned(),
        inherits_lints: true,
        run_by_default: false,
        dependencies,
        default_tree: tree.clone(),
        trees: BTreeMap::from([(Features::All, tree)]),
    }
}

/// A workspace in which every rule is kept.
fn good() -> Workspace {
    let members = vec![
        member(
            "base",
            vec![
                on("serde", Kind::Shipped),
                on("kit", Kind::Dev),
                on("proptest", Kind::Dev),
            ],
            &["base", "serde", "serde_core"],
        ),
        member(
            "top",
            vec![
                on("base", Kind::Shipped),
                on("serde", Kind::Shipped),
                on("serde", Kind::Dev),
            ],
            &["top", "base", "serde"],
        ),
        member("kit", vec![on("base", Kind::Shipped)], &["kit", "base", "serde"]),
        member("tests", vec![on("kit", Kind::Shipped), on("tokio", Kind::Shipped)], &["tests", "base", "kit"]),
    ];
    let crates = ["base", "top", "kit", "tests", TOOL, "serde", "serde_core", "tokio"]
        .into_iter()
        .map(|name| {
            (
                krate(name),
                Crate {
                    licence: Some("MIT".to_owned()),
                    rust_version: Some(Version::new(1, 88, 0)),
                },
            )
        })
        .collect();
    Workspace {
        edition: "2024".to_owned(),
        rust_version: Version::new(1, 88, 0),
        members,
        crates,
    }
}

/// What is found after one change to the good workspace.
fn found_after(change: impl FnOnce(&mut Workspace)) -> Vec<String> {
    let mut workspace = good();
    change(&mut workspace);
    check(&POLICY, &workspace)
        .into_iter()
        .map(|violation| violation.what)
        .collect()
}

fn member_of<'a>(workspace: &'a mut Workspace, name: &str) -> &'a mut Member {
    workspace.members.iter_mut().find(|member| member.name == name).unwrap()
}

fn facts_of<'a>(workspace: &'a mut Workspace, name: &str) -> &'a mut Crate {
    workspace.crates.get_mut(&krate(name)).unwrap()
}

#[test]
fn a_good_workspace_passes() {
    assert_eq!(found_after(|_| {}), [""; 0]);
}

#[test]
fn packages_that_do_not_exist_yet_are_not_missed() {
    assert_eq!(found_after(|workspace| workspace.members.retain(|member| member.name == "base")), [""; 0]);
}

#[test]
fn a_package_without_a_row_is_found() {
    let found = found_after(|workspace| workspace.members.push(member("new", Vec::new(), &["new"])));
    // It has no facts either, so its manifest is found wanting too.
    assert!(found.contains(&"`new` has no row in the policy".to_owned()), "{found:?}");
}

#[test]
fn an_edge_upwards_is_found() {
    assert_eq!(
        found_after(|workspace| member_of(workspace, "base").dependencies.push(on("top", Kind::Shipped))),
        ["`base` depends on `top`, which its layer does not allow"]
    );
}

#[test]
fn what_is_for_tests_stays_out_of_normal_dependencies() {
    assert_eq!(
        found_after(|workspace| member_of(workspace, "base").dependencies.push(on("kit", Kind::Shipped))),
        ["`base` depends on `kit`, which its layer does not allow"]
    );
}

#[test]
fn an_edge_of_tests_that_is_not_listed_is_found() {
    assert_eq!(
        found_after(|workspace| member_of(workspace, "top").dependencies.push(on("kit", Kind::Dev))),
        ["`top` in its tests depends on `kit`, which its layer does not allow"]
    );
}

#[test]
fn nothing_depends_on_the_tool() {
    assert_eq!(
        found_after(|workspace| member_of(workspace, "tests").dependencies.push(on(TOOL, Kind::Shipped))),
        [format!("`tests` depends on `{TOOL}`, which its layer does not allow")]
    );
}

#[test]
fn an_edge_that_is_not_used_is_stale() {
    let without_base =
        |workspace: &mut Workspace| member_of(workspace, "top").dependencies.retain(|on| on.name != "base");
    assert_eq!(found_after(without_base), ["`top` may depend on `base`, but does not"]);
}

#[test]
fn a_foreign_crate_that_is_not_listed_is_found() {
    assert_eq!(
        found_after(|workspace| member_of(workspace, "base")
            .dependencies
            .push(on("rand", Kind::Shipped))),
        ["`base` depends on `rand`, which its list does not name"]
    );
}

#[test]
fn a_foreign_crate_for_tests_is_not_one_for_users() {
    let shipped = |workspace: &mut Workspace| {
        for dependency in &mut member_of(workspace, "base").dependencies {
            if dependency.name == "proptest" {
                dependency.kind = Kind::Shipped;
            }
        }
    };
    assert_eq!(
        found_after(shipped),
        [
            "`base` depends on `proptest`, which its list does not name",
            "`base` may depend on `proptest`, but does not"
        ]
    );
}

#[test]
fn a_foreign_crate_that_is_not_used_is_stale() {
    let only_in_tests = |workspace: &mut Workspace| {
        member_of(workspace, "top")
            .dependencies
            .retain(|on| on.name != "serde" || on.kind == Kind::Dev);
    };
    assert_eq!(found_after(only_in_tests), ["`top` may depend on `serde`, but does not"]);
}

#[test]
fn a_crate_from_elsewhere_than_a_registry_is_found() {
    let from_folder = |workspace: &mut Workspace| {
        member_of(workspace, "tests").dependencies.push(Dependency {
            from_registry: false,
            ..on("fork", Kind::Dev)
        });
    };
    assert_eq!(found_after(from_folder), ["`tests` takes `fork` from a folder or repository outside the workspace"]);
}

#[test]
fn a_banned_crate_is_found_however_deep() {
    let deep = |workspace: &mut Workspace| {
        member_of(workspace, "base")
            .trees
            .entry(Features::All)
            .or_default()
            .insert(krate("tokio"));
    };
    assert_eq!(found_after(deep), ["`base` brings in `tokio 1.0.0` with all features: pure"]);
}

#[test]
fn a_ban_holds_only_for_its_features() {
    let by_default = |workspace: &mut Workspace| {
        member_of(workspace, "base")
            .trees
            .entry(Features::Default)
            .or_default()
            .insert(krate("tokio"));
    };
    assert_eq!(found_after(by_default), [""; 0]);
}

#[test]
fn too_many_crates_are_found() {
    let another = |name: &'static str| {
        move |workspace: &mut Workspace| {
            member_of(workspace, name).default_tree.insert(krate("another"));
        }
    };
    assert_eq!(found_after(another("base")), ["`base` brings 4 crates, its budget is 3"]);
    assert_eq!(found_after(another("top")), ["`top` brings 3 crates besides those it names, its budget is 2"]);
}

#[test]
fn a_second_version_is_a_second_crate() {
    let twice = |workspace: &mut Workspace| {
        let second = CrateId {
            version: "2.0.0".to_owned(),
            ..krate("serde")
        };
        member_of(workspace, "base").default_tree.insert(second);
    };
    assert_eq!(found_after(twice), ["`base` brings 4 crates, its budget is 3"]);
}

#[test]
fn a_feature_that_changes_a_crate_for_everybody_is_found() {
    let switched_on = |name: &'static str| {
        move |workspace: &mut Workspace| {
            member_of(workspace, name).dependencies[0]
                .features
                .push("rc".to_owned());
        }
    };
    assert_eq!(found_after(switched_on("base")), ["`base` switches on `rc` of `serde`: tree-wide"]);
    assert_eq!(found_after(switched_on("tests")), [""; 0]);
}

#[test]
fn a_crate_that_needs_a_newer_rust_is_found() {
    let newer = |workspace: &mut Workspace| {
        facts_of(workspace, "serde_core").rust_version = Some(Version::new(1, 89, 0));
    };
    assert_eq!(found_after(newer), ["`base` brings in `serde_core 1.0.0`, which needs Rust 1.89.0"]);
}

#[test]
fn a_licence_that_is_not_allowed_is_found() {
    let copyleft = |workspace: &mut Workspace| facts_of(workspace, "serde_core").licence = Some("GPL-3.0".to_owned());
    assert_eq!(found_after(copyleft), ["`base` brings in `serde_core 1.0.0` under GPL-3.0"]);

    let none = |workspace: &mut Workspace| facts_of(workspace, "serde_core").licence = None;
    assert_eq!(found_after(none), ["`base` brings in `serde_core 1.0.0` under no stated licence"]);
}

#[test]
fn a_manifest_that_goes_its_own_way_is_found() {
    let own_way = |workspace: &mut Workspace| {
        facts_of(workspace, "kit").rust_version = None;
        facts_of(workspace, "kit").licence = None;
        let kit = member_of(workspace, "kit");
        kit.edition = "2021".to_owned();
        kit.inherits_lints = false;
    };
    assert_eq!(
        found_after(own_way),
        [
            "`kit` does not state the workspace's Rust version",
            "`kit` has edition 2021, not 2024",
            "`kit` states no licence",
            "`kit` does not take the workspace's lints",
        ]
    );
}

#[test]
fn the_tool_is_not_built_by_default() {
    let by_default = |workspace: &mut Workspace| {
        workspace.members.push(Member {
            run_by_default: true,
            ..member(TOOL, Vec::new(), &[TOOL])
        });
    };
    let found = found_after(by_default);
    assert!(found[0].starts_with("`xtask` is a default member"), "{found:?}");
}
