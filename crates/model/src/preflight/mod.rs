//! What is wrong, or may be, with a request body, found before it is sent.
//!
//! One walk down a body finds both: what is refused, because HubSpot is known to require it or because it cannot mean
//! anything, and what is advised against, because something is known that speaks against it but not what HubSpot makes
//! of it. The rules stand in one file for each kind of body; where nothing is known, there is no rule.

mod account;
mod attachment;
mod channel;
mod checker;
mod identifier;
mod message;
mod status;

use std::fmt;

use crate::wire::Line;

pub(crate) use self::checker::{AnyId, Checker};

/// One thing found in a request body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The member, as a path in the JSON: `senders[0].deliveryIdentifier.value`; empty for the whole body.
    pub path: String,
    /// What speaks against it.
    pub rule: String,
    /// What to do.
    pub remedy: String,
    /// Whether it is refused or advised against.
    pub severity: Severity,
}

/// On one line, with no more than the first 200 characters of each part, as a path may have names of a sender's choice.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", Line(&self.path))?;
        }
        write!(f, "{} ({})", Line(&self.rule), Line(&self.remedy))
    }
}

/// How much a [`Finding`] weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It may be right, or HubSpot may take it all the same.
    Advice,
    /// HubSpot is known to refuse it, or it cannot mean anything.
    Refusal,
}

/// Everything found in a request body, refused or advised against; may be nothing.
///
/// ```
/// use hubchannel_model::{ChannelCapabilities, DeliveryIdentifier, NewMessage, Participant, ThreadingModel};
///
/// let visitor = Participant::new(DeliveryIdentifier::phone("0171 4711"));
/// let body = NewMessage::incoming("3307400689", visitor, "Is the blue one in stock?");
/// let capabilities = ChannelCapabilities::new(ThreadingModel::IntegrationThreadId);
/// let found = body.preflight(Some(&capabilities));
///
/// let advice: Vec<&str> = found.advice().map(|finding| finding.path.as_str()).collect();
/// assert_eq!(advice, ["senders[0].deliveryIdentifier.value", "integrationThreadId"]);
/// assert_eq!(found.refusals().count(), 0);
/// body.check()?;
/// assert!(found.strict().is_err());
/// # Ok::<(), hubchannel_model::Violations>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Preflight(Vec<Finding>);

impl Preflight {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How much was found.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Everything, in the order in which the body was walked.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Finding> {
        self.0.iter()
    }

    /// What is refused: what the body's `check` fails by.
    pub fn refusals(&self) -> impl Iterator<Item = &Finding> {
        self.of(Severity::Refusal)
    }

    /// What is advised against.
    pub fn advice(&self) -> impl Iterator<Item = &Finding> {
        self.of(Severity::Advice)
    }

    fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.iter().filter(move |finding| finding.severity == severity)
    }

    /// Passes unless something is refused, as the body's `check` does.
    ///
    /// # Errors
    /// The refusals.
    pub fn check(self) -> Result<(), Violations> {
        let refusals = self
            .0
            .into_iter()
            .filter(|finding| finding.severity == Severity::Refusal);
        Preflight(refusals.collect()).strict()
    }

    /// Passes only where nothing was found at all: takes advice for refusal.
    ///
    /// # Errors
    /// Everything found.
    pub fn strict(self) -> Result<(), Violations> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(Violations(self.0))
        }
    }
}

/// On one line, with no more than the first twenty.
impl fmt::Display for Preflight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_all(f, &self.0)
    }
}

impl fmt::Debug for Preflight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

/// Why a request body is not sent: findings, at least one.
///
/// ```
/// use hubchannel_model::{NewMessage, decode};
///
/// let body: NewMessage = decode(br#"{"channelAccountId": "", "messageDirection": "INCOMING", "text": "hi"}"#)?;
/// let violations = body.check().unwrap_err();
/// let paths: Vec<&str> = violations.iter().map(|violation| violation.path.as_str()).collect();
/// assert_eq!(paths, ["channelAccountId", "senders"]);
/// # Ok::<(), hubchannel_model::DecodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Violations(Vec<Finding>);

impl Violations {
    /// One by one, in the order in which the body was walked.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Finding> {
        self.0.iter()
    }
}

/// On one line, with no more than the first twenty.
impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_all(f, &self.0)
    }
}

impl fmt::Debug for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

impl std::error::Error for Violations {}

/// Writes findings into one line.
fn write_all(f: &mut fmt::Formatter<'_>, findings: &[Finding]) -> fmt::Result {
    const MOST: usize = 20;

    let (shown, others) = findings.split_at(findings.len().min(MOST));
    for (at, finding) in shown.iter().enumerate() {
        let separator = if at > 0 { "; " } else { "" };
        write!(f, "{separator}{finding}")?;
    }
    match others.len() {
        0 => Ok(()),
        others => write!(f, "; and {others} more"),
    }
}
