//! Whether an address may be downloaded from, and whether with the portal's token. Attachments come from outside, and so
//! do their addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::{
    Uri,
    uri::{Authority, Scheme},
};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::BaseUrl;

/// What an address is to a client with this base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Files of the API itself, which want the token.
    OwnFiles,
    /// The API's own host.
    Own,
    /// Another host.
    Foreign,
}

/// What an address may have in its path, behind the base, to be given the token.
const FILES: [&str; 2] = ["/files/", "/filemanager/"];

/// What browsers escape in a path or a query, besides all that is not ASCII; and what else in a path, and in a query.
const UNUSUAL: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>');
const IN_PATHS: &AsciiSet = &UNUSUAL.add(b'^').add(b'`').add(b'{').add(b'}');
const IN_QUERIES: &AsciiSet = &UNUSUAL.add(b'\'');

const NOT_ABSOLUTE: &str = "must be an absolute address";
const UNUSUAL_HOST: &str = "must have a host's name or address in the usual spelling";

/// Reads an absolute address as browsers do: with `.` and `..` resolved, and escaped what should be. Whoever gave it out
/// tried it in one, and not every transport sends another as it is. Fails with the rule that it breaks.
pub(super) fn read(text: &str) -> Result<Uri, &'static str> {
    let text = text.split('#').next().unwrap_or_default();
    let (text, query) = match text.split_once('?') {
        Some((text, query)) => (text, Some(query)),
        None => (text, None),
    };
    let (scheme, rest) = text.split_once("://").ok_or(NOT_ABSOLUTE)?;
    scheme.parse::<Scheme>().map_err(|_| NOT_ABSOLUTE)?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if !authority.is_ascii() {
        return Err("must have its host in ASCII, as in `xn--bcher-kva.example`");
    }
    authority.parse::<Authority>().map_err(|_| UNUSUAL_HOST)?;
    let mut address = format!("{scheme}://{authority}");
    for piece in resolved(if path.is_empty() { "/" } else { path }) {
        address.push('/');
        address.extend(utf8_percent_encode(piece, IN_PATHS));
    }
    if let Some(query) = query {
        address.push('?');
        address.extend(utf8_percent_encode(query, IN_QUERIES));
    }
    address.parse().map_err(|_| "cannot be read")
}

/// The pieces of a path without those that are dots, which browsers know in any spelling, as they know a `\`.
fn resolved(path: &str) -> Vec<&str> {
    let mut resolved = Vec::new();
    let mut pieces = path.split(['/', '\\']).skip(1).peekable();
    while let Some(piece) = pieces.next() {
        let dots = match piece.len() {
            ..=6 => piece.replace("%2e", ".").replace("%2E", "."),
            _ => String::new(),
        };
        match dots.as_str() {
            "." => {}
            ".." => drop(resolved.pop()),
            _ => {
                resolved.push(piece);
                continue;
            }
        }
        if pieces.peek().is_none() {
            resolved.push("");
        }
    }
    resolved
}

/// Judges an address; fails with the rule that it breaks.
pub(super) fn judge(address: &Uri, base: &BaseUrl) -> Result<Place, &'static str> {
    let own: Uri = base.as_str().parse().map_err(|_| "cannot be told from the API's")?;
    let (Some(scheme), Some(authority)) = (address.scheme(), address.authority()) else {
        return Err(NOT_ABSOLUTE);
    };
    if authority.as_str().contains('@') {
        return Err("must not have a user name or password");
    }
    let host = Host::of(address).ok_or(UNUSUAL_HOST)?;
    if base.is_origin_of(address) {
        return Ok(if is_of_files(address.path(), own.path()) {
            Place::OwnFiles
        } else {
            Place::Own
        });
    }
    let at_home = Host::of(&own).is_some_and(|own| own.is_loopback());
    if *scheme != Scheme::HTTPS && !(at_home && host.is_loopback()) {
        return Err("must be https");
    }
    if !at_home && !host.is_public() {
        return Err("must not lead into this machine or its network");
    }
    Ok(Place::Foreign)
}

/// Whether a path is one of files behind the base, however a server spells it out. A token would open other paths too,
/// and what is there would end up where the attachment goes.
fn is_of_files(path: &str, base: &str) -> bool {
    let Some(path) = path.strip_prefix(base.trim_end_matches('/')) else {
        return false;
    };
    let is_straight = path.split('/').all(|piece| {
        let piece = percent_decode_str(piece).decode_utf8_lossy();
        // Some servers take what stands behind a semicolon off a piece before they look at it.
        let name = piece.split(';').next().unwrap_or_default();
        name != "." && name != ".." && !piece.contains(['/', '\\'])
    });
    is_straight && FILES.iter().any(|start| path.starts_with(start))
}

/// A host as it is written in an address.
enum Host {
    Name(String),
    Ip(IpAddr),
}

impl Host {
    /// `None` for a spelling that only some readers understand, and those not alike: `127.1`, `0x7f000001`, `%6c`.
    fn of(uri: &Uri) -> Option<Self> {
        let host = uri.host()?;
        if let Some(inner) = host.strip_prefix('[') {
            let address = inner.strip_suffix(']')?.parse::<Ipv6Addr>().ok()?;
            return Some(Host::Ip(address.into()));
        }
        if let Ok(address) = host.parse::<Ipv4Addr>() {
            return Some(Host::Ip(address.into()));
        }
        let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        let last = name.rsplit('.').next()?;
        let is_number = last.bytes().all(|byte| byte.is_ascii_digit())
            || last
                .strip_prefix("0x")
                .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        (!name.is_empty() && name.bytes().all(is_usual) && !is_number).then_some(Host::Name(name))
    }

    fn is_loopback(&self) -> bool {
        match self {
            Host::Name(name) => is_within(name, "localhost"),
            Host::Ip(address) => address.to_canonical().is_loopback(),
        }
    }

    /// Whether it can be a host of the whole internet. What a name leads to is known only to who looks it up.
    fn is_public(&self) -> bool {
        match self {
            Host::Name(name) => name.contains('.') && PRIVATE_ZONES.iter().all(|zone| !is_within(name, zone)),
            Host::Ip(IpAddr::V4(address)) => is_public_v4(*address),
            Host::Ip(IpAddr::V6(address)) => is_public_v6(*address),
        }
    }
}

/// Zones whose names lead into a network of one's own, or nowhere.
const PRIVATE_ZONES: [&str; 8] = [
    "localhost",
    "localdomain",
    "local",
    "internal",
    "home.arpa",
    "lan",
    "home",
    "corp",
];

fn is_within(name: &str, zone: &str) -> bool {
    name.strip_suffix(zone)
        .is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        // Carriers' networks, protocols' own, and benchmarks.
        || a == 100 && (64..128).contains(&b)
        || (a, b, c) == (192, 0, 0)
        || a == 198 && (b == 18 || b == 19))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    // Of the rest only this block is given out, and in it tunnels to IPv4 and documentation are not wanted.
    let [first, second, ..] = address.segments();
    first & 0xe000 == 0x2000 && first != 0x2002 && !(first == 0x2001 && (second < 0x0200 || second == 0x0db8))
}

/// Where a redirect leads to from here.
pub(super) fn resolve(here: &Uri, location: &str) -> Result<Uri, &'static str> {
    let location = location.split('#').next().unwrap_or_default();
    let scheme = here.scheme_str().ok_or(NOT_ABSOLUTE)?;
    let authority = here.authority().ok_or(NOT_ABSOLUTE)?.as_str();
    let path = here.path();
    let address = match location {
        "" => here.to_string(),
        location if has_scheme(location) => location.to_owned(),
        location if location.starts_with("//") => format!("{scheme}:{location}"),
        location if location.starts_with('/') => format!("{scheme}://{authority}{location}"),
        location if location.starts_with('?') => format!("{scheme}://{authority}{path}{location}"),
        location => {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            format!("{scheme}://{authority}{folder}/{location}")
        }
    };
    read(&address)
}

fn has_scheme(location: &str) -> bool {
    location.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(address: &str, base: &str) -> Result<Place, &'static str> {
        judge(&address.parse().unwrap(), &base.parse().unwrap())
    }

    const HUBSPOT: &str = "https://api.hubapi.com";

    #[test]
    fn only_files_of_the_apis_own_host_get_the_token() {
        for own in [
            "https://api.hubapi.com/files/v3/files/1/x",
            "https://API.hubapi.com:443/filemanager/api/v2/files/1/signed-url-redirect?portalId=1",
        ] {
            assert_eq!(judged(own, HUBSPOT), Ok(Place::OwnFiles), "{own}");
        }
        for own in [
            "https://api.hubapi.com/crm/v3/objects/contacts",
            "https://api.hubapi.com/files/../crm/v3/objects/contacts",
            "https://api.hubapi.com/files/%2e%2E/crm/v3/objects/contacts",
            "https://api.hubapi.com/files/..%2fcrm",
            "https://api.hubapi.com/files/x%5c..%5c..%5ccrm",
            "https://api.hubapi.com/files/..;/crm/v3/objects/contacts",
            "https://api.hubapi.com/files/%2e%2e;x=1/crm/v3/objects/contacts",
            "https://api.hubapi.com/files/..%3bx/crm/v3/objects/contacts",
            "https://api.hubapi.com/filesystem/x",
        ] {
            assert_eq!(judged(own, HUBSPOT), Ok(Place::Own), "{own}");
        }
        for foreign in [
            "https://api.hubapi.com:8443/files/x",
            "https://api.hubapi.com.evil.example/files/x",
            "https://api-hubapi.com/files/x",
            "https://cdn.example.com/files/x",
            "https://93.184.216.34/files/x",
            "https://[2606:2800:220:1::1]/files/x",
        ] {
            assert_eq!(judged(foreign, HUBSPOT), Ok(Place::Foreign), "{foreign}");
        }
        let below = "https://proxy.example.com/hubspot";
        assert_eq!(judged("https://proxy.example.com/hubspot/files/x", below), Ok(Place::OwnFiles));
        assert_eq!(judged("https://proxy.example.com/files/x", below), Ok(Place::Own));
    }

    #[test]
    fn nothing_leads_into_the_machine_or_its_network() {
        for host in [
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "127.0.0.1",
            "127.8.8.8",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "198.18.0.1",
            "224.0.0.1",
            "[::]",
            "[fe80::1]",
            "[fd00::1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[2001::1]",
            "[::127.0.0.1]",
            "metadata.google.internal",
            "printer.local",
            "localhost.localdomain",
            "router.lan",
            "intranet",
        ] {
            let address = format!("https://{host}/x");
            assert_eq!(judged(&address, HUBSPOT), Err("must not lead into this machine or its network"), "{address}");
        }
        for host in [
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "127.0.0.0x1",
            "%6cocalhost",
        ] {
            let Ok(address) = format!("https://{host}/x").parse::<Uri>() else {
                continue;
            };
            assert!(judge(&address, &HUBSPOT.parse().unwrap()).is_err(), "{address}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_only_and_only_where_the_api_is_here_too() {
        assert_eq!(judged("http://cdn.example.com/x", HUBSPOT), Err("must be https"));
        assert_eq!(judged("http://api.hubapi.com/files/x", HUBSPOT), Err("must be https"));
        assert_eq!(judged("http://127.0.0.1/x", HUBSPOT), Err("must be https"));
        let here = "http://127.0.0.1:8080";
        assert_eq!(judged("http://127.0.0.1:8080/files/x", here), Ok(Place::OwnFiles));
        for foreign in [
            "http://127.0.0.1:8081/files/x",
            "http://localhost:8080/files/x",
            "https://127.0.0.1:8080/files/x",
        ] {
            assert_eq!(judged(foreign, here), Ok(Place::Foreign), "{foreign}");
        }
        assert_eq!(judged("http://cdn.example.com/x", here), Err("must be https"));
        assert!(judged("ftp://cdn.example.com/x", here).is_err());
        assert!(judged("https://user:word@cdn.example.com/x", HUBSPOT).is_err());
        assert!(judged("/files/x", HUBSPOT).is_err());
    }

    #[test]
    fn an_address_is_read_as_browsers_read_it() {
        for (text, address) in [
            ("https://cdn.example.com", "https://cdn.example.com/"),
            ("https://cdn.example.com:8443?a", "https://cdn.example.com:8443/?a"),
            ("https://cdn.example.com/a//b/?", "https://cdn.example.com/a//b/?"),
            ("https://cdn.example.com/a/../b/./c", "https://cdn.example.com/b/c"),
            ("https://cdn.example.com/a/b/..", "https://cdn.example.com/a/"),
            ("https://cdn.example.com/a/b/.", "https://cdn.example.com/a/b/"),
            ("https://cdn.example.com/../..", "https://cdn.example.com/"),
            ("https://cdn.example.com/a/%2e%2E/.%2e/b", "https://cdn.example.com/b"),
            ("https://cdn.example.com/a\\..\\b", "https://cdn.example.com/b"),
            ("https://cdn.example.com/.../..;x/%2e%2e%2f", "https://cdn.example.com/.../..;x/%2e%2e%2f"),
            ("https://cdn.example.com/{it's}?q='{x}'", "https://cdn.example.com/%7Bit's%7D?q=%27{x}%27"),
            ("https://cdn.example.com/50%?q=%zz%20", "https://cdn.example.com/50%?q=%zz%20"),
            (
                "https://cdn.example.com/a \u{e9}<b>^`?\u{e9}=\"^`",
                "https://cdn.example.com/a%20%C3%A9%3Cb%3E%5E%60?%C3%A9=%22^`",
            ),
        ] {
            assert_eq!(read(text).unwrap().to_string(), address, "{text}");
            assert_eq!(read(address).unwrap().to_string(), address, "once is enough");
        }
        for (text, rule) in [
            ("/x", NOT_ABSOLUTE),
            ("cdn.example.com", NOT_ABSOLUTE),
            ("", NOT_ABSOLUTE),
            ("/x?u=https://cdn.example.com", NOT_ABSOLUTE),
            (" https://cdn.example.com/x", NOT_ABSOLUTE),
            ("https://", UNUSUAL_HOST),
            ("https:///x", UNUSUAL_HOST),
            ("https://cdn example.com/x", UNUSUAL_HOST),
            ("https://cdn.example.com\\@other.example/x", UNUSUAL_HOST),
            ("https://b\u{fc}cher.example/x", "must have its host in ASCII, as in `xn--bcher-kva.example`"),
        ] {
            assert_eq!(read(text), Err(rule), "{text}");
        }
    }

    #[test]
    fn a_redirect_s_address_is_read_as_browsers_read_it() {
        let here: Uri = "https://cdn.example.com/a/b?c=d".parse().unwrap();
        for (location, address) in [
            ("https://other.example/x?y#z", "https://other.example/x?y"),
            ("//other.example/x", "https://other.example/x"),
            ("/x/y", "https://cdn.example.com/x/y"),
            ("x", "https://cdn.example.com/a/x"),
            ("?e=f", "https://cdn.example.com/a/b?e=f"),
            ("a b", "https://cdn.example.com/a/a%20b"),
            ("../x'y", "https://cdn.example.com/x'y"),
            ("/L\u{f6}we.png", "https://cdn.example.com/L%C3%B6we.png"),
            ("..?q='", "https://cdn.example.com/?q=%27"),
            ("#top", "https://cdn.example.com/a/b?c=d"),
            ("x?u=http://y", "https://cdn.example.com/a/x?u=http://y"),
        ] {
            assert_eq!(resolve(&here, location).unwrap().to_string(), address, "{location}");
        }
        assert_eq!(resolve(&here, "https://"), Err(UNUSUAL_HOST));
    }
}
