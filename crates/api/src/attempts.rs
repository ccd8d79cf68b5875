//! What was tried until a call came to its end.

use std::time::Duration;

use crate::{Reach, TransportError, TransportErrorKind};

/// What was tried until a call came to its end.
///
/// ```
/// use std::time::Duration;
/// use hubchannel_api::{Attempts, GaveUp};
///
/// let mut attempts = Attempts::one();
/// attempts.count += 2;
/// attempts.waited = Duration::from_secs(3);
/// attempts.gave_up = Some(GaveUp::MaxAttempts);
/// assert_eq!(attempts.to_string(), "gave up after 3 attempts, 3s of waiting: as many as are made");
/// ```
///
/// A layer that repeats requests puts this into the extensions of the response that it hands back, or into the
/// [`TransportError`](crate::TransportError) that it gives up with. So a caller, or a layer around that one, can tell
/// that repeating has been tried. Without such a layer no times are told, but how long a call was [held](Attempts::held)
/// back until its deadline ended it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempts {
    /// How many times the request was handed to the transport beneath all layers, whether or not that got a connection:
    /// 0 where a layer held it back every time, for want of a token or of room in a limit.
    pub count: u32,
    /// How long it took from the beginning of the first try to the end of the last.
    pub elapsed: Duration,
    /// How much of that was spent waiting between tries.
    pub waited: Duration,
    /// How much of it a layer held the request back in its tries, for want of a token or of room in a limit, as far as the
    /// layer tells.
    pub held: Duration,
    /// Whether an attempt before the last may have been carried out, because nothing said that it was turned down.
    pub earlier_unknown: bool,
    /// Why no further attempt was made although the last one failed in a way that may pass.
    pub gave_up: Option<GaveUp>,
}

/// Why a layer stopped repeating a request that might have succeeded in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GaveUp {
    /// It was tried as often as the layer tries.
    MaxAttempts,
    /// Too many requests have failed of late: repeating them all would add to the outage.
    Budget,
    /// The next attempt would have begun too late for the call, or too shortly before its end.
    Deadline,
    /// It may have been carried out, and must not be carried out twice.
    NotRepeatable,
    /// It was sent, or may have been, and is repeated only where it was not.
    Sent,
    /// Its body can be read only once.
    ReadOnce,
    /// The limit of the day is used up, and no call lasts until the next.
    DailyLimit,
}

impl Attempts {
    /// A single one.
    pub fn one() -> Self {
        Attempts {
            count: 1,
            ..Attempts::default()
        }
    }

    /// What was tried for a request that ended with this error: what the error [says](TransportError::attempts), else
    /// none where a layer held the request back, and one.
    ///
    /// ```
    /// use hubchannel_api::{Attempts, Reach, TransportError, TransportErrorKind};
    ///
    /// let refused = TransportError::new(TransportErrorKind::Refused, Reach::NotSent, "no token for it");
    /// assert_eq!(Attempts::of(&refused).count, 0);
    /// let alone = TransportError::new(TransportErrorKind::Connect, Reach::NotSent, "nobody is there");
    /// assert_eq!(Attempts::of(&alone).count, 1);
    /// ```
    pub fn of(error: &TransportError) -> Self {
        use TransportErrorKind::{RateLimited, Refused};
        match (error.attempts(), error.kind(), error.reach()) {
            (Some(attempts), ..) => attempts.clone(),
            (None, Refused | RateLimited, Reach::NotSent) => Attempts::default(),
            (None, ..) => Attempts::one(),
        }
    }
}

/// For people, in a few words; nothing for a single attempt that was not given up.
impl std::fmt::Display for Attempts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let attempts = if self.count == 1 { "attempt" } else { "attempts" };
        match self.gave_up {
            Some(_) if self.count == 0 => f.write_str("gave up before anything was sent")?,
            Some(_) => write!(f, "gave up after {} {attempts}", self.count)?,
            None if self.count > 1 => write!(f, "after {} {attempts}", self.count)?,
            None => return Ok(()),
        }
        if !self.waited.is_zero() {
            write!(f, ", {:?} of waiting", self.waited)?;
        }
        match self.gave_up {
            Some(GaveUp::MaxAttempts) if self.count == 0 => f.write_str(": it was tried as often as it is tried"),
            Some(GaveUp::MaxAttempts) => f.write_str(": as many as are made"),
            Some(GaveUp::Budget) => f.write_str(": too many requests fail at present"),
            Some(GaveUp::Deadline) => f.write_str(": the next one would have been too late"),
            Some(GaveUp::NotRepeatable) => f.write_str(": it must not be carried out twice"),
            Some(GaveUp::Sent) => f.write_str(": it is repeated only where it was not sent"),
            Some(GaveUp::ReadOnce) => f.write_str(": its body can be read only once"),
            Some(GaveUp::DailyLimit) => f.write_str(": the limit of the day is used up"),
            None => Ok(()),
        }
    }
}
