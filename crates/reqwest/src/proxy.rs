//! The proxy that the environment names.

use std::env;

use reqwest::{NoProxy, Proxy};

use crate::BuildError;

/// The environment's proxy for `https`. A proxy for plain `http` could read the token of a request that is meant for this
/// machine, so there is none.
pub(crate) fn for_https() -> Result<Option<Proxy>, BuildError> {
    ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        .into_iter()
        .find_map(|variable| {
            Some((variable, env::var(variable).ok()?)).filter(|(_, address)| !address.trim().is_empty())
        })
        .map(|(variable, address)| at(variable, &address))
        .transpose()
}

/// The proxy at this address, which may have a password in it.
fn at(variable: &'static str, address: &str) -> Result<Proxy, BuildError> {
    let proxy = Proxy::https(address).map_err(|_| BuildError::proxy(variable))?;
    Ok(proxy.no_proxy(NoProxy::from_env()))
}

#[cfg(test)]
mod tests {
    use std::error::Error as StdError;

    use http::Request;
    use hubchannel_api::{Body, HttpTransport as _, TransportErrorKind};

    use super::*;
    use crate::ReqwestTransport;

    /// All that an error shows of itself and of what caused it.
    fn shown(error: &dyn StdError) -> String {
        let mut shown = String::new();
        let mut next = Some(error);
        while let Some(error) = next {
            shown += &format!("{error} {error:#} {error:?} {error:#?}\n");
            next = error.source();
        }
        shown
    }

    #[test]
    fn an_address_that_is_none_is_told_by_its_variable_and_not_shown() {
        for address in [
            "ada:s3/cret@proxy.example:8080",
            "http://ada:s3cret@proxy.example:s3cret",
            "http://ada:s3cret@[proxy.example]:8080",
            "ada:s3cret@",
            "http://s3cret@",
            "s3 cret",
        ] {
            let error = at("ALL_PROXY", address).unwrap_err();
            let shown = shown(&error);
            assert!(shown.contains("ALL_PROXY"), "{shown}");
            for secret in ["s3", "cret", "ada", "proxy.example:8"] {
                assert!(!shown.contains(secret), "{address}: {shown}");
            }
        }
    }

    #[tokio::test]
    async fn a_proxy_that_is_not_there_is_not_shown() {
        for address in ["http://ada:s3cret@127.0.0.1:1", "ada:s3cret@127.0.0.1:1"] {
            let client = reqwest::Client::builder().proxy(at("HTTPS_PROXY", address).unwrap());
            let transport = ReqwestTransport::from_client(client.build().unwrap());
            let request = Request::get("https://hubspot.example/x").body(Body::empty()).unwrap();
            let error = transport.send(request).await.unwrap_err();
            assert_eq!(error.kind(), TransportErrorKind::Connect);
            let shown = shown(&error) + &format!("{transport:?}");
            assert!(!shown.contains("s3cret") && !shown.contains("ada"), "{shown}");
        }
    }
}
