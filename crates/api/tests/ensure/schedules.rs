//! Random schedules of visibility and faults, against a reference that knows all of them beforehand.

use std::time::Duration;

use hubchannel_api::{
    CallOptions, ChannelOutcome, Client, EnsureChannel, EnsureError, EnsuredChannel, Waits, clock::Clock,
};
use proptest::{prelude::*, sample::select};

use crate::{
    channels::{HOOK, body, channel, seconds},
    world::{Fate, World},
};

#[derive(Clone, Debug)]
struct Case {
    /// Channels that others have registered: whether it is the one, and from when it is listed.
    others: Vec<(bool, u64)>,
    before: Vec<u64>,
    after: Vec<u64>,
    looks: Vec<Fate>,
    creation: Fate,
    delay: u64,
    /// Whether the id is missing from the answer to the creation.
    keeps_id: bool,
    deadline: Option<u64>,
    page_size: usize,
}

fn case() -> impl Strategy<Value = Case> {
    let creation = select(vec![
        Fate::Well,
        Fate::Well,
        Fate::Well,
        Fate::LostAnswer,
        Fate::LostRequest,
        Fate::NotSent,
        Fate::Rejected(400),
        Fate::Rejected(409),
        Fate::DoneAnd(500),
    ]);
    let look = prop_oneof![
        8 => Just(Fate::Well),
        1 => Just(Fate::LostAnswer),
        1 => Just(Fate::Rejected(500)),
        1 => Just(Fate::Rejected(403)),
    ];
    let waits = || proptest::collection::vec(0_u64..9, 0..5);
    (
        proptest::collection::vec((any::<bool>(), prop_oneof![3 => 0_u64..2, 2 => 0_u64..40, 2 => Just(900)]), 0..4),
        waits(),
        waits(),
        proptest::collection::vec(look, 0..12),
        creation,
        prop_oneof![2 => Just(0), 3 => 0_u64..30, 1 => Just(900)],
        any::<bool>(),
        proptest::option::of(1_u64..60),
        1_usize..4,
    )
        .prop_map(|(others, before, after, looks, creation, delay, keeps_id, deadline, page_size)| Case {
            others,
            before,
            after,
            looks,
            creation,
            delay,
            keeps_id,
            deadline,
            page_size,
        })
}

impl Case {
    fn world(&self) -> World {
        let world = World::new();
        for (at, (is_it, listed_from)) in self.others.iter().enumerate() {
            let hook = if *is_it { HOOK } else { "https://other.example.com" };
            world.add_channel(channel(&at.to_string(), "Harbour chat", hook), seconds(*listed_from));
        }
        let mut state = world.state();
        state.looks.extend(&self.looks);
        state.creations.push_back(self.creation);
        state.delay = seconds(self.delay);
        state.keeps_id = self.keeps_id;
        state.page_size = self.page_size;
        drop(state);
        world
    }

    fn call(&self) -> EnsureChannel {
        let waits = |waits: &[u64]| Waits::new(waits.iter().map(|wait| seconds(*wait)));
        let options = CallOptions::default();
        let options = match self.deadline {
            Some(deadline) => options.with_deadline(seconds(deadline)),
            None => options,
        };
        EnsureChannel::by_webhook_url(body())
            .with_waits_before(waits(&self.before))
            .with_waits_after(waits(&self.after))
            .with_options(options)
    }
}

/// What is to come of it, in a form that is easy to compare.
#[derive(Debug, PartialEq)]
enum Told {
    Found(String),
    Created(String),
    NotVisible(Option<String>),
    Appeared(String),
    Ambiguous(Vec<String>),
    Unknown,
    /// Nothing was created.
    Failed,
}

const OWN: &str = "9001";

fn told(result: &Result<EnsuredChannel, EnsureError>) -> Told {
    match result {
        Ok(ensured) => {
            let id = ensured.channel.id.as_ref().map(ToString::to_string);
            match (ensured.outcome, id) {
                (ChannelOutcome::Found, Some(id)) => Told::Found(id),
                (ChannelOutcome::Created, Some(id)) => Told::Created(id),
                (ChannelOutcome::CreatedNotVisible, id) => Told::NotVisible(id),
                (ChannelOutcome::Appeared, Some(id)) => Told::Appeared(id),
                (outcome, None) => panic!("{outcome:?} of none"),
                (outcome, _) => panic!("{outcome:?}"),
            }
        }
        Err(EnsureError::Ambiguous { ids, .. }) => Told::Ambiguous(ids.clone()),
        Err(EnsureError::Unknown { .. }) => Told::Unknown,
        Err(EnsureError::Call(error)) => {
            assert!(!error.outcome_unknown(), "{error}");
            Told::Failed
        }
        Err(error) => panic!("{error}"),
    }
}

/// All looks of a case, with the knowledge of what is listed when.
struct Reference<'a> {
    case: &'a Case,
    now: u64,
    looked: usize,
    own_from: Option<u64>,
}

impl Reference<'_> {
    /// The ids that a look shows; `Err` tells whether a failure passes.
    fn look(&mut self) -> Result<Vec<String>, bool> {
        let fate = self.case.looks.get(self.looked).copied().unwrap_or(Fate::Well);
        self.looked += 1;
        match fate {
            Fate::Well => {}
            Fate::Rejected(403) => return Err(false),
            _ => return Err(true),
        }
        let others = self.case.others.iter().enumerate();
        let listed = others.filter(|(_, (is_it, from))| *is_it && *from <= self.now);
        let mut ids: Vec<String> = listed.map(|(at, _)| at.to_string()).collect();
        ids.extend(self.own_from.filter(|from| *from <= self.now).map(|_| OWN.to_owned()));
        Ok(ids)
    }

    fn wait(&mut self, wait: u64) -> bool {
        let fits = self.case.deadline.is_none_or(|deadline| self.now + wait < deadline);
        if fits {
            self.now += wait;
        }
        fits
    }

    fn run(mut self) -> (Told, u64) {
        let told = self.told();
        (told, self.now)
    }

    fn told(&mut self) -> Told {
        let case = self.case;
        for wait in case.before.iter().map(Some).chain([None]) {
            match self.look() {
                Err(_) => return Told::Failed,
                Ok(ids) if ids.len() == 1 => return Told::Found(ids.concat()),
                Ok(ids) if ids.len() > 1 => return Told::Ambiguous(ids),
                Ok(_) => {}
            }
            if wait.is_some_and(|wait| !self.wait(*wait)) {
                return Told::Failed;
            }
        }
        if case.creation.is_done() {
            self.own_from = Some(self.now + case.delay);
        }
        let is_told = match case.creation {
            Fate::Well => true,
            Fate::NotSent | Fate::Rejected(400) => return Told::Failed,
            _ => false,
        };
        for wait in case.after.iter().map(Some).chain([None]) {
            let mut goes_on = true;
            match self.look() {
                Err(passes) => goes_on = passes,
                Ok(ids) if ids.is_empty() => {}
                // Nobody can tell whose it is.
                Ok(ids) if is_told && case.keeps_id && ids.len() == 1 => return Told::Created(ids.concat()),
                Ok(mut ids) if is_told && !case.keeps_id => {
                    if ids == [OWN] {
                        return Told::Created(OWN.to_owned());
                    }
                    ids.retain(|id| id != OWN);
                    ids.push(OWN.to_owned());
                    return Told::Ambiguous(ids);
                }
                Ok(ids) if ids.len() == 1 => return Told::Appeared(ids.concat()),
                Ok(ids) => return Told::Ambiguous(ids),
            }
            if !goes_on || wait.is_none_or(|wait| !self.wait(*wait)) {
                break;
            }
        }
        match is_told {
            true => Told::NotVisible((!case.keeps_id).then(|| OWN.to_owned())),
            false => Told::Unknown,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_channel_is_ensured_as_the_reference_says(case in case()) {
        let world = case.world();
        let result = world.run(world.client().ensure_channel(case.call()));
        let reference = Reference { case: &case, now: 0, looked: 0, own_from: None };
        let (expected, end) = reference.run();
        prop_assert_eq!(told(&result), expected, "{:?}", result);
        prop_assert_eq!(world.clock.monotonic(), seconds(end));
        prop_assert!(world.created() <= 1);
    }

    /// Two processes, on one clock, whose calls come in any order.
    #[test]
    fn of_two_processes_each_creates_one_at_most_and_doubles_are_told_in_the_end(
        case in case(),
        turns in proptest::collection::vec(any::<bool>(), 1..40),
    ) {
        let case = Case { looks: Vec::new(), others: Vec::new(), ..case };
        let world = case.world();
        world.state().creations.push_back(case.creation);
        let (first, second) = (world.client(), world.client());
        let (first, second) = world.run_both(
            first.ensure_channel(case.call()),
            second.ensure_channel(case.call()),
            &turns,
        );
        prop_assert!(world.created() <= 2);
        let there = world.state().channels.len();
        let handed: Vec<String> = [&first, &second]
            .iter()
            .filter_map(|result| Some(result.as_ref().ok()?.channel.id.as_ref()?.to_string()))
            .collect();
        // Nobody is handed a channel that is not there.
        let is_there = |id: &String| world.state().channels.iter().any(|late| late.thing.id == id.as_str().into());
        prop_assert!(handed.iter().all(is_there));
        // Once all is listed, whoever asks learns how many there are, and creates none besides.
        world.clock.advance(Duration::from_secs(10_000));
        world.state().creations.clear();
        world.state().delay = Duration::ZERO;
        let later = ensure_later(&world, &world.client());
        match there {
            0 => prop_assert!(matches!(later, Ok(ensured) if ensured.outcome == ChannelOutcome::Created)),
            1 => {
                let later = later.unwrap();
                prop_assert_eq!(later.outcome, ChannelOutcome::Found);
                let id = later.channel.id.into_option().unwrap().to_string();
                prop_assert!(handed.iter().all(|handed| *handed == id));
            }
            _ => {
                let is_told = matches!(&later, Err(EnsureError::Ambiguous { ids, .. }) if ids.len() == there);
                prop_assert!(is_told, "{:?}", later);
            }
        }
        prop_assert_eq!(world.state().channels.len(), there.max(1));
    }

    /// A call that is dropped anywhere, as when its process dies, and called again when all is listed.
    #[test]
    fn a_call_after_a_crash_creates_nothing_where_something_was_created(case in case(), polls in 0_usize..30) {
        let case = Case { looks: Vec::new(), others: Vec::new(), deadline: None, ..case };
        let world = case.world();
        let client = world.client();
        let mut call = Box::pin(client.ensure_channel(case.call()));
        for _ in 0..polls {
            if crate::world::poll(call.as_mut()).is_ready() {
                break;
            }
            if let Some(wait) = world.clock.next_wake() {
                world.clock.advance(wait);
            }
        }
        drop(call);
        let there = world.state().channels.len();
        world.clock.advance(Duration::from_secs(10_000));
        world.state().creations.clear();
        world.state().delay = Duration::ZERO;
        let ensured = ensure_later(&world, &client).unwrap();
        let outcome = if there == 1 { ChannelOutcome::Found } else { ChannelOutcome::Created };
        prop_assert_eq!(ensured.outcome, outcome);
        prop_assert_eq!(world.state().channels.len(), 1);
    }
}

fn ensure_later(world: &World, client: &Client) -> Result<EnsuredChannel, EnsureError> {
    world.run(client.ensure_channel(EnsureChannel::by_webhook_url(body())))
}
