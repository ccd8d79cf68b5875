//! Clients that take their time.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, watch},
    task::AbortHandle,
};

use hubchannel_api::clock::Clock as _;

use crate::Emulator;

/// For how long a server waits for a request that has begun, by the emulator's clock.
///
/// ```
/// use std::{net::Ipv4Addr, time::Duration};
/// use hubchannel_emulator::{Emulator, HttpServer, ServerTimeouts};
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let timeouts = ServerTimeouts::default().set_body(Duration::from_secs(5));
/// let server = HttpServer::bind_with(Emulator::new(), (Ipv4Addr::LOCALHOST, 0), timeouts).await?;
/// # drop(server);
/// # Ok(())
/// # }
/// ```
///
/// A connection on which a request takes longer is closed without an answer, up to a quarter of the shorter of the two
/// times late. One on which no request has begun stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerTimeouts {
    head: Duration,
    body: Duration,
}

impl ServerTimeouts {
    /// Sets how long the head may take from its first byte on; 30 seconds unless set.
    #[must_use]
    pub fn set_head(self, head: Duration) -> Self {
        ServerTimeouts { head, ..self }
    }

    /// Sets how long the body may take after the head; 60 seconds unless set.
    #[must_use]
    pub fn set_body(self, body: Duration) -> Self {
        ServerTimeouts { body, ..self }
    }
}

impl Default for ServerTimeouts {
    fn default() -> Self {
        ServerTimeouts {
            head: Duration::from_secs(30),
            body: Duration::from_secs(60),
        }
    }
}

/// A wait that ends when a client has taken too long.
pub(super) type Late = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Ends the waits of all connections of a server. While nobody is slow it does nothing; while somebody is, one wait of the
/// clock after the other goes on for all of them, because those of some clocks cost a thread.
#[derive(Clone, Debug)]
pub(super) struct Patience(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    emulator: Emulator,
    timeouts: ServerTimeouts,
    waiting: AtomicUsize,
    begun: Notify,
    ticks: watch::Sender<()>,
}

/// Ends the ticking with the server.
#[derive(Debug)]
pub(super) struct Ticking(AbortHandle);

impl Drop for Ticking {
    fn drop(&mut self) {
        self.0.abort();
    }
}

struct Waiting(Arc<Shared>);

impl Waiting {
    fn begin(shared: &Arc<Shared>) -> Self {
        shared.waiting.fetch_add(1, Ordering::SeqCst);
        shared.begun.notify_one();
        Waiting(shared.clone())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Patience {
    pub(super) fn new(emulator: Emulator, timeouts: ServerTimeouts) -> (Self, Ticking) {
        let shared = Arc::new(Shared {
            emulator,
            timeouts,
            waiting: AtomicUsize::new(0),
            begun: Notify::new(),
            ticks: watch::Sender::new(()),
        });
        let ticking = tokio::spawn(tick(shared.clone())).abort_handle();
        (Patience(shared), Ticking(ticking))
    }

    /// Ends when the head takes too long that begins now.
    pub(super) fn with_head(&self) -> Late {
        self.late(self.0.timeouts.head)
    }

    /// Ends when the body takes too long that begins now.
    pub(super) fn with_body(&self) -> Late {
        self.late(self.0.timeouts.body)
    }

    fn late(&self, after: Duration) -> Late {
        let shared = self.0.clone();
        let end = shared.emulator.clock().monotonic().saturating_add(after);
        Box::pin(async move {
            let mut ticks = shared.ticks.subscribe();
            let _waiting = Waiting::begin(&shared);
            while shared.emulator.clock().monotonic() < end {
                if ticks.changed().await.is_err() {
                    return;
                }
            }
        })
    }
}

async fn tick(shared: Arc<Shared>) {
    let ServerTimeouts { head, body } = shared.timeouts;
    let length = (head.min(body) / 4).max(Duration::from_millis(1));
    loop {
        while shared.waiting.load(Ordering::SeqCst) == 0 {
            shared.begun.notified().await;
        }
        shared.emulator.clock().sleep(length).await;
        shared.ticks.send_replace(());
    }
}
