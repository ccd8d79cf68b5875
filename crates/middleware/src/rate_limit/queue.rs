//! Who waits, in the order of arrival.

use std::{collections::VecDeque, task::Waker, time::Duration};

/// How long one whose turn it is may take to come. A future that its owner neither polls nor drops would else keep all
/// behind it waiting for ever; it keeps its place for when it comes.
pub(super) const GRACE: Duration = Duration::from_millis(100);

/// A place in the queue; later ones are larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

#[derive(Debug, Default)]
pub(super) struct Queue {
    next: u64,
    places: VecDeque<Place>,
}

#[derive(Debug)]
struct Place {
    ticket: Ticket,
    waker: Waker,
    /// When it was called, if it has not looked since.
    called: Option<Duration>,
}

impl Place {
    fn is_away(&self, now: Duration) -> bool {
        self.called.is_some_and(|called| called.saturating_add(GRACE) <= now)
    }
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// How many will come before this one, or before one who has no place yet.
    pub(super) fn ahead(&self, ticket: Option<Ticket>, now: Duration) -> usize {
        let before = ticket.map_or(self.places.len(), |ticket| self.position(ticket).unwrap_or_else(|at| at));
        self.places.range(..before).filter(|place| !place.is_away(now)).count()
    }

    /// Keeps the place, or takes the last one.
    pub(super) fn wait(&mut self, ticket: Option<Ticket>, waker: &Waker) -> Ticket {
        if let Some(ticket) = ticket
            && let Ok(at) = self.position(ticket)
            && let Some(place) = self.places.get_mut(at)
        {
            place.waker.clone_from(waker);
            place.called = None;
            return ticket;
        }
        let ticket = Ticket(self.next);
        self.next += 1;
        self.places.push_back(Place {
            ticket,
            waker: waker.clone(),
            called: None,
        });
        ticket
    }

    /// Gives the place up; whether there was one.
    pub(super) fn leave(&mut self, ticket: Ticket) -> bool {
        self.position(ticket).is_ok_and(|at| self.places.remove(at).is_some())
    }

    /// Calls the first so many of those who come when they are called, and are before this place.
    pub(super) fn call(&mut self, count: usize, before: Option<Ticket>, now: Duration) -> Vec<Waker> {
        let first = self
            .places
            .iter_mut()
            .take_while(|place| before.is_none_or(|before| place.ticket < before))
            .filter(|place| !place.is_away(now))
            .take(count);
        let mut wakers = Vec::new();
        for place in first.filter(|place| place.called.is_none()) {
            place.called = Some(now);
            wakers.push(place.waker.clone());
        }
        wakers
    }

    fn position(&self, ticket: Ticket) -> Result<usize, usize> {
        self.places.binary_search_by_key(&ticket, |place| place.ticket)
    }
}
