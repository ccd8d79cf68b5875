//! Whether a message in a thread is the one that was published.

use std::time::Duration;

use hubchannel_model::{
    Attachment, DeliveryIdentifier, DeliveryIdentifierType, Message, NewMessage, ThreadEntry, Timestamp,
    TruncationStatus, Unrecognized,
};

use super::ReconcilePublish;

/// How far one is the other. The least of its parts: one that is another's makes it another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    Other,
    /// It differs, and came at exactly its time the same way: nobody has documented that HubSpot keeps a message as it was.
    Altered,
    /// What would tell is missing.
    Unsure,
    Same,
}

impl From<bool> for Likeness {
    fn from(same: bool) -> Self {
        if same { Likeness::Same } else { Likeness::Other }
    }
}

pub(super) fn likeness(entry: &ThreadEntry, call: &ReconcilePublish) -> Likeness {
    let ThreadEntry::Message(message) = entry else {
        return unreadable(entry, call);
    };
    if message.id.as_ref().is_some_and(|id| call.others.contains(id)) {
        return Likeness::Other;
    }
    let body = &call.publish.body;
    let way = fields(message.direction.as_ref(), body.message_direction.as_ref())
        .min(fields(message.channel_account_id.as_ref(), body.channel_account_id.as_ref()));
    let parts = [
        fields(message.channel_id.as_ref(), Some(&call.publish.channel_id)),
        texts(message, body),
        senders(message, body),
        attachments(message, body),
        times(message.created_at.as_ref(), body.timestamp.as_ref(), call.tolerance),
    ];
    let content = parts.into_iter().min().unwrap_or(Likeness::Unsure);
    if way == Likeness::Same && is_same_time(message.created_at.as_ref(), body.timestamp.as_ref()) {
        content.max(Likeness::Altered)
    } else {
        content.min(way)
    }
}

/// A message that cannot be read may be it, and so may what does not say what it is.
fn unreadable(entry: &ThreadEntry, call: &ReconcilePublish) -> Likeness {
    match entry.as_unrecognized().map(Unrecognized::kind) {
        Some(None | Some("MESSAGE")) => {
            let created = created_at(entry);
            times(created.as_ref(), call.publish.body.timestamp.as_ref(), call.tolerance).min(Likeness::Unsure)
        }
        _ => Likeness::Other,
    }
}

/// When an entry was made that is not readable as a whole, or of a kind that is unknown.
pub(super) fn created_at(entry: &ThreadEntry) -> Option<Timestamp> {
    let entry: serde_json::Value = entry.as_unrecognized()?.decode().ok()?;
    Some(entry.get("createdAt")?.as_str()?.into())
}

fn fields<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> Likeness {
    match (one, other) {
        (Some(one), Some(other)) => (one == other).into(),
        _ => Likeness::Unsure,
    }
}

/// Blanks and line breaks do not count; HubSpot is not known to change them, nor to keep them.
fn texts(message: &Message, body: &NewMessage) -> Likeness {
    let (Some(shown), Some(published)) = (message.text.as_deref(), body.text.as_deref()) else {
        return Likeness::Unsure;
    };
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (shown, published) = (words(shown), words(published));
    let is_whole = matches!(message.truncation_status.as_ref(), None | Some(TruncationStatus::NotTruncated));
    if shown == published {
        Likeness::Same
    } else if !is_whole && published.contains(shown.trim_end_matches(['.', '…'])) {
        Likeness::Unsure
    } else {
        Likeness::Other
    }
}

fn senders(message: &Message, body: &NewMessage) -> Likeness {
    let published = body.senders.as_deref().unwrap_or_default();
    let published: Vec<&DeliveryIdentifier> = published
        .iter()
        .filter_map(|sender| sender.delivery_identifier.as_ref())
        .collect();
    let shown = message.senders.as_deref().unwrap_or_default();
    let mut shown = shown
        .iter()
        .filter_map(|sender| sender.delivery_identifier.as_ref())
        .peekable();
    if published.is_empty() || shown.peek().is_none() {
        return Likeness::Unsure;
    }
    shown
        .any(|shown| published.iter().any(|published| is_same_address(shown, published)))
        .into()
}

/// Addresses of people are written in more than one way.
fn is_same_address(one: &DeliveryIdentifier, other: &DeliveryIdentifier) -> bool {
    let (Some(one_value), Some(other_value)) = (one.value.as_deref(), other.value.as_deref()) else {
        return false;
    };
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    one.r#type == other.r#type
        && match one.r#type.as_ref() {
            Some(DeliveryIdentifierType::HsEmailAddress) => one_value.eq_ignore_ascii_case(other_value),
            Some(DeliveryIdentifierType::HsPhoneNumber) => digits(one_value) == digits(other_value),
            _ => one_value == other_value,
        }
}

/// By number and by the files among them, whatever else HubSpot tells of them.
fn attachments(message: &Message, body: &NewMessage) -> Likeness {
    let published = body.attachments.as_deref().unwrap_or_default();
    let Some(shown) = message.attachments.as_deref() else {
        return if published.is_empty() {
            Likeness::Same
        } else {
            Likeness::Unsure
        };
    };
    if shown.len() != published.len() {
        return Likeness::Other;
    }
    let files = |attachments: &[Attachment]| {
        let ids = attachments.iter().filter_map(|attachment| match attachment {
            Attachment::File(file) => file.file_id.as_ref().map(ToString::to_string),
            _ => None,
        });
        let mut ids: Vec<String> = ids.collect();
        ids.sort();
        ids
    };
    let (shown, published) = (files(shown), files(published));
    if shown.len() == published.len() {
        (shown == published).into()
    } else {
        Likeness::Unsure
    }
}

/// How far the clock that a message's time is of may be ahead of HubSpot's.
const CLOCKS: Duration = Duration::from_secs(15 * 60);

/// A message cannot be created before it was written, but for clocks that differ; from then on it may have been at any time.
fn times(created: Option<&Timestamp>, published: Option<&Timestamp>, tolerance: Duration) -> Likeness {
    if is_before(created, published, tolerance) {
        return Likeness::Other;
    }
    let (Some(created), Some(published)) = (millis(created), millis(published)) else {
        return Likeness::Unsure;
    };
    if created.abs_diff(published) <= whole_millis(tolerance).unsigned_abs() {
        Likeness::Same
    } else {
        Likeness::Unsure
    }
}

/// Whether a time is certainly before another.
pub(super) fn is_before(time: Option<&Timestamp>, other: Option<&Timestamp>, tolerance: Duration) -> bool {
    match (millis(time), millis(other)) {
        (Some(time), Some(other)) => time < other.saturating_sub(whole_millis(tolerance.max(CLOCKS))),
        _ => false,
    }
}

/// Whether two times are the same, to the millisecond.
pub(super) fn is_same_time(one: Option<&Timestamp>, other: Option<&Timestamp>) -> bool {
    millis(one).is_some_and(|one| millis(other) == Some(one))
}

fn millis(time: Option<&Timestamp>) -> Option<i64> {
    time?.to_unix_millis()
}

fn whole_millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
