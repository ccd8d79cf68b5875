//! Strings, numbers, ids and times at the edges.

use proptest::{prelude::*, sample::select};

use crate::{
    documents::Limits,
    json::{Json, escape, literal, must_be_escaped, spelt},
};

/// Plain text.
pub(crate) fn text() -> BoxedStrategy<String> {
    const EDGES: &[&str] = &[
        "",
        " ",
        "null",
        "0",
        "\"",
        "\\",
        "/",
        "\\u0041",
        "\0",
        "\u{1}\u{8}\t\n\u{c}\r\u{1f}\u{7f}",
        "\u{2028}\u{2029}\u{feff}",
        "e\u{301}",
        "\u{e9}",
        "🧭 \u{10ffff}",
        "$serde_json::private::RawValue",
        "$serde_json::private::Number",
    ];
    prop_oneof![
        4 => "[a-zA-Z0-9 .,:-]{1,20}",
        2 => select(EDGES).prop_map(str::to_owned),
        2 => "\\PC{0,12}",
        1 => "[a-z]{30,42}",
        1 => "(ab ){60,90}",
    ]
    .boxed()
}

/// The text as a JSON string, spelt in one of the ways that JSON allows.
pub(crate) fn spelling(text: impl Strategy<Value = String> + 'static) -> BoxedStrategy<String> {
    fn short(character: char) -> Option<String> {
        let letter = match character {
            '"' | '\\' | '/' => character,
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{c}' => 'f',
            '\r' => 'r',
            _ => return must_be_escaped(character).then(|| escape(character)),
        };
        Some(format!("\\{letter}"))
    }
    fn foreign(character: char) -> Option<String> {
        let foreign = must_be_escaped(character) || !character.is_ascii();
        foreign.then(|| escape(character).to_uppercase().replace("\\U", "\\u"))
    }

    (text, 0..10_u8)
        .prop_map(|(text, style)| match style {
            0 => spelt(&text, |character| Some(escape(character))),
            1 => spelt(&text, foreign),
            2 | 3 => spelt(&text, short),
            _ => literal(&text),
        })
        .boxed()
}

/// The name of a member.
pub(crate) fn name(limits: Limits) -> BoxedStrategy<String> {
    spelling(plain_name(limits))
}

pub(crate) fn plain_name(limits: Limits) -> BoxedStrategy<String> {
    text()
        .prop_map(move |name| match limits {
            Limits::None => name,
            Limits::Buffered => name.replace("$serde_json", "serde_json"),
        })
        .boxed()
}

/// A JSON string.
pub(crate) fn string() -> BoxedStrategy<Json> {
    spelling(text()).prop_map(Json::String).boxed()
}

/// A JSON number.
pub(crate) fn number(limits: Limits) -> BoxedStrategy<Json> {
    const EDGES: &[&str] = &[
        "0",
        "-0",
        "0.0",
        "-0.0",
        "1",
        "1.0",
        "1.00",
        "1e0",
        "10E-1",
        "0.1e+1",
        "1E+2",
        "-1e-7",
        "0e0",
        "2147483648",
        "9007199254740993",
        "-9223372036854775808",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "340282366920938463463374607431768211456",
        "1.7976931348623157e308",
        "5e-324",
        "0.1000000000000000055511151231257827021181583404541015625",
        "52.5200066000000000000001",
    ];
    const BEYOND_F64: &[&str] = &[
        "1e309",
        "-1e400",
        "1e999999999",
        "123e-99999999999999999999999",
        "0e99999999999999999999",
    ];
    let number = prop_oneof![
        3 => any::<i32>().prop_map(|number| number.to_string()),
        2 => any::<u64>().prop_map(|number| number.to_string()),
        3 => select(EDGES).prop_map(str::to_owned),
        1 => "-?[1-9][0-9]{29,60}",
        2 => "-?(0|[1-9][0-9]{0,20})\\.[0-9]{1,40}",
        1 => "-?[0-9](\\.[0-9]{1,30})?[eE][+-]?[0-9]{1,2}",
    ];
    let number = if limits == Limits::None {
        prop_oneof![9 => number, 1 => select(BEYOND_F64).prop_map(str::to_owned)].boxed()
    } else {
        number.boxed()
    };
    number.prop_map(Json::Number).boxed()
}

/// An id, as a string or a number.
pub(crate) fn id(limits: Limits) -> BoxedStrategy<Json> {
    let text = prop_oneof![
        4 => "[1-9][0-9]{3,11}",
        2 => "[0-9a-f]{32}",
        2 => "[AVEIL]-[0-9]{1,10}",
        1 => "[0-9]{31,34}",
        1 => "0[0-9]{1,3}",
        2 => text(),
    ];
    prop_oneof![
        4 => spelling(text).prop_map(Json::String),
        2 => any::<u64>().prop_map(|number| Json::Number(number.to_string())),
        2 => number(limits),
    ]
    .boxed()
}

/// A point in time, mostly.
pub(crate) fn time() -> BoxedStrategy<Json> {
    const EDGES: &[&str] = &[
        "2026-05-27T12:15:00.123Z",
        "2026-05-27T12:15:00Z",
        "2026-05-27T12:15:00.000000+00:00",
        "2026-05-27T14:15:00.123456789+02:00",
        "2026-05-27t12:15:00z",
        "2026-05-27 12:15:00Z",
        "2016-12-31T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "9999-12-30T22:00:00.999999999Z",
        "+010000-01-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-05-27T12:15:00",
        "2026-05-27",
        "1748347200000",
    ];
    prop_oneof![
        3 => (-62_167_219_200_000..253_402_207_199_999_i64)
            .prop_map(|millis| hubchannel_model::Timestamp::from_unix_millis(millis).as_str().to_owned()),
        3 => select(EDGES).prop_map(str::to_owned),
        1 => text(),
    ]
    .prop_flat_map(|text| spelling(Just(text)))
    .prop_map(Json::String)
    .boxed()
}

/// A value of an enum: named, nearly named, or of tomorrow.
pub(crate) fn word(named: &'static [&'static str]) -> BoxedStrategy<Json> {
    let near = select(named).prop_flat_map(near);
    let text = prop_oneof![
        6 => select(named).prop_map(str::to_owned),
        1 => near,
        1 => "[A-Z]{2,9}(_[A-Z]{2,9})?",
        1 => text(),
    ];
    spelling(text).prop_map(Json::String).boxed()
}

/// Text that is nearly this one, and not it.
pub(crate) fn near(text: &'static str) -> BoxedStrategy<String> {
    let variants = [
        format!("{text} "),
        format!("{text}s"),
        format!("{text}\0"),
        format!("_{text}"),
        text[1..].to_owned(),
        text[..text.len() - 1].to_owned(),
        swap_case(text, 1),
        swap_case(text, usize::MAX),
        text.replacen(['e', 'E'], "\u{435}", 1) + "\u{200b}",
    ];
    select(variants.to_vec()).boxed()
}

fn swap_case(text: &str, most: usize) -> String {
    text.char_indices()
        .map(|(at, character)| match character {
            _ if at >= most => character,
            lower if lower.is_ascii_lowercase() => lower.to_ascii_uppercase(),
            other => other.to_ascii_lowercase(),
        })
        .collect()
}
