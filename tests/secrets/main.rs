//! Whatever goes wrong with whatever call: nothing that is said of it has a secret in it.
//!
//! Every secret that a call can carry has the same mark, and so has every word of a visitor. What errors, values and spans
//! say is searched for the marks.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test is how this reports")]

mod calls;
#[path = "../said.rs"]
mod said;

use std::collections::BTreeSet;

use hubchannel::{
    CallEndpoint, DownloadFile,
    mock::{Answer, MockTransport, Received, when},
    server::OPERATIONS,
};
use serde_json::json;

use self::calls::{CALLS, stack};

/// In every token, key and code, and in every address that lets in whoever has it.
const SECRET: &str = "HUSH";
/// In what people write to each other, and in who they are.
const WORDS: &str = "WORDS";

/// The address and the headers, of those that hold a mark, as a server might repeat them.
fn head(received: &Received) -> String {
    let headers = received.headers.values().map(|value| value.to_str().unwrap());
    let parts = [received.uri.to_string()].into_iter().chain(headers.map(str::to_owned));
    let marked: Vec<_> = parts
        .filter(|part| part.contains(SECRET) || part.contains(WORDS))
        .collect();
    marked.join(" ")
}

fn body(received: &Received) -> String {
    let body = received.body.as_bytes();
    body.map_or_else(String::new, |body| String::from_utf8_lossy(body).into_owned())
}

fn whole(received: &Received) -> String {
    format!("{} {}", head(received), body(received))
}

/// The last secret of the address and the headers, which is what a layer has put there, if any has.
fn credential(received: &Received) -> String {
    let head = head(received);
    let words = head.rsplit(|c: char| !c.is_ascii_alphanumeric() && !"-_.:".contains(c));
    words
        .into_iter()
        .find(|word| word.contains(SECRET))
        .unwrap_or_default()
        .to_owned()
}

/// The answer with what was asked for in place of ids.
fn with_ids(answer: Answer, received: &Received) -> Answer {
    answer
        .header("x-hubspot-correlation-id", credential(received))
        .header("x-request-id", head(received))
}

/// An answer that has this of a request wherever an error may show something of it.
fn in_members(status: u16, part: fn(&Received) -> String) -> Answer {
    Answer::with(move |received| {
        let part = part(received);
        let errors = json!([{"message": &part, "code": &part}, &part]);
        let members = json!({"message": &part, "category": &part, "subCategory": &part, "correlationId": &part, "errors": errors});
        with_ids(Answer::json(status, members), received)
    })
}

/// The same of a body that has another shape than HubSpot's.
fn deep_inside(status: u16, part: fn(&Received) -> String) -> Answer {
    Answer::with(move |received| {
        let part = part(received);
        let inner = json!({"error_description": &part, "status": &part, "correlationId": &part});
        Answer::json(status, json!({"fault": {"inner": inner}}))
    })
}

fn in_title(status: u16, part: fn(&Received) -> String) -> Answer {
    Answer::with(move |received| Answer::html(status, format!("<title>Cannot GET {}</title>", part(received))))
}

/// An answer that has all of a request where no error shows it.
fn aside(status: u16) -> Answer {
    Answer::with(move |received| {
        let whole = whole(received);
        let answer = json!({
            "status": "error", "category": "VALIDATION_ERROR", "message": "it is not as it must be",
            "context": {"request": [&whole]}, "links": {"x": &whole}, "unheard": &whole,
        });
        Answer::json(status, answer)
            .header("x-echo", "HUSH WORDS")
            .header("location", "https://example.com/?HUSH")
    })
}

fn in_page(status: u16) -> Answer {
    Answer::with(move |received| with_ids(Answer::html(status, format!("<p>{}</p>", whole(received))), received))
}

/// All ways in which a call can end, and what no error may show then: of a body that the server repeats in its message only
/// the secrets are left out.
fn ends() -> Vec<(&'static str, Answer, &'static [&'static str])> {
    const BOTH: &[&str] = &[SECRET, WORDS];
    const SECRETS: &[&str] = &[SECRET];
    vec![
        ("refused", Answer::refused(), BOTH),
        ("lost", Answer::lost(), BOTH),
        ("late", Answer::timeout_after_sending(), BOTH),
        ("never begun", Answer::timeout_before_sending(), BOTH),
        ("too large", Answer::too_large(), BOTH),
        ("turned down", aside(400), BOTH),
        ("forbidden", aside(403), BOTH),
        ("no token", aside(401), BOTH),
        ("limited", aside(429), BOTH),
        ("moved", aside(302), BOTH),
        ("failed", in_page(502), BOTH),
        ("failed with members", aside(500), BOTH),
        ("turned down, repeated", in_members(400, head), BOTH),
        ("turned down, the body repeated", in_members(400, body), SECRETS),
        ("no token, repeated", in_members(401, head), BOTH),
        ("not found, repeated deep inside", deep_inside(404, head), BOTH),
        ("not found, the body repeated deep inside", deep_inside(404, body), SECRETS),
        ("not found, repeated in a title", in_title(404, head), BOTH),
        ("in conflict, repeated", in_members(409, head), BOTH),
        ("limited, repeated", in_members(429, head), BOTH),
        ("failed, repeated", in_members(503, whole), SECRETS),
        ("failed, repeated in a title", in_title(502, whole), SECRETS),
        ("success in HTML", in_page(200), BOTH),
        ("success, repeated", in_members(200, whole), BOTH),
        (
            "success in part",
            Answer::with(|received| Answer::text(200, format!("{{\"id\": \"{}", whole(received).escape_debug()))),
            BOTH,
        ),
        (
            "success",
            Answer::with(|received| match received.operation() {
                Some(name) if name.contains("token") && !name.contains("account") => Answer::json(
                    200,
                    json!({"access_token": "HUSH-new", "refresh_token": "HUSH-next", "expires_in": 1800, "hub_id": 62516}),
                ),
                _ => Answer::json(
                    200,
                    json!({"id": "7", "accountToken": "HUSH-staging", "url": "https://f.example.com/?HUSH"}),
                ),
            }),
            BOTH,
        ),
    ]
}

// Waits between attempts take no time.
#[tokio::test(start_paused = true)]
async fn nothing_that_is_said_of_any_call_in_any_failure_has_a_secret_in_it() {
    said::listen();
    let (mut failures, mut logged) = (0, 0);
    let mut heard = BTreeSet::new();
    for (call, make) in CALLS {
        for (end, answer, hidden) in ends() {
            let transport = MockTransport::new().with(when().always(answer));
            let stack = stack(transport.clone());
            match make(transport.clone()).await {
                Ok(value) => holds(&value, &[SECRET], call, end),
                Err(error) => {
                    failures += 1;
                    holds(&error, hidden, call, end);
                }
            }
            let requests = transport.requests();
            holds(&format!("{stack:?} {transport:?}"), &[SECRET], call, end);
            holds(&format!("{requests:?}"), &[SECRET, WORDS], call, end);
            let said = said::by_spans();
            logged += said.len();
            holds(&said, &[SECRET, WORDS], call, end);
            heard.extend(requests.iter().filter_map(Received::operation));
        }
    }
    assert!(failures > 800, "only {failures}");
    assert!(logged > 100_000, "only {logged}");
    let others = [CallEndpoint::INFO, DownloadFile::INFO];
    let all = OPERATIONS.iter().chain(&others).map(|operation| operation.name);
    let forgotten: Vec<_> = all.filter(|name| !heard.contains(name)).collect();
    assert_eq!(forgotten, [""; 0], "no call of these was made");
    // That the search finds something at all.
    assert!(std::panic::catch_unwind(|| holds("a HUSH b", &[SECRET], "", "")).is_err());
}

fn holds(text: &str, marks: &[&str], call: &str, end: &str) {
    for mark in marks {
        assert!(!text.contains(mark), "{mark} after {call}, {end}:\n{text}");
    }
}
