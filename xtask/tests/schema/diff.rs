use crate::program::{contract, file, folder, schema};

#[test]
fn equal_contracts_end_well() {
    let outcome = schema(["diff", "2026-03", "2026-03"]);
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(0), "nothing changed on the wire\n"));
}

#[test]
fn the_exit_code_tells_whether_something_breaks() {
    let folder = folder("diff-exit-code");
    let harmless = contract("v3").replace(r#""updatedAt": { "#, r#""updatedAt": { "required": true, "#);
    let harmless = file(&folder, "harmless.json", harmless);
    let outcome = schema(["diff", "v3", &harmless]);
    assert_eq!(outcome.code, Some(0), "{}{}", outcome.out, outcome.err);
    assert!(
        outcome
            .out
            .contains("PublicConversationsMessage.updatedAt: required changed: optional -> required")
    );

    let breaking = file(&folder, "breaking.json", contract("v3").replace("\"richText\"", "\"formattedText\""));
    let outcome = schema(["diff", "v3", &breaking, "--json"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.err.contains("2 of the changes may break what is built on v3"), "{}", outcome.err);
    let changes: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!(changes["breaking"], 2);
    assert_eq!(changes["worthAdopting"], 2);
}

#[test]
fn what_cannot_be_compared_is_told_in_a_line() {
    let folder = folder("diff-unreadable");
    for (name, text, said) in [
        (
            "login.json",
            "\u{feff}\n<!DOCTYPE html>\n<html>",
            "this is HTML or XML, perhaps a login page; download the JSON",
        ),
        ("page.json", "<html lang=\"en\">\n<title>x: y</title>", "this is HTML or XML, "),
        ("empty.json", "", "not JSON: "),
        ("description.yaml", "openapi: 3.0.1\n", "this is YAML; "),
        ("swagger.json", r#"{"swagger":"2.0"}"#, "this is Swagger"),
        ("other.json", r#"{"openapi":"3.0.1","paths":{"/crm":{}}}"#, "not HubSpot's description of custom channels"),
        ("future.json", r#"{"contract":2}"#, "a contract of another format"),
        ("list.json", "[]", "not an OpenAPI description"),
    ] {
        let file = file(&folder, name, text);
        for arguments in [["diff", "v3", &file], ["diff", &file, "v3"]] {
            let outcome = schema(arguments);
            assert_eq!(outcome.code, Some(2), "{name}");
            assert!(outcome.err.contains(said), "{name}: {}", outcome.err);
            assert_eq!(outcome.err.lines().count(), 1, "{}", outcome.err);
        }
    }
    for (name, bytes, said) in [
        ("packed.json", &b"\x1f\x8b\x08\x00\x00"[..], "this is compressed by gzip; unpack it first, with `gunzip`\n"),
        ("little.json", b"\xff\xfe{\0}\0", "this is UTF-16; write it as UTF-8 first, with `iconv` or an editor\n"),
        ("big.json", b"\xfe\xff\0{\0}", "this is UTF-16; "),
        ("latin.json", b"{\"\xe9\":1}", "latin.json: not UTF-8\n"),
    ] {
        let file = file(&folder, name, bytes);
        for arguments in [
            &["diff", "v3", &file][..],
            &["import", &file, "--version", "v3", "--check"],
            &["payloads", ".", "--manifest", &file],
        ] {
            let outcome = schema(arguments);
            assert_eq!((outcome.code, outcome.err.lines().count()), (Some(2), 1), "{}", outcome.err);
            assert!(outcome.err.contains(said), "{}", outcome.err);
        }
    }
    for (arguments, said) in [
        (["diff", "v3", "v9"], "there is no contract of version v9; there are v3, 2025-09, 2026-03, 2026-09"),
        (["diff", "v3", "nowhere.json"], "nowhere.json: "),
        (["diff", "v3", "--jsn"], "does not take `--jsn`"),
        (["diff", "v3", "--json"], "takes two files or versions"),
    ] {
        let outcome = schema(arguments);
        assert_eq!(outcome.code, Some(2), "{arguments:?}");
        assert!(outcome.err.contains(said), "{}", outcome.err);
    }
}

#[test]
fn a_file_that_cannot_be_read_is_told_in_a_line_with_what_to_do() {
    let folder = folder("diff-cut");
    file(&folder, "cut.json", "{\n  \"openapi\": \"3.0");
    file(&folder, "empty.json", " \n");
    for (name, said) in [
        ("lost.json", "there is nothing of this name; look for a slip in the path"),
        ("", "this is a folder; name a file in it"),
        ("cut.json", "not JSON: it stops in the middle, at line 2 column 17; download or write it again"),
        ("empty.json", "not JSON: there is nothing in it; download or write it again"),
    ] {
        let outcome = schema([
            "diff".to_owned(),
            folder.join(name).to_string_lossy().into_owned(),
            "v3".to_owned(),
        ]);
        assert_eq!(outcome.code, Some(2), "{}", outcome.err);
        assert!(outcome.err.trim_end().ends_with(said), "{}", outcome.err);
        assert_eq!(outcome.err.lines().count(), 1, "{}", outcome.err);
    }
}

#[test]
fn who_asks_for_help_gets_it_whatever_the_command() {
    for arguments in [
        &["diff", "--help"][..],
        &["diff", "v3", "-h"],
        &["check", "--help"],
        &["--help"],
    ] {
        let outcome = schema(arguments);
        assert_eq!((outcome.code, outcome.err.as_str()), (Some(0), ""), "{arguments:?}");
        assert!(outcome.out.starts_with("cargo xtask schema <command>\n"), "{}", outcome.out);
    }
}
