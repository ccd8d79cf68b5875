//! Bodies that are not in memory, on their way out and on their way in.

use std::{
    future::pending,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use hubchannel_api::{Body, BodySource, BodyStream, Reach, StreamResponse, TransportError, TransportErrorKind};

use super::{
    Verdict,
    answers::{every_byte, large, response, very_large},
    trial::{ANSWER, BODY, Exam, Trial, fail, same, same_bytes},
};
use crate::conformance::{
    Framing, Peer,
    drive::{First, race},
    report::Stop,
    turns,
};

/// Bytes in pieces, some of them empty, of the length that is said, or not.
struct Pieces {
    bytes: Bytes,
    length: u64,
    /// How long a piece is.
    piece: usize,
    /// After how many bytes reading fails.
    fails_after: Option<usize>,
    opened: Arc<AtomicU64>,
}

pub(super) const PIECE: usize = 10_000;

impl Pieces {
    fn new(bytes: Vec<u8>) -> Self {
        Pieces {
            length: bytes.len() as u64,
            piece: PIECE,
            bytes: bytes.into(),
            fails_after: None,
            opened: Arc::default(),
        }
    }
}

impl BodySource for Pieces {
    fn length(&self) -> u64 {
        self.length
    }

    fn open(&self) -> BodyStream {
        self.opened.fetch_add(1, Ordering::SeqCst);
        let (piece, fails_after) = (self.piece, self.fails_after);
        let state = (self.bytes.clone(), 0, false);
        BodyStream::unfold(state, move |(mut left, read, empty)| async move {
            // Not at once, as a disk does not answer at once.
            turns(1).await;
            if fails_after.is_some_and(|after| read >= after) {
                return Err(TransportError::new(TransportErrorKind::Source, Reach::NotSent, "the disk is gone"));
            }
            if empty {
                return Ok(Some((Bytes::new(), (left, read, false))));
            }
            let next = left.split_to(left.len().min(piece).min(fails_after.unwrap_or(piece)));
            let read = read + next.len();
            Ok((!next.is_empty()).then_some((next, (left, read, true))))
        })
    }
}

pub(super) async fn a_body_from_a_source_arrives_whole_each_time(exam: Exam<'_>) -> Verdict {
    for bytes in [Vec::new(), BODY.into(), every_byte(), large()] {
        let trial = exam.answering(Response::default()).await?;
        let body = Body::from_source(Pieces::new(bytes.clone()));
        let request = trial.request(Method::POST, "/messages", body)?;
        for _ in 0..2 {
            trial.answer(request.clone()).await?;
        }
        trial.received_only(2).await?;
        for received in trial.received() {
            same_bytes("body from a source", received.body(), &bytes)?;
        }
    }
    Ok(())
}

pub(super) async fn a_source_is_opened_once_for_each_exchange(exam: Exam<'_>) -> Verdict {
    let trial = exam.answering(Response::default()).await?;
    let pieces = Pieces::new(large());
    let opened = Arc::clone(&pieces.opened);
    let request = trial.request(Method::POST, "/messages", Body::from_source(pieces))?;
    let sending = trial.sending(request);
    same("times that the source was opened before anything was polled", opened.load(Ordering::SeqCst), 0)?;
    trial
        .wait(sending)
        .await?
        .map_err(|error| fail(format_args!("there was an answer, but the transport failed: {error}")))?;
    same("times that the source was opened", opened.load(Ordering::SeqCst), 1)
}

/// Zeros, more than anybody takes, and how many of them were read.
#[derive(Default)]
struct Zeros(Arc<AtomicU64>);

impl Zeros {
    const LENGTH: u64 = 1 << 30;

    /// Much more than the two ends of a connection hold for it.
    const TOO_MANY: u64 = 64 << 20;

    const PIECE: &[u8] = &[0; 64 << 10];
}

impl BodySource for Zeros {
    fn length(&self) -> u64 {
        Zeros::LENGTH
    }

    fn open(&self) -> BodyStream {
        BodyStream::unfold(Arc::clone(&self.0), |read| async move {
            // Whoever reads so far is found out, and need not fill the memory.
            if read.load(Ordering::SeqCst) >= Zeros::TOO_MANY {
                return pending().await;
            }
            read.fetch_add(Zeros::PIECE.len() as u64, Ordering::SeqCst);
            Ok(Some((Bytes::from_static(Zeros::PIECE), read)))
        })
    }
}

pub(super) async fn a_source_is_read_no_faster_than_it_is_sent(exam: Exam<'_>) -> Verdict {
    /// For how long nothing may be read before nothing will be.
    const STILL: usize = 64;
    let trial = exam.peer(Peer::StopsReading { after: 1 }).await?;
    let zeros = Zeros::default();
    let read = Arc::clone(&zeros.0);
    let mut sending = trial.sending(trial.request(Method::POST, "/messages", Body::from_source(zeros))?);
    let stands_still = async {
        let (mut before, mut still) = (0, 0);
        while still < STILL {
            if let First::Left(result) = race(&mut sending, trial.settle()).await {
                return Err(fail(format_args!("the exchange ended with a request that nobody had read: {result:?}")));
            }
            let now = read.load(Ordering::SeqCst);
            if now >= Zeros::TOO_MANY {
                return Err(fail(format_args!("{now} bytes of a source were read, of which the peer took one")));
            }
            still = if now > before || trial.received().is_empty() {
                0
            } else {
                still + 1
            };
            before = now;
        }
        Ok(())
    };
    trial.wait(stands_still).await?
}

pub(super) async fn a_source_that_fails_leaves_no_request_that_looks_whole(exam: Exam<'_>) -> Verdict {
    for after in [0, 1, 100_000] {
        let mut pieces = Pieces::new(large());
        pieces.fails_after = Some(after);
        fails(exam, pieces).await?;
    }
    Ok(())
}

pub(super) async fn a_connection_reset_while_a_source_is_sent_is_unknown(exam: Exam<'_>) -> Verdict {
    let trial = exam.peer(Peer::Resets { after: 100_000 }).await?;
    let mut pieces = Pieces::new(very_large());
    pieces.piece = 256 << 10;
    let body = Body::from_source(pieces);
    let request = trial.request(Method::POST, "/messages", body)?;
    let result = trial.wait(trial.sending(request)).await?;
    trial.failure(result, &[TransportErrorKind::Interrupted], Reach::Unknown)?;
    trial.received_only(1).await
}

pub(super) async fn a_source_of_another_length_leaves_no_request_that_looks_whole(exam: Exam<'_>) -> Verdict {
    for length in [0, 1, 100_000, 0x10_0001, 0x20_0000] {
        let mut pieces = Pieces::new(large());
        pieces.length = length;
        fails(exam, pieces).await?;
    }
    Ok(())
}

/// Wants a failure that names the source, and no request at the peer.
async fn fails(exam: Exam<'_>, pieces: Pieces) -> Verdict {
    let trial = exam.answering(Response::default()).await?;
    let request = trial.request(Method::POST, "/messages", Body::from_source(pieces))?;
    let result = trial.wait(trial.sending(request)).await?;
    let reach = match &result {
        Err(error) => error.reach(),
        Ok(_) => Reach::Unknown,
    };
    // A transport that reads the source before it sends anything knows that nothing was sent.
    trial.failure(result, &[TransportErrorKind::Source], reach)?;
    trial.received_only(0).await
}

/// A request whose answer may be streamed.
pub(super) fn streaming(trial: &Trial<'_>) -> Result<Request<Body>, Stop> {
    let mut request = trial.post()?;
    request.extensions_mut().insert(StreamResponse);
    Ok(request)
}

pub(super) async fn an_answer_that_may_stream_comes_whole(exam: Exam<'_>) -> Verdict {
    for framing in [Framing::Length, Framing::Chunked] {
        for body in [Vec::new(), every_byte(), large()] {
            let response = response(StatusCode::OK, body.clone());
            let trial = exam.peer(Peer::Answers { response, framing }).await?;
            let answer = trial
                .wait(trial.sending(streaming(&trial)?))
                .await?
                .map_err(|error| fail(format_args!("there was an answer, but the transport failed: {error}")))?;
            let came = trial
                .wait(answer.body().open().read(u64::MAX))
                .await?
                .map_err(|error| fail(format_args!("the answer was whole, but its stream failed: {error}")))?;
            same_bytes("streamed body", &came, &body)?;
        }
    }
    Ok(())
}

pub(super) async fn an_answer_that_may_stream_and_is_no_success_is_in_memory(exam: Exam<'_>) -> Verdict {
    let trial = exam.answering(response(StatusCode::TOO_MANY_REQUESTS, ANSWER)).await?;
    let (parts, came) = trial.answer(streaming(&trial)?).await?;
    same("status", parts.status, StatusCode::TOO_MANY_REQUESTS)?;
    same_bytes("body of an error", &came, ANSWER.as_bytes())
}

pub(super) async fn an_answer_that_may_stream_comes_before_its_end(exam: Exam<'_>) -> Verdict {
    let body = large();
    for framing in [Framing::Length, Framing::Chunked] {
        let after = PIECE;
        let peer = Peer::Stalls {
            response: response(StatusCode::OK, body.clone()),
            framing,
            after,
        };
        let trial = exam.peer(peer).await?;
        let answer = trial
            .wait(trial.sending(streaming(&trial)?))
            .await?
            .map_err(|error| fail(format_args!("the transport failed where a part of the answer came: {error}")))?;
        let mut stream = answer.body().open();
        let mut came = Vec::new();
        while came.len() < after {
            match trial.wait(stream.next()).await? {
                Some(Ok(piece)) => came.extend_from_slice(&piece),
                Some(Err(error)) => return Err(fail(format_args!("the stream failed before anything broke: {error}"))),
                None => return Err(fail("the stream ended before the answer did")),
            }
        }
        same_bytes("the part of the body that came", &came, body.get(..after).unwrap_or_default())?;
        trial.settle().await;
        let mut next = pin!(stream.next());
        if let Poll::Ready(end) = next.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return Err(fail(format_args!("the stream did not wait for the rest: {end:?}")));
        }
    }
    Ok(())
}

pub(super) async fn a_streamed_answer_that_is_cut_off_does_not_end_as_if_it_were_whole(exam: Exam<'_>) -> Verdict {
    for framing in [Framing::Length, Framing::Chunked] {
        is_no_whole_stream(exam, |response, after| Peer::CutsOff {
            response,
            framing,
            after,
        })
        .await?;
    }
    Ok(())
}

/// Wants no streamed answer that looks whole from a peer that breaks off after so many bytes of the body of a response.
pub(super) async fn is_no_whole_stream(exam: Exam<'_>, peer: impl Fn(Response<Bytes>, usize) -> Peer) -> Verdict {
    let body = ANSWER.repeat(10);
    for after in [0, 1, body.len() / 2, body.len() - 1] {
        let trial = exam.peer(peer(response(StatusCode::OK, body.clone()), after)).await?;
        let result = match trial.wait(trial.sending(streaming(&trial)?)).await? {
            Ok(answer) => trial.wait(answer.body().open().read(u64::MAX)).await?,
            Err(error) => Err(error),
        };
        let result = result.map(|bytes| Response::new(Body::from(bytes)));
        trial.failure(result, &[TransportErrorKind::Interrupted], Reach::Unknown)?;
    }
    Ok(())
}

pub(super) async fn a_streamed_answer_that_is_dropped_does_not_disturb_the_next(exam: Exam<'_>) -> Verdict {
    let trial = exam.answering(response(StatusCode::OK, large())).await?;
    for pieces in 0..4 {
        let answer = trial
            .wait(trial.sending(streaming(&trial)?))
            .await?
            .map_err(|error| fail(format_args!("there was an answer, but the transport failed: {error}")))?;
        let mut stream = answer.body().open();
        for _ in 0..pieces {
            trial.wait(stream.next()).await?;
        }
        drop(stream);
        let (_, came) = trial.answer(trial.post()?).await?;
        same_bytes("body of the answer after a dropped one", &came, &large())?;
    }
    Ok(())
}
