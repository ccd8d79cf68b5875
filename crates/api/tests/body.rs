//! Bodies that are not in memory: opened, measured, and never taken for whole when they are not.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use common::now;
use hubchannel_api::{Body, BodySource, BodyStream, Reach, TransportError, TransportErrorKind};

/// Gives these pieces, and says that they are so long.
struct Pieces(&'static [&'static str], u64, Arc<AtomicUsize>);

impl BodySource for Pieces {
    fn length(&self) -> u64 {
        self.1
    }

    fn open(&self) -> BodyStream {
        self.2.fetch_add(1, Ordering::SeqCst);
        pieces(self.0)
    }
}

fn pieces(pieces: &'static [&'static str]) -> BodyStream {
    BodyStream::unfold(pieces.iter(), |mut left| async move {
        Ok(left.next().map(|piece| (Bytes::from_static(piece.as_bytes()), left)))
    })
}

fn source(pieces: &'static [&'static str], length: u64) -> Body {
    Body::from_source(Pieces(pieces, length, Arc::default()))
}

fn read(body: &Body) -> Result<Bytes, TransportError> {
    now(body.read(1_000))
}

#[test]
fn a_source_is_read_again_whenever_it_is_opened_and_not_before() {
    let opened = Arc::new(AtomicUsize::new(0));
    let body = Body::from_source(Pieces(&["He", "", "llo"], 5, Arc::clone(&opened)));
    assert_eq!((body.len(), body.as_bytes(), body.is_repeatable()), (Some(5), None, true));
    assert_eq!(opened.load(Ordering::SeqCst), 0);
    let again = body.clone();
    assert_eq!(read(&body).unwrap(), "Hello");
    assert_eq!(read(&again).unwrap(), "Hello");
    assert_eq!(opened.load(Ordering::SeqCst), 2);
}

#[test]
fn no_piece_is_empty() {
    let mut stream = source(&["", "a", "", "", "b", ""], 2).open();
    let mut came = Vec::new();
    while let Some(piece) = now(stream.next()) {
        came.push(piece.unwrap());
    }
    assert_eq!(came, ["a", "b"]);
}

#[test]
fn a_source_of_another_length_than_it_said_fails() {
    for (length, than) in [(4, "longer"), (6, "shorter"), (0, "longer"), (5_000, "shorter")] {
        let error = now(source(&["He", "llo"], length).open().read(10_000)).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Source);
        assert_eq!(error.to_string(), format!("the source of the body is {than} than the {length} bytes that it said"));
    }
}

/// Somebody who counts bytes would stop before the surplus is noticed.
#[test]
fn the_last_piece_is_not_given_before_it_is_sure_to_be_the_last() {
    let mut stream = source(&["He", "llo", "!"], 5).open();
    assert_eq!(now(stream.next()).unwrap().unwrap(), "He");
    assert_eq!(now(stream.next()).unwrap().unwrap_err().kind(), TransportErrorKind::Source);
    assert!(now(stream.next()).is_none());
}

#[test]
fn a_stream_is_read_once_by_whichever_clone_is_first() {
    let body = Body::from_stream(None, pieces(&["Hello"]));
    assert_eq!((body.len(), body.is_empty(), body.is_repeatable()), (None, false, false));
    assert_eq!(read(&body.clone()).unwrap(), "Hello");
    let error = read(&body).unwrap_err();
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Source, Reach::NotSent));
}

#[test]
fn a_stream_that_breaks_off_is_not_taken_for_whole() {
    let body = Body::from_stream(Some(6), pieces(&["Hello"]));
    let error = read(&body).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Interrupted);
    assert_eq!(error.to_string(), "the body broke off before the 6 bytes that were announced");
}

#[test]
fn after_an_error_there_is_nothing_more() {
    let mut stream = BodyStream::unfold(0, |count| async move {
        match count {
            0 => Ok(Some((Bytes::from_static(b"a"), 1))),
            _ => Err(TransportError::new(TransportErrorKind::Interrupted, Reach::Unknown, "broken")),
        }
    });
    assert!(now(stream.next()).unwrap().is_ok());
    assert!(now(stream.next()).unwrap().is_err());
    assert!(now(stream.next()).is_none());
}

#[test]
fn a_body_beyond_the_limit_is_not_read() {
    for body in [
        Body::from("Hello"),
        source(&["He", "llo"], 5),
        Body::from_stream(None, pieces(&["He", "llo"])),
    ] {
        assert_eq!(now(body.read(4)).unwrap_err().kind(), TransportErrorKind::ResponseTooLarge);
    }
    assert_eq!(now(source(&["He", "llo"], 5).read(5)).unwrap(), "Hello");
}

#[test]
fn debug_shows_the_length_only() {
    let bodies = [
        Body::from("Hello"),
        source(&["Hello"], 5),
        Body::from_stream(None, pieces(&["Hello"])),
    ];
    let shown: Vec<String> = bodies.iter().map(|body| format!("{body:?}")).collect();
    assert_eq!(shown, ["Body(5 bytes)", "Body(5 bytes)", "Body(unknown length)"]);
}
