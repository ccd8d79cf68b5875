//! Lists that come in pages.

use std::marker::PhantomData;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, MapAccess},
    ser::SerializeMap,
};

use crate::{
    Extra, Field, Number, Url,
    schema::{Described, Member, Shape, Table, Walk},
    wire::{Filling, Record, record, refuse_double},
};

/// One page of a list: of channels, channel accounts, inboxes, threads, or a thread's messages.
///
/// ```
/// use hubchannel_model::{Channel, Page};
///
/// let page: Page<Channel> = serde_json::from_str(
///     r#"{"total":2,"results":[{"id":"2930388"}],"paging":{"next":{"after":"MQ%3D%3D","link":"?after=MQ%3D%3D"}}}"#,
/// )?;
/// assert_eq!(page.items().len(), 1);
/// assert_eq!(page.next_cursor(), Some("MQ%3D%3D"));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// A list goes on as long as its pages have a [`next_cursor`](Page::next_cursor): a page without items may be followed
/// by one with some, and `total` has been wrong (documented sample), so neither says where the end is.
///
/// Called `CollectionResponseWithTotal…` in HubSpot's descriptions; lists of threads have no `total` (documented).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// How many items the whole list has, as HubSpot says. Never count on it.
    pub total: Field<Number>,
    /// The items of this page.
    pub results: Field<Vec<T>>,
    /// Where the list goes on; absent on the last page.
    pub paging: Field<Paging>,
    /// The members that have no field here, kept as they came.
    pub extra: Extra,
}

impl<T> Page<T> {
    /// A page of these items, with no other after it.
    pub fn new(items: impl IntoIterator<Item = T>) -> Self {
        Page {
            results: Field::Value(items.into_iter().collect()),
            ..Page::default()
        }
    }

    /// Builds one by hand, for a test or a double: what `fill` leaves alone stays absent.
    pub fn build(fill: impl FnOnce(&mut Self)) -> Self {
        let mut page = Self::default();
        fill(&mut page);
        page
    }

    /// Sets the cursor of the next page.
    #[must_use]
    pub fn set_next_cursor(mut self, after: impl Into<String>) -> Self {
        let next = NextPage {
            after: Field::Value(after.into()),
            ..NextPage::default()
        };
        self.paging = Field::Value(Paging {
            next: Field::Value(next),
            ..Paging::default()
        });
        self
    }

    /// The items of this page; none where there is no list.
    pub fn items(&self) -> &[T] {
        self.results.as_deref().unwrap_or_default()
    }

    /// The items of this page; none where there is no list.
    pub fn into_items(self) -> Vec<T> {
        self.results.into_option().unwrap_or_default()
    }

    /// What to ask the next page by; `None` when this is the last one. An empty cursor counts as none, because asking
    /// by it would begin the list again.
    pub fn next_cursor(&self) -> Option<&str> {
        let next = self.paging.as_ref()?.next.as_ref()?;
        next.after.as_deref().filter(|after| !after.is_empty())
    }
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Page {
            total: Field::Absent,
            results: Field::Absent,
            paging: Field::Absent,
            extra: Extra::default(),
        }
    }
}

record! {
    /// Where a list goes on. Called `Paging` in HubSpot's descriptions.
    pub struct Paging {
        /// The page after this one.
        pub next: Field<NextPage> => "next",
        /// The page before this one.
        pub prev: Field<PreviousPage> => "prev",
    }
}

record! {
    /// The page after this one. Called `NextPage` in HubSpot's descriptions.
    pub struct NextPage {
        /// The cursor to ask for it by.
        pub after: Field<String> => "after" (required),
        /// Its address.
        pub link: Field<Url> => "link",
    }
}

record! {
    /// The page before this one. Called `PreviousPage` in HubSpot's descriptions.
    pub struct PreviousPage {
        /// The cursor to ask for it by.
        pub before: Field<String> => "before" (required),
        /// Its address.
        pub link: Field<Url> => "link",
    }
}

/// The table of a page of these items.
struct PageOf<T>(PhantomData<T>);

impl<T: Described> PageOf<T> {
    const TABLE: &'static Table = &Table {
        name: "Page",
        file: file!(),
        line: line!(),
        tag: None,
        members: &[
            Member::new("total", Number::shape).int32().required(),
            Member::new("results", <Vec<T>>::shape).required(),
            Member::new("paging", Paging::shape),
        ],
    };
}

impl<T: Described> Described for Page<T> {
    fn shape() -> Shape {
        Shape::Record(PageOf::<T>::TABLE)
    }

    fn note_unknown(&self, walk: &mut Walk) {
        if let Some(items) = self.results.as_ref() {
            walk.member("results", |walk| items.note_unknown(walk));
        }
        if let Some(paging) = self.paging.as_ref() {
            walk.member("paging", |walk| paging.note_unknown(walk));
        }
        self.extra.note_unknown(walk, &[]);
    }
}

/// By hand, because `record!` declares no types with parameters.
impl<T: DeserializeOwned + Serialize> Record for Page<T> {
    const NAME: &'static str = "Page";
    const MEMBERS: &'static [&'static str] = &["total", "results", "paging"];
    const TAG: Option<&'static str> = None;

    fn find(name: &str) -> usize {
        Self::MEMBERS
            .iter()
            .position(|member| *member == name)
            .unwrap_or(Self::MEMBERS.len())
    }

    fn is_present(&self, member: usize) -> bool {
        match member {
            0 => !self.total.is_absent(),
            1 => !self.results.is_absent(),
            2 => !self.paging.is_absent(),
            _ => false,
        }
    }

    fn read<'de, const FORGIVES: bool, A: MapAccess<'de>>(
        &mut self,
        member: usize,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match Self::MEMBERS.get(member) {
            Some(name) if self.is_present(member) => refuse_double(map, name),
            Some(&"total") => map.next_value_seed(Filling(&mut self.total)),
            Some(&"results") => map.next_value_seed(Filling(&mut self.results)),
            _ => map.next_value_seed(Filling(&mut self.paging)),
        }
    }

    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        if !self.total.is_absent() {
            map.serialize_entry("total", &self.total)?;
        }
        if !self.results.is_absent() {
            map.serialize_entry("results", &self.results)?;
        }
        if !self.paging.is_absent() {
            map.serialize_entry("paging", &self.paging)?;
        }
        self.extra.write(map, |name| self.is_present(Self::find(name)))
    }

    fn extra_mut(&mut self) -> &mut Extra {
        &mut self.extra
    }
}

impl<'de, T: DeserializeOwned + Serialize> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read_from(deserializer)
    }
}

impl<T: DeserializeOwned + Serialize> Serialize for Page<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.write_to(serializer)
    }
}
