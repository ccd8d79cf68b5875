//! Where HubSpot calls: the part of the address that a server does not see.

use std::{error::Error as StdError, fmt, str::FromStr, sync::Arc};

/// The public address of a bridge as HubSpot calls it: scheme, host, and perhaps a port and a path. Cheap to clone.
///
/// ```
/// use hubchannel_webhook::PublicUrl;
///
/// // The channel's `webhookUrl` is https://bridge.example.com/api/hubspot/events?tenant=acme, and a proxy takes the /api
/// // away before it calls the server.
/// let url: PublicUrl = "https://bridge.example.com/api".parse()?;
/// assert_eq!(url.to_string(), "https://bridge.example.com/api");
/// assert_eq!(url.of("/hubspot/events?tenant=acme").as_deref(), Some("https://bridge.example.com/api/hubspot/events?tenant=acme"));
///
/// // One that puts something else in its place:
/// let url = url.replacing("/internal/v1");
/// assert_eq!(url.of("/internal/v1/events").as_deref(), Some("https://bridge.example.com/api/events"));
/// assert_eq!(url.of("/other/events"), None);
/// # Ok::<(), hubchannel_webhook::InvalidPublicUrl>(())
/// ```
///
/// HubSpot signs the whole address that it calls, which is the `webhookUrl` with its query. A server sees only path and
/// query of it, and whatever a proxy has made of these. So the rest is said here, letter by letter as it stands in
/// `webhookUrl`: whether HubSpot writes a host in small letters or leaves out a port of 443 before it signs is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PublicUrl {
    text: Arc<str>,
    replaces: Arc<str>,
}

impl PublicUrl {
    /// The address without a `/` at its end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme and host.
    pub(crate) fn origin(&self) -> &str {
        let host = self.text.find("://").map_or(0, |at| at + "://".len());
        let end = self.text[host..].find('/').map_or(self.text.len(), |at| host + at);
        &self.text[..end]
    }

    /// Says which path, at the beginning of what the server sees, a proxy has put in place of this address's own.
    ///
    /// A request for any other path is refused then. A `/` at the end does not matter.
    #[must_use]
    pub fn replacing(self, path: &str) -> Self {
        PublicUrl {
            replaces: path.trim_end_matches('/').into(),
            ..self
        }
    }

    /// The whole address that HubSpot has called, for the path and query that the server sees; `None` where no call of
    /// this address comes in as that, nor any: an address has no `{` but as `%7B`.
    pub fn of(&self, target: &str) -> Option<String> {
        self.pieces(target).map(|pieces| pieces.concat())
    }

    /// The path that a proxy has put in place of this address's own; empty where it only takes that away.
    pub(crate) fn replaced(&self) -> &str {
        &self.replaces
    }

    pub(crate) fn pieces<'a>(&'a self, target: &'a str) -> Option<[&'a str; 4]> {
        if has_brace(target) {
            return None;
        }
        let rest = path_and_query(target)?.strip_prefix(&*self.replaces)?;
        let at_a_boundary = rest.is_empty() || rest.starts_with(['/', '?']);
        at_a_boundary.then_some([&*self.text, rest, "", ""])
    }
}

/// Whether a target has a `{`, which no address has unless escaped.
///
/// Nothing stands between address and body when they are signed: whoever has a signed request could move the beginning of
/// the body, which is JSON, to the end of the address.
pub(crate) fn has_brace(target: &str) -> bool {
    target.contains('{')
}

/// The path and query of a request's target, of which a server may be given more.
pub(crate) fn path_and_query(target: &str) -> Option<&str> {
    if target.starts_with('/') {
        return Some(target);
    }
    let (scheme, rest) = target.split_once("://")?;
    let is_scheme = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    (is_scheme && end > 0).then_some(&rest[end..])
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// Why a text is no public address. It does not show the text, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidPublicUrl {
    /// It does not begin with `https://` or `http://` and a host, in small letters.
    NotAbsolute,
    /// A port that is none.
    Port,
    /// A user name or password.
    UserInfo,
    /// A query or fragment.
    Query,
    /// A character that an address does not have.
    Character,
}

impl fmt::Display for InvalidPublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            InvalidPublicUrl::NotAbsolute => {
                "a public address is a scheme and a host, and perhaps a path; write one like https://bridge.example.com"
            }
            InvalidPublicUrl::Port => "the port of a public address must be a number up to 65535",
            InvalidPublicUrl::UserInfo => "a user name or password does not belong in a public address",
            InvalidPublicUrl::Query => {
                "a query (?) or fragment (#) does not belong in a public address; each request brings its own query"
            }
            InvalidPublicUrl::Character => {
                "a public address has a character that no address has; write it as an escape, in a host as its xn-- form, and \
                 fill in what is left of a template"
            }
        })
    }
}

impl StdError for InvalidPublicUrl {}

impl FromStr for PublicUrl {
    type Err = InvalidPublicUrl;

    fn from_str(text: &str) -> Result<Self, InvalidPublicUrl> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let rest = rest.ok_or(InvalidPublicUrl::NotAbsolute)?;
        if rest.contains(['?', '#']) {
            return Err(InvalidPublicUrl::Query);
        }
        if !rest
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte))
        {
            return Err(InvalidPublicUrl::Character);
        }
        let (authority, _) = rest.split_once('/').unwrap_or((rest, ""));
        check_authority(authority)?;
        Ok(PublicUrl {
            text: text.trim_end_matches('/').into(),
            replaces: "".into(),
        })
    }
}

/// Whether it is a host, and perhaps a port.
pub(crate) fn check_authority(authority: &str) -> Result<(), InvalidPublicUrl> {
    if authority.contains('@') {
        return Err(InvalidPublicUrl::UserInfo);
    }
    let after_address = authority.rfind(']').map_or(0, |end| end + 1);
    let (host, port) = match authority[after_address..].find(':') {
        Some(at) => authority.split_at(after_address + at),
        None => (authority, ""),
    };
    if host.is_empty() {
        return Err(InvalidPublicUrl::NotAbsolute);
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~[]:".contains(&byte);
    if !host.bytes().all(plain) {
        return Err(InvalidPublicUrl::Character);
    }
    match port.strip_prefix(':') {
        Some(number) if number.starts_with('+') || number.parse::<u16>().is_err() => Err(InvalidPublicUrl::Port),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_a_scheme_and_a_host_and_perhaps_a_path() {
        for (text, kept) in [
            ("https://bridge.example.com", "https://bridge.example.com"),
            ("https://bridge.example.com/", "https://bridge.example.com"),
            ("http://localhost:8080/a/b/", "http://localhost:8080/a/b"),
            ("https://[::1]:8443", "https://[::1]:8443"),
            ("https://Bridge.Example.com:443/A%2fb", "https://Bridge.Example.com:443/A%2fb"),
        ] {
            assert_eq!(text.parse::<PublicUrl>().unwrap().as_str(), kept);
        }
        for (text, why) in [
            ("", InvalidPublicUrl::NotAbsolute),
            ("bridge.example.com", InvalidPublicUrl::NotAbsolute),
            ("ftp://bridge.example.com", InvalidPublicUrl::NotAbsolute),
            ("https://", InvalidPublicUrl::NotAbsolute),
            ("https:///path", InvalidPublicUrl::NotAbsolute),
            ("https://:443", InvalidPublicUrl::NotAbsolute),
            ("https://a:b", InvalidPublicUrl::Port),
            ("https://a:+1", InvalidPublicUrl::Port),
            ("https://a:", InvalidPublicUrl::Port),
            ("https://[::1]:70000", InvalidPublicUrl::Port),
            ("https://me@a", InvalidPublicUrl::UserInfo),
            ("https://a?b", InvalidPublicUrl::Query),
            ("https://a/#b", InvalidPublicUrl::Query),
            ("https://a b", InvalidPublicUrl::Character),
            ("https://bücher.example", InvalidPublicUrl::Character),
            ("https://a\\b", InvalidPublicUrl::Character),
            ("https://a%2Fb", InvalidPublicUrl::Character),
            ("https://a,b", InvalidPublicUrl::Character),
            ("https://${HOST}", InvalidPublicUrl::Character),
            ("https://a/{tenant}", InvalidPublicUrl::Character),
            ("https://a/\"", InvalidPublicUrl::Character),
        ] {
            assert_eq!(text.parse::<PublicUrl>(), Err(why), "{text}");
        }
    }

    #[test]
    fn targets_in_either_form_are_put_behind_it() {
        let url: PublicUrl = "https://a.example/p/".parse().unwrap();
        for (target, whole) in [
            ("/x?y=//z", "https://a.example/p/x?y=//z"),
            ("//x", "https://a.example/p//x"),
            ("http://10.0.0.1:8080/x", "https://a.example/p/x"),
            ("HTTPS://h?x=/", "https://a.example/p?x=/"),
            ("http://h", "https://a.example/p"),
        ] {
            assert_eq!(url.of(target).as_deref(), Some(whole));
        }
        for target in [
            "",
            "*",
            "x",
            "?x",
            "h:443",
            "ftp://h/x",
            "http:///x",
            "://x/",
            "/x?{",
            "/{x}",
            "http://h/{",
        ] {
            assert_eq!(url.of(target), None, "{target}");
        }
    }

    #[test]
    fn a_replaced_path_ends_where_a_name_ends() {
        let url: PublicUrl = "https://a.example".parse().unwrap();
        let url = url.replacing("/in/");
        assert_eq!(url.of("/in/x").as_deref(), Some("https://a.example/x"));
        assert_eq!(url.of("/in").as_deref(), Some("https://a.example"));
        assert_eq!(url.of("/in?x").as_deref(), Some("https://a.example?x"));
        assert_eq!(url.of("/inner/x"), None);
    }
}
