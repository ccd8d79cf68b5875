//! Numbers that keep their digits.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::wire::{
    into_field,
    raw::{self, FromJson},
};

/// A JSON number with every digit it was written with.
///
/// ```
/// use hubchannel_model::Number;
///
/// let latitude: Number = serde_json::from_str("52.5200066000000000000001")?;
/// assert_eq!(latitude.as_f64(), 52.5200066);
/// assert_eq!(serde_json::to_string(&latitude)?, "52.5200066000000000000001");
/// assert_eq!(serde_json::from_str::<Number>("1.50")?, serde_json::from_str("15e-1")?);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Two are equal when their exact decimal values are, whatever the spelling.
#[derive(Clone)]
pub struct Number(Box<str>);

impl Number {
    /// The nearest `f64`; infinite when the number is too large for one.
    pub fn as_f64(&self) -> f64 {
        // The text is a JSON number, which is always a Rust float too.
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// The number, where it is whole and fits: `1`, and also `1.0` and `1e3`. `None` for every other, which is never rounded.
    ///
    /// ```
    /// use hubchannel_model::Number;
    ///
    /// let millis: Number = serde_json::from_str("1.779884100123e12")?;
    /// assert_eq!(millis.as_i64(), Some(1_779_884_100_123));
    /// assert_eq!(serde_json::from_str::<Number>("1.5")?.as_i64(), None);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn as_i64(&self) -> Option<i64> {
        self.as_integer()?.try_into().ok()
    }

    /// The number, where it is whole, not negative, and fits; as [`as_i64`](Number::as_i64) otherwise.
    pub fn as_u64(&self) -> Option<u64> {
        self.as_integer()?.try_into().ok()
    }

    /// The number, where it is whole and has no more digits than any of 64 bits.
    fn as_integer(&self) -> Option<i128> {
        const MOST: usize = 20;

        let (negative, digits, exponent) = self.decimal();
        if digits.is_empty() {
            return Some(0);
        }
        let zeros = usize::try_from(exponent).ok()?;
        if digits.len().checked_add(zeros)? > MOST {
            return None;
        }
        let digits: i128 = format!("{digits}{:0<zeros$}", "").parse().ok()?;
        Some(if negative { -digits } else { digits })
    }

    /// The number without its fraction; negative ones count as nothing.
    pub(crate) fn whole(&self) -> u64 {
        // `as` takes what is out of range to the nearest bound.
        self.0.parse().unwrap_or_else(|_| self.as_f64() as u64)
    }

    /// A whole number. No `From`, beside which a plain `1` would be neither this nor an `i64`.
    pub(crate) fn of_whole(value: u64) -> Self {
        Number(value.to_string().into())
    }

    /// The number as it is written in JSON.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Sign, significant digits without zeros at either end, and the power of ten of the last digit.
    ///
    /// The exponent is clamped far outside what any sender writes, so that hostile text costs no more than its length.
    fn decimal(&self) -> (bool, String, i64) {
        let (negative, text) = match self.0.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, &*self.0),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent = exponent.parse::<i64>().unwrap_or_else(|_| {
            if exponent.starts_with('-') {
                i64::MIN / 4
            } else {
                i64::MAX / 4
            }
        });
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        let significant = digits.trim_start_matches('0').trim_end_matches('0');
        if significant.is_empty() {
            return (false, String::new(), 0);
        }
        let trailing = digits.len() - digits.trim_end_matches('0').len();
        let length = |text: usize| i64::try_from(text).unwrap_or(i64::MAX / 4);
        let exponent = exponent.clamp(i64::MIN / 4, i64::MAX / 4) - length(fraction.len()) + length(trailing);
        (negative, significant.to_owned(), exponent)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.decimal() == other.decimal()
    }
}

impl Eq for Number {}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Number(value.to_string().into())
    }
}

into_field!(Number: i64);

/// Not a number and the infinities cannot be written as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotFinite;

impl fmt::Display for NotFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a finite number")
    }
}

impl std::error::Error for NotFinite {}

impl TryFrom<f64> for Number {
    type Error = NotFinite;

    fn try_from(value: f64) -> Result<Self, NotFinite> {
        serde_json::Number::from_f64(value)
            .map(|number| Number(number.to_string().into()))
            .ok_or(NotFinite)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        raw::read(deserializer)
    }
}

impl FromJson for Number {
    fn from_json(json: &str) -> serde_json::Result<Self> {
        match json.as_bytes() {
            [b'0'..=b'9' | b'-', ..] => raw::checked(json).map(|json| Number(json.into())),
            _ => Err(de::Error::custom(format_args!("invalid type: {}, expected a number", raw::kind_of(json)))),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        raw::value(&self.0)
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}
