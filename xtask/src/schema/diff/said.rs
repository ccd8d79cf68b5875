//! Pieces of contracts in a few words, and digests of what the words leave out.

use super::change::Said;
use crate::schema::contract::{
    Body, Content, Contract, Digests, Discriminator, Member, Operation, Parameter, Requirement, Response, Rest, Schema,
    Shape, of_texts,
};

/// Says what stands in one contract.
#[derive(Debug)]
pub(crate) struct Sayer<'a> {
    digests: Digests<'a>,
}

impl<'a> Sayer<'a> {
    pub(crate) fn new(contract: &'a Contract) -> Self {
        Self {
            digests: Digests::new(contract),
        }
    }

    /// What is the same on the wire has the same.
    pub(crate) fn digest(&mut self, schema: &Schema) -> String {
        self.digests.schema(schema)
    }

    /// A schema as an alternative or as a record.
    pub(crate) fn schema(&mut self, schema: &Schema) -> Said {
        Said {
            text: schema_in_short(schema),
            beneath: self.beneath(schema),
        }
    }

    /// The type and the format: what else limits the values is said at the same place by itself.
    pub(crate) fn type_of(&mut self, schema: &Schema) -> Said {
        let bare = Schema {
            nullable: false,
            rules: std::collections::BTreeMap::new(),
            ..schema.clone()
        };
        Said {
            text: type_in_short(schema),
            beneath: self.beneath(&bare),
        }
    }

    pub(crate) fn member(&mut self, member: &Member) -> Said {
        Said {
            text: format!("{} {}", required_or_not(member.required), schema_in_short(&member.schema)),
            beneath: self.beneath(&member.schema),
        }
    }

    /// What members of any name may be.
    pub(crate) fn rest(&mut self, rest: &Rest) -> Said {
        match rest {
            Rest::Open => Said::short("any other members"),
            Rest::Closed => Said::short("no other members"),
            Rest::Of(values) => Said {
                text: format!("other members of {}", schema_in_short(values)),
                beneath: self.beneath(values),
            },
        }
    }

    /// A parameter or a header.
    pub(crate) fn parameter(&mut self, parameter: &Parameter) -> Said {
        let all_said = says_all(&parameter.schema) && carriage(parameter).is_none() && !parameter.deprecated;
        Said {
            text: format!("{} {}", required_or_not(parameter.required), schema_in_short(&parameter.schema)),
            beneath: (!all_said).then(|| self.digests.parameter(parameter)),
        }
    }

    pub(crate) fn body(&mut self, body: &Body) -> Said {
        Said {
            text: format!("{} {}", required_or_not(body.required), content_in_short(&body.content)),
            beneath: (!body.content.values().all(says_all)).then(|| self.digests.content(&body.content)),
        }
    }

    pub(crate) fn response(&mut self, response: &Response) -> Said {
        let all_said = response.headers.is_empty() && response.content.values().all(says_all);
        Said {
            text: content_in_short(&response.content),
            beneath: (!all_said).then(|| self.digests.response(response)),
        }
    }

    pub(crate) fn operation(&mut self, operation: &Operation) -> Said {
        Said {
            text: "there".to_owned(),
            beneath: Some(self.digests.operation(operation)),
        }
    }

    /// A record that nothing leads to.
    pub(crate) fn record(&mut self, record: &Schema) -> Said {
        Said {
            text: "there".to_owned(),
            beneath: Some(self.digests.schema(record)),
        }
    }

    fn beneath(&mut self, schema: &Schema) -> Option<String> {
        (!says_all(schema)).then(|| self.digests.schema(schema))
    }
}

/// Whether [`schema_in_short`] tells everything.
fn says_all(schema: &Schema) -> bool {
    match &schema.shape {
        Shape::Any | Shape::Boolean | Shape::Integer | Shape::Number | Shape::String => true,
        Shape::Array(items) => says_all(items),
        Shape::Object(object) => {
            object.members.is_empty() && !matches!(&object.rest, Rest::Of(values) if !says_all(values))
        }
        Shape::Named(_) => false,
        Shape::Combination(combination) => {
            combination.discriminator.is_none() && combination.alternatives.iter().all(says_all)
        }
    }
}

pub(super) fn yes_or_no(fact: bool) -> Said {
    Said::short(if fact { "yes" } else { "no" })
}

pub(super) fn required_or_not(required: bool) -> &'static str {
    if required { "required" } else { "optional" }
}

/// How a parameter or a header becomes text, where that is not the usual way.
pub(super) fn carriage(parameter: &Parameter) -> Option<String> {
    let style = parameter.style.as_ref().map(|style| format!("style {style}"));
    let explode = parameter.explode.map(|explode| format!("explode {explode}"));
    match (style, explode) {
        (None, None) => None,
        (Some(style), Some(explode)) => Some(format!("{style}, {explode}")),
        (style, explode) => style.or(explode),
    }
}

/// A schema in a few words. Different schemas may look alike; then [`says_all`] says so.
pub(crate) fn schema_in_short(schema: &Schema) -> String {
    let null = if schema.nullable { " or null" } else { "" };
    let rules = schema
        .rules
        .iter()
        .map(|(keyword, value)| format!(", {keyword} {value}"));
    format!("{}{null}{}", type_in_short(schema), rules.collect::<String>())
}

/// The type and its format, in a few words, with a digest of a list of values that is too long to be read.
pub(crate) fn type_in_short(schema: &Schema) -> String {
    let format = schema
        .format
        .as_ref()
        .map_or_else(String::new, |format| format!(" {format}"));
    format!("{}{format}", shape_in_short(schema))
}

fn shape_in_short(schema: &Schema) -> String {
    const MOST: usize = 8;

    let values = &schema.values;
    match &schema.shape {
        Shape::Integer if values.len() > MOST => {
            format!("one of {} integers, digest {}", values.len(), of_texts(values))
        }
        Shape::Integer if !values.is_empty() => {
            format!("integer {}", values.iter().map(String::as_str).collect::<Vec<_>>().join(" | "))
        }
        _ if values.len() > MOST => format!("one of {} strings, digest {}", values.len(), of_texts(values)),
        _ if !values.is_empty() => values.iter().map(String::as_str).collect::<Vec<_>>().join(" | "),
        Shape::Any => "any value".to_owned(),
        Shape::Boolean => "boolean".to_owned(),
        Shape::Integer => "integer".to_owned(),
        Shape::Number => "number".to_owned(),
        Shape::String => "string".to_owned(),
        Shape::Array(items) => format!("array of {}", schema_in_short(items)),
        Shape::Object(object) if object.members.is_empty() => match &object.rest {
            Rest::Of(values) => format!("map to {}", schema_in_short(values)),
            Rest::Open => "object".to_owned(),
            Rest::Closed => "object without members".to_owned(),
        },
        Shape::Object(object) => {
            format!("object with {}", object.members.keys().map(String::as_str).collect::<Vec<_>>().join(", "))
        }
        Shape::Named(name) => name.clone(),
        Shape::Combination(combination) => {
            let alternatives: Vec<String> = combination.alternatives.iter().map(schema_in_short).collect();
            format!("{} of {}", combination.how.keyword(), alternatives.join(", "))
        }
    }
}

fn content_in_short(content: &Content) -> String {
    match content.is_empty() {
        true => "no content".to_owned(),
        false => content
            .iter()
            .map(|(media_type, schema)| format!("{} as {media_type}", schema_in_short(schema)))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// What tells the alternatives of a union apart, where the description says it in so many words.
pub(super) fn discriminator_in_short(discriminator: &Discriminator) -> Said {
    let mapping = discriminator
        .mapping
        .iter()
        .map(|(value, record)| format!("{value} is {record}"));
    let mapping: Vec<String> = mapping.collect();
    Said::short(match mapping.is_empty() {
        true => format!("told apart by {}", discriminator.member),
        false => format!("told apart by {}: {}", discriminator.member, mapping.join(", ")),
    })
}

/// Schemes that are needed together, with their scopes: `oauth2[a, b] + key`.
pub(super) fn security_in_short(requirement: &Requirement) -> String {
    let schemes: Vec<String> = requirement
        .iter()
        .map(|(scheme, scopes)| match scopes.is_empty() {
            true => scheme.clone(),
            false => format!("{scheme}[{}]", scopes.iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
        })
        .collect();
    match schemes.is_empty() {
        true => "no credential".to_owned(),
        false => schemes.join(" + "),
    }
}
