//! Memory after so many messages.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::{Options, Server};
use crate::error::{Error, Result};

/// How many connections publish at a time.
const PUBLISHERS: usize = 8;

/// How much memory there was after so many messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Checkpoint {
    pub(super) messages: u64,
    /// In KiB.
    pub(super) resident: u64,
}

/// Publishes messages, each with a key of its own, and looks at the memory before, after a tenth, after three, and at the end.
pub(super) fn memory(server: &Server, options: &Options) -> Result<Vec<Checkpoint>> {
    let all = options.messages;
    let mut checkpoints = Vec::new();
    let mut done = 0;
    for until in [0, all / 10, all / 10 * 3, all] {
        publish(server, done, until)?;
        done = until;
        checkpoints.push(Checkpoint {
            messages: done,
            resident: server.resident()?,
        });
    }
    Ok(checkpoints)
}

/// Publishes the messages of these numbers.
fn publish(server: &Server, from: u64, until: u64) -> Result<()> {
    let next = AtomicU64::new(from);
    let publish_some = || {
        let mut client = server.client()?;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= until {
                return Ok(());
            }
            client.publish("memory", number)?;
        }
    };
    thread::scope(|scope| {
        let publishers: Vec<_> = (0..PUBLISHERS).map(|_| scope.spawn(publish_some)).collect();
        publishers.into_iter().try_for_each(|publisher| {
            let ended = publisher.join();
            ended.unwrap_or_else(|_| Err(Error::failed("a publisher broke down")))
        })
    })
}
