//! A call that is dropped at any point, with all layers around it: nothing stays held, and whoever comes later is served.

use std::{
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::{Duration, SystemTime},
};

use http::StatusCode;
use hubchannel::{
    Client, Error, OAuthClient, PublishMessage, RequestToken,
    clock::{Clock as _, ManualClock},
    emulator::{Emulator, Fault, FaultRule, Seed},
    middleware::{MemoryTokenStore, PortalTokens, Portals, RateLimiter, RetryBudget, RetryPolicy, Stack},
};

use crate::{
    Scene,
    course::message,
    line::{START, clock_at},
};

/// What nobody needs more polls for, or more ends of waits.
const ENOUGH: usize = 1_000;

/// In how long one request may start again after another: the window, and a fiftieth.
const TURN: Duration = Duration::from_millis(10_200);

/// How long a refresh takes.
const REFRESH: Duration = Duration::from_secs(1);

/// A bridge whose first call waits for everything that a call can wait for: a token, its turn, another token after a 401,
/// the time until a repeat after a 503, and an answer that takes a while.
struct Scenery {
    emulator: Emulator,
    clock: ManualClock,
    limiter: RateLimiter,
    budget: RetryBudget,
    client: Client,
    /// Whether there are others in the same runtime who go on by themselves.
    in_runtime: bool,
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Somebody who waits for a call, and looks at it only when he is woken.
struct Caller<'a> {
    call: Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>,
    woken: Arc<Flag>,
    polls: usize,
    told: Option<Result<(), Error>>,
}

impl<'a> Caller<'a> {
    fn new(client: &'a Client, text: &str) -> Self {
        let mut call = message(text);
        call.body = call.body.set_integration_idempotency_id(text);
        Caller {
            call: Box::pin(async move { client.publish_message(call).await.map(drop) }),
            woken: Arc::new(Flag(AtomicBool::new(true))),
            polls: 0,
            told: None,
        }
    }

    /// Whether there was something to look at.
    fn look(&mut self) -> bool {
        if self.told.is_some() || !self.woken.0.swap(false, Ordering::SeqCst) {
            return false;
        }
        self.polls += 1;
        let waker = Waker::from(Arc::clone(&self.woken));
        if let Poll::Ready(told) = self.call.as_mut().poll(&mut Context::from_waker(&waker)) {
            self.told = Some(told);
        }
        true
    }
}

impl Scenery {
    fn new(in_runtime: bool) -> Self {
        let clock = clock_at(START);
        let emulator = Emulator::with_seed(Seed::default().with_clock(clock.clone()).without_rate_limits());
        let slow = |fault: Fault| FaultRule::new(fault).operation::<PublishMessage>().times(1);
        emulator.add_fault(slow(Fault::ExpireToken));
        emulator.add_fault(slow(Fault::StatusBeforeEffect(StatusCode::SERVICE_UNAVAILABLE)));
        emulator.add_fault(slow(Fault::DelayBeforeEffect(Duration::from_secs(2))));
        emulator.add_fault(FaultRule::new(Fault::DelayBeforeEffect(REFRESH)).operation::<RequestToken>());
        let scopes = [
            "conversations.custom_channels.read",
            "conversations.custom_channels.write",
        ];
        let tokens = PortalTokens::new(emulator.refresh_token(62515, scopes));
        let oauth = OAuthClient::new(emulator.transport(), emulator.oauth_app());
        let store = MemoryTokenStore::new().with("62515", tokens);
        let portals = Portals::builder(oauth, store).clock(clock.clone()).build();
        let limiter = RateLimiter::new(1, RateLimiter::WINDOW, Arc::new(clock.clone()));
        let budget = RetryBudget::default();
        let stack = Stack::new(emulator.transport())
            .oauth(portals.portal("62515"))
            .rate_limiter(limiter.clone())
            .retry(RetryPolicy::new().budget(budget.clone()).seed(1))
            .deadline(Duration::from_secs(300))
            .clock(clock.clone())
            .build();
        Scenery {
            client: Client::builder(stack).clock(clock.clone()).build(),
            emulator,
            clock,
            limiter,
            budget,
            in_runtime,
        }
    }

    /// When the requests to publish arrived.
    fn publishes(&self) -> Vec<SystemTime> {
        let received = self.emulator.received().into_iter();
        let publishes = received.filter(|received| received.path_and_query.ends_with("/messages"));
        publishes.map(|received| received.at).collect()
    }

    /// Whether the repeat after the 503 has begun, which is what it costs budget for.
    fn repeats(&self) -> bool {
        match self.publishes().len() {
            0 | 1 => false,
            2 => self.limiter.waiting() > 0,
            _ => true,
        }
    }

    /// Lets callers look and time pass until this is so.
    async fn until(&self, callers: &mut [&mut Caller<'_>], is_so: impl Fn(&[&mut Caller<'_>]) -> bool) {
        for _ in 0..ENOUGH {
            if is_so(callers) {
                return;
            }
            if self.in_runtime {
                for _ in 0..4 {
                    tokio::task::yield_now().await;
                }
            }
            if let Some(caller) = callers.iter_mut().find_map(|caller| caller.look().then_some(caller)) {
                assert!(caller.polls < ENOUGH, "it asks to be polled for ever");
                continue;
            }
            let wake = self.clock.next_wake();
            let wake = wake.unwrap_or_else(|| panic!("nothing will ever wake them: {:?}", self.clock));
            self.clock.advance(wake);
        }
        panic!("it takes for ever: {:?}", self.clock);
    }

    async fn serves(&self, text: &str) {
        let mut caller = Caller::new(&self.client, text);
        self.until(&mut [&mut caller], |callers| callers[0].told.is_some())
            .await;
        assert!(matches!(caller.told, Some(Ok(()))), "{:?}", caller.told);
        let messages = self.emulator.messages();
        assert_eq!(
            messages
                .iter()
                .filter(|message| message.text.as_ref().is_some_and(|of| of == text))
                .count(),
            1
        );
    }

    /// Nothing is held by a call that is no more.
    async fn holds_nothing(&self) {
        assert_eq!(self.limiter.waiting(), 0);
        // Only a refresh goes on by itself, where there is a runtime.
        self.until(&mut [], |_| self.clock.sleepers() == 0).await;
    }
}

/// Drops a call after so many polls; `false` where it was at its end before.
async fn drops(polls: usize, in_runtime: bool) -> bool {
    let _scene = Scene(format!("dropped after {polls} polls, in a runtime: {in_runtime}"));
    let scenery = Scenery::new(in_runtime);
    let mut dropped = Caller::new(&scenery.client, "dropped");
    scenery
        .until(&mut [&mut dropped], |callers| callers[0].polls >= polls || callers[0].told.is_some())
        .await;
    if dropped.told.is_some() {
        assert!(matches!(dropped.told, Some(Ok(()))), "{:?}", dropped.told);
        return false;
    }
    let spent = if scenery.repeats() { RetryBudget::COST } else { 0 };
    let (before, then) = (scenery.publishes(), scenery.clock.wall());
    drop(dropped);
    assert_eq!(scenery.budget.available(), RetryBudget::CAPACITY - spent);
    if !in_runtime {
        assert_eq!(scenery.clock.sleepers(), 0);
    }
    assert_eq!(scenery.limiter.waiting(), 0);
    scenery.serves("dropped").await;
    // It waits for the turn after the last request that was sent, and not after one that was not.
    let first = scenery.publishes()[before.len()];
    let free = before.last().map_or(then, |last| then.max(*last + TURN));
    assert!(first <= free + 2 * REFRESH, "{first:?} is later than {free:?}");
    scenery.holds_nothing().await;
    scenery.serves("later").await;
    true
}

/// Drops a call after so many polls while another waits behind it.
async fn drops_before_another(polls: usize, in_runtime: bool) -> bool {
    let _scene = Scene(format!("dropped before another after {polls} polls, in a runtime: {in_runtime}"));
    let scenery = Scenery::new(in_runtime);
    let mut dropped = Caller::new(&scenery.client, "dropped");
    let mut other = Caller::new(&scenery.client, "other");
    scenery
        .until(&mut [&mut dropped, &mut other], |callers| callers[0].polls >= polls || callers[0].told.is_some())
        .await;
    let goes_on = dropped.told.is_none();
    drop(dropped);
    scenery
        .until(&mut [&mut other], |callers| callers[0].told.is_some())
        .await;
    assert!(matches!(other.told, Some(Ok(()))), "{:?}", other.told);
    drop(other);
    scenery.holds_nothing().await;
    scenery.serves("dropped").await;
    scenery.serves("other").await;
    goes_on
}

/// Runs what waits for nothing but the clock.
fn at_once<T>(work: impl Future<Output = T>) -> T {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("it waits for somebody"),
    }
}

#[test]
fn a_call_that_is_dropped_after_any_number_of_polls_holds_nothing() {
    let points = (0..ENOUGH).take_while(|polls| at_once(drops(*polls, false))).count();
    assert!((8..ENOUGH).contains(&points), "{points}");
    let points = (0..ENOUGH)
        .take_while(|polls| at_once(drops_before_another(*polls, false)))
        .count();
    assert!((8..ENOUGH).contains(&points), "{points}");
}

#[tokio::test]
async fn a_call_that_is_dropped_in_a_runtime_after_any_number_of_polls_holds_nothing() {
    let mut points = 0;
    while drops(points, true).await {
        points += 1;
    }
    assert!(points >= 8, "{points}");
    let mut points = 0;
    while drops_before_another(points, true).await {
        points += 1;
    }
    assert!(points >= 8, "{points}");
}
