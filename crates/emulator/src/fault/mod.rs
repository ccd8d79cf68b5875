//! Requests that go wrong on demand.

mod book;
mod control;
mod rule;

use std::time::Duration;

use http::{Response, StatusCode};
use hubchannel_api::Body;

pub(crate) use self::book::Faults;
pub use self::{
    book::{FaultId, StandingFault},
    rule::FaultRule,
};

/// A way in which a request goes wrong.
///
/// ```
/// use hubchannel_api::{Client, PublishMessage, model::{DeliveryIdentifier, NewMessage, Participant}};
/// use hubchannel_emulator::{Emulator, Fault};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::new();
/// let client = Client::new(emulator.transport().with_access_token(emulator.access_token()));
/// let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
/// let body = NewMessage::incoming(emulator.channel_account_id(), visitor, "Hello")
///     .set_integration_idempotency_id("chat/7");
/// let publish = PublishMessage::new(emulator.channel_id(), body);
///
/// emulator.fail_next(Fault::DropAfterEffect);
/// let lost = client.publish_message(publish.clone()).await;
/// assert!(lost.is_err_and(|error| error.outcome_unknown()));
/// client.publish_message(publish).await?;
/// assert_eq!(emulator.messages().len(), 1);
/// # Ok(())
/// # }
/// ```
///
/// [`Emulator::fail_next`](crate::Emulator::fail_next) is for the next request, a [`FaultRule`] for any others.
///
/// "Before effect" means that the emulator does nothing with the request, "after effect" that it does all that was
/// asked and only the answer goes wrong. Neither can be told from the other on the caller's side.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// Refuses the connection; the request never arrives and is not in
    /// [`Emulator::received`](crate::Emulator::received). Over HTTP, where the connection stands before there is a
    /// request, it is closed instead, which a caller has to take for [`DropBeforeEffect`](Fault::DropBeforeEffect).
    RefuseConnection,
    /// Closes the connection instead of acting.
    DropBeforeEffect,
    /// Acts, then closes the connection instead of answering.
    DropAfterEffect,
    /// Neither acts nor answers, ever.
    SilenceBeforeEffect,
    /// Acts, but never answers.
    SilenceAfterEffect,
    /// Answers this instead of acting.
    AnswerBeforeEffect(Response<Body>),
    /// Acts, then answers this instead.
    AnswerAfterEffect(Response<Body>),
    /// Answers with this status and a body as HubSpot's instead of acting.
    ///
    /// 502, 504 and 520 to 526 come as a page of HTML, all others as an error with a `correlationId`, and with a
    /// `category` where one is known for the status. 477 comes with a `Retry-After`, as is documented. A success has no
    /// body.
    StatusBeforeEffect(StatusCode),
    /// Acts, then answers as with [`StatusBeforeEffect`](Fault::StatusBeforeEffect).
    StatusAfterEffect(StatusCode),
    /// Waits that long before it looks at the request, then does as it is asked. Who hangs up meanwhile gets nothing done;
    /// over HTTP that is also who closes only the side of the connection that he writes to, which looks the same.
    ///
    /// It waits by the clock of its [`Seed`](crate::Seed::with_clock), over HTTP too.
    DelayBeforeEffect(Duration),
    /// Does as it is asked, and waits that long before it answers, by the same clock. Over HTTP the answer also comes to
    /// who has closed the side that he writes to and still listens.
    DelayAfterEffect(Duration),
    /// Acts, then sends only so many bytes of the body of its answer before it closes the connection. Over HTTP the head
    /// is there, and its `Content-Length` tells of the whole body. An answer that has no more bytes than that is sent
    /// whole.
    TearAnswer(usize),
    /// Lets the access token of the request expire, from now on and for every request, and then looks at the request,
    /// which is so answered with 401 `EXPIRED_AUTHENTICATION`. A request without a token that is known is answered like
    /// any other.
    ExpireToken,
}

impl Fault {
    /// Answers with this status and body instead of acting.
    ///
    /// ```
    /// use http::StatusCode;
    /// use hubchannel_emulator::Fault;
    ///
    /// let fault = Fault::answer(StatusCode::BAD_GATEWAY, "<html><title>502 Bad Gateway</title></html>");
    /// assert!(matches!(fault, Fault::AnswerBeforeEffect(answer) if answer.status() == 502));
    /// ```
    pub fn answer(status: StatusCode, body: impl Into<Body>) -> Self {
        let mut response = Response::new(body.into());
        *response.status_mut() = status;
        Fault::AnswerBeforeEffect(response)
    }
}
