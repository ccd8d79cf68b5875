//! The body of an error, read in three steps: HubSpot's usual shape, any JSON, anything.

use std::{borrow::Cow, fmt};

use hubchannel_model::{ErrorBody, ErrorDetail, Secret, decode};
use serde_json::Value;

use super::text::line;

/// What could be made of the body of an error.
#[derive(Debug)]
pub(super) enum Answer {
    /// An object with at least a message, a category or single errors in the usual places.
    Known(Box<ErrorBody>),
    /// Other JSON, with what could be found in it.
    Json {
        message: Option<String>,
        category: Option<String>,
        correlation_id: Option<String>,
    },
    /// A page with its title.
    Html { title: Option<String> },
    /// Something else, or nothing.
    Opaque { empty: bool },
}

impl Answer {
    pub(super) fn read(body: &[u8]) -> Self {
        // A mark of the encoding says nothing, and JSON must not begin with one.
        let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
        if let Ok(known) = decode::<ErrorBody>(body)
            && (known.message.is_value() || known.category.is_value() || has_details(&known))
        {
            return Answer::Known(Box::new(known));
        }
        if let Ok(json) = serde_json::from_slice::<Value>(body) {
            return Answer::Json {
                message: ["message", "error_description", "error", "errors"]
                    .into_iter()
                    .find_map(|name| find(&json, name, 4)),
                category: ["category", "status"].into_iter().find_map(|name| find(&json, name, 4)),
                correlation_id: find(&json, "correlationId", 4),
            };
        }
        let text = String::from_utf8_lossy(body);
        match text.trim_start().as_bytes() {
            [] => Answer::Opaque { empty: true },
            [b'<', ..] => Answer::Html { title: title(&text) },
            _ => Answer::Opaque { empty: false },
        }
    }

    pub(super) fn category(&self) -> Option<Cow<'_, str>> {
        match self {
            Answer::Known(body) => match (body.category.as_ref(), body.sub_category.as_deref()) {
                (Some(category), Some(sub)) => Some(Cow::Owned(format!("{category} / {sub}"))),
                (Some(category), None) => Some(Cow::Borrowed(category.as_str())),
                (None, Some(sub)) => Some(Cow::Borrowed(sub)),
                (None, None) => match (body.error_type.as_deref(), body.policy_name.as_deref()) {
                    (Some(kind), Some(policy)) => Some(Cow::Owned(format!("{kind} / {policy}"))),
                    (kind, policy) => kind.or(policy).map(Cow::Borrowed),
                },
            },
            Answer::Json { category, .. } => category.as_deref().map(Cow::Borrowed),
            Answer::Html { .. } | Answer::Opaque { .. } => None,
        }
    }

    pub(super) fn correlation_id(&self) -> Option<&str> {
        match self {
            Answer::Known(body) => body.correlation_id.as_deref(),
            Answer::Json { correlation_id, .. } => correlation_id.as_deref(),
            Answer::Html { .. } | Answer::Opaque { .. } => None,
        }
        .filter(|id| !id.is_empty())
    }

    /// Writes what there is for people, without the secrets that the call was made with.
    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>, hidden: &[Secret]) -> fmt::Result {
        if let Some(category) = self.category() {
            write!(f, " {}", line(&category, hidden))?;
        }
        match self {
            Answer::Known(body) => {
                if let Some(message) = body.message.as_deref() {
                    write!(f, ": {}", line(message, hidden))?;
                }
                let details = body.errors.as_deref().unwrap_or_default().iter();
                let mut before = if body.message.is_value() { "; " } else { ": " };
                for message in details.filter_map(ErrorDetail::message).take(3) {
                    write!(f, "{before}{}", line(message, hidden))?;
                    before = "; ";
                }
                Ok(())
            }
            Answer::Json {
                message: Some(message), ..
            } => write!(f, ": {}", line(message, hidden)),
            Answer::Json { message: None, .. } => f.write_str(": JSON without a message"),
            Answer::Html { title: Some(title) } => write!(f, ": a page titled {}", line(title, hidden)),
            Answer::Html { title: None } => f.write_str(": a page without a title"),
            Answer::Opaque { empty: true } => f.write_str(": an empty body"),
            Answer::Opaque { empty: false } => f.write_str(": a body that is neither JSON nor a page"),
        }
    }
}

fn has_details(body: &ErrorBody) -> bool {
    let mut details = body.errors.as_deref().unwrap_or_default().iter();
    details.any(|detail| detail.message().is_some())
}

/// The first text of this name, alone or first in a list, in an object or those inside it down to a depth.
fn find(json: &Value, name: &str, depth: usize) -> Option<String> {
    let text = |value: &Value| match value {
        Value::Array(items) => items.first()?.as_str().map(str::to_owned),
        value => value.as_str().map(str::to_owned),
    };
    let here = json.as_object().and_then(|object| text(object.get(name)?));
    let depth = depth.checked_sub(1);
    here.or_else(|| match json {
        Value::Object(members) => members.values().find_map(|inner| find(inner, name, depth?)),
        Value::Array(items) => items.iter().find_map(|inner| find(inner, name, depth?)),
        _ => None,
    })
}

fn title(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower.get(start..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    let title = page.get(start..end)?.trim();
    (!title.is_empty()).then(|| title.to_owned())
}
