//! What becomes of a request on the other side.

use http::Response;
use hubchannel::Body;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is done and answered.
    None,
    /// There is nobody at the address.
    NoServer,
    /// The connection ends as soon as it is there, or, if there is one already, before anything is read from it.
    CutConnection(End),
    /// The connection ends when this many bytes of the request were read, or all of them: before it is done.
    CutRequest(usize, End),
    /// It is done, and the connection ends when this many bytes of the answer were sent, but not all of them.
    CutAnswer(usize, End),
    /// Nothing more is heard of it, whether it was done or not.
    FallSilent { done: bool },
    /// It is answered like this, whether it was done or not.
    Answer { answer: Answer, done: bool },
    /// The token that the request came with ends, before the request is looked at.
    EndToken,
}

impl Fault {
    /// Whether the client cannot know if it was done. Whoever turns a request down says that it was not.
    pub(crate) fn hides(&self) -> bool {
        match self {
            Fault::None | Fault::NoServer | Fault::EndToken => false,
            Fault::Answer { answer, done } => *done || !(400..500).contains(&answer.status),
            Fault::CutConnection(_) | Fault::CutRequest(..) | Fault::CutAnswer(..) | Fault::FallSilent { .. } => true,
        }
    }

    /// How the connection ends that it cuts.
    pub(crate) fn end(&self) -> End {
        match self {
            Fault::CutConnection(end) | Fault::CutRequest(_, end) | Fault::CutAnswer(_, end) => *end,
            _ => End::Closed,
        }
    }
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// In order, after what was sent. It is a reset all the same where something was not read.
    Closed,
    /// At once, and whatever is still on the way is lost.
    Reset,
}

impl End {
    pub(crate) const ALL: [End; 2] = [End::Closed, End::Reset];
}

/// An answer that is no success, or a success that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn to_response(&self) -> Response<Body> {
        let mut response = Response::builder().status(self.status);
        for (name, value) in &self.headers {
            response = response.header(*name, value);
        }
        response.body(self.body.clone().into()).unwrap()
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("HTTP/1.1 {} Any\r\ncontent-length: {}\r\n", self.status, self.body.len());
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        format!("{text}\r\n{}", self.body).into_bytes()
    }
}
