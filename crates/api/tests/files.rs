//! Uploads and signed addresses, held against text written by hand, and where a download takes the token.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use common::{Wire, now};
use http::{Request, Response};
use hubchannel_api::{
    ApiVersion, Body, BodySource, BodyStream, Call, Credential, Download, DownloadFile, Error, ErrorKind, Files,
    FilesClient, GetSignedUrl, HttpTransport, KeySource, Operation, Reach, StreamResponse, TransportError,
    TransportErrorKind, UploadFile,
    model::{
        DuplicateValidationScope, DuplicateValidationStrategy, FileAccess, FileFolder, FileUploadOptions, ImageSize,
        NewFile,
    },
};

#[derive(Debug)]
struct Keys;

impl KeySource for Keys {
    fn next_key(&self) -> String {
        "0/1".to_owned()
    }
}

fn client(wire: &Wire) -> FilesClient {
    FilesClient::builder(wire.clone()).key_source(Keys).build()
}

fn lamp() -> NewFile {
    NewFile::new("lamp.png", FileFolder::Path("/bridge".into()), FileUploadOptions::new(FileAccess::Private))
}

fn text(body: &Body) -> String {
    String::from_utf8(now(body.read(1 << 20)).unwrap().to_vec()).unwrap()
}

const FORM: &str = "--hubchannel-0-1\r\n\
    Content-Disposition: form-data; name=\"fileName\"\r\n\
    \r\n\
    lamp.png\r\n\
    --hubchannel-0-1\r\n\
    Content-Disposition: form-data; name=\"folderPath\"\r\n\
    \r\n\
    /bridge\r\n\
    --hubchannel-0-1\r\n\
    Content-Disposition: form-data; name=\"options\"\r\n\
    \r\n\
    {\"access\":\"PRIVATE\"}\r\n\
    --hubchannel-0-1\r\n\
    Content-Disposition: form-data; name=\"file\"; filename=\"lamp.png\"\r\n\
    Content-Type: image/png\r\n\
    \r\n\
    a lamp\r\n\
    --hubchannel-0-1--\r\n";

#[test]
fn an_upload_is_the_form_that_hubspot_documents() {
    let paths = [
        (ApiVersion::V3, "/files/v3/files"),
        (ApiVersion::V2026_03, "/files/2026-03/files"),
    ];
    for (version, path) in paths {
        let wire = Wire::answering(201, &[], r#"{"id":"122692044085","name":"lamp"}"#);
        let client = FilesClient::builder(wire.clone())
            .api_version(version)
            .key_source(Keys)
            .build();
        let file = now(client.upload_file(UploadFile::new(lamp(), "a lamp").set_media_type("image/png"))).unwrap();
        assert_eq!(file.id, "122692044085".into());
        let sent = wire.only();
        assert_eq!((sent.method().as_str(), sent.uri().path()), ("POST", path));
        assert_eq!(sent.headers()["content-type"], "multipart/form-data; boundary=hubchannel-0-1");
        assert_eq!(sent.body().len(), Some(FORM.len() as u64));
        // It may be sent more than once.
        assert_eq!(text(sent.body()), FORM);
        assert_eq!(text(sent.body()), FORM);
    }
}

#[test]
fn each_upload_has_a_boundary_of_its_own() {
    let wire = Wire::answering(201, &[], "{}");
    let client = FilesClient::new(wire.clone());
    for _ in 0..2 {
        now(client.upload_file(UploadFile::new(lamp(), "a lamp"))).unwrap();
    }
    let sent = wire.sent();
    assert_ne!(sent[0].headers()["content-type"], sent[1].headers()["content-type"]);
}

#[test]
fn a_file_name_from_outside_ends_neither_its_line_nor_itself() {
    let wire = Wire::answering(201, &[], "{}");
    let mut file = lamp();
    file.file_name = "a\"; name=\"options\"\r\n\r\nb".to_owned();
    now(client(&wire).upload_file(UploadFile::new(file, "a lamp"))).unwrap();
    let form = text(wire.only().body());
    assert!(form.contains("name=\"file\"; filename=\"a%22; name=%22options%22%0D%0A%0D%0Ab\"\r\n"), "{form}");
}

/// With a boundary that somebody could know, and a folder that he names.
#[test]
fn a_field_that_holds_the_boundary_is_not_sent() {
    let folder = "/x\r\n--hubchannel-0-1\r\nContent-Disposition: form-data; name=\"options\"\r\n\r\n{}";
    let mut file = lamp();
    file.folder = FileFolder::Path(folder.to_owned());
    let wire = Wire::ok();
    let error = now(client(&wire).upload_file(UploadFile::new(file, "x"))).unwrap_err();
    assert!(error.is_invalid(), "{error}");
    let mut file = lamp();
    file.charset_hunch = Some("hubchannel-0-1".to_owned());
    assert!(now(client(&wire).upload_file(UploadFile::new(file, "x"))).is_err());
    assert!(wire.sent().is_empty());
}

#[test]
fn the_error_of_an_upload_says_whether_it_may_be_repeated() {
    let lost = || Err(TransportError::new(TransportErrorKind::Interrupted, Reach::Unknown, "the connection broke"));
    for overwrite in [false, true] {
        let mut file = lamp();
        file.options = file.options.set_overwrite(overwrite);
        let error = now(client(&Wire::new(lost)).upload_file(UploadFile::new(file, "a lamp"))).unwrap_err();
        assert!(error.outcome_unknown());
        assert_eq!(error.is_retryable(), overwrite);
    }
}

#[test]
fn an_upload_is_repeated_only_where_the_second_finds_the_first() {
    let options = FileUploadOptions::new(FileAccess::Private);
    let duplicates = |strategy| {
        let scope = DuplicateValidationScope::ExactFolder;
        options.clone().set_duplicate_validation(strategy, scope)
    };
    for (options, repeats) in [
        (options.clone(), false),
        (options.clone().set_overwrite(false), false),
        (options.clone().set_overwrite(true), true),
        (duplicates(DuplicateValidationStrategy::None), false),
        (duplicates(DuplicateValidationStrategy::Reject), false),
        (duplicates(DuplicateValidationStrategy::ReturnExisting), true),
    ] {
        let wire = Wire::answering(201, &[], "{}");
        let mut file = lamp();
        file.options = options.clone();
        now(client(&wire).upload_file(UploadFile::new(file, "a lamp"))).unwrap();
        let sent = wire.only();
        assert_eq!(sent.extensions().get::<Call>().unwrap().may_repeat(), repeats, "{options:?}");
    }
}

#[test]
fn what_cannot_be_uploaded_is_not_sent() {
    let once = || Body::from_stream(None, BodyStream::once(Bytes::from_static(b"x")));
    let mut nameless = lamp();
    nameless.file_name.clear();
    let mut open = lamp();
    open.options = FileUploadOptions::default();
    let wire = Wire::ok();
    for call in [
        UploadFile::new(nameless, "x"),
        UploadFile::new(open, "x"),
        UploadFile::new(lamp(), once()),
        UploadFile::new(lamp(), "x").set_media_type("image/png\r\nx: y"),
        UploadFile::new(lamp(), "x").set_media_type(""),
        UploadFile::new(lamp(), "x").set_media_type("png"),
        UploadFile::new(lamp(), "x").with_boundary("a b"),
        UploadFile::new(lamp(), "x").with_boundary(""),
    ] {
        let error = now(client(&wire).upload_file(call)).unwrap_err();
        assert!(error.is_invalid() && !error.outcome_unknown(), "{error}");
    }
    assert!(wire.sent().is_empty());
}

#[test]
fn a_content_that_cannot_be_read_is_told_as_such() {
    struct Gone;

    impl BodySource for Gone {
        fn length(&self) -> u64 {
            7
        }

        fn open(&self) -> BodyStream {
            BodyStream::failed(TransportError::new(TransportErrorKind::Source, Reach::NotSent, "no such file"))
        }
    }

    #[derive(Debug)]
    struct Reading;

    #[async_trait]
    impl HttpTransport for Reading {
        async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
            request.into_body().read(1 << 20).await.map(|_| Response::default())
        }
    }

    let call = UploadFile::new(lamp(), Body::from_source(Gone));
    let error = now(FilesClient::new(Reading).upload_file(call)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Source);
    assert!(!error.is_retryable() && !error.outcome_unknown());
    assert_eq!(error.to_string(), "upload_file: no such file; nothing was uploaded");
}

#[test]
fn a_signed_address_is_asked_for_and_not_shown() {
    let answer = r#"{"url":"https://cdn.example.com/x?s=SECRET","expiresAt":"2026-05-27T12:15:00Z"}"#;
    let wire = Wire::answering(200, &[], answer);
    let mut call = GetSignedUrl::new("122692044085").set_expiration_seconds(60);
    call.query = call.query.set_size(ImageSize::Preview).set_upscale(false);
    let reply = now(client(&wire).get_signed_url(call)).unwrap();
    assert_eq!(wire.only().uri().path(), "/files/v3/files/122692044085/signed-url");
    assert_eq!(wire.only().uri().query(), Some("expirationSeconds=60&size=preview&upscale=false"));
    assert_eq!(reply.url.as_ref().unwrap().expose(), "https://cdn.example.com/x?s=SECRET");
    assert!(!format!("{reply:?}").contains("SECRET"));
}

#[test]
fn a_token_with_any_scope_that_hubspot_describes_may_read_and_write_files() {
    assert_eq!(UploadFile::INFO.scopes, ["files", "files.ui_hidden.write", "files.write"]);
    assert_eq!(GetSignedUrl::INFO.scopes, ["files", "files.read", "files.ui_hidden.read"]);
}

#[test]
fn a_files_id_is_digits() {
    let wire = Wire::ok();
    let error = now(client(&wire).get_signed_url(GetSignedUrl::new("12/x"))).unwrap_err();
    assert_eq!(error.to_string(), "get_signed_url: fileId must be digits, such as 2930388");
    assert!(wire.sent().is_empty());
}

/// Where a request went, and whether a layer is to add the token.
type Hop = (String, Credential);

/// Answers by address: with a redirect, or with a file.
#[derive(Clone, Debug)]
struct Web {
    redirects: &'static [(&'static str, &'static str)],
    hops: Arc<Mutex<Vec<Hop>>>,
}

impl Web {
    fn new(redirects: &'static [(&'static str, &'static str)]) -> Self {
        Web {
            redirects,
            hops: Arc::default(),
        }
    }

    fn download(&self, call: DownloadFile) -> Result<Download, Error> {
        now(FilesClient::new(self.clone()).download_file(call)).map(|reply| reply.into_inner())
    }

    fn hops(&self) -> Vec<(String, bool)> {
        let hops = self.hops.lock().unwrap();
        hops.iter()
            .map(|(address, credential)| (address.clone(), *credential == Credential::PortalToken))
            .collect()
    }
}

#[async_trait]
impl HttpTransport for Web {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let address = request.uri().to_string();
        let call = request.extensions().get::<Call>().unwrap();
        assert!(!request.headers().contains_key("authorization"));
        assert!(request.extensions().get::<StreamResponse>().is_some());
        assert!(call.foreign || request.uri().host() == Some("api.hubapi.com"));
        assert!(!call.foreign || call.operation.credential == Credential::None);
        self.hops
            .lock()
            .unwrap()
            .push((address.clone(), call.operation.credential));
        Ok(match self.redirects.iter().find(|(from, _)| *from == address) {
            Some((_, to)) => {
                let response = Response::builder().status(302).header("location", *to);
                response.body(Body::empty()).unwrap()
            }
            None => Response::new(Body::from("a lamp")),
        })
    }
}

fn went(to: &[(&str, bool)]) -> Vec<(String, bool)> {
    to.iter()
        .map(|(address, token)| ((*address).to_owned(), *token))
        .collect()
}

#[test]
fn only_files_of_the_apis_host_are_asked_for_with_the_token() {
    for (address, token) in [
        ("https://api.hubapi.com/files/v3/x", true),
        ("https://api.hubapi.com/crm/v3/objects/contacts", false),
        ("https://api.hubapi.com:8443/files/v3/x", false),
        ("https://cdn.example.com/files/v3/x", false),
    ] {
        let web = Web::new(&[]);
        assert_eq!(now(web.download(DownloadFile::new(address)).unwrap().read()).unwrap(), "a lamp");
        assert_eq!(web.hops(), went(&[(address, token)]));
    }
}

#[test]
fn a_redirect_takes_no_token_along_and_brings_none_back() {
    let web = Web::new(&[
        ("https://api.hubapi.com/files/a", "https://cdn.example.com/b"),
        ("https://cdn.example.com/b", "/c"),
        ("https://cdn.example.com/c", "https://api.hubapi.com/files/d"),
    ]);
    web.download(DownloadFile::new("https://api.hubapi.com/files/a"))
        .unwrap();
    assert_eq!(
        web.hops(),
        went(&[
            ("https://api.hubapi.com/files/a", true),
            ("https://cdn.example.com/b", false),
            ("https://cdn.example.com/c", false),
            ("https://api.hubapi.com/files/d", false),
        ])
    );
}

#[test]
fn a_redirect_to_what_is_not_allowed_is_not_followed() {
    let web = Web::new(&[
        ("https://a.example.com/plain", "http://b.example.com/x"),
        ("https://a.example.com/inside", "https://169.254.169.254/latest/meta-data"),
        ("https://a.example.com/here", "https://localhost/x"),
        ("https://a.example.com/other", "file:///etc/passwd"),
        ("https://a.example.com/none", "https://"),
    ]);
    for (from, _) in web.redirects {
        let error = web.download(DownloadFile::new(*from)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{from}: {error}");
        assert_eq!(error.attempts().count, 1, "the first answer came: {error}");
        assert!(!error.is_retryable());
    }
    assert_eq!(web.hops().len(), web.redirects.len(), "nothing went further");
}

#[test]
fn redirects_are_followed_for_a_while_only() {
    let web = Web::new(&[("https://a.example.com/x", "https://a.example.com/x")]);
    let call = DownloadFile::new("https://a.example.com/x").set_max_redirects(3);
    assert_eq!(web.download(call).unwrap_err().to_string(), "download_file: more than 3 redirects");
    assert_eq!(web.hops().len(), 4);
}

#[test]
fn an_address_that_is_not_allowed_is_not_asked() {
    let web = Web::new(&[]);
    for address in [
        "",
        "/files/x",
        "http://cdn.example.com/x",
        "https://127.0.0.1/x",
        "https://10.0.0.1/SECRET",
        "https://user:SECRET@cdn.example.com/x",
        "SECRET",
    ] {
        let error = web.download(DownloadFile::new(address)).unwrap_err();
        assert!(error.is_invalid(), "{error}");
        assert!(!format!("{error} {error:?}").contains("SECRET"));
    }
    assert!(web.hops().is_empty());
}

fn downloading(answer: impl Fn() -> Response<Body> + Send + Sync + 'static, max: u64) -> Result<Bytes, Error> {
    let wire = Wire::new(move || Ok(answer()));
    let call = DownloadFile::new("https://cdn.example.com/x?s=SECRET").set_max_bytes(max);
    now(async {
        let reply = FilesClient::new(wire).download_file(call).await?;
        reply.into_inner().read().await
    })
}

#[test]
fn a_file_beyond_the_limit_fails_as_soon_as_that_is_known() {
    assert_eq!(downloading(|| Response::new("a lamp".into()), 6).unwrap(), "a lamp");
    let announced = downloading(|| Response::new("a lamp".into()), 5).unwrap_err();
    let growing = || {
        let stream = BodyStream::unfold((), |()| async { Ok(Some((Bytes::from_static(b"xx"), ()))) });
        Response::new(Body::from_stream(None, stream))
    };
    let unannounced = downloading(growing, 5).unwrap_err();
    for error in [announced, unannounced] {
        assert_eq!(error.kind(), ErrorKind::ResponseTooLarge);
        assert_eq!(error.to_string(), "download_file: the file is larger than the limit of 5 bytes");
    }
}

#[test]
fn a_file_that_breaks_off_is_not_taken_for_whole() {
    let torn = || Response::new(Body::from_stream(Some(7), BodyStream::once(Bytes::from_static(b"a lamp"))));
    let error = downloading(torn, 1_000).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert!(error.is_retryable());
}

#[test]
fn an_answer_that_is_no_file_is_told_without_the_address() {
    let refused = || {
        let body = "cannot sign https://cdn.example.com/x?s=SECRET";
        Response::builder()
            .status(403)
            .body(format!("{{\"message\":\"{body}\"}}").into())
            .unwrap()
    };
    let error = downloading(refused, 1_000).unwrap_err();
    assert!(error.is_auth());
    assert_eq!(error.to_string(), "download_file: the server answered 403 Forbidden: cannot sign …");
}

#[test]
fn what_is_not_the_whole_file_is_not_taken_for_it() {
    for status in [201, 202, 204, 205, 206, 299] {
        let answer = move || {
            let stream = BodyStream::once(Bytes::from_static(b"a la"));
            let response = Response::builder().status(status);
            response.body(Body::from_stream(None, stream)).unwrap()
        };
        let error = downloading(answer, 1_000).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected);
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert_eq!(error.body().unwrap(), "a la");
    }
}

#[test]
fn the_body_of_an_error_is_kept_however_long_it_is() {
    let page = "x".repeat(300_000);
    let answer = {
        let page = page.clone();
        move || Response::builder().status(502).body(page.clone().into()).unwrap()
    };
    assert_eq!(downloading(answer, 1_000).unwrap_err().body().unwrap(), &page);
}

#[test]
fn no_part_of_an_address_that_a_redirect_leads_to_is_told() {
    let messages = [
        "bad https://cdn.example.com/signed/x?e=1&s=SECR%2BET",
        "bad /signed/x?e=1&s=SECR%2BET",
        "bad e=1&s=SECR%2BET",
        "bad SECR%2BET",
        "bad SECR+ET",
    ];
    for message in messages {
        let answers = Arc::new(Mutex::new(vec![
            Response::builder()
                .status(403)
                .body(format!(r#"{{"message":"{message}"}}"#).into())
                .unwrap(),
            Response::builder()
                .status(302)
                .header("location", "https://cdn.example.com/signed/x?e=1&s=SECR%2BET")
                .body(Body::empty())
                .unwrap(),
        ]));
        let wire = Wire::new(move || Ok(answers.lock().unwrap().pop().unwrap()));
        let call = DownloadFile::new("https://api.hubapi.com/files/a");
        let error = now(FilesClient::new(wire).download_file(call)).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("bad …") && !shown.contains("SECR"), "{shown}");
    }
}

#[test]
fn the_error_of_a_file_that_breaks_off_does_not_tell_its_address() {
    let broken = || {
        let message = "lost https://cdn.example.com/x?s=SECRET";
        let error = TransportError::new(TransportErrorKind::Interrupted, Reach::Unknown, message);
        Response::new(Body::from_stream(None, BodyStream::failed(error)))
    };
    let error = downloading(broken, 1_000).unwrap_err();
    assert_eq!(error.to_string(), "download_file: lost …");
    assert!(!format!("{error:?}").contains("SECRET"));
}

#[test]
fn a_double_names_only_what_it_needs() {
    #[derive(Debug)]
    struct Nothing;

    impl Files for Nothing {}

    let files = FilesClient::from_api(Nothing);
    let errors = [
        now(files.upload_file(UploadFile::new(lamp(), "x"))).unwrap_err(),
        now(files.get_signed_url(GetSignedUrl::new("1"))).unwrap_err(),
        now(files.download_file(DownloadFile::new("https://cdn.example.com/x"))).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
}

#[cfg(feature = "server")]
mod server {
    use http::Request;
    use hubchannel_api::server::{AnyCall, ReadError, route};

    use super::*;

    fn read(media_type: &str, body: impl Into<Body>) -> Result<UploadFile, ReadError> {
        let request = Request::post("https://api.hubapi.com/files/v3/files").header("content-type", media_type);
        let request = request.body(body.into()).unwrap();
        match route(&request).unwrap().read(&request)? {
            AnyCall::UploadFile(call) => Ok(*call),
            other => panic!("{other:?} is no upload"),
        }
    }

    #[test]
    fn an_upload_is_read_as_the_call_that_was_written() {
        let call = read("multipart/form-data; boundary=hubchannel-0-1", FORM).unwrap();
        assert_eq!(call.file, lamp());
        assert_eq!(call.media_type.as_deref(), Some("image/png"));
        assert_eq!(text(&call.content), "a lamp");
        let wire = Wire::answering(201, &[], "{}");
        now(client(&wire).upload_file(call)).unwrap();
        assert_eq!(text(wire.only().body()), FORM);
    }

    #[test]
    fn content_of_any_bytes_is_read_back() {
        let content: Vec<u8> = (0..=255).chain(*b"\r\n--hubchannel-\r\n--\r\n\r\n").collect();
        let wire = Wire::answering(201, &[], "{}");
        now(client(&wire).upload_file(UploadFile::new(lamp(), content.clone()))).unwrap();
        let sent = wire.only();
        let whole = now(sent.body().read(1 << 20)).unwrap();
        let call = read(sent.headers()["content-type"].to_str().unwrap(), whole).unwrap();
        assert_eq!(call.content.as_bytes().unwrap(), content.as_slice());
    }

    #[test]
    fn what_is_no_such_form_is_not_read() {
        let form = "multipart/form-data; boundary=hubchannel-0-1";
        assert_eq!(read("application/json", FORM).unwrap_err(), ReadError::MediaType);
        assert_eq!(read("multipart/form-data", FORM).unwrap_err(), ReadError::MediaType);
        for end in 0..FORM.len() - 4 {
            assert!(read(form, FORM[..end].to_owned()).is_err(), "{end}");
        }
        for (from, to) in [
            ("\"fileName\"", "\"other\""),
            ("\"folderPath\"", "\"other\""),
            ("\"options\"", "\"other\""),
            ("name=\"file\"", "name=\"other\""),
            ("; filename=\"lamp.png\"", ""),
            ("{\"access\"", "{"),
        ] {
            assert!(read(form, FORM.replace(from, to)).is_err(), "{to}");
        }
    }
}
