//! What is refused before anything is sent.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use http::{HeaderName, Request};
use hubchannel::{Body, Reach, TransportError, TransportErrorKind, hyper::HyperTransport, reqwest::ReqwestTransport};

use crate::transport::Loopback;

/// Nobody listens there, and nobody is asked.
const NOBODY: &str = "http://127.0.0.1:1/messages";

/// What comes of a request with such headers and a body of two bytes. Nothing of that takes time.
fn at_once<T: Loopback>(headers: &[(&'static str, &str)]) -> TransportError {
    let mut request = Request::post(NOBODY).body(Body::from("{}")).unwrap();
    for (name, value) in headers {
        let name = HeaderName::from_static(name);
        request.headers_mut().append(name, value.parse().unwrap());
    }
    let transport = T::limited(1_000);
    let sending = pin!(transport.send(request));
    match sending.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result.unwrap_err(),
        Poll::Pending => panic!("it waits for something"),
    }
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
        is_refused(&at_once::<T>(lengths), "is not the length of the request's body");
    }
    is_refused(&at_once::<T>(&[("transfer-encoding", "chunked")]), "must not have the header Transfer-Encoding");
}

#[tokio::test]
async fn a_length_that_is_not_the_body_s_is_refused() {
    no_length_but_the_body_s::<ReqwestTransport>();
    no_length_but_the_body_s::<HyperTransport>();
}

#[test]
fn outside_a_runtime_a_request_is_refused() {
    is_refused(&at_once::<ReqwestTransport>(&[]), "outside a Tokio runtime");
    is_refused(&at_once::<HyperTransport>(&[("content-length", "2")]), "outside a Tokio runtime");
}
