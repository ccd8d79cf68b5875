//! Answers that are read while they come in, and how long they may take.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::{
    pin::pin,
    sync::{Arc, Mutex},
    time::SystemTime,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use hubchannel_api::{
    Body, BodyStream, CallOptions, Download, DownloadFile, Error, ErrorKind, FilesClient, HttpTransport, Reach,
    clock::{Clock, ManualClock},
};
use hubchannel_middleware::{Stack, StackBuilder};

use self::common::{Outcome, drive, pends, seconds};

/// Answers with as many redirects as are left, then with pieces, each after so many seconds; then it falls silent, or ends.
#[derive(Clone, Debug)]
struct Host {
    clock: ManualClock,
    redirects: Arc<Mutex<Vec<u64>>>,
    pieces: Vec<u64>,
    ends: bool,
}

impl Host {
    fn new(pieces: impl Into<Vec<u64>>, ends: bool) -> Self {
        Host {
            clock: ManualClock::new(SystemTime::UNIX_EPOCH),
            redirects: Arc::default(),
            pieces: pieces.into(),
            ends,
        }
    }

    fn redirecting(self, redirects: impl Into<Vec<u64>>) -> Self {
        *self.redirects.lock().unwrap() = redirects.into();
        self
    }

    fn stack(&self) -> StackBuilder {
        Stack::new(self.clone()).clock(self.clock.clone())
    }

    fn download(&self, stack: StackBuilder, options: CallOptions) -> Result<Download, Error> {
        let files = FilesClient::new(stack.build());
        let call = DownloadFile::new("https://cdn.example.com/a1b2").with_options(options);
        drive(&self.clock, files.download_file(call)).map(|reply| reply.into_inner())
    }

    /// How many pieces came, what error came after them, and when.
    fn read(&self, stack: StackBuilder, options: CallOptions) -> (usize, Option<Error>, u64) {
        let mut download = self.download(stack, options).unwrap();
        let mut pieces = 0;
        let error = loop {
            match drive(&self.clock, download.next()) {
                Some(Ok(_)) => pieces += 1,
                Some(Err(error)) => break Some(error),
                None => break None,
            }
        };
        assert!(drive(&self.clock, download.next()).is_none(), "nothing comes after the end");
        assert_eq!(self.clock.sleepers(), 0);
        (pieces, error, self.clock.monotonic().as_secs())
    }
}

#[async_trait]
impl HttpTransport for Host {
    async fn send(&self, _: Request<Body>) -> Outcome {
        let redirect = self.redirects.lock().unwrap().pop();
        if let Some(takes) = redirect {
            self.clock.sleep(seconds(takes)).await;
            let moved = Response::builder()
                .status(302)
                .header("location", "https://cdn.example.com/b2");
            return Ok(moved.body(Body::empty()).unwrap());
        }
        let (clock, pieces, ends) = (self.clock.clone(), self.pieces.clone(), self.ends);
        let stream = BodyStream::unfold(0, move |at| {
            let (clock, wait) = (clock.clone(), pieces.get(at).copied());
            async move {
                match wait {
                    Some(wait) => clock.sleep(seconds(wait)).await,
                    None if ends => return Ok(None),
                    None => std::future::pending().await,
                }
                Ok(Some((Bytes::from_static(b"piece"), at + 1)))
            }
        });
        Ok(Response::new(Body::from_stream(None, stream)))
    }
}

#[test]
fn a_host_that_falls_silent_ends_a_download_with_an_error() {
    let host = Host::new([1, 20, 29], false);
    let (pieces, error, at) = host.read(host.stack(), CallOptions::default());
    let error = error.unwrap();
    assert_eq!((pieces, at), (3, 1 + 20 + 29 + 30));
    assert_eq!((error.kind(), error.is_retryable(), error.attempts().count), (ErrorKind::Timeout, true, 1));
    assert_eq!(error.transport_error().unwrap().reach(), Reach::Unknown);
    assert!(error.to_string().contains("no byte of it came for 30s"), "{error}");
}

#[test]
fn a_download_that_goes_on_may_take_longer_than_the_stack_s_deadline() {
    let host = Host::new([25; 40], true);
    let (pieces, error, at) = host.read(host.stack(), CallOptions::default());
    assert_eq!((pieces, error.is_none(), at), (40, true, 1000));
}

#[test]
fn how_long_a_host_may_be_silent_is_the_call_s_or_the_stack_s() {
    let host = Host::new([1, 6], true);
    let quick = CallOptions::default().with_idle_timeout(seconds(5));
    let (pieces, error, at) = host.read(host.stack(), quick.clone());
    assert_eq!((pieces, error.unwrap().kind(), at), (1, ErrorKind::Timeout, 6));

    let host = Host::new([1, 6], true);
    let (pieces, _, at) = host.read(host.stack().idle_timeout(seconds(4)), CallOptions::default());
    assert_eq!((pieces, at), (1, 5));

    let host = Host::new([1, 3000], true);
    let (pieces, error, _) = host.read(host.stack().idle_timeout(None), CallOptions::default());
    assert_eq!((pieces, error.is_none()), (2, true));

    let host = Host::new([1, 6], true);
    let alone = host.stack().attempt_timeout(None).idle_timeout(None).retry(None);
    let (pieces, _, at) = host.read(alone, quick);
    assert_eq!((pieces, at), (1, 6), "without any other time");
}

#[test]
fn a_reader_may_take_his_time() {
    let host = Host::new([1, 20], true);
    let mut download = host.download(host.stack(), CallOptions::default()).unwrap();
    host.clock.advance(seconds(3600));
    drive(&host.clock, download.next()).unwrap().unwrap();
    host.clock.advance(seconds(3600));
    // He stops in the middle of a wait. What has come when he is back is his.
    assert!(pends(pin!(download.next())));
    host.clock.advance(seconds(3600));
    drive(&host.clock, download.next()).unwrap().unwrap();
    assert!(drive(&host.clock, download.next()).is_none());
}

#[test]
fn a_deadline_of_the_call_s_own_holds_to_the_last_byte() {
    let options = CallOptions::default().with_deadline(seconds(65));
    let host = Host::new([10; 100], true);
    let (pieces, error, at) = host.read(host.stack(), options.clone());
    let error = error.unwrap();
    assert_eq!((pieces, error.kind(), at), (6, ErrorKind::Timeout, 65));
    assert!(error.to_string().contains("deadline of 65s"), "{error}");

    let host = Host::new([0; 9], true);
    let mut download = host.download(host.stack(), options).unwrap();
    drive(&host.clock, download.next()).unwrap().unwrap();
    host.clock.advance(seconds(65));
    let error = drive(&host.clock, download.next()).unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "whatever is there");
}

#[test]
fn redirects_and_body_share_one_deadline() {
    let options = CallOptions::default().with_deadline(seconds(65));
    let host = Host::new([10; 100], true).redirecting([15, 20]);
    let (pieces, error, at) = host.read(host.stack(), options.clone());
    assert_eq!((pieces, error.unwrap().kind(), at), (2, ErrorKind::Timeout, 65));

    let host = Host::new([], true).redirecting([29; 3]);
    let error = host.download(host.stack(), options).unwrap_err();
    assert_eq!((error.kind(), host.clock.monotonic()), (ErrorKind::Timeout, seconds(65)));

    let host = Host::new([], true).redirecting([29; 4]);
    host.download(host.stack(), CallOptions::default()).unwrap();
    assert_eq!(host.clock.monotonic(), seconds(4 * 29), "the stack's own is for each head");
}
