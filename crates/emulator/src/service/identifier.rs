//! Addresses in the outside service.

use hubchannel_api::model::{DeliveryIdentifier, DeliveryIdentifierType};

use super::{
    draft::{Place, named, require},
    refusal::Refusal,
};
use crate::state::Address;

/// Checks an identifier's kind and value.
pub(super) fn read(identifier: &DeliveryIdentifier, end: Place<'_>) -> Result<Address, Refusal> {
    named("DeliveryIdentifierType", identifier.r#type.as_ref(), DeliveryIdentifierType::NAMED)?;
    require(
        &[
            ("type", identifier.r#type.is_value()),
            ("value", identifier.value.is_value()),
        ],
        end,
    )?;
    let kind = identifier.r#type.as_ref().cloned().unwrap_or_else(|| "".into());
    let value = identifier.value.as_deref().unwrap_or_default();
    if !is_address(&kind, value) {
        return Err(Refusal::invalid(format!("{value} is not a valid {kind}")));
    }
    Ok(Address {
        kind: kind.to_string(),
        value: value.to_owned(),
    })
}

/// The same for one that need not be there.
pub(super) fn read_optional(
    identifier: Option<&DeliveryIdentifier>,
    end: Place<'_>,
) -> Result<Option<DeliveryIdentifier>, Refusal> {
    let address = identifier.map(|identifier| read(identifier, end)).transpose()?;
    Ok(address.as_ref().map(DeliveryIdentifier::from))
}

fn is_address(kind: &DeliveryIdentifierType, value: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match kind {
        DeliveryIdentifierType::HsPhoneNumber => value
            .strip_prefix('+')
            .is_some_and(|number| digits(number) && !number.starts_with('0') && (2..=15).contains(&number.len())),
        DeliveryIdentifierType::HsEmailAddress => value
            .split_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@')),
        DeliveryIdentifierType::HsShortCode => digits(value),
        _ => !value.is_empty(),
    }
}
