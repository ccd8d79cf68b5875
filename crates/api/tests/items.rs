//! Lists as streams of their items.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::{
    collections::VecDeque,
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use async_trait::async_trait;
use hubchannel_api::{
    CallOptions, Client, CustomChannels, Error, ListChannelAccounts, ListChannels, Reply, TransportError,
    TransportErrorKind,
    model::{Channel, ChannelAccount, ChannelAccountQuery, ChannelQuery, Field, Page, PortalId},
};
use hubchannel_api::{Operation, Reach};
use proptest::prelude::*;

/// Pages to hand out in turn; an empty place is a failure.
#[derive(Clone, Debug, Default)]
struct Pages {
    pages: Arc<Mutex<VecDeque<Option<Page<Channel>>>>>,
    asked: Arc<Mutex<Vec<ChannelQuery>>>,
    portals: Arc<Mutex<Vec<Option<PortalId>>>>,
    /// What is said where there is no page.
    failure: Option<TransportErrorKind>,
}

#[async_trait]
impl CustomChannels for Pages {
    async fn list_channels(&self, call: ListChannels) -> Result<Reply<Page<Channel>>, Error> {
        self.asked.lock().unwrap().push(call.query);
        self.portals.lock().unwrap().push(call.options.portal);
        match self.pages.lock().unwrap().pop_front().flatten() {
            Some(page) => Ok(Reply::new(page)),
            None => {
                let kind = self.failure.unwrap_or(TransportErrorKind::Interrupted);
                let lost = TransportError::new(kind, Reach::Unknown, "lost");
                Err(Error::from_transport(ListChannels::INFO, lost))
            }
        }
    }

    async fn list_channel_accounts(&self, call: ListChannelAccounts) -> Result<Reply<Page<ChannelAccount>>, Error> {
        let name = call.query.after.unwrap_or_else(|| call.channel_id.to_string());
        let page = Page::new([ChannelAccount::build(|account| account.name = name.as_str().into())]);
        Ok(Reply::new(if name == "end" {
            page
        } else {
            page.set_next_cursor("end")
        }))
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("the pages are there at once"),
    }
}

fn page(names: &[&str], after: Option<&str>) -> Option<Page<Channel>> {
    let page = Page::new(
        names
            .iter()
            .map(|name| Channel::build(|channel| channel.name = (*name).into())),
    );
    Some(match after {
        Some(after) => page.set_next_cursor(after),
        None => page,
    })
}

fn listed(pages: &[Option<Page<Channel>>], query: ChannelQuery) -> (Vec<Result<String, Error>>, Vec<ChannelQuery>) {
    let (listed, asked, _) = listed_to(pages, query);
    (listed, asked)
}

/// What is listed, what was asked for, and the cursor in the end.
fn listed_to(
    pages: &[Option<Page<Channel>>],
    query: ChannelQuery,
) -> (Vec<Result<String, Error>>, Vec<ChannelQuery>, Option<String>) {
    let api = Pages::default();
    api.pages.lock().unwrap().extend(pages.iter().cloned());
    let mut channels = Client::from_api(api.clone()).channels(query);
    let mut listed = Vec::new();
    while let Some(channel) = now(channels.next()) {
        listed.push(channel.map(|channel| channel.name.into_option().unwrap_or_default()));
    }
    assert!(now(channels.next()).is_none(), "an end is an end");
    let asked = api.asked.lock().unwrap().clone();
    (listed, asked, channels.cursor().map(str::to_owned))
}

fn names(listed: Vec<Result<String, Error>>) -> Vec<String> {
    listed.into_iter().map(Result::unwrap).collect()
}

#[test]
fn an_empty_page_is_not_the_end_and_filters_go_with_every_page() {
    let pages = [page(&["a", "b"], Some("1")), page(&[], Some("2")), page(&["c"], None)];
    let (listed, asked) = listed(&pages, ChannelQuery::default().set_limit(2).add_sort("name"));
    assert_eq!(names(listed), ["a", "b", "c"]);
    let query = ChannelQuery::default().set_limit(2).add_sort("name");
    assert_eq!(asked, [query.clone(), query.clone().set_after("1"), query.set_after("2")]);
}

#[test]
fn a_list_begins_where_the_query_says() {
    let (listed, asked) = listed(&[page(&["c"], None)], ChannelQuery::default().set_after("2"));
    assert_eq!(names(listed), ["c"]);
    assert_eq!(asked, [ChannelQuery::default().set_after("2")]);
}

#[test]
fn a_list_ends_with_an_error_and_another_goes_on_where_it_was() {
    for failure in [TransportErrorKind::Interrupted, TransportErrorKind::Refused] {
        for failing in 0..3 {
            let api = Pages {
                failure: Some(failure),
                ..Pages::default()
            };
            let mut pages = vec![
                page(&["a", "b"], Some("1")),
                page(&["c"], Some("2")),
                page(&["d"], None),
            ];
            pages.insert(failing, None);
            api.pages.lock().unwrap().extend(pages);
            let client = Client::from_api(api.clone());
            let mut channels = client.channels(ChannelQuery::default());
            let mut said = Vec::new();
            while let Some(channel) = now(channels.next()) {
                said.push(channel.map_or_else(|_| "failed".to_owned(), |channel| channel.name.into_option().unwrap()));
            }
            assert!(now(channels.next()).is_none(), "an end is an end");
            assert_eq!(api.asked.lock().unwrap().len(), failing + 1, "a loop over all items must come to its end");
            let mut query = ChannelQuery::default();
            query.after = channels.cursor().map(str::to_owned);
            assert_eq!(query.after.as_deref(), [None, Some("1"), Some("2")][failing]);
            let mut channels = client.channels(query);
            while let Some(channel) = now(channels.next()) {
                said.push(channel.unwrap().name.into_option().unwrap());
            }
            let mut all = vec!["a", "b", "c", "d"];
            all.insert([0, 2, 3][failing], "failed");
            assert_eq!(said, all);
        }
    }
}

#[test]
fn a_page_that_says_nothing_of_items_is_an_error_and_no_end() {
    let silent = [Page::default(), Page::default().set_next_cursor("2")];
    let null = Page::build(|page| page.results = Field::Null);
    for silent in silent.into_iter().chain([null]) {
        let api = Pages::default();
        api.pages
            .lock()
            .unwrap()
            .extend([page(&["a"], Some("1")), Some(silent)]);
        let mut channels = Client::from_api(api.clone()).channels(ChannelQuery::default());
        now(channels.next()).unwrap().unwrap();
        let error = now(channels.next()).unwrap().unwrap_err();
        assert_eq!(error.to_string(), "a page of the list says nothing of items, not even that there are none");
        assert_eq!(channels.cursor(), Some("1"));
        assert!(now(channels.next()).is_none());
        assert_eq!(api.asked.lock().unwrap().len(), 2);
    }
}

#[test]
fn a_list_that_leads_in_a_circle_gives_the_last_items_and_ends_with_an_error() {
    let circles = [
        (ChannelQuery::default(), vec![("a", "1"), ("b", "1")]),
        (ChannelQuery::default(), vec![("a", "1"), ("b", "2"), ("c", "3"), ("d", "2")]),
        (ChannelQuery::default().set_after("1"), vec![("a", "2"), ("b", "1")]),
    ];
    for (query, circle) in circles {
        let pages: Vec<_> = circle.iter().map(|(name, after)| page(&[name], Some(after))).collect();
        let (mut listed, asked, cursor) = listed_to(&pages, query);
        let error = listed.pop().unwrap().unwrap_err();
        assert_eq!(error.to_string(), "the list goes on with a page that has come before, and would never end");
        assert!(!error.is_retryable(), "who goes on begins anew, and has every item twice");
        assert_eq!(cursor, None);
        assert_eq!(names(listed), circle.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        assert_eq!(asked.len(), circle.len());
    }
}

#[test]
fn options_go_with_every_page() {
    let api = Pages::default();
    api.pages
        .lock()
        .unwrap()
        .extend([page(&["a"], Some("1")), page(&["b"], None)]);
    let channels = Client::from_api(api.clone()).channels(ChannelQuery::default());
    let mut channels = channels.with_options(CallOptions::for_portal("62515"));
    while let Some(channel) = now(channels.next()) {
        channel.unwrap();
    }
    let portal = || Some(PortalId::from("62515"));
    assert_eq!(*api.portals.lock().unwrap(), [portal(), portal()]);
}

#[test]
fn accounts_are_listed_too() {
    let client = Client::from_api(Pages::default());
    let mut accounts = client.channel_accounts("2930388", ChannelAccountQuery::default());
    let mut names = Vec::new();
    while let Some(account) = now(accounts.next()) {
        names.extend(account.unwrap().name.into_option());
    }
    assert_eq!(names, ["2930388", "end"]);
}

proptest! {
    #[test]
    fn every_item_comes_once_and_in_order(sizes in proptest::collection::vec(0..5_usize, 1..12)) {
        let all: Vec<String> = (0..sizes.iter().sum()).map(|at: usize| at.to_string()).collect();
        let mut left = all.iter().map(String::as_str);
        let pages: Vec<_> = sizes
            .iter()
            .enumerate()
            .map(|(at, size)| {
                let names: Vec<&str> = left.by_ref().take(*size).collect();
                let next = (at + 1).to_string();
                page(&names, (at + 1 < sizes.len()).then_some(next.as_str()))
            })
            .collect();
        let (listed, asked) = listed(&pages, ChannelQuery::default());
        prop_assert_eq!(names(listed), all);
        prop_assert_eq!(asked.len(), sizes.len());
    }
}
