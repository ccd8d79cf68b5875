//! Ids, numbers and times: equality, order and hashes that agree, and texts that stay.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::{
    cmp::Ordering,
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    time::{Duration, UNIX_EPOCH},
};

use hubchannel_model::{
    ActorId, ChannelId, ContactId, DeliveryIdentifier, FileId, NewMessage, NotFinite, Number, Participant, Timestamp,
    decode,
};
use hubchannel_testkit::{cases, differences};
use proptest::{prelude::*, sample::select};

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Fails unless equality, order and hash of two values agree.
fn agree<T: Ord + Hash + std::fmt::Debug>(left: &T, right: &T) -> Result<(), TestCaseError> {
    prop_assert_eq!(left == right, left.cmp(right) == Ordering::Equal);
    prop_assert_eq!(left.cmp(right), right.cmp(left).reverse());
    prop_assert_eq!(left.partial_cmp(right), Some(left.cmp(right)));
    if left == right {
        prop_assert_eq!(hash(left), hash(right));
    }
    Ok(())
}

fn id_json() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,3}".prop_map(|digits| format!("{digits:?}")),
        "[1-9][0-9]{0,2}",
        "\"[a-c]{30,34}\"",
        select(&[
            "0",
            "-0",
            "1.0",
            "1e3",
            "123456789012345678901234567890123456789012345",
            "\"\"",
            "\"\\u0031\""
        ])
        .prop_map(str::to_owned),
    ]
}

fn number_json() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?[0-9]",
        "-?(0|[1-9][0-9]{0,2})\\.[0-9]{1,3}",
        "-?(0|[1-9][0-9]{0,2})(\\.0{1,3})?[eE][+-]?[0-3]",
        select(&[
            "0",
            "-0",
            "0e5",
            "1e400",
            "10e399",
            "1e-999999999999999999999",
            "1e999999999999999999999"
        ])
        .prop_map(str::to_owned),
    ]
}

fn time_text() -> impl Strategy<Value = String> {
    let seconds = 0..3_u32;
    let fraction = select(&["", ".0", ".000", ".5", ".500000000"]);
    let zone = select(&["Z", "+00:00", "+01:00", "-00:30"]);
    prop_oneof![
        8 => (seconds, fraction, zone).prop_map(|(second, fraction, zone)| {
            format!("2026-05-27T12:00:0{second}{fraction}{zone}")
        }),
        1 => select(&["", "never", "2026-05-27"]).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(cases())]

    /// The rule for a message's time looks at most times without a calendar.
    #[test]
    fn a_time_in_the_plain_form_passes_exactly_where_it_is_one(
        year in prop_oneof![0..=9_999_u32, 1_999..=2_100_u32],
        (month, day) in (0..=13_u32, 0..=32_u32),
        (hour, minute, second) in (0..=25_u32, 0..=61_u32, 0..=61_u32),
        fraction in "(\\.[0-9]{1,11})?",
        offset in select(vec!["Z", "+00:00", "-02:30", "+24:30", "+26:00"]),
    ) {
        let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}");
        let visitor = Participant::new(DeliveryIdentifier::opaque("chat:42"));
        let message = NewMessage::incoming("3307400689", visitor, "hello").set_timestamp(text.as_str());
        let passes = message.preflight(None).iter().all(|finding| finding.path != "timestamp");
        prop_assert_eq!(passes, Timestamp::from(text.as_str()).is_valid(), "{}", text);
    }

    #[test]
    fn ids_compare_by_their_text(left in id_json(), right in id_json()) {
        let (left, right): (ActorId, ActorId) =
            (decode(left.as_bytes()).unwrap(), decode(right.as_bytes()).unwrap());
        agree(&left, &right)?;
        prop_assert_eq!(left == right, left.as_str() == right.as_str());
        prop_assert_eq!(left.cmp(&right), left.as_str().cmp(right.as_str()));
    }

    #[test]
    fn ids_are_written_as_they_were_read(json in id_json()) {
        let id: ChannelId = decode(json.as_bytes()).unwrap();
        prop_assert_eq!(id.is_number(), !json.starts_with('"'));
        let written = serde_json::to_string(&id).unwrap();
        prop_assert_eq!(written, json.replace("\\u0031", "1"));
    }

    #[test]
    fn numbers_are_equal_when_their_exact_values_are(left in number_json(), right in number_json()) {
        let same = differences(&left.parse().unwrap(), &right.parse().unwrap()).is_empty();
        let (left, right): (Number, Number) = (decode(left.as_bytes()).unwrap(), decode(right.as_bytes()).unwrap());
        prop_assert_eq!(left == right, same, "{} {}", left, right);
    }

    #[test]
    fn numbers_are_written_as_they_were_read(json in number_json()) {
        let number: Number = decode(json.as_bytes()).unwrap();
        prop_assert_eq!(number.as_str(), &*json);
        prop_assert_eq!(number.as_f64(), json.parse::<f64>().unwrap());
        prop_assert_eq!(serde_json::to_string(&number).unwrap(), json);
    }

    #[test]
    fn a_whole_number_is_read_exactly_however_it_is_written(
        whole in prop_oneof![any::<i64>().prop_map(i128::from), any::<u64>().prop_map(i128::from), -1_000..1_000_i128],
        zeros in 0..30_usize,
    ) {
        let more = "0".repeat(zeros);
        let mut spellings = vec![format!("{whole}"), format!("{whole}e0"), format!("{whole}.0{more}")];
        // No number of JSON begins with two zeros.
        if whole != 0 {
            spellings.push(format!("{whole}{more}e-{zeros}"));
        }
        if let Some(digits) = whole.to_string().strip_suffix('0').filter(|digits| !digits.is_empty() && *digits != "-") {
            spellings.push(format!("{digits}E+1"));
        }
        for json in spellings {
            let number: Number = decode(json.as_bytes()).unwrap();
            prop_assert_eq!(number.as_i64(), i64::try_from(whole).ok(), "{}", json);
            prop_assert_eq!(number.as_u64(), u64::try_from(whole).ok(), "{}", json);
        }
    }

    #[test]
    fn a_number_is_whole_only_where_it_is_exactly_that(json in number_json()) {
        let number: Number = decode(json.as_bytes()).unwrap();
        match number.as_i64() {
            Some(whole) => {
                prop_assert_eq!(&Number::from(whole), &number);
                prop_assert_eq!(number.as_u64(), u64::try_from(whole).ok());
            }
            None => {
                // `as` takes what is out of range to the nearest bound.
                let near = number.as_f64() as i64;
                for whole in near.saturating_sub(1)..=near.saturating_add(1) {
                    prop_assert_ne!(&Number::from(whole), &number);
                }
            }
        }
    }

    #[test]
    fn a_number_made_from_a_float_is_that_float(float in any::<f64>()) {
        prop_assert_eq!(Number::try_from(float).unwrap().as_f64(), float);
    }

    #[test]
    fn times_compare_as_instants(left in time_text(), right in time_text()) {
        let (left, right) = (Timestamp::from(&*left), Timestamp::from(&*right));
        agree(&left, &right)?;
        if let (Some(left_time), Some(right_time)) = (left.to_system_time(), right.to_system_time()) {
            prop_assert_eq!(left.cmp(&right), left_time.cmp(&right_time));
        }
        prop_assert!(left < right || !left.is_valid() || right.is_valid());
    }

    #[test]
    fn times_are_written_as_they_were_read(text in time_text()) {
        let json = format!("{text:?}");
        let time: Timestamp = decode(json.as_bytes()).unwrap();
        prop_assert_eq!(serde_json::to_string(&time).unwrap(), json);
    }

    #[test]
    fn a_time_made_from_milliseconds_says_them(millis in -62_167_219_200_000..=253_402_207_199_999_i64) {
        let time = Timestamp::from_unix_millis(millis);
        prop_assert_eq!(time.to_unix_millis(), Some(millis));
        prop_assert_eq!(time.as_str().len(), "2026-05-27T12:15:00.123Z".len(), "{}", time);
        prop_assert_eq!(Timestamp::from(time.to_system_time().unwrap()), time);
    }
}

#[test]
fn a_string_and_a_number_of_the_same_digits_are_one_id() {
    let text = FileId::new("135790864");
    let number = FileId::from_number(135_790_864);
    assert_eq!(text, number);
    assert_eq!(hash(&text), hash(&number));
    assert_eq!(serde_json::to_string(&[&text, &number]).unwrap(), r#"["135790864",135790864]"#);
    assert_eq!(format!("{text} {number} {text:?} {number:?}"), r#"135790864 135790864 "135790864" 135790864"#);
}

#[test]
fn only_plain_digits_become_a_number() {
    for (text, json) in [
        ("2718", "2718"),
        ("0", "0"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("007", r#""007""#),
        ("-1", r#""-1""#),
        ("1e5", r#""1e5""#),
        ("", r#""""#),
        ("٣", r#""٣""#),
    ] {
        assert_eq!(serde_json::to_string(&ContactId::new(text).into_number()).unwrap(), json);
    }
}

#[test]
fn ids_of_any_length_are_kept() {
    for length in [0, 1, 31, 32, 33, 34, 40, 1000] {
        let text = "é".repeat(length / 2) + &"x".repeat(length % 2);
        let id = ActorId::from(text.as_str());
        assert_eq!(id, *text);
        assert_eq!(id.clone().as_str(), text);
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{text}\""));
    }
}

#[test]
fn infinities_are_no_numbers() {
    for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(Number::try_from(float), Err(NotFinite));
    }
    assert_eq!(decode::<Number>(b"1e400").unwrap().as_f64(), f64::INFINITY);
}

#[test]
fn digits_that_no_float_holds_make_a_difference() {
    let number = |text: &str| decode::<Number>(text.as_bytes()).unwrap();
    assert_ne!(number("9007199254740993"), number("9007199254740992"));
    assert_ne!(number("0.1"), number("0.1000000000000000055511151231257827"));
    assert_eq!(
        number("1234567890123456789012345678901234567890e-39"),
        number("1.23456789012345678901234567890123456789")
    );
    assert_eq!(number("-0"), number("0.000"));
    assert_ne!(number("1e999999999999999999999"), number("1e-999999999999999999999"));
}

#[test]
fn a_time_before_the_epoch_is_cut_towards_the_past() {
    let time = Timestamp::from(UNIX_EPOCH - Duration::from_nanos(1));
    assert_eq!(time.as_str(), "1969-12-31T23:59:59.999Z");
    assert_eq!(Timestamp::from("1969-12-31T23:59:59.9999Z").to_unix_millis(), Some(-1));
}

#[test]
fn times_beyond_the_calendar_become_the_nearest_within() {
    assert_eq!(Timestamp::from_unix_millis(i64::MAX).as_str(), "9999-12-30T21:59:59.999Z");
    assert_eq!(Timestamp::from_unix_millis(i64::MIN).as_str(), "0000-01-01T00:00:00.000Z");
    assert!(Timestamp::from_unix_millis(i64::MAX).is_valid());
    assert_eq!(Timestamp::from(UNIX_EPOCH + Duration::from_secs(1 << 60)), Timestamp::from_unix_millis(i64::MAX));
}

#[test]
fn the_bounds_of_whole_numbers_are_exact() {
    let number = |json: &str| decode::<Number>(json.as_bytes()).unwrap();
    for (json, signed, unsigned) in [
        ("9223372036854775807", Some(i64::MAX), Some(9_223_372_036_854_775_807)),
        ("9223372036854775808", None, Some(9_223_372_036_854_775_808)),
        ("-9223372036854775808", Some(i64::MIN), None),
        ("-9223372036854775809", None, None),
        ("18446744073709551615", None, Some(u64::MAX)),
        ("18446744073709551616", None, None),
        ("9007199254740993", Some(9_007_199_254_740_993), Some(9_007_199_254_740_993)),
        ("1e3", Some(1_000), Some(1_000)),
        ("1e20", None, None),
        ("1e999999999999999999999", None, None),
        ("1e-999999999999999999999", None, None),
        ("0e999999999999999999999", Some(0), Some(0)),
        ("-0.0", Some(0), Some(0)),
        ("1.5", None, None),
        ("0.1e1", Some(1), Some(1)),
    ] {
        assert_eq!((number(json).as_i64(), number(json).as_u64()), (signed, unsigned), "{json}");
    }
}
