//! Where the API is.

use std::{fmt, net::IpAddr, str::FromStr};

use http::{Uri, uri::Scheme};

/// The address that the paths of operations are added to: scheme, host, and perhaps a port and a path.
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
pub struct BaseUrl(String);

impl BaseUrl {
    /// The address without a `/` at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// HubSpot's own address.
impl Default for BaseUrl {
    fn default() -> Self {
        BaseUrl("https://api.hubapi.com".to_owned())
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
            "http" | "https" => Ok(BaseUrl(text.trim_end_matches('/').to_owned())),
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
