//! One difference between two contracts.

use std::collections::BTreeSet;
use std::fmt;

use crate::schema::contract::OperationId;

/// One difference between two contracts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) item: Item,
    pub(crate) kind: Kind,
    pub(crate) directions: BTreeSet<Direction>,
    /// Where the same stands in the old contract too: what it spells out more than once, and is told of once.
    pub(crate) also: BTreeSet<Item>,
    /// All these places as the new contract names them: where its records have other names, or come apart.
    pub(crate) there: BTreeSet<Item>,
    /// What the old contract says; `None` where it says nothing.
    pub(crate) was: Option<Said>,
    /// What the new contract says; `None` where it says nothing.
    pub(crate) now: Option<Said>,
    pub(crate) verdict: Verdict,
}

impl Change {
    /// What the new contract calls the records that the item is in.
    pub(crate) fn called(&self) -> BTreeSet<&str> {
        let records = self.there.iter().filter_map(|item| match &item.root {
            Root::Record(name) => Some(name.as_str()),
            _ => None,
        });
        records.collect()
    }
}

/// What a contract says at a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Said {
    /// In a few words.
    pub(crate) text: String,
    /// The digest of the whole, where the words do not tell it.
    pub(crate) beneath: Option<String>,
}

impl Said {
    pub(crate) fn short(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            beneath: None,
        }
    }
}

/// A place that both contracts have, as each of them names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) old: Item,
    pub(crate) new: Item,
}

impl Place {
    pub(crate) fn new(old: Root, new: Root) -> Self {
        Self {
            old: Item::new(old),
            new: Item::new(new),
        }
    }

    pub(crate) fn step(&self, step: &str) -> Self {
        self.steps([step, step])
    }

    pub(crate) fn steps(&self, [old, new]: [&str; 2]) -> Self {
        Self {
            old: self.old.step(old),
            new: self.new.step(new),
        }
    }
}

/// Where something stands in a contract: named as the old one names it, or as the new one where only that has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Item {
    pub(crate) root: Root,
    /// The way from there: ` query limit` of an operation; `.senders[]` of a record, `{}` being the values of a map, and
    /// `|TEXT` the alternative of a union that is told by its `type`, `|1` the first one of those that are not; `&1` is the
    /// first of the parts that all hold and are no one schema. What could be
    /// taken for a step in a name has a backslash before it.
    pub(crate) steps: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Root {
    Api,
    Operation(OperationId),
    Record(String),
    Scheme(String),
}

impl Item {
    pub(crate) fn new(root: Root) -> Self {
        Self {
            root,
            steps: String::new(),
        }
    }

    pub(crate) fn step(&self, step: &str) -> Self {
        Self {
            root: self.root.clone(),
            steps: format!("{}{step}", self.steps),
        }
    }
}

impl Item {
    /// Where each of the steps ends, and the root before them.
    pub(crate) fn ends_of_steps(&self) -> Vec<usize> {
        let mut ends = Vec::new();
        let mut is_escaped = false;
        for (at, byte) in self.steps.bytes().enumerate() {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b' ' | b'.' | b'[' | b'{' | b'|' | b'&' => ends.push(at),
                _ => {}
            }
        }
        ends.push(self.steps.len());
        ends
    }

    /// Whether it is the value of a member, or one of the alternatives or parts of that.
    pub(crate) fn is_in_member(&self) -> bool {
        let ends = self.ends_of_steps();
        let mut steps = ends.windows(2).rev().map(|step| &self.steps[step[0]..step[1]]);
        let last = steps.find(|step| !step.starts_with(['|', '&']));
        last.is_some_and(|step| step.starts_with('.'))
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = match &self.root {
            Root::Api => "the API".to_owned(),
            Root::Operation(id) => id.to_string(),
            Root::Record(name) => name.clone(),
            Root::Scheme(name) => format!("scheme {name}"),
        };
        f.write_str(&root)?;
        f.write_str(&self.steps)
    }
}

/// What kind of fact differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Server,
    Operation,
    Path,
    Deprecated,
    Parameter,
    Body,
    Response,
    Header,
    Security,
    /// A record that no operation leads to. Only a check of the code tells of it.
    Record,
    Member,
    Required,
    Type,
    Format,
    Nullable,
    EnumValue,
    Alternative,
    Rule,
}

impl Kind {
    pub(crate) const ALL: [Self; 18] = [
        Self::Server,
        Self::Operation,
        Self::Path,
        Self::Deprecated,
        Self::Parameter,
        Self::Body,
        Self::Response,
        Self::Header,
        Self::Security,
        Self::Record,
        Self::Member,
        Self::Required,
        Self::Type,
        Self::Format,
        Self::Nullable,
        Self::EnumValue,
        Self::Alternative,
        Self::Rule,
    ];

    /// The name, for people and for machines.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Operation => "operation",
            Self::Path => "path",
            Self::Deprecated => "deprecated",
            Self::Parameter => "parameter",
            Self::Body => "body",
            Self::Response => "response",
            Self::Header => "header",
            Self::Security => "security",
            Self::Record => "record",
            Self::Member => "member",
            Self::Required => "required",
            Self::Type => "type",
            Self::Format => "format",
            Self::Nullable => "nullable",
            Self::EnumValue => "enum value",
            Self::Alternative => "alternative",
            Self::Rule => "rule",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Whom a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Direction {
    /// What a client sends.
    Sent,
    /// What a client receives.
    Received,
    /// How a client shows who it is.
    Auth,
}

impl Direction {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Received => "received",
            Self::Auth => "auth",
        }
    }
}

/// What a change means for those who use this project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// Nothing: what is built goes on working, and there is nothing to gain.
    Harmless,
    /// Something new can be had, or should be made known.
    Adopt,
    /// What worked may fail.
    Breaking,
}

impl Verdict {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Harmless => "harmless",
            Self::Adopt => "worth adopting",
            Self::Breaking => "breaking",
        }
    }
}
