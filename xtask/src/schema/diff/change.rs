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
    /// What the new contract calls the record that the item is in.
    pub(crate) called: BTreeSet<String>,
    /// What the old contract says, in short; `None` where it says nothing.
    pub(crate) was: Option<String>,
    /// What the new contract says, in short; `None` where it says nothing.
    pub(crate) now: Option<String>,
    pub(crate) verdict: Verdict,
}

/// Where something stands in a contract: named as the old one names it, or as the new one where only that has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Item {
    pub(crate) root: Root,
    /// The way from there: ` query limit` of an operation; `.senders[]` of a record, `{}` being the values of a map.
    pub(crate) steps: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
