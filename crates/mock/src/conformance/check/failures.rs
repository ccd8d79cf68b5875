//! A failure says truly whether the request can have reached the server, and nothing is tried twice.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode};
use hubchannel_api::{
    Reach,
    TransportErrorKind::{Connect, Interrupted, ResponseTooLarge, Timeout},
};

use super::{
    Verdict,
    answers::{response, very_large},
    streams::is_no_whole_stream,
    trial::{ANSWER, Exam, fail},
};
use crate::conformance::{Framing, Peer};

pub(super) async fn a_refused_connection_is_not_sent(exam: Exam<'_>) -> Verdict {
    let trial = exam.peer(Peer::Refuses).await?;
    let result = trial.wait(trial.sending(trial.post()?)).await?;
    trial.failure(result, &[Connect], Reach::NotSent)
}

pub(super) async fn a_connection_closed_before_anything_is_read_is_no_answer(exam: Exam<'_>) -> Verdict {
    let trial = exam.peer(Peer::ClosesAtOnce).await?;
    let result = trial.wait(trial.sending(trial.post()?)).await?;
    // Whether any of the request can have reached the server depends on who was faster.
    let reach = match &result {
        Err(error) => error.reach(),
        Ok(_) => Reach::Unknown,
    };
    trial.failure(result, &[Connect, Interrupted], reach)?;
    trial.received_only(0).await
}

pub(super) async fn no_connection_in_time_is_not_sent(exam: Exam<'_>) -> Verdict {
    let trial = exam.peer(Peer::Unreachable).await?;
    let result = trial.wait_in_time(trial.sending(trial.post()?)).await?;
    trial.failure(result, &[Timeout, Connect], Reach::NotSent)?;
    trial.received_only(0).await
}

pub(super) async fn no_answer_in_time_is_unknown(exam: Exam<'_>) -> Verdict {
    let trial = exam.peer(Peer::TooSlow).await?;
    let result = trial.wait_in_time(trial.sending(trial.post()?)).await?;
    trial.failure(result, &[Timeout], Reach::Unknown)?;
    // Whoever is slow may come to reading only now.
    trial.wait(trial.until_received(1)).await?;
    trial.received_only(1).await
}

pub(super) async fn a_connection_closed_without_an_answer_is_unknown(exam: Exam<'_>) -> Verdict {
    let trial = exam.peer(Peer::HangsUp { after: 0 }).await?;
    let result = trial.wait(trial.sending(trial.post()?)).await?;
    trial.failure(result, &[Interrupted], Reach::Unknown)?;
    trial.received_only(1).await
}

pub(super) async fn a_connection_closed_when_used_again_is_unknown_and_nothing_is_repeated(exam: Exam<'_>) -> Verdict {
    let trial = exam.peer(Peer::HangsUp { after: 2 }).await?;
    for _ in 0..2 {
        trial.answer(trial.post()?).await?;
        // Time for the transport to keep the connection for the next request.
        trial.settle().await;
    }
    let result = trial.wait(trial.sending(trial.post()?)).await?;
    trial.failure(result, &[Interrupted], Reach::Unknown)?;
    trial.received_only(3).await
}

pub(super) async fn a_connection_reset_while_the_request_is_sent_is_unknown(exam: Exam<'_>) -> Verdict {
    let body = Bytes::from(very_large());
    for after in [0, 1, 100_000] {
        let trial = exam.peer(Peer::Resets { after }).await?;
        let request = trial.request(Method::POST, "/messages", body.clone())?;
        let result = trial.wait(trial.sending(request)).await?;
        trial.failure(result, &[Interrupted], Reach::Unknown)?;
        trial.received_only(1).await?;
    }
    Ok(())
}

pub(super) async fn a_head_that_is_cut_off_is_no_answer(exam: Exam<'_>) -> Verdict {
    let mut response = response(StatusCode::CREATED, "{}");
    let long = HeaderValue::from_str(&ANSWER.repeat(10)).map_err(fail)?;
    response.headers_mut().insert("x-long", long);
    // In the version, before, in and behind the status, in a name, and in a value.
    for after in [1, 8, 9, 11, 13, 18, 60, 200] {
        let response = response.clone();
        let trial = exam.peer(Peer::CutsHead { response, after }).await?;
        let result = trial.wait(trial.sending(trial.post()?)).await?;
        trial.failure(result, &[Interrupted], Reach::Unknown)?;
        trial.received_only(1).await?;
    }
    Ok(())
}

pub(super) async fn a_body_of_known_length_that_is_cut_off_is_no_answer(exam: Exam<'_>) -> Verdict {
    let framing = Framing::Length;
    is_no_answer(exam, |response, after| Peer::CutsOff {
        response,
        framing,
        after,
    })
    .await
}

pub(super) async fn a_body_in_pieces_that_is_cut_off_is_no_answer(exam: Exam<'_>) -> Verdict {
    let framing = Framing::Chunked;
    is_no_answer(exam, |response, after| Peer::CutsOff {
        response,
        framing,
        after,
    })
    .await
}

pub(super) async fn an_answer_whose_connection_is_reset_is_no_answer(exam: Exam<'_>) -> Verdict {
    for framing in [Framing::Length, Framing::Chunked] {
        let peer = |response, after| Peer::ResetsAnswer {
            response,
            framing,
            after,
        };
        is_no_answer(exam, peer).await?;
        is_no_whole_stream(exam, peer).await?;
    }
    Ok(())
}

/// Wants no answer from a peer that breaks off after so many bytes of the body of a response.
async fn is_no_answer(exam: Exam<'_>, peer: impl Fn(Response<Bytes>, usize) -> Peer) -> Verdict {
    let body = ANSWER.repeat(10);
    for after in [0, 1, body.len() / 2, body.len() - 1] {
        let trial = exam.peer(peer(response(StatusCode::OK, body.clone()), after)).await?;
        let result = trial.wait(trial.sending(trial.post()?)).await?;
        trial.failure(result, &[Interrupted], Reach::Unknown)?;
        trial.received_only(1).await?;
    }
    Ok(())
}

pub(super) async fn an_answer_that_announces_too_much_fails(exam: Exam<'_>) -> Verdict {
    fails_as_too_large(exam, Framing::Length).await
}

pub(super) async fn an_answer_without_end_fails(exam: Exam<'_>) -> Verdict {
    fails_as_too_large(exam, Framing::Chunked).await
}

async fn fails_as_too_large(exam: Exam<'_>, framing: Framing) -> Verdict {
    let trial = exam.peer(Peer::TooLarge { framing }).await?;
    let result = trial.wait(trial.sending(trial.post()?)).await?;
    trial.failure(result, &[ResponseTooLarge], Reach::Unknown)?;
    trial.received_only(1).await
}

pub(super) async fn what_is_not_http_is_no_answer(exam: Exam<'_>) -> Verdict {
    let bytes = Bytes::from(format!("220 {ANSWER} ESMTP ready\r\n\r\n"));
    let trial = exam.peer(Peer::Garbles { bytes }).await?;
    let result = trial.wait(trial.sending(trial.post()?)).await?;
    trial.failure(result, &[Interrupted], Reach::Unknown)?;
    trial.received_only(1).await
}
