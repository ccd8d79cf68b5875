//! The transports over real connections, and how each is set up.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use hubchannel::{HttpTransport, hyper::HyperTransport, mock::conformance::Skip, reqwest::ReqwestTransport};

/// A transport that a test can make.
pub(crate) trait Loopback: HttpTransport + Sized {
    /// The headers that it says it adds.
    const ADDS: &[&str] = &[];

    /// One that takes answers of so many bytes at most.
    fn limited(max_response_bytes: usize) -> Self;

    /// One that waits so long for a connection.
    fn connecting_within(timeout: Duration) -> Self;

    /// One that waits so long for an answer, where it can be told to.
    fn answered_within(timeout: Duration) -> Result<Self, Skip>;
}

impl Loopback for ReqwestTransport {
    const ADDS: &[&str] = &["accept"];

    fn limited(max_response_bytes: usize) -> Self {
        let transport = ReqwestTransport::builder().max_response_bytes(max_response_bytes);
        transport.build().unwrap()
    }

    fn connecting_within(timeout: Duration) -> Self {
        ReqwestTransport::builder().connect_timeout(timeout).build().unwrap()
    }

    /// The transport waits for ever, but a client that a program brings may not.
    fn answered_within(timeout: Duration) -> Result<Self, Skip> {
        let client = reqwest::Client::builder().timeout(timeout).build();
        Ok(ReqwestTransport::from_client(client.unwrap()))
    }
}

impl Loopback for HyperTransport {
    fn limited(max_response_bytes: usize) -> Self {
        let transport = HyperTransport::builder().max_response_bytes(max_response_bytes);
        transport.build().unwrap()
    }

    fn connecting_within(timeout: Duration) -> Self {
        HyperTransport::builder().connect_timeout(timeout).build().unwrap()
    }

    fn answered_within(_: Duration) -> Result<Self, Skip> {
        Err(Skip::because("it waits for ever"))
    }
}

/// What comes at once of a future, outside of any runtime.
pub(crate) fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits for something"),
    }
}
