//! Where the API is.

use std::{fmt, net::IpAddr, str::FromStr, sync::Arc};

use http::{Uri, uri::Scheme};

/// The address that the paths of operations are added to: scheme, host, and perhaps a port and a path. Cheap to clone.
///
/// ```
/// use hubchannel_api::BaseUrl;
///
/// assert_eq!(BaseUrl::default().to_string(), "https://api.hubapi.com");
/// let local: BaseUrl = "http://127.0.0.1:8080/hubspot/".parse()?;
/// assert_eq!(local.to_string(), "http://127.0.0.1:8080/hubspot");
/// assert!("ftp://example.com".parse::<BaseUrl>().is_err());
/// # Ok::<(), hubchannel_api::InvalidBaseUrl>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Arc<str>);

impl BaseUrl {
    /// The address without a `/` at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether an address is on the same server: the same scheme, host and port. A credential for this one goes nowhere
    /// else.
    ///
    /// ```
    /// use hubchannel_api::BaseUrl;
    ///
    /// let base = BaseUrl::default();
    /// assert!(base.is_origin_of(&"https://API.hubapi.com:443/files/v3/files?x=1".parse()?));
    /// assert!(!base.is_origin_of(&"https://api.hubapi.com.example.com/files".parse()?));
    /// assert!(!base.is_origin_of(&"http://api.hubapi.com/files".parse()?));
    /// assert!(!base.is_origin_of(&"/files".parse()?));
    /// # Ok::<(), http::uri::InvalidUri>(())
    /// ```
    pub fn is_origin_of(&self, address: &Uri) -> bool {
        if self.is_start_of(address) {
            return true;
        }
        let Ok(base) = self.0.parse::<Uri>() else { return false };
        let (Some(one), Some(other)) = (address.authority(), base.authority()) else {
            return false;
        };
        // What stands before an @ can make one host look like another.
        !one.as_str().contains('@')
            && address.scheme() == base.scheme()
            && one.host().eq_ignore_ascii_case(other.host())
            && port(address) == port(&base)
    }
}

impl BaseUrl {
    /// What follows the host; nothing where nothing does.
    pub(crate) fn path(&self) -> &str {
        let behind_scheme = self.0.find("://").map_or(0, |at| at + 3);
        let rest = self.0.get(behind_scheme..).unwrap_or_default();
        rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default()
    }

    /// Whether an address is written as the clients write it, which needs no look at its parts.
    fn is_start_of(&self, address: &Uri) -> bool {
        let (Some(scheme), Some(authority)) = (address.scheme_str(), address.authority()) else {
            return false;
        };
        let rest = self.0.strip_prefix(scheme).and_then(|rest| rest.strip_prefix("://"));
        let rest = rest.and_then(|rest| rest.strip_prefix(authority.as_str()));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// The port, said or meant.
fn port(address: &Uri) -> Option<u16> {
    address.port_u16().or(match address.scheme_str() {
        Some("https") => Some(443),
        Some("http") => Some(80),
        _ => None,
    })
}

/// HubSpot's own address.
impl Default for BaseUrl {
    fn default() -> Self {
        BaseUrl("https://api.hubapi.com".into())
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Why a text is no base address. It does not show the text, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidBaseUrl {
    /// Not an absolute address.
    #[error("not an absolute address; write one like https://api.hubapi.com")]
    NotAbsolute,
    /// Not `http` or `https`.
    #[error("the scheme must be https or http")]
    Scheme,
    /// A port that is none.
    #[error("the port must be a number up to 65535")]
    Port,
    /// A user name or password.
    #[error("a user name or password does not belong in the address")]
    UserInfo,
    /// A query or fragment.
    #[error("a query (?) or fragment (#) does not belong in the address")]
    Query,
}

impl FromStr for BaseUrl {
    type Err = InvalidBaseUrl;

    fn from_str(text: &str) -> Result<Self, InvalidBaseUrl> {
        if text.contains(['?', '#']) {
            return Err(InvalidBaseUrl::Query);
        }
        let uri: Uri = text.parse().map_err(|_| InvalidBaseUrl::NotAbsolute)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(InvalidBaseUrl::NotAbsolute);
        };
        if authority.as_str().contains('@') {
            return Err(InvalidBaseUrl::UserInfo);
        }
        let port = authority
            .as_str()
            .rsplit_once(']')
            .map_or(authority.as_str(), |(_, port)| port)
            .rsplit_once(':');
        if port.is_some_and(|(_, port)| port.parse::<u16>().is_err()) {
            return Err(InvalidBaseUrl::Port);
        }
        if authority.host().is_empty() {
            return Err(InvalidBaseUrl::NotAbsolute);
        }
        match scheme {
            "http" | "https" => Ok(BaseUrl(text.trim_end_matches('/').into())),
            _ => Err(InvalidBaseUrl::Scheme),
        }
    }
}

/// Whether only the two ends can read what is sent to an address: `https`, or this machine itself. Secrets go nowhere
/// else unless somebody insists.
///
/// ```
/// use hubchannel_api::is_confidential;
///
/// assert!(is_confidential(&"https://api.hubapi.com/oauth/v3/token".parse()?));
/// assert!(is_confidential(&"http://127.0.0.1:8080".parse()?));
/// assert!(!is_confidential(&"http://10.0.0.1".parse()?));
/// # Ok::<(), http::uri::InvalidUri>(())
/// ```
pub fn is_confidential(uri: &Uri) -> bool {
    if uri.scheme() == Some(&Scheme::HTTPS) {
        return true;
    }
    let host = uri.host().unwrap_or_default();
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    host.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
