//! Turning the clock.

use std::time::{Duration, SystemTime};

use hubchannel_api::{clock::Clock, model::Timestamp};
use serde::Serialize;

use super::AdminError;
use crate::{Emulator, changes::ChangeKind};

/// The start of the year 9999, in seconds: what is later has no timestamp.
const END: Duration = Duration::from_secs(253_370_764_800);

/// What the emulator's clock shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ClockReading {
    /// The time of day.
    pub now: Timestamp,
    /// Whether it stands still.
    pub frozen: bool,
    /// How far it is ahead of the clock of the [`Seed`](crate::Seed::with_clock), in milliseconds; less than 0 where it is
    /// behind.
    pub offset_ms: i64,
}

/// # The clock
impl Emulator {
    /// What the emulator's clock shows: the time of its [`Seed`](crate::Seed::with_clock)'s clock, as long as nobody turns it.
    pub fn clock_reading(&self) -> ClockReading {
        let (own, source) = (self.clock().wall(), self.seed().clock().wall());
        let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        ClockReading {
            now: own.into(),
            frozen: self.clock().is_stopped(),
            offset_ms: match own.duration_since(source) {
                Ok(ahead) => millis(ahead),
                Err(error) => -millis(error.duration()),
            },
        }
    }

    /// Lets the emulator's clock stand still: no token expires, no webhook is due that is not due already, and an attempt to
    /// deliver one that is under way does not time out.
    ///
    /// ```
    /// use std::time::Duration;
    /// use hubchannel_emulator::Emulator;
    ///
    /// # fn main() -> Result<(), hubchannel_emulator::admin::AdminError> {
    /// let emulator = Emulator::new();
    /// let frozen = emulator.freeze_clock();
    /// let later = emulator.advance_clock(Duration::from_secs(60))?;
    /// let difference = later.now.to_unix_millis().zip(frozen.now.to_unix_millis());
    /// assert_eq!(difference.map(|(later, frozen)| later - frozen), Some(60_000));
    /// assert!(!emulator.resume_clock().frozen);
    /// # Ok(())
    /// # }
    /// ```
    pub fn freeze_clock(&self) -> ClockReading {
        self.clock().stop();
        self.turned()
    }

    /// Puts the emulator's clock forward, be it frozen or not, and with it all that waits for a time: webhooks become due and
    /// tokens expire.
    ///
    /// # Errors
    /// Where it would show a time after the year 9998.
    pub fn advance_clock(&self, duration: Duration) -> Result<ClockReading, AdminError> {
        let now = self
            .clock()
            .wall()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        if now.checked_add(duration).is_none_or(|then| then >= END) {
            let message = "the clock would show a time after the year 9998; put it forward by less";
            return Err(AdminError::invalid("ms", message));
        }
        self.clock().forward(duration);
        Ok(self.turned())
    }

    /// Lets the emulator's clock go on from where it stands; nothing changes where it goes.
    pub fn resume_clock(&self) -> ClockReading {
        self.clock().go_on();
        self.turned()
    }

    fn turned(&self) -> ClockReading {
        self.change_world(|world, _| world.state.changes.note_in(ChangeKind::Clock, None, None));
        // What is due now is seen only by who looks.
        self.ring();
        self.clock_reading()
    }
}
