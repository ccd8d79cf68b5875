//! Input made to break a parser: refused or kept, and never a panic. What is particular to some type; `hostile_all.rs`
//! does the same to every type.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel_model::{Attachment, ErrorBody, Message, Number, decode};
use hubchannel_testkit::bodies;

fn encoded(message: &Message) -> String {
    serde_json::to_string(message).unwrap()
}

#[test]
fn a_truncated_document_is_refused_at_every_byte() {
    for body in [
        bodies::MESSAGE,
        &bodies::message_from_tomorrow(),
        &bodies::MESSAGE.replace("Thanks", "Tha\u{f1}k\u{1f9ed}"),
    ] {
        for end in 0..body.len() {
            assert!(decode::<Message>(&body.as_bytes()[..end]).is_err(), "{end}");
        }
    }
}

#[test]
fn deep_nesting_is_kept_where_the_name_is_unknown() {
    const DEPTH: usize = 100_000;
    for nest in [
        "[".repeat(DEPTH) + &"]".repeat(DEPTH),
        r#"{"a":"#.repeat(DEPTH) + "0" + &"}".repeat(DEPTH),
    ] {
        let json = format!(r#"{{"text":"hi","nest":{nest}}}"#);
        let message: Message = decode(json.as_bytes()).unwrap();
        assert_eq!(message.extra.get("nest"), Some(&*nest));
        assert_eq!(encoded(&message), json);

        let json =
            format!(r#"{{"attachments":[{{"type":"HOLOGRAM","nest":{nest}}},{{"type":"FILE","nest":{nest}}}]}}"#);
        let message: Message = decode(json.as_bytes()).unwrap();
        assert_eq!(encoded(&message), json);
    }
}

#[test]
fn deep_nesting_is_refused_where_a_type_is_expected() {
    let nest = "[".repeat(100_000);
    assert!(decode::<Message>(format!(r#"{{"senders":{nest}"#).as_bytes()).is_err());
    assert!(decode::<Message>(format!(r#"{{"unknown":{nest}"#).as_bytes()).is_err());
    assert!(decode::<ErrorBody>(format!(r#"{{"context":{{"a":{nest}"#).as_bytes()).is_err());
    assert!(decode::<Attachment>(nest.as_bytes()).is_err());
}

#[test]
fn huge_numbers_are_kept_and_compared_in_time_with_their_length() {
    let digits = "9".repeat(200_000);
    for number in [
        digits.clone(),
        format!("-0.{digits}"),
        format!("{digits}e-{digits}"),
        "1e999999999999999999999999".to_owned(),
        "1e-2147483648".to_owned(),
    ] {
        let json =
            format!(r#"{{"id":{number},"mood":{number},"attachments":[{{"type":"LOCATION","latitude":{number}}}]}}"#);
        let message: Message = decode(json.as_bytes()).unwrap();
        assert_eq!(message.id.as_ref().map(|id| id.as_str()), Some(&*number));
        let [Attachment::Location(location)] = message.attachments.as_deref().unwrap() else {
            panic!("no location")
        };
        let latitude = location.latitude.as_ref().unwrap();
        assert_eq!(*latitude, decode::<Number>(format!(" {number} ").as_bytes()).unwrap());
        assert!(!latitude.as_f64().is_nan());
        assert_eq!(serde_json::from_str::<Message>(&encoded(&message)).unwrap(), message);
    }
}

#[test]
fn malformed_numbers_are_refused() {
    for number in [
        "01", "-", "1.", ".5", "+1", "1e", "0x10", "NaN", "Infinity", "1_000", "--1", "1e+",
    ] {
        for member in ["id", "mood"] {
            let json = format!(r#"{{"{member}":{number}}}"#);
            assert!(decode::<Message>(json.as_bytes()).is_err(), "{json}");
        }
    }
}

#[test]
fn bytes_that_are_no_utf8_are_refused() {
    for bytes in [
        &b"{\"mood\":\"\xc3\"}"[..],
        b"{\"mo\xffod\":1}",
        b"{\"text\":\"\xed\xa0\x80\"}",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\0}\0",
    ] {
        assert!(decode::<Message>(bytes).is_err(), "{bytes:?}");
        assert!(serde_json::from_slice::<Message>(bytes).is_err(), "{bytes:?}");
    }
}

#[test]
fn a_lone_surrogate_is_kept_where_the_name_is_unknown_and_refused_elsewhere() {
    let json = r#"{"mood":"\ud800","attachments":[{"type":"HOLOGRAM","a":"\udc00"}]}"#;
    let message: Message = decode(json.as_bytes()).unwrap();
    assert_eq!(encoded(&message).replace(r#","mood":"\ud800""#, "").len(), json.len() - r#""mood":"\ud800","#.len());
    assert_eq!(message.extra.get("mood"), Some(r#""\ud800""#));
    assert!(message.extra.decode::<String>("mood").is_err());

    assert!(decode::<Message>(br#"{"text":"\ud800"}"#).is_err());
    assert!(decode::<Message>(br#"{"id":"\ud800"}"#).is_err());
    assert!(decode::<Message>(br#"{"\ud800":1}"#).is_err());
}

#[test]
fn names_that_serde_json_gives_to_itself_are_names_like_others() {
    for name in ["$serde_json::private::RawValue", "$serde_json::private::Number"] {
        for json in [
            format!(r#"{{"{name}":"1"}}"#),
            format!(r#"{{"{name}":{{"{name}":"[}}"}}}}"#),
            format!(r#"{{"senders":[{{"{name}":true}}],"status":{{"{name}":null}}}}"#),
            format!(
                r#"{{"attachments":[{{"{name}":"x"}},{{"{name}":"x","type":"FILE"}},{{"type":"FILE","{name}":1}}]}}"#
            ),
        ] {
            let message: Message = decode(json.as_bytes()).unwrap();
            hubchannel_testkit::assert_same_json(&encoded(&message), &json);
        }
        assert!(decode::<Message>(format!(r#"{{"id":{{"{name}":"1"}}}}"#).as_bytes()).is_err());
    }
}

#[test]
fn a_name_that_came_very_often_is_removed_in_one_go() {
    const TIMES: usize = 300_000;
    let doubled = r#","mood":1"#.repeat(TIMES);
    let mut message: Message = decode(format!(r#"{{"text":"hi"{doubled},"a":2}}"#).as_bytes()).unwrap();
    assert_eq!(message.extra.len(), TIMES + 1);
    assert_eq!(message.extra.remove("mood").as_deref(), Some("1"));
    assert_eq!(encoded(&message), r#"{"text":"hi","a":2}"#);
}
