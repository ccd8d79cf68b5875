//! Files through the whole stack, over loopback: who sees the token, and what is repeated.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, SystemTime},
};

use hubchannel::{
    DownloadFile, ErrorKind, FilesClient, UploadFile,
    clock::ManualClock,
    middleware::{FileSource, RetryPolicy, Stack},
    model::{
        DuplicateValidationScope, DuplicateValidationStrategy, FileAccess, FileFolder, FileUploadOptions, NewFile,
    },
    reqwest::ReqwestTransport,
};

const TOKEN: &str = "pat-na1-0123";

/// What a server answers with, as it is on the wire; nothing to hang up.
type Answers = Vec<&'static str>;

/// The head and the body of a request.
type Asked = (String, Vec<u8>);

/// A server that remembers what it was asked, head and body, and closes every connection after its answer.
struct Server {
    base_url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                heard.lock().unwrap().push(read(&mut stream));
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Server { base_url, asked }
    }

    /// The first lines of what was asked, and whether the token came with it.
    fn asked(&self) -> Vec<(String, bool)> {
        let asked = self.asked.lock().unwrap();
        asked
            .iter()
            .map(|(head, _)| (head.lines().next().unwrap().to_owned(), head.contains(TOKEN)))
            .collect()
    }

    fn bodies(&self) -> Vec<Vec<u8>> {
        self.asked
            .lock()
            .unwrap()
            .iter()
            .map(|(_, body)| body.clone())
            .collect()
    }
}

fn read(stream: &mut TcpStream) -> Asked {
    let mut input = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        input.read_line(&mut line).unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body).unwrap();
    (head, body)
}

fn files(server: &Server) -> FilesClient {
    let stack = Stack::new(ReqwestTransport::new().unwrap())
        .access_token(TOKEN)
        .retry(RetryPolicy::new().first_wait(Duration::ZERO))
        .build();
    FilesClient::builder(stack)
        .base_url(server.base_url.parse().unwrap())
        .build()
}

const LAMP: &str = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\na lamp";

/// A redirect to an address, which lives as long as the test.
fn redirect(to: &str) -> &'static str {
    let answer = format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    Box::leak(answer.into_boxed_str())
}

#[tokio::test]
async fn the_token_goes_to_the_api_and_not_where_it_redirects_to() {
    let foreign = Server::start(vec![LAMP]);
    let api = Server::start(vec![redirect(&format!("{}/signed?s=1", foreign.base_url))]);
    let download = files(&api)
        .download_file(DownloadFile::new(format!("{}/files/v3/x", api.base_url)))
        .await
        .unwrap();
    assert_eq!(download.into_inner().read().await.unwrap(), "a lamp");
    assert_eq!(api.asked(), [("GET /files/v3/x HTTP/1.1".to_owned(), true)]);
    assert_eq!(foreign.asked(), [("GET /signed?s=1 HTTP/1.1".to_owned(), false)]);
}

#[tokio::test]
async fn the_token_goes_neither_to_another_port_nor_to_another_name_nor_to_other_paths() {
    let api = Server::start(vec![LAMP, LAMP]);
    let foreign = Server::start(vec![LAMP]);
    let by_name = api.base_url.replace("127.0.0.1", "localhost");
    for url in [
        format!("{}/files/v3/x", foreign.base_url),
        format!("{}/crm/v3/objects/contacts", api.base_url),
        format!("{by_name}/files/v3/x"),
    ] {
        let download = files(&api).download_file(DownloadFile::new(url)).await.unwrap();
        assert_eq!(download.into_inner().read().await.unwrap(), "a lamp");
    }
    assert!(foreign.asked().iter().chain(&api.asked()).all(|(_, token)| !token));
    assert_eq!((foreign.asked().len(), api.asked().len()), (1, 2));
}

#[tokio::test]
async fn an_unusual_address_is_asked_for_as_browsers_ask_for_it() {
    let foreign = Server::start(vec![
        redirect("../{lamp}.txt?name='a lamp'".replace(' ', "%20").as_str()),
        redirect("/L\u{f6}we.png?key=^`"),
        LAMP,
    ]);
    let api = Server::start(vec![]);
    let url = format!("{}/signed/x/%2e%2e/it's?signature='s'", foreign.base_url);
    let mut download = files(&api).download_file(DownloadFile::new(url)).await.unwrap();
    assert!(download.next().await.unwrap().is_ok());
    let asked: Vec<_> = foreign.asked().into_iter().map(|(line, _)| line).collect();
    assert_eq!(
        asked,
        [
            "GET /signed/it's?signature=%27s%27 HTTP/1.1",
            "GET /%7Blamp%7D.txt?name=%27a%20lamp%27 HTTP/1.1",
            "GET /L%C3%B6we.png?key=^` HTTP/1.1"
        ]
    );
}

#[tokio::test]
async fn a_token_is_not_brought_back_by_a_host_that_leads_to_the_api() {
    let api = Server::start(vec![LAMP]);
    let foreign = Server::start(vec![redirect(&format!("{}/files/v3/all", api.base_url))]);
    let url = format!("{}/x", foreign.base_url);
    let download = files(&api).download_file(DownloadFile::new(url)).await.unwrap();
    assert_eq!(download.into_inner().read().await.unwrap(), "a lamp");
    assert_eq!(foreign.asked(), [("GET /x HTTP/1.1".to_owned(), false)]);
    assert_eq!(api.asked(), [("GET /files/v3/all HTTP/1.1".to_owned(), false)]);
}

#[tokio::test]
async fn a_torn_download_is_told_as_torn_and_never_as_whole() {
    for torn in [
        "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\na lamp",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\na lamp\r\n",
    ] {
        let api = Server::start(vec![torn]);
        let url = format!("{}/files/v3/x", api.base_url);
        let mut download = files(&api).download_file(DownloadFile::new(url)).await.unwrap();
        let mut came = Vec::new();
        let error = loop {
            match download.next().await {
                Some(Ok(piece)) => came.extend_from_slice(&piece),
                Some(Err(error)) => break Some(error),
                None => break None,
            }
        };
        assert!(b"a lamp".starts_with(&came));
        assert_eq!(error.unwrap().kind(), ErrorKind::Interrupted);
        assert!(download.next().await.is_none());
    }
}

#[tokio::test]
async fn a_host_that_falls_silent_is_not_waited_for_for_ever() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let silent = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read(&mut stream);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\na la")
            .unwrap();
        // Until the other side hangs up, which it does only because it has had enough.
        stream.read(&mut [0]).unwrap_or_default()
    });
    let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
    let stack = Stack::new(ReqwestTransport::new().unwrap())
        .clock(clock.clone())
        .build();
    let files = FilesClient::builder(stack).base_url(base_url.parse().unwrap()).build();
    let download = files.download_file(DownloadFile::new(format!("{base_url}/x")));
    let mut download = download.await.unwrap().into_inner();
    assert_eq!(download.next().await.unwrap().unwrap(), "a la");
    let turn = async {
        while clock.sleepers() == 0 {
            tokio::task::yield_now().await;
        }
        clock.advance(Duration::from_secs(30));
    };
    let (end, ()) = tokio::join!(download.next(), turn);
    let error = end.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(!error.to_string().contains(&base_url), "{error}");
    drop(download);
    let heard = tokio::task::spawn_blocking(move || silent.join().unwrap());
    assert_eq!(heard.await.unwrap(), 0);
}

/// What an upload meets when the connection breaks after all of it has arrived.
async fn upload(options: FileUploadOptions, answers: Answers) -> (Result<(), hubchannel::Error>, Vec<Vec<u8>>) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, vec![b'x'; 300_000]).unwrap();
    let api = Server::start(answers);
    let new = NewFile::new("tour.mp4", FileFolder::Path("/bridge".into()), options);
    let call = UploadFile::new(new, FileSource::open(file.path()).await.unwrap());
    let result = files(&api).upload_file(call).await.map(drop);
    (result, api.bodies())
}

const CREATED: &str = "HTTP/1.1 201 Created\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";

#[tokio::test]
async fn an_upload_whose_second_attempt_would_find_the_first_is_repeated_from_its_source() {
    let options = FileUploadOptions::new(FileAccess::Private)
        .set_duplicate_validation(DuplicateValidationStrategy::ReturnExisting, DuplicateValidationScope::ExactFolder);
    let (result, bodies) = upload(options, vec!["", CREATED]).await;
    result.unwrap();
    assert_eq!(bodies.len(), 2);
    assert!(bodies[0].len() > 300_000);
    assert!(bodies[0] == bodies[1], "the same form, boundary and all");
}

#[tokio::test]
async fn an_upload_that_might_be_doubled_is_not_repeated() {
    let (result, bodies) = upload(FileUploadOptions::new(FileAccess::Private), vec![""]).await;
    let error = result.unwrap_err();
    assert!(error.outcome_unknown() && !error.is_retryable(), "{error}");
    assert!(error.to_string().ends_with("it may have been uploaded"), "{error}");
    assert_eq!(bodies.len(), 1);
}
