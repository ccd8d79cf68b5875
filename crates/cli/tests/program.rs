//! The program as a user runs it.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::Stdio,
};

use serde_json::{Value, json};

use self::common::{Emulator, TOKEN, failed, program, run, server, succeeded, take_one, with_input, words};

#[test]
fn a_message_is_published_to_the_emulator_and_comes_back() {
    let text = succeeded(&run(&[
        "--emulator",
        "publish",
        "--from",
        "email:ada@example.com",
        "--from-name",
        "Ada",
        "--to",
        "shop",
        "--thread",
        "chat-42",
        "--text",
        "Is the blue one in stock?",
    ]));
    assert!(text.starts_with("published (emulated"), "{text}");
    for part in [
        "Ada <ada@example.com>",
        "Is the blue one in stock?",
        "INCOMING",
        "thread",
    ] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
}

#[test]
fn a_json_body_is_published_and_the_answer_is_json_marked_as_emulated() {
    let started = Emulator::start();
    let account = started.text("channelAccountId");
    let body = json!({
        "channelAccountId": account,
        "messageDirection": "INCOMING",
        "text": "Grüße 👋",
        "senders": [{"name": "Ada", "deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "ada@example.com"}}],
        "attachments": [{"type": "LOCATION", "latitude": 52.5200066, "longitude": 13}],
        "integrationThreadId": "chat-42",
    });
    let text = succeeded(&with_input(&["--emulator", "--json", "publish", "--body", "-"], &body.to_string()));
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["emulated"], true);
    assert_eq!(answer["message"]["text"], "Grüße 👋");
    assert_eq!(answer["message"]["attachments"][0]["type"], "LOCATION");
    assert_eq!(answer["message"]["channelAccountId"], account);
}

#[test]
fn without_credentials_nothing_is_sent_and_the_way_out_is_named() {
    for token in [None, Some("")] {
        let mut program = program();
        program.args(words("publish --channel 1 --account 2 --from x --text hi"));
        token.map(|token| program.env("HUBSPOT_ACCESS_TOKEN", token));
        let text = failed(&program.output().unwrap(), 2);
        assert!(text.contains("HUBSPOT_ACCESS_TOKEN") && text.contains("--emulator"), "{text}");
        assert!(text.contains("nothing was sent"), "{text}");
    }
}

#[test]
fn every_way_of_input_has_the_same_rules() {
    let by_flags = failed(&run(&["--emulator", "publish", "--from", "x", "--text", ""]), 2);
    assert!(by_flags.contains("text: must not be empty") && by_flags.contains("--text"), "{by_flags}");
    let body =
        r#"{"messageDirection":"INCOMING","senders":[{"deliveryIdentifier":{"type":"T","value":"x"}}],"text":""}"#;
    let by_body = failed(&with_input(&["--emulator", "publish", "--body", "-"], body), 2);
    assert!(by_body.contains("text: must not be empty"), "{by_body}");
}

#[test]
fn what_is_wrong_with_a_message_is_named_by_path_and_rule() {
    let body = r#"{"channelAccountId":"1","messageDirection":"SIDEWAYS","senders":[{"name":"x"}],"text":"t",
        "attachments":[{"type":"FILE"},{"type":"FILE","fileId":{}},{"type":"CONTACT","contactProfile":{}}],
        "timestamp":"yesterday"}"#;
    let output = with_input(&["--emulator", "--json", "publish", "--body", "-"], body);
    let failure: Value = serde_json::from_str(&failed(&output, 2)).unwrap();
    let paths: Vec<&str> = failure["error"]["violations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        [
            "senders[0].deliveryIdentifier",
            "attachments[0].fileId",
            "attachments[1].fileId",
            "timestamp",
        ]
    );
    assert_eq!(failure["error"]["class"], "usage");
    assert_eq!(failure["error"]["outcomeUnknown"], false);
}

#[test]
fn a_body_that_is_not_one_is_refused_with_its_place() {
    let cases = [
        ("{\"text\": ", "EOF"),
        ("[]", "an object"),
        (r#"{"senders":[{"deliveryIdentifier":"x"}]}"#, "senders[0].deliveryIdentifier"),
        (r#"{"text":7}"#, "text: invalid type"),
        ("\u{0}", "line 1 column 1"),
    ];
    for (body, expected) in cases {
        let text = failed(&with_input(&["--emulator", "publish", "--body", "-"], body), 2);
        assert!(text.contains(expected), "{body}: {text}");
    }
    let text = failed(&run(&["--emulator", "publish", "--body", "no-such-file.json"]), 2);
    assert!(text.contains("no-such-file.json"), "{text}");
}

#[test]
fn flags_and_body_do_not_mix() {
    failed(&run(&["--emulator", "publish", "--body", "-", "--text", "hi"]), 2);
    failed(&run(&words("--emulator --base-url http://localhost publish --text hi --from x")), 2);
    let body = r#"{"integrationIdempotencyId":"a"}"#;
    let text = failed(&with_input(&["--emulator", "publish", "--body", "-", "--idempotency-id", "b"], body), 2);
    assert!(text.contains("--idempotency-id"), "{text}");
}

#[test]
fn ids_that_are_none_are_refused() {
    let text = failed(&run(&words("--emulator publish --channel abc --from x --text hi")), 2);
    assert!(text.contains("channelId must be digits"), "{text}");
    let text = failed(&run(&["--emulator", "read", ".."]), 2);
    assert!(text.contains("messageId"), "{text}");
}

#[test]
fn a_server_keeps_messages_between_commands() {
    let emulator = Emulator::start();
    let token = emulator.text("accessToken");
    let publish = words("--json publish --from x --text hi --idempotency-id chat-42/7");
    let first: Value = serde_json::from_str(&succeeded(&emulator.run(token, &publish))).unwrap();
    let again: Value = serde_json::from_str(&succeeded(&emulator.run(token, &publish))).unwrap();
    assert_eq!(first["message"], again["message"], "a repeat creates no second message");
    assert_eq!(first["emulated"], true, "an emulator says what it is, at any address");

    let id = first["message"]["id"].as_str().unwrap();
    let report = ["--json", "status", id, "failed", "--error-message", "no such number"];
    succeeded(&emulator.run(token, &report));
    let read: Value = serde_json::from_str(&succeeded(&emulator.run(token, &["--json", "read", id]))).unwrap();
    assert_eq!(read["message"]["status"]["failureDetails"]["errorMessage"], "no such number");
}

#[test]
fn what_is_replied_at_the_emulator_is_delivered_to_the_bridge() {
    let bridge = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/events?tenant=acme", bridge.local_addr().unwrap());
    let mut emulator = Emulator::start_with(&["--webhook-url", &url]);
    for credential in ["developerKey", "appId", "clientId", "clientSecret"] {
        assert!(!emulator.text(credential).is_empty());
    }
    let token = emulator.text("accessToken").to_owned();
    succeeded(&emulator.run(&token, &["publish", "--from", "x", "--text", "hi", "--thread", "chat-42"]));
    let mut input = emulator.process.stdin.take().unwrap();
    input.write_all(b"reply nowhere x\nreply chat-42 Hello, too\n").unwrap();
    let request = take_one(&bridge);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /events?tenant=acme HTTP/1.1"), "{head}");
    assert!(head.contains("x-hubspot-signature-v3: "), "{head}");
    let event: Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        (&event["type"], &event["channelIntegrationThreadIds"], &event["message"]["text"]),
        (&json!("OUTGOING_CHANNEL_MESSAGE_CREATED"), &json!(["chat-42"]), &json!("Hello, too"))
    );
}

#[test]
fn the_inbox_page_is_where_the_emulator_says() {
    let emulator = Emulator::start();
    let (base_url, inbox_url) = (emulator.text("baseUrl"), emulator.text("inboxUrl"));
    assert_eq!(inbox_url, format!("{}/_emulator/", base_url.trim_end_matches('/')));
    let address = base_url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(address).unwrap();
    let path = inbox_url.strip_prefix(&format!("http://{address}")).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("<!doctype html>"), "{answer}");
}

#[test]
fn the_inbox_page_is_named_for_people_too() {
    let mut process = program()
        .args(["emulate", "--listen", "127.0.0.1:0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let base_url = first
        .split_whitespace()
        .find(|word| word.starts_with("http://"))
        .unwrap();
    let base_url = base_url.trim_end_matches(';').trim_end_matches('/').to_owned();
    let page = lines.map(Result::unwrap).find(|line| line.contains("inbox page"));
    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!(page.unwrap().split_whitespace().last(), Some(format!("{base_url}/_emulator/").as_str()));
}

#[test]
fn a_client_secret_that_somebody_brings_is_not_shown() {
    let emulator = Emulator::start_with(&["--client-secret", TOKEN]);
    assert_eq!(emulator.started.get("clientSecret"), None);
    assert!(!emulator.started.to_string().contains(TOKEN));
}

#[test]
fn four_different_failures_have_four_different_answers() {
    let emulator = Emulator::start();
    let publish = ["publish", "--from", "x", "--text", "hi"];

    let text = failed(&emulator.run(TOKEN, &publish), 3);
    assert!(text.contains("401 INVALID_AUTHENTICATION") && text.contains("nothing was published"), "{text}");
    assert!(!text.contains(TOKEN), "{text}");

    let token = emulator.text("accessToken");
    let text = failed(&emulator.run(token, &[&publish[..], &["--channel", "404404"]].concat()), 3);
    assert!(text.contains("404 OBJECT_NOT_FOUND") && text.contains("nothing was published"), "{text}");

    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = format!("http://{closed}");
    let line = format!("--attempts 1 --base-url {nobody} publish --channel 1 --account 2 --from x --text hi");
    let arguments = words(&line);
    let output = program()
        .env("HUBSPOT_ACCESS_TOKEN", TOKEN)
        .args(arguments)
        .output()
        .unwrap();
    let text = failed(&output, 4);
    assert!(text.contains("no connection") && text.contains("nothing was published"), "{text}");
    assert!(!text.contains(TOKEN), "{text}");
}

#[test]
fn an_unknown_outcome_shows_the_key_and_the_command_that_repeats_with_it() {
    let (base_url, _) = server([None]);
    let arguments = [
        "--attempts",
        "1",
        "--base-url",
        &base_url,
        "publish",
        "--channel",
        "1",
        "--account",
        "2",
        "--from",
        "x",
        "--text",
        "it's here",
    ];
    let output = program()
        .env("HUBSPOT_ACCESS_TOKEN", TOKEN)
        .args(arguments)
        .output()
        .unwrap();
    let text = failed(&output, 5);
    assert!(text.contains("it may have been published"), "{text}");
    let key = text.lines().find_map(|line| line.strip_prefix("key: ")).unwrap();
    assert!(text.contains(&format!("--text 'it'\\''s here' --idempotency-id {key}")), "{text}");
    assert!(!text.contains(TOKEN), "{text}");
}

#[test]
fn an_answer_that_does_not_come_in_time_leaves_the_outcome_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let arguments = [
        "--base-url",
        &base_url,
        "--timeout",
        "0.2",
        "--json",
        "publish",
        "--channel",
        "1",
        "--account",
        "2",
        "--from",
        "x",
        "--text",
        "hi",
        "--idempotency-id",
        "my key",
    ];
    let output = program()
        .env("HUBSPOT_ACCESS_TOKEN", TOKEN)
        .args(arguments)
        .output()
        .unwrap();
    let failure: Value = serde_json::from_str(&failed(&output, 5)).unwrap();
    let error = &failure["error"];
    assert_eq!(error["class"], "outcomeUnknown");
    assert_eq!((&error["outcomeUnknown"], &error["retryable"]), (&json!(true), &json!(true)));
    assert_eq!(error["idempotencyKey"], "my key");
    assert!(error["hint"].as_str().unwrap().ends_with("--idempotency-id 'my key'"), "{error}");
}

#[test]
fn an_answer_of_html_is_shown_on_one_line() {
    let page = "<html><head><title>Error 502</title></head></html>";
    let answer = "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: 50\r\n\r\n\
                  <html><head><title>Error 502</title></head></html>";
    assert_eq!(page.len(), 50);
    let (base_url, _) = server([Some(answer)]);
    let line = format!("--base-url {base_url} --attempts 1 read --channel 1 m");
    let arguments = words(&line);
    let output = program()
        .env("HUBSPOT_ACCESS_TOKEN", TOKEN)
        .args(arguments)
        .output()
        .unwrap();
    let text = failed(&output, 3);
    assert_eq!(
        text,
        "error: get_message: the server answered 502 Bad Gateway: a page titled Error 502; gave up after 1 attempt: as \
         many as are made\nhint: it is of no use before 2 seconds have passed\n"
    );
}

#[test]
fn a_server_that_repeats_the_token_has_it_shown_nowhere() {
    let bodies = [
        format!(r#"{{"message":"no {TOKEN}","category":"NO {TOKEN}","correlationId":"id-{TOKEN}","errors":[]}}"#),
        format!(r#"{{"message":"no {TOKEN}","category":"NO {TOKEN}"}}"#),
    ];
    for body in bodies {
        for json in [&["--json"][..], &[]] {
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nx-request-id: {TOKEN}\r\n\
                 connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
            );
            let (base_url, _) = server([Some(&*answer.leak())]);
            let mut program = program();
            let program = program.env("HUBSPOT_ACCESS_TOKEN", TOKEN).args(json);
            let output = program.args(["--base-url", &base_url, "read", "--channel", "1", "m"]);
            let text = failed(&output.output().unwrap(), 3);
            assert!(text.contains("NO …") && !text.contains(TOKEN), "{text}");
        }
    }
}

#[test]
fn a_token_is_not_sent_to_another_machine_without_tls() {
    let arguments = ["--base-url", "http://192.0.2.1", "read", "--channel", "1", "m"];
    let output = program()
        .env("HUBSPOT_ACCESS_TOKEN", TOKEN)
        .args(arguments)
        .output()
        .unwrap();
    let text = failed(&output, 2);
    assert!(text.contains("plain http"), "{text}");
}

#[test]
fn a_hostile_answer_gives_no_commands_to_the_terminal() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 30\r\n\r\n\
                  {\"text\":\"\\u001b[2Jgone\\u0007\"}";
    let (base_url, _) = server([Some(answer)]);
    let arguments = ["--base-url", &base_url, "read", "--channel", "1", "m"];
    let output = program()
        .env("HUBSPOT_ACCESS_TOKEN", TOKEN)
        .args(arguments)
        .output()
        .unwrap();
    let text = succeeded(&output);
    assert!(text.contains(r"\u{1b}[2Jgone\u{7}"), "{text:?}");
}

#[test]
fn a_proxy_of_the_environment_sees_nothing_of_plain_http() {
    let emulator = Emulator::start();
    let mut program = program();
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"] {
        program.env(variable, "http://127.0.0.1:1");
    }
    program.env("HUBSPOT_ACCESS_TOKEN", emulator.text("accessToken"));
    let arguments = [
        "--base-url",
        emulator.text("baseUrl"),
        "publish",
        "--from",
        "x",
        "--text",
        "hi",
    ];
    let ids = [
        "--channel",
        emulator.text("channelId"),
        "--account",
        emulator.text("channelAccountId"),
    ];
    succeeded(&program.args(arguments).args(ids).output().unwrap());
}

#[test]
fn a_message_that_cannot_be_shown_is_not_called_unpublished() {
    let mut child = program()
        .args(["--emulator", "publish", "--body", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Nobody reads what the program prints, before it has anything to print.
    drop(child.stdout.take());
    let body = r#"{"messageDirection":"INCOMING","senders":[{"deliveryIdentifier":{"type":"CHANNEL_SPECIFIC_OPAQUE_ID",
        "value":"x"}}],"text":"hi"}"#;
    child.stdin.take().unwrap().write_all(body.as_bytes()).unwrap();
    let text = failed(&child.wait_with_output().unwrap(), 1);
    assert!(text.contains("published as message ") && text.contains("cannot be shown"), "{text}");
}
