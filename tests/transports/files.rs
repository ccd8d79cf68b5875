//! Files from disk as bodies.

use std::{
    fs,
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use http::{Request, Response};
use hubchannel::{
    Body, BodySource, BodyStream, HttpTransport, Reach, TransportError, TransportErrorKind, hyper::HyperTransport,
    middleware::FileSource, reqwest::ReqwestTransport,
};
use tempfile::{NamedTempFile, TempPath};

use crate::{
    streams::{LARGE, counting, put},
    transport::{Loopback, at_once},
};

async fn send(request: Request<Body>) -> Result<Response<Body>, TransportError> {
    ReqwestTransport::new().unwrap().send(request).await
}

/// A file that is gone when the test is over.
fn scratch(content: &[u8]) -> TempPath {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    file.into_temp_path()
}

async fn large_file<T: Loopback>() {
    let file = scratch(b"");
    fs::File::options()
        .write(true)
        .open(&file)
        .unwrap()
        .set_len(LARGE)
        .unwrap();
    let source = FileSource::open(&file).await.unwrap();
    let received = Arc::new(AtomicU64::new(0));
    let (base_url, served) = counting(LARGE, Arc::clone(&received));
    T::limited(1_000).send(put(&base_url, source)).await.unwrap();
    served.join().unwrap();
    assert_eq!(received.load(Ordering::SeqCst), LARGE);
}

#[tokio::test]
async fn a_large_file_goes_over_the_wire_from_disk() {
    large_file::<ReqwestTransport>().await;
    large_file::<HyperTransport>().await;
}

#[tokio::test]
async fn a_file_is_the_same_each_time_it_is_read() {
    let content: Vec<u8> = (0..=250).cycle().take(200_000).collect();
    let file = scratch(&content);
    let body = Body::from(FileSource::open(&file).await.unwrap());
    for _ in 0..2 {
        assert_eq!(body.read(1 << 20).await.unwrap(), content);
    }
}

#[tokio::test]
async fn a_file_that_has_changed_its_length_is_not_sent() {
    let file = scratch(b"before");
    let source = FileSource::open(&file).await.unwrap();
    fs::write(&file, b"and after").unwrap();
    // Nobody listens there, and nobody is asked.
    let error = send(put("http://127.0.0.1:1", source)).await.unwrap_err();
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Source, Reach::NotSent));
    assert_eq!(error.to_string(), "the file to send: it had 6 bytes, and has changed meanwhile: it has 9 now");
}

/// Sets when a file was last written to.
fn written_at(path: &std::path::Path, seconds: u64) {
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .unwrap();
}

#[tokio::test]
async fn a_file_that_was_written_to_is_not_sent_although_it_has_the_same_length() {
    let file = scratch(b"before");
    written_at(&file, 1_000);
    let source = FileSource::open(&file).await.unwrap();
    fs::write(&file, b"after!").unwrap();
    written_at(&file, 2_000);
    let error = send(put("http://127.0.0.1:1", source)).await.unwrap_err();
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Source, Reach::NotSent));
    assert_eq!(error.to_string(), "the file to send: it has changed meanwhile");
}

#[tokio::test]
async fn a_file_that_is_written_to_while_it_is_read_ends_with_an_error() {
    let file = scratch(&[0; 200_000]);
    written_at(&file, 1_000);
    let body = Body::from(FileSource::open(&file).await.unwrap());
    let mut stream = body.open();
    let mut came = stream.next().await.unwrap().unwrap().len();
    written_at(&file, 2_000);
    let error = loop {
        match stream.next().await.unwrap() {
            Ok(piece) => came += piece.len(),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), TransportErrorKind::Source);
    assert!(came < 200_000, "the last piece is kept back until it is known");
    assert!(stream.next().await.is_none());
}

/// A file that gets another length as soon as its first piece was read: long before the last of it can have been, for the
/// connection does not hold so much.
struct Changing(FileSource, Arc<fs::File>, u64);

impl BodySource for Changing {
    fn length(&self) -> u64 {
        self.0.length()
    }

    fn open(&self) -> BodyStream {
        let state = (BodySource::open(&self.0), Arc::clone(&self.1), self.2);
        BodyStream::unfold(state, |(mut stream, disk, length)| async move {
            let piece = stream.next().await.transpose()?;
            disk.set_len(length).unwrap();
            Ok(piece.map(|piece| (piece, (stream, disk, length))))
        })
    }
}

async fn changing_file<T: Loopback>() {
    for length in [LARGE / 4, LARGE * 2] {
        let file = scratch(b"");
        let disk = fs::File::options().write(true).open(&file).unwrap();
        disk.set_len(LARGE).unwrap();
        let source = FileSource::open(&file).await.unwrap();
        let received = Arc::new(AtomicU64::new(0));
        let (base_url, served) = counting(LARGE, Arc::clone(&received));
        let changing = Changing(source, Arc::new(disk), length);
        let request = put(&base_url, Body::from_source(changing));
        let error = T::limited(1_000).send(request).await.unwrap_err();
        served.join().unwrap();
        assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Source, Reach::Unknown));
        assert!(error.to_string().contains("has changed meanwhile"), "{error}");
        assert!(received.load(Ordering::SeqCst) < LARGE);
    }
}

#[tokio::test]
async fn a_file_that_changes_its_length_while_it_is_sent_leaves_no_request_that_looks_whole() {
    changing_file::<ReqwestTransport>().await;
    changing_file::<HyperTransport>().await;
}

#[tokio::test]
async fn what_is_no_file_is_no_source() {
    assert!(FileSource::open("/nowhere/at/all").await.is_err());
    assert!(FileSource::open(std::env::temp_dir()).await.is_err());
    let gone = scratch(b"content");
    let source = FileSource::open(&gone).await.unwrap();
    drop(gone);
    let error = send(put("http://127.0.0.1:1", source)).await.unwrap_err();
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Source, Reach::NotSent));
}

#[test]
fn outside_a_runtime_a_file_is_an_error() {
    let file = scratch(b"content");
    let error = at_once(FileSource::open(&file)).unwrap_err();
    assert!(error.to_string().contains("outside of a Tokio runtime"), "{error}");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let source = runtime.block_on(FileSource::open(&file)).unwrap();
    // Such as over the emulator in process, which needs no runtime.
    let error = at_once(BodySource::open(&source).next()).unwrap().unwrap_err();
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Source, Reach::NotSent));
    assert!(error.to_string().contains("outside of a Tokio runtime"), "{error}");
}
