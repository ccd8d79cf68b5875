//! What the types look like on the wire, as tables.
//!
//! This is for the workspace's own checks, which hold the tables against HubSpot's descriptions: `cargo xtask schema`.
//! It is hidden from the documentation and may change with any release.

use std::collections::BTreeMap;

use crate::{Number, Secret, Timestamp, Url};

/// What a JSON value of a type looks like.
#[derive(Clone, Debug)]
pub enum Shape {
    /// No value at all.
    Nothing,
    /// A string.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A string that is a time.
    Time,
    /// A string, or a number where the member says so.
    Id,
    /// A number.
    Number,
    /// A string, some values of which an enum names.
    Words(&'static Enum),
    /// An array.
    List(Box<Shape>),
    /// An object with names of the sender's choice.
    Map(Box<Shape>),
    /// An object with named members.
    Record(&'static Table),
    /// One of several objects, told apart by their `type`; the enum that names the kinds.
    OneOf(&'static Enum, Vec<&'static Table>),
}

/// An enum of strings, or of objects told apart by their `type`.
#[derive(Debug, PartialEq, Eq)]
pub struct Enum {
    /// The type's name here.
    pub name: &'static str,
    /// The file that declares it.
    pub file: &'static str,
    /// The line in the file.
    pub line: u32,
    /// The values or the kinds that it names, in HubSpot's spelling.
    pub named: &'static [&'static str],
}

/// An object with named members.
#[derive(Debug)]
pub struct Table {
    /// The type's name here.
    pub name: &'static str,
    /// The file that declares it.
    pub file: &'static str,
    /// The line in the file.
    pub line: u32,
    /// The value of the member `type` that it is known by, which is not among the members.
    pub tag: Option<&'static str>,
    /// Its members.
    pub members: &'static [Member],
}

/// A member of a [`Table`], or a parameter of a query.
#[derive(Debug)]
pub struct Member {
    /// The name on the wire.
    pub name: &'static str,
    /// What its value looks like.
    pub shape: fn() -> Shape,
    /// How HubSpot describes a number, or an id that is one.
    pub form: Form,
    /// Whether it is there in what is sent to HubSpot.
    pub sent: Presence,
    /// Whether it is there in what is received from HubSpot.
    pub received: Presence,
}

/// How HubSpot describes a number, or an id that is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The usual way: an id is a string, and a number is any.
    Usual,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
}

/// Whether HubSpot describes a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    /// Not in this direction.
    Never,
    /// As one that may be there.
    Optional,
    /// As one that must be there.
    Required,
}

impl Member {
    /// A member that may be there in both directions, until one of the notes below says otherwise.
    pub const fn new(name: &'static str, shape: fn() -> Shape) -> Self {
        Member {
            name,
            shape,
            form: Form::Usual,
            sent: Presence::Optional,
            received: Presence::Optional,
        }
    }

    /// HubSpot describes it as required wherever it is there at all.
    #[must_use]
    pub const fn required(mut self) -> Self {
        if !matches!(self.sent, Presence::Never) {
            self.sent = Presence::Required;
        }
        self.received = Presence::Required;
        self
    }

    /// HubSpot describes it as required in what it sends, and as optional in what it takes.
    #[must_use]
    pub const fn required_if_received(mut self) -> Self {
        self.received = Presence::Required;
        self
    }

    /// Only HubSpot sends it.
    #[must_use]
    pub const fn only_received(mut self) -> Self {
        self.sent = Presence::Never;
        self
    }

    /// A whole number of 32 bits.
    #[must_use]
    pub const fn int32(mut self) -> Self {
        self.form = Form::Int32;
        self
    }

    /// A whole number of 64 bits.
    #[must_use]
    pub const fn int64(mut self) -> Self {
        self.form = Form::Int64;
        self
    }
}

/// A type with a table.
pub trait Described {
    /// What its values look like.
    fn shape() -> Shape;

    /// Notes what is in this value and has no name in this version.
    fn note_unknown(&self, walk: &mut Walk) {
        let _ = walk;
    }
}

/// An enum that names values or kinds.
pub trait Naming {
    /// What it names, and where it is declared.
    const ENUM: &'static Enum;
}

/// The places of everything in a value that this version has no name for: members, values of enums, kinds.
pub fn unknown<T: Described>(value: &T) -> Vec<String> {
    let mut walk = Walk::default();
    value.note_unknown(&mut walk);
    walk.found
}

/// The paths of members that have a name but not the JSON type that goes with it, and are kept in `extra`.
pub(crate) fn odd<T: Described>(value: &T) -> Vec<String> {
    let mut walk = Walk::default();
    value.note_unknown(&mut walk);
    walk.odd
}

/// One of several records, whose kinds an enum names.
pub(crate) fn one_of(kinds: &'static Enum, records: &[fn() -> Shape]) -> Shape {
    let tables = records.iter().filter_map(|record| match record() {
        Shape::Record(table) => Some(table),
        _ => None,
    });
    Shape::OneOf(kinds, tables.collect())
}

/// Goes down a value and collects places.
#[derive(Debug, Default)]
pub struct Walk {
    path: String,
    found: Vec<String>,
    odd: Vec<String>,
}

impl Walk {
    /// Goes into a member.
    pub(crate) fn member(&mut self, name: &str, walk: impl FnOnce(&mut Walk)) {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        self.path.push_str(name);
        walk(self);
        self.path.truncate(length);
    }

    /// Goes into each item of a list.
    fn items<'i, T: Described + 'i>(&mut self, items: impl IntoIterator<Item = &'i T>) {
        let length = self.path.len();
        for (at, item) in items.into_iter().enumerate() {
            self.path.push_str(&format!("[{at}]"));
            item.note_unknown(self);
            self.path.truncate(length);
        }
    }

    /// Notes the place where the walk is as one with a value of another type than it takes.
    pub(crate) fn is_odd(&mut self) {
        self.odd.push(self.path.clone());
        self.found("has a value of another type");
    }

    /// Notes the place where the walk is.
    pub(crate) fn found(&mut self, what: &str) {
        self.found.push(format!("{} {what}", self.path).trim_start().to_owned());
    }
}

macro_rules! described {
    ($($type:ty: $shape:ident,)+) => { $(
        impl Described for $type {
            fn shape() -> Shape {
                Shape::$shape
            }
        }
    )+ };
}

described! {
    (): Nothing,
    String: Text,
    bool: Boolean,
    u32: Number,
    Number: Number,
    Secret: Text,
    Timestamp: Time,
    Url: Text,
}

impl<T: Described> Described for Vec<T> {
    fn shape() -> Shape {
        Shape::List(Box::new(T::shape()))
    }

    fn note_unknown(&self, walk: &mut Walk) {
        walk.items(self);
    }
}

impl<T: Described> Described for BTreeMap<String, T> {
    fn shape() -> Shape {
        Shape::Map(Box::new(T::shape()))
    }

    fn note_unknown(&self, walk: &mut Walk) {
        for (name, value) in self {
            walk.member(name, |walk| value.note_unknown(walk));
        }
    }
}
