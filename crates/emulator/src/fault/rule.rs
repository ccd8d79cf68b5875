//! Which requests go wrong, how, and how often.

use std::fmt;

use http::{Method, Request};
use hubchannel_api::{
    Body, Operation,
    model::ChannelId,
    redact,
    server::{self, Route},
};

use super::Fault;
use crate::random::{happens, mix};

/// Which requests go wrong in which way, and how often.
///
/// ```
/// use std::time::Duration;
/// use http::StatusCode;
/// use hubchannel_api::PublishMessage;
/// use hubchannel_emulator::{Emulator, Fault, FaultRule};
///
/// let emulator = Emulator::new();
/// // Every third publish fails as if HubSpot had not been able to do it.
/// let broken = FaultRule::new(Fault::StatusBeforeEffect(StatusCode::INTERNAL_SERVER_ERROR));
/// let broken = emulator.add_fault(broken.operation::<PublishMessage>().every(3));
/// // Everything else takes a while.
/// emulator.add_fault(FaultRule::new(Fault::DelayBeforeEffect(Duration::from_millis(200))));
/// assert_eq!(emulator.faults().len(), 2);
/// assert!(emulator.remove_fault(broken));
/// ```
///
/// A request meets the rules in the order in which they were added, each that is for such a request, until one of them
/// strikes; the rules behind it do not meet it. A rule that only says what goes wrong strikes every request that it
/// meets; how often is narrowed down with [`times`](FaultRule::times), [`every`](FaultRule::every),
/// [`from`](FaultRule::from) and [`with_probability`](FaultRule::with_probability), of which all must hold.
#[derive(Clone)]
#[must_use]
pub struct FaultRule {
    fault: Fault,
    operation: Option<&'static str>,
    channel_id: Option<ChannelId>,
    method: Option<Method>,
    path: Option<(String, Whole)>,
    times: Option<u64>,
    every: u64,
    from: u64,
    probability: f64,
}

/// Whether a path is all of it or its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whole {
    Yes,
    No,
}

impl FaultRule {
    /// Lets every request go wrong in this way.
    pub fn new(fault: Fault) -> Self {
        FaultRule {
            fault,
            operation: None,
            channel_id: None,
            method: None,
            path: None,
            times: None,
            every: 1,
            from: 1,
            probability: 1.0,
        }
    }

    /// Only calls of this operation, in whichever version and spelling of its path.
    pub fn operation<O: Operation>(self) -> Self {
        FaultRule {
            operation: Some(O::INFO.name),
            ..self
        }
    }

    pub(crate) fn operation_named(self, name: &'static str) -> Self {
        FaultRule {
            operation: Some(name),
            ..self
        }
    }

    /// Only calls with this channel in their path, whether or not there is such a channel.
    pub fn channel(self, id: impl Into<ChannelId>) -> Self {
        FaultRule {
            channel_id: Some(id.into()),
            ..self
        }
    }

    /// Only requests of this method.
    pub fn method(self, method: Method) -> Self {
        FaultRule {
            method: Some(method),
            ..self
        }
    }

    /// Only requests with this path, as it is written in their address, without the query.
    pub fn path(self, path: impl Into<String>) -> Self {
        FaultRule {
            path: Some((path.into(), Whole::Yes)),
            ..self
        }
    }

    /// Only requests whose path, as it is written in their address, starts with this.
    pub fn path_prefix(self, prefix: impl Into<String>) -> Self {
        FaultRule {
            path: Some((prefix.into(), Whole::No)),
            ..self
        }
    }

    /// Strikes that many times and no more.
    ///
    /// ```
    /// use hubchannel_emulator::{Fault, FaultRule};
    ///
    /// let first_two = FaultRule::new(Fault::DropAfterEffect).times(2);
    /// let third_and_fourth = FaultRule::new(Fault::DropAfterEffect).from(3).times(2);
    /// # let _ = (first_two, third_and_fourth);
    /// ```
    pub fn times(self, times: u64) -> Self {
        FaultRule {
            times: Some(times),
            ..self
        }
    }

    /// Strikes one in so many: the last of each `every` requests that it meets, counted from the one where it
    /// [begins](FaultRule::from). 0 counts as 1, which is each of them.
    pub fn every(self, every: u64) -> Self {
        FaultRule {
            every: every.max(1),
            ..self
        }
    }

    /// Begins with this one of the requests that it meets, of which the first is 1.
    pub fn from(self, from: u64) -> Self {
        FaultRule {
            from: from.max(1),
            ..self
        }
    }

    /// Strikes with this probability, from 0 for never to 1 for always; what is no number counts as 0.
    ///
    /// Which requests are struck depends on [the number that ids are made from](crate::Seed::with_id_seed), on the place
    /// of the rule among all that were ever added, and on how many requests it has met. So it is the same in every run
    /// that sends the same requests in the same order.
    pub fn with_probability(self, probability: f64) -> Self {
        FaultRule { probability, ..self }
    }

    /// What goes wrong.
    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    /// What it says, as text.
    pub(crate) fn parts(&self) -> RuleParts {
        let path = |wanted| {
            let path = self.path.as_ref().filter(|(_, whole)| *whole == wanted);
            path.map(|(path, _)| path.clone())
        };
        RuleParts {
            operation: self.operation,
            channel_id: self.channel_id.as_ref().map(ToString::to_string),
            method: self.method.as_ref().map(ToString::to_string),
            path: path(Whole::Yes),
            path_prefix: path(Whole::No),
            times: self.times,
            every: self.every,
            from: self.from,
            probability: self.probability,
        }
    }

    /// How many strikes are left; `None` for a rule without end.
    pub(super) fn left(&self, struck: u64) -> Option<u64> {
        self.times.map(|times| times.saturating_sub(struck))
    }

    /// Whether it is for such a request.
    pub(super) fn is_for(&self, subject: &Subject<'_>) -> bool {
        let request = subject.request;
        let path = request.uri().path();
        self.operation.is_none_or(|name| subject.operation() == Some(name))
            && self.channel_id.as_ref().is_none_or(|id| subject.has_channel(id))
            && self.method.as_ref().is_none_or(|method| request.method() == method)
            && self.path.as_ref().is_none_or(|(wanted, whole)| match whole {
                Whole::Yes => path == wanted,
                Whole::No => path.starts_with(wanted.as_str()),
            })
    }

    /// Whether it strikes, as the rule of this number, at its `meeting`th request, where it has struck so often before.
    pub(super) fn strikes(&self, seed: u64, number: u64, meeting: u64, struck: u64) -> bool {
        let Some(since) = meeting.checked_sub(self.from) else {
            return false;
        };
        (since + 1).is_multiple_of(self.every)
            && self.left(struck) != Some(0)
            && happens(mix(mix(seed, number), meeting), self.probability)
    }
}

/// What a rule says, for who shows it.
pub(crate) struct RuleParts {
    pub(crate) operation: Option<&'static str>,
    pub(crate) channel_id: Option<String>,
    pub(crate) method: Option<String>,
    pub(crate) path: Option<String>,
    pub(crate) path_prefix: Option<String>,
    pub(crate) times: Option<u64>,
    pub(crate) every: u64,
    pub(crate) from: u64,
    pub(crate) probability: f64,
}

impl fmt::Debug for FaultRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("FaultRule");
        shown.field("fault", &self.fault);
        if let Some(name) = self.operation {
            shown.field("operation", &name);
        }
        if let Some(id) = &self.channel_id {
            shown.field("channel", &id.as_str());
        }
        if let Some(method) = &self.method {
            shown.field("method", method);
        }
        if let Some((path, whole)) = &self.path {
            let name = if *whole == Whole::Yes { "path" } else { "path_prefix" };
            shown.field(name, &redact::Path(path));
        }
        if let Some(times) = self.times {
            shown.field("times", &times);
        }
        shown
            .field("every", &self.every)
            .field("from", &self.from)
            .field("probability", &self.probability)
            .finish()
    }
}

/// A request that rules are to be held against.
pub(super) struct Subject<'r> {
    request: &'r Request<Body>,
    route: Option<Route>,
}

impl<'r> Subject<'r> {
    pub(super) fn new(request: &'r Request<Body>) -> Self {
        Subject {
            request,
            route: server::route(request).ok(),
        }
    }

    fn operation(&self) -> Option<&'static str> {
        self.route.as_ref().map(|route| route.operation().name)
    }

    /// Whether the path has this channel, which may be written with zeros in front.
    fn has_channel(&self, id: &ChannelId) -> bool {
        let shortest = |id: &str| id.trim_start_matches('0').to_owned();
        let written = self.route.as_ref().and_then(|route| route.parameter("channelId"));
        written.is_some_and(|written| shortest(written) == shortest(id.as_str()))
    }
}
