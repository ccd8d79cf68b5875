//! Requests of other sites.

use serde_json::json;

use crate::desk::Desk;

type Head<'h> = &'h [(&'h str, &'h str)];

#[tokio::test]
async fn pages_of_other_sites_cannot_drive_the_emulator() {
    let desk = Desk::new().await;
    let host = desk.host();
    let origin = format!("http://{host}");
    let port = desk.server.address().port();
    let rebound = format!("evil.example:{port}");
    let rebound_origin = format!("http://{rebound}");
    let neighbour = format!("http://localhost:{}", port ^ 1);
    let secure = format!("https://{host}");
    let json = ("content-type", "application/json");
    let own = ("host", host.as_str());
    let hostile: &[(&str, Head<'_>, u16)] = &[
        ("no host", &[json], 403),
        ("two hosts", &[json, own, own], 403),
        ("a name that leads here", &[json, ("host", &rebound)], 403),
        ("the same with its origin", &[json, ("host", &rebound), ("origin", &rebound_origin)], 403),
        ("another port", &[json, ("host", "localhost:1")], 403),
        ("no port", &[json, ("host", "localhost")], 403),
        ("another site", &[json, own, ("origin", "https://evil.example")], 403),
        ("a sandboxed page", &[json, own, ("origin", "null")], 403),
        ("another server of this machine", &[json, own, ("origin", &neighbour)], 403),
        ("another scheme", &[json, own, ("origin", &secure)], 403),
        ("two origins", &[json, own, ("origin", &origin), ("origin", "null")], 403),
        ("cross-site", &[json, own, ("sec-fetch-site", "cross-site")], 403),
        ("same-site", &[json, own, ("sec-fetch-site", "same-site")], 403),
        ("nonsense", &[json, own, ("sec-fetch-site", "x")], 403),
        ("no type", &[own], 415),
        ("a form", &[own, ("content-type", "application/x-www-form-urlencoded")], 415),
        ("text", &[own, ("content-type", "text/plain")], 415),
        ("text that says JSON", &[own, ("content-type", "text/plain; application/json")], 415),
        ("two types", &[own, json, ("content-type", "text/plain")], 415),
    ];
    for (what, headers, status) in hostile {
        let before = desk.emulator.last_change();
        for line in [
            "POST /_emulator/api/clock/freeze",
            "POST /_emulator/api/nothing",
            "PATCH /_emulator/api/overview",
        ] {
            let answer = desk.send(line, headers, b"{}").await;
            assert_eq!(answer.status, *status, "{what}: {line} {answer:?}");
            answer.code();
        }
        // Reading is turned down too, but for what only the type was wrong with.
        if *status == 403 {
            let answer = desk.send("GET /_emulator/api/credentials", headers, b"").await;
            assert_eq!(answer.status, 403, "{what}");
        }
        assert_eq!(desk.emulator.last_change(), before, "{what}");
    }
    assert!(!desk.emulator.clock_reading().frozen);
}

#[tokio::test]
async fn the_own_page_and_programs_may() {
    let desk = Desk::new().await;
    let host = desk.host();
    let port = desk.server.address().port();
    let name = format!("localhost:{port}");
    let (origin, name_origin) = (format!("http://{host}"), format!("http://{name}"));
    let json = ("content-type", "application/json; charset=utf-8");
    let friendly: &[Head<'_>] = &[
        &[json, ("host", &host)],
        &[json, ("host", &name)],
        &[
            json,
            ("host", &host),
            ("origin", &origin),
            ("sec-fetch-site", "same-origin"),
        ],
        &[
            json,
            ("host", &name),
            ("origin", &name_origin),
            ("sec-fetch-site", "same-origin"),
        ],
        &[json, ("host", &host), ("sec-fetch-site", "none")],
    ];
    for headers in friendly {
        let answer = desk.send("POST /_emulator/api/clock/freeze", headers, b"{}").await;
        assert_eq!(answer.status, 200, "{headers:?}");
    }
}

#[tokio::test]
async fn every_answer_says_what_browsers_must_not_make_of_it() {
    let desk = Desk::new().await;
    for (line, status) in [
        ("GET /_emulator/api/overview", 200),
        ("GET /_emulator/api/nothing", 404),
        ("GET /_emulator/nothing", 404),
        ("PUT /_emulator/api/overview", 405),
    ] {
        let headers = [("host", &*desk.host()), ("content-type", "application/json")];
        let answer = desk.send(line, &headers, b"{}").await;
        assert_eq!(answer.status, status, "{line}");
        assert_eq!(answer.header("content-type"), "application/json");
        assert!(
            answer
                .header("content-security-policy")
                .starts_with("default-src 'none'")
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
}

#[tokio::test]
async fn the_emulators_paths_are_none_of_the_api_and_are_not_in_its_log() {
    let desk = Desk::new().await;
    desk.get("overview").await;
    desk.emulator.fail_next(hubchannel_emulator::Fault::DropBeforeEffect);
    assert_eq!(desk.get("overview").await.status, 200);
    assert!(desk.emulator.received().is_empty());
    assert_eq!(desk.emulator.pending_faults(), 1);
    desk.emulator.clear_faults();
    let api = desk
        .send("GET /_emulatorx/api/overview", &[("host", &desk.host())], b"")
        .await;
    assert_eq!(api.status, 404);
    assert_eq!(desk.emulator.received().len(), 1);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_read() {
    let desk = Desk::new().await;
    let body = vec![b' '; 16 * 1024 * 1024 + 1];
    let host = desk.host();
    let headers = [("host", host.as_str()), ("content-type", "application/json")];
    let answer = desk.send("POST /_emulator/api/clock/freeze", &headers, &body).await;
    assert_eq!((answer.status, answer.code().as_str()), (413, "tooLarge"));
    let broken = desk.send("POST /_emulator/api/clock/freeze", &headers, b"{").await;
    assert_eq!((broken.status, broken.code().as_str()), (400, "invalid"));
    let more = desk.send("POST /_emulator/api/clock/freeze", &headers, b"{} {}").await;
    assert_eq!((more.status, more.code().as_str()), (400, "invalid"));
    assert_eq!(desk.change("POST", "clock/freeze", &json!({})).await.status, 200);
}
