//! Finding what is there, creating it once where it is not, and waiting until it is seen.

use std::{collections::BTreeSet, future::Future};

use super::{
    error::EnsureError,
    listing::{List, every},
    waits::{Pace, Waits},
};
use crate::{CallOptions, Error, OperationInfo};

/// What is to be found or created.
pub(super) trait Sought: List {
    /// What it is, and what to do about two of it.
    const WHAT: &'static str;
    const MEND: &'static str;
    const CREATE: &'static OperationInfo;

    fn create(&self, options: CallOptions) -> impl Future<Output = Result<Self::Item, Error>> + Send;

    fn id(item: &Self::Item) -> Option<&str>;

    /// Whether it is the one.
    fn is_sought(&self, item: &Self::Item) -> bool;

    /// What to say of one that is another, and without which alone the one could be created.
    fn in_the_way(&self, _: &Self::Item) -> Option<EnsureError> {
        None
    }

    /// The member that it is found by.
    fn found_by(&self) -> &'static str;
}

/// When to look.
#[derive(Clone, Debug)]
pub(super) struct Looks {
    /// Before it is created.
    pub(super) before: Waits,
    /// Until it is seen.
    pub(super) after: Waits,
}

/// How it came to be there.
pub(super) enum Came<T> {
    Found(T),
    /// Created by this call, and seen in the list.
    Created(T),
    /// Created by this call, and not seen yet; with what went wrong with the list, if something did.
    NotSeen(T, Option<Error>),
    /// There since a creation whose outcome nobody knows: this call's, or another's at the same time.
    Appeared(T),
}

/// Finds it, or creates it: never more than once, and never where it may be there.
pub(super) async fn find_or_create<S: Sought>(
    sought: &S,
    looks: &Looks,
    pace: &Pace<'_>,
) -> Result<Came<S::Item>, EnsureError> {
    let mut waits = looks.before.iter();
    loop {
        if let Some(item) = look(sought, pace).await? {
            return Ok(Came::Found(item));
        }
        match waits.next() {
            None => break,
            Some(wait) if pace.wait(wait).await => {}
            // Not having looked as often as was asked for is not having looked.
            Some(_) => return Err(pace.too_late(S::CREATE).into()),
        }
    }
    match sought.create(pace.call(S::CREATE)?).await {
        Ok(item) => until_seen(sought, item, looks, pace).await,
        Err(error) if error.outcome_unknown() => until_known(sought, error, looks, pace).await,
        Err(error) => Err(error.into()),
    }
}

/// Waits until what was created is in the list. It has an id that must not be lost, so a list that fails is no error.
async fn until_seen<S: Sought>(
    sought: &S,
    created: S::Item,
    looks: &Looks,
    pace: &Pace<'_>,
) -> Result<Came<S::Item>, EnsureError> {
    let id = S::id(&created).map(str::to_owned);
    // Where the answer names no id, the first that is what was asked for is taken for it, and any other for a double.
    let is_created = |item: &S::Item| match &id {
        Some(id) => S::id(item) == Some(id),
        None => sought.is_sought(item),
    };
    let mut waits = looks.after.iter();
    loop {
        let listed = every(sought, pace, |item| sought.is_sought(item) || is_created(item)).await;
        let failed = match listed.map(distinct::<S>) {
            Ok(mut items) => {
                if items.len() > usize::from(items.iter().any(is_created)) {
                    return Err(doubled::<S>(&items, id));
                }
                match items.pop() {
                    Some(item) if !sought.is_sought(&item) => {
                        return Err(EnsureError::Renamed {
                            what: S::WHAT,
                            id: id.unwrap_or_default(),
                            member: sought.found_by(),
                        });
                    }
                    Some(item) => return Ok(Came::Created(if id.is_some() { created } else { item })),
                    None => None,
                }
            }
            Err(error) => Some(error),
        };
        let goes_on = failed.as_ref().is_none_or(Error::is_retryable);
        match waits.next() {
            Some(wait) if goes_on && pace.wait(wait).await => {}
            _ => return Ok(Came::NotSeen(created, failed)),
        }
    }
}

/// Looks for what may have been created.
async fn until_known<S: Sought>(
    sought: &S,
    error: Error,
    looks: &Looks,
    pace: &Pace<'_>,
) -> Result<Came<S::Item>, EnsureError> {
    let mut waits = looks.after.iter();
    let mut count = 0;
    loop {
        count += 1;
        let failed = match look(sought, pace).await {
            Ok(Some(item)) => return Ok(Came::Appeared(item)),
            Ok(None) => None,
            Err(EnsureError::Call(error)) => Some(error),
            Err(error) => return Err(error),
        };
        let goes_on = failed.as_ref().is_none_or(Error::is_retryable);
        match waits.next() {
            Some(wait) if goes_on && pace.wait(wait).await => {}
            _ => {
                return Err(EnsureError::Unknown {
                    error,
                    looks: count,
                    list_error: failed,
                });
            }
        }
    }
}

/// The one that is there, if one is, and nothing stands in its way.
async fn look<S: Sought>(sought: &S, pace: &Pace<'_>) -> Result<Option<S::Item>, EnsureError> {
    let wanted = |item: &S::Item| sought.is_sought(item) || sought.in_the_way(item).is_some();
    let listed = every(sought, pace, wanted).await?;
    let (items, others): (Vec<_>, Vec<_>) = listed.into_iter().partition(|item| sought.is_sought(item));
    let mut items = distinct::<S>(items);
    if items.len() > 1 {
        return Err(doubled::<S>(&items, None));
    }
    match (items.pop(), others.first().and_then(|other| sought.in_the_way(other))) {
        (None, Some(error)) => Err(error),
        (item, _) => Ok(item),
    }
}

/// A list that grows while its pages are read shows the same one twice.
fn distinct<S: Sought>(mut items: Vec<S::Item>) -> Vec<S::Item> {
    let mut ids = BTreeSet::new();
    items.retain(|item| S::id(item).is_none_or(|id| ids.insert(id.to_owned())));
    items
}

fn doubled<S: Sought>(items: &[S::Item], created: Option<String>) -> EnsureError {
    let ids = items.iter().map(|item| S::id(item).unwrap_or_default().to_owned());
    let mut ids: Vec<String> = ids.collect();
    if let Some(created) = created.as_ref().filter(|created| !ids.contains(created)) {
        ids.push(created.clone());
    }
    EnsureError::Ambiguous {
        what: S::WHAT,
        ids,
        created,
        mend: S::MEND,
    }
}
