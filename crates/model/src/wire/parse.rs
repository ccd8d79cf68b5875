//! The one way to a parser, so that a test can count what is parsed, however often.

use serde::Deserialize;
use serde_json::{Deserializer, de::StrRead};

/// A parser of this text.
#[inline]
pub(crate) fn parser(text: &str) -> Deserializer<StrRead<'_>> {
    #[cfg(test)]
    tests::count(text);
    Deserializer::from_str(text)
}

/// Reads this text, which is one JSON value.
#[inline]
pub(crate) fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> serde_json::Result<T> {
    #[cfg(test)]
    tests::count(text);
    serde_json::from_str(text)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use serde::{Serialize, de::DeserializeOwned};

    use crate::*;

    thread_local! {
        static PARSED: Cell<usize> = const { Cell::new(0) };
    }

    pub(super) fn count(text: &str) {
        PARSED.set(PARSED.get() + text.len());
    }

    /// How many bytes are given to parsers to read the text, whether or not it can be read, and to write and compare what
    /// was read.
    fn parsed<T: DeserializeOwned + Serialize + PartialEq>(text: &str) -> usize {
        PARSED.set(0);
        if let Ok(value) = decode::<T>(text.as_bytes()) {
            serde_json::to_string(&value).expect("what was read can be written");
            assert!(decode::<T>(text.as_bytes()).is_ok_and(|again| again == value));
        }
        PARSED.get()
    }

    /// Each byte is parsed a certain number of times at the most, and not more often the more there are of them.
    #[track_caller]
    fn is_linear<T: DeserializeOwned + Serialize + PartialEq>(document: impl Fn(usize) -> String) {
        // What is kept because a member deep inside cannot be read: as what it stands in, by itself, to find the kind,
        // the reason and its path, and to be checked. `parsed` has all of that twice, and the comparison.
        const MOST: usize = 32;

        // What is learnt once for the program shall not count.
        parsed::<T>(&document(1));
        let (once, twice, four) = (document(100), document(200), document(400));
        let counts = [&once, &twice, &four].map(|text| parsed::<T>(text));
        assert!(counts[2] <= MOST * four.len(), "{counts:?} bytes parsed of {}: {:.120}…", four.len(), four);
        let [first, second] = [counts[1] - counts[0], counts[2] - counts[1]];
        assert_eq!(second, 2 * first, "{counts:?} bytes parsed of {:.120}…", four);
    }

    fn list(item: &str, times: usize) -> String {
        format!("[{}]", vec![item; times].join(","))
    }

    const ATTACHMENTS: [&str; 6] = [
        r#"{"type":"FILE","fileId":"1","mood":{"a":[1,2]}}"#,
        r#"{"fileId":"1","type":"FILE"}"#,
        r#"{"type":"HOLOGRAM","depth":[[[1]]]}"#,
        r#"{"type":"CONTACT","contactProfile":{"emails":[{"email":5}]}}"#,
        r#"{"type":"WHATSAPP_TEMPLATE_METADATA","parameters":{"a":"1","a":"2"}}"#,
        "[]",
    ];

    #[test]
    fn attachments_are_parsed_a_certain_number_of_times() {
        for attachment in ATTACHMENTS {
            for end in ["", r#","id":[]"#, r#","mood":"#] {
                is_linear::<Message>(|times| format!(r#"{{"attachments":{}{end}}}"#, list(attachment, times)));
                is_linear::<ThreadEntry>(|times| {
                    format!(r#"{{"attachments":{}{end},"type":"COMMENT"}}"#, list(attachment, times))
                });
                // Kept within what is kept itself.
                is_linear::<ChannelEvents>(|times| {
                    let attachments = list(attachment, times);
                    let kind = r#""type":"OUTGOING_CHANNEL_MESSAGE_CREATED""#;
                    format!(r#"[{{"message":{{"attachments":{attachments}{end}}},{kind}}}]"#)
                });
            }
        }
    }

    #[test]
    fn events_and_entries_are_parsed_a_certain_number_of_times() {
        for event in [
            r#"{"type":"CHANNEL_ACCOUNT_CREATED","channelAccountId":"1"}"#,
            r#"{"channelAccountId":[],"type":"CHANNEL_ACCOUNT_CREATED"}"#,
            r#"{"type":"CHANNEL_SUNK"}"#,
            "7",
        ] {
            is_linear::<ChannelEvents>(|times| list(event, times));
        }
        for recipient in [
            r#"{"name":5,"deliveryIdentifier":{}}"#,
            r#"{"name":5,"deliveryIdentifier":7}"#,
            "7",
        ] {
            is_linear::<ChannelEvents>(|times| {
                let recipients = list(recipient, times);
                format!(r#"{{"message":{{"recipients":{recipients}}},"type":"OUTGOING_CHANNEL_MESSAGE_CREATED"}}"#)
            });
        }
        for event in [r#"{"objectId":1}"#, r#"{"objectId":[],"subscriptionType":"a"}"#, "7"] {
            is_linear::<ConversationEvents>(|times| list(event, times));
        }
        for entry in [
            r#"{"type":"MESSAGE","text":"a"}"#,
            r#"{"text":5,"type":"MESSAGE"}"#,
            "null",
        ] {
            is_linear::<Page<ThreadEntry>>(|times| format!(r#"{{"results":{}}}"#, list(entry, times)));
        }
    }

    #[test]
    fn members_are_parsed_a_certain_number_of_times() {
        let members = |times: usize| vec![r#""mood":{"a":[1.50]}"#; times].join(",");
        is_linear::<Message>(|times| format!("{{{}}}", members(times)));
        is_linear::<Attachment>(|times| format!(r#"{{{},"type":"HOLOGRAM"}}"#, members(times)));
        is_linear::<Attachment>(|times| format!(r#"{{{},"type":"FILE","fileId":[]}}"#, members(times)));
        is_linear::<ErrorBody>(|times| {
            format!(r#"{{"context":{},"errors":{}}}"#, list("5", times), list(r#"{"code":5}"#, times))
        });
        is_linear::<ErrorBody>(|times| format!(r#"{{"errors":{},{}}}"#, list("5", times), members(times)));
    }
}
