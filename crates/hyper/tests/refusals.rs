//! What is refused before anything is sent.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use http::{Request, Version};
use hubchannel_api::{Body, HttpTransport, Reach, TransportError, TransportErrorKind};
use hubchannel_hyper::HyperTransport;

/// Nobody listens there, and the query is nobody's business.
const NOBODY: &str = "://127.0.0.1:1/messages?hapikey=s3cret";

async fn refused(address: &str) -> TransportError {
    let request = Request::get(address).body(Body::empty());
    let error = HyperTransport::new().unwrap().send(request.unwrap()).await.unwrap_err();
    assert_eq!(error.reach(), Reach::NotSent);
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("s3cret") && !shown.contains("/messages"), "{shown}");
    error
}

#[tokio::test]
async fn a_server_that_is_not_there_gets_nothing() {
    let error = refused(&format!("http{NOBODY}")).await;
    assert_eq!(error.kind(), TransportErrorKind::Connect, "{error}");
    let mut request = Request::get(format!("http{NOBODY}")).body(Body::empty()).unwrap();
    // Whatever version a request says, it goes by HTTP/1.1.
    *request.version_mut() = Version::HTTP_2;
    let error = HyperTransport::new().unwrap().send(request).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Connect, "{error}");
}

#[tokio::test]
async fn https_needs_the_feature_for_it() {
    let error = refused(&format!("https{NOBODY}")).await;
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
