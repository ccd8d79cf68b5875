//! What is refused before anything is sent.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use http::{Method, Request, Version};
use hubchannel_api::{Body, HttpTransport, Reach, TransportError, TransportErrorKind};
use hubchannel_hyper::HyperTransport;

/// Nobody listens there, and the query is nobody's business.
const NOBODY: &str = "://127.0.0.1:1/messages?hapikey=s3cret";

async fn refused(method: Method, address: &str) -> TransportError {
    let request = Request::builder().method(method).uri(address).body(Body::empty());
    let error = HyperTransport::new().unwrap().send(request.unwrap()).await.unwrap_err();
    assert_eq!(error.reach(), Reach::NotSent);
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("s3cret") && !shown.contains("/messages"), "{shown}");
    error
}

#[tokio::test]
async fn what_no_exchange_is_is_refused() {
    for (method, address, why) in [
        (Method::GET, "/messages?hapikey=s3cret".to_owned(), "its address names no server"),
        (Method::GET, format!("ftp{NOBODY}"), "its address is neither http nor https"),
        (Method::CONNECT, format!("http{NOBODY}"), "CONNECT opens a tunnel, which no exchange is"),
        (
            Method::GET,
            "http://127.0.0.1:99999/messages?hapikey=s3cret".to_owned(),
            "its address has no host, or a port that is none",
        ),
        (
            Method::GET,
            "http://127.0.0.1:/messages?hapikey=s3cret".to_owned(),
            "its address has no host, or a port that is none",
        ),
        (
            Method::GET,
            "http://ada:s3cret@127.0.0.1:1/messages".to_owned(),
            "a user name or password does not belong in its address",
        ),
    ] {
        let error = refused(method, &address).await;
        assert_eq!(error.kind(), TransportErrorKind::Refused, "{error}");
        assert!(error.to_string().ends_with(why), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_gets_nothing() {
    let error = refused(Method::GET, &format!("http{NOBODY}")).await;
    assert_eq!(error.kind(), TransportErrorKind::Connect, "{error}");
    let mut request = Request::get(format!("http{NOBODY}")).body(Body::empty()).unwrap();
    // Whatever version a request says, it goes by HTTP/1.1.
    *request.version_mut() = Version::HTTP_2;
    let error = HyperTransport::new().unwrap().send(request).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Connect, "{error}");
}

#[tokio::test]
async fn https_needs_the_feature_for_it() {
    let error = refused(Method::GET, &format!("https{NOBODY}")).await;
    if cfg!(feature = "rustls") {
        assert_eq!(error.kind(), TransportErrorKind::Connect, "{error}");
    } else {
        assert_eq!(error.kind(), TransportErrorKind::Refused, "{error}");
        assert!(
            error
                .to_string()
                .contains("switch on the feature `rustls` of hubchannel-hyper"),
            "{error}"
        );
    }
}
