//! What reading is strict about, what it forgives, and how it says so.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel_model::{
    Attachment, ChannelEvent, ChannelEvents, ClientType, ErrorBody, ErrorDetail, FailureDetails, Field, Message,
    MessageDirection, NewMessage, StatusUpdate, decode,
};
use hubchannel_testkit::{assert_same_json, bodies};

/// The path and the reason for which a document is no `T`.
fn refused<T: serde::de::DeserializeOwned>(json: &str) -> (String, String) {
    let error = decode::<T>(json.as_bytes()).err().unwrap();
    let place = error
        .place()
        .map_or_else(String::new, |at| format!(" at line {} column {}", at.line, at.column));
    (error.path().to_owned(), format!("{}{place}", error.reason()))
}

#[track_caller]
fn refused_with<T: serde::de::DeserializeOwned>(json: &str, path: &str, reason: &str) {
    let (actual_path, actual_reason) = refused::<T>(json);
    assert_eq!(actual_path, path, "{actual_reason}");
    assert!(actual_reason.contains(reason), "{actual_reason}");
}

#[test]
fn a_member_of_the_wrong_type_is_named_by_its_path() {
    refused_with::<Message>(r#"{"text": 5}"#, "text", "invalid type: a number, expected a string");
    refused_with::<Message>(r#"{"id": true}"#, "id", "a boolean, expected an id");
    refused_with::<Message>(r#"{"id": ["5c1f"]}"#, "id", "an array, expected an id");
    refused_with::<Message>(r#"{"archived": "false"}"#, "archived", "expected a boolean");
    refused_with::<Message>(r#"{"createdAt": 1773480413589}"#, "createdAt", "expected a time in ISO 8601");
    refused_with::<Message>(r#"{"direction": 1}"#, "direction", "expected a string (MessageDirection)");
    refused_with::<Message>(r#"{"client": "HUBSPOT"}"#, "client", "expected an object (Client)");
    refused_with::<Message>(r#"{"senders": {}}"#, "senders", "expected a sequence");
    refused_with::<Message>(r#"{"senders": [{}, {"name": 5}]}"#, "senders[1].name", "a number, expected");
    refused_with::<Message>(r#"{"senders": [null]}"#, "senders[0]", "expected an object (Sender)");
    refused_with::<Message>(
        r#"{"recipients": [{"deliveryIdentifier": {"type": {}}}]}"#,
        "recipients[0].deliveryIdentifier.type",
        "expected a string",
    );
    refused_with::<Message>(
        r#"{"status": {"failureDetails": {"errorMessageTokens": {"name": 1}}}}"#,
        "status.failureDetails.errorMessageTokens.name",
        "a number, expected",
    );
    refused_with::<Message>(r#"{"attachments": {"type": "FILE"}}"#, "attachments", "expected a sequence");
    refused_with::<NewMessage>(
        r#"{"preResolvedContacts": {"contacts": [{"contactVid": false}]}}"#,
        "preResolvedContacts.contacts[0].contactVid",
        "a boolean, expected an id",
    );
    refused_with::<StatusUpdate>("[]", "", "expected an object (StatusUpdate)");
    refused_with::<StatusUpdate>("null", "", "expected an object (StatusUpdate)");
}

#[test]
fn what_only_the_parser_refuses_is_named_by_its_path_too() {
    refused_with::<Message>(r#"{"senders": [{"name": 1e999}]}"#, "senders[0].name", "");
    refused_with::<Message>(r#"{"status": {"statusType": "\ud800"}}"#, "status.statusType", "");
    refused_with::<Message>(r#"{"text": "\ud800""#, "text", "");
}

#[test]
fn a_known_member_must_not_come_twice() {
    refused_with::<Message>(r#"{"text": "a", "text": "b"}"#, "text", "duplicate field `text`");
    refused_with::<Message>(r#"{"text": null, "text": null}"#, "text", "duplicate field `text`");
    refused_with::<Message>(r#"{"text": "a", "\u0074ext": "b"}"#, "text", "duplicate field `text`");
    refused_with::<Message>(
        r#"{"senders": [{"name": "a", "name": "b"}]}"#,
        "senders[0].name",
        "duplicate field `name`",
    );
}

#[test]
fn a_name_in_a_map_must_not_come_twice() {
    refused_with::<FailureDetails>(
        r#"{"errorMessageTokens": {"a b": "1", "a b": "2"}}"#,
        "errorMessageTokens.a b",
        "duplicate field `a b`",
    );
    let json = r#"{"type":"WHATSAPP_TEMPLATE_METADATA","parameters":{"a":"1","a":"2"}}"#;
    let attachment = attachment(json);
    let reason = attachment.as_unrecognized().unwrap().decode_error().unwrap();
    assert_eq!(reason.path(), "parameters.a");
    assert_eq!(serde_json::to_string(&attachment).unwrap(), json);
}

#[test]
fn an_odd_member_of_an_error_costs_nothing_but_itself() {
    let json = r#"{"status":400,"message":"no","category":"VALIDATION_ERROR","context":{"id":"5","name":["a"]},
        "links":{"scopes":null},"correlationId":{},"requestId":"r",
        "errors":["a",5,{"message":"b","code":7,"context":[]},{"message":"c","message":"d"},null]}"#;
    let body: ErrorBody = decode(json.as_bytes()).unwrap();
    assert_eq!(body.message.as_deref(), Some("no"));
    assert_eq!(body.category.as_ref().map(|category| category.as_str()), Some("VALIDATION_ERROR"));
    assert_eq!(body.request_id.as_deref(), Some("r"));
    assert!(body.status.is_absent() && body.context.is_absent() && body.links.is_absent());
    let kept: Vec<&str> = body.extra.iter().map(|(name, _)| name).collect();
    assert_eq!(kept, ["status", "context", "links", "correlationId"]);
    assert_eq!(body.extra.get("context"), Some(r#"{"id":"5","name":["a"]}"#));
    assert_eq!(body.extra.decode::<u16>("status").unwrap(), Some(400));

    let errors = body.errors.as_deref().unwrap();
    let messages: Vec<Option<&str>> = errors.iter().map(ErrorDetail::message).collect();
    assert_eq!(messages, [Some("a"), None, Some("b"), None, None]);
    let kept: Vec<&str> = errors
        .iter()
        .filter_map(|error| Some(error.as_unrecognized()?.json()))
        .collect();
    assert_eq!(kept, ["5", r#"{"message":"c","message":"d"}"#, "null"]);
    let text = serde_json::to_string(&body).unwrap();
    assert_same_json(&text, json);
    assert_eq!(decode::<ErrorBody>(text.as_bytes()).unwrap(), body);
}

/// Of the two, one would be lost.
#[test]
fn a_member_of_an_error_must_not_come_twice_even_if_it_is_odd() {
    for (one, other) in [
        ("5", "5"),
        ("5", r#""a""#),
        (r#""a""#, "5"),
        ("null", "5"),
        ("5", "null"),
    ] {
        refused_with::<ErrorBody>(
            &format!(r#"{{"status": {one}, "status": {other}}}"#),
            "status",
            "duplicate field `status`",
        );
    }
}

#[test]
fn an_unknown_member_may_come_twice_and_the_last_counts() {
    let json = r#"{"mood":1,"text":"hi","mood":2}"#;
    let message: Message = decode(json.as_bytes()).unwrap();
    assert_eq!(message.extra.len(), 2);
    assert_eq!(message.extra.get("mood"), Some("2"));
    assert_same_json(&serde_json::to_string(&message).unwrap(), json);
}

#[test]
fn what_is_no_json_is_refused_with_its_place() {
    refused_with::<Message>("", "", "EOF");
    refused_with::<Message>("{} {}", "", "trailing characters");
    refused_with::<Message>(r#"{"text": "a",}"#, "", "line 1 column 14");
    refused_with::<Message>("<html>", "", "line 1 column 1");
    let error = decode::<Message>(b"{\"text\": \"\xff\"}").unwrap_err();
    assert_eq!(error.to_string(), "not UTF-8: invalid byte at offset 10");
    let error = decode::<Message>(br#"{"senders": [{"name": 5}]}"#).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with(&format!("senders[0].name: {} at line 1 column ", error.reason()))
    );
}

#[test]
fn where_a_text_ceases_to_be_json_is_named_by_its_path() {
    for (json, path) in [
        (r#"{"text": "a", "senders": [{"name": "b"}, {"name": "c"#, "senders[1].name"),
        (r#"{"text": "a", "senders": [{"name": "b"}, {"name": "c""#, "senders[1]"),
        (r#"{"text": "a", "senders": [{"name": "b"},"#, "senders"),
        (r#"{"text": "a", "senders": [{"name": tru}]}"#, "senders[0].name"),
        (r#"{"text": "a", "mood": {"score": [1, 2,, 3]}}"#, "mood.score[2]"),
        (r#"{"text": "a", "mood": {"score": 0x1}}"#, "mood"),
        (r#"{"attachments": [{"type": "FILE", "fileId": "1"}, {"type": "FILE", "fileId": "#, "attachments[1].fileId"),
        (r#"{"status": {"statusType": "SENT"#, "status.statusType"),
    ] {
        refused_with::<Message>(json, path, "");
        let event = format!(r#"{{"message": {json}"#);
        refused_with::<ChannelEvent>(&event, &format!("message.{path}"), "");
        let events = format!(r#"[{{"message": {json}"#);
        refused_with::<ChannelEvents>(&events, &format!("[0].message.{path}"), "");
    }
    let error = decode::<Message>(br#"{"senders": [{"name": "Ada Lovelace"#).unwrap_err();
    assert_eq!(error.to_string(), "senders[0].name: EOF while parsing a string at line 1 column 35");
}

#[test]
fn everything_may_be_missing_and_everything_may_be_null() {
    let empty: Message = decode(b"{}").unwrap();
    assert_eq!(empty, Message::default());
    assert_eq!(serde_json::to_string(&empty).unwrap(), "{}");

    let json =
        r#"{"type":null,"id":null,"client":null,"senders":null,"attachments":null,"status":null,"archived":null}"#;
    let nulls: Message = decode(json.as_bytes()).unwrap();
    assert!(nulls.id.is_null() && nulls.senders.is_null() && nulls.text.is_absent());
    assert_ne!(nulls, empty);
    assert_same_json(&serde_json::to_string(&nulls).unwrap(), json);
}

#[test]
fn an_absent_list_is_not_an_empty_one() {
    let absent: Message = decode(b"{}").unwrap();
    let empty: Message = decode(br#"{"recipients":[]}"#).unwrap();
    assert_eq!(absent.recipients, Field::Absent);
    assert_eq!(empty.recipients.as_deref(), Some(&[][..]));
    assert_ne!(absent, empty);
}

#[test]
fn unknown_values_of_enums_are_readable_and_equal_their_text() {
    let message: Message = decode(br#"{"direction": "SIDEWAYS", "client": {"clientType": "hubspot"}}"#).unwrap();
    let direction = message.direction.as_ref().unwrap();
    assert_eq!(direction.as_str(), "SIDEWAYS");
    assert!(!direction.is_named());
    assert_eq!(*direction, MessageDirection::from("SIDEWAYS"));
    let client_type = message
        .client
        .as_ref()
        .and_then(|client| client.client_type.as_ref())
        .unwrap();
    assert_ne!(*client_type, ClientType::HubSpot);
    assert_eq!(ClientType::from("HUBSPOT"), ClientType::HubSpot);
}

#[test]
fn names_that_are_nearly_known_are_unknown() {
    let json = r#"{"Text":"a","text ":"b","rich_text":"c","text\u0000":"d","":"e"}"#;
    let message: Message = decode(json.as_bytes()).unwrap();
    assert!(message.text.is_absent() && message.rich_text.is_absent());
    let names: Vec<&str> = message.extra.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["Text", "text ", "rich_text", "text\0", ""]);
    assert_same_json(&serde_json::to_string(&message).unwrap(), json);
}

/// The one attachment of a message.
fn attachment(json: &str) -> Attachment {
    let text = format!(r#"{{"text":"kept","attachments":[{json}]}}"#);
    let mut message: Message = decode(text.as_bytes()).unwrap();
    assert_eq!(message.text.as_deref(), Some("kept"));
    assert_same_json(&serde_json::to_string(&message).unwrap(), &text);
    message.attachments.as_mut().and_then(Vec::pop).unwrap()
}

#[test]
fn an_attachment_of_an_unknown_kind_is_kept_whole() {
    let json = r#"{"depth": 1.50, "type": "HOLOGRAM", "fileId": {}}"#;
    let attachment = attachment(json);
    assert_eq!(attachment.kind(), Some("HOLOGRAM"));
    let kept = attachment.as_unrecognized().unwrap();
    assert_eq!(kept.json(), json);
    assert!(kept.decode_error().is_none());
}

#[test]
fn a_broken_attachment_is_kept_whole_with_the_reason() {
    for (json, path, reason) in [
        (r#"{"type":"FILE","fileId":true}"#, "fileId", "a boolean, expected an id"),
        (r#"{"fileId":"1","fileId":"2","type":"FILE"}"#, "fileId", "duplicate field"),
        (r#"{"type":"FILE","type":"FILE"}"#, "type", "duplicate field `type`"),
        (r#"{"type":"LOCATION","latitude":"52.5"}"#, "latitude", "a string, expected a number"),
        (r#"{"type":"MESSAGE_HEADER","text":"\ud800"}"#, "text", "hex escape"),
        (
            r#"{"type":"CONTACT","contactProfile":{"emails":[{"email":"a@example.com"},{"email":null,"type":3}]}}"#,
            "contactProfile.emails[1].type",
            "expected a string (AddressType)",
        ),
        (
            r#"{"type":"QUICK_REPLIES","quickReplies":[{"value":"a"},"b"]}"#,
            "quickReplies[1]",
            "expected an object (QuickReply)",
        ),
    ] {
        let attachment = attachment(json);
        assert!(attachment.kind().is_some(), "{json}");
        let kept = attachment.as_unrecognized().unwrap();
        assert_eq!(kept.json(), json);
        let error = kept.decode_error().unwrap();
        assert_eq!(error.path(), path, "{error}");
        assert!(error.reason().contains(reason), "{error}");
    }
}

#[test]
fn an_attachment_without_a_kind_is_kept_whole() {
    for json in [
        "null",
        "7",
        r#""FILE""#,
        "[]",
        "{}",
        r#"{"fileId":"1"}"#,
        r#"{"type":null}"#,
        r#"{"type":1}"#,
        r#"{"type":{"type":"FILE"}}"#,
    ] {
        let attachment = attachment(json);
        assert_eq!(attachment.kind(), None, "{json}");
        assert_eq!(attachment.as_unrecognized().map(|kept| kept.json()), Some(json));
    }
}

#[test]
fn the_kind_is_found_wherever_it_stands_and_however_it_is_spelt() {
    for json in [
        r#"{"type":"FILE","fileId":"1","meta":{"type":"LOCATION"}}"#,
        r#"{"meta":{"type":"LOCATION"},"fileId":"1","type":"FILE"}"#,
        r#"{"meta":[{"type":"LOCATION"}],"\u0074ype":"\u0046ILE","fileId":"1"}"#,
    ] {
        let Attachment::File(file) = attachment(json) else {
            panic!("{json}")
        };
        assert_eq!(file.file_id, "1".into());
        assert_eq!(file.extra.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["meta"]);
    }
}

#[test]
fn a_message_from_tomorrow_shows_all_that_is_known_of_it() {
    let json = bodies::message_from_tomorrow();
    let message: Message = decode(json.as_bytes()).unwrap();
    assert_eq!(message.channel_id, "2930388".into());
    assert_eq!(message.extra.get("sentiment"), Some(r#"{"score":0.70,"labels":["calm"]}"#));
    assert_eq!(message.truncation_status.as_ref().map(|status| status.as_str()), Some("SUMMARIZED"));
    assert_eq!(message.attachments.as_deref().unwrap()[0].kind(), Some("HOLOGRAM"));
    assert_same_json(&serde_json::to_string(&message).unwrap(), &json);
}

#[test]
fn errors_within_an_error_may_be_strings_or_objects() {
    let json = r#"{"errors":["Invalid name",{"message":"no such scope","context":{"required scopes":["a","b"]}}]}"#;
    let body: ErrorBody = decode(json.as_bytes()).unwrap();
    let [ErrorDetail::Message(text), ErrorDetail::Detailed(detail)] = body.errors.as_deref().unwrap() else {
        panic!("{:?}", body.errors)
    };
    assert_eq!(text, "Invalid name");
    assert_eq!(detail.message.as_deref(), Some("no such scope"));
    assert_eq!(detail.context.as_ref().unwrap()["required scopes"], ["a", "b"]);
    let messages: Vec<Option<&str>> = body
        .errors
        .as_deref()
        .unwrap()
        .iter()
        .map(ErrorDetail::message)
        .collect();
    assert_eq!(messages, [Some("Invalid name"), Some("no such scope")]);
    assert_same_json(&serde_json::to_string(&body).unwrap(), json);
}

#[test]
fn a_member_set_by_hand_is_written_once() {
    let mut message: Message = decode(br#"{"text":"a"}"#).unwrap();
    message.extra.insert("text", "shadow").unwrap();
    message.extra.insert("mood", &1).unwrap();
    message.extra.insert("mood", &[2]).unwrap();
    assert_same_json(&serde_json::to_string(&message).unwrap(), r#"{"text":"a","mood":[2]}"#);
    message.text = Field::Absent;
    assert_same_json(&serde_json::to_string(&message).unwrap(), r#"{"text":"shadow","mood":[2]}"#);
    assert_eq!(message.extra.remove("mood").as_deref(), Some("[2]"));
    assert_eq!(message.extra.decode::<String>("text").unwrap().as_deref(), Some("shadow"));
    assert!(message.extra.decode::<u8>("text").is_err());
    assert_eq!(message.extra.decode::<u8>("mood").unwrap(), None);
}

#[test]
fn the_kind_of_an_attachment_cannot_be_shadowed() {
    let Attachment::File(mut file) = attachment(r#"{"type":"FILE","fileId":"1"}"#) else {
        panic!("no file")
    };
    file.extra.insert("type", "LOCATION").unwrap();
    assert_same_json(&serde_json::to_string(&file).unwrap(), r#"{"type":"FILE","fileId":"1"}"#);
}
