//! What a rule wants of a request.

use std::fmt;

use serde_json::Value;

use super::Received;

/// One thing that a rule wants of a request, with words for it.
pub(super) struct Matcher {
    wants: String,
    holds: Box<dyn Fn(&Received) -> bool + Send + Sync>,
}

impl Matcher {
    pub(super) fn new(wants: impl Into<String>, holds: impl Fn(&Received) -> bool + Send + Sync + 'static) -> Self {
        Matcher {
            wants: wants.into(),
            holds: Box::new(holds),
        }
    }

    pub(super) fn holds(&self, received: &Received) -> bool {
        (self.holds)(received)
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.wants)
    }
}

/// Whether the JSON has everything that is wanted: objects may have more members, lists have as many items.
pub(super) fn includes(json: &Value, wanted: &Value) -> bool {
    match (json, wanted) {
        (Value::Object(members), Value::Object(wanted)) => wanted
            .iter()
            .all(|(name, wanted)| members.get(name).is_some_and(|member| includes(member, wanted))),
        (Value::Array(items), Value::Array(wanted)) => {
            items.len() == wanted.len() && items.iter().zip(wanted).all(|(item, wanted)| includes(item, wanted))
        }
        _ => json == wanted,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_may_have_more_members_at_any_depth_than_are_wanted() {
        let json = json!({"text": "Hello", "senders": [{"name": "Ada", "id": 1}]});
        assert!(includes(&json, &json!({"senders": [{"name": "Ada"}]})));
        assert!(includes(&json, &json!({})));
        assert!(!includes(&json, &json!({"senders": [{"name": "Bob"}]})));
        assert!(!includes(&json, &json!({"richText": null})));
    }

    #[test]
    fn json_has_as_many_items_as_are_wanted() {
        let json = json!([1, 2]);
        assert!(includes(&json, &json!([1, 2])));
        assert!(!includes(&json, &json!([1])));
        assert!(!includes(&json, &json!([2, 1])));
    }
}
