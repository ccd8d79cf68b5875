//! What may have been signed instead: for each part of a request what it is, and what people make of it.

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::{Difference, Part, body};
use crate::{
    SignatureVersion, Verifier,
    escape::Decoding,
    forwarded::{self, FORWARDED_HOST, is_host},
    headers::Claim,
    public_url::path_and_query,
    signature::{Key, Signed},
    verifier::Place,
};

/// How many parts there are.
pub(super) const AXES: usize = 9;

/// What one part may be. What costs nothing is as the verifier takes it.
pub(super) struct Axis<T> {
    values: Vec<T>,
    differences: Vec<Option<Difference>>,
}

impl<T: PartialEq> Axis<T> {
    fn empty() -> Self {
        Axis {
            values: Vec::new(),
            differences: Vec::new(),
        }
    }

    fn new(value: T) -> Self {
        let mut axis = Axis::empty();
        axis.push(value, None);
        axis
    }

    /// Adds a mistake, unless it changes nothing.
    fn mistake(&mut self, value: T, part: Part, told: impl Into<String>) {
        if !self.values.contains(&value) {
            self.push(value, Some(Difference::new(part, told)));
        }
    }

    fn push(&mut self, value: T, difference: Option<Difference>) {
        self.values.push(value);
        self.differences.push(difference);
    }
}

pub(super) struct Choices {
    keys: Axis<Key>,
    versions: Axis<SignatureVersion>,
    methods: Axis<String>,
    /// With `://`.
    schemes: Axis<&'static str>,
    hosts: Axis<String>,
    /// Without a `/` at the end.
    paths: Axis<String>,
    /// That `/`, and the query.
    endings: Axis<String>,
    decodings: Axis<Decoding>,
    bodies: Axis<Bytes>,
}

impl Choices {
    pub(super) fn of(
        verifier: &Verifier,
        claim: &Claim<'_>,
        method: &Method,
        target: &str,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Self {
        let address = Address::of(verifier, path_and_query(target).unwrap_or(target), headers);
        Choices {
            keys: keys(verifier),
            versions: versions(claim.version),
            methods: methods(method),
            schemes: schemes(address.scheme),
            hosts: hosts(&address, target, headers),
            paths: paths(&address, headers),
            endings: endings(address.ending),
            decodings: decodings(claim.version, target),
            bodies: bodies(body),
        }
    }

    pub(super) fn axes(&self) -> [&[Option<Difference>]; AXES] {
        [
            &self.keys.differences,
            &self.versions.differences,
            &self.methods.differences,
            &self.schemes.differences,
            &self.hosts.differences,
            &self.paths.differences,
            &self.endings.differences,
            &self.decodings.differences,
            &self.bodies.differences,
        ]
    }

    pub(super) fn differences_of(&self, picks: &[usize; AXES]) -> Vec<Difference> {
        let axes = self.axes().into_iter().zip(picks);
        axes.filter_map(|(axis, pick)| axis.get(*pick)?.clone()).collect()
    }

    pub(super) fn pick<'a>(&'a self, picks: &[usize; AXES], timestamp: &'a str) -> (&'a Key, Signed<'a>) {
        let [key, version, method, scheme, host, path, ending, decoding, body] = *picks;
        let signed = Signed {
            version: self.versions.values[version],
            method: &self.methods.values[method],
            uri: [
                self.schemes.values[scheme],
                &self.hosts.values[host],
                &self.paths.values[path],
                &self.endings.values[ending],
            ],
            decoding: self.decodings.values[decoding],
            body: &self.bodies.values[body],
            timestamp,
        };
        (&self.keys.values[key], signed)
    }
}

fn keys(verifier: &Verifier) -> Axis<Key> {
    let mut axis = Axis::empty();
    for key in &verifier.keys {
        axis.push(key.clone(), None);
    }
    for key in &verifier.keys {
        let secret = key.secret().expose();
        let bare = secret.trim().trim_matches(['"', '\'']).trim();
        if let Some(bare) = Key::new(bare.into()) {
            let told = "the secret has white space or quotes around it that do not belong to it; see how it is read";
            axis.mistake(bare, Part::Secret, told);
        }
    }
    for (index, key) in verifier.suspects.iter().enumerate() {
        let told = format!(
            "signed with suspect {index}, counted from 0, and not with a secret of the verifier's; use the client secret \
             of the app that owns the channel"
        );
        axis.mistake(key.clone(), Part::Secret, told);
    }
    axis
}

fn versions(version: SignatureVersion) -> Axis<SignatureVersion> {
    let mut axis = Axis::new(version);
    let other = match version {
        SignatureVersion::V1 => SignatureVersion::V2,
        SignatureVersion::V2 => SignatureVersion::V1,
        SignatureVersion::V3 => return axis,
    };
    let told = format!("signed as {other}, while the header says {version}");
    axis.mistake(other, Part::Version, told);
    axis
}

fn methods(method: &Method) -> Axis<String> {
    let mut axis = Axis::new(method.to_string());
    for other in [method.as_str().to_ascii_uppercase().as_str(), "POST", "GET", "PUT"] {
        let told = format!("signed for the method {other}; hand over the method that came in, as it came in");
        axis.mistake(other.to_owned(), Part::Method, told);
    }
    axis
}

fn schemes(scheme: &'static str) -> Axis<&'static str> {
    let mut axis = Axis::new(scheme);
    let other = if scheme == "https://" { "http://" } else { "https://" };
    let told = format!(
        "signed for {other}… and not for {scheme}…; behind a proxy that ends TLS the scheme is still that of the \
         channel's `webhookUrl`, and that is what the public address has to say"
    );
    axis.mistake(other, Part::Scheme, told);
    axis
}

/// Where the verifier takes the request to have been sent.
struct Address<'a> {
    scheme: &'static str,
    /// `None` where it does not know.
    host: Option<&'a str>,
    /// What the public address has before the path of the target.
    prefix: &'a str,
    /// What the target has instead.
    replaced: &'a str,
    /// Without what was replaced, and without a `/` at the end.
    path: &'a str,
    ending: &'a str,
}

impl<'a> Address<'a> {
    fn of(verifier: &'a Verifier, target: &'a str, headers: &'a HeaderMap) -> Self {
        let (scheme, host, prefix, replaced) = match &verifier.place {
            Place::Unknown => ("https://", None, "", ""),
            Place::Known(url) => {
                let (scheme, rest) = url.as_str().split_once("://").unwrap_or_default();
                let (host, prefix) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                (scheme_of(scheme), Some(host), prefix, url.replaced())
            }
            Place::AsForwarded => match forwarded::origin(headers) {
                Ok([scheme, _, host]) => (scheme_of(scheme), Some(host), "", ""),
                Err(_) => ("https://", None, "", ""),
            },
        };
        let rest = target.strip_prefix(replaced).unwrap_or(target);
        let path = rest[..rest.find('?').unwrap_or(rest.len())].trim_end_matches('/');
        Address {
            scheme,
            host,
            prefix,
            replaced,
            path,
            ending: &rest[path.len()..],
        }
    }
}

fn scheme_of(scheme: &str) -> &'static str {
    if scheme == "http" { "http://" } else { "https://" }
}

fn hosts(address: &Address<'_>, target: &str, headers: &HeaderMap) -> Axis<String> {
    let mut axis = address.host.map_or_else(Axis::empty, |host| Axis::new(host.to_owned()));
    let mend = "the public address has to name the host as the channel's `webhookUrl` does";
    if let Some(host) = address.host {
        let small = host.to_ascii_lowercase();
        axis.mistake(small, Part::Host, format!("signed for the host in small letters; {mend}"));
        let port = if address.scheme == "https://" { ":443" } else { ":80" };
        let (other, told) = match host.strip_suffix(port) {
            Some(bare) => (bare.to_owned(), "without a port"),
            None => (format!("{host}{port}"), "with the port that is meant anyway"),
        };
        axis.mistake(other, Part::Host, format!("signed for the host {told}; {mend}"));
        let (other, told) = match host.strip_prefix("www.") {
            Some(bare) => (bare.to_owned(), "without www."),
            None => (format!("www.{host}"), "with www. before it"),
        };
        axis.mistake(other, Part::Host, format!("signed for the host {told}; {mend}"));
    }
    let in_target = target
        .split_once("://")
        .and_then(|(_, rest)| rest.split(['/', '?']).next());
    let in_headers = ["host", FORWARDED_HOST, "x-original-host"]
        .into_iter()
        .flat_map(|name| {
            let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
            values.flat_map(|value| value.split(',').map(str::trim))
        });
    // Whoever sent the request has written these, so that there may be any number.
    for host in in_headers
        .chain(in_target)
        .filter(|host| host.len() < 256 && is_host(host))
        .take(8)
    {
        axis.mistake(
            host.to_owned(),
            Part::Host,
            format!("signed for the host {host}, which the request names; {mend}"),
        );
    }
    axis
}

/// How many beginnings of the public address's path are tried: more of them nobody has.
const MOST_PREFIXES: usize = 4;

fn paths(address: &Address<'_>, headers: &HeaderMap) -> Axis<String> {
    let Address {
        prefix, replaced, path, ..
    } = address;
    let mut axis = Axis::new(format!("{prefix}{path}"));
    axis.mistake(
        (*path).to_owned(),
        Part::Path,
        "signed without the path of the public address, which stands in the target already; leave it away in one of both",
    );
    for (at, _) in prefix.match_indices('/').skip(1).take(MOST_PREFIXES) {
        let told = "signed with the beginning of the public address's path alone, and the target has the rest of it \
                    already; leave that away in the public address";
        axis.mistake(format!("{}{path}", &prefix[..at]), Part::Path, told);
    }
    axis.mistake(
        format!("{replaced}{path}"),
        Part::Path,
        "signed with the path that the public address takes to be replaced; no proxy replaces it",
    );
    for name in ["x-forwarded-prefix", "x-script-name", "x-original-prefix"] {
        if let Some(before) = text(headers, name) {
            let whole = format!("{}{path}", before.trim_end_matches('/'));
            let told =
                format!("signed with the path in `{name}` before that of the target; add it to the public address");
            axis.mistake(whole, Part::Path, told);
        }
    }
    for name in [
        "x-original-uri",
        "x-original-url",
        "x-forwarded-uri",
        "x-rewrite-url",
        "x-envoy-original-path",
    ] {
        if let Some(whole) = text(headers, name).and_then(path_and_query) {
            let path = whole[..whole.find('?').unwrap_or(whole.len())].trim_end_matches('/');
            let told = format!(
                "signed for the path in `{name}`: a proxy has rewritten it; say so with `PublicUrl::replacing`, or hand \
                 over that one"
            );
            axis.mistake(path.to_owned(), Part::Path, told);
        }
    }
    axis.mistake(encoded(&format!("{prefix}{path}")), Part::Decoding, DECODED);
    axis
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

const DECODED: &str =
    "the target was decoded before it was handed over; hand it over as it came in, with all its escapes";

fn endings(ending: &str) -> Axis<String> {
    let mut axis = Axis::new(ending.to_owned());
    let (slashes, query) = ending.split_at(ending.find('?').unwrap_or(ending.len()));
    let (other, told) = if slashes.is_empty() {
        (format!("/{query}"), "with a / at the end of the path, and the target has none")
    } else {
        (query.to_owned(), "without a / at the end of the path, and the target has one")
    };
    let told = format!("signed {told}; hand over the target as it came in, before a router or proxy changes it");
    axis.mistake(other, Part::TrailingSlash, told);
    let told = "signed without the query; does something add one on the way?";
    axis.mistake(slashes.to_owned(), Part::Query, told);
    axis.mistake(encoded(ending), Part::Decoding, DECODED);
    axis.mistake(ending.replace('+', "%2B"), Part::Decoding, DECODED);
    axis.mistake(encoded(&ending.replace('+', "%2B")), Part::Decoding, DECODED);
    let told = "signed with `+` where the target has `%20`; hand the target over as it came in";
    axis.mistake(ending.replace("%20", "+"), Part::Decoding, told);
    let told = "signed with `%20` where the target has `+`; hand the target over as it came in";
    axis.mistake(ending.replace('+', "%20"), Part::Decoding, told);
    axis
}

/// With escapes for what cannot stand in an address.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn decodings(version: SignatureVersion, target: &str) -> Axis<Decoding> {
    let mut axis = Axis::new(Decoding::Documented);
    // Nothing else is decoded by anybody, and older versions do not decode.
    if version == SignatureVersion::V3 && target.contains('%') {
        let whose = "if you sign yourself, use `Signer`; HubSpot is documented to decode twelve escapes and no others";
        let told = format!("signed without decoding anything of the address; {whose}");
        axis.mistake(Decoding::Nothing, Part::Decoding, told);
        let told = format!("signed with every escape of the address decoded; {whose}");
        axis.mistake(Decoding::Everything, Part::Decoding, told);
        let told = format!("signed with escapes decoded in capitals only; {whose}");
        axis.mistake(Decoding::DocumentedInCapitals, Part::Decoding, told);
    }
    axis
}

fn bodies(received: &Bytes) -> Axis<Bytes> {
    let mut axis = Axis::new(received.clone());
    for (other, told) in body::guesses(received) {
        axis.mistake(other.into(), Part::Body, told);
    }
    axis
}
