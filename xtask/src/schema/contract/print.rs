//! Writes a contract as JSON that is good to compare line by line.
//!
//! Each parameter, member, response and value of an enum has a line of its own. What stays on one line is decided by
//! what a thing is, never by how long it is, so that a change never moves its neighbours. What has its usual value is
//! left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{
    Body, Combination, Content, Contract, Discriminator, Flow, Member, Object, Operation, Parameter, Requirement,
    Response, Rest, Schema, Scheme, Shape,
};

/// JSON, and how it is laid out.
enum Tree {
    /// A scalar as JSON text.
    Text(String),
    /// An object on one line, as far as what is in it allows.
    Line(Vec<(String, Tree)>),
    /// An object with a line for each member.
    Block(Vec<(String, Tree)>),
    /// An array: on one line up to one element, with a line for each of more.
    List(Vec<Tree>),
}

impl Contract {
    /// The contract as it stands in its file.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        contract(self).write(&mut text, 0);
        text.push('\n');
        text
    }
}

/// A schema as in its contract: equal for equal schemas, different for different ones.
pub(super) fn schema_text(schema: &Schema) -> String {
    let mut text = String::new();
    Tree::Line(facts(schema)).write(&mut text, 0);
    text
}

fn contract(contract: &Contract) -> Tree {
    let operations = contract
        .operations
        .iter()
        .map(|(id, of)| (id.to_string(), operation(of)))
        .collect();
    Tree::Block(vec![
        ("contract".to_owned(), Tree::Text(super::parse::FORMAT.to_string())),
        ("version".to_owned(), string(&contract.version)),
        ("servers".to_owned(), strings(&contract.servers)),
        ("operations".to_owned(), Tree::Block(operations)),
        ("records".to_owned(), block(&contract.records, |record| Tree::Line(facts(record)))),
        ("schemes".to_owned(), block(&contract.schemes, scheme)),
    ])
}

fn operation(operation: &Operation) -> Tree {
    let mut of = Members::default();
    of.flag("deprecated", operation.deprecated);
    if !operation.parameters.is_empty() {
        let parameters = operation
            .parameters
            .iter()
            .map(|(id, of)| (id.to_string(), parameter(of)));
        of.add("parameters", Tree::Block(parameters.collect()));
    }
    if let Some(Body { required, content }) = &operation.body {
        let mut body = Members::default();
        body.flag("required", *required);
        body.content(content);
        of.add("body", Tree::Line(body.0));
    }
    of.add("responses", block(&operation.responses, response));
    of.add("security", Tree::List(operation.security.iter().map(requirement).collect()));
    Tree::Block(of.0)
}

fn parameter(parameter: &Parameter) -> Tree {
    let mut of = Members::default();
    of.flag("required", parameter.required);
    of.flag("deprecated", parameter.deprecated);
    of.text("style", parameter.style.as_ref());
    if let Some(explode) = parameter.explode {
        of.add("explode", Tree::Text(explode.to_string()));
    }
    of.add("schema", Tree::Line(facts(&parameter.schema)));
    Tree::Line(of.0)
}

fn response(response: &Response) -> Tree {
    let mut of = Members::default();
    if !response.headers.is_empty() {
        of.add("headers", line(&response.headers, parameter));
    }
    of.content(&response.content);
    Tree::Line(of.0)
}

fn requirement(requirement: &Requirement) -> Tree {
    line(requirement, strings)
}

fn scheme(scheme: &Scheme) -> Tree {
    let mut of = Members(
        scheme
            .facts
            .iter()
            .map(|(name, fact)| (name.clone(), string(fact)))
            .collect(),
    );
    if !scheme.flows.is_empty() {
        of.add("flows", block(&scheme.flows, flow));
    }
    Tree::Line(of.0)
}

fn flow(flow: &Flow) -> Tree {
    let mut of = Members(
        flow.urls
            .iter()
            .map(|(name, url)| (name.clone(), string(url)))
            .collect(),
    );
    of.add("scopes", strings(&flow.scopes));
    Tree::Block(of.0)
}

fn facts(schema: &Schema) -> Vec<(String, Tree)> {
    let mut of = Members::default();
    match &schema.shape {
        Shape::Any => of.add("type", string("any")),
        Shape::Boolean => of.add("type", string("boolean")),
        Shape::Integer => of.add("type", string("integer")),
        Shape::Number => of.add("type", string("number")),
        Shape::String => of.add("type", string("string")),
        Shape::Array(items) => {
            of.add("type", string("array"));
            of.add("items", Tree::Line(facts(items)));
        }
        Shape::Object(Object { members, rest }) => {
            of.add("type", string("object"));
            if !members.is_empty() {
                of.add("members", block(members, member));
            }
            match rest {
                Rest::Open => {}
                Rest::Closed => of.add("rest", string("none")),
                Rest::Of(values) => of.add("rest", Tree::Line(facts(values))),
            }
        }
        Shape::Named(name) => of.add("record", string(name)),
        Shape::Combination(Combination {
            how,
            alternatives,
            discriminator,
        }) => {
            let alternatives = alternatives.iter().map(|alternative| Tree::Line(facts(alternative)));
            of.add(how.keyword(), Tree::List(alternatives.collect()));
            if let Some(Discriminator { member, mapping }) = discriminator {
                let said = vec![
                    ("member".to_owned(), string(member)),
                    ("records".to_owned(), line(mapping, |name| string(name))),
                ];
                of.add("discriminator", Tree::Line(said));
            }
        }
    }
    of.text("format", schema.format.as_ref());
    of.flag("nullable", schema.nullable);
    for (keyword, value) in &schema.rules {
        of.add(keyword, Tree::Text(value.clone()));
    }
    if !schema.values.is_empty() {
        of.add("enum", strings(&schema.values));
    }
    of.0
}

fn member(member: &Member) -> Tree {
    let mut of = Members::default();
    of.flag("required", member.required);
    of.0.extend(facts(&member.schema));
    Tree::Line(of.0)
}

#[derive(Default)]
struct Members(Vec<(String, Tree)>);

impl Members {
    fn add(&mut self, name: &str, tree: Tree) {
        self.0.push((name.to_owned(), tree));
    }

    fn flag(&mut self, name: &str, flag: bool) {
        if flag {
            self.add(name, Tree::Text("true".to_owned()));
        }
    }

    fn text(&mut self, name: &str, text: Option<&String>) {
        if let Some(text) = text {
            self.add(name, string(text));
        }
    }

    fn content(&mut self, content: &Content) {
        if !content.is_empty() {
            self.add("content", line(content, |schema| Tree::Line(facts(schema))));
        }
    }
}

fn block<T>(map: &BTreeMap<String, T>, tree: impl Fn(&T) -> Tree) -> Tree {
    Tree::Block(map.iter().map(|(name, value)| (name.clone(), tree(value))).collect())
}

fn line<T>(map: &BTreeMap<String, T>, tree: impl Fn(&T) -> Tree) -> Tree {
    Tree::Line(map.iter().map(|(name, value)| (name.clone(), tree(value))).collect())
}

fn strings(strings: &BTreeSet<String>) -> Tree {
    Tree::List(strings.iter().map(|text| string(text)).collect())
}

fn string(text: &str) -> Tree {
    Tree::Text(quoted(text))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Tree {
    fn write(&self, to: &mut String, indent: usize) {
        match self {
            Self::Text(text) => to.push_str(text),
            Self::Line(members) | Self::Block(members) if members.is_empty() => to.push_str("{}"),
            Self::Line(members) => {
                to.push_str("{ ");
                for (index, (name, value)) in members.iter().enumerate() {
                    if index > 0 {
                        to.push_str(", ");
                    }
                    _ = write!(to, "{}: ", quoted(name));
                    value.write(to, indent);
                }
                to.push_str(" }");
            }
            Self::Block(members) => {
                to.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    new_line(to, index, indent + 1);
                    _ = write!(to, "{}: ", quoted(name));
                    value.write(to, indent + 1);
                }
                end_line(to, indent);
                to.push('}');
            }
            Self::List(elements) => {
                to.push('[');
                match elements.as_slice() {
                    [] => {}
                    [only] => only.write(to, indent),
                    more => {
                        for (index, element) in more.iter().enumerate() {
                            new_line(to, index, indent + 1);
                            element.write(to, indent + 1);
                        }
                        end_line(to, indent);
                    }
                }
                to.push(']');
            }
        }
    }
}

fn new_line(to: &mut String, index: usize, indent: usize) {
    if index > 0 {
        to.push(',');
    }
    end_line(to, indent);
}

fn end_line(to: &mut String, indent: usize) {
    to.push('\n');
    for _ in 0..indent {
        to.push_str("  ");
    }
}
