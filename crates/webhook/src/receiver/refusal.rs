//! Why a request was not taken.

use std::{error::Error as StdError, fmt};

use http::StatusCode;
use hubchannel_model::DecodeError;

use super::Received;
use crate::{Explanation, Rejection, Verifier};

/// Why a [`Receiver`](crate::Receiver) did not take a request.
///
/// ```
/// use std::time::SystemTime;
/// use http::Request;
/// use hubchannel_webhook::{Receiver, RefusalKind, RejectionKind, Verifier};
///
/// let verifier = Verifier::new("client-secret").public_url("https://bridge.example.com".parse()?);
/// let receiver = Receiver::new(verifier, || SystemTime::UNIX_EPOCH);
/// let refusal = receiver.receive(Request::new("{}")).err().ok_or("it passed")?;
/// assert_eq!((refusal.kind(), refusal.status().as_u16()), (RefusalKind::Rejected, 401));
/// let rejection = refusal.rejection().ok_or("for another reason")?;
/// assert_eq!(rejection.kind(), RejectionKind::MissingSignature);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// `Display` is for a log. Whoever called is answered with a status alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(Reason);

/// The kinds of reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalKind {
    /// It is not signed as it should be.
    Rejected,
    /// The body is longer than is read.
    TooLarge,
    /// The body broke off.
    Incomplete,
    /// It is signed, and not what was to be read from it.
    Unreadable,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Reason {
    Rejected(Rejection),
    TooLarge(usize),
    #[cfg_attr(
        not(any(feature = "axum", feature = "tower")),
        allow(dead_code, reason = "others read bodies whole")
    )]
    Incomplete,
    Unreadable(DecodeError),
}

impl Refusal {
    pub(super) fn too_large(limit: usize) -> Self {
        Refusal(Reason::TooLarge(limit))
    }

    #[cfg(any(feature = "axum", feature = "tower"))]
    pub(super) fn incomplete() -> Self {
        Refusal(Reason::Incomplete)
    }

    /// The kind of reason.
    pub fn kind(&self) -> RefusalKind {
        match self.0 {
            Reason::Rejected(_) => RefusalKind::Rejected,
            Reason::TooLarge(_) => RefusalKind::TooLarge,
            Reason::Incomplete => RefusalKind::Incomplete,
            Reason::Unreadable(_) => RefusalKind::Unreadable,
        }
    }

    /// What is wrong with the signature, where that is the reason.
    pub fn rejection(&self) -> Option<&Rejection> {
        match &self.0 {
            Reason::Rejected(rejection) => Some(rejection),
            _ => None,
        }
    }

    /// The status to answer with: 401, or 500 where the verifier is at fault; 413 for a body too large; else 400.
    ///
    /// After any of them HubSpot comes again (documented for HubSpot's webhooks in general), and for what it has signed there
    /// is then time to mend what refused it.
    pub fn status(&self) -> StatusCode {
        match &self.0 {
            Reason::Rejected(rejection) => rejection.status(),
            Reason::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Reason::Incomplete | Reason::Unreadable(_) => StatusCode::BAD_REQUEST,
        }
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Refusal(Reason::Rejected(rejection))
    }
}

/// For a body that is signed and cannot be read.
impl From<DecodeError> for Refusal {
    fn from(error: DecodeError) -> Self {
        Refusal(Reason::Unreadable(error))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reason::Rejected(rejection) => rejection.fmt(f),
            Reason::TooLarge(limit) => {
                write!(f, "the body has more than {limit} bytes; if HubSpot sends such ones, set `body_limit`")
            }
            Reason::Incomplete => f.write_str("the body broke off"),
            Reason::Unreadable(error) => write!(f, "the body is signed, and cannot be read: {error}"),
        }
    }
}

impl StdError for Refusal {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0 {
            Reason::Rejected(rejection) => Some(rejection),
            Reason::Unreadable(error) => Some(error),
            _ => None,
        }
    }
}

/// A request that was refused, for who is told of it. `Display` is the reason.
///
/// ```
/// use hubchannel_webhook::{Receiver, RejectionKind};
///
/// fn with_log(receiver: Receiver) -> Receiver {
///     receiver.on_refusal(|refused| match refused.explain() {
///         // While somebody sets a bridge up; for every stranger's request it is too much work.
///         Some(explanation) => eprintln!("{explanation}"),
///         None => eprintln!("{refused}"),
///     })
/// }
/// ```
pub struct Refused<'r> {
    pub(super) refusal: &'r Refusal,
    pub(super) verifier: &'r Verifier,
    pub(super) received: Received<'r>,
}

impl Refused<'_> {
    /// Why it was refused.
    pub fn refusal(&self) -> &Refusal {
        self.refusal
    }

    /// What most likely differs from what was signed: see [`Verifier::explain`], what it costs too. It has only the rejection
    /// where the request was refused by its headers, such as one that is too old, before its body was read. `None` where the
    /// signature is not the reason.
    pub fn explain(&self) -> Option<Explanation> {
        let Received {
            method,
            target,
            headers,
            body,
            now,
        } = self.received;
        let rejection = self.refusal.rejection()?;
        Some(match body {
            Some(body) => self.verifier.explain(method, target, headers, body.clone(), now),
            None => Explanation::of(*rejection),
        })
    }
}

impl fmt::Display for Refused<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.refusal.fmt(f)
    }
}

impl fmt::Debug for Refused<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Refused").field(self.refusal).finish()
    }
}
