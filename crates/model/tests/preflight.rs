//! What is advised against before anything is sent, each rule with the path of the member, and never refused for it.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel_model::{
    Attachment, Channel, ChannelAccountUpdate, ChannelCapabilities, ChannelPatch, Field, NewChannel, NewChannelAccount,
    NewMessage, Preflight, Severity, StagingTokenUpdate, StatusUpdate, decode,
};
use hubchannel_testkit::{Json, cases, values};
use proptest::prelude::*;
use serde::de::DeserializeOwned;

fn json<T: DeserializeOwned>(text: &str) -> T {
    decode(text.as_bytes()).unwrap()
}

/// A body without anything to say about it.
fn message() -> Json {
    r#"{
        "channelAccountId": "3307400689",
        "messageDirection": "INCOMING",
        "senders": [{"deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "chat:42"}}],
        "recipients": [],
        "text": "hello",
        "attachments": []
    }"#
    .parse()
    .unwrap()
}

/// The paths of the advice, after seeing that nothing is refused and that everything found is whole.
#[track_caller]
fn advice(found: &Preflight) -> Vec<&str> {
    assert_eq!(found.refusals().count(), 0, "{found}");
    assert_eq!(found.clone().check(), Ok(()));
    assert_eq!(found.clone().strict().is_ok(), found.is_empty());
    for finding in found.iter() {
        assert_eq!(finding.severity, Severity::Advice);
        assert!(!finding.rule.is_empty() && !finding.remedy.is_empty(), "{finding:?}");
    }
    found.iter().map(|finding| finding.path.as_str()).collect()
}

/// The paths of the advice on a message in which this member is replaced.
#[track_caller]
fn advice_on(member: &str, value: &str, capabilities: Option<&ChannelCapabilities>) -> Vec<String> {
    let body: NewMessage = json(&message().with(member, value.parse().unwrap()).to_string());
    body.check().unwrap();
    let found = body.preflight(capabilities);
    advice(&found).into_iter().map(str::to_owned).collect()
}

#[test]
fn where_nothing_is_known_there_is_no_advice() {
    let everything_open: ChannelCapabilities = json(
        r#"{"deliveryIdentifierTypes":["HS_SHORT_CODE"],"outgoingAttachmentTypes":[],"maxFileAttachmentCount":0,
            "allowConversationStart":false}"#,
    );
    for capabilities in [None, Some(&ChannelCapabilities::default()), Some(&everything_open)] {
        for (member, value) in [
            ("text", r#"" ""#),
            ("text", &*format!("{:?}", "long ".repeat(10_000))),
            ("attachments", r#"[{"type": "FILE", "fileId": "1"}, {"type": "UNSUPPORTED_CONTENT"}]"#),
            ("messageDirection", r#""OUTGOING""#),
            ("richText", r#""<b>hello</b>""#),
            ("integrationThreadId", "null"),
            ("integrationThreadId", r#""chat-42""#),
            ("mood", "1"),
        ] {
            assert_eq!(advice_on(member, value, capabilities), [""; 0], "{member}");
        }
    }
}

#[test]
fn an_unusual_time_is_named() {
    for time in [
        "2026-05-27T12:15:00+0100",
        "2026-05-27 12:15:00Z",
        "2026-05-27 12:15:00 +0000",
        "2026-05-27T12:15:00",
        "2026-05-27T12:15Z",
        "2026-05-27",
        "20260527T121500Z",
        "2026-05-27T12:15:00.Z",
        "2026-05-27T12:15:00+02:00[Europe/Berlin]",
        "1748347200000",
        "1748347200",
    ] {
        assert_eq!(advice_on("timestamp", &format!("{time:?}"), None), ["timestamp"], "{time}");
    }
    for time in [
        "2026-05-27T12:15:00.000000+00:00",
        "2026-05-27T12:15:00Z",
        "2026-05-27T12:15:00-02:30",
    ] {
        assert_eq!(advice_on("timestamp", &format!("{time:?}"), None), [""; 0], "{time}");
    }
}

#[test]
fn text_that_is_empty_beside_formatted_text_is_named() {
    let body = message()
        .with("text", Json::string(""))
        .with("richText", Json::string("<p>hello</p>"));
    let preflight = |body: &Json| json::<NewMessage>(&body.to_string()).preflight(None);
    assert_eq!(advice(&preflight(&body)), ["text"]);
    let file = r#"[{"type": "FILE", "fileId": "1"}]"#.parse().unwrap();
    assert_eq!(advice(&preflight(&body.with("attachments", file))), [""; 0]);
}

#[test]
fn lists_that_are_described_as_required_are_missed() {
    for list in ["recipients", "attachments"] {
        assert_eq!(advice_on(list, "null", None), [list]);
    }
    let contact = r#"[{"type": "CONTACT", "contactProfile": {"emails": [], "urls": null}}]"#;
    let paths = ["addresses", "phones", "urls"].map(|list| format!("attachments[0].contactProfile.{list}"));
    assert_eq!(advice_on("attachments", contact, None), paths);
    let contacts = r#"{"contacts": [{"contactVid": 1}]}"#;
    assert_eq!(
        advice_on("preResolvedContacts", contacts, None),
        ["preResolvedContacts.contacts[0].contactPropertiesLeadingToMatch"]
    );
}

/// Names and values are a sender's choice, and go into logs.
#[test]
fn what_is_found_is_shown_on_one_line_and_cut() {
    let name = format!("mood\n\u{202e}{}", "x".repeat(1_000));
    let mut update = ChannelAccountUpdate::new().set_name("a");
    update.extra.insert(&name, &1).unwrap();
    let shown = update.preflight().to_string();
    assert!(shown.starts_with(r"mood\n\u{202e}xxx"), "{shown}");
    assert!(shown.chars().count() < 500 && shown.contains("x…: "), "{shown}");
    for at in 0..40 {
        update.extra.insert(&at.to_string(), &1).unwrap();
    }
    let shown = update.preflight().to_string();
    assert!(shown.ends_with("; and 21 more"), "{shown}");
    assert_eq!(update.preflight().strict().unwrap_err().to_string(), shown);

    let kind = format!("HOLO\n{}", "x".repeat(1_000));
    let attachment: Attachment = json(&Json::object([("type", Json::string(&kind))]).to_string());
    let shown = format!("{attachment:?}");
    assert!(shown.contains(r"HOLO\nxxx") && shown.chars().count() < 500, "{shown}");
}

#[test]
fn an_empty_name_is_named() {
    let channel: NewChannel = json(r#"{"name": "", "capabilities": {}}"#);
    assert_eq!(advice(&channel.preflight()), ["name"]);
    let account: NewChannelAccount = json(r#"{"inboxId": "1", "name": "", "authorized": true}"#);
    assert_eq!(advice(&account.preflight(None)), ["name"]);
}

#[test]
fn the_threading_model_decides_about_the_thread_id() {
    let [own, hubspots, new]: [ChannelCapabilities; 3] = [
        json(r#"{"threadingModel": "INTEGRATION_THREAD_ID"}"#),
        json(r#"{"threadingModel": "DELIVERY_IDENTIFIER"}"#),
        json(r#"{"threadingModel": "BY_MOOD"}"#),
    ];
    let path = ["integrationThreadId"];
    assert_eq!(advice_on("text", r#""hello""#, Some(&own)), path);
    assert_eq!(advice_on("integrationThreadId", "null", Some(&own)), path);
    assert_eq!(advice_on("integrationThreadId", r#""chat-42""#, Some(&own)), [""; 0]);
    assert_eq!(advice_on("integrationThreadId", r#""chat-42""#, Some(&hubspots)), path);
    assert_eq!(advice_on("integrationThreadId", "null", Some(&hubspots)), [""; 0]);
    assert_eq!(advice_on("integrationThreadId", r#""""#, None), path);
    assert_eq!(advice_on("integrationThreadId", r#""""#, Some(&own)), path);
    for id in ["null", r#""chat-42""#] {
        assert_eq!(advice_on("integrationThreadId", id, Some(&new)), [""; 0]);
    }
}

#[test]
fn addresses_are_held_against_their_kind() {
    for (kind, good, odd) in [
        (
            "HS_PHONE_NUMBER",
            &["+4915112345678", "+11", "+123456789012345"][..],
            &[
                "4915112345678",
                "+49 151 12345678",
                "+0151",
                "+1",
                "+",
                "+1234567890123456",
                "+49x",
                "+٤٩١٥",
            ][..],
        ),
        ("HS_EMAIL_ADDRESS", &["a@b", "ada.l+x@example.com"], &["ada", "@", "a@", "@b", "a@b@c"]),
        ("HS_SHORT_CODE", &["80011", "0"], &["80 011", "abc", "+80011"]),
        ("CHANNEL_SPECIFIC_OPAQUE_ID", &["chat:42", " ", "a@b@c"], &[]),
    ] {
        for list in ["senders", "recipients"] {
            let on = |value: &str| {
                let participant = format!(r#"[{{"deliveryIdentifier":{{"type":"{kind}","value":"{value}"}}}}]"#);
                advice_on(list, &participant, None)
            };
            for value in good {
                assert_eq!(on(value), [""; 0], "{value}");
            }
            for value in odd {
                assert_eq!(on(value), [format!("{list}[0].deliveryIdentifier.value")], "{value}");
            }
        }
    }
}

#[test]
fn values_that_hubspot_does_not_describe_are_named() {
    for direction in [r#""SIDEWAYS""#, r#""incoming""#] {
        assert_eq!(advice_on("messageDirection", direction, None), ["messageDirection"]);
    }
    let invented = r#"[{"deliveryIdentifier": {"type": "PHONE_NUMBER", "value": "1"}}]"#;
    assert_eq!(advice_on("senders", invented, None), ["senders[0].deliveryIdentifier.type"]);
    for (attachment, paths) in [
        (r#"{"type": "HOLOGRAM"}"#, &[".type"][..]),
        (r#"{"type": "WHATSAPP_TEMPLATE_METADATA"}"#, &[""]),
        (
            r#"{"type": "SOCIAL_MEDIA_METADATA", "socialMetadata": {"mediaType": "SMELL"}}"#,
            &[".socialMetadata.mediaType"],
        ),
        (r#"{"type": "SOCIAL_MEDIA_METADATA", "socialMetadata": {"mediaType": "NONE"}}"#, &[]),
        (
            r#"{"type": "QUICK_REPLIES", "quickReplies": [{"value": "a", "valueType": "TEXT"},
                {"value": "b", "valueType": "NOISE"}]}"#,
            &[".quickReplies[1].valueType"],
        ),
        (
            r#"{"type": "CONTACT", "contactProfile": {"addresses": [{"type": "MOON"}, {}],
                "emails": [{"email": "a@b", "type": "MOON"}], "phones": [{"phone": "1", "type": "CELL"},
                {"phone": "1", "type": "MOON"}], "urls": [{"url": "u", "type": "MOON"}]}}"#,
            &[
                ".contactProfile.addresses[0].type",
                ".contactProfile.emails[0].type",
                ".contactProfile.phones[1].type",
                ".contactProfile.urls[0].type",
            ],
        ),
    ] {
        let expected: Vec<String> = paths.iter().map(|path| format!("attachments[0]{path}")).collect();
        assert_eq!(advice_on("attachments", &format!("[{attachment}]"), None), expected);
    }
}

#[test]
fn a_file_usage_that_hubspot_does_not_describe_is_named() {
    for (usage, paths) in [
        ("STICKER", &[][..]),
        ("VOICE_RECORDING", &[]),
        ("AUDIO", &[]),
        ("IMAGE", &[]),
        ("OTHER", &[]),
        ("SMELL", &["attachments[0].fileUsageType"]),
    ] {
        let file = format!(r#"[{{"type": "FILE", "fileId": "1", "fileUsageType": "{usage}"}}]"#);
        assert_eq!(advice_on("attachments", &file, None), paths, "{usage}");
    }
}

#[test]
fn kinds_of_address_that_are_objects_are_refused_as_hubspot_does() {
    let found = |kinds: &str| {
        let body = format!(r#"{{"name":"Harbour chat","capabilities":{{"deliveryIdentifierTypes":{kinds}}}}}"#);
        let found = json::<NewChannel>(&body).preflight();
        let found: Vec<_> = found
            .iter()
            .map(|finding| (finding.path.clone(), finding.severity))
            .collect();
        found
    };
    let with = |severity| vec![("capabilities.deliveryIdentifierTypes".to_owned(), severity)];
    for refused in [r#"[{"type":"HS_PHONE_NUMBER"}]"#, r#"["HS_PHONE_NUMBER",{}]"#] {
        assert_eq!(found(refused), with(Severity::Refusal), "{refused}");
    }
    for odd in ["5", r#""HS_PHONE_NUMBER""#, "[5]", "{}", "[[{}]]"] {
        assert_eq!(found(odd), with(Severity::Advice), "{odd}");
    }
}

#[test]
fn a_recorded_reply_is_held_against_what_agents_may_attach() {
    let file = r#"{"type": "FILE", "fileId": "1"}"#;
    let header = r#"{"type": "MESSAGE_HEADER"}"#;
    let reply = |direction: &str, attachments: &[&str], capabilities: &str| {
        let body = message()
            .with("messageDirection", Json::string(direction))
            .with("attachments", format!("[{}]", attachments.join(",")).parse().unwrap());
        let found = json::<NewMessage>(&body.to_string()).preflight(Some(&json(capabilities)));
        advice(&found).join(" ")
    };
    let two = r#"{"maxFileAttachmentCount": 2}"#;
    assert_eq!(reply("OUTGOING", &[file, file], two), "");
    assert_eq!(reply("OUTGOING", &[file, header, file], two), "");
    assert_eq!(reply("OUTGOING", &[file, file, file], two), "attachments");
    assert_eq!(reply("INCOMING", &[file, file, file], two), "");
    assert_eq!(reply("OUTGOING", &[file, file, file], r#"{"maxFileAttachmentCount": null}"#), "");

    let files = r#"{"outgoingAttachmentTypes": ["FILE"]}"#;
    assert_eq!(reply("OUTGOING", &[file, header], files), "attachments[1]");
    assert_eq!(reply("INCOMING", &[file, header], files), "");
    assert_eq!(
        reply("OUTGOING", &[file, header], r#"{"outgoingAttachmentTypes": []}"#),
        "attachments[0] attachments[1]"
    );
    assert_eq!(reply("OUTGOING", &[file, header], r#"{"outgoingAttachmentTypes": ["MESSAGE_HEADER", "FILE"]}"#), "");
}

#[test]
fn a_recorded_reply_is_held_against_what_agents_may_do() {
    let participant = r#"{"deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "chat:42"}}"#;
    let one = format!("[{participant}]");
    let two = format!("[{participant},{participant}]");
    let image = r#""<p>See:<IMG src='a.png'></p>""#;
    for (member, value, capabilities, path) in [
        ("mood", "1", r#"{"allowOutgoingMessages": false}"#, Some("messageDirection")),
        ("mood", "1", r#"{"allowOutgoingMessages": true}"#, None),
        ("mood", "1", r#"{"allowOutgoingMessages": null}"#, None),
        ("recipients", &*two, r#"{"allowMultipleRecipients": false}"#, Some("recipients")),
        ("recipients", &*two, r#"{"allowMultipleRecipients": true}"#, None),
        ("recipients", &*two, "{}", None),
        ("recipients", &*one, r#"{"allowMultipleRecipients": false}"#, None),
        ("richText", r#""<b>hello</b>""#, r#"{"richText": []}"#, Some("richText")),
        ("richText", r#""<b>hello</b>""#, r#"{"richText": ["BOLD"]}"#, None),
        ("richText", r#""<b>hello</b>""#, r#"{"richText": null}"#, None),
        ("richText", r#""""#, r#"{"richText": [], "allowInlineImages": false}"#, None),
        ("richText", "null", r#"{"richText": [], "allowInlineImages": false}"#, None),
        ("richText", image, r#"{"allowInlineImages": false}"#, Some("richText")),
        ("richText", image, r#"{"allowInlineImages": true}"#, None),
        ("richText", image, "{}", None),
        ("richText", r#""a < img <images> <im""#, r#"{"allowInlineImages": false}"#, None),
        ("richText", r#""<img""#, r#"{"allowInlineImages": false}"#, Some("richText")),
    ] {
        let body = message().with(member, value.parse().unwrap());
        let found = |direction: &str| {
            let body = body.clone().with("messageDirection", Json::string(direction));
            let found = json::<NewMessage>(&body.to_string()).preflight(Some(&json(capabilities)));
            advice(&found).join(" ")
        };
        assert_eq!(found("OUTGOING"), path.unwrap_or_default(), "{value} {capabilities}");
        assert_eq!(found("INCOMING"), "", "{value} {capabilities}");
    }
}

#[test]
fn a_change_that_may_change_nothing_or_too_much_is_named() {
    for (update, paths) in [
        (r#"{"name": "a", "authorized": false}"#, &[][..]),
        (r#"{"name": "", "authorized": false}"#, &["name"]),
        (r#"{"name": null}"#, &["name"]),
        (r#"{"authorized": null, "inboxId": "1"}"#, &["authorized", "inboxId"]),
    ] {
        assert_eq!(advice(&json::<ChannelAccountUpdate>(update).preflight()), paths);
    }
    assert_eq!(ChannelAccountUpdate::new().preflight().refusals().count(), 1);
    for (patch, paths) in [
        (r#"{"name": "a", "webhookUrl": null, "channelDescription": ""}"#, &[][..]),
        (r#"{"name": "", "capabilities": null}"#, &["name", "capabilities"]),
    ] {
        assert_eq!(advice(&json::<ChannelPatch>(patch).preflight()), paths);
    }
    for (token, paths) in [
        (r#"{"accountName": ""}"#, &["accountName"][..]),
        (r#"{"accountName": null}"#, &["accountName"]),
        ("{}", &[]),
    ] {
        assert_eq!(advice(&json::<StagingTokenUpdate>(token).preflight(None)), paths);
    }
}

#[test]
fn a_status_that_hubspot_does_not_describe_is_named() {
    for (update, paths) in [
        (r#"{"statusType": "SENT"}"#, &[][..]),
        (r#"{"statusType": "FAILED", "errorMessage": "Number unreachable"}"#, &[]),
        (r#"{"statusType": "DELIVERED"}"#, &["statusType"]),
        (r#"{"statusType": "sent"}"#, &["statusType"]),
        (r#"{"statusType": "SENT", "errorMessage": "Number unreachable"}"#, &["errorMessage"]),
        (r#"{"statusType": "READ", "errorMessage": null}"#, &["errorMessage"]),
    ] {
        assert_eq!(advice(&json::<StatusUpdate>(update).preflight()), paths, "{update}");
    }
    let found = StatusUpdate::new("RECEIVED").preflight();
    assert_eq!((found.refusals().count(), found.len()), (1, 1));
}

#[test]
fn an_account_is_held_against_the_kinds_that_its_channel_lists() {
    let channel: Channel = json(r#"{"capabilities": {"deliveryIdentifierTypes": ["HS_PHONE_NUMBER"]}}"#);
    let capabilities = channel.capabilities.as_ref();
    for (address, paths) in [
        (r#"{"type": "HS_PHONE_NUMBER", "value": "+4915112345678"}"#, &[][..]),
        (r#"{"type": "HS_PHONE_NUMBER", "value": "0151"}"#, &["deliveryIdentifier.value"]),
        (r#"{"type": "HS_SHORT_CODE", "value": "1"}"#, &["deliveryIdentifier.type"]),
        ("null", &[]),
    ] {
        let account: NewChannelAccount =
            json(&format!(r#"{{"inboxId":"1","name":"a","authorized":true,"deliveryIdentifier":{address}}}"#));
        assert_eq!(advice(&account.preflight(capabilities)), paths);
        let token: StagingTokenUpdate = json(&format!(r#"{{"accountName":"a","deliveryIdentifier":{address}}}"#));
        assert_eq!(advice(&token.preflight(capabilities)), paths);
        let unlisted = advice(&account.preflight(None)).contains(&"deliveryIdentifier.type");
        assert!(!unlisted && advice(&account.preflight(Some(&ChannelCapabilities::default()))).len() < 2);
    }
}

#[test]
fn a_channel_is_reached_over_https() {
    for (address, odd) in [
        ("https://bridge.example.com/hubspot?tenant=a", false),
        ("HTTPS://bridge.example.com", false),
        ("http://bridge.example.com", true),
        ("bridge.example.com", true),
        ("", true),
    ] {
        for member in ["webhookUrl", "channelAccountConnectionRedirectUrl"] {
            let expected: &[&str] = if odd { &[member] } else { &[] };
            let channel: NewChannel = json(&format!(r#"{{"name":"a","capabilities":{{}},"{member}":"{address}"}}"#));
            assert_eq!(advice(&channel.preflight()), expected, "{address}");
            let patch: ChannelPatch = json(&format!(r#"{{"{member}":"{address}"}}"#));
            assert_eq!(advice(&patch.preflight()), expected, "{address}");
        }
    }
    assert_eq!(advice(&ChannelPatch::new().clear_webhook_url().preflight()), [""; 0]);
}

#[test]
fn capabilities_that_have_not_been_seen_are_named() {
    let capabilities = r#"{"deliveryIdentifierTypes":["HS_EMAIL_ADDRESS","HS_PIGEON"],"threadingModel":"BY_MOOD",
        "richText":["BOLD","SPARKLE"],"outgoingAttachmentTypes":["FILE","HOLOGRAM"],"maxFileAttachmentCount":1.5,
        "maxFileAttachmentSizeBytes":-1,"maxTotalFileAttachmentSizeBytes":31457280,"allowInlineImage":true}"#;
    let paths = [
        "capabilities.deliveryIdentifierTypes[1]",
        "capabilities.threadingModel",
        "capabilities.richText[1]",
        "capabilities.outgoingAttachmentTypes[1]",
        "capabilities.maxFileAttachmentCount",
        "capabilities.maxFileAttachmentSizeBytes",
        "capabilities.allowInlineImage",
    ];
    let channel: NewChannel = json(&format!(r#"{{"name":"a","capabilities":{capabilities}}}"#));
    assert_eq!(advice(&channel.preflight()), paths);
    let patch: ChannelPatch = json(&format!(r#"{{"capabilities":{capabilities}}}"#));
    assert_eq!(advice(&patch.preflight()), paths);
}

#[test]
fn a_patch_without_members_is_named() {
    assert_eq!(advice(&ChannelPatch::new().preflight()), [""]);
    assert_eq!(advice(&json::<ChannelPatch>(r#"{"webhookUrl": null}"#).preflight()), [""; 0]);
    assert_eq!(advice(&json::<ChannelPatch>(r#"{"mood": 1}"#).preflight()), [""; 0]);
}

#[test]
fn refusals_and_advice_come_together_and_apart() {
    let body: NewMessage = json(
        r#"{"messageDirection":"INCOMING","text":"t","attachments":[{"type":"FILE","fileUsageType":"SMELL"}],
            "senders":[{"deliveryIdentifier":{"type":"HS_EMAIL_ADDRESS","value":"ada"}}]}"#,
    );
    let found = body.preflight(None);
    let all: Vec<(&str, Severity)> = found.iter().map(|one| (one.path.as_str(), one.severity)).collect();
    assert_eq!(
        all,
        [
            ("channelAccountId", Severity::Refusal),
            ("senders[0].deliveryIdentifier.value", Severity::Advice),
            ("attachments[0].fileId", Severity::Refusal),
            ("attachments[0].fileUsageType", Severity::Advice),
        ]
    );
    assert_eq!((found.len(), found.refusals().count(), found.advice().count()), (4, 2, 2));
    assert_eq!(found.clone().strict().unwrap_err().iter().len(), 4);
    let violations = found.check().unwrap_err();
    assert_eq!(violations.iter().len(), 2);
    assert_eq!(violations, body.check().unwrap_err());
}

/// Capabilities of every kind that a message is held against.
fn capabilities() -> impl Strategy<Value = Option<ChannelCapabilities>> {
    let models = proptest::sample::select(vec!["INTEGRATION_THREAD_ID", "DELIVERY_IDENTIFIER", "BY_MOOD", ""]);
    let kinds = proptest::sample::subsequence(vec!["FILE", "MESSAGE_HEADER", "HOLOGRAM"], 0..3);
    proptest::option::of((models, kinds, -1_i64..4).prop_map(|(model, kinds, most)| {
        let mut capabilities = ChannelCapabilities::default()
            .set_outgoing_attachment_types(kinds)
            .set_rich_text([""; 0])
            .set_allow_inline_images(most < 0)
            .set_allow_outgoing_messages(most > 1)
            .set_allow_multiple_recipients(most == 0);
        if !model.is_empty() {
            capabilities.threading_model = model.into();
        }
        capabilities.max_file_attachment_count = Field::Value(most.into());
        capabilities
    }))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_check_fails_by_the_refusals_and_by_nothing_else(body in values::new_message(), capabilities in capabilities()) {
        let found = body.preflight(capabilities.as_ref());
        prop_assert_eq!(body.check().is_err(), found.refusals().next().is_some());
        prop_assert_eq!(found.refusals().count() + found.advice().count(), found.len());
        if let Err(violations) = body.check() {
            prop_assert!(violations.iter().eq(found.refusals()));
        }
        prop_assert_eq!(found.clone().check(), body.check());
        prop_assert_eq!(found.clone().strict().is_ok(), found.is_empty());
    }

    #[test]
    fn advice_never_costs_a_publishable_body(body in values::publishable(), capabilities in capabilities()) {
        let found = body.preflight(capabilities.as_ref());
        prop_assert!(found.iter().all(|finding| finding.severity == Severity::Advice), "{}", found);
        prop_assert_eq!(found.check(), Ok(()));
    }

    /// Where a finding points there is a member, or the finding says that there is none.
    #[test]
    fn every_path_leads_into_the_body(body in values::new_message(), capabilities in capabilities()) {
        let json: Json = serde_json::to_string(&body).unwrap().parse().unwrap();
        for finding in body.preflight(capabilities.as_ref()).iter() {
            let steps: Vec<&str> = finding.path.split(['.', '[']).collect();
            let missing = finding.rule.starts_with("is required") || finding.rule.starts_with("is missing");
            // Inside an attachment that cannot be read, a path may lead through any name.
            let unreadable = finding.path.starts_with("attachments[") && finding.rule.starts_with("invalid");
            let found = follow(&json, &steps);
            let needed = if unreadable { 2 } else { steps.len() - usize::from(missing) };
            prop_assert!(found >= needed, "{}", finding);
        }
    }
}

/// How many steps of a path lead to a member or an item.
fn follow(json: &Json, steps: &[&str]) -> usize {
    let Some((step, rest)) = steps.split_first() else {
        return 0;
    };
    let next = match (json, step.strip_suffix(']')) {
        (Json::Array(items), Some(at)) => at.parse::<usize>().ok().and_then(|at| items.get(at)),
        _ => json.get(step),
    };
    next.map_or(0, |next| 1 + follow(next, rest))
}
