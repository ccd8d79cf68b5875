//! Rules for addresses in the outside service.

use super::Checker;
use crate::{DeliveryIdentifier, DeliveryIdentifierType, Field};

impl DeliveryIdentifier {
    pub(super) fn walk(&self, checker: &mut Checker<'_>) {
        checker.required_text("type", &self.r#type, "say what kind of address it is");
        checker.described("type", &self.r#type);
        checker.required_text("value", &self.value, "give the address");
        let value = self.value.as_deref().filter(|value| !value.is_empty());
        if let (Some(kind), Some(value)) = (self.r#type.as_ref(), value) {
            advise_on_value(checker, kind, value);
        }
    }
}

/// HubSpot has checked values since 2025 (documented), and does not say how.
fn advise_on_value(checker: &mut Checker<'_>, kind: &DeliveryIdentifierType, value: &str) {
    match kind {
        DeliveryIdentifierType::HsPhoneNumber if !is_e164(value) => {
            checker.advise(
                "value",
                "is no phone number in E.164",
                "write a plus sign, the country's code and the number, and nothing between: +4915112345678",
            );
        }
        DeliveryIdentifierType::HsEmailAddress if !is_email(value) => {
            checker.advise("value", "is no e-mail address", "write one @ with text on either side");
        }
        DeliveryIdentifierType::HsShortCode if !is_digits(value) => {
            checker.advise("value", "is no short code", "write digits alone");
        }
        _ => {}
    }
}

fn is_e164(value: &str) -> bool {
    value
        .strip_prefix('+')
        .is_some_and(|digits| (2..=15).contains(&digits.len()) && is_digits(digits) && !digits.starts_with('0'))
}

fn is_email(value: &str) -> bool {
    value
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
}

fn is_digits(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit())
}

/// An identifier that may be missing, but not in part.
pub(super) fn walk_optional(checker: &mut Checker<'_>, identifier: &Field<DeliveryIdentifier>) {
    if let Some(identifier) = identifier.as_ref() {
        checker.at("deliveryIdentifier", |checker| identifier.walk(checker));
    }
}
