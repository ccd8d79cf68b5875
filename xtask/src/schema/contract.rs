//! A contract: what one version of the API puts on the wire, and nothing that is only there to be read.
//!
//! It is plain data. [`crate::schema::openapi`] makes it from a description of HubSpot's, [`Contract::to_text`] and
//! [`Contract::parse`] move it to and from the files in `xtask/contracts`.
//! Everything that has no order on the wire is kept sorted, so equal contracts are equal values and equal files.

mod digest;
mod limits;
mod parse;
mod print;
mod settle;
mod tags;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub(crate) use self::digest::{Digests, of_texts};
pub(crate) use self::limits::rule;
pub(crate) use self::settle::{Settled, Whole, weight};
pub(crate) use self::tags::{in_step, tags};
use crate::schema::json::{Result, Unreadable};

/// One version of the API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Contract {
    /// `v3` or, for the dated ones, `2026-03`.
    pub(crate) version: String,
    /// Where the paths begin.
    pub(crate) servers: BTreeSet<String>,
    pub(crate) operations: BTreeMap<OperationId, Operation>,
    /// What has a name in HubSpot's file. Most are objects; a name may also stand for any other schema.
    pub(crate) records: BTreeMap<String, Schema>,
    /// The ways to show who one is.
    pub(crate) schemes: BTreeMap<String, Scheme>,
}

/// Sorts by path first, so that what can be done with one thing stands together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct OperationId {
    pub(crate) path: String,
    /// In capitals.
    pub(crate) method: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) parameters: BTreeMap<ParameterId, Parameter>,
    pub(crate) body: Option<Body>,
    /// By status; `default` stands for all that are not listed.
    pub(crate) responses: BTreeMap<String, Response>,
    /// Any one of these will do. None at all: no credential is asked for.
    pub(crate) security: BTreeSet<Requirement>,
    pub(crate) deprecated: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ParameterId {
    /// `path`, `query`, `header` or `cookie`.
    pub(crate) location: String,
    pub(crate) name: String,
}

/// A parameter, or a header of a response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) required: bool,
    pub(crate) deprecated: bool,
    /// How a list or an object becomes text, where that is not the usual way for the place.
    pub(crate) style: Option<String>,
    /// Whether each element of a list is a parameter of its own, where that is not the usual way for the style.
    pub(crate) explode: Option<bool>,
    pub(crate) schema: Schema,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Body {
    pub(crate) required: bool,
    pub(crate) content: Content,
}

/// By media type.
pub(crate) type Content = BTreeMap<String, Schema>;

/// A media type without what is only another way to write it.
pub(crate) fn media_type(name: &str) -> String {
    let mut parts = name.split(';').map(|part| part.trim().to_ascii_lowercase());
    let name = parts.next().unwrap_or_default();
    parts
        .filter(|part| part != "charset=utf-8")
        .fold(name, |name, part| format!("{name};{part}"))
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) headers: BTreeMap<String, Parameter>,
    /// Empty when the response has no body.
    pub(crate) content: Content,
}

/// Schemes that are needed together, each with the scopes that are needed of it.
pub(crate) type Requirement = BTreeMap<String, BTreeSet<String>>;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scheme {
    /// What the description says of it: its type, and where the credential travels.
    pub(crate) facts: BTreeMap<String, String>,
    pub(crate) flows: BTreeMap<String, Flow>,
}

/// One way to get an OAuth token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flow {
    pub(crate) urls: BTreeMap<String, String>,
    pub(crate) scopes: BTreeSet<String>,
}

/// What a JSON value looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Schema {
    pub(crate) shape: Shape,
    pub(crate) format: Option<String>,
    pub(crate) nullable: bool,
    /// The only values it has, if they are listed. Then it is a string, or an integer as its digits.
    pub(crate) values: BTreeSet<String>,
    /// Limits, patterns, defaults and the like ([`RULES`]): the keyword, and its value as JSON text.
    pub(crate) rules: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    #[default]
    Any,
    Boolean,
    Integer,
    Number,
    String,
    Array(Box<Schema>),
    Object(Object),
    /// What has this name among the records.
    Named(String),
    Combination(Combination),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Object {
    pub(crate) members: BTreeMap<String, Member>,
    /// What other members there may be.
    pub(crate) rest: Rest,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Member {
    pub(crate) required: bool,
    pub(crate) schema: Schema,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Rest {
    /// Any, which says nothing.
    #[default]
    Open,
    /// None.
    Closed,
    /// Any name, with values like this: a map.
    Of(Box<Schema>),
}

/// A value that is like one of several schemas, or like some, or like all of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Combination {
    pub(crate) how: How,
    /// Sorted, since their order means nothing.
    pub(crate) alternatives: Vec<Schema>,
    /// Only where the description says so in so many words. HubSpot leaves it to be seen from the records.
    pub(crate) discriminator: Option<Discriminator>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum How {
    One,
    Any,
    All,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Discriminator {
    pub(crate) member: String,
    /// The record for each value.
    pub(crate) mapping: BTreeMap<String, String>,
}

/// The keywords that a contract carries as they are, because they change what may be sent or what may come.
pub(crate) const RULES: &[&str] = &[
    "default",
    "deprecated",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "readOnly",
    "uniqueItems",
    "writeOnly",
];

impl Contract {
    /// What a schema stands for when names are followed, without what is said beside them. A contract that was read has a record for every name.
    #[cfg(test)]
    pub(crate) fn resolve<'a>(&'a self, schema: &'a Schema) -> &'a Schema {
        let mut found = schema;
        // One step more than there are records would be a circle, which reading refuses.
        for _ in 0..=self.records.len() {
            match &found.shape {
                Shape::Named(name) => match self.records.get(name) {
                    Some(record) => found = record,
                    None => return found,
                },
                _ => return found,
            }
        }
        found
    }

    /// The names of the records that the operations lead to, on whatever way.
    pub(crate) fn reached(&self) -> BTreeSet<&str> {
        self.reached_from(self.operations.values().flat_map(names_in_operation).collect())
    }

    /// The names of the records that an operation leads to.
    pub(crate) fn reached_from_operation(&self, id: &OperationId) -> BTreeSet<&str> {
        self.reached_from(
            self.operations
                .get(id)
                .into_iter()
                .flat_map(names_in_operation)
                .collect(),
        )
    }

    /// The names of the records that a record leads to.
    pub(crate) fn reached_from_record(&self, name: &str) -> BTreeSet<&str> {
        let mut open = Vec::new();
        if let Some(record) = self.records.get(name) {
            record.each(&mut |schema| open.extend(names(schema)));
        }
        self.reached_from(open)
    }

    fn reached_from<'a>(&'a self, mut open: Vec<&'a str>) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        while let Some(name) = open.pop() {
            if reached.insert(name)
                && let Some(record) = self.records.get(name)
            {
                record.each(&mut |schema| open.extend(names(schema)));
            }
        }
        reached
    }

    /// Refuses names that lead nowhere or in a circle. Everything that makes a contract ends with this.
    pub(in crate::schema) fn checked(self) -> Result<Self> {
        let mut found = BTreeSet::new();
        self.each_schema(&mut |schema| found.extend(names(schema)));
        if let Some(name) = found.into_iter().find(|name| !self.records.contains_key(*name)) {
            return Err(Unreadable::whole(format!(
                "there is no schema `{name}`, though {} refers to it; add it, or mend the reference",
                self.who_names(name)
            )));
        }
        if let Some(name) = self.circle() {
            return Err(Unreadable::whole(format!("the schema `{name}` refers only to itself; give it a type")));
        }
        let schemes = self
            .operations
            .values()
            .flat_map(|operation| &operation.security)
            .flat_map(BTreeMap::keys);
        for scheme in schemes {
            if !self.schemes.contains_key(scheme) {
                return Err(Unreadable::whole(format!(
                    "there is no security scheme `{scheme}`, though it is asked for"
                )));
            }
        }
        Ok(self)
    }

    /// What it is, among operations and schemas, that has a name in it.
    fn who_names(&self, name: &str) -> String {
        let operation = self
            .operations
            .iter()
            .find(|(_, of)| names_in_operation(of).contains(&name));
        if let Some((id, _)) = operation {
            return format!("the operation {id}");
        }
        let is_it = |record: &Schema| {
            let mut found = false;
            record.each(&mut |schema| found |= names(schema).contains(&name));
            found
        };
        match self.records.iter().find(|(_, record)| is_it(record)) {
            Some((record, _)) => format!("the schema `{record}`"),
            None => "something".to_owned(),
        }
    }

    /// The first name that stands for nothing but names, if there is one. Each name is followed once.
    fn circle(&self) -> Option<&str> {
        let mut sound = BTreeSet::new();
        for name in self.records.keys() {
            let mut way = BTreeSet::new();
            let mut next = Some(name);
            while let Some(name) = next.filter(|name| !sound.contains(*name)) {
                if !way.insert(name) {
                    return Some(name);
                }
                next = match self.records.get(name).map(|record| &record.shape) {
                    Some(Shape::Named(next)) => Some(next),
                    _ => None,
                };
            }
            sound.extend(way);
        }
        None
    }

    /// Shows every schema, outer ones before inner ones.
    pub(crate) fn each_schema<'a>(&'a self, visit: &mut impl FnMut(&'a Schema)) {
        for operation in self.operations.values() {
            operation.each_schema(visit);
        }
        for record in self.records.values() {
            record.each(visit);
        }
    }
}

impl Operation {
    fn each_schema<'a>(&'a self, visit: &mut impl FnMut(&'a Schema)) {
        for parameter in self.parameters.values() {
            parameter.schema.each(visit);
        }
        for schema in self.body.iter().flat_map(|body| body.content.values()) {
            schema.each(visit);
        }
        for response in self.responses.values() {
            for header in response.headers.values() {
                header.schema.each(visit);
            }
            for schema in response.content.values() {
                schema.each(visit);
            }
        }
    }
}

/// The names that an operation refers to by itself.
fn names_in_operation(operation: &Operation) -> Vec<&str> {
    let mut found = Vec::new();
    operation.each_schema(&mut |schema| found.extend(names(schema)));
    found
}

/// The names that a schema refers to by itself.
fn names(schema: &Schema) -> Vec<&str> {
    match &schema.shape {
        Shape::Named(name) => vec![name],
        Shape::Combination(Combination {
            discriminator: Some(discriminator),
            ..
        }) => discriminator.mapping.values().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}

/// With nothing said beside the shape.
impl From<Shape> for Schema {
    fn from(shape: Shape) -> Self {
        Self {
            shape,
            ..Self::default()
        }
    }
}

impl Schema {
    fn each<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        match &self.shape {
            Shape::Array(items) => items.each(visit),
            Shape::Object(object) => {
                for member in object.members.values() {
                    member.schema.each(visit);
                }
                if let Rest::Of(values) = &object.rest {
                    values.each(visit);
                }
            }
            Shape::Combination(combination) => {
                for alternative in &combination.alternatives {
                    alternative.each(visit);
                }
            }
            Shape::Any | Shape::Boolean | Shape::Integer | Shape::Number | Shape::String | Shape::Named(_) => {}
        }
    }
}

impl Combination {
    pub(crate) fn new(how: How, mut alternatives: Vec<Schema>, discriminator: Option<Discriminator>) -> Self {
        alternatives.sort_by_cached_key(print::schema_text);
        Self {
            how,
            alternatives,
            discriminator,
        }
    }
}

impl How {
    pub(crate) const ALL: [Self; 3] = [Self::One, Self::Any, Self::All];

    pub(crate) fn keyword(self) -> &'static str {
        match self {
            Self::One => "oneOf",
            Self::Any => "anyOf",
            Self::All => "allOf",
        }
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

impl fmt::Display for ParameterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.location, self.name)
    }
}
