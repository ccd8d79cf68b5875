//! Lists without pages: each item in turn, whatever page it comes in.

use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use hubchannel_model::Page;

use crate::Error;

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
/// The list ends with the page that names no other, not with one that is empty. It is a [`Stream`] too. After an error it
/// goes on with the page that failed, so whoever asks again tries that page again.
///
/// Dropping it, or a call of [`next`](Items::next), loses nothing but the page that was under way.
pub struct Items<T> {
    fetch: Fetch<T>,
    under_way: Option<Asked<T>>,
    ready: VecDeque<T>,
    next: Next,
}

type Asked<T> = Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>;
type Fetch<T> = Box<dyn Fn(Option<&str>) -> Asked<T> + Send>;

/// Where the list goes on.
enum Next {
    /// At the page that the query asked for.
    First,
    /// Behind this cursor.
    After(String),
    Ended,
}

impl<T> Items<T> {
    /// A list whose pages are asked for by their cursor, the first one by `None`.
    pub(crate) fn new(fetch: impl Fn(Option<&str>) -> Asked<T> + Send + 'static) -> Self {
        Items {
            fetch: Box::new(fetch),
            under_way: None,
            ready: VecDeque::new(),
            next: Next::First,
        }
    }

    /// The cursor of the page that is asked for next, for going on another time; `None` before the first page and after
    /// the last.
    pub fn cursor(&self) -> Option<&str> {
        match &self.next {
            Next::After(cursor) => Some(cursor),
            Next::First | Next::Ended => None,
        }
    }

    /// Takes the page that has come, which must lead on.
    fn take(&mut self, page: Page<T>) -> Result<(), Error> {
        let next = match page.next_cursor() {
            Some(cursor) if self.cursor() == Some(cursor) => {
                self.next = Next::Ended;
                return Err(Error::endless_list());
            }
            Some(cursor) => Next::After(cursor.to_owned()),
            None => Next::Ended,
        };
        self.next = next;
        self.ready = page.into_items().into();
        Ok(())
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
            if let Next::Ended = this.next {
                return Poll::Ready(None);
            }
            let cursor = match &this.next {
                Next::After(cursor) => Some(cursor.as_str()),
                Next::First | Next::Ended => None,
            };
            let asked = this.under_way.get_or_insert_with(|| (this.fetch)(cursor));
            let page = ready!(asked.as_mut().poll(context));
            this.under_way = None;
            if let Err(error) = page.and_then(|page| this.take(page)) {
                return Poll::Ready(Some(Err(error)));
            }
        }
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("ready", &self.ready.len())
            .field("ended", &matches!(self.next, Next::Ended))
            .finish_non_exhaustive()
    }
}
