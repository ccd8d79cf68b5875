//! What a transport does not do, and what it does at the same time.

use http::{HeaderValue, Method, Response, StatusCode, header::LOCATION};
use hubchannel_api::{Reach, TransportErrorKind};

use super::{
    Verdict,
    answers::response,
    trial::{Exam, Trial, fail, holds_no_secret, same, same_bytes},
};
use crate::conformance::{
    Peer,
    drive::{First, all, race},
    report::Stop,
};

const REDIRECTS: &[StatusCode] = &[
    StatusCode::MOVED_PERMANENTLY,
    StatusCode::FOUND,
    StatusCode::SEE_OTHER,
    StatusCode::TEMPORARY_REDIRECT,
    StatusCode::PERMANENT_REDIRECT,
];

pub(super) async fn a_redirect_is_an_answer_and_is_not_followed(exam: Exam<'_>) -> Verdict {
    for status in REDIRECTS {
        let target = exam.answering(Response::default()).await?;
        let location = format!("{}/elsewhere", target.base_url());
        let redirecting = redirected(exam, *status, &location).await?;
        redirecting.received_only(1).await?;
        target
            .received_only(0)
            .await
            .map_err(|_| fail(format_args!("a redirect with the status {status} was followed to another server")))?;
    }
    Ok(())
}

pub(super) async fn a_redirect_on_the_same_server_is_not_followed(exam: Exam<'_>) -> Verdict {
    for status in REDIRECTS {
        redirected(exam, *status, "/elsewhere").await?.received_only(1).await?;
    }
    Ok(())
}

/// A peer whose redirect came back as an answer.
async fn redirected<'a>(exam: Exam<'a>, status: StatusCode, location: &str) -> Result<Trial<'a>, Stop> {
    let location = HeaderValue::from_str(location).map_err(fail)?;
    let mut response = response(status, "moved");
    response.headers_mut().insert(LOCATION, location.clone());
    let trial = exam.answering(response).await?;
    let (parts, body) = trial.answer(trial.post()?).await?;
    same("status", parts.status, status)?;
    same("header location", parts.headers.get(LOCATION), Some(&location))?;
    same_bytes("body", &body, b"moved")?;
    Ok(trial)
}

pub(super) async fn exchanges_at_the_same_time_do_not_mix(exam: Exam<'_>) -> Verdict {
    const MANY: usize = 24;
    let trial = exam.peer(Peer::Echoes).await?;
    let bodies: Vec<_> = (0..MANY)
        .map(|number| format!("exchange {number}").repeat(1 + number * 50))
        .collect();
    let mut sendings = Vec::new();
    for body in &bodies {
        sendings.push(trial.sending(trial.request(Method::POST, "/echo", body.clone())?));
    }
    let results = trial.wait(all(sendings)).await?;
    for (result, sent) in results.into_iter().zip(&bodies) {
        let response = result.map_err(|error| fail(format_args!("one of {MANY} exchanges failed: {error}")))?;
        let came = response.body().as_bytes().cloned().unwrap_or_default();
        same_bytes("body of one of many exchanges", &came, sent.as_bytes())?;
    }
    trial.received_only(MANY).await
}

pub(super) async fn silence_is_waited_for_and_the_wait_can_be_dropped(exam: Exam<'_>) -> Verdict {
    const ROUNDS: usize = 16;
    let trial = exam.peer(Peer::Silent).await?;
    let mut sending = trial.sending(trial.post()?);
    let mut result = match trial.wait(race(&mut sending, trial.until_received(1))).await? {
        First::Left(result) => Some(result),
        First::Right(()) => None,
    };
    for _ in 0..ROUNDS {
        if result.is_some() {
            break;
        }
        if let First::Left(early) = race(&mut sending, trial.settle()).await {
            result = Some(early);
        }
    }
    drop(sending);
    if let Some(result) = result {
        trial.failure(result, &[TransportErrorKind::Timeout], Reach::Unknown)?;
    }
    trial.received_only(1).await
}

pub(super) async fn debug_of_the_transport_shows_no_secret(exam: Exam<'_>) -> Verdict {
    let trial = exam.answering(Response::default()).await?;
    trial.answer(trial.post()?).await?;
    let transport = trial.transport();
    holds_no_secret("`Debug` of the transport", &format!("{transport:?} {transport:#?}"))
}
