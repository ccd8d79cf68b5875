//! Whole lists: what is missing from one is to mean that it is not there.

use std::future::Future;

use hubchannel_model::Page;

use super::waits::Pace;
use crate::{
    CallOptions, Error, OperationInfo, Reply,
    items::{Cursors, items},
};

/// A list that comes in pages.
pub(crate) trait List: Sync {
    type Item: Send;

    const INFO: &'static OperationInfo;

    /// The page behind this cursor, or the first.
    fn page(
        &self,
        after: Option<String>,
        options: CallOptions,
    ) -> impl Future<Output = Result<Reply<Page<Self::Item>>, Error>> + Send;
}

/// What is wanted of a list, from all of its pages: an answer that may be incomplete is an error.
pub(crate) async fn every<L: List>(
    list: &L,
    pace: &Pace<'_>,
    wanted: impl Fn(&L::Item) -> bool + Send,
) -> Result<Vec<L::Item>, Error> {
    let mut found = Vec::new();
    let mut cursors = Cursors::default();
    let mut after = None;
    loop {
        let page = list.page(after, pace.call(L::INFO)?).await?.into_inner();
        let next = cursors.behind(&page)?;
        found.extend(items(page)?.into_iter().filter(&wanted));
        match next {
            None => return Ok(found),
            cursor => after = cursor,
        }
    }
}
