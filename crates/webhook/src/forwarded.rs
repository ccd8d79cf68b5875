//! What a proxy says was called.

use http::{HeaderMap, header::HOST};

use crate::{Rejection, headers::single, public_url::check_authority, rejection::Reason};

pub(crate) const PROTO: &str = "x-forwarded-proto";
pub(crate) const FORWARDED_HOST: &str = "x-forwarded-host";
const HOST_NAME: &str = "host";

/// The scheme and host that were called, by the headers of one proxy: `X-Forwarded-Proto`, and `X-Forwarded-Host` or else
/// `Host`. A list of values is the work of several proxies, and which of them is to be believed nobody can tell here.
pub(crate) fn origin(headers: &HeaderMap) -> Result<[&str; 3], Rejection> {
    let scheme = match said(headers, PROTO)? {
        Some("https") => "https",
        Some("http") => "http",
        _ => return Err(Reason::ForwardedHeaders(PROTO).into()),
    };
    let (name, host) = match said(headers, FORWARDED_HOST)? {
        Some(host) => (FORWARDED_HOST, Some(host)),
        None => (HOST_NAME, headers.get(HOST).and(said(headers, HOST_NAME)?)),
    };
    match host.filter(|host| is_host(host)) {
        Some(host) => Ok([scheme, "://", host]),
        None => Err(Reason::ForwardedHeaders(name).into()),
    }
}

fn said<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<Option<&'h str>, Rejection> {
    single(headers, name).map_err(|_| Reason::ForwardedHeaders(name).into())
}

/// Whether it is a host that does not reach into the rest of an address.
pub(crate) fn is_host(host: &str) -> bool {
    check_authority(host).is_ok()
}
