//! Reads a contract from its file, and nothing that [`super::print`] would not have written.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Body, Combination, Content, Contract, Discriminator, Flow, How, Member, Object, Operation, OperationId, Parameter,
    ParameterId, RULES, Requirement, Response, Rest, Schema, Scheme, Shape, rule,
};
use crate::schema::json::{Node, Result};

/// Says that a file is a contract, and how to read it.
pub(super) const FORMAT: u32 = 1;

impl Contract {
    pub(crate) fn parse(document: &Node<'_>) -> Result<Self> {
        let format = document.need("contract")?;
        if format.value.as_u64() != Some(FORMAT.into()) {
            return format.refuse(format!("a contract of another format than {FORMAT}"));
        }
        known(document, &["contract", "version", "servers", "operations", "records", "schemes"])?;
        let mut operations = BTreeMap::new();
        for (name, node) in document.need("operations")?.members()? {
            let Some((method, path)) = name.split_once(' ') else {
                return node.refuse("an operation is named by its method and its path");
            };
            let id = OperationId {
                path: path.to_owned(),
                method: method.to_owned(),
            };
            operations.insert(id, operation(&node)?);
        }
        Self {
            version: document.need("version")?.text()?.to_owned(),
            servers: strings(&document.need("servers")?)?,
            operations,
            records: map(&document.need("records")?, |node| schema(node, &[]))?,
            schemes: map(&document.need("schemes")?, scheme)?,
        }
        .checked()
    }
}

fn operation(node: &Node<'_>) -> Result<Operation> {
    known(node, &["deprecated", "parameters", "body", "responses", "security"])?;
    let mut parameters = BTreeMap::new();
    for (name, node) in node.members_of("parameters")? {
        let Some((location, name)) = name.split_once(' ') else {
            return node.refuse("a parameter is named by its place and its name");
        };
        let id = ParameterId {
            location: location.to_owned(),
            name: name.to_owned(),
        };
        parameters.insert(id, parameter(&node)?);
    }
    Ok(Operation {
        parameters,
        body: node.get("body")?.map(|node| body(&node)).transpose()?,
        responses: map(&node.need("responses")?, response)?,
        security: node
            .need("security")?
            .elements()?
            .iter()
            .map(requirement)
            .collect::<Result<_>>()?,
        deprecated: node.flag_of("deprecated")?,
    })
}

fn parameter(node: &Node<'_>) -> Result<Parameter> {
    known(node, &["required", "deprecated", "style", "explode", "schema"])?;
    Ok(Parameter {
        required: node.flag_of("required")?,
        deprecated: node.flag_of("deprecated")?,
        style: node.text_of("style")?.map(str::to_owned),
        explode: node.get("explode")?.map(|_| node.flag_of("explode")).transpose()?,
        schema: schema(&node.need("schema")?, &[])?,
    })
}

fn body(node: &Node<'_>) -> Result<Body> {
    known(node, &["required", "content"])?;
    Ok(Body {
        required: node.flag_of("required")?,
        content: content(node)?,
    })
}

fn response(node: &Node<'_>) -> Result<Response> {
    known(node, &["headers", "content"])?;
    Ok(Response {
        headers: node
            .get("headers")?
            .map_or_else(|| Ok(BTreeMap::new()), |headers| map(&headers, parameter))?,
        content: content(node)?,
    })
}

fn content(node: &Node<'_>) -> Result<Content> {
    node.get("content")?
        .map_or_else(|| Ok(Content::new()), |content| map(&content, |node| schema(node, &[])))
}

fn requirement(node: &Node<'_>) -> Result<Requirement> {
    map(node, strings)
}

fn scheme(node: &Node<'_>) -> Result<Scheme> {
    let mut scheme = Scheme::default();
    for (name, node) in node.members()? {
        if name == "flows" {
            scheme.flows = map(&node, flow)?;
        } else {
            scheme.facts.insert(name.to_owned(), node.text()?.to_owned());
        }
    }
    Ok(scheme)
}

fn flow(node: &Node<'_>) -> Result<Flow> {
    let mut flow = Flow::default();
    for (name, node) in node.members()? {
        if name == "scopes" {
            flow.scopes = strings(&node)?;
        } else {
            flow.urls.insert(name.to_owned(), node.text()?.to_owned());
        }
    }
    Ok(flow)
}

/// The keywords of a schema, whatever its shape.
const ANY_SHAPE: &[&str] = &["format", "nullable", "enum"];

fn schema(node: &Node<'_>, besides: &[&str]) -> Result<Schema> {
    let (shape, own) = shape(node)?;
    node.only(|name| {
        own.contains(&name) || besides.contains(&name) || ANY_SHAPE.contains(&name) || RULES.contains(&name)
    })?;
    let mut rules = BTreeMap::new();
    for keyword in RULES {
        if let Some(value) = node.get(keyword)?
            && let Some(rule) = rule(keyword, value.value)
        {
            rules.insert((*keyword).to_owned(), rule);
        }
    }
    Ok(Schema {
        shape,
        format: node.text_of("format")?.map(str::to_owned),
        nullable: node.flag_of("nullable")?,
        values: node
            .get("enum")?
            .map_or_else(|| Ok(BTreeSet::new()), |values| strings(&values))?,
        rules,
    })
}

/// The shape, and the keywords that tell it.
fn shape(node: &Node<'_>) -> Result<(Shape, &'static [&'static str])> {
    if let Some(name) = node.text_of("record")? {
        return Ok((Shape::Named(name.to_owned()), &["record"]));
    }
    for how in How::ALL {
        if let Some(alternatives) = node.get(how.keyword())? {
            let alternatives = alternatives
                .elements()?
                .iter()
                .map(|node| schema(node, &[]))
                .collect::<Result<Vec<_>>>()?;
            let discriminator = node
                .get("discriminator")?
                .map(|node| discriminator(&node))
                .transpose()?;
            let keywords: &[&str] = match how {
                How::One => &["oneOf", "discriminator"],
                How::Any => &["anyOf", "discriminator"],
                How::All => &["allOf", "discriminator"],
            };
            return Ok((Shape::Combination(Combination::new(how, alternatives, discriminator)), keywords));
        }
    }
    let kind = node.need("type")?;
    Ok(match kind.text()? {
        "any" => (Shape::Any, &["type"]),
        "boolean" => (Shape::Boolean, &["type"]),
        "integer" => (Shape::Integer, &["type"]),
        "number" => (Shape::Number, &["type"]),
        "string" => (Shape::String, &["type"]),
        "array" => (Shape::Array(Box::new(schema(&node.need("items")?, &[])?)), &["type", "items"]),
        "object" => (Shape::Object(object(node)?), &["type", "members", "rest"]),
        other => return kind.refuse(format!("there is no type `{other}`")),
    })
}

fn object(node: &Node<'_>) -> Result<Object> {
    let members = node
        .get("members")?
        .map_or_else(|| Ok(BTreeMap::new()), |members| map(&members, member))?;
    let rest = match node.get("rest")? {
        None => Rest::Open,
        Some(rest) if rest.value == "none" => Rest::Closed,
        Some(rest) => Rest::Of(Box::new(schema(&rest, &[])?)),
    };
    Ok(Object { members, rest })
}

fn member(node: &Node<'_>) -> Result<Member> {
    Ok(Member {
        required: node.flag_of("required")?,
        schema: schema(node, &["required"])?,
    })
}

fn discriminator(node: &Node<'_>) -> Result<Discriminator> {
    known(node, &["member", "records"])?;
    Ok(Discriminator {
        member: node.need("member")?.text()?.to_owned(),
        mapping: map(&node.need("records")?, |node| node.text().map(str::to_owned))?,
    })
}

fn known(node: &Node<'_>, names: &[&str]) -> Result<()> {
    node.only(|name| names.contains(&name))
}

fn map<T>(node: &Node<'_>, read: impl Fn(&Node<'_>) -> Result<T>) -> Result<BTreeMap<String, T>> {
    node.members()?
        .into_iter()
        .map(|(name, node)| Ok((name.to_owned(), read(&node)?)))
        .collect()
}

fn strings(node: &Node<'_>) -> Result<BTreeSet<String>> {
    node.elements()?
        .iter()
        .map(|node| node.text().map(str::to_owned))
        .collect()
}
