//! One request and what becomes of it, whichever way it came.

use std::time::SystemTime;

use http::{Request, Response};
use hubchannel_api::Body;

use crate::{Emulator, Fault, Received, emulator::World, service};

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
    /// Takes a request, and does with it what it asks for or what a fault says.
    pub(crate) async fn exchange(&self, request: Request<Body>) -> Outcome {
        let (fault, arrival) = {
            let mut world = self.world();
            let fault = world.faults.strike(&request);
            if matches!(fault, Some(Fault::RefuseConnection)) {
                return Outcome::Refused;
            }
            let arrival = world.received.push(Received::new(&request));
            (fault, arrival)
        };
        if let Some(Fault::DelayBeforeEffect(delay)) = &fault {
            self.clock().sleep(*delay).await;
        }
        let late = match &fault {
            Some(Fault::DelayAfterEffect(delay)) => Some(*delay),
            _ => None,
        };
        let outcome = self.act(fault, &request);
        if let Some(delay) = late {
            self.clock().sleep(delay).await;
        }
        if let Outcome::Answer(answer) | Outcome::Torn(answer, _) = &outcome {
            self.world().received.answer(arrival, answer.status());
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
