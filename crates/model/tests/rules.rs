//! What the checks refuse before anything is sent, each rule with the path of the member at fault.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::collections::BTreeSet;

use hubchannel_model::{
    ActorBatch, ChannelAccountUpdate, ChannelPatch, NewChannel, NewChannelAccount, NewMessage, StatusUpdate,
    ThreadUpdate, Violations, decode,
};
use hubchannel_testkit::{Json, cases, for_all, samples, values};
use proptest::prelude::*;
use serde::de::DeserializeOwned;

/// A body that passes.
fn body() -> Json {
    r#"{
        "channelAccountId": "3307400689",
        "messageDirection": "INCOMING",
        "senders": [{"deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "chat:42"}}],
        "text": "hello"
    }"#
    .parse()
    .unwrap()
}

/// The violations of a body, each as `path: rule`.
fn violations(body: &Json) -> Vec<String> {
    let body: NewMessage = decode(body.to_string().as_bytes()).unwrap();
    match body.check() {
        Ok(()) => Vec::new(),
        Err(violations) => violations
            .iter()
            .map(|violation| format!("{}: {}", violation.path, violation.rule))
            .collect(),
    }
}

/// The violations of a body in which this member is replaced.
fn violations_with(member: &str, value: &str) -> Vec<String> {
    violations(&body().with(member, value.parse().unwrap()))
}

/// The paths of the violations of a body that carries this attachment.
fn paths_with_attachment(attachment: &str) -> Vec<String> {
    let body = body().with("attachments", format!("[{attachment}]").parse().unwrap());
    let paths = violations(&body).into_iter();
    paths
        .map(|violation| violation.split(": ").next().unwrap().to_owned())
        .collect()
}

#[test]
fn the_least_that_a_publish_needs_passes() {
    assert_eq!(violations(&body()), [""; 0]);
}

#[test]
fn what_is_required_must_be_there() {
    for member in ["channelAccountId", "messageDirection", "text"] {
        assert_eq!(violations(&body().without(member)), [format!("{member}: is required")]);
        assert_eq!(violations_with(member, "null"), [format!("{member}: is required")]);
    }
    assert_eq!(violations(&body().without("senders")), ["senders: is required"]);
    assert_eq!(violations_with("senders", "null"), ["senders: is required"]);
    assert_eq!(violations_with("senders", "[]"), ["senders: must not be empty"]);
}

#[test]
fn everything_wrong_is_listed_at_once() {
    let all = violations(&Json::object([]));
    let paths: Vec<&str> = all
        .iter()
        .map(|violation| violation.split(':').next().unwrap())
        .collect();
    assert_eq!(paths, ["channelAccountId", "messageDirection", "senders", "text"]);
    let empty: NewMessage = decode(b"{}").unwrap();
    assert_eq!(
        empty.check().unwrap_err().to_string(),
        "channelAccountId: is required (name the account that the message is on); \
         messageDirection: is required (say INCOMING for a visitor's message, OUTGOING for a reply); \
         senders: is required (name at least one sender); \
         text: is required (write some; only a message with an attachment may go without text)"
    );
}

#[test]
fn ids_must_not_be_empty() {
    for member in ["channelAccountId", "integrationIdempotencyId", "inReplyToId"] {
        let found = violations_with(member, r#""""#);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(&format!("{member}: must not be empty")), "{found:?}");
    }
    for member in ["integrationThreadId", "integrationIdempotencyId", "inReplyToId"] {
        assert_eq!(violations_with(member, "null"), [""; 0]);
    }
    // It has been sent.
    assert_eq!(violations_with("integrationThreadId", r#""""#), [""; 0]);
}

#[test]
fn ids_that_are_numbers_are_whole() {
    for member in ["channelAccountId", "inReplyToId"] {
        assert_eq!(violations_with(member, "3307400689"), [""; 0]);
        for number in ["-1", "5.5", "1e3"] {
            let expected = format!("{member}: is no id, because ids that are numbers are whole");
            assert_eq!(violations_with(member, number), [expected]);
        }
    }
}

#[test]
fn an_unknown_value_is_left_to_hubspot_and_an_empty_one_is_none() {
    for direction in [r#""SIDEWAYS""#, r#""incoming""#, r#""OUTGOING""#] {
        assert_eq!(violations_with("messageDirection", direction), [""; 0]);
    }
    assert_eq!(violations_with("messageDirection", r#""""#), ["messageDirection: must not be empty"]);
    for (status, expected) in [("OPEN", &[][..]), ("ASLEEP", &[]), ("", &["status: must not be empty"])] {
        assert_eq!(violations_of(&format!(r#"{{"status": "{status}"}}"#), ThreadUpdate::check), expected);
    }
}

#[test]
fn every_participant_needs_an_identifier() {
    for list in ["senders", "recipients"] {
        for (identifier, paths) in [
            ("{}", &["[1].deliveryIdentifier"][..]),
            (r#"{"deliveryIdentifier": null}"#, &["[1].deliveryIdentifier"]),
            (r#"{"deliveryIdentifier": {}}"#, &["[1].deliveryIdentifier.type", "[1].deliveryIdentifier.value"]),
            (r#"{"deliveryIdentifier": {"type": "", "value": "a"}}"#, &["[1].deliveryIdentifier.type"]),
            (r#"{"deliveryIdentifier": {"type": "SOON", "value": ""}}"#, &["[1].deliveryIdentifier.value"]),
        ] {
            let good = r#"{"deliveryIdentifier": {"type": "HS_SHORT_CODE", "value": "80011"}}"#;
            let found = violations_with(list, &format!("[{good},{identifier}]"));
            let expected: Vec<String> = paths.iter().map(|path| format!("{list}{path}: ")).collect();
            assert_eq!(found.len(), expected.len(), "{found:?}");
            assert!(found.iter().zip(&expected).all(|(found, path)| found.starts_with(path)), "{found:?}");
        }
    }
}

#[test]
fn who_a_participant_is_in_hubspot_may_be_missing_but_is_an_id() {
    let empty = "must not be empty";
    let no_number = "is no id, because ids that are numbers are whole";
    for list in ["senders", "recipients"] {
        for (actor, rule) in [
            (r#""A-2620022""#, None),
            ("2620022", None),
            ("null", None),
            (r#""""#, Some(empty)),
            ("-1", Some(no_number)),
            ("1.5", Some(no_number)),
        ] {
            let identifier = r#"{"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "chat:42"}"#;
            let participant = format!(r#"[{{"deliveryIdentifier": {identifier}, "senderActorId": {actor}}}]"#);
            let expected: Vec<String> = rule
                .map(|rule| format!("{list}[0].senderActorId: {rule}"))
                .into_iter()
                .collect();
            assert_eq!(violations_with(list, &participant), expected, "{actor}");
        }
    }
}

#[test]
fn lists_may_be_absent_empty_or_null() {
    for list in ["recipients", "attachments"] {
        for value in ["[]", "null"] {
            assert_eq!(violations_with(list, value), [""; 0]);
        }
    }
}

#[test]
fn text_may_be_empty_only_beside_something_else() {
    let empty = body().with("text", Json::string(""));
    let found = violations(&empty);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("text: must not be empty"), "{found:?}");
    assert_eq!(violations(&empty.clone().with("attachments", "[]".parse().unwrap())).len(), 1);
    let file = r#"[{"type": "FILE", "fileId": "1"}]"#.parse().unwrap();
    assert_eq!(violations(&empty.clone().with("attachments", file)), [""; 0]);
    assert_eq!(violations(&empty.clone().with("richText", Json::string("<p>hello</p>"))), [""; 0]);
    assert_eq!(violations(&empty.with("richText", Json::string(""))).len(), 1);
    assert_eq!(violations_with("text", r#"" ""#), [""; 0]);
}

#[test]
fn a_timestamp_must_be_a_time() {
    for time in [
        "2026-05-27T12:15:00Z",
        "2026-05-27T12:15:00.123Z",
        "2026-05-27T12:15:00.000000+00:00",
        "2026-05-27T14:15:00-02:30",
    ] {
        assert_eq!(violations_with("timestamp", &format!("{time:?}")), [""; 0]);
    }
    for no_time in [
        "",
        "yesterday",
        "12",
        "2026",
        "17483472000000000000",
        "12:15:00Z",
        "2026-02-30T00:00:00Z",
        "2026-05-27T25:15:00Z",
        "Wed, 27 May 2026 12:15:00 GMT",
        "May 27",
        "\u{663}\u{663}\u{663}\u{663}\u{663}",
    ] {
        let found = violations_with("timestamp", &serde_json::to_string(no_time).unwrap());
        assert_eq!(found, ["timestamp: is no time"], "{no_time}");
    }
}

#[test]
fn contacts_are_numbers() {
    assert_eq!(violations_with("associateWithContactId", "2718"), [""; 0]);
    for contact in [r#""V-2718""#, r#""""#, "-1", "1.5", "9223372036854775808"] {
        assert_eq!(
            violations_with("associateWithContactId", contact),
            ["associateWithContactId: must be a whole number of at most 64 bits"]
        );
    }
}

#[test]
fn pre_resolved_contacts_must_be_complete() {
    for (contacts, expected) in [
        (r#"{"contacts": []}"#, &[][..]),
        (r#"{"contacts": [{"contactVid": 1, "contactPropertiesLeadingToMatch": []}]}"#, &[]),
        ("{}", &["preResolvedContacts.contacts: is required"]),
        (
            r#"{"contacts": [{"contactVid": 1, "contactPropertiesLeadingToMatch": ["email"]}, {}]}"#,
            &["preResolvedContacts.contacts[1].contactVid: is required"],
        ),
        (
            r#"{"contacts": [{"contactVid": "x", "contactPropertiesLeadingToMatch": ["email"]}]}"#,
            &["preResolvedContacts.contacts[0].contactVid: must be a whole number of at most 64 bits"],
        ),
    ] {
        assert_eq!(violations_with("preResolvedContacts", contacts), expected);
    }
}

#[test]
fn attachments_must_have_what_their_kind_requires() {
    for (attachment, paths) in [
        (r#"{"type": "FILE"}"#, &["fileId"][..]),
        (r#"{"type": "FILE", "fileId": ""}"#, &["fileId"]),
        (r#"{"type": "LOCATION"}"#, &["latitude", "longitude"]),
        (r#"{"type": "LOCATION", "latitude": 1, "longitude": null}"#, &["longitude"]),
        (r#"{"type": "CONTACT"}"#, &["contactProfile"]),
        (r#"{"type": "CONTACT", "contactProfile": {}}"#, &[]),
        (
            r#"{
                "type": "CONTACT",
                "contactProfile": {"addresses": [{}], "emails": [{}], "phones": [{"phone": ""}], "urls": [{}]}
            }"#,
            &[
                "contactProfile.emails[0].email",
                "contactProfile.phones[0].phone",
                "contactProfile.urls[0].url",
            ],
        ),
        (r#"{"type": "UNSUPPORTED_CONTENT"}"#, &[]),
        (r#"{"type": "FILE", "fileId": -5}"#, &["fileId"]),
        (r#"{"type": "MESSAGE_HEADER"}"#, &[]),
        (r#"{"type": "MESSAGE_HEADER", "fileId": "122692044085"}"#, &[]),
        (r#"{"type": "MESSAGE_HEADER", "fileId": "logo"}"#, &["fileId"]),
        (r#"{"type": "QUICK_REPLIES"}"#, &["quickReplies"]),
        (
            r#"{"type": "QUICK_REPLIES", "quickReplies": [{}, {"value": "", "valueType": "TEXT"}]}"#,
            &["quickReplies[0].value", "quickReplies[0].valueType"],
        ),
        (r#"{"type": "SOCIAL_MEDIA_METADATA"}"#, &["socialMetadata"]),
        (r#"{"type": "SOCIAL_MEDIA_METADATA", "socialMetadata": {}}"#, &["socialMetadata.mediaType"]),
        (r#"{"type": "HOLOGRAM"}"#, &[]),
        ("{}", &["type"]),
        ("null", &["type"]),
        (r#"{"type": "FILE", "fileId": {}}"#, &["fileId"]),
        (
            r#"{"type": "QUICK_REPLIES", "quickReplies": [{"value": "a", "valueType": "TEXT"}, {"value": 1}]}"#,
            &["quickReplies[1].value"],
        ),
    ] {
        let expected: Vec<String> = paths.iter().map(|path| format!("attachments[0].{path}")).collect();
        assert_eq!(paths_with_attachment(attachment), expected, "{attachment}");
    }
}

#[test]
fn only_what_a_bridge_may_report_is_a_status() {
    for (json, expected) in [
        (r#"{"statusType": "SENT"}"#, None),
        (r#"{"statusType": "READ"}"#, None),
        (r#"{"statusType": "FAILED", "errorMessage": ""}"#, None),
        (
            r#"{"statusType": "RECEIVED"}"#,
            Some("statusType: is a status that only HubSpot sets (use SENT, READ or FAILED)"),
        ),
        (r#"{"statusType": ""}"#, Some("statusType: must not be empty (say how the message fared)")),
        // HubSpot may have added it since.
        (r#"{"statusType": "DELIVERED"}"#, None),
        (r#"{"statusType": null}"#, Some("statusType: is required (say how the message fared)")),
        ("{}", Some("statusType: is required (say how the message fared)")),
    ] {
        let update: StatusUpdate = decode(json.as_bytes()).unwrap();
        let found = update.check().err().map(|violations| violations.to_string());
        assert_eq!(found.as_deref(), expected, "{json}");
    }
}

/// The violations of a body of any type, each as `path: rule`.
fn violations_of<T: DeserializeOwned>(json: &str, check: impl Fn(&T) -> Result<(), Violations>) -> Vec<String> {
    let Err(violations) = check(&decode(json.as_bytes()).unwrap()) else {
        return Vec::new();
    };
    violations
        .iter()
        .map(|violation| format!("{}: {}", violation.path, violation.rule))
        .collect()
}

#[test]
fn of_a_capability_only_what_has_been_refused_is_refused() {
    for (capabilities, expected) in [
        (r#"{"threadingModel": "BY_MOOD"}"#, &[][..]),
        (r#"{"threadingModel": "DELIVERY_IDENTIFIER_BASED_THREADING"}"#, &[]),
        (
            r#"{"threadingModel": "DELIVERY_IDENTFIER_BASED_THREADING"}"#,
            &["threadingModel: is a value that HubSpot has refused"],
        ),
        (r#"{"threadingModel": ""}"#, &["threadingModel: must not be empty"]),
        (r#"{"threadingModel": null}"#, &[]),
        (r#"{"deliveryIdentifierTypes": ["HS_SOMETHING_NEW", "HS_EMAIL_ADDRESS"]}"#, &[]),
        (
            r#"{"deliveryIdentifierTypes": ["HS_EMAIL_ADDRESS", "EMAIL", ""]}"#,
            &[
                "deliveryIdentifierTypes[1]: is a value that HubSpot has refused",
                "deliveryIdentifierTypes[2]: must not be empty",
            ],
        ),
    ] {
        let expected: Vec<String> = expected.iter().map(|rule| format!("capabilities.{rule}")).collect();
        let channel = format!(r#"{{"name": "Harbour chat", "capabilities": {capabilities}}}"#);
        assert_eq!(violations_of(&channel, NewChannel::check), expected);
        let patch = format!(r#"{{"capabilities": {capabilities}}}"#);
        assert_eq!(violations_of(&patch, ChannelPatch::check), expected);
    }
}

#[test]
fn an_account_is_in_an_inbox_that_has_an_id() {
    for (inbox, rule) in [
        (r#""1431487401""#, None),
        ("1431487401", None),
        ("null", Some("is required")),
        (r#""""#, Some("must not be empty")),
        ("-1", Some("is no id, because ids that are numbers are whole")),
        ("1e3", Some("is no id, because ids that are numbers are whole")),
    ] {
        let account = format!(r#"{{"inboxId": {inbox}, "name": "Harbour website", "authorized": true}}"#);
        let expected: Vec<String> = rule.map(|rule| format!("inboxId: {rule}")).into_iter().collect();
        assert_eq!(violations_of(&account, NewChannelAccount::check), expected, "{inbox}");
    }
}

#[test]
fn actors_to_read_have_ids() {
    for (inputs, expected) in [
        (r#"["A-2620022", 7]"#, &[][..]),
        ("[]", &[]),
        ("null", &["inputs: is required"]),
        (r#"["A-2620022", ""]"#, &["inputs[1]: must not be empty"]),
        ("[1.5]", &["inputs[0]: is no id, because ids that are numbers are whole"]),
    ] {
        assert_eq!(violations_of(&format!(r#"{{"inputs": {inputs}}}"#), ActorBatch::check), expected);
    }
}

#[test]
fn a_change_of_an_account_changes_something_that_can_be_changed() {
    let nothing = [": must change something"];
    assert_eq!(violations_of("{}", ChannelAccountUpdate::check), nothing);
    assert_eq!(violations_of(r#"{"inboxId": "1"}"#, ChannelAccountUpdate::check), nothing);
    for body in [
        r#"{"name": "a"}"#,
        r#"{"authorized": false}"#,
        r#"{"name": ""}"#,
        r#"{"name": null, "inboxId": "1"}"#,
        r#"{"authorized": null}"#,
    ] {
        assert_eq!(violations_of(body, ChannelAccountUpdate::check), [""; 0]);
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_check_says_the_same_of_what_was_built_and_of_what_it_encodes_to(body in values::new_message()) {
        let again: NewMessage = decode(&serde_json::to_vec(&body).unwrap()).unwrap();
        prop_assert_eq!(body.check(), again.check());
    }

}

/// What is built by constructors and setters passes its check, is read as it was, and has in the end used every one of
/// these members.
macro_rules! sent_bodies {
    ($($name:ident: $($member:literal)+;)+) => {
        mod what_a_client_sends_passes_its_check {
            use super::*;
            $( #[test] fn $name() {
                let bodies = values::requests::$name();
                for_all(&bodies, |body| {
                    assert_eq!(body.check(), Ok(()));
                    let again = decode(&serde_json::to_vec(&body).unwrap()).unwrap();
                    assert_eq!(body, again);
                });
                let texts = samples(&bodies, 512).map(|body| serde_json::to_string(&body).unwrap());
                let seen: BTreeSet<String> = texts.flat_map(|text| names(&text.parse().unwrap())).collect();
                let unseen: Vec<&str> = [$($member),+].into_iter().filter(|name| !seen.contains(*name)).collect();
                assert!(unseen.is_empty(), "no setter has set {unseen:?}");
            } )+
        }
    };
}

/// Every name in a document.
fn names(json: &Json) -> Vec<String> {
    match json {
        Json::Array(items) => items.iter().flat_map(names).collect(),
        Json::Object(members) => members
            .iter()
            .flat_map(|(name, value)| std::iter::once(name.replace('"', "")).chain(names(value)))
            .collect(),
        _ => Vec::new(),
    }
}

sent_bodies! {
    new_message:
        "channelAccountId" "messageDirection" "senders" "recipients" "text" "attachments" "timestamp" "richText"
        "integrationThreadId" "integrationIdempotencyId" "inReplyToId" "associateWithContactId" "preResolvedContacts"
        "contactVid" "contactPropertiesLeadingToMatch" "deliveryIdentifier" "value" "name" "senderActorId" "type"
        "fileId" "fileUsageType" "latitude" "longitude" "address" "url" "contactProfile" "org" "addresses" "emails"
        "phones" "urls" "quickReplies" "valueType" "label" "socialMetadata" "mediaType" "id" "description"
        "mediaTitle" "mediaUrl" "mediaUrlString" "thumbnailUrl";
    status_update: "statusType" "errorMessage";
    new_channel:
        "name" "capabilities" "webhookUrl" "channelAccountConnectionRedirectUrl" "channelDescription" "channelLogoUrl"
        "deliveryIdentifierTypes" "threadingModel" "richText" "allowInlineImages" "allowOutgoingMessages"
        "allowConversationStart" "allowMultipleRecipients" "outgoingAttachmentTypes" "allowedFileAttachmentMimeTypes"
        "maxFileAttachmentCount" "maxFileAttachmentSizeBytes" "maxTotalFileAttachmentSizeBytes";
    channel_patch:
        "name" "capabilities" "webhookUrl" "channelAccountConnectionRedirectUrl" "channelDescription" "channelLogoUrl";
    new_channel_account: "inboxId" "name" "authorized" "deliveryIdentifier";
    channel_account_update: "name" "authorized";
    staging_token_update: "accountName" "deliveryIdentifier";
    thread_update: "status" "archived";
    actor_batch: "inputs";
    file_upload_options: "access" "ttl" "overwrite" "duplicateValidationStrategy" "duplicateValidationScope";
}
