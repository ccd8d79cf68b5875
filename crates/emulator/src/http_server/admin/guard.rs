//! Who may drive the emulator: programs on this machine, and its own page. No page of another site, even where it has
//! found a name that leads here.

use std::net::{IpAddr, SocketAddr};

use http::{
    HeaderMap, HeaderName, Method, Uri,
    header::{CONTENT_TYPE, HOST, ORIGIN},
    uri::Authority,
};

use super::answer::{Problem, ProblemKind};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Fails where a request may come from a page of another site.
pub(super) fn check(address: SocketAddr, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
    let host = host(headers)?;
    if !is_own(address, host)
        || uri
            .authority()
            .is_some_and(|authority| !is_own(address, authority.as_str()))
    {
        let message = format!(
            "the header Host names neither {address} nor localhost with its port; open the emulator by one of these names"
        );
        return Err(forbidden(message));
    }
    for origin in headers.get_all(ORIGIN) {
        let own = origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://"));
        if !own.is_some_and(|own| own.eq_ignore_ascii_case(host)) {
            return Err(forbidden("the header Origin is that of another site, which may not drive the emulator"));
        }
    }
    for site in headers.get_all(SEC_FETCH_SITE) {
        if !matches!(site.as_bytes(), b"same-origin" | b"none") {
            return Err(forbidden(
                "another site has asked for this, which may not drive the emulator; enter the address by hand",
            ));
        }
    }
    if method != Method::GET && method != Method::HEAD && !is_json(headers) {
        return Err(Problem::new(
            ProblemKind::UnsupportedMediaType,
            "what changes something needs the header Content-Type: application/json, and an object as its body",
        ));
    }
    Ok(())
}

fn forbidden(message: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Forbidden, message)
}

fn host(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) {
        (Some(host), None) => Ok(host),
        _ => Err(forbidden("the header Host must be there once")),
    }
}

/// Whether this is a name of the address: itself, or where it is one of this machine only, any other such name.
fn is_own(address: SocketAddr, host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    // There is nobody to log in.
    if authority.as_str().contains('@') || authority.port_u16().unwrap_or(80) != address.port() {
        return false;
    }
    let name = authority.host();
    let ip = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .unwrap_or(name);
    match ip.parse::<IpAddr>() {
        Ok(ip) => ip.is_loopback() || (ip == address.ip() && !ip.is_unspecified()),
        Err(_) => name.eq_ignore_ascii_case("localhost"),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let (Some(content_type), None) = (types.next(), types.next()) else {
        return false;
    };
    let Ok(content_type) = content_type.to_str() else {
        return false;
    };
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine_with_the_port_are_its_own() {
        let address: SocketAddr = "127.0.0.1:4000".parse().unwrap();
        for host in [
            "127.0.0.1:4000",
            "localhost:4000",
            "LocalHost:4000",
            "127.0.0.2:4000",
            "[::1]:4000",
        ] {
            assert!(is_own(address, host), "{host}");
        }
        for host in [
            "",
            "localhost",
            "localhost:4001",
            "localhost.:4000",
            "evil.example:4000",
            "localhost.evil.example:4000",
            "127.0.0.1.evil.example:4000",
            "user@localhost:4000",
            "10.0.0.7:4000",
            "0.0.0.0:4000",
            "localhost:4000/",
            "localhost:4000, evil.example",
            "2130706433:4000",
        ] {
            assert!(!is_own(address, host), "{host}");
        }
        let elsewhere: SocketAddr = "10.0.0.7:80".parse().unwrap();
        assert!(is_own(elsewhere, "10.0.0.7") && is_own(elsewhere, "10.0.0.7:80"));
        assert!(!is_own(elsewhere, "10.0.0.8"));
        let everywhere: SocketAddr = "0.0.0.0:4000".parse().unwrap();
        assert!(is_own(everywhere, "localhost:4000"));
        assert!(!is_own(everywhere, "0.0.0.0:4000"));
    }
}
