//! Who carries it.

use std::{
    convert::Infallible,
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
    time::{Duration, SystemTime},
};

use http::Request;
use hubchannel_api::{
    Body, HttpTransport,
    clock::{Clock, Sleep},
};

use super::{Schedule, Ticket, WebhookDelivery, WebhookOutcome};
use crate::{Emulator, changes::ChangeKind};

/// The longest answer that is kept.
const ANSWER_LIMIT: u64 = 64 * 1024;

/// # Webhooks
impl Emulator {
    /// Delivers what is due now to the bridges, over this transport, and says how many attempts that took.
    ///
    /// ```
    /// use async_trait::async_trait;
    /// use http::{Request, Response};
    /// use hubchannel_api::{Body, Client, HttpTransport, PublishMessage, TransportError};
    /// use hubchannel_api::model::{DeliveryIdentifier, NewMessage, Participant};
    /// use hubchannel_emulator::{Emulator, Seed, WebhookState};
    ///
    /// /// Stands for the bridge's server.
    /// #[derive(Debug)]
    /// struct Bridge;
    ///
    /// #[async_trait]
    /// impl HttpTransport for Bridge {
    ///     async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
    ///         assert_eq!(request.uri(), "https://bridge.example.com/events");
    ///         assert!(request.headers().contains_key("x-hubspot-signature-v3"));
    ///         Ok(Response::new(Body::empty()))
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::with_seed(Seed::default().with_webhook_url("https://bridge.example.com/events"));
    /// let client = Client::new(emulator.transport().with_access_token(emulator.access_token()));
    ///
    /// let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
    /// let body = NewMessage::incoming(emulator.channel_account_id(), visitor, "Is it in stock?");
    /// let message = client.publish_message(PublishMessage::new(emulator.channel_id(), body)).await?;
    /// emulator.agent_replies(message.conversations_thread_id.as_ref().ok_or("no thread")?.clone(), "Yes")?;
    ///
    /// assert_eq!(emulator.deliver(&Bridge).await, 1);
    /// assert_eq!(emulator.deliveries()[0].state, WebhookState::Delivered);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// An attempt fails where there is no connection, no answer within the [`WebhookPolicy`](crate::WebhookPolicy)'s
    /// timeout, or an answer that is not 2xx. It is repeated later, up to the policy's number of retries; until then what
    /// comes after it in its thread waits. Threads do not wait for each other. The time is the emulator's clock; see
    /// [`until_next_delivery`](Emulator::until_next_delivery) for moving one by hand, and
    /// [`keep_delivering`](Emulator::keep_delivering) for one that moves.
    ///
    /// When the future is dropped, the attempts that are under way end as [`Abandoned`](WebhookOutcome::Abandoned), which is
    /// a failure like others.
    pub async fn deliver(&self, transport: &dyn HttpTransport) -> usize {
        let mut courier = Courier::new(self, transport);
        poll_fn(|context| match courier.carry(context) {
            true => Poll::Pending,
            false => Poll::Ready(()),
        })
        .await;
        courier.attempts
    }

    /// Delivers over this transport whatever comes, when it is due, and does not end: for a server that runs.
    ///
    /// ```
    /// # async fn example(transport: std::sync::Arc<dyn hubchannel_api::HttpTransport>) {
    /// use hubchannel_emulator::Emulator;
    ///
    /// let emulator = Emulator::new();
    /// let courier = emulator.clone();
    /// tokio::spawn(async move { courier.keep_delivering(&*transport).await });
    /// # }
    /// ```
    ///
    /// It waits by the emulator's clock, which is then better one of the runtime's than the `SystemClock`, whose waits cost
    /// a thread each.
    pub async fn keep_delivering(&self, transport: &dyn HttpTransport) -> Infallible {
        let mut courier = Courier::new(self, transport);
        poll_fn(|context| {
            loop {
                courier.carry(context);
                if !courier.wait(context) {
                    return Poll::Pending;
                }
            }
        })
        .await
    }

    /// How long it is until something is due to be delivered, by the emulator's clock: nothing where it is due now, `None`
    /// where nothing waits.
    ///
    /// ```
    /// # async fn example(bridge: &dyn hubchannel_api::HttpTransport) {
    /// use std::time::SystemTime;
    /// use hubchannel_api::clock::ManualClock;
    /// use hubchannel_emulator::{Emulator, Seed};
    ///
    /// let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
    /// let emulator = Emulator::with_seed(Seed::default().with_clock(clock.clone()));
    /// // … until every delivery is done or given up, in no time:
    /// while let Some(wait) = emulator.until_next_delivery() {
    ///     clock.advance(wait);
    ///     emulator.deliver(bridge).await;
    /// }
    /// # }
    /// ```
    pub fn until_next_delivery(&self) -> Option<Duration> {
        let now = self.now();
        let due = self.with_schedule(|schedule| schedule.next_due())?;
        Some(due.duration_since(now).unwrap_or_default())
    }

    /// Every delivery, in the order in which they were queued, with every attempt, as far as the
    /// [`Retention`](crate::Retention) keeps them: of those that are over the oldest are forgotten where there are more than
    /// 10,000 in all, unless another number is set.
    pub fn deliveries(&self) -> Vec<WebhookDelivery> {
        self.with_schedule(|schedule| schedule.deliveries().cloned().collect())
    }

    /// How many deliveries are neither done nor given up.
    pub fn pending_deliveries(&self) -> usize {
        self.with_schedule(Schedule::pending)
    }

    /// Delivers the event of this delivery once more, with the same event id, behind what waits in its thread; says the
    /// number of the new delivery, or `None` where there is no such delivery.
    pub fn replay(&self, number: usize) -> Option<usize> {
        let new = self.change_world(|world, now| {
            let new = world.schedule.replay(number, now)?;
            world.state.changes.note(ChangeKind::Delivery, new);
            Some(new)
        });
        self.ring();
        new
    }

    /// Makes a delivery that waits for its next attempt due now; `false` where it does not wait.
    pub fn retry_now(&self, number: usize) -> bool {
        let waits = self.change_world(|world, now| {
            let waits = world.schedule.hurry(number, now);
            if waits {
                world.state.changes.note(ChangeKind::Delivery, number);
            }
            waits
        });
        self.ring();
        waits
    }
}

type Flight<'e> = Pin<Box<dyn Future<Output = ()> + Send + 'e>>;

/// Carries what is due, all of it at once.
struct Courier<'e> {
    emulator: &'e Emulator,
    transport: &'e dyn HttpTransport,
    flights: Vec<Flight<'e>>,
    attempts: usize,
    sleep: Option<(SystemTime, Sleep)>,
}

impl<'e> Courier<'e> {
    fn new(emulator: &'e Emulator, transport: &'e dyn HttpTransport) -> Self {
        Courier {
            emulator,
            transport,
            flights: Vec::new(),
            attempts: 0,
            sleep: None,
        }
    }

    /// Begins what is due and goes on with what is under way; says whether anything still is.
    fn carry(&mut self, context: &mut Context<'_>) -> bool {
        loop {
            self.emulator.listen(context.waker());
            for (ticket, request) in self.emulator.begin_due() {
                self.attempts += 1;
                let guard = UnderWay {
                    emulator: self.emulator,
                    ticket,
                    outcome: None,
                };
                self.flights.push(Box::pin(attempt(guard, self.transport, request)));
            }
            let before = self.flights.len();
            self.flights
                .retain_mut(|flight| flight.as_mut().poll(context).is_pending());
            // What has ended may let others begin.
            if self.flights.len() == before {
                return before > 0;
            }
        }
    }

    /// Waits for what is due next; says whether it is due now.
    fn wait(&mut self, context: &mut Context<'_>) -> bool {
        let Some(due) = self.emulator.with_schedule(|schedule| schedule.next_due()) else {
            self.sleep = None;
            return false;
        };
        if self.sleep.as_ref().is_none_or(|(until, _)| *until != due) {
            let rest = due.duration_since(self.emulator.now()).unwrap_or_default();
            self.sleep = Some((due, self.emulator.clock().sleep(rest)));
        }
        let over = match &mut self.sleep {
            Some((_, sleep)) => sleep.as_mut().poll(context).is_ready(),
            None => false,
        };
        if over {
            self.sleep = None;
        }
        over
    }
}

/// An attempt that ends even where nobody waits for it any more.
struct UnderWay<'e> {
    emulator: &'e Emulator,
    ticket: Ticket,
    outcome: Option<WebhookOutcome>,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let outcome = self.outcome.take().unwrap_or(WebhookOutcome::Abandoned);
        self.emulator
            .change_delivery(self.ticket.number, |schedule, now| schedule.end(self.ticket, outcome, now));
    }
}

async fn attempt(mut under_way: UnderWay<'_>, transport: &dyn HttpTransport, request: Result<Request<Body>, String>) {
    let outcome = match request {
        Ok(request) => {
            let emulator = under_way.emulator;
            let timeout = emulator.with_schedule(|schedule| schedule.policy().timeout());
            let mut timer = emulator.clock().sleep(timeout);
            let mut answer = pin!(send(transport, request));
            poll_fn(|context| match answer.as_mut().poll(context) {
                Poll::Pending => timer.as_mut().poll(context).map(|()| WebhookOutcome::TimedOut),
                ready => ready,
            })
            .await
        }
        Err(reason) => WebhookOutcome::Unsent { reason },
    };
    under_way.outcome = Some(outcome);
}

async fn send(transport: &dyn HttpTransport, request: Request<Body>) -> WebhookOutcome {
    match transport.send(request).await {
        Ok(response) => WebhookOutcome::Answered {
            status: response.status(),
            body: response.into_body().read(ANSWER_LIMIT).await.unwrap_or_default(),
        },
        Err(error) => WebhookOutcome::Failed {
            kind: error.kind(),
            message: error.to_string(),
        },
    }
}

/// Wakes couriers when there is something new.
#[derive(Debug, Default)]
pub(crate) struct Bell(Vec<Waker>);

impl Bell {
    pub(crate) fn listen(&mut self, waker: &Waker) {
        if !self.0.iter().any(|known| known.will_wake(waker)) {
            self.0.push(waker.clone());
        }
    }

    /// Those to wake, which must not happen under a lock.
    pub(crate) fn take(&mut self) -> Vec<Waker> {
        std::mem::take(&mut self.0)
    }
}
