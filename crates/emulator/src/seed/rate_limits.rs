//! How many requests are taken.

use std::time::Duration;

/// How many requests an emulator takes, and what it says to one too many.
///
/// ```
/// use std::time::Duration;
/// use hubchannel_emulator::{Emulator, RateLimitBody, RateLimits, Seed};
///
/// // As an app with a limit of its own, for tests that want to see it soon.
/// let limits = RateLimits::new(3, Duration::from_secs(10)).set_daily(1_000).set_body(RateLimitBody::Category);
/// let emulator = Emulator::with_seed(Seed::default().with_rate_limits(limits));
/// // No limits, for tests of something else that send a lot.
/// let unlimited = Emulator::with_seed(Seed::default().without_rate_limits());
/// # let _ = (emulator, unlimited);
/// ```
///
/// Windows roll: of any interval of that length, both of its ends included, none has more requests that were taken. They
/// are counted for each pair of an app and a portal (documented), with whichever token the app comes. A request counts
/// once its token is found to be good, whatever it then asks for; one that is turned down with 429 does not count
/// (unknown). Time is that of the emulator's clock.
///
/// Every answer to a request that was counted, and to one too many, has HubSpot's headers `X-HubSpot-RateLimit-Max`,
/// `-Remaining` and `-Interval-Milliseconds`, and those of the other limits where they are set. Answers to others have
/// none: to those without a good token, calls for tokens, downloads, and those with the developer's key. Limits of the
/// latter are unknown; none holds here unless [set](RateLimits::limit_developer_key).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    pub(crate) max: u32,
    pub(crate) interval: Duration,
    pub(crate) secondly: Option<u32>,
    pub(crate) daily: Option<u32>,
    pub(crate) developer_key: bool,
    pub(crate) body: RateLimitBody,
    pub(crate) retry_after: bool,
}

/// What the body of a 429 looks like. All have been observed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RateLimitBody {
    /// `errorType`, and `policyName` with `TEN_SECONDLY_ROLLING`, `SECONDLY` or `DAILY`; no `category`.
    #[default]
    PolicyName,
    /// As [`PolicyName`](RateLimitBody::PolicyName), with a `groupName` of app and portal.
    GroupName,
    /// The `category` `RATE_LIMITS`, and no `policyName`.
    Category,
}

impl RateLimits {
    /// At most so many requests in any interval of this length.
    pub fn new(max: u32, interval: Duration) -> Self {
        RateLimits {
            max,
            interval,
            secondly: None,
            daily: None,
            developer_key: false,
            body: RateLimitBody::default(),
            retry_after: false,
        }
    }

    /// The limit of an app that portals install by OAuth, which is what custom channels need: 110 in ten seconds, and none
    /// for the day (documented).
    pub fn public_app() -> Self {
        RateLimits::new(110, Duration::from_secs(10))
    }

    /// Sets how many requests there may be in any second besides. The headers that tell of it are deprecated
    /// (documented).
    #[must_use]
    pub fn set_secondly(self, max: u32) -> Self {
        RateLimits {
            secondly: Some(max),
            ..self
        }
    }

    /// Sets how many requests a portal takes in a day, of all its apps together. It begins anew at midnight, in UTC here,
    /// with HubSpot in the portal's time zone. Apps by OAuth have no such limit (documented).
    #[must_use]
    pub fn set_daily(self, max: u32) -> Self {
        RateLimits {
            daily: Some(max),
            ..self
        }
    }

    /// Holds calls with the developer's key to the same numbers, for each app.
    #[must_use]
    pub fn limit_developer_key(self) -> Self {
        RateLimits {
            developer_key: true,
            ..self
        }
    }

    /// Sets what the body of a 429 looks like.
    #[must_use]
    pub fn set_body(self, body: RateLimitBody) -> Self {
        RateLimits { body, ..self }
    }

    /// Says in `Retry-After` for how many seconds there will be no room. Whether HubSpot does is not documented.
    #[must_use]
    pub fn tell_retry_after(self) -> Self {
        RateLimits {
            retry_after: true,
            ..self
        }
    }
}

impl Default for RateLimits {
    /// Those of a [public app](RateLimits::public_app).
    fn default() -> Self {
        RateLimits::public_app()
    }
}
