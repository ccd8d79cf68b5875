//! How a snapshot writes what has no form of its own in JSON, and reads it again without loss.

/// A point in time: seconds since 1970 and nanoseconds on top, so that nothing is rounded.
pub(crate) mod time {
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de};

    /// The start of the year 1 and that of the year 9999.
    const SECONDS: std::ops::Range<i64> = -62_135_596_800..253_370_764_800;

    pub(crate) fn serialize<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
        let (seconds, nanos) = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => (whole(after), after.subsec_nanos()),
            Err(before) => match before.duration() {
                before if before.subsec_nanos() == 0 => (-whole(before), 0),
                before => (-whole(before) - 1, 1_000_000_000 - before.subsec_nanos()),
            },
        };
        (seconds, nanos).serialize(serializer)
    }

    fn whole(duration: Duration) -> i64 {
        i64::try_from(duration.as_secs()).unwrap_or(i64::MAX - 1)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SystemTime, D::Error> {
        let (seconds, nanos) = <(i64, u32)>::deserialize(deserializer)?;
        let whole = Duration::from_secs(seconds.unsigned_abs());
        let time = match seconds {
            0.. => UNIX_EPOCH.checked_add(whole),
            _ => UNIX_EPOCH.checked_sub(whole),
        };
        let time = time.filter(|_| SECONDS.contains(&seconds) && nanos < 1_000_000_000);
        time.and_then(|time| time.checked_add(Duration::from_nanos(nanos.into())))
            .ok_or_else(|| de::Error::custom("a time must be [seconds, nanoseconds] of the years 1 to 9998"))
    }
}

/// A point in time that need not be there.
pub(crate) mod maybe_time {
    use std::time::SystemTime;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Time(#[serde(with = "super::time")] SystemTime);

    pub(crate) fn serialize<S: Serializer>(time: &Option<SystemTime>, serializer: S) -> Result<S::Ok, S::Error> {
        time.map(Time).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SystemTime>, D::Error> {
        Ok(Option::<Time>::deserialize(deserializer)?.map(|time| time.0))
    }
}

/// Bytes, as base64.
pub(crate) mod base64 {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use bytes::Bytes;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text);
        bytes
            .map(Bytes::from)
            .map_err(|error| de::Error::custom(format!("this is no base64: {error}")))
    }
}

/// A map whose keys are no text: a list of pairs, no two of them with the same key.
pub(crate) mod pairs {
    use std::{collections::BTreeMap, fmt, marker::PhantomData};

    use serde::{
        Deserialize, Deserializer, Serialize, Serializer,
        de::{self, SeqAccess, Visitor},
    };

    pub(crate) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub(crate) fn deserialize<'de, K, V, D>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        deserializer.deserialize_seq(Pairs(PhantomData))
    }

    struct Pairs<K, V>(PhantomData<(K, V)>);

    impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Visitor<'de> for Pairs<K, V> {
        type Value = BTreeMap<K, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of pairs")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some((key, value)) = list.next_element()? {
                if map.insert(key, value).is_some() {
                    return Err(de::Error::custom("the pair before this has a key that was there already"));
                }
            }
            Ok(map)
        }
    }
}

/// Headers, as a list of pairs of a name and the base64 of a value, which need not be text.
pub(crate) mod headers {
    use bytes::Bytes;
    use http::{HeaderMap, HeaderName, HeaderValue};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    #[derive(Serialize, Deserialize)]
    struct Pair(String, #[serde(with = "super::base64")] Bytes);

    pub(crate) fn serialize<S: Serializer>(headers: &HeaderMap, serializer: S) -> Result<S::Ok, S::Error> {
        let pair = |(name, value): (&HeaderName, &HeaderValue)| {
            Pair(name.as_str().to_owned(), Bytes::copy_from_slice(value.as_bytes()))
        };
        serializer.collect_seq(headers.iter().map(pair))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HeaderMap, D::Error> {
        let mut headers = HeaderMap::new();
        for Pair(name, value) in Vec::<Pair>::deserialize(deserializer)? {
            let name = HeaderName::try_from(name).map_err(de::Error::custom)?;
            let value = HeaderValue::from_maybe_shared(value).map_err(de::Error::custom)?;
            headers
                .try_append(name, value)
                .map_err(|_| de::Error::custom("these are too many headers"))?;
        }
        Ok(headers)
    }
}

/// The status of an answer, as a number.
pub(crate) mod status {
    use http::StatusCode;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(status.as_u16())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StatusCode, D::Error> {
        StatusCode::from_u16(u16::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// What kept an answer away, by its name.
pub(crate) mod transport_error {
    use hubchannel_api::TransportErrorKind;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    const NAMES: [(TransportErrorKind, &str); 8] = [
        (TransportErrorKind::Connect, "connect"),
        (TransportErrorKind::Timeout, "timeout"),
        (TransportErrorKind::Interrupted, "interrupted"),
        (TransportErrorKind::ResponseTooLarge, "responseTooLarge"),
        (TransportErrorKind::RateLimited, "rateLimited"),
        (TransportErrorKind::Refused, "refused"),
        (TransportErrorKind::Source, "source"),
        (TransportErrorKind::Other, "other"),
    ];

    pub(crate) fn serialize<S: Serializer>(kind: &TransportErrorKind, serializer: S) -> Result<S::Ok, S::Error> {
        let named = NAMES.iter().find(|(known, _)| known == kind);
        serializer.serialize_str(named.map_or("other", |(_, name)| *name))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TransportErrorKind, D::Error> {
        let name = String::deserialize(deserializer)?;
        let named = NAMES.iter().find(|(_, known)| *known == name);
        named
            .map(|(kind, _)| *kind)
            .ok_or_else(|| de::Error::custom(format!("{name:?} is no kind of error of a transport")))
    }
}
