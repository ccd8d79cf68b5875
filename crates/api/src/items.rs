//! Lists without pages: each item in turn, whatever page it comes in.

use std::{
    collections::{BTreeSet, VecDeque},
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use hubchannel_model::Page;

use crate::{CallOptions, Error, Reply};

/// Each item of a list in turn; pages are asked for as they are needed.
///
/// ```
/// use hubchannel_api::{Client, Error};
/// use hubchannel_model::{ChannelId, ChannelQuery};
///
/// async fn find(client: &Client, name: &str) -> Result<Option<ChannelId>, Error> {
///     let mut channels = client.channels(ChannelQuery::default());
///     while let Some(channel) = channels.next().await {
///         let channel = channel?;
///         if channel.name.as_deref() == Some(name) {
///             return Ok(channel.id.into_option());
///         }
///     }
///     Ok(None)
/// }
/// ```
///
/// The list ends with the page that names no other, not with one that is empty. It is a [`Stream`] too. An error is its end,
/// whether it [may pass](Error::is_retryable) or not; a page without `results` is one. All items of the pages before have
/// come then, and [`cursor`](Items::cursor) tells where another list goes on. A page that leads back to one that has come
/// gives its items, and then an error.
///
/// Dropping it, or a call of [`next`](Items::next), loses nothing but the page that was under way.
pub struct Items<T> {
    fetch: Fetch<T>,
    under_way: Option<Asked<T>>,
    ready: VecDeque<T>,
    options: CallOptions,
    next: Next,
    cursors: Cursors,
}

/// A page that is asked for.
pub(crate) type Asked<T> = Pin<Box<dyn Future<Output = Result<Reply<Page<T>>, Error>> + Send>>;
type Fetch<T> = Box<dyn Fn(Option<String>, CallOptions) -> Asked<T> + Send>;

/// Where the list goes on.
enum Next {
    /// Behind this cursor, or at the beginning.
    Page(Option<String>),
    /// Where it has been.
    Circle,
    /// Nowhere, after the error of this page or after the last one.
    Ended(Option<String>),
}

impl<T: 'static> Items<T> {
    /// All that a call lists, from its page on, asked of a handle.
    pub(crate) fn of<H, C>(handle: &H, call: C, ask: fn(H, C) -> Asked<T>) -> Self
    where
        H: Clone + Send + 'static,
        C: Listing + Clone + Send + 'static,
    {
        let (handle, after) = (handle.clone(), call.after().map(str::to_owned));
        let cursors = Cursors::from(after.clone());
        Items {
            fetch: Box::new(move |after, options| ask(handle.clone(), call.clone().page(after, options))),
            under_way: None,
            ready: VecDeque::new(),
            options: CallOptions::default(),
            cursors,
            next: Next::Page(after),
        }
    }
}

impl<T> Items<T> {
    /// The same list with options for the call of each page that is not yet under way, such as the portal that a stack with
    /// the tokens of many needs to know.
    ///
    /// ```
    /// use hubchannel_api::{CallOptions, Client, Error};
    /// use hubchannel_model::{ChannelAccountQuery, ChannelId, PortalId};
    ///
    /// async fn count(client: &Client, channel: &ChannelId, portal: &PortalId) -> Result<usize, Error> {
    ///     let mut count = 0;
    ///     let accounts = client.channel_accounts(channel.clone(), ChannelAccountQuery::default());
    ///     let mut accounts = accounts.with_options(CallOptions::for_portal(portal.clone()));
    ///     while let Some(account) = accounts.next().await {
    ///         account?;
    ///         count += 1;
    ///     }
    ///     Ok(count)
    /// }
    /// ```
    ///
    /// A deadline among them is that of one page and not of the whole list.
    #[must_use]
    pub fn with_options(self, options: CallOptions) -> Self {
        Items { options, ..self }
    }

    /// The cursor of the page that is asked for next, or of the one whose error has ended the list, for going on another
    /// time; `None` where that is the first page of all, and after the last.
    ///
    /// ```
    /// use hubchannel_api::{Client, Error};
    /// use hubchannel_model::ChannelQuery;
    ///
    /// /// All names; after an error that may pass, another list goes on with the page that failed.
    /// async fn names(client: &Client, mut query: ChannelQuery) -> Result<Vec<String>, Error> {
    ///     let (mut names, mut repeats) = (Vec::new(), 0..3);
    ///     let mut channels = client.channels(query.clone());
    ///     while let Some(channel) = channels.next().await {
    ///         match channel {
    ///             Ok(channel) => names.extend(channel.name.into_option()),
    ///             Err(error) if error.is_retryable() && repeats.next().is_some() => {
    ///                 // Wait a while here.
    ///                 query.after = channels.cursor().map(str::to_owned);
    ///                 channels = client.channels(query.clone());
    ///             }
    ///             Err(error) => return Err(error),
    ///         }
    ///     }
    ///     Ok(names)
    /// }
    /// ```
    ///
    /// Go on only where the error [may pass](Error::is_retryable). It may not where the list leads in a circle: there is no
    /// page to go on with then, `None` too, and a list from the first page on would give every item once more.
    pub fn cursor(&self) -> Option<&str> {
        match &self.next {
            Next::Page(cursor) | Next::Ended(cursor) => cursor.as_deref(),
            Next::Circle => None,
        }
    }

    /// Takes the page that has come.
    fn take(&mut self, page: Page<T>) -> Result<(), Error> {
        let next = match self.cursors.behind(&page) {
            Ok(Some(cursor)) => Next::Page(Some(cursor)),
            Ok(None) => Next::Ended(None),
            Err(Circle) => Next::Circle,
        };
        self.ready = items(page)?.into();
        self.next = next;
        Ok(())
    }

    /// Ends where the page that cannot be had is asked for.
    fn end(&mut self) {
        if let Next::Page(cursor) = &mut self.next {
            self.next = Next::Ended(cursor.take());
        }
    }
}

impl<T: Unpin> Items<T> {
    /// The next item; `None` after the last one.
    ///
    /// # Errors
    /// When the page that it is in cannot be had.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<T: Unpin> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            let this = &mut *self;
            let cursor = match &this.next {
                Next::Page(cursor) => cursor,
                Next::Circle => {
                    this.next = Next::Ended(None);
                    return Poll::Ready(Some(Err(Circle.into())));
                }
                Next::Ended(_) => return Poll::Ready(None),
            };
            let asked = this
                .under_way
                .get_or_insert_with(|| (this.fetch)(cursor.clone(), this.options.clone()));
            let page = ready!(asked.as_mut().poll(context));
            this.under_way = None;
            if let Err(error) = page.and_then(|page| this.take(page.into_inner())) {
                // Whoever asks until there is nothing more would ask for the same page for ever.
                this.end();
                return Poll::Ready(Some(Err(error)));
            }
        }
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("ready", &self.ready.len())
            .field("ended", &matches!(self.next, Next::Ended(_)))
            .finish_non_exhaustive()
    }
}

/// A call for one page of a list, from which those for the others are made.
pub(crate) trait Listing {
    /// The cursor of its page.
    fn after(&self) -> Option<&str>;

    /// The same call for another page.
    fn page(self, after: Option<String>, options: CallOptions) -> Self;
}

macro_rules! listings {
    ($($call:ident)+) => { $(
        impl Listing for $crate::$call {
            fn after(&self) -> Option<&str> {
                self.query.after.as_deref()
            }

            fn page(mut self, after: Option<String>, options: CallOptions) -> Self {
                self.query.after = after;
                self.with_options(options)
            }
        }
    )+ };
}

listings!(ListChannels ListChannelAccounts ListInboxes ListPortalChannelAccounts ListThreads ListThreadMessages);

/// The items of a page, which may be none; a page that does not say so is no page without any.
pub(crate) fn items<T>(page: Page<T>) -> Result<Vec<T>, Error> {
    if page.results.is_value() {
        Ok(page.into_items())
    } else {
        Err(Error::list_without_items())
    }
}

/// Every cursor of a list so far: one that comes twice leads round in a circle, however long.
#[derive(Debug, Default)]
pub(crate) struct Cursors(BTreeSet<String>);

impl Cursors {
    /// Where a list goes on behind a page; `None` at its end.
    pub(crate) fn behind<T>(&mut self, page: &Page<T>) -> Result<Option<String>, Circle> {
        match page.next_cursor() {
            Some(cursor) if !self.0.insert(cursor.to_owned()) => Err(Circle),
            cursor => Ok(cursor.map(str::to_owned)),
        }
    }
}

/// A page leads back to one that has come.
pub(crate) struct Circle;

impl From<Circle> for Error {
    fn from(_: Circle) -> Self {
        Error::endless_list()
    }
}

impl From<Option<String>> for Cursors {
    fn from(first: Option<String>) -> Self {
        Cursors(first.into_iter().collect())
    }
}
