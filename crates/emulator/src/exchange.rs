//! One request and what becomes of it, whichever way it came.

use std::time::SystemTime;

use http::{Request, Response};
use hubchannel_api::{Body, clock::Clock};

use crate::{Emulator, Fault, Received, changes::ChangeKind, emulator::World, service};

/// How an exchange ends.
#[derive(Debug)]
pub(crate) enum Outcome {
    Answer(Response<Body>),
    /// Only so many bytes of the body arrive.
    Torn(Response<Body>, usize),
    Refused,
    Dropped,
    Silent,
}

impl Emulator {
    /// Takes a request, and does with it what it asks for or what a fault says. `promised` is called when that is done and
    /// the answer is certain to come, though perhaps later.
    pub(crate) async fn exchange(&self, request: Request<Body>, promised: impl FnOnce()) -> Outcome {
        let (fault, arrival) = self.change_world(|world, now| {
            let fault = world.faults.strike(&request);
            let arrives = !matches!(fault, Some(Fault::RefuseConnection));
            let arrival = arrives.then(|| world.received.push(Received::new(&request, now)));
            arrival
                .iter()
                .for_each(|number| world.state.changes.note(ChangeKind::Request, number));
            (fault, arrival)
        });
        let Some(arrival) = arrival else {
            return Outcome::Refused;
        };
        if let Some(Fault::DelayBeforeEffect(delay)) = &fault {
            self.clock().sleep(*delay).await;
        }
        let late = match &fault {
            Some(Fault::DelayAfterEffect(delay)) => Some(*delay),
            _ => None,
        };
        let outcome = self.act(fault, &request);
        if matches!(outcome, Outcome::Answer(_)) {
            promised();
        }
        if let Some(delay) = late {
            self.clock().sleep(delay).await;
        }
        if let Outcome::Answer(answer) | Outcome::Torn(answer, _) = &outcome {
            self.change_world(|world, now| {
                let received = &mut world.received;
                received.answer(arrival, answer.status(), answer.body().as_bytes(), now);
                world.state.changes.note(ChangeKind::Request, arrival);
            });
        }
        outcome
    }

    fn act(&self, fault: Option<Fault>, request: &Request<Body>) -> Outcome {
        self.change_world(|world, now| self.strike(world, now, fault, request))
    }

    fn strike(&self, world: &mut World, now: SystemTime, fault: Option<Fault>, request: &Request<Body>) -> Outcome {
        let act = |World { state, .. }: &mut World| service::answer(self.seed(), state, now, request);
        let fail = |World { state, .. }: &mut World, status| service::fail(state, now, status);
        match fault {
            None | Some(Fault::DelayBeforeEffect(_) | Fault::DelayAfterEffect(_)) => Outcome::Answer(act(world)),
            Some(Fault::RefuseConnection) => Outcome::Refused,
            Some(Fault::DropBeforeEffect) => Outcome::Dropped,
            Some(Fault::DropAfterEffect) => {
                act(world);
                Outcome::Dropped
            }
            Some(Fault::SilenceBeforeEffect) => Outcome::Silent,
            Some(Fault::SilenceAfterEffect) => {
                act(world);
                Outcome::Silent
            }
            Some(Fault::AnswerBeforeEffect(answer)) => Outcome::Answer(answer),
            Some(Fault::AnswerAfterEffect(answer)) => {
                act(world);
                Outcome::Answer(answer)
            }
            Some(Fault::StatusBeforeEffect(status)) => Outcome::Answer(fail(world, status)),
            Some(Fault::StatusAfterEffect(status)) => {
                act(world);
                Outcome::Answer(fail(world, status))
            }
            Some(Fault::TearAnswer(bytes)) => {
                let answer = act(world);
                let whole = answer.body().len().is_some_and(|length| length <= bytes as u64);
                if whole {
                    Outcome::Answer(answer)
                } else {
                    Outcome::Torn(answer, bytes)
                }
            }
            Some(Fault::ExpireToken) => {
                service::expire_token(&mut world.state, now, request);
                Outcome::Answer(act(world))
            }
        }
    }
}
