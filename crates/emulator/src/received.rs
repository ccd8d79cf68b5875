//! What came in.

use std::{collections::VecDeque, fmt, time::SystemTime};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use hubchannel_api::{
    Body,
    redact::{Headers, Path},
};

use crate::Retention;

/// A request as the emulator received it, and the status of its answer.
///
/// ```
/// use hubchannel_api::{Client, GetMessage};
/// use hubchannel_emulator::Emulator;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let emulator = Emulator::new();
/// let error = Client::new(emulator.transport()).get_message(GetMessage::new("2930388", "5c1f")).await;
/// assert!(error.is_err());
/// for request in emulator.received() {
///     assert_eq!(request.path_and_query, "/conversations/v3/custom-channels/2930388/messages/5c1f");
///     assert_eq!(request.answered, Some(http::StatusCode::UNAUTHORIZED));
/// }
/// # }
/// ```
///
/// `Debug` shows neither query nor body nor a token in the path, and of headers only those that are known to hold nothing secret.
#[derive(Clone)]
#[non_exhaustive]
pub struct Received {
    /// Its place among all requests, from 0.
    pub number: usize,
    /// When it arrived.
    pub at: SystemTime,
    /// The method.
    pub method: Method,
    /// Path and query as they were written. A query may hold a developer key, a path a staging token.
    pub path_and_query: String,
    /// The headers. `Authorization` holds the token.
    pub headers: HeaderMap,
    /// The body; empty where it was too large.
    pub body: Bytes,
    /// The answer's status; `None` where no answer was sent.
    pub answered: Option<StatusCode>,
    /// The answer's body, whole even where only its beginning was sent; empty where no answer was sent.
    pub answer: Bytes,
    /// When the answer was sent; `None` where none was.
    pub ended_at: Option<SystemTime>,
}

impl Received {
    pub(crate) fn new(request: &Request<Body>, at: SystemTime) -> Self {
        let uri = request.uri();
        Received {
            number: 0,
            at,
            method: request.method().clone(),
            path_and_query: uri
                .path_and_query()
                .map_or(uri.path(), |path_and_query| path_and_query.as_str())
                .to_owned(),
            headers: request.headers().clone(),
            body: request.body().as_bytes().cloned().unwrap_or_default(),
            answered: None,
            answer: Bytes::new(),
            ended_at: None,
        }
    }

    fn size(&self) -> usize {
        let headers = self.headers.iter();
        let head = headers
            .map(|(name, value)| name.as_str().len() + value.len())
            .sum::<usize>();
        self.path_and_query.len() + head + self.body.len() + self.answer.len()
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("method", &self.method)
            .field("path", &Path(&self.path_and_query))
            .field("headers", &Headers(&self.headers))
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("answered", &self.answered)
            .field("answer", &format_args!("{} bytes", self.answer.len()))
            .finish()
    }
}

/// Requests in the order of their arrival, the last ones of them.
#[derive(Debug)]
pub(crate) struct Arrivals {
    retention: Retention,
    /// How many came before the first that is kept.
    forgotten: usize,
    /// How many of them had to make room.
    dropped: u64,
    kept: VecDeque<Received>,
    bytes: usize,
}

impl Arrivals {
    pub(crate) fn new(retention: Retention) -> Self {
        Arrivals {
            retention,
            forgotten: 0,
            dropped: 0,
            kept: VecDeque::new(),
            bytes: 0,
        }
    }

    /// Keeps so many from now on.
    pub(crate) fn keep(&mut self, retention: Retention) {
        self.retention = retention;
        self.forget();
    }

    /// Keeps a request; returns its number.
    pub(crate) fn push(&mut self, mut received: Received) -> usize {
        let number = self.forgotten + self.kept.len();
        received.number = number;
        self.bytes += received.size();
        self.kept.push_back(received);
        self.forget();
        number
    }

    /// Says how the request of this number was answered, if it is still kept.
    pub(crate) fn answer(&mut self, number: usize, status: StatusCode, body: Option<&Bytes>, now: SystemTime) {
        let at = number.checked_sub(self.forgotten);
        if let Some(received) = at.and_then(|at| self.kept.get_mut(at)) {
            received.answered = Some(status);
            received.answer = body.cloned().unwrap_or_default();
            received.ended_at = Some(now);
            self.bytes += received.answer.len();
        }
        self.forget();
    }

    /// Lets the oldest go where there are too many; the last stays.
    fn forget(&mut self) {
        let Retention {
            requests,
            request_bytes,
            ..
        } = self.retention;
        while self.kept.len() > 1 && (self.kept.len() > requests || self.bytes > request_bytes) {
            let Some(received) = self.kept.pop_front() else { return };
            self.bytes = self.bytes.saturating_sub(received.size());
            self.forgotten += 1;
            self.dropped += 1;
        }
    }

    /// How many had to make room.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    pub(crate) fn all(&self) -> impl ExactSizeIterator<Item = &Received> + DoubleEndedIterator {
        self.kept.iter()
    }

    pub(crate) fn clear(&mut self) {
        self.forgotten += self.kept.len();
        self.kept.clear();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 10;

    fn arrivals(request_bytes: usize) -> Arrivals {
        let retention = Retention::default().set_requests(MOST);
        Arrivals::new(retention.set_request_bytes(request_bytes))
    }

    fn received(bytes: usize) -> Received {
        let request = Request::new(Body::from(vec![0; bytes]));
        Received::new(&request, SystemTime::UNIX_EPOCH)
    }

    #[test]
    fn the_oldest_requests_are_forgotten_and_numbers_go_on() {
        let mut arrivals = arrivals(usize::MAX);
        for number in 0..MOST + 5 {
            assert_eq!(arrivals.push(received(0)), number);
        }
        assert_eq!((arrivals.all().len(), arrivals.dropped()), (MOST, 5));
        assert_eq!(arrivals.all().next().map(|first| first.number), Some(5));
        // An answer to one that is forgotten is for nobody.
        arrivals.answer(4, StatusCode::OK, None, SystemTime::UNIX_EPOCH);
        arrivals.answer(5, StatusCode::OK, None, SystemTime::UNIX_EPOCH);
        let answered = arrivals.all().filter(|request| request.answered.is_some());
        assert_eq!(answered.map(|request| request.number).collect::<Vec<_>>(), [5]);
    }

    #[test]
    fn large_bodies_are_forgotten_sooner_but_never_the_last() {
        const BYTES: usize = 1000;
        let mut arrivals = arrivals(BYTES);
        arrivals.push(received(BYTES / 2 - 1));
        arrivals.push(received(BYTES / 2 - 1));
        arrivals.push(received(1));
        assert_eq!(arrivals.all().map(|kept| kept.number).collect::<Vec<_>>(), [1, 2]);
        arrivals.push(received(2 * BYTES));
        assert_eq!(arrivals.all().map(|kept| kept.number).collect::<Vec<_>>(), [3]);
        arrivals.clear();
        // Who clears the log drops nothing to make room.
        assert_eq!((arrivals.push(received(0)), arrivals.dropped()), (4, 3));
    }
}
