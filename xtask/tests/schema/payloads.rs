use std::path::Path;

use crate::program::{Outcome, file, folder, schema};

fn payloads(folder: &Path) -> Outcome {
    schema([Path::new("payloads"), folder])
}

fn last_line(outcome: &Outcome) -> &str {
    outcome.out.lines().last().unwrap_or_default()
}

#[test]
fn bodies_are_read_by_the_kind_that_their_folder_is_named_by() {
    let folder = folder("payloads-kinds");
    file(&folder, "message/a.json", r#"{"text":"hi","createdAt":"2026-05-27T12:15:00+00:00","mood":1.50}"#);
    file(&folder, "webhook/2026-05/b.json", r#"[{"type":"CHANNEL_ARCHIVED"}]"#);
    file(&folder, "error/c.ndjson", "{\"errors\":[\"one\"]}\r\n\n  \n{\"category\":\"NEW\"}\n");
    file(&folder, "README.md", "what these are");
    let outcome = payloads(&folder);
    assert_eq!(
        outcome.out,
        "\
kept, but without a name in the model:
  error: category has no name for its value (1)
  message: mood is no member (1)
  webhook: [] is of no kind that can be read (1)
4 values in 3 files: 4 kept whole, 0 failing as they are known to, 0 problems
"
    );
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
}

#[test]
fn what_cannot_be_read_is_named_with_its_line_and_its_member() {
    let folder = folder("payloads-unreadable");
    file(&folder, "message/a.ndjson", "{\"text\":\"fine\"}\n{\"senders\":[{\"name\":5}]}\n{\"text\":\n");
    file(&folder, "message/b.json", b"{\"text\":\"\xff\"}");
    file(&folder, "message/empty.json", "");
    file(&folder, "message/deep.json", "[".repeat(100_000));
    let outcome = payloads(&folder);
    assert_eq!(outcome.code, Some(1));
    for said in [
        "message/a.ndjson:2 (message): cannot be read: senders[0].name: invalid type",
        "message/a.ndjson:3 (message): cannot be read: text: EOF while parsing",
        "message/b.json (message): cannot be read: not UTF-8",
        "message/empty.json (message): cannot be read: EOF",
        "message/deep.json (message): cannot be read: ",
    ] {
        assert!(outcome.out.contains(said), "{said}\n{}", outcome.out);
    }
    assert_eq!(last_line(&outcome), "6 values in 4 files: 1 kept whole, 0 failing as they are known to, 5 problems");
}

#[test]
fn what_is_too_deeply_nested_is_told_with_its_place_and_what_to_do() {
    let folder = folder("payloads-deep");
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    // The object around it is one more.
    file(&folder, "message/deepest.json", format!(r#"{{"x":{}}}"#, nested(200)));
    file(&folder, "message/deeper.json", format!(r#"{{"x":{}}}"#, nested(201)));
    file(&folder, "message/lines.ndjson", format!("{{}}\n{{\"text\":\"hi\",\"x\":{}}}\n", nested(100_000)));
    let outcome = payloads(&folder);
    assert_eq!(outcome.code, Some(1));
    let said = |at: &str, byte: usize| {
        format!(
            "message/{at} (message): cannot be compared: too deeply nested: what stands at byte {byte} is in more than 200 \
             arrays and objects; shorten it in the recording, or take this value out\n"
        )
    };
    let told = [said("deeper.json", 205), said("lines.ndjson:2", 217)].concat();
    assert!(outcome.out.starts_with(&told), "{told}\n{}", outcome.out);
    assert_eq!(last_line(&outcome), "4 values in 3 files: 2 kept whole, 0 failing as they are known to, 2 problems");
}

#[test]
fn a_file_of_no_kind_is_a_problem_and_never_passed_over() {
    let folder = folder("payloads-unmapped");
    file(&folder, "message/a.json", "{}");
    file(&folder, "message/a.txt", "{}");
    file(&folder, "stray.json", "{}");
    file(&folder, "unheard-of/b.json", "{}");
    let outcome = payloads(&folder);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.out.contains("stray.json: of no kind; give it a rule"), "{}", outcome.out);
    assert!(outcome.out.contains("unheard-of/b.json: of no kind"), "{}", outcome.out);
    assert!(outcome.out.contains("message/a.txt: neither .json nor .ndjson"), "{}", outcome.out);
    assert!(outcome.out.contains("the kinds are account-create, "), "{}", outcome.out);
    assert_eq!(last_line(&outcome), "1 values in 4 files: 1 kept whole, 0 failing as they are known to, 3 problems");
}

#[test]
fn a_manifest_says_what_is_expected_to_fail_and_where() {
    let folder = folder("payloads-expected");
    let manifest = r#"{"rules":[
        {"files":"in/unreadable-*.json","kind":"account-create","unreadableAt":"deliveryIdentifier","reason":"a string"},
        {"files":"in/refused-*.json","kind":"channel-create","refusedAt":"capabilities.threadingModel","reason":"odd"}
    ]}"#;
    let manifest = file(&folder, "manifest.json", manifest);
    let bodies = folder.join("bodies");
    let refused = r#"{"name":"n","capabilities":{"threadingModel":"DELIVERY_IDENTFIER_BASED_THREADING"}}"#;
    file(&bodies, "in/unreadable-1.json", r#"{"deliveryIdentifier":"ada@example.com"}"#);
    file(&bodies, "in/refused-1.json", refused);
    let run = || {
        schema([
            Path::new("payloads"),
            &bodies,
            Path::new("--manifest"),
            Path::new(&manifest),
        ])
    };
    let outcome = run();
    assert_eq!(last_line(&outcome), "2 values in 2 files: 0 kept whole, 2 failing as they are known to, 0 problems");
    assert_eq!(outcome.code, Some(0));

    file(&bodies, "in/unreadable-2.json", r#"{"name":5}"#);
    file(&bodies, "in/unreadable-3.json", "{}");
    file(&bodies, "in/refused-2.json", refused.replace("DELIVERY_IDENTFIER_BASED_THREADING", "DELIVERY_IDENTIFIER"));
    let outcome = run();
    assert_eq!(outcome.code, Some(1));
    for said in [
        "in/unreadable-2.json (account-create): should not be readable at deliveryIdentifier, and is not readable: name: ",
        "in/unreadable-3.json (account-create): was read, although it should not be readable at deliveryIdentifier",
        "in/refused-2.json (channel-create): should be refused for capabilities.threadingModel before it is sent, and is \
         not",
    ] {
        assert!(outcome.out.contains(said), "{said}\n{}", outcome.out);
    }
}

#[test]
fn what_would_not_be_sent_must_be_expected() {
    let folder = folder("payloads-refused");
    let bodies = folder.join("bodies");
    let message = r#"{"channelAccountId":"1","text":"hi","senders":[],"mood":1}"#;
    file(&bodies, "publish-request/a.json", message);
    file(&bodies, "message/a.json", message);
    let outcome = payloads(&bodies);
    assert_eq!(outcome.code, Some(1));
    for said in [
        "publish-request/a.json (publish-request): would be refused before it is sent, which is not expected: \
         messageDirection: is required",
        "publish-request/a.json (publish-request): would be refused before it is sent, which is not expected: senders: \
         must not be empty",
    ] {
        assert!(outcome.out.contains(said), "{said}\n{}", outcome.out);
    }
    assert_eq!(last_line(&outcome), "2 values in 2 files: 1 kept whole, 0 failing as they are known to, 1 problem");

    let manifest = |members: &str| {
        let rule = format!(r#""files":"*/a.json","kind":"publish-request","refusedAt":{members},"reason":"so""#);
        let manifest = file(&folder, "manifest.json", format!(r#"{{"rules":[{{{rule}}}]}}"#));
        std::fs::remove_file(bodies.join("message/a.json")).ok();
        schema(["payloads", bodies.to_str().unwrap(), "--manifest", &manifest])
    };
    let outcome = manifest(r#""senders""#);
    assert!(outcome.out.contains("which is not expected: messageDirection"), "{}", outcome.out);
    assert!(!outcome.out.contains("which is not expected: senders"), "{}", outcome.out);
    let outcome = manifest(r#"["senders","messageDirection"]"#);
    assert_eq!(outcome.code, Some(0), "{}", outcome.out);
    assert_eq!(
        outcome.out,
        "kept, but without a name in the model:\n  publish-request: mood is no member (1)\n1 values in 1 files: 0 kept \
         whole, 1 failing as they are known to, 0 problems\n"
    );
}

#[test]
fn values_of_a_schema_need_not_be_ready_to_be_sent() {
    let folder = folder("payloads-schema-refused");
    let empty = file(&folder, "empty.json", "{}");
    let outcome = schema(["payloads", "--schema", "ChannelIntegrationMessageEgg", &empty]);
    assert_eq!(outcome.code, Some(0), "{}{}", outcome.out, outcome.err);
}

#[test]
fn a_rule_that_no_file_fits_is_a_problem_where_the_manifest_is_for_the_folder() {
    let folder = folder("payloads-unused");
    let bodies = folder.join("bodies");
    file(&bodies, "channel/capabilities-1.json", "{}");
    let manifest = r#"{"rules":[
        {"files":"channel/capabilites-*.json","kind":"capabilities"},{"files":"oauth/error-*.json","kind":"oauth-error"}
    ]}"#;
    let manifest = file(&folder, "manifest.json", manifest);
    let outcome = schema(["payloads", bodies.to_str().unwrap(), "--manifest", &manifest]);
    assert_eq!(outcome.code, Some(1));
    assert_eq!(
        outcome.out,
        format!(
            "{manifest}: no file fits the rule for `channel/capabilites-*.json`\n1 values in 1 files: 1 kept whole, 0 failing \
             as they are known to, 1 problem\n"
        )
    );

    let outcome = payloads(&bodies);
    assert_eq!(outcome.code, Some(0), "{}", outcome.out);
    assert!(
        outcome
            .out
            .starts_with("no file fits channel/create-request-rejected-*.json, "),
        "{}",
        outcome.out
    );
    assert!(outcome.out.lines().next().unwrap().ends_with(" of xtask/payloads.json"), "{}", outcome.out);
    assert!(!outcome.out.contains("oauth"), "{}", outcome.out);
}

#[test]
fn a_file_without_a_value_is_told_of() {
    let folder = folder("payloads-no-value");
    file(&folder, "message/a.json", "{}");
    file(&folder, "message/empty.ndjson", "");
    file(&folder, "message/blank.ndjson", "\n \r\n");
    let outcome = payloads(&folder);
    assert_eq!(outcome.code, Some(1));
    for said in [
        "message/empty.ndjson: no line has a value",
        "message/blank.ndjson: no line has a value",
    ] {
        assert!(outcome.out.contains(said), "{said}\n{}", outcome.out);
    }
    assert_eq!(last_line(&outcome), "1 values in 3 files: 1 kept whole, 0 failing as they are known to, 2 problems");
}

#[test]
fn what_is_no_json_is_told_as_what_it_is() {
    let folder = folder("payloads-no-json");
    file(&folder, "message/marked.json", "\u{feff}{}");
    file(&folder, "message/marked.ndjson", "\u{feff}{}\n{}\n");
    file(&folder, "message/page.json", "<!DOCTYPE html>");
    file(&folder, "message/packed.ndjson", b"\x1f\x8b\x08\n\n{}\n");
    file(&folder, "message/wide.json", b"\xff\xfe{\0}\0");
    let outcome = payloads(&folder);
    assert_eq!(outcome.code, Some(1));
    for said in [
        "message/marked.json (message): cannot be read: it begins with a byte order mark, which JSON on the wire must not; \
         take it away unless it came with the body\n",
        "message/marked.ndjson:1 (message): cannot be read: it begins with a byte order mark",
        "message/page.json (message): cannot be read: this is HTML or XML",
        "message/packed.ndjson: this is compressed by gzip",
        "message/wide.json (message): cannot be read: this is UTF-16",
    ] {
        assert!(outcome.out.contains(said), "{said}\n{}", outcome.out);
    }
    assert_eq!(last_line(&outcome), "5 values in 5 files: 1 kept whole, 0 failing as they are known to, 5 problems");

    let manifest = r#"{"rules":[{"files":"page.json","kind":"message","unreadableAt":"","reason":"a proxy's"}]}"#;
    let manifest = file(&folder, "manifest.json", manifest);
    let bodies = folder.join("bodies");
    file(&bodies, "page.json", "<html>");
    let outcome = schema(["payloads", bodies.to_str().unwrap(), "--manifest", &manifest]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.out);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_named_and_never_waited_for() {
    use std::os::unix::fs::symlink;

    let folder = folder("payloads-no-file");
    let elsewhere = file(&folder, "elsewhere/a.json", "{}");
    let bodies = folder.join("bodies");
    std::fs::create_dir_all(bodies.join("message")).unwrap();
    symlink(&elsewhere, bodies.join("message/file.json")).unwrap();
    symlink(folder.join("elsewhere"), bodies.join("message/folder.json")).unwrap();
    symlink(folder.join("elsewhere"), bodies.join("error")).unwrap();
    symlink("round.json", bodies.join("message/round.json")).unwrap();
    symlink("nowhere", bodies.join("message/lost.json")).unwrap();
    let pipe = bodies.join("message/pipe.ndjson");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let outcome = payloads(&bodies);
    assert_eq!(outcome.code, Some(1));
    for said in [
        "error: a folder, or a link to one, where a file belongs\n",
        "message/folder.json: a folder, or a link to one, where a file belongs\n",
        "message/lost.json: there is nothing of this name",
        "message/pipe.ndjson: neither a file nor a folder\n",
        "message/round.json: ",
    ] {
        assert!(outcome.out.contains(said), "{said}\n{}", outcome.out);
    }
    assert_eq!(last_line(&outcome), "1 values in 6 files: 1 kept whole, 0 failing as they are known to, 5 problems");

    for no_file in [&pipe, &bodies] {
        let no_file = no_file.to_str().unwrap();
        let outcome = schema(["payloads", "--schema", "PublicFile", no_file]);
        assert_eq!(outcome.code, Some(1));
        assert!(outcome.out.starts_with(&format!("{no_file}: ")), "{}", outcome.out);
    }
}

#[test]
fn a_call_that_makes_no_sense_is_told_in_a_line() {
    let empty = folder("payloads-empty");
    let outcome = payloads(&empty);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.err.contains("there is no body to read here"), "{}", outcome.err);
    let nowhere = empty.join("nowhere");
    let outcome = payloads(&nowhere);
    assert_eq!((outcome.code, outcome.err.lines().count()), (Some(2), 1), "{}", outcome.err);
    assert_eq!(schema(["payloads"]).code, Some(2));
    assert_eq!(schema(["payloads", "x", "--manifest"]).code, Some(2));
    assert_eq!(schema(["payloads", "x", "--strict"]).code, Some(2));
}

#[test]
fn values_of_a_schema_are_read_as_what_stands_in_its_places() {
    let folder = folder("payloads-schema");
    let good =
        file(&folder, "files.ndjson", "{\"type\":\"FILE\",\"fileId\":\"1\"}\n{\"fileId\":2,\"colour\":\"red\"}\n");
    let outcome = schema(["payloads", "--schema", "PublicFile", &good]);
    assert_eq!(outcome.code, Some(1), "a value without its type is written with it\n{}", outcome.out);
    assert!(
        outcome
            .out
            .contains("files.ndjson:2 (PublicFile): came | was written again: type: absent | \"FILE\"")
    );

    let good = file(&folder, "senders.json", r#"{"actorId":"A-1","colour":"red"}"#);
    let outcome = schema(["payloads", &good, "--schema", "PublicSender"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    assert!(outcome.out.contains("PublicSender: colour is no member (1)"), "{}", outcome.out);

    let bad = file(&folder, "bad.json", r#"{"actorId":true}"#);
    let outcome = schema(["payloads", "--schema", "PublicSender", &bad]);
    assert!(outcome.out.contains("cannot be read: actorId: invalid type"), "{}", outcome.out);

    for (arguments, said) in [
        (vec!["payloads", "--schema", "PublicSnder", &good], "HubSpot has no schema `PublicSnder`; it has "),
        (vec!["payloads", "--schema", "PublicSender"], "which file?"),
        (vec!["payloads", "--schema"], "which of HubSpot's schemas?"),
        (vec!["payloads", "--schema", "PublicSender", &good, "--manifest", "x"], "a schema needs no manifest"),
    ] {
        let outcome = schema(&arguments);
        assert_eq!(outcome.code, Some(2), "{arguments:?}");
        assert!(outcome.err.contains(said), "{}", outcome.err);
    }
}
