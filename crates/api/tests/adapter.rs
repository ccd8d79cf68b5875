//! Bodies between a transport and an HTTP client.

#![cfg(feature = "http-body")]
#![allow(clippy::panic, clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::{
    collections::VecDeque,
    io,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as _, Frame, SizeHint};
use hubchannel_api::{
    Body, BodySource, BodyStream, Reach, TransportError, TransportErrorKind,
    adapter::{Failure, Outgoing, incoming, read},
    innermost,
};

/// What a future comes to that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits for something"),
    }
}

/// What a client has received, and whether it tells the length.
struct Came {
    frames: VecDeque<Result<Frame<Bytes>, io::Error>>,
    announced: Option<u64>,
}

impl Came {
    fn pieces(pieces: &[&'static str]) -> Self {
        Came {
            frames: pieces
                .iter()
                .map(|piece| Ok(Frame::data(Bytes::from_static(piece.as_bytes()))))
                .collect(),
            announced: None,
        }
    }

    fn and(mut self, frame: Result<Frame<Bytes>, io::Error>) -> Self {
        self.frames.push_back(frame);
        self
    }
}

impl http_body::Body for Came {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(self.frames.pop_front())
    }

    fn size_hint(&self) -> SizeHint {
        self.announced.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

fn broke(error: io::Error) -> TransportError {
    TransportError::caused(TransportErrorKind::Interrupted, Reach::Unknown, "the connection broke", error)
}

/// A body of a length that nobody knows, which ends with an error.
fn dries_up(pieces: u32) -> Body {
    let stream = BodyStream::unfold(0, move |sent| async move {
        if sent < pieces {
            return Ok(Some((Bytes::from_static(b"piece"), sent + 1)));
        }
        Err(TransportError::new(TransportErrorKind::Source, Reach::NotSent, "the source dried up"))
    });
    Body::from_stream(None, stream)
}

fn next(outgoing: &mut Outgoing) -> Option<Result<Bytes, io::Error>> {
    match Pin::new(outgoing).poll_frame(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(frame) => frame.map(|frame| frame.map(|frame| frame.into_data().unwrap())),
        Poll::Pending => panic!("it waits for something"),
    }
}

#[test]
fn an_answer_in_one_piece_is_not_copied() {
    let whole = Bytes::from(vec![7; 1000]);
    let read = now(read(Outgoing::from(whole.clone()), 1000, broke)).unwrap();
    assert_eq!((read.as_ptr(), read.len()), (whole.as_ptr(), 1000));
    let empty = Came::pieces(&[""]).and(Ok(Frame::data(whole.clone())));
    let read = now(hubchannel_api::adapter::read(empty, 1000, broke)).unwrap();
    assert_eq!((read.as_ptr(), read.len()), (whole.as_ptr(), 1000));
}

#[test]
fn an_answer_in_pieces_is_put_together_without_its_trailers() {
    for announced in [None, Some(9)] {
        let came = Came {
            announced,
            ..Came::pieces(&["one", "two", "", "six"])
        };
        let came = came.and(Ok(Frame::trailers(HeaderMap::new())));
        assert_eq!(now(read(came, 18, broke)).unwrap(), "onetwosix");
    }
    assert_eq!(now(read(Came::pieces(&[]), 0, broke)).unwrap(), "");
}

#[test]
fn an_answer_beyond_the_limit_is_an_error_as_soon_as_it_is_known() {
    let announced = Came {
        announced: Some(10),
        ..Came::pieces(&[])
    };
    let more = Came::pieces(&["four", "more", "."]).and(Err(io::Error::other("never asked for")));
    for came in [announced, more] {
        let error = now(read(came, 8, broke)).unwrap_err();
        assert_eq!((error.kind(), error.reach()), (TransportErrorKind::ResponseTooLarge, Reach::Unknown));
        assert_eq!(error.to_string(), "the response is larger than the limit of 8 bytes");
    }
    assert_eq!(now(read(Came::pieces(&["four", "more"]), 8, broke)).unwrap(), "fourmore");
}

#[test]
fn an_answer_that_breaks_off_is_what_the_client_s_error_is() {
    let cut = || Came::pieces(&["half"]).and(Err(io::Error::other("reset")));
    let error = now(read(cut(), 8, broke)).unwrap_err();
    assert_eq!(error.to_string(), "the connection broke: reset");
    assert_eq!(innermost(&error).to_string(), "reset");
    let mut stream = incoming(cut(), Failure::default(), broke).open();
    assert_eq!(now(stream.next()).unwrap().unwrap(), "half");
    assert_eq!(now(stream.next()).unwrap().unwrap_err().to_string(), "the connection broke: reset");
    assert!(now(stream.next()).is_none());
}

#[test]
fn an_answer_of_another_length_than_announced_is_no_answer() {
    for (pieces, what) in [
        (&[][..], "broke off before"),
        (&["four", "more"], "broke off before"),
        (&["four", "more", "!!"], "goes on after"),
    ] {
        let came = || Came {
            announced: Some(9),
            ..Came::pieces(pieces)
        };
        let streamed = now(incoming(came(), Failure::default(), broke).read(100)).unwrap_err();
        for error in [now(read(came(), 100, broke)).unwrap_err(), streamed] {
            assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Interrupted, Reach::Unknown));
            assert_eq!(error.to_string(), format!("the body {what} the 9 bytes that were announced"));
        }
    }
}

/// Such as a client makes of an answer to `HEAD`.
struct AtItsEnd;

impl http_body::Body for AtItsEnd {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        true
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(1_000)
    }
}

#[test]
fn an_answer_that_only_announces_a_body_is_empty() {
    assert_eq!(now(read(AtItsEnd, 100, broke)).unwrap(), "");
    assert_eq!(now(incoming(AtItsEnd, Failure::default(), broke).read(100)).unwrap(), "");
}

#[test]
fn a_body_that_cannot_be_sent_is_the_error_whatever_breaks_of_it() {
    let (mut outgoing, failure) = now(Outgoing::open(dries_up(1))).unwrap();
    assert_eq!(outgoing.size_hint().exact(), None);
    assert_eq!(next(&mut outgoing).unwrap().unwrap(), "piece");
    let told = next(&mut outgoing).unwrap().unwrap_err();
    assert_eq!(told.to_string(), "the body to send cannot be read");
    let cut = Came::pieces(&["half"]).and(Err(told));
    let mut stream = incoming(cut, failure, broke).open();
    assert_eq!(now(stream.next()).unwrap().unwrap(), "half");
    let error = now(stream.next()).unwrap().unwrap_err();
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Source, Reach::Unknown));
    assert_eq!(error.to_string(), "the source dried up");
}

#[test]
fn a_body_that_cannot_be_begun_costs_no_connection() {
    let error = now(Outgoing::open(dries_up(0))).unwrap_err();
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Source, Reach::NotSent));
}

struct Source;

impl BodySource for Source {
    fn length(&self) -> u64 {
        8
    }

    fn open(&self) -> BodyStream {
        BodyStream::unfold(["four", "more"].iter(), |mut left| async move {
            Ok(left.next().map(|piece| (Bytes::from_static(piece.as_bytes()), left)))
        })
    }
}

#[test]
fn the_length_of_a_body_is_what_is_still_to_be_sent() {
    fn is_shareable(_: &(impl Send + Sync + 'static)) {}

    let (mut source, _) = now(Outgoing::open(Body::from_source(Source))).unwrap();
    let (mut whole, _) = now(Outgoing::open(Body::from("fourmore"))).unwrap();
    is_shareable(&source);
    assert_eq!((source.size_hint().exact(), whole.size_hint().exact()), (Some(8), Some(8)));
    assert_eq!(next(&mut source).unwrap().unwrap(), "four");
    assert_eq!(next(&mut whole).unwrap().unwrap(), "fourmore");
    assert_eq!((source.size_hint().exact(), whole.size_hint().exact()), (Some(4), Some(0)));
    assert!(whole.is_end_stream());
    assert_eq!(next(&mut source).unwrap().unwrap(), "more");
    assert!(next(&mut source).is_none() && next(&mut whole).is_none());
}
