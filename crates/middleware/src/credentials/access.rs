//! An access token at hand, and for how long.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use http::HeaderValue;
use hubchannel_api::{clock::Clock, model::Secret};

use super::store::PortalTokens;

/// A moment by both of a clock's times.
///
/// The time of day may be set, and the other may stand still while a machine sleeps: what has passed by either has
/// passed. A token that is renewed too early costs little.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) monotonic: Duration,
    pub(super) wall: SystemTime,
}

impl Moment {
    pub(super) fn now(clock: &dyn Clock) -> Self {
        Moment {
            monotonic: clock.monotonic(),
            wall: clock.wall(),
        }
    }

    /// Whether this moment has come.
    fn has_come(&self, now: Moment) -> bool {
        now.monotonic >= self.monotonic || now.wall >= self.wall
    }

    fn after(self, duration: Duration) -> Self {
        Moment {
            monotonic: self.monotonic.saturating_add(duration),
            wall: self.wall.checked_add(duration).unwrap_or(self.wall),
        }
    }
}

/// An access token as requests carry it.
pub(super) struct Access {
    pub(super) secret: Secret,
    pub(super) header: HeaderValue,
    /// From when on it is to be replaced.
    due: Moment,
    /// From when on it is good no more.
    end: Moment,
}

impl Access {
    /// The access token among these tokens, if there is a usable one, which is to be replaced that long before its end.
    pub(super) fn of(tokens: &PortalTokens, now: Moment, margin: Duration) -> Option<Self> {
        let secret = tokens.access_token.clone()?;
        let left = left(tokens, now)?;
        Some(Access {
            header: bearer(&secret).ok()?,
            secret,
            due: now.after(left.saturating_sub(margin)),
            end: now.after(left),
        })
    }

    /// The same of one that has just been issued. If it was given a short time, it is replaced halfway through that,
    /// lest it be replaced at once.
    pub(super) fn of_new(tokens: &PortalTokens, now: Moment, margin: Duration) -> Option<Self> {
        let half = left(tokens, now)? / 2;
        Access::of(tokens, now, margin.min(half))
    }

    pub(super) fn is_due(&self, now: Moment) -> bool {
        self.due.has_come(now)
    }

    pub(super) fn has_ended(&self, now: Moment) -> bool {
        self.end.has_come(now)
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").finish_non_exhaustive()
    }
}

/// How long the access token is still good.
fn left(tokens: &PortalTokens, now: Moment) -> Option<Duration> {
    Some(tokens.expires_at?.duration_since(now.wall).unwrap_or_default())
}

/// A token as the value of `Authorization`, or why there is none.
pub(super) fn bearer(token: &Secret) -> Result<HeaderValue, &'static str> {
    if token.is_empty() {
        return Err("the access token is empty");
    }
    if token.expose().contains(char::is_whitespace) {
        return Err("the access token has blanks or line ends in it; it is one word");
    }
    let mut header = HeaderValue::try_from(format!("Bearer {}", token.expose()))
        .map_err(|_| "the access token has characters that no header can carry")?;
    header.set_sensitive(true);
    Ok(header)
}
