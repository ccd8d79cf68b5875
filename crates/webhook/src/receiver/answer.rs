//! What HubSpot is answered.

use http::StatusCode;

/// What a bridge answers to a delivery, in the two ways that HubSpot tells apart.
///
/// ```
/// use hubchannel_webhook::Answer;
///
/// assert_eq!(Answer::Done.status(), 204);
/// assert_eq!(Answer::ComeAgain.status(), 503);
/// ```
///
/// HubSpot's general rule (documented; for channels unknown):
///
/// | answer | to HubSpot |
/// |---|---|
/// | below 400, such as 204, within five seconds | it is delivered; the body does not matter |
/// | 400 or more, whether 401, 413 or 503 | it is not, and HubSpot comes again: up to ten times within a day |
/// | none within five seconds, or no connection | the same |
///
/// So there is no answer that refuses for good: what is, such as a reply to a recipient who has left, is answered with
/// [`Done`](Answer::Done) and a report that the message failed. Answer within five seconds, and do long work afterwards.
/// What redirects mean to it is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// It is done, or will be without HubSpot's help. There is nothing to come again for.
    Done,
    /// It is not done, and HubSpot has to come again.
    ComeAgain,
}

impl Answer {
    /// The status: 204 or 503.
    pub fn status(self) -> StatusCode {
        match self {
            Answer::Done => StatusCode::NO_CONTENT,
            Answer::ComeAgain => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}
