//! Points in time as HubSpot writes them.

use std::{
    cmp::Ordering,
    fmt, hash,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::wire::{Text, into_field};

/// A point in time, as the text it was written as.
///
/// ```
/// use hubchannel_model::Timestamp;
///
/// let one: Timestamp = serde_json::from_str(r#""2026-05-27T12:16:00.000000+00:00""#)?;
/// let other: Timestamp = serde_json::from_str(r#""2026-05-27T14:16:00+02:00""#)?;
/// assert_eq!(one, other);
/// assert_eq!(serde_json::to_string(&one)?, r#""2026-05-27T12:16:00.000000+00:00""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// HubSpot writes ISO 8601 in UTC, `2026-05-27T12:15:00.123Z`, and accepts offsets and other precisions (observed).
/// Two are equal when they are the same instant, however written. A string that is no time at all is kept too, so
/// that an odd one costs no message: [`is_valid`](Timestamp::is_valid) tells, and such values equal only the same
/// text. The text is parsed when the time is asked for, not when it is read.
#[derive(Clone)]
pub struct Timestamp(Text);

impl Timestamp {
    /// The text as it was written.
    #[inline]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether the text is a time.
    pub fn is_valid(&self) -> bool {
        self.instant().is_some()
    }

    /// The instant; `None` when the text is no time.
    pub fn to_system_time(&self) -> Option<SystemTime> {
        self.instant().map(SystemTime::from)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z, rounded towards the past; `None` when the text is no time.
    pub fn to_unix_millis(&self) -> Option<i64> {
        i64::try_from(self.instant()?.as_nanosecond().div_euclid(1_000_000)).ok()
    }

    /// The instant in UTC, cut to the millisecond, as HubSpot writes them.
    ///
    /// Times before the year 0 or after 9999 become the nearest time within.
    pub fn from_unix_millis(millis: i64) -> Self {
        // From 0000-01-01T00:00:00.000Z to 9999-12-30T21:59:59.999Z, about the latest that jiff holds.
        let millis = millis.clamp(-62_167_219_200_000, 253_402_207_199_999);
        let instant = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Timestamp(format!("{instant:.3}").as_str().into())
    }

    /// Whether the text is a time in the form that every reader of ISO 8601 takes, the one of RFC 3339.
    pub(crate) fn is_plain(&self) -> bool {
        let fits = |text: &[u8], shape: &[u8]| {
            text.len() == shape.len()
                && text.iter().zip(shape).all(|(byte, shape)| match shape {
                    b'0' => byte.is_ascii_digit(),
                    b'+' => matches!(byte, b'+' | b'-'),
                    other => byte == other,
                })
        };
        let Some((seconds, rest)) = self.as_str().as_bytes().split_at_checked(19) else {
            return false;
        };
        let digits = match rest {
            [b'.', rest @ ..] => rest.iter().take_while(|byte| byte.is_ascii_digit()).count() + 1,
            _ => 0,
        };
        let (fraction, offset) = rest.split_at(digits);
        fits(seconds, b"0000-00-00T00:00:00")
            && fraction.len() != 1
            && (offset == b"Z" || fits(offset, b"+00:00"))
            && (is_an_everyday_one(seconds, fraction, offset) || self.is_valid())
    }

    /// Whether the text may be a time to somebody: one in another form of ISO 8601, with anything behind it, or a count of
    /// seconds or milliseconds.
    pub(crate) fn is_like_a_time(&self) -> bool {
        let text = self.as_str();
        let begins_like_one = |length| {
            let start = text.get(..length);
            start.is_some_and(|start| start.parse::<jiff::civil::DateTime>().is_ok())
        };
        let is_count = matches!(text.len(), 9..=14) && text.bytes().all(|byte| byte.is_ascii_digit());
        // A date alone, or with minutes, or with seconds.
        self.is_valid() || is_count || [text.len(), 16, 19].into_iter().any(begins_like_one)
    }

    fn instant(&self) -> Option<jiff::Timestamp> {
        self.as_str().parse().ok()
    }

    /// What makes two the same: the instant, or the text of one that has none.
    fn identity(&self) -> Result<jiff::Timestamp, &str> {
        self.instant().ok_or(self.as_str())
    }
}

/// Whether a time of that form is one in any calendar, which spares most messages a look at ours.
fn is_an_everyday_one(seconds: &[u8], fraction: &[u8], offset: &[u8]) -> bool {
    let digit = |at: usize| {
        seconds
            .get(at)
            .map_or(u32::MAX, |byte| u32::from(byte.wrapping_sub(b'0')))
    };
    let two_at = |at: usize| digit(at).saturating_mul(10).saturating_add(digit(at + 1));
    let year = matches!(digit(0), 1 | 2);
    let date = matches!(two_at(5), 1..=12) && matches!(two_at(8), 1..=28);
    let time = two_at(11) < 24 && two_at(14) < 60 && two_at(17) < 60;
    // A point and nine digits.
    year && date && time && fraction.len() <= 10 && offset == b"Z"
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Timestamp(text.into())
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

into_field!(Timestamp: &str, String, SystemTime);

/// In UTC, cut to the millisecond, as HubSpot writes them.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let millis = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_nanos().div_ceil(1_000_000)).map_or(i64::MIN, |ms| -ms),
        };
        Timestamp::from_unix_millis(millis)
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str() || self.identity() == other.identity()
    }
}

impl Eq for Timestamp {}

/// By instant; what is no time comes after every time.
impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        self.identity().cmp(&other.identity())
    }
}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl hash::Hash for Timestamp {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;

        impl de::Visitor<'_> for Written {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time in ISO 8601 (a string)")
            }

            #[inline]
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                Ok(text.into())
            }
        }

        deserializer.deserialize_str(Written)
    }
}

impl Serialize for Timestamp {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
