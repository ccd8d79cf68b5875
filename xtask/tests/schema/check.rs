use crate::program::{contract, file, folder, schema, schema_of, workspace};

#[test]
fn the_code_is_held_against_all_four_versions() {
    let outcome = schema(["check"]);
    assert_eq!(outcome.code, Some(0), "{}{}", outcome.out, outcome.err);
    for version in ["v3", "2025-09", "2026-03", "2026-09"] {
        assert!(
            outcome
                .out
                .contains(&format!("{version}: everything is accounted for, ")),
            "{}",
            outcome.out
        );
    }
    let outcome = schema(["check", "--version", "2026-03"]);
    assert_eq!((outcome.code, outcome.out.lines().count()), (Some(0), 1));
}

#[test]
fn a_description_that_has_just_come_is_held_against_the_code() {
    let folder = folder("check-spec");
    let new = contract("v3")
        .replace(r#""richText": { "type": "string" }"#, r#""richText": { "required": true, "type": "string" }"#)
        .replace(r#""firstname","#, r#""firstname", "favourite_colour","#);
    let new = file(&folder, "new.json", new);
    let outcome = schema(["check", "--spec", &new, "--version", "v3"]);
    assert_eq!(outcome.code, Some(1));
    for said in [
        "v3: 3 not accounted for",
        "  Message.richText: required: HubSpot says required, the code says optional\n      HubSpot calls it \
         PublicConversationsMessage\n      crates/model/src/message.rs:",
        "  NewMessage.richText: required: HubSpot says required, the code says optional\n",
        "      enum value added: favourite_colour\n",
    ] {
        assert!(outcome.out.contains(said), "{said}\n{}", outcome.out);
    }
    assert!(outcome.err.contains("3 between the code and HubSpot's descriptions"), "{}", outcome.err);

    let outcome = schema(["coverage", "--version", "v3", "--spec", &new]);
    assert_eq!(outcome.code, Some(0));
    assert!(outcome.out.contains("13 of 13"), "{}", outcome.out);
    assert!(outcome.out.contains(" !"), "{}", outcome.out);
}

#[test]
fn coverage_is_a_line_for_each_version() {
    let outcome = schema(["coverage"]);
    assert_eq!(outcome.code, Some(0));
    let full = outcome.out.lines().filter(|line| line.contains("13 of 13")).count();
    assert_eq!(full, 4, "{}", outcome.out);
}

#[test]
fn an_import_is_checked_without_being_written() {
    let folder = folder("import");
    let small =
        r#"{"openapi":"3.0.1","info":{"version":"v3"},"paths":{"/v3/custom-channels":{"get":{"responses":{}}}}}"#;
    let small = file(&folder, "small.json", small);
    let before = contract("v3");
    let outcome = schema(["import", &small, "--version", "v3", "--check"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.err.contains("xtask/contracts/v3.json is not what "), "{}", outcome.err);
    assert_eq!(contract("v3"), before);
    let outcome = schema(["import", &small, "--version", "2026-03", "--check"]);
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.err.contains("it describes version v3, not 2026-03"), "{}", outcome.err);
}

#[test]
fn a_version_that_the_code_does_not_know_can_be_imported_but_not_be_left_so() {
    let workspace = workspace("unknown-version");
    let new = r#"{"openapi":"3.0.1","info":{"version":"2027-03"},"paths":{"/custom-channels/2027-03":{}}}"#;
    let new = file(&workspace, "new.json", new);
    let next = "the code does not know 2027-03 yet, so `schema check` fails until it does: next, add the version to \
                `ApiVersion` in crates/api/src/version.rs\n";
    let outcome = schema_of(&workspace, ["import", &new, "--version", "2027-03"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    assert_eq!(outcome.out, format!("wrote xtask/contracts/2027-03.json: 0 operations, 0 records\n{next}"));
    let outcome = schema_of(&workspace, ["import", &new, "--version", "2027-03", "--check"]);
    assert_eq!(outcome.out, format!("xtask/contracts/2027-03.json is up to date\n{next}"));
    assert_eq!(schema_of(&workspace, ["diff", "v3", "2027-03"]).code, Some(1));

    for command in ["check", "coverage"] {
        let outcome = schema_of(&workspace, [command]);
        assert_eq!((outcome.code, outcome.out.as_str()), (Some(1), ""));
        assert_eq!(
            outcome.err,
            "xtask: xtask/contracts/2027-03.json belongs to no version that the code knows: add the version to \
             `ApiVersion` in crates/api/src/version.rs, or remove the file\n"
        );
    }
    let outcome = schema_of(&workspace, ["check", "--version", "v3"]);
    assert_eq!(outcome.code, Some(0), "{}{}", outcome.out, outcome.err);
}

#[test]
fn a_version_without_its_contract_is_told() {
    let workspace = workspace("missing-contract");
    std::fs::remove_file(workspace.join("xtask/contracts/2026-03.json")).unwrap();
    let outcome = schema_of(&workspace, ["check"]);
    assert_eq!(outcome.code, Some(2));
    assert!(
        outcome.err.contains(
            "no contract of version 2026-03; there are v3, 2025-09, 2026-09; `cargo xtask schema import` makes one"
        ),
        "{}",
        outcome.err
    );

    file(&workspace, "xtask/contracts/2026-03.json", contract("2026-09"));
    let outcome = schema_of(&workspace, ["check"]);
    assert_eq!(outcome.code, Some(2));
    assert!(
        outcome
            .err
            .contains("2026-03.json: it is of version 2026-09, not 2026-03"),
        "{}",
        outcome.err
    );
}

#[test]
fn a_call_that_makes_no_sense_is_told() {
    for (arguments, said) in [
        (vec!["check", "--spec"], "`--spec` which file?"),
        (vec!["check", "--spec", "new.json"], "`--spec` of which version?"),
        (vec!["check", "--spec", "nowhere.json", "--version", "v3"], "nowhere.json: "),
        (vec!["check", "--spec", "2026-03", "--version", "v3"], "it describes version 2026-03, not v3"),
        (vec!["check", "--version", "v9"], "unknown API version"),
        (vec!["check", "v3"], "does not take `v3`"),
        (vec!["chekc"], "`schema` has no command `chekc`"),
        (vec![], "which command?"),
    ] {
        let outcome = schema(&arguments);
        assert_eq!(outcome.code, Some(2), "{arguments:?}");
        assert!(outcome.err.contains(said), "{}", outcome.err);
    }
}
