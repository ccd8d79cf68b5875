//! How the other side of a transport behaves in a check.

use bytes::Bytes;
use http::Response;

/// How the other side behaves.
///
/// Every peer but those which are said not to reads a request to its end before it does anything, remembers it before it
/// answers, takes requests one after the other on a connection that stays open, and takes any number of connections at
/// once.
///
/// Peers may be added: a harness declines those it does not know.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Peer {
    /// Answers every request with this response.
    ///
    /// Status, headers and body are sent as they are. The response has no `content-length` and no `transfer-encoding`:
    /// what the framing needs is added, except to the status 204, which has no body.
    Answers {
        /// The response.
        response: Response<Bytes>,
        /// How the end of its body is told.
        framing: Framing,
    },
    /// Answers every request with the status 200 and the request's own body, and takes several at once.
    Echoes,
    /// Turns connections away: nobody listens at the address.
    Refuses,
    /// Closes every connection as soon as it is there, without reading anything from it.
    ClosesAtOnce,
    /// Lets no connection come about and does not refuse one either, for longer than the transport waits for one.
    /// Transports that wait for ever cannot have this peer.
    Unreachable,
    /// Reads requests and says nothing. The connection stays open.
    Silent,
    /// The same, for longer than the transport waits for an answer. Transports that wait for ever cannot have this peer.
    ///
    /// The transport should be set to wait briefly, but as long as a slow machine needs to connect and to send a request: a
    /// second, for example. If its time is moved by hand, [`settle`](super::Harness::settle) moves it.
    TooSlow,
    /// Answers so many requests with the status 200 and an empty body, and closes the connection of every further one
    /// without an answer, once it has read it. Requests count over all connections, for a transport may open another one
    /// at any time.
    HangsUp {
        /// How many requests are answered before.
        after: usize,
    },
    /// Reads the head of a request and so many bytes of its body, remembers that much, and resets the connection while the
    /// rest is still being sent. Where requests come whole or not at all, it remembers the whole.
    ///
    /// The rest is more than what a socket takes without anybody who reads.
    Resets {
        /// How many bytes of the body are read.
        after: usize,
    },
    /// Reads the head of a request and so many bytes of its body, remembers that much, and then neither reads nor answers.
    /// The connection stays open. Transports that hand over whole requests only cannot have this peer.
    StopsReading {
        /// How many bytes of the body are read.
        after: usize,
    },
    /// Answers every request with this response, as [`Answers`](Peer::Answers) does, but sends each byte by itself, those of
    /// the head too. Where no bytes travel, the same as that.
    Drips {
        /// The response.
        response: Response<Bytes>,
        /// How the end of its body is told. In pieces, each is of one byte.
        framing: Framing,
    },
    /// Reads a request, sends so many bytes of the head of this response, and closes the connection. The head is longer than
    /// that.
    CutsHead {
        /// The response as it would be if it were whole.
        response: Response<Bytes>,
        /// How many bytes of the head are sent, of which the status line has at least 15.
        after: usize,
    },
    /// Reads a request, sends the head of this response and a part of its body, and closes the connection.
    CutsOff {
        /// The response as it would be if it were whole.
        response: Response<Bytes>,
        /// How the end of its body would be told.
        framing: Framing,
        /// How many bytes of the body are sent.
        after: usize,
    },
    /// The same, but resets the connection. Bytes that were sent may be lost by that.
    ResetsAnswer {
        /// The response as it would be if it were whole.
        response: Response<Bytes>,
        /// How the end of its body would be told.
        framing: Framing,
        /// How many bytes of the body are sent.
        after: usize,
    },
    /// Reads a request, sends the head of this response and a part of its body, and then nothing. The connection stays
    /// open. Transports that hand over whole answers only cannot have this peer.
    Stalls {
        /// The response as it would be if it were whole.
        response: Response<Bytes>,
        /// How the end of its body would be told.
        framing: Framing,
        /// How many bytes of the body are sent.
        after: usize,
    },
    /// Answers with the status 200 and a body that is larger than the transport takes.
    ///
    /// The transport should be set to take little here. With all other peers it must take bodies of 1 MiB.
    TooLarge {
        /// With [`Length`](Framing::Length) the head announces more than the transport takes. With
        /// [`Chunked`](Framing::Chunked) the body has no end: it is sent until the connection is closed.
        framing: Framing,
    },
    /// Answers with bytes that are not HTTP.
    Garbles {
        /// The bytes, after which the connection is closed.
        bytes: Bytes,
    },
}

/// How the end of a body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Framing {
    /// The head says how long it is.
    Length,
    /// It comes in pieces, the last of which says so. Where there is no such difference, the same as
    /// [`Length`](Framing::Length).
    Chunked,
}
