//! Files: uploading, signing and downloading them, with answers written by hand. What changes nothing is asked in process and
//! over HTTP.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::time::Duration;

use common::{Ask, Bench, hello_with, in_process, noon};
use http::Method;
use hubchannel_api::clock::ManualClock;
use hubchannel_emulator::{Emulator, Seed, TokenSeed};
use serde_json::{Value, json};

/// Every known start of a path to files.
const BASES: [&str; 4] = [
    "/files/v3/files",
    "/files/2025-09/files",
    "/files/2026-03/files",
    "/files/2026-09/files",
];

async fn bench() -> (Bench, ManualClock) {
    let clock = ManualClock::new(noon());
    let seed = Seed::default()
        .with_clock(clock.clone())
        .add_token(TokenSeed::new("elsewhere", 62516, 40_776_849))
        .add_token(TokenSeed::new("reader", 62515, 40_776_849).set_scopes(["files.read"]));
    (Bench::new(Emulator::with_seed(seed)).await, clock)
}

/// A form with these fields and, where it has a name, a file.
fn form(base: &str, fields: &[(&str, &str)], file: Option<(Option<&str>, &[u8])>) -> Ask {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--B\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    if let Some((name, content)) = file {
        let name = name.map_or(String::new(), |name| format!("; filename=\"{name}\""));
        let head =
            format!("--B\r\ncontent-disposition: form-data; name=\"file\"{name}\r\ncontent-type: image/png\r\n\r\n");
        body.extend(head.bytes());
        body.extend(content);
        body.extend(b"\r\n");
    }
    body.extend(b"--B--\r\n");
    let mut ask = Ask::new(Method::POST, base);
    ask.body = body;
    ask.header("content-type", "multipart/form-data; boundary=B")
}

fn upload(options: Value) -> Ask {
    let options = options.to_string();
    let fields = [
        ("fileName", "a lamp.png"),
        ("folderPath", "/bridge"),
        ("options", &*options),
    ];
    form(BASES[0], &fields, Some((Some("a lamp.png"), b"\x89PNG\r\n--")))
}

fn signed(id: &str) -> Ask {
    Ask::get(format!("{}/{id}/signed-url", BASES[0]))
}

/// The path and query of an address on the API's own host.
fn path(address: &Value) -> String {
    address
        .as_str()
        .unwrap()
        .strip_prefix("https://api.hubapi.com")
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn an_uploaded_file_is_described() {
    let (bench, _) = bench().await;
    let answer = bench.ask(upload(json!({"access": "PRIVATE"}))).await;
    assert_eq!(answer.status, 201);
    let (id, folder) = (answer.id(), answer.json()["parentFolderId"].as_str().unwrap().to_owned());
    assert!(id.parse::<i64>().is_ok() && folder.parse::<i64>().is_ok());
    assert_eq!(
        answer.json(),
        json!({
            "id": id,
            "createdAt": "2023-11-14T22:13:20.000Z",
            "updatedAt": "2023-11-14T22:13:20.000Z",
            "archived": false,
            "parentFolderId": folder,
            "name": "a lamp",
            "path": "/bridge/a lamp.png",
            "size": 8,
            "type": "IMG",
            "extension": "png",
            "url": format!("https://api.hubapi.com/emulated-files/{id}/a%20lamp.png"),
            "access": "PRIVATE",
        })
    );
    // The same folder by its id, in every spelling.
    for base in BASES {
        for slash in ["", "/"] {
            let options = json!({"access": "PRIVATE"}).to_string();
            let fields = [("fileName", "b"), ("folderId", &*folder), ("options", &*options)];
            let other = bench
                .ask(form(&format!("{base}{slash}"), &fields, Some((Some("b"), b""))))
                .await;
            assert_eq!(other.status, 201, "{base}{slash}");
            let shown = other.json();
            assert_eq!((&shown["path"], &shown["parentFolderId"]), (&json!("/bridge/b"), &json!(folder)));
            assert_eq!(shown.get("extension"), None);
            let sign = bench
                .ask(Ask::get(format!("{base}/{}/signed-url{slash}", other.id())))
                .await;
            assert_eq!(sign.status, 200);
        }
    }
}

#[tokio::test]
async fn a_private_file_is_had_by_a_signed_address_for_a_while() {
    let (bench, clock) = bench().await;
    let file = bench.ask(upload(json!({"access": "PRIVATE"}))).await.json();
    let id = file["id"].as_str().unwrap();
    let plain = path(&file["url"]);
    let answer = bench.ask(signed(id).token("reader")).await;
    assert_eq!(answer.json()["expiresAt"], "2023-11-14T23:13:20.000Z");
    let ask = Ask::get(format!("{}/{id}/signed-url?expirationSeconds=60", BASES[0]));
    let answer = bench.ask(ask).await;
    let url = answer.json()["url"].clone();
    assert_eq!(
        answer.json(),
        json!({
            "url": url,
            "expiresAt": "2023-11-14T22:14:20.000Z",
            "name": "a lamp",
            "extension": "png",
            "type": "IMG",
            "size": 8,
        })
    );
    let download = || Ask::get(path(&url)).anonymous();
    let content = bench.ask_twice(download()).await;
    assert_eq!((content.status, &*content.body), (200, &b"\x89PNG\r\n--"[..]));
    assert_eq!(content.header("content-type"), "image/png");
    clock.advance(Duration::from_secs(59));
    assert_eq!(bench.ask_twice(download()).await.status, 200);
    clock.advance(Duration::from_secs(1));
    for ask in [
        download(),
        Ask::get(&*plain),
        Ask::get(format!("{plain}?signature=")).anonymous(),
        Ask::get("/emulated-files/1/x").anonymous(),
        Ask::new(Method::DELETE, &*plain),
    ] {
        assert_eq!(bench.ask_twice(ask).await.status, 404);
    }
    // A signature is of one file.
    let other = bench.ask(upload(json!({"access": "PRIVATE"}))).await.json();
    let again = bench.ask(signed(id)).await.json();
    let signature = again["url"].as_str().unwrap().split_once('?').unwrap().1.to_owned();
    let crossed = Ask::get(format!("{}?{signature}", path(&other["url"]))).anonymous();
    assert_eq!(bench.ask_twice(crossed).await.status, 404);
    assert!(!format!("{:?}", bench.emulator.received()).contains(&signature));
}

#[tokio::test]
async fn a_public_file_is_had_by_everybody() {
    let (bench, _) = bench().await;
    for access in [
        "PUBLIC_INDEXABLE",
        "PUBLIC_NOT_INDEXABLE",
        "HIDDEN_INDEXABLE",
        "HIDDEN_NOT_INDEXABLE",
    ] {
        let file = bench.ask(upload(json!({"access": access}))).await.json();
        assert_eq!(bench.ask_twice(Ask::get(path(&file["url"])).anonymous()).await.status, 200, "{access}");
    }
    for access in ["PRIVATE", "HIDDEN_PRIVATE", "HIDDEN_SENSITIVE", "SENSITIVE"] {
        let file = bench.ask(upload(json!({"access": access}))).await.json();
        assert_eq!(bench.ask_twice(Ask::get(path(&file["url"]))).await.status, 404, "{access}");
    }
}

#[tokio::test]
async fn an_address_leads_to_where_the_request_came_in() {
    let (bench, _) = bench().await;
    let ask = upload(json!({"access": "PUBLIC_INDEXABLE"})).header("x-mine", "1");
    #[cfg(feature = "http")]
    {
        let answer = bench.ask_over_http(ask.clone()).await;
        let url = answer.json()["url"].as_str().unwrap().to_owned();
        assert!(url.starts_with("http://localhost/emulated-files/"), "{url}");
    }
    assert_eq!(bench.ask(ask).await.status, 201);
}

#[tokio::test]
async fn a_second_upload_is_what_its_options_say() {
    let (bench, clock) = bench().await;
    let first = bench.ask(upload(json!({"access": "PRIVATE"}))).await;
    let (id, created) = (first.id(), first.json());
    clock.advance(Duration::from_secs(1));
    let with = |strategy: &str, scope: &str| {
        upload(json!({"access": "PRIVATE", "duplicateValidationStrategy": strategy, "duplicateValidationScope": scope}))
    };
    let found = bench.ask(with("RETURN_EXISTING", "EXACT_FOLDER")).await;
    assert_eq!((found.status, found.json()), (201, created.clone()));
    let rejected = bench.ask_twice(with("REJECT", "ENTIRE_PORTAL")).await;
    let error = json!({
        "status": "error",
        "message": format!("File already exists. Existing ID: {id}"),
        "category": "CONFLICT",
    });
    assert_eq!((rejected.status, rejected.error()), (409, error));
    assert_ne!(bench.ask(with("NONE", "ENTIRE_PORTAL")).await.id(), id);
    // Another folder is another place, unless the whole portal is looked through.
    let elsewhere = |scope: &str| {
        let strategy = "RETURN_EXISTING";
        let options =
            json!({"access": "PRIVATE", "duplicateValidationStrategy": strategy, "duplicateValidationScope": scope});
        let options = options.to_string();
        let fields = [
            ("fileName", "a lamp.png"),
            ("folderPath", "elsewhere/"),
            ("options", &*options),
        ];
        form(BASES[0], &fields, Some((Some("x"), b"\x89PNG\r\n--")))
    };
    assert_eq!(bench.ask(elsewhere("ENTIRE_PORTAL")).await.id(), id);
    assert_ne!(bench.ask(elsewhere("EXACT_FOLDER")).await.id(), id);
    let replaced = bench
        .ask(upload(json!({"access": "PUBLIC_INDEXABLE", "overwrite": true})))
        .await
        .json();
    assert_eq!((&replaced["id"], &replaced["createdAt"]), (&json!(id), &created["createdAt"]));
    assert_eq!(
        (&replaced["access"], &replaced["updatedAt"]),
        (&json!("PUBLIC_INDEXABLE"), &json!("2023-11-14T22:13:21.000Z"))
    );
}

#[tokio::test]
async fn an_upload_that_cannot_be_is_turned_down() {
    let (bench, _) = bench().await;
    let private = r#"{"access": "PRIVATE"}"#;
    let file = Some((Some("a"), &b"a"[..]));
    let folder = ("folderPath", "/bridge");
    for (fields, file, message) in [
        (
            vec![("fileName", "a"), folder, ("options", private)],
            Some((None, &b"a"[..])),
            "Could not determine name from file",
        ),
        (vec![("fileName", ""), folder, ("options", private)], file, "Could not determine name from file"),
        (vec![("fileName", "a"), folder, ("options", private)], None, "there is no file"),
        (vec![("fileName", "a"), folder], file, "options: missing"),
        (vec![("fileName", "a"), ("options", private)], file, "folderPath: say either this or folderId"),
        (vec![("fileName", "a"), folder, ("options", "{}")], file, "Some required fields were not set: [access]"),
        (
            vec![("fileName", "a"), folder, ("options", r#"{"access": "SECRET"}"#)],
            file,
            "Cannot deserialize value of type `FileAccess` from String \"SECRET\"",
        ),
    ] {
        let answer = bench.ask_twice(form(BASES[0], &fields, file)).await;
        let told = answer.error()["message"].as_str().unwrap().to_owned();
        assert!(answer.status == 400 && told.contains(message), "{told}");
    }
    let json = Ask::new(Method::POST, BASES[0]).json(json!({}));
    assert_eq!(bench.ask_twice(json).await.status, 415);
    let forbidden = bench
        .ask_twice(upload(json!({"access": "PRIVATE"})).token("reader"))
        .await;
    let scopes = json!({"requiredScopes": ["files", "files.ui_hidden.write", "files.write"]});
    assert_eq!((forbidden.status, forbidden.error()["errors"][0]["context"].clone()), (403, scopes));
    assert_eq!(
        bench
            .ask_twice(upload(json!({"access": "PRIVATE"})).anonymous())
            .await
            .status,
        401
    );
    let file = bench.ask(upload(json!({"access": "PRIVATE"}))).await.id();
    for (id, token) in [("1", "reader"), (&*file, "elsewhere")] {
        let answer = bench.ask_twice(signed(id).token(token)).await;
        let error = json!({
            "status": "error",
            "message": format!("File {id} not found"),
            "category": "OBJECT_NOT_FOUND",
            "context": {"fileId": [id]},
        });
        assert_eq!((answer.status, answer.error()), (404, error));
    }
    let answer = bench
        .ask_twice(Ask::get(format!("{}/{file}/signed-url?expirationSeconds=long", BASES[0])))
        .await;
    assert_eq!(answer.error()["message"], "Unable to parse value for query parameter: expirationSeconds");
}

#[tokio::test]
async fn a_published_file_has_its_name_and_address() {
    let (bench, _) = bench().await;
    let file = bench.ask(upload(json!({"access": "PRIVATE"}))).await.json();
    let attachments = json!([
        {"type": "FILE", "fileId": file["id"], "fileUsageType": "IMAGE", "name": "ignored"},
        {"type": "FILE", "fileId": "7"},
    ]);
    let body = hello_with(json!({"attachments": attachments}));
    let published = in_process(&bench.emulator, Ask::publish(body)).await.json();
    assert_eq!(
        published["attachments"],
        json!([
            {
                "type": "FILE",
                "fileId": file["id"],
                "fileUsageType": "IMAGE",
                "name": "a lamp.png",
                "url": file["url"],
            },
            {"type": "FILE", "fileId": "7", "fileUsageType": "OTHER"},
        ])
    );
}
