//! Schemas: the part of OpenAPI that is almost, but not quite, JSON Schema.

use std::collections::{BTreeMap, BTreeSet};

use super::name_in;
use crate::schema::contract::{Combination, Discriminator, How, Member, Object, RULES, Rest, Schema, Shape, rule};
use crate::schema::json::{Node, Result};

/// What only readers care for.
const PROSE: &[&str] = &["title", "description", "example", "examples", "externalDocs", "xml"];

/// What may stand beside anything that says the shape.
const BESIDE: &[&str] = &["format", "nullable", "enum"];

/// Nesting is bounded by what the JSON parser takes; names are not followed here.
pub(super) fn schema(node: &Node<'_>) -> Result<Schema> {
    if let Some(reference) = node.get("$ref")? {
        // What stands beside a reference means nothing in OpenAPI 3.0, whatever its author thought.
        known(node, &["$ref"], &[])?;
        return Ok(Schema::from(Shape::Named(name_in(&reference, "schemas")?)));
    }
    for how in How::ALL {
        if node.get(how.keyword())?.is_some() {
            return combination(node, how);
        }
    }
    let kind = match node.get("type")? {
        Some(kind) if kind.value.is_array() => {
            return kind
                .refuse("a list of types is OpenAPI 3.1; in 3.0 one type and `nullable`, or `oneOf`, say the same");
        }
        kind => kind.map(|kind| kind.text()).transpose()?,
    };
    let has = |name: &str| node.get(name).is_ok_and(|member| member.is_some());
    let (shape, own): (Shape, &[&str]) = match kind {
        Some("boolean") => (Shape::Boolean, &[]),
        Some("integer") => (Shape::Integer, &[]),
        Some("number") => (Shape::Number, &[]),
        Some("string") => (Shape::String, &[]),
        Some("array") => (array(node)?, &["items"]),
        Some("object") => (Shape::Object(object(node)?), OBJECT),
        Some(other) => return node.refuse(format!("OpenAPI 3.0 has no type `{other}`")),
        None if has("properties") || has("additionalProperties") => (Shape::Object(object(node)?), OBJECT),
        None if has("items") => (array(node)?, &["items"]),
        None if has("enum") => (listed(node)?, &[]),
        None => (Shape::Any, &[]),
    };
    known(node, &["type"], &[own, BESIDE, RULES].concat())?;
    beside(node, shape)
}

/// The shape of what has its values listed and no type: integers, where all of them are.
fn listed(node: &Node<'_>) -> Result<Shape> {
    let values = node.elements_of("enum")?;
    let mut values = values
        .iter()
        .map(|node| node.value)
        .filter(|value| !value.is_null())
        .peekable();
    let are_integers = values.peek().is_some() && values.all(|value| value.is_i64() || value.is_u64());
    Ok(if are_integers { Shape::Integer } else { Shape::String })
}

const OBJECT: &[&str] = &["properties", "required", "additionalProperties"];

fn known(node: &Node<'_>, own: &[&str], besides: &[&str]) -> Result<()> {
    node.only(|name| own.contains(&name) || besides.contains(&name) || PROSE.contains(&name) || name.starts_with("x-"))
}

/// The shape with everything that stands beside it.
fn beside(node: &Node<'_>, shape: Shape) -> Result<Schema> {
    let nullable = node.flag_of("nullable")?;
    let mut values = BTreeSet::new();
    if let Some(listed) = node.get("enum")? {
        if !matches!(shape, Shape::String | Shape::Integer) {
            return listed.refuse(
                "only strings and integers can have their values listed; leave the type and say more in words",
            );
        }
        for value in listed.elements()? {
            // A nullable enum has to list null as well, which says nothing new.
            if !(nullable && value.value.is_null()) {
                values.insert(match shape {
                    Shape::Integer if value.value.is_i64() || value.value.is_u64() => value.value.to_string(),
                    Shape::Integer => return value.refuse("this is no integer, and the type says that it is"),
                    _ => match value.value.as_str() {
                        Some(text) => text.to_owned(),
                        None => {
                            return value.refuse(
                                "this is no string, and those that are listed with it are, or the type says so",
                            );
                        }
                    },
                });
            }
        }
        if values.is_empty() {
            return listed.refuse("an enum without values allows nothing");
        }
    }
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
        nullable,
        values,
        rules,
    })
}

fn array(node: &Node<'_>) -> Result<Shape> {
    let items = node.get("items")?.map(|items| schema(&items)).transpose()?;
    Ok(Shape::Array(Box::new(items.unwrap_or_default())))
}

fn object(node: &Node<'_>) -> Result<Object> {
    let mut members = BTreeMap::new();
    for (name, node) in node.members_of("properties")? {
        let member = Member {
            required: false,
            schema: schema(&node)?,
        };
        members.insert(name.to_owned(), member);
    }
    for name in node.elements_of("required")? {
        // Nothing is said of a member that is required but not listed, save that it must be there.
        let member: &mut Member = members.entry(name.text()?.to_owned()).or_default();
        member.required = true;
    }
    let rest = match node.get("additionalProperties")? {
        None => Rest::Open,
        Some(rest) => match rest.value.as_bool() {
            Some(true) => Rest::Open,
            Some(false) => Rest::Closed,
            None => match schema(&rest)? {
                anything if anything == Schema::default() => Rest::Open,
                values => Rest::Of(Box::new(values)),
            },
        },
    };
    Ok(Object { members, rest })
}

fn combination(node: &Node<'_>, how: How) -> Result<Schema> {
    let own: &[&str] = match how {
        How::All => &[
            "type",
            "discriminator",
            "properties",
            "required",
            "additionalProperties",
        ],
        How::One | How::Any => &["type", "discriminator"],
    };
    known(node, &[how.keyword()], &[own, BESIDE, RULES].concat())?;
    if let Some(kind) = node.get("type")?.filter(|kind| kind.value != "object") {
        return kind.refuse(format!("beside `{}` only the type `object` is understood", how.keyword()));
    }
    let listed = node.need(how.keyword())?;
    let mut alternatives = listed.elements()?.iter().map(schema).collect::<Result<Vec<_>>>()?;
    if alternatives.is_empty() {
        return listed.refuse("nothing to choose from");
    }
    // Members that stand beside the parts are one more part.
    let mut beside_parts = false;
    for member in OBJECT {
        beside_parts |= node.get(member)?.is_some();
    }
    if beside_parts {
        alternatives.push(Schema::from(Shape::Object(object(node)?)));
    }
    // The usual way to say more of a reference than its place allows.
    let only_named = matches!(
        alternatives.as_slice(),
        [Schema {
            shape: Shape::Named(_),
            ..
        }]
    );
    if how == How::All && only_named && node.get("discriminator")?.is_none() {
        let shape = alternatives.remove(0).shape;
        return beside(node, shape);
    }
    let discriminator = node
        .get("discriminator")?
        .map(|node| discriminator(&node))
        .transpose()?;
    beside(node, Shape::Combination(Combination::new(how, alternatives, discriminator)))
}

fn discriminator(node: &Node<'_>) -> Result<Discriminator> {
    known(node, &["propertyName", "mapping"], &[])?;
    let mut mapping = BTreeMap::new();
    for (value, target) in node.members_of("mapping")? {
        // Both a reference and a bare name are allowed.
        let name = match target.text()? {
            bare if !bare.contains('/') => bare.to_owned(),
            _ => name_in(&target, "schemas")?,
        };
        mapping.insert(value.to_owned(), name);
    }
    Ok(Discriminator {
        member: node.need("propertyName")?.text()?.to_owned(),
        mapping,
    })
}
