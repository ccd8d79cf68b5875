//! Lists in pages.

use hubchannel_api::model::{Field, Number, Page};

use super::refusal::Refusal;

/// The most items in most pages, and how many there are where nothing is said.
const MOST: u32 = 100;

/// The most threads in a page.
const MOST_THREADS: u32 = 500;

/// Which part of a list to answer with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// The place that the page starts at or behind.
    from: usize,
    length: usize,
}

impl Window {
    /// Reads a cursor and lengths.
    pub(super) fn new(after: Option<&str>, limit: Option<u32>, default_length: Option<u32>) -> Result<Self, Refusal> {
        Window::of(after, &[("limit", limit), ("defaultPageLength", default_length)], MOST)
    }

    /// The same for threads, of which more go into a page.
    pub(super) fn of_threads(after: Option<&str>, limit: Option<u32>) -> Result<Self, Refusal> {
        Window::of(after, &[("limit", limit)], MOST_THREADS)
    }

    /// The first of the lengths that is there counts; each must be in range.
    fn of(after: Option<&str>, lengths: &[(&str, Option<u32>)], most: u32) -> Result<Self, Refusal> {
        for (name, length) in lengths {
            if length.is_some_and(|length| length == 0 || length > most) {
                return Err(Refusal::invalid(format!("{name} must be between 1 and {most}")));
            }
        }
        let from = match after {
            None => 0,
            Some(after) => after
                .parse()
                .map_err(|_| Refusal::invalid(format!("after is not a cursor of this list: {after}")))?,
        };
        let length = lengths.iter().find_map(|(_, length)| *length).unwrap_or(MOST);
        Ok(Window {
            from,
            length: usize::try_from(length).unwrap_or(usize::MAX),
        })
    }

    /// The page. Each item comes with its place, in rising order, which it keeps whatever becomes of the others; those of the
    /// page are shown.
    pub(super) fn page<I, T>(self, items: impl Iterator<Item = (usize, I)>, show: impl Fn(I) -> T) -> Page<T> {
        let mut total = 0_i64;
        let mut results = Vec::new();
        let mut last = None;
        let mut more = false;
        for (place, item) in items {
            total += 1;
            if place < self.from {
                continue;
            }
            if results.len() < self.length {
                results.push(show(item));
                last = Some(place);
            } else {
                more = true;
            }
        }
        let mut page = Page::new(results);
        if let (true, Some(last)) = (more, last) {
            page = page.set_next_cursor((last + 1).to_string());
        }
        page.total = Field::Value(Number::from(total));
        page
    }
}
