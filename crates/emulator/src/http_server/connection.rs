//! Connections that can be cut.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::watch,
};

use super::patience::{Late, Patience};

/// Says when the server stops; also by the sender's end.
#[derive(Clone, Debug)]
pub(super) struct Stop(pub(super) watch::Receiver<bool>);

impl Stop {
    pub(super) async fn wait(mut self) {
        // An error is the sender's end.
        let _ = self.0.wait_for(|stopped| *stopped).await;
    }
}

/// Accepts connections.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) listener: TcpListener,
    pub(super) stop: Stop,
    pub(super) patience: Patience,
}

impl Listener for Door {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        let connection = Connection {
            stream,
            stop: Some(Box::pin(self.stop.clone().wait())),
            scissors: Scissors::default(),
            patience: self.patience.clone(),
            head: None,
            ended: false,
        };
        (connection, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// One connection. When the server stops nothing more is read from it, so that what has been read whole is still
/// answered and whoever is slow to ask holds nobody up.
pub(super) struct Connection {
    stream: TcpStream,
    /// `None` once nothing more is to be read.
    stop: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    scissors: Scissors,
    patience: Patience,
    /// While the head of a request comes in: until when, and how many turns there were before.
    head: Option<(usize, Late)>,
    /// Whether the client has closed the side that it writes to.
    ended: bool,
}

/// Cuts a connection, and knows whose turn it is on it.
#[derive(Clone, Debug, Default)]
pub(super) struct Scissors(Arc<Cuts>);

#[derive(Debug, Default)]
struct Cuts {
    now: AtomicBool,
    behind: AtomicBool,
    /// Odd while a request is the server's to answer.
    turns: AtomicUsize,
    /// Whether the answer of this turn comes, though later.
    promised: AtomicBool,
}

/// While this is held, a request is the server's to answer, and the client need not send anything.
pub(super) struct Turn(Scissors);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.0.promised.store(false, Ordering::Release);
        self.0.0.turns.fetch_add(1, Ordering::AcqRel);
    }
}

impl Scissors {
    /// Before anything more is written to it.
    pub(super) fn cut(&self) {
        self.0.now.store(true, Ordering::Release);
    }

    /// As soon as all is written that was handed over for it.
    pub(super) fn cut_behind(&self) {
        self.0.behind.store(true, Ordering::Release);
    }

    /// The head of a request has come in.
    pub(super) fn turn(&self) -> Turn {
        self.0.turns.fetch_add(1, Ordering::AcqRel);
        Turn(self.clone())
    }

    /// From here on until the turn ends, who only listens is waited for.
    pub(super) fn promise(&self) {
        self.0.promised.store(true, Ordering::Release);
    }

    fn is_promised(&self) -> bool {
        self.0.promised.load(Ordering::Acquire)
    }

    fn turns(&self) -> usize {
        self.0.turns.load(Ordering::Acquire)
    }

    fn check(&self) -> io::Result<()> {
        Scissors::cut_if(&self.0.now)
    }

    /// Hyper flushes a connection when it has written all that it holds.
    fn check_flushed(&self) -> io::Result<()> {
        Scissors::cut_if(&self.0.behind)
    }

    fn cut_if(cut: &AtomicBool) -> io::Result<()> {
        if cut.load(Ordering::Acquire) {
            Err(io::ErrorKind::ConnectionAborted.into())
        } else {
            Ok(())
        }
    }
}

impl Connected<IncomingStream<'_, Door>> for Scissors {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().scissors.clone()
    }
}

impl Connection {
    /// Whether the end of what the client writes is not to be told of yet. Hyper takes it for the end of the whole
    /// connection, and then forgets what it has not begun to answer.
    fn keeps_the_end_back(&mut self, context: &Context<'_>) -> bool {
        if self.ended {
            // Hyper reads again when the answer is written.
            return self.scissors.is_promised();
        }
        self.ended = true;
        context.waker().wake_by_ref();
        true
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.scissors.check()?;
        let stopped = match &mut self.stop {
            Some(stop) => stop.as_mut().poll(context).is_ready(),
            None => true,
        };
        if stopped {
            self.stop = None;
            // Nothing read is the end of the stream.
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        let turns = self.scissors.turns();
        let is_ours = turns % 2 == 1;
        self.head = self.head.take().filter(|(begun, _)| *begun == turns && !is_ours);
        if matches!(read, Poll::Ready(Ok(()))) && buffer.filled().len() == before && self.keeps_the_end_back(context) {
            return Poll::Pending;
        }
        if read.is_ready() {
            if self.head.is_none() && !is_ours && buffer.filled().len() > before {
                self.head = Some((turns, self.patience.with_head()));
            }
            return read;
        }
        let late = self.head.as_mut();
        match late.map(|(_, late)| late.as_mut().poll(context)) {
            Some(Poll::Ready(())) => {
                self.head = None;
                self.stop = None;
                Poll::Ready(Ok(()))
            }
            _ => Poll::Pending,
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.scissors.check()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.scissors.check_flushed()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
