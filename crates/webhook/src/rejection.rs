//! Why a request is not believed.

use std::{error::Error as StdError, fmt, time::Duration};

use http::StatusCode;

use crate::{SignatureVersion, Verifier, signature::text_length};

/// Why a request is not believed to be HubSpot's.
///
/// ```
/// use std::time::SystemTime;
/// use http::{HeaderMap, Method};
/// use hubchannel_webhook::{RejectionKind, Verifier};
///
/// let verifier = Verifier::new("client-secret").public_url("https://bridge.example.com".parse()?);
/// let outcome = verifier.verify(&Method::POST, "/events", &HeaderMap::new(), "{}", SystemTime::UNIX_EPOCH);
/// let rejection = outcome.err().ok_or("a request without a signature passed")?;
/// assert_eq!(rejection.kind(), RejectionKind::MissingSignature);
/// assert_eq!(rejection.status(), 401);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// `Display` says in one line what is wrong and how to mend it. It has no secret in it, not the signature that would have
/// been right, and nothing that the request said. It is for a log, not for whoever called;
/// [`Verifier::explain`] goes further into why a signature does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejection(Reason);

/// The kinds of reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RejectionKind {
    /// The verifier has no secret, or only empty ones.
    NoSecret,
    /// The verifier was not told its public address.
    NoPublicUrl,
    /// The request's target is no path beneath the one that the proxy puts in place of the public one, or has a `{` that no
    /// address has.
    Target,
    /// The proxy's headers are to be trusted and do not say, once and clearly, what was called.
    ForwardedHeaders,
    /// There is no signature.
    MissingSignature,
    /// There is a signature of version 3 and no time beside it.
    MissingTimestamp,
    /// A header stands there twice.
    DuplicateHeader,
    /// A header has bytes that are no ASCII text.
    HeaderNotText,
    /// The signature is too long or too short.
    SignatureLength,
    /// The signature is not written as one of its version is.
    SignatureEncoding,
    /// There is a signature of a version that nobody knows, or that is not said.
    UnknownVersion,
    /// There is a signature of a version that this verifier was not told to accept.
    VersionNotAccepted,
    /// The time is no number of milliseconds.
    TimestampFormat,
    /// The signature is too old.
    Stale,
    /// The signature is from the future.
    Future,
    /// The signature is another one.
    Mismatch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    NoSecret,
    NoPublicUrl,
    Target,
    BraceInTarget,
    ForwardedHeaders(&'static str),
    MissingSignature,
    MissingTimestamp,
    DuplicateHeader(&'static str),
    HeaderNotText(&'static str),
    SignatureLength(SignatureVersion, usize),
    SignatureEncoding(SignatureVersion),
    UnknownVersion,
    VersionNotAccepted(SignatureVersion),
    TimestampFormat,
    Stale(Duration),
    Future(Duration),
    Mismatch(SignatureVersion),
}

impl From<Reason> for Rejection {
    fn from(reason: Reason) -> Self {
        Rejection(reason)
    }
}

impl Rejection {
    /// The kind of reason.
    pub fn kind(&self) -> RejectionKind {
        match self.0 {
            Reason::NoSecret => RejectionKind::NoSecret,
            Reason::NoPublicUrl => RejectionKind::NoPublicUrl,
            Reason::Target | Reason::BraceInTarget => RejectionKind::Target,
            Reason::ForwardedHeaders(_) => RejectionKind::ForwardedHeaders,
            Reason::MissingSignature => RejectionKind::MissingSignature,
            Reason::MissingTimestamp => RejectionKind::MissingTimestamp,
            Reason::DuplicateHeader(_) => RejectionKind::DuplicateHeader,
            Reason::HeaderNotText(_) => RejectionKind::HeaderNotText,
            Reason::SignatureLength(..) => RejectionKind::SignatureLength,
            Reason::SignatureEncoding(_) => RejectionKind::SignatureEncoding,
            Reason::UnknownVersion => RejectionKind::UnknownVersion,
            Reason::VersionNotAccepted(_) => RejectionKind::VersionNotAccepted,
            Reason::TimestampFormat => RejectionKind::TimestampFormat,
            Reason::Stale(_) => RejectionKind::Stale,
            Reason::Future(_) => RejectionKind::Future,
            Reason::Mismatch(_) => RejectionKind::Mismatch,
        }
    }

    /// Whether the verifier is at fault, which then lets nobody in: it has no secret, or does not know its address.
    pub fn is_misconfiguration(&self) -> bool {
        matches!(self.kind(), RejectionKind::NoSecret | RejectionKind::NoPublicUrl)
    }

    /// The status to answer with: 500 where the verifier is at fault, else 401.
    ///
    /// HubSpot calls again after either: any answer of 400 or more (documented for HubSpot's webhooks in general). So a
    /// reply that came while the settings were wrong is not lost if they are mended within a day.
    pub fn status(&self) -> StatusCode {
        if self.is_misconfiguration() {
            StatusCode::INTERNAL_SERVER_ERROR
        } else {
            StatusCode::UNAUTHORIZED
        }
    }

    /// How far beyond now, in either direction, the time of a signature is that was refused for that.
    pub fn time_difference(&self) -> Option<Duration> {
        match self.0 {
            Reason::Stale(by) | Reason::Future(by) => Some(by),
            _ => None,
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = Verifier::TOLERANCE.as_secs();
        match self.0 {
            Reason::NoSecret => f.write_str(
                "no secret to verify with; give `Verifier::new` the client secret of the app that owns the channel",
            ),
            Reason::NoPublicUrl => f.write_str(
                "the address that HubSpot calls is not known; give the verifier the scheme and host of the channel's \
                 `webhookUrl` with `public_url`",
            ),
            Reason::Target => f.write_str(
                "the request's target is no path beneath the one named in `PublicUrl::replacing`; hand over path and \
                 query as they came in, before any router takes a part away",
            ),
            Reason::BraceInTarget => f.write_str(
                "the request's target has a `{`, which no address has unless as %7B; either something has decoded it on \
                 the way, or the beginning of the body was moved into it",
            ),
            Reason::ForwardedHeaders(header) => write!(
                f,
                "`{header}` is missing, doubled or unclear, and the proxy is trusted to say it; let the proxy set it \
                 to one value, or give the verifier a `public_url` instead"
            ),
            Reason::MissingSignature => write!(
                f,
                "no header `{}`; either it was not HubSpot that called, or a proxy has taken the header away",
                crate::SIGNATURE_V3_HEADER
            ),
            Reason::MissingTimestamp => write!(
                f,
                "no header `{}` beside the signature; see whether a proxy has taken it away",
                crate::TIMESTAMP_HEADER
            ),
            Reason::DuplicateHeader(header) => {
                write!(f, "header `{header}` stands there twice, and which is meant is anybody's guess")
            }
            Reason::HeaderNotText(header) => write!(f, "header `{header}` has bytes that are no ASCII text"),
            Reason::SignatureLength(version, length) => {
                write!(f, "a signature of {version} has {} characters, and this one has {length}", text_length(version))
            }
            Reason::SignatureEncoding(version @ SignatureVersion::V3) => {
                write!(f, "a signature of {version} is written in base64 with padding, and this one is not")
            }
            Reason::SignatureEncoding(version) => {
                write!(f, "a signature of {version} is written in small hexadecimal digits, and this one is not")
            }
            Reason::UnknownVersion => write!(
                f,
                "the signature is of no version that is known; `{}` should say v1 or v2",
                crate::SIGNATURE_VERSION_HEADER
            ),
            Reason::VersionNotAccepted(version) => write!(
                f,
                "the signature is of {version} alone, which does not protect against being sent again; if nothing \
                 better comes, accept it with `accept_{version}`"
            ),
            Reason::TimestampFormat => {
                write!(f, "`{}` is no number of milliseconds since 1970", crate::TIMESTAMP_HEADER)
            }
            Reason::Stale(by) => write!(
                f,
                "signed {:.3} s ago, and {most} s are the most; either this is sent again, or it was held up on its \
                 way, or this machine's clock is ahead",
                by.as_secs_f64()
            ),
            Reason::Future(by) => write!(
                f,
                "signed {:.3} s from now, and {most} s are the most; see whether this machine's clock is behind",
                by.as_secs_f64()
            ),
            Reason::Mismatch(version) => write!(
                f,
                "the signature of {version} is another one: secret, method, public address, body or time differ from \
                 what was signed; `Verifier::explain` tries which"
            ),
        }
    }
}

impl StdError for Rejection {}
