//! What a body must hold, beyond being JSON of the right types.

use hubchannel_api::{
    Body,
    model::{
        ContactId, Field, MessageDirection, NewMessage, Participant, PreResolvedContacts, StatusType, StatusUpdate,
    },
};

use super::{attachment, body, identifier, refusal::Refusal};
use crate::state::{Draft, Party, Report};

/// The end of a body, of which line and column are looked for only where something is missing; of none, the very beginning.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'b>(pub(super) Option<&'b Body>);

impl Place<'_> {
    /// Line and column.
    pub(super) fn find(self) -> (usize, usize) {
        self.0.map_or((1, 1), body::end)
    }
}

/// Checks a message to publish.
///
/// Inner objects come before the object around them, as in a parser that builds objects as they close.
pub(super) fn read(body: NewMessage, strict: bool, end: Place<'_>) -> Result<Draft, Refusal> {
    let senders = parties(body.senders.as_deref(), end)?;
    let recipients = parties(body.recipients.as_deref(), end)?;
    let attachments = body
        .attachments
        .as_deref()
        .unwrap_or_default()
        .iter()
        .map(|attachment| attachment::read(attachment, end))
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(contacts) = body.pre_resolved_contacts.as_ref() {
        check_contacts(contacts, end)?;
    }
    let direction = body.message_direction.as_ref();
    named("MessageDirection", direction, MessageDirection::NAMED)?;
    check_number("associateWithContactId", &body.associate_with_contact_id)?;
    if let Some(timestamp) = body.timestamp.as_ref().filter(|timestamp| !timestamp.is_valid()) {
        return Err(Refusal::bad_json(
            None,
            &format!(
                "Cannot construct instance of `com.hubspot.apiutils.core.models.time.Iso8601Instant`, problem: Failed \
                 to parse {timestamp} as an ISO8601 string"
            ),
        ));
    }
    require(
        &[
            ("text", body.text.is_value()),
            ("channelAccountId", body.channel_account_id.is_value()),
            ("messageDirection", direction.is_some() || !strict),
            ("senders", body.senders.is_value()),
            ("recipients", body.recipients.is_value() || !strict),
            ("attachments", body.attachments.is_value() || !strict),
            ("timestamp", body.timestamp.is_value() || !strict),
        ],
        end,
    )?;
    if senders.is_empty() {
        return Err(Refusal::invalid("senders must not be empty"));
    }
    let text = body.text.into_option().unwrap_or_default();
    if text.is_empty() && attachments.is_empty() {
        return Err(Refusal::invalid("text must not be empty"));
    }
    let contacts = contacts(body.associate_with_contact_id.as_ref(), body.pre_resolved_contacts.as_ref());
    let direction = direction.cloned().unwrap_or(MessageDirection::Incoming);
    Ok(Draft {
        account: body.channel_account_id.into_option().unwrap_or_else(|| "".into()),
        direction,
        senders,
        recipients,
        text,
        rich_text: body.rich_text.into_option(),
        attachments,
        timestamp: body.timestamp.into_option(),
        integration_thread: not_empty(body.integration_thread_id),
        key: not_empty(body.integration_idempotency_id),
        in_reply_to: body.in_reply_to_id.into_option(),
        contacts,
    })
}

/// Checks a report of a delivery.
pub(super) fn read_report(body: StatusUpdate, end: Place<'_>) -> Result<Report, Refusal> {
    const REPORTABLE: &[&str] = &["SENT", "READ", "FAILED"];
    named("StatusType", body.status_type.as_ref(), REPORTABLE)?;
    require(&[("statusType", body.status_type.is_value())], end)?;
    Ok(Report {
        status: body.status_type.into_option().unwrap_or(StatusType::Sent),
        reason: body.error_message.into_option(),
    })
}

fn parties(participants: Option<&[Participant]>, end: Place<'_>) -> Result<Vec<Party>, Refusal> {
    participants
        .unwrap_or_default()
        .iter()
        .map(|participant| {
            let Some(identifier) = participant.delivery_identifier.as_ref() else {
                return Err(Refusal::missing(end, &["deliveryIdentifier"]));
            };
            let address = identifier::read(identifier, end)?;
            Ok(Party {
                name: participant.name.as_ref().cloned(),
                address,
                actor: participant.sender_actor_id.as_ref().cloned(),
            })
        })
        .collect()
}

/// Who those on the outside are: the one that the message is associated with, or those that the bridge has found.
fn contacts(associated: Option<&ContactId>, found: Option<&PreResolvedContacts>) -> Vec<ContactId> {
    let found = found.and_then(|found| found.contacts.as_deref()).unwrap_or_default();
    let found = found.iter().filter_map(|contact| contact.contact_vid.as_ref());
    let mut contacts: Vec<ContactId> = found.map(|id| id.clone().into_text()).collect();
    if let Some(associated) = associated {
        let associated = associated.clone().into_text();
        match contacts.first_mut() {
            Some(first) => *first = associated,
            None => contacts.push(associated),
        }
    }
    contacts
}

fn check_contacts(contacts: &PreResolvedContacts, end: Place<'_>) -> Result<(), Refusal> {
    for contact in contacts.contacts.as_deref().unwrap_or_default() {
        check_number("contactVid", &contact.contact_vid)?;
        require(
            &[
                ("contactVid", contact.contact_vid.is_value()),
                ("contactPropertiesLeadingToMatch", contact.contact_properties_leading_to_match.is_value()),
            ],
            end,
        )?;
    }
    require(&[("contacts", contacts.contacts.is_value())], end)
}

/// Fails with the members that are not set.
pub(super) fn require(members: &[(&'static str, bool)], end: Place<'_>) -> Result<(), Refusal> {
    match unset(members).as_slice() {
        [] => Ok(()),
        missing => Err(Refusal::missing(end, missing)),
    }
}

pub(super) fn unset(members: &[(&'static str, bool)]) -> Vec<&'static str> {
    members.iter().filter(|(_, set)| !set).map(|(name, _)| *name).collect()
}

/// Fails where there is a value that is none of the enum's.
pub(super) fn named<T: AsRef<str>>(kind: &str, value: Option<&T>, names: &[&str]) -> Result<(), Refusal> {
    match value.map(AsRef::as_ref).filter(|value| !names.contains(value)) {
        None => Ok(()),
        Some(value) => Err(Refusal::bad_json(
            None,
            &format!(
                "Cannot deserialize value of type `{kind}` from String {value:?}: not one of the values accepted for \
                 Enum class: [{}]",
                names.join(", ")
            ),
        )),
    }
}

/// Fails where there is an id that is not a number.
pub(super) fn check_number<T: AsRef<str>>(member: &str, id: &Field<T>) -> Result<(), Refusal> {
    match id
        .as_ref()
        .map(AsRef::as_ref)
        .filter(|text| text.parse::<i64>().is_err())
    {
        None => Ok(()),
        Some(text) => Err(Refusal::bad_json(
            None,
            &format!("Cannot deserialize value of type `long` for {member} from {text:?}: not a valid `long` value"),
        )),
    }
}

fn not_empty<T: AsRef<str>>(text: Field<T>) -> Option<String> {
    let text = text.into_option()?.as_ref().to_owned();
    Some(text).filter(|text| !text.is_empty())
}
