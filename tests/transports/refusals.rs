//! What is refused before anything is sent.

use http::{HeaderName, Method, Request};
use hubchannel::{
    Body, HttpTransport as _, Reach, TransportError, TransportErrorKind, hyper::HyperTransport,
    reqwest::ReqwestTransport,
};

use crate::transport::{Loopback, at_once};

/// Nobody listens there, and nobody is asked.
const NOBODY: &str = "http://127.0.0.1:1/messages";

/// What comes of a request with such headers and a body of two bytes.
fn error_with<T: Loopback>(headers: &[(&'static str, &str)]) -> TransportError {
    let mut request = Request::post(NOBODY).body(Body::from("{}")).unwrap();
    for (name, value) in headers {
        let name = HeaderName::from_static(name);
        request.headers_mut().append(name, value.parse().unwrap());
    }
    error_at_once::<T>(request)
}

/// What comes of a request that takes no time.
fn error_at_once<T: Loopback>(request: Request<Body>) -> TransportError {
    let transport = T::limited(1_000);
    at_once(transport.send(request)).unwrap_err()
}

fn is_refused(error: &TransportError, why: &str) {
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Refused, Reach::NotSent), "{error}");
    assert!(error.to_string().contains(why), "{error}");
}

fn no_length_but_the_body_s<T: Loopback>() {
    for lengths in [
        &[("content-length", "3")][..],
        &[("content-length", "0")],
        &[("content-length", "+2")],
        &[("content-length", "two")],
        &[("content-length", "2"), ("content-length", "2")],
        &[("content-length", "18446744073709551618")],
    ] {
        is_refused(&error_with::<T>(lengths), "is not the length of the request's body");
    }
    is_refused(&error_with::<T>(&[("transfer-encoding", "chunked")]), "must not have the header Transfer-Encoding");
}

#[tokio::test]
async fn a_length_that_is_not_the_body_s_is_refused() {
    no_length_but_the_body_s::<ReqwestTransport>();
    no_length_but_the_body_s::<HyperTransport>();
}

fn no_address_that_names_no_server<T: Loopback>() {
    const USER: &str = "a user name or password does not belong in its address";
    const PORT: &str = "its address has no host, or a port that is none";
    for (method, address, why) in [
        (Method::GET, "/messages?hapikey=s3cret", "its address names no server"),
        (Method::GET, "127.0.0.1:1", "its address names no server"),
        (Method::GET, "ftp://127.0.0.1:1/s3cret", "its address is neither http nor https"),
        (Method::CONNECT, "http://127.0.0.1:1/s3cret", "CONNECT opens a tunnel, which no exchange is"),
        (Method::GET, "http://127.0.0.1:99999/messages?hapikey=s3cret", PORT),
        (Method::GET, "http://127.0.0.1:/messages?hapikey=s3cret", PORT),
        (Method::GET, "http://ada:s3cret@127.0.0.1:1/messages", USER),
        (Method::GET, "http://s3cret@127.0.0.1:1/messages", USER),
    ] {
        let request = Request::builder().method(method).uri(address).body(Body::empty());
        let error = error_at_once::<T>(request.unwrap());
        is_refused(&error, why);
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("s3cret") && !shown.contains("/messages"), "{shown}");
    }
}

#[tokio::test]
async fn an_address_that_names_no_server_is_refused() {
    no_address_that_names_no_server::<ReqwestTransport>();
    no_address_that_names_no_server::<HyperTransport>();
}

#[tokio::test]
async fn an_address_that_was_asked_before_is_asked_for_no_tunnel() {
    let transport = ReqwestTransport::new().unwrap();
    let mut request = Request::post(NOBODY).body(Body::empty()).unwrap();
    let error = transport.send(request.clone()).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Connect);
    *request.method_mut() = Method::CONNECT;
    is_refused(&transport.send(request).await.unwrap_err(), "CONNECT opens a tunnel");
}

#[test]
fn outside_a_runtime_a_request_is_refused() {
    is_refused(&error_with::<ReqwestTransport>(&[]), "outside a Tokio runtime");
    is_refused(&error_with::<HyperTransport>(&[("content-length", "2")]), "outside a Tokio runtime");
}
