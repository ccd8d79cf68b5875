//! A bridge that publishes a message through a schedule, and what it is told, held against what truly happened.

use std::{ops::Range, time::Duration};

use hubchannel::{
    CallOptions, Client, Error, PublishMessage,
    clock::Clock as _,
    model::{DeliveryIdentifier, NewMessage, Participant},
};

use crate::{
    line::Line,
    said,
    schedule::{Leave, Schedule},
};

/// What truly happened on the other side.
pub(crate) trait Truth {
    /// The ids of the messages of a text, which tells messages apart.
    fn made(&self, text: &str) -> Vec<String>;

    /// How many requests had a fate that leaves the client without a word of whether they were done.
    fn hidden(&self) -> usize;

    /// The keys of all requests to publish a text.
    fn keys(&self, text: &str) -> Vec<String>;

    /// All that happened, in words.
    fn story(&self) -> String;

    /// What nobody may see.
    fn secrets(&self) -> Vec<String>;

    /// Whether all is done that will be, when a caller has left.
    fn is_settled(&self) -> bool {
        true
    }
}

pub(crate) struct Bridge<'a> {
    pub(crate) client: &'a Client,
    pub(crate) line: &'a Line,
    pub(crate) truth: &'a dyn Truth,
}

/// What was true before a call.
pub(crate) struct Before {
    made: Vec<String>,
    hidden: usize,
}

/// What came of many schedules.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    published: usize,
    unknown: usize,
    known: usize,
    left: usize,
}

impl Tally {
    /// Otherwise it would prove little. A schedule alone need not tell much.
    pub(crate) fn tells_enough(&self, seeds: Range<u64>) {
        let schedules = usize::try_from(seeds.end - seeds.start).unwrap();
        if schedules > 1 {
            let least = [self.unknown, self.known, self.left].into_iter().min();
            assert!(self.published > schedules / 2 && least > Some(schedules / 20), "{schedules}: {self:?}");
        }
    }
}

pub(crate) fn message(text: &str) -> PublishMessage {
    let visitor = Participant::new(DeliveryIdentifier::opaque("chat-42"));
    let body = NewMessage::incoming("3307400689", visitor, text).set_integration_thread_id("chat-42");
    PublishMessage::new("2930388", body)
}

pub(crate) fn options(deadline: Option<Duration>) -> CallOptions {
    deadline.map_or_else(CallOptions::default, |deadline| CallOptions::default().with_deadline(deadline))
}

impl Bridge<'_> {
    pub(crate) async fn publish(&self, call: PublishMessage) -> Result<String, Error> {
        self.publish_until(None, call).await.unwrap()
    }

    /// Nothing is told to a caller who leaves.
    async fn publish_until(&self, leave: Option<Leave>, call: PublishMessage) -> Option<Result<String, Error>> {
        let reply = self.line.run(leave, self.client.publish_message(call)).await?;
        Some(reply.map(|message| message.id.as_ref().unwrap().as_str().to_owned()))
    }

    pub(crate) fn before(&self, text: &str) -> Before {
        Before {
            made: self.truth.made(text),
            hidden: self.truth.hidden(),
        }
    }

    fn is_not_doubled(&self, text: &str) {
        let (made, keys) = (self.truth.made(text), self.truth.keys(text));
        assert!(made.len() <= 1, "doubled: {made:?}");
        assert!(keys.iter().all(|key| *key == keys[0]), "other keys for the same message: {keys:?}");
    }

    /// What was made before, in a call that was left in doubt, is not what this one tells of.
    pub(crate) fn is_true(&self, text: &str, before: &Before, told: &Result<String, Error>) {
        self.is_not_doubled(text);
        let made = self.truth.made(text);
        match told {
            Ok(id) => assert_eq!(made, [id.as_str()]),
            Err(error) if error.outcome_unknown() => {
                assert!(self.truth.hidden() > before.hidden, "everything was told, and yet: {error:?}");
                assert!(error.idempotency_key().is_some());
            }
            Err(error) => assert_eq!(made, before.made, "{error:?}"),
        }
    }

    /// Publishes a message through all that goes wrong, with the same key until it is done, and tells what the caller was
    /// told and what happened.
    pub(crate) async fn play(&self, seed: u64, schedule: &Schedule, tally: &mut Tally) -> String {
        said::listen();
        let text = format!("visitor's words {seed}");
        let mut call = message(&text).with_options(options(schedule.deadline));
        if schedule.leave.is_some() {
            // Whoever leaves is not told the key, so he brings one.
            call.body = call.body.set_integration_idempotency_id(format!("own-{seed}"));
        }
        let before = self.before(&text);
        let mut told = self.publish_until(schedule.leave, call.clone()).await;
        let mut story = self.words(told.as_ref());
        // Where what was under way when the caller left may be done at any time, only doubling can be seen.
        let is_open = told.is_none() && !self.truth.is_settled();
        tally.left += usize::from(told.is_none());
        if let Some(told) = &told {
            self.is_true(&text, &before, told);
        }
        for _ in 0..=schedule.faults.len() {
            self.is_not_doubled(&text);
            match &told {
                None => {}
                Some(Ok(_)) => break,
                Some(Err(error)) => {
                    is_discreet(error, self.truth, &text);
                    let key = error.idempotency_key().unwrap();
                    call.body = call.body.set_integration_idempotency_id(key);
                    tally.unknown += usize::from(error.outcome_unknown());
                    tally.known += usize::from(!error.outcome_unknown());
                    if !error.outcome_unknown() && !error.is_retryable() {
                        break;
                    }
                }
            }
            self.line.clock.advance(schedule.pause);
            let before = self.before(&text);
            let again = self.publish(call.clone()).await;
            match &again {
                Err(_) if is_open => self.is_not_doubled(&text),
                _ => self.is_true(&text, &before, &again),
            }
            told = Some(again);
            story.push_str(&self.words(told.as_ref()));
        }
        let said = said::by_spans();
        assert!(said.contains("publish_message"), "nothing was recorded");
        holds_no_secret(&said, self.truth, &text);
        tally.published += usize::from(told.is_some_and(|told| told.is_ok()));
        story + &self.truth.story()
    }

    /// What the caller was told, and when.
    fn words(&self, told: Option<&Result<String, Error>>) -> String {
        let told = match told {
            None => "nothing".to_owned(),
            Some(Ok(id)) => id.clone(),
            Some(Err(error)) => {
                let (kind, unknown, attempts) = (error.kind(), error.outcome_unknown(), error.attempts());
                format!("{kind:?}, unknown: {unknown}, {attempts:?}")
            }
        };
        format!("{told} at {:?}\n", self.line.clock.wall())
    }
}

/// No secret is in whatever can be said of an error.
pub(crate) fn is_discreet(error: &Error, truth: &dyn Truth, text: &str) {
    holds_no_secret(&said::by_error(error), truth, text);
}

fn holds_no_secret(said: &str, truth: &dyn Truth, text: &str) {
    for secret in truth.secrets().iter().map(String::as_str).chain([text]) {
        assert!(!said.contains(secret), "{secret} is in\n{said}");
    }
}
