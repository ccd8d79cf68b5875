//! A transport with a script.

mod answer;
mod matcher;
mod received;
mod rule;
mod script;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel_api::{Body, HttpTransport, Reach, TransportError, TransportErrorKind, check_framing};

use self::script::Script;
pub use self::{
    answer::Answer,
    received::Received,
    rule::{Rule, When, when},
    script::Unverified,
};

/// A transport that answers by a script, remembers what it was asked, and checks in the end that all came as written.
///
/// ```
/// use hubchannel_api::{Client, GetMessage};
/// use hubchannel_mock::{Answer, MockTransport, when};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let transport = MockTransport::new()
///     .with(when().operation::<GetMessage>().always(Answer::text(502, "<h1>Bad gateway</h1>")).times(1));
/// let client = Client::new(transport.clone());
///
/// let error = client.get_message(GetMessage::new("2930388", "5c1f0b8e")).await.unwrap_err();
///
/// assert_eq!(error.status().map(|status| status.as_u16()), Some(502));
/// assert_eq!(transport.requests()[0].uri.path(), "/conversations/v3/custom-channels/2930388/messages/5c1f0b8e");
/// # }
/// ```
///
/// A request gets its answer from the first rule that matches it and has an answer left. One that no rule answers fails
/// with an error of kind [`Other`](TransportErrorKind::Other), as not sent. A body that is not in memory is read first, and
/// a request whose body cannot be read is not received. Nor is one whose headers contradict its body: it is refused, as
/// every transport does (see [`check_framing`]).
///
/// Clones share the script. When the last one is dropped and the test has not failed already, the script is
/// [verified](MockTransport::verify) and a mismatch panics. Where a clone lives on in a task that nobody waits for, such
/// a panic is lost: call [`verify`](MockTransport::verify) at the end of the test.
#[derive(Clone, Default)]
pub struct MockTransport(Arc<Script>);

impl MockTransport {
    /// A transport without rules, which answers nothing.
    pub fn new() -> Self {
        MockTransport::default()
    }

    /// Adds a rule after those that are there.
    #[must_use]
    pub fn with(self, rule: Rule) -> Self {
        self.add(rule);
        self
    }

    /// Adds a rule after those that are there, for scripts that are written as the test goes.
    pub fn add(&self, rule: Rule) {
        self.0.add(rule);
    }

    /// What was asked so far, in the order in which it came, answered or not.
    pub fn requests(&self) -> Vec<Received> {
        self.0.received()
    }

    /// Checks that each rule was used as often as it says, and that no request went without an answer.
    ///
    /// ```
    /// use hubchannel_mock::{Answer, MockTransport, when};
    ///
    /// let transport = MockTransport::new().with(when().path("/ready").once(Answer::status(204)));
    /// let mismatch = transport.verify().unwrap_err();
    /// assert!(mismatch.to_string().contains("expected at least 1 request, got 0"));
    /// ```
    ///
    /// What was verified once, with either result, is not verified again on drop unless more requests come.
    ///
    /// # Errors
    /// What was expected and what came.
    pub fn verify(&self) -> Result<(), Unverified> {
        self.0.verify()
    }
}

impl fmt::Debug for MockTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MockTransport").field(&self.0).finish()
    }
}

#[async_trait]
impl HttpTransport for MockTransport {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        check_framing(&request)?;
        let (parts, body) = request.into_parts();
        let body = body
            .read(u64::MAX)
            .await
            .map_err(|error| error.with_reach(Reach::NotSent))?;
        let received = Received::new(Request::from_parts(parts, body.into()));
        match self.0.answer(&received) {
            Some(answer) => answer.give(&received).await,
            None => Err(TransportError::new(
                TransportErrorKind::Other,
                Reach::NotSent,
                format!("no rule of the mock transport answers {received}"),
            )),
        }
    }
}
