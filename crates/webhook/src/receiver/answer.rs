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
/// HubSpot's general rule (documented; for channels unknown): after an answer of 400 or more, or none within five seconds,
/// it comes again, up to ten times within a day. So answer within five seconds, and do long work afterwards; and answer
/// what is refused for good, such as a recipient who has left, with [`Done`](Answer::Done) and a report that the message
/// failed.
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
