//! What a request says of its body's length is true, or nothing is sent.

use http::{
    HeaderName, HeaderValue, Request, Response,
    header::{CONTENT_LENGTH, TRANSFER_ENCODING},
};
use hubchannel_api::{Body, Reach, TransportErrorKind};

use super::{
    Verdict,
    trial::{BODY, Exam, Trial, fail, same_bytes},
};
use crate::conformance::report::Stop;

pub(super) async fn a_request_whose_headers_contradict_its_body_is_refused(exam: Exam<'_>) -> Verdict {
    let trial = exam.answering(Response::default()).await?;
    let length = BODY.len().to_string();
    for (name, values) in [
        (CONTENT_LENGTH, &[&*format!("{length}0")][..]),
        (CONTENT_LENGTH, &["0"]),
        (CONTENT_LENGTH, &[&format!("+{length}")]),
        (CONTENT_LENGTH, &["many"]),
        (CONTENT_LENGTH, &[&length, &length]),
        (TRANSFER_ENCODING, &["chunked"]),
    ] {
        let result = trial.wait(trial.sending(saying(&trial, &name, values)?)).await?;
        trial.failure(result, &[TransportErrorKind::Refused], Reach::NotSent)?;
    }
    trial.received_only(0).await?;
    // One that says the truth is none of these.
    trial.answer(saying(&trial, &CONTENT_LENGTH, &[&length])?).await?;
    same_bytes("body", trial.received_one().await?.body(), BODY.as_bytes())
}

/// A request with such a header.
fn saying(trial: &Trial<'_>, name: &HeaderName, values: &[&str]) -> Result<Request<Body>, Stop> {
    let mut request = trial.post()?;
    for value in values {
        let value = HeaderValue::from_str(value).map_err(fail)?;
        request.headers_mut().append(name, value);
    }
    Ok(request)
}
