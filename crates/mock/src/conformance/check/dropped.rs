//! An exchange that is dropped leaves nothing behind.

use std::{
    future::{pending, ready},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use hubchannel_api::{Body, BodySource, BodyStream};

use super::{
    Verdict,
    answers::{large, response},
    streams::{PIECE, streaming},
    trial::{Exam, Trial, fail, same_bytes},
};
use crate::conformance::{
    Framing, Peer,
    drive::{First, race},
    report::Stop,
};

/// More polls than most exchanges need. Where one needs more, since time passes slowly for it, only these are tried.
const MOST: usize = 60;

/// After how many polls more an exchange that got no further is dropped for the last time.
const MORE: usize = 3;

pub(super) async fn an_exchange_that_is_dropped_does_not_disturb_the_next(exam: Exam<'_>) -> Verdict {
    let trial = exam.peer(Peer::Echoes).await?;
    for polls in 0..MOST {
        let mut dropped = trial.sending(trial.request(Method::POST, "/echo", "dropped")?);
        let mut is_done = false;
        for _ in 0..polls {
            is_done = matches!(race(&mut dropped, ready(())).await, First::Left(_));
            if is_done {
                break;
            }
            trial.settle().await;
        }
        drop(dropped);
        let (_, came) = trial.answer(trial.request(Method::POST, "/echo", "kept")?).await?;
        same_bytes("body of the exchange after a dropped one", &came, b"kept")?;
        if is_done {
            break;
        }
    }
    Ok(())
}

/// A body whose first half is there and whose second half never comes, and how often it was waited for.
#[derive(Clone, Default)]
struct Half(Arc<AtomicUsize>);

impl BodySource for Half {
    fn length(&self) -> u64 {
        2 * PIECE as u64
    }

    fn open(&self) -> BodyStream {
        let half = self.clone();
        BodyStream::unfold(Some(Bytes::from_static(&[0; PIECE])), move |piece| {
            let half = half.clone();
            async move {
                let Some(piece) = piece else {
                    half.0.fetch_add(1, Ordering::SeqCst);
                    return pending().await;
                };
                Ok(Some((piece, None)))
            }
        })
    }
}

pub(super) async fn an_exchange_that_is_dropped_ends_its_connection(exam: Exam<'_>) -> Verdict {
    let silent = exam.peer(Peer::Silent).await?;
    dropped(&silent, "before a silent peer", || silent.post(), || silent.received().len()).await?;
    let reading = exam.answering(Response::default()).await?;
    let half = Half::default();
    let request = || reading.request(Method::POST, "/messages", Body::from_source(half.clone()));
    dropped(&reading, "half sent", request, || half.0.load(Ordering::SeqCst)).await
}

pub(super) async fn an_answer_that_is_dropped_half_way_ends_its_connection(exam: Exam<'_>) -> Verdict {
    let body = large();
    for framing in [Framing::Length, Framing::Chunked] {
        let peer = Peer::Stalls {
            response: response(StatusCode::OK, body.clone()),
            framing,
            after: PIECE,
        };
        let trial = exam.peer(peer).await?;
        dropped(&trial, "half answered", || trial.post(), || trial.received().len()).await?;
        for most in [0, 1, PIECE] {
            let answer = trial
                .wait(trial.sending(streaming(&trial)?))
                .await?
                .map_err(|error| fail(format_args!("the transport failed where a part of the answer came: {error}")))?;
            let mut stream = answer.into_body().open();
            let mut came = 0;
            while came < most {
                match trial.wait(stream.next()).await? {
                    Some(Ok(piece)) => came += piece.len(),
                    end => return Err(fail(format_args!("the stream ended before the answer did: {end:?}"))),
                }
            }
            drop(stream);
            trial
                .ends_connections(&format!("with {came} bytes of its answer read"))
                .await?;
        }
    }
    Ok(())
}

/// Drops exchanges unpolled, after one poll, and so on until some polls after one has got as far as it gets, of which
/// `progress` counts how many did. The connection of each must end before the next.
async fn dropped(
    trial: &Trial<'_>,
    how: &str,
    request: impl Fn() -> Result<Request<Body>, Stop>,
    progress: impl Fn() -> usize,
) -> Verdict {
    let mut more = 0;
    for polls in 0..MOST {
        let before = progress();
        let mut dropped = trial.sending(request()?);
        for _ in 0..polls {
            if let First::Left(_) = race(&mut dropped, ready(())).await {
                break;
            }
            trial.settle().await;
        }
        more += usize::from(progress() > before);
        drop(dropped);
        trial.ends_connections(&format!("{how}, after {polls} polls")).await?;
        if more > MORE {
            return Ok(());
        }
    }
    let before = progress();
    let progresses = async {
        while progress() == before {
            trial.settle().await;
        }
    };
    let mut dropped = trial.sending(request()?);
    trial.wait(race(&mut dropped, progresses)).await?;
    drop(dropped);
    trial.ends_connections(how).await
}
