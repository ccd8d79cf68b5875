//! What lists are asked by: the parameters of a query, with names and values not yet encoded.

use crate::{DecodeError, DeliveryIdentifierType, Violations, preflight::Checker};

/// Which page of a list of channels to ask for.
///
/// ```
/// use hubchannel_model::ChannelQuery;
///
/// let query = ChannelQuery::default().set_limit(50).add_sort("createdAt").add_sort("-name");
/// let pairs = query.to_pairs();
/// assert_eq!(pairs, [("limit", "50"), ("sort", "createdAt"), ("sort", "-name")].map(|(n, v)| (n, v.to_owned())));
/// assert_eq!(ChannelQuery::from_pairs(pairs)?, query);
/// # Ok::<(), hubchannel_model::DecodeError>(())
/// ```
///
/// What HubSpot takes for `limit` at most, and in its absence, is unknown, and so is what it sorts by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelQuery {
    /// The cursor of the page; from the page before it.
    pub after: Option<String>,
    /// The most items in the page: at most 2147483647, which [`check`](Self::check) sees to.
    pub limit: Option<u32>,
    /// Described, and not explained; presumably the limit where there is none. At most 2147483647 too.
    pub default_page_length: Option<u32>,
    /// What to sort by.
    pub sort: Vec<String>,
}

/// Which channel accounts, and which page of them, to ask for.
///
/// ```
/// use hubchannel_model::{ChannelAccountQuery, DeliveryIdentifierType};
///
/// let query = ChannelAccountQuery::default()
///     .set_archived(false)
///     .add_delivery_identifier_type(DeliveryIdentifierType::HsPhoneNumber)
///     .add_delivery_identifier_value("+4915112345678");
/// assert_eq!(query.to_pairs().len(), 3);
/// ```
///
/// The same as [`ChannelQuery`] with filters. How HubSpot combines several types and values is unknown. Where parameters
/// are read, several values must repeat the name, because a value may have commas in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelAccountQuery {
    /// The cursor of the page; from the page before it.
    pub after: Option<String>,
    /// The most items in the page: at most 2147483647, which [`check`](Self::check) sees to.
    pub limit: Option<u32>,
    /// Described, and not explained; presumably the limit where there is none. At most 2147483647 too.
    pub default_page_length: Option<u32>,
    /// What to sort by.
    pub sort: Vec<String>,
    /// Whether to list archived accounts instead of the others; `false` where absent (described for reading one).
    pub archived: Option<bool>,
    /// Only accounts whose identifier is of one of these kinds.
    pub delivery_identifier_type: Vec<DeliveryIdentifierType>,
    /// Only accounts whose identifier has one of these values.
    pub delivery_identifier_value: Vec<String>,
}

/// What lists are asked by: all of them by cursor and limit, and then by which of the others, in the order in which these
/// are written. Besides that, a query has `filters`, which writes the parameters of its own, and `filter`, which reads one
/// of them.
macro_rules! paged {
    ($($name:ident: $($more:ident)+;)+) => { $(
        impl $name {
            /// Sets the cursor of the page.
            #[must_use]
            pub fn set_after(mut self, after: impl Into<String>) -> Self {
                self.after = Some(after.into());
                self
            }

            /// Sets the most items in the page.
            #[must_use]
            pub fn set_limit(mut self, limit: u32) -> Self {
                self.limit = Some(limit);
                self
            }

            $( $crate::query::paged!(@setter $more); )+

            /// Checks that numbers are such as HubSpot describes: whole ones of 32 bits with a sign.
            ///
            /// # Errors
            /// Everything refused, with the name of each parameter.
            pub fn check(&self) -> Result<(), $crate::Violations> {
                let counts = [("limit", self.limit)].into_iter();
                $( let counts = counts.chain($crate::query::paged!(@count self $more)); )+
                $crate::query::check_counts(counts)
            }

            /// The parameters, to be encoded; a list is a name that is repeated.
            pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
                let mut pairs = Vec::new();
                pairs.extend(self.after.clone().map(|after| ("after", after)));
                pairs.extend(self.limit.map(|limit| ("limit", limit.to_string())));
                $(
                    let values = self.$more.iter().map(ToString::to_string);
                    pairs.extend(values.map(|value| ($crate::query::paged!(@name $more), value)));
                )+
                self.filters(&mut pairs);
                pairs
            }

            /// Reads the parameters, decoded already. A list may repeat its name or be joined by commas: clients do
            /// either (observed). Of any other name the last counts; unknown names are ignored.
            ///
            /// # Errors
            /// When a value is not of its type, or a number larger than HubSpot describes, with the parameter's name as
            /// the path.
            pub fn from_pairs<N: AsRef<str>, V: AsRef<str>>(
                pairs: impl IntoIterator<Item = (N, V)>,
            ) -> Result<Self, $crate::DecodeError> {
                let mut query = $name::default();
                for (name, value) in pairs {
                    let value = value.as_ref();
                    match name.as_ref() {
                        "after" => query.after = Some(value.to_owned()),
                        "limit" => query.limit = Some($crate::query::count("limit", value)?),
                        $( $crate::query::paged!(@name $more) => $crate::query::paged!(@read query value $more), )+
                        name => query.filter(name, value)?,
                    }
                }
                Ok(query)
            }
        }
    )+ };

    (@name sort) => { "sort" };
    (@name default_page_length) => { "defaultPageLength" };
    (@name archived) => { "archived" };

    (@read $query:ident $value:ident sort) => { $query.sort.extend($value.split(',').map(str::to_owned)) };
    (@read $query:ident $value:ident default_page_length) => {
        $query.default_page_length = Some($crate::query::count("defaultPageLength", $value)?)
    };
    (@read $query:ident $value:ident archived) => {
        $query.archived = Some($crate::query::parse("archived", $value)?)
    };

    (@count $query:ident default_page_length) => { Some(("defaultPageLength", $query.default_page_length)) };
    (@count $query:ident $other:ident) => { None };

    (@setter sort) => {
        /// Adds what to sort by.
        #[must_use]
        pub fn add_sort(mut self, sort: impl Into<String>) -> Self {
            self.sort.push(sort.into());
            self
        }
    };
    (@setter default_page_length) => {
        /// Sets the default length of a page.
        #[must_use]
        pub fn set_default_page_length(mut self, length: u32) -> Self {
            self.default_page_length = Some(length);
            self
        }
    };
    (@setter archived) => {
        /// Sets whether to list what is archived.
        #[must_use]
        pub fn set_archived(mut self, archived: bool) -> Self {
            self.archived = Some(archived);
            self
        }
    };
}

pub(crate) use paged;

paged! {
    ChannelQuery: default_page_length sort;
    ChannelAccountQuery: default_page_length sort archived;
}

impl ChannelQuery {
    fn filters(&self, _: &mut Vec<(&'static str, String)>) {}

    fn filter(&mut self, _: &str, _: &str) -> Result<(), DecodeError> {
        Ok(())
    }
}

impl ChannelAccountQuery {
    /// Adds a kind of identifier to look for.
    #[must_use]
    pub fn add_delivery_identifier_type(mut self, kind: impl Into<DeliveryIdentifierType>) -> Self {
        self.delivery_identifier_type.push(kind.into());
        self
    }

    /// Adds an identifier's value to look for.
    #[must_use]
    pub fn add_delivery_identifier_value(mut self, value: impl Into<String>) -> Self {
        self.delivery_identifier_value.push(value.into());
        self
    }

    fn filters(&self, pairs: &mut Vec<(&'static str, String)>) {
        let kinds = self.delivery_identifier_type.iter();
        pairs.extend(kinds.map(|kind| ("deliveryIdentifierType", kind.as_str().to_owned())));
        let values = self.delivery_identifier_value.iter();
        pairs.extend(values.map(|value| ("deliveryIdentifierValue", value.clone())));
    }

    fn filter(&mut self, name: &str, value: &str) -> Result<(), DecodeError> {
        match name {
            "deliveryIdentifierType" => self.delivery_identifier_type.extend(value.split(',').map(Into::into)),
            "deliveryIdentifierValue" => self.delivery_identifier_value.push(value.to_owned()),
            _ => {}
        }
        Ok(())
    }
}

const TOO_LARGE: &str = "must be at most 2147483647";

fn is_too_large(count: u32) -> bool {
    i32::try_from(count).is_err()
}

/// Checks that numbers of items are such as HubSpot describes.
pub(crate) fn check_counts(counts: impl IntoIterator<Item = (&'static str, Option<u32>)>) -> Result<(), Violations> {
    Checker::run(|checker| {
        for (name, value) in counts {
            if value.is_some_and(is_too_large) {
                checker.refuse(name, TOO_LARGE, "ask for fewer items, page by page");
            }
        }
    })
}

pub(crate) fn count(name: &str, value: &str) -> Result<u32, DecodeError> {
    let count = parse(name, value)?;
    if is_too_large(count) {
        return Err(DecodeError::new(name, &TOO_LARGE));
    }
    Ok(count)
}

pub(crate) fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(name: &str, value: &str) -> Result<T, DecodeError> {
    value.parse().map_err(|error| DecodeError::new(name, &error))
}
