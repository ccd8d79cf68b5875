//! Addresses in reqwest's own form, kept for the next request to the same one.

use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{Method, Request, Uri};
use hubchannel_api::{Body, Reach, TransportError, TransportErrorKind, check_address, redact::Path};
use reqwest::Url;

/// How many are kept. A bridge publishes to the paths of a few channels over and over.
const KEPT: usize = 8;

/// The addresses that were asked before.
///
/// reqwest keeps addresses as a browser does, and reading one into that form takes a fifth of all the work of a publish.
/// None is kept with a query or a token in it: those are secrets, or come only once.
#[derive(Debug, Default)]
pub(crate) struct Addresses(Mutex<Vec<(Uri, Url)>>);

impl Addresses {
    /// A request's address in reqwest's form.
    pub(crate) fn of(&self, request: &Request<Body>) -> Result<Url, TransportError> {
        match self.get(request.uri()) {
            Some(url) if request.method() != Method::CONNECT => Ok(url),
            _ => self.read(request),
        }
    }

    fn read(&self, request: &Request<Body>) -> Result<Url, TransportError> {
        const REFUSED: TransportErrorKind = TransportErrorKind::Refused;

        check_address(request)?;
        let address = request.uri();
        let url = Url::parse(&address.to_string())
            .map_err(|error| TransportError::caused(REFUSED, Reach::NotSent, "the request cannot be written", error))?;
        if url.path() != address.path() || url.query() != address.query() {
            let why = "the request cannot be written as it is: reqwest, like a browser, would ask for another path or query; \
                       percent-encode quotes, <, >, {, }, ` and \\ and all that is not ASCII, and resolve . and .. in the path";
            return Err(TransportError::new(REFUSED, Reach::NotSent, why));
        }
        self.keep(address.clone(), &url);
        Ok(url)
    }

    /// The address in reqwest's form, if it is kept.
    fn get(&self, address: &Uri) -> Option<Url> {
        if address.query().is_some() {
            return None;
        }
        let mut kept = self.kept();
        let at = kept.iter().position(|(uri, _)| uri == address)?;
        let url = kept.get(at).map(|(_, url)| url.clone());
        // What is asked often moves away from the end, where what is asked once takes its place.
        if at > 0 {
            kept.swap(at - 1, at);
        }
        url
    }

    /// Keeps an address that was not kept, unless it should not be.
    fn keep(&self, address: Uri, url: &Url) {
        let path = address.path();
        if address.query().is_some() || Path(path).to_string() != path {
            return;
        }
        let mut kept = self.kept();
        if kept.iter().any(|(uri, _)| *uri == address) {
            return;
        }
        kept.truncate(KEPT - 1);
        kept.push((address, url.clone()));
    }

    fn kept(&self) -> MutexGuard<'_, Vec<(Uri, Url)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(addresses: &Addresses, address: &str) {
        addresses.keep(address.parse().unwrap(), &address.parse().unwrap());
    }

    fn get(addresses: &Addresses, address: &str) -> Option<String> {
        addresses.get(&address.parse().unwrap()).map(String::from)
    }

    const CHANNEL: &str = "https://api.hubapi.com/conversations/v3/custom-channels/7/messages";

    #[test]
    fn an_address_is_kept_as_reqwest_reads_it() {
        let addresses = Addresses::default();
        for address in [CHANNEL, "https://api.hubapi.com/a;b=c//d%20e", "http://[::1]:8080/x"] {
            assert_eq!(get(&addresses, address), None);
            keep(&addresses, address);
            assert_eq!(get(&addresses, address), Some(String::from(Url::parse(address).unwrap())));
        }
        assert_eq!(get(&addresses, &CHANNEL.replace('7', "8")), None);
        assert_eq!(get(&addresses, &CHANNEL.replace("https", "http")), None);
        assert_eq!(get(&addresses, &CHANNEL.replace("api.", "app.")), None);
    }

    #[test]
    fn what_is_a_secret_or_comes_once_is_not_kept() {
        let addresses = Addresses::default();
        for address in [
            "https://api.hubapi.com/conversations/v3/custom-channels?appId=7&hapikey=s3cret",
            "https://api.hubapi.com/conversations/v3/custom-channels/7/channel-account-staging-tokens/s3cret",
        ] {
            keep(&addresses, address);
            assert_eq!(get(&addresses, address), None, "{address}");
        }
        assert!(!format!("{addresses:?}").contains("s3cret"));
    }

    #[test]
    fn what_is_asked_often_outlasts_what_is_asked_once() {
        let addresses = Addresses::default();
        keep(&addresses, CHANNEL);
        for number in 0..100 {
            assert!(get(&addresses, CHANNEL).is_some(), "{number}");
            keep(&addresses, &format!("{CHANNEL}/{number}"));
        }
        assert_eq!(addresses.kept().len(), KEPT);
    }
}
