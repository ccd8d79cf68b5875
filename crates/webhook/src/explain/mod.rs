//! Why a signature does not fit: the known mistakes, tried one after the other and together.

mod body;
mod choices;
mod hints;
mod search;

use std::{fmt, time::SystemTime};

use bytes::Bytes;
use http::{HeaderMap, Method};

use self::{choices::Choices, search::Outcome};
use crate::{Rejection, Verifier, headers::Claim};

impl Verifier {
    /// Says what most likely differs between this request and what was signed.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use http::Method;
    /// use hubchannel_webhook::{Part, Signer, Verifier};
    ///
    /// let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_780_000_000);
    /// let body = r#"{"type":"CHANNEL_ACCOUNT_PURGED"}"#;
    /// let headers = Signer::new("client-secret").sign(&Method::POST, "https://bridge.example.com/events/", body, now);
    ///
    /// // A router that takes the last / away, and a framework that writes the JSON anew.
    /// let verifier = Verifier::new("client-secret").public_url("https://bridge.example.com".parse()?);
    /// let written_anew = r#"{ "type": "CHANNEL_ACCOUNT_PURGED" }"#;
    /// let explanation = verifier.explain(&Method::POST, "/events", &headers, written_anew, now);
    /// let parts: Vec<Part> = explanation.differences().iter().map(|difference| difference.part()).collect();
    /// assert_eq!(parts, [Part::TrailingSlash, Part::Body]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// It takes what [`verify`](Verifier::verify) takes, and tries what people get wrong: scheme, host, port, a path that a
    /// proxy changed, a slash too many or too few, an address decoded too much or too little, a body that was read and
    /// written again, another secret (see [`suspect`](Verifier::suspect)), a clock that is off. Up to three mistakes at once
    /// are found. Where none fits, what may be wrong is hinted at, and never one thing alone: a beginning of the path that a
    /// router took away, and left no trace of, looks just like a wrong secret. Whatever it says, it shows neither a secret
    /// nor a signature, and of the address no more than the host.
    ///
    /// It is for a developer at a log, not for an answer: whoever calls would learn how to get past. It computes up to some
    /// thousand signatures, over 64 MiB in all at the most, so it is nothing to do for every request either.
    pub fn explain(
        &self,
        method: &Method,
        target: &str,
        headers: &HeaderMap,
        body: impl Into<Bytes>,
        now: SystemTime,
    ) -> Explanation {
        let body = body.into();
        let Err(rejection) = self.verify(method, target, headers, body.clone(), now) else {
            return Explanation::nothing_wrong();
        };
        let claim = match Claim::read(headers) {
            Ok(claim) if !self.keys.is_empty() => claim,
            _ => return Explanation::of(rejection),
        };
        let choices = Choices::of(self, &claim, method, target, headers, &body);
        let outcome = search::search(&choices, &claim);
        let (differences, hints) = match outcome {
            Outcome::Found(differences) => (differences, Vec::new()),
            Outcome::Exhausted => (Vec::new(), hints::hints(self, claim.version, headers, &body)),
            Outcome::OutOfBudget => (Vec::new(), hints::after_the_budget(self, claim.version, headers, &body)),
        };
        Explanation {
            rejection: Some(rejection),
            fits: differences.is_empty() && hints.is_empty(),
            differences,
            hints,
        }
    }
}

/// What differs between a request and what was signed.
///
/// `Display` says it in a few lines, for a developer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    rejection: Option<Rejection>,
    /// Whether the signature is right as it is.
    fits: bool,
    differences: Vec<Difference>,
    hints: Vec<String>,
}

impl Explanation {
    fn nothing_wrong() -> Self {
        Explanation {
            rejection: None,
            fits: true,
            differences: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// One that has nothing to add.
    pub(crate) fn of(rejection: Rejection) -> Self {
        Explanation {
            rejection: Some(rejection),
            fits: false,
            ..Explanation::nothing_wrong()
        }
    }

    /// Why the request is rejected; `None` where it is not.
    pub fn rejection(&self) -> Option<&Rejection> {
        self.rejection.as_ref()
    }

    /// What differs: the fewest differences with which the signature fits, so that there is no doubt. None where nothing
    /// that was tried makes it fit, or where it fits as it is.
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// Whether the signature fits as it is, so that the request was rejected for something else: its time, for example.
    pub fn signature_fits(&self) -> bool {
        self.fits
    }

    /// What may be wrong where nothing that was tried makes the signature fit.
    pub fn hints(&self) -> impl ExactSizeIterator<Item = &str> {
        self.hints.iter().map(String::as_str)
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(rejection) = &self.rejection else {
            return f.write_str("nothing is wrong with this request");
        };
        write!(f, "rejected: {rejection}")?;
        if self.fits {
            f.write_str("\nthe signature itself is right")?;
        }
        for difference in &self.differences {
            write!(f, "\nfound: {difference}")?;
        }
        for hint in &self.hints {
            write!(f, "\nperhaps: {hint}")?;
        }
        Ok(())
    }
}

/// One thing that is not as it was when it was signed. `Display` says what it is and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    part: Part,
    told: String,
}

impl Difference {
    fn new(part: Part, told: impl Into<String>) -> Self {
        Difference {
            part,
            told: told.into(),
        }
    }

    /// What of the request it is.
    pub fn part(&self) -> Part {
        self.part
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told)
    }
}

/// What of a request differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Part {
    /// The secret.
    Secret,
    /// The version of the signature.
    Version,
    /// The method.
    Method,
    /// `http` or `https`.
    Scheme,
    /// The host, or its port.
    Host,
    /// The path, or a part of it that a proxy has changed.
    Path,
    /// A slash at the end of the path.
    TrailingSlash,
    /// The query.
    Query,
    /// What of the address is decoded.
    Decoding,
    /// The body.
    Body,
}
