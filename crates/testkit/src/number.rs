//! The exact value of a JSON number.

/// Whether two JSON numbers have the same exact decimal value, however they are written.
pub(crate) fn is_same(left: &str, right: &str) -> bool {
    left == right || Decimal::of(left).is_some_and(|value| Some(value) == Decimal::of(right))
}

/// A number in its one normal form.
#[derive(PartialEq, Eq)]
struct Decimal {
    negative: bool,
    /// Without zeros at either end.
    digits: String,
    /// The power of ten of the last digit.
    exponent: i128,
}

impl Decimal {
    /// `None` where the exponent passes all bounds; such a number equals only its own text.
    fn of(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        let significant = digits.trim_end_matches('0');
        if significant.is_empty() {
            return Some(Decimal {
                negative: false,
                digits: String::new(),
                exponent: 0,
            });
        }
        let dropped = i128::try_from(digits.len() - significant.len()).ok()?;
        let behind_point = i128::try_from(fraction.len()).ok()?;
        Some(Decimal {
            negative,
            digits: significant.trim_start_matches('0').to_owned(),
            exponent: exponent.parse::<i128>().ok()?.checked_add(dropped - behind_point)?,
        })
    }
}
