//! What breaks, and what only becomes wider.

use super::*;

/// The verdict on a member that was this and is that, when it is sent and when it is received.
fn verdicts(old: &Value, new: &Value) -> [&'static str; 2] {
    [sent, received].map(|way: fn(&Value, &Value) -> Contract| {
        let of = |schema: &Value| way(&described(json!({ "a": schema }), &[]), &json!({}));
        let changes = diff(&of(old), &of(new));
        let worst = changes.iter().map(|change| change.verdict).max();
        worst.map_or("nothing", Verdict::name)
    })
}

#[test]
fn what_only_becomes_wider_breaks_nobody_who_sends_it() {
    const ADOPT: &str = "worth adopting";
    const BREAKING: &str = "breaking";

    let integer = json!({ "type": "integer" });
    let number = json!({ "type": "number" });
    let any = json!({});
    let open = json!({ "type": "object", "properties": { "x": text() } });
    let closed = json!({ "type": "object", "properties": { "x": text() }, "additionalProperties": false });
    let map = json!({ "type": "object", "properties": { "x": text() }, "additionalProperties": integer });
    let at_most = |exclusive: bool| json!({ "type": "number", "maximum": 9, "exclusiveMaximum": exclusive });
    for (narrow, wide, widened, narrowed) in [
        (&integer, &number, [ADOPT, BREAKING], [BREAKING, ADOPT]),
        (&text(), &any, [ADOPT, BREAKING], [BREAKING, ADOPT]),
        (&closed, &open, [ADOPT, ADOPT], [BREAKING, ADOPT]),
        (&map, &open, [ADOPT, BREAKING], [BREAKING, ADOPT]),
        (&closed, &map, [ADOPT, ADOPT], [BREAKING, BREAKING]),
        (&at_most(true), &at_most(false), [ADOPT, "harmless"], [BREAKING, "harmless"]),
    ] {
        assert_eq!(verdicts(narrow, wide), widened, "{narrow} -> {wide}");
        assert_eq!(verdicts(wide, narrow), narrowed, "{wide} -> {narrow}");
    }
    assert_eq!(verdicts(&text(), &integer), [BREAKING, BREAKING]);
}

#[test]
fn a_map_may_gain_a_member() {
    let map = json!({ "type": "object", "additionalProperties": text() });
    let with =
        |member: Value| json!({ "type": "object", "properties": { "x": member }, "additionalProperties": text() });
    assert_eq!(verdicts(&map, &with(text())), ["worth adopting", "worth adopting"]);
    assert_eq!(verdicts(&map, &with(json!({ "type": "boolean" })))[0], "breaking");
}

#[test]
fn a_range_of_media_types_has_each_of_them_in_it() {
    let of = |media_type: &str, is_sent: bool| {
        let content = json!({ "content": { media_type: { "schema": text() } } });
        let operation = match is_sent {
            true => json!({ "requestBody": content, "responses": {} }),
            false => json!({ "responses": { "200": content } }),
        };
        description(&json!({ "/custom-channels": { "post": operation } }), &json!({}))
    };
    for (old, new, is_sent, breaks) in [
        ("*/*", "application/json", false, false),
        ("application/*", "application/json", false, false),
        ("text/*", "application/json", false, true),
        ("application/json", "*/*", false, true),
        ("application/json", "*/*", true, false),
        ("*/*", "application/json", true, true),
    ] {
        let changes = diff(&of(old, is_sent), &of(new, is_sent));
        let found = changes.iter().any(|change| change.verdict == Verdict::Breaking);
        assert_eq!((changes.len(), found), (2, breaks), "{old} -> {new}");
    }
}

#[test]
fn a_member_that_only_comes_is_not_sent_and_the_other_way_round() {
    let of = |way: fn(&Value, &Value) -> Contract, members: Value, required: &[&str]| {
        way(&reference("A"), &json!({ "A": described(members, required) }))
    };
    let id = |flag: &str| json!({ "id": { "type": "string", flag: true } });
    for (way, flag, told) in [
        (sent as fn(&Value, &Value) -> Contract, "readOnly", 0),
        (received, "readOnly", 1),
        (sent, "writeOnly", 1),
        (received, "writeOnly", 0),
    ] {
        let (without, with) = (of(way, json!({}), &[]), of(way, id(flag), &["id"]));
        assert_eq!(diff(&without, &with).len(), told, "{flag}");
        assert_eq!(diff(&with, &without).len(), told, "{flag}");
    }
}

#[test]
fn another_way_to_get_a_token_breaks_nobody() {
    let of = |flows: Value| {
        let description = json!({
            "openapi": "3.0.1", "info": { "version": "v3" }, "paths": { "/custom-channels": {} },
            "components": { "securitySchemes": { "o": { "type": "oauth2", "flows": flows } } },
        });
        openapi_in(&description.to_string()).unwrap()
    };
    let flow = |url: &str| json!({ "tokenUrl": url, "scopes": {} });
    let mut refreshed = flow("/a");
    refreshed["refreshUrl"] = json!("/b");
    let old = of(json!({ "implicit": flow("/a") }));
    let breaks = |new: Value| {
        diff(&old, &of(new))
            .iter()
            .any(|change| change.verdict == Verdict::Breaking)
    };
    assert!(!breaks(json!({ "implicit": flow("/a"), "password": flow("/b") })));
    assert!(!breaks(json!({ "implicit": refreshed })));
    assert!(breaks(json!({ "implicit": flow("/b") })));
    assert!(breaks(json!({ "password": flow("/a") })));
}

#[test]
fn null_breaks_who_receives_it_where_no_member_is() {
    const HARMLESS: &str = "harmless";
    const BREAKING: &str = "breaking";

    let or_null = |mut schema: Value| {
        schema["nullable"] = json!(true);
        schema
    };
    let list = |items: Value| json!({ "type": "array", "items": items });
    let map = |values: Value| json!({ "type": "object", "additionalProperties": values });
    for (old, new, verdict) in [
        (text(), or_null(text()), HARMLESS),
        (list(text()), or_null(list(text())), HARMLESS),
        (list(text()), list(or_null(text())), BREAKING),
        (map(text()), map(or_null(text())), BREAKING),
        (map(list(text())), map(list(or_null(text()))), BREAKING),
    ] {
        assert_eq!(verdicts(&old, &new), ["worth adopting", verdict], "{old} -> {new}");
        assert_eq!(verdicts(&new, &old), [BREAKING, HARMLESS], "{new} -> {old}");
    }

    // A record that may be null itself is as bad as the worst of its places.
    let record = described(json!({ "x": text() }), &[]);
    for (member, verdict) in [(reference("A"), HARMLESS), (list(reference("A")), BREAKING)] {
        let of = |record: &Value| received(&described(json!({ "a": member }), &[]), &json!({ "A": record }));
        let found = diff(&of(&record), &of(&or_null(record.clone())));
        let found: Vec<&str> = found.iter().map(|change| change.verdict.name()).collect();
        assert_eq!(found, [verdict]);
    }
}

#[test]
fn what_a_client_sends_is_judged_otherwise_than_what_it_receives() {
    let required = changes(|contract| {
        member(contract, "PublicChannelAccountUpdateRequest", "name").required = true;
        member(contract, "PublicConversationsMessage", "subject").required = true;
    });
    assert_eq!(
        lines(&required),
        [
            "PublicChannelAccountUpdateRequest.name | required changed: optional -> required | breaking",
            "PublicConversationsMessage.subject | required changed: optional -> required | harmless",
        ]
    );
    let values = changes(|contract| {
        member(contract, "PublicClient", "clientType")
            .schema
            .values
            .insert("ROBOT".to_owned());
        member(contract, "PublicClient", "clientType")
            .schema
            .values
            .remove("SYSTEM");
        member(contract, "PublicChannelIntegrationMessageUpdateRequest", "statusType")
            .schema
            .values
            .remove("READ");
    });
    assert_eq!(
        lines(&values),
        [
            "PublicChannelIntegrationMessageUpdateRequest.statusType | enum value removed: READ | breaking",
            "PublicClient.clientType | enum value added: ROBOT | worth adopting",
            "PublicClient.clientType | enum value removed: SYSTEM | harmless",
        ]
    );
}

#[test]
fn a_map_that_becomes_a_record_is_another_type() {
    let found = changes(|contract| {
        let schema = contract.records["PublicClient"].clone();
        member(contract, "PublicChannelIntegrationChannel", "capabilities").schema = schema;
    });
    assert_eq!(
        lines(&found),
        [
            "PublicChannelIntegrationChannel.capabilities | type changed: map to object -> \
          object with clientType, integrationAppId | breaking"
        ]
    );
}

#[test]
fn members_of_any_name_may_come_and_go() {
    let found = changes(|contract| match &mut contract.records.get_mut("PublicClient").unwrap().shape {
        Shape::Object(object) => object.rest = Rest::Closed,
        _ => panic!("no object"),
    });
    assert_eq!(
        lines(&found),
        ["PublicClient{} | type changed: any other members -> no other members | worth adopting"]
    );
}
