//! Expiry, refresh and refusal, held against a model that a page can hold.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;
#[path = "common/crowd.rs"]
mod crowd;
#[path = "common/hubspot.rs"]
mod hubspot;

use std::{collections::BTreeSet, time::Duration};

use hubchannel_middleware::{CredentialsError, PortalToken, PortalTokens};
use proptest::prelude::*;

use self::{
    common::drive,
    crowd::Crowd,
    hubspot::{HubSpot, Next, PORTAL, REFRESH, connected, read},
};

/// What may happen.
#[derive(Clone, Debug)]
enum Event {
    Call,
    Pass(u64),
    /// HubSpot takes none of the access tokens issued so far.
    Revoke,
    /// HubSpot refuses whatever comes, or no longer does.
    RefuseAll(bool),
    /// The next answers of the token endpoint get lost.
    Lose(u8),
    /// The app is uninstalled.
    Uninstall,
    /// It is installed again, and this process learns of it.
    Connect,
    Restart,
    /// From now on access tokens are good for so long.
    Lifetime(u64),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let seconds = prop_oneof![
        4 => prop::sample::select(vec![1, 2, 4, 8, 29, 30, 31, 59, 60, 61]),
        2 => prop::sample::select(vec![119, 120, 121, 1679, 1680, 1681, 1799, 1800, 1801]),
        1 => 0..4_000_u64,
    ];
    let event = prop_oneof![
        8 => Just(Event::Call),
        6 => seconds.prop_map(Event::Pass),
        2 => Just(Event::Revoke),
        1 => any::<bool>().prop_map(Event::RefuseAll),
        2 => (1..4_u8).prop_map(Event::Lose),
        1 => Just(Event::Uninstall),
        1 => Just(Event::Connect),
        1 => Just(Event::Restart),
        1 => prop::sample::select(vec![1, 60, 240, 1800]).prop_map(Event::Lifetime),
    ];
    prop::collection::vec(event, 1..60)
}

/// What a call comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum End {
    Done,
    Refused,
    /// There was no token: whether only the portal's people can mend it.
    NoToken(bool),
}

#[derive(Clone, Copy, Debug)]
struct Token {
    number: usize,
    due: u64,
    end: u64,
}

#[derive(Debug, Default)]
struct Model {
    now: u64,
    // HubSpot.
    installed: bool,
    valid: BTreeSet<usize>,
    ends: Vec<u64>,
    refuses_all: bool,
    lost: u8,
    lifetime: u64,
    asked: usize,
    calls: Vec<usize>,
    // The store.
    stored: Option<(usize, u64)>,
    // The process.
    loaded: bool,
    hand: Option<Token>,
    refused: Option<usize>,
    patience: u64,
    dead: bool,
    failures: u32,
    failure: Option<(u64, bool)>,
}

impl Model {
    fn new() -> Self {
        Model {
            installed: true,
            lifetime: hubspot::LIFETIME,
            ..Model::default()
        }
    }

    fn forget(&mut self) {
        self.loaded = false;
        self.hand = None;
        self.refused = None;
        self.patience = 0;
        self.dead = false;
        self.failures = 0;
        self.failure = None;
    }

    fn call(&mut self) -> End {
        let first = match self.token(None) {
            Ok(token) => token.unwrap(),
            Err(final_) => return End::NoToken(final_),
        };
        if self.takes(first) {
            return End::Done;
        }
        match self.token(Some(first)) {
            Err(final_) => End::NoToken(final_),
            Ok(None) => End::Refused,
            Ok(Some(second)) if self.takes(second) => End::Done,
            Ok(Some(_)) => End::Refused,
        }
    }

    fn takes(&mut self, number: usize) -> bool {
        self.calls.push(number);
        !self.refuses_all && self.valid.contains(&number) && self.now < self.ends[number]
    }

    fn good(&self) -> Option<Token> {
        self.hand
            .filter(|token| self.refused != Some(token.number) && self.now < token.end)
    }

    fn token(&mut self, refused: Option<usize>) -> Result<Option<usize>, bool> {
        if let Some(number) = refused
            && self.hand.is_some_and(|hand| hand.number == number)
            && self.refused != refused
        {
            if self.now < self.patience {
                return Ok(None);
            }
            self.patience = self.now + 60;
            self.refused = refused;
        }
        if let Some(token) = self.good().filter(|token| self.now < token.due) {
            return Ok(Some(token.number));
        }
        if let Some((until, final_)) = self.failure
            && self.now < until
        {
            return self.good().map(|token| Some(token.number)).ok_or(final_);
        }
        match self.refresh() {
            Ok(number) => {
                self.failure = None;
                self.failures = 0;
                Ok(Some(number))
            }
            Err(final_) => {
                let pause = (1 << self.failures.min(5)).min(30);
                self.failures += 1;
                self.failure = Some((self.now + pause, final_));
                self.good().map(|token| Some(token.number)).ok_or(final_)
            }
        }
    }

    fn refresh(&mut self) -> Result<usize, bool> {
        if !self.loaded {
            self.loaded = true;
            self.hand = self.stored.map(|(number, end)| Token {
                number,
                due: end.saturating_sub(120).max(self.now.min(end)),
                end,
            });
            // One that is to be replaced soon is to be replaced now.
            if let Some(token) = self.good()
                && token.end - self.now > 120
            {
                return Ok(token.number);
            }
        }
        if self.dead {
            return Err(true);
        }
        self.asked += 1;
        if self.lost > 0 {
            self.lost -= 1;
            return Err(false);
        }
        if !self.installed {
            self.dead = true;
            return Err(true);
        }
        let number = self.ends.len();
        let end = self.now + self.lifetime;
        self.ends.push(end);
        self.valid.insert(number);
        self.stored = Some((number, end));
        self.hand = Some(Token {
            number,
            // Half a second does not matter here.
            due: end - 120.min(self.lifetime / 2),
            end,
        });
        Ok(number)
    }
}

/// The real thing.
struct Real {
    hubspot: HubSpot,
    store: hubchannel_middleware::MemoryTokenStore,
    portal: PortalToken,
    connections: u32,
}

impl Real {
    fn new() -> Self {
        let hubspot = HubSpot::new();
        let store = connected();
        let portal = hubspot.builder(store.clone()).build().portal(PORTAL);
        Real {
            hubspot,
            store,
            portal,
            connections: 0,
        }
    }

    fn call(&self) -> End {
        let client = self.hubspot.client(self.portal.clone());
        match drive(&self.hubspot.clock, client.get_message(read())) {
            Ok(_) => End::Done,
            Err(error) => match CredentialsError::of(&error) {
                Some(error) => End::NoToken(error.must_reconnect()),
                None => {
                    assert_eq!(error.status().map(|status| status.as_u16()), Some(401));
                    End::Refused
                }
            },
        }
    }
}

fn run(events: &[Event]) {
    let (mut real, mut model) = (Real::new(), Model::new());
    for (at, event) in events.iter().enumerate() {
        match event {
            Event::Call => {
                assert_eq!(real.call(), model.call(), "event {at} of {events:?}\n{model:?}");
            }
            Event::Pass(seconds) => {
                real.hubspot.clock.advance(Duration::from_secs(*seconds));
                model.now += seconds;
            }
            Event::Revoke => {
                real.hubspot.revoke_access();
                model.valid.clear();
            }
            Event::RefuseAll(refuses) => {
                real.hubspot.state().refuses_all = *refuses;
                model.refuses_all = *refuses;
            }
            Event::Lose(count) => {
                let lost = usize::from(*count);
                real.hubspot.state().next = std::iter::repeat_n(Next::Lost, lost).collect();
                model.lost = *count;
            }
            Event::Uninstall => {
                real.hubspot.state().refresh_tokens.clear();
                model.installed = false;
            }
            Event::Connect => {
                real.connections += 1;
                let token = format!("{REFRESH}-{}", real.connections);
                real.hubspot.state().refresh_tokens.insert(token.clone());
                drive(&real.hubspot.clock, real.portal.connect(PortalTokens::new(token))).unwrap();
                model.forget();
                model.installed = true;
                model.stored = None;
            }
            Event::Restart => {
                real.portal = real.hubspot.builder(real.store.clone()).build().portal(PORTAL);
                model.forget();
            }
            Event::Lifetime(seconds) => {
                real.hubspot.state().lifetime = *seconds;
                model.lifetime = *seconds;
            }
        }
        let calls: Vec<usize> = real
            .hubspot
            .calls()
            .iter()
            .map(|number| number.parse().unwrap())
            .collect();
        assert_eq!(calls, model.calls, "event {at} of {events:?}");
        assert_eq!(real.hubspot.refreshes(), model.asked, "event {at} of {events:?}");
        assert_eq!(real.hubspot.clock.sleepers(), 0, "nothing is left waiting");
    }
}

/// What happens in a crowd of callers.
#[derive(Clone, Debug)]
enum Stir {
    Come,
    GiveUp(usize),
    /// A caller's owner polls it no more, or does again.
    SetPolled(usize, bool),
    Pass(u64),
    Revoke,
    Next(u8),
}

fn stirs() -> impl Strategy<Value = Vec<Stir>> {
    let stir = prop_oneof![
        6 => Just(Stir::Come),
        3 => any::<usize>().prop_map(Stir::GiveUp),
        3 => (any::<usize>(), any::<bool>()).prop_map(|(at, polled)| Stir::SetPolled(at, polled)),
        6 => prop::sample::select(vec![0, 1, 2, 3, 30, 60, 1_800]).prop_map(Stir::Pass),
        1 => Just(Stir::Revoke),
        2 => (0..4_u8).prop_map(Stir::Next),
    ];
    prop::collection::vec(stir, 1..60)
}

/// However callers come and go: one asks HubSpot at a time, whoever is polled hears by his deadline, and nothing is left over.
fn crowd_holds(stirs: &[Stir]) {
    let hubspot = HubSpot::new();
    hubspot.state().takes = Duration::from_secs(2);
    let portal = hubspot.portal();
    let mut crowd = Crowd::new();
    crowd.clock = hubspot.clock.clone();
    for stir in stirs {
        match stir {
            Stir::Come => {
                let client = hubspot.client(portal.clone());
                crowd.come(async move { client.get_message(read()).await.map(drop) });
            }
            Stir::GiveUp(at) => crowd.give_up(*at),
            Stir::SetPolled(at, polled) => crowd.set_polled(*at, *polled),
            Stir::Pass(seconds) => crowd.advance_through(Duration::from_secs(*seconds)),
            Stir::Revoke => hubspot.revoke_access(),
            Stir::Next(0) => hubspot.then([Next::Lost]),
            Stir::Next(1) => hubspot.then([Next::Answer(503, "")]),
            Stir::Next(2) => hubspot.then([Next::Silence]),
            Stir::Next(_) => hubspot.then([Next::Issue]),
        }
        assert!(hubspot.state().asking.1 <= 1, "{stirs:?}");
    }
    crowd.advance_through(Duration::from_secs(120));
    assert_eq!(crowd.waiting(), crowd.idle(), "nobody waits for those who are idle: {stirs:?}");
    crowd.poll_all_again();
    crowd.advance_through(Duration::from_secs(120));
    assert_eq!(crowd.waiting(), 0, "{stirs:?}");
    hubspot.state().next.clear();
    crowd.advance_through(Duration::from_secs(60));
    drive(&hubspot.clock, hubspot.client(portal).get_message(read())).unwrap();
    assert_eq!((hubspot.state().asking.0, hubspot.clock.sleepers()), (0, 0), "{stirs:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn callers_who_come_and_go_hold_up_nobody(stirs in stirs()) {
        crowd_holds(&stirs);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn calls_get_the_tokens_that_the_model_says(events in events()) {
        run(&events);
    }
}
