//! All that an emulator holds, as one document.

mod error;
pub(crate) mod form;

use std::fmt;

use hubchannel_api::model::{Secret, Url};
use serde::{Deserialize, Serialize, Serializer};

pub use self::error::SnapshotError;
use crate::{Emulator, Seed, dial::KeptDial, origin::Origin, state::KeptState, webhooks::KeptSchedule};

/// More things with a place than any emulator has come to.
pub(crate) const MOST_EVER: usize = 1 << 31;

/// Fails where more is said to have been dropped than any emulator has come to.
pub(crate) fn check_dropped(path: impl Into<String>, dropped: u64) -> Result<(), SnapshotError> {
    const END: u64 = 1 << 48;
    if dropped < END {
        return Ok(());
    }
    Err(SnapshotError::at(path, format!("so many were never dropped; the most is {}", END - 1)))
}

/// What the document says it is.
const FORMAT: &str = "hubchannel-emulator";

/// Raised with every change of the form that an older reader would take wrongly.
const VERSION: u64 = 2;

/// All that an emulator holds, from which it or another one goes on.
///
/// ```
/// use hubchannel_emulator::{Emulator, Seed, Snapshot};
///
/// # fn main() -> Result<(), hubchannel_emulator::SnapshotError> {
/// let emulator = Emulator::new();
/// let token = emulator.refresh_token(62515, ["files"]);
/// let json = emulator.snapshot().to_json();
///
/// let later = Emulator::from_snapshot(Seed::default(), Snapshot::from_json(&json)?);
/// assert_eq!(later.channel_id(), emulator.channel_id());
/// // The sequences of ids and secrets go on.
/// assert_ne!(later.refresh_token(62515, ["files"]), token);
/// # Ok(())
/// # }
/// ```
///
/// There are in it: apps with their credentials, channels, inboxes, accounts, staging tokens, codes and tokens, files with
/// their bytes, users and contacts, messages, threads, conversations and what stands in them, events, deliveries with every
/// attempt, where each sequence of ids stands, the [`Retention`](crate::Retention) and what it has dropped, and how the clock
/// is turned. A delivery that is under way is in it as one
/// that is due at once, so that its event may come twice and is not lost.
///
/// There are not: what the [`Seed`] says of HubSpot's ways, limits, the webhook policy and the clock; which requests count
/// for a limit; rules by which requests go wrong; the log of requests; the last changes.
///
/// What is in a document, apart from `format` and `version`, is for emulators of that version and nobody else. It holds
/// secrets in the clear: all that the emulator made up, and client secrets that it was given. `Debug` shows none of it.
#[derive(Clone, Deserialize)]
#[serde(try_from = "Document")]
pub struct Snapshot(Document);

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    format: String,
    version: u64,
    origin: Origin,
    clock: KeptDial,
    webhooks: KeptSchedule,
    state: KeptState,
}

/// What a document of any version has.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    format: Option<String>,
    #[serde(default)]
    version: Option<u64>,
}

impl Head {
    fn check(&self) -> Result<(), SnapshotError> {
        if self.format.as_deref() != Some(FORMAT) {
            let message = format!("this is no snapshot of an emulator, in which it is {FORMAT:?}");
            return Err(SnapshotError::at("format", message));
        }
        match self.version {
            Some(VERSION) => Ok(()),
            Some(other) => {
                let message = format!("this is a snapshot of version {other}; this emulator reads version {VERSION}");
                Err(SnapshotError::at("version", message))
            }
            None => Err(SnapshotError::at("version", "a snapshot says its version")),
        }
    }
}

impl Snapshot {
    /// Reads a document.
    ///
    /// # Errors
    /// When it is no JSON, no snapshot, one of another version, or one whose parts do not belong together.
    pub fn from_json(json: &[u8]) -> Result<Self, SnapshotError> {
        let mut reader = serde_json::Deserializer::from_slice(json);
        let read = serde_path_to_error::deserialize(&mut reader);
        let document: Document = match read {
            Ok(document) => document,
            Err(error) => {
                // Where it is something else, that is the better answer.
                if let Ok(head) = serde_json::from_slice::<Head>(json) {
                    head.check()?;
                }
                let path = error.path().to_string();
                let message = error.into_inner().to_string();
                return Err(match path.as_str() {
                    "." => SnapshotError::whole(message),
                    _ => SnapshotError::at(path, message),
                });
            }
        };
        reader
            .end()
            .map_err(|error| SnapshotError::whole(format!("there is something behind the snapshot: {error}")))?;
        Snapshot::try_from(document)
    }

    /// Writes the document, the same one for the same snapshot.
    pub fn to_json(&self) -> Vec<u8> {
        // What there is to write has text for keys, and no number that is none.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Sets where the first channel's webhooks go.
    #[must_use]
    pub fn with_webhook_url(mut self, url: impl Into<Url>) -> Self {
        self.0.state.set_webhook_url(&self.0.origin.channel_id, url.into());
        self
    }

    /// Sets the client secret of the first channel's app, for who keeps his own out of files.
    #[must_use]
    pub fn with_client_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.0.state.set_client_secret(self.0.origin.app_id, secret.into());
        self
    }
}

impl Serialize for Snapshot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl TryFrom<Document> for Snapshot {
    type Error = SnapshotError;

    fn try_from(mut document: Document) -> Result<Self, SnapshotError> {
        let head = Head {
            format: Some(document.format.clone()),
            version: Some(document.version),
        };
        head.check()?;
        document.clock.check()?;
        document.webhooks.check()?;
        document.state.check()?;
        Ok(Snapshot(document))
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("version", &self.0.version)
            .finish_non_exhaustive()
    }
}

/// # Snapshots
impl Emulator {
    /// All that the emulator holds now.
    pub fn snapshot(&self) -> Snapshot {
        let document = self.change_world(|world, now| Document {
            format: FORMAT.to_owned(),
            version: VERSION,
            origin: self.origin(),
            clock: self.clock().keep(),
            webhooks: world.schedule.keep(now),
            state: world.state.keep(),
        });
        Snapshot(document)
    }

    /// Goes on from this snapshot in the place of all that the emulator holds.
    ///
    /// What the snapshot leaves out stays as it is, but that no requests count for limits. An attempt to deliver that is
    /// under way ends unheard, and who watches the [changes](Emulator::changes) is told that he has missed some.
    pub fn restore(&self, snapshot: Snapshot) {
        let Document {
            origin,
            clock,
            webhooks,
            state,
            ..
        } = snapshot.0;
        let asleep = self.change_world(|world, _| {
            self.set_origin(origin);
            world.state.take_up(state, self.seed());
            world.schedule.take_up(webhooks, world.state.retention);
            world.received.keep(world.state.retention);
            self.clock().take_up(clock)
        });
        asleep.into_iter().for_each(std::task::Waker::wake);
        self.ring();
    }

    /// An emulator that goes on from this snapshot, with the seed's clock, behaviour, limits and webhook policy; the rest
    /// of the seed counts for nothing.
    pub fn from_snapshot(seed: Seed, snapshot: Snapshot) -> Self {
        let emulator = Emulator::with_seed(seed);
        emulator.restore(snapshot);
        emulator
    }
}
