//! Makes a contract from an OpenAPI 3.0 description as HubSpot publishes it.
//!
//! What only a reader cares for is left behind: titles, descriptions, examples, tags, names of operations and whatever
//! begins with `x-`. Everything else is either carried or refused, so that no fact of the wire is lost unseen. A name
//! stays a name, except that parameters, bodies and responses that HubSpot shares are put where they are used.

mod schema;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::schema::contract::{
    self, Body, Content, Contract, Flow, Operation, OperationId, Parameter, ParameterId, Requirement, Response, Scheme,
};
use crate::schema::json::{Node, Result};

/// What the path of every operation on custom channels has among its segments.
const CUSTOM_CHANNELS: &str = "custom-channels";

const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Reads a whole description.
pub(crate) fn import(document: &Node<'_>) -> Result<Contract> {
    is_custom_channels(document)?;
    known(
        document,
        &[
            "openapi",
            "info",
            "servers",
            "tags",
            "paths",
            "components",
            "security",
            "externalDocs",
        ],
    )?;
    let shared = Shared {
        document: document.clone(),
        security: document
            .get("security")?
            .map(|node| security(&node))
            .transpose()?
            .unwrap_or_default(),
        copied: Cell::default(),
    };
    let mut contract = Contract {
        version: version(document)?.to_owned(),
        ..Contract::default()
    };
    for server in document.elements_of("servers")? {
        known(&server, &["url", "description"])?;
        contract.servers.insert(server.need("url")?.text()?.to_owned());
    }
    for (path, item) in document.need("paths")?.members()? {
        if !path.starts_with("x-") {
            path_item(&shared, path, &item, &mut contract.operations)?;
        }
    }
    if let Some(components) = document.get("components")? {
        known(
            &components,
            &[
                "schemas",
                "responses",
                "parameters",
                "examples",
                "requestBodies",
                "headers",
                "securitySchemes",
                "links",
            ],
        )?;
        for (name, node) in components.members_of("schemas")? {
            contract.records.insert(name.to_owned(), schema::schema(&node)?);
        }
        for (name, node) in components.members_of("securitySchemes")? {
            contract.schemes.insert(name.to_owned(), scheme(&node)?);
        }
    }
    contract.checked()
}

/// Refuses everything that a maintainer could take for HubSpot's description by mistake.
fn is_custom_channels(document: &Node<'_>) -> Result<()> {
    if !document.value.is_object() {
        return document.refuse("not an OpenAPI description, which would be an object");
    }
    if let Some(swagger) = document.get("swagger")? {
        return document
            .refuse(format!("this is Swagger {}, not OpenAPI 3.0, which is what HubSpot publishes", swagger.value));
    }
    match document.get("openapi")? {
        None => return document.refuse("not an OpenAPI description: it has no `openapi`"),
        Some(node) => {
            let openapi = node.text()?;
            if openapi != "3.0" && !openapi.starts_with("3.0.") {
                return document
                    .refuse(format!("this is OpenAPI {openapi}, not OpenAPI 3.0, which is what HubSpot publishes"));
            }
        }
    }
    let paths = document.need("paths")?.members()?;
    if paths
        .iter()
        .any(|(path, _)| path.split('/').any(|segment| segment == CUSTOM_CHANNELS))
    {
        Ok(())
    } else {
        document.refuse(format!("not HubSpot's description of custom channels: no path has `{CUSTOM_CHANNELS}` in it"))
    }
}

fn version<'a>(document: &Node<'a>) -> Result<&'a str> {
    let node = document.need("info")?.need("version")?;
    let version = node.text()?;
    if is_version(version) {
        Ok(version)
    } else {
        node.refuse(format!("`{version}` is no version of the API, such as `v3` or `2026-03`"))
    }
}

/// Whether this is how HubSpot names versions: `v3`, or the year and month of a dated one.
pub(crate) fn is_version(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.strip_prefix('v') {
        Some(number) => digits(number),
        None => text
            .split_once('-')
            .is_some_and(|(year, month)| year.len() == 4 && month.len() == 2 && digits(year) && digits(month)),
    }
}

/// What operations refer to.
struct Shared<'a> {
    document: Node<'a>,
    /// Holds for every operation that does not say otherwise.
    security: BTreeSet<Requirement>,
    /// How many values were put where they are used, so far.
    copied: Cell<usize>,
}

/// The most values of shared parts that are put where they are used. Each use is one more copy, so that a small file
/// could come to more than any memory holds. HubSpot's files take a few hundred.
const MOST_COPIED: usize = 1_000_000;

impl<'a> Shared<'a> {
    /// The thing itself, where a reference to a shared one may stand.
    fn follow(&self, node: &Node<'a>, kind: &str) -> Result<Node<'a>> {
        // No description has a longer chain than this of references to references; a circle has.
        const MOST: usize = 16;

        let mut found = node.clone();
        for _ in 0..MOST {
            let Some(reference) = found.get("$ref")? else {
                if !std::ptr::eq(found.value, node.value) {
                    self.copy(node, size(found.value))?;
                }
                return Ok(found);
            };
            let name = name_in(&reference, kind)?;
            let target = self
                .document
                .get("components")?
                .map_or(Ok(None), |node| node.get(kind))?;
            found = match target.map_or(Ok(None), |targets| targets.get(&name))? {
                Some(target) => target,
                None => return reference.refuse(format!("there is no `{name}` among the {kind}")),
            };
        }
        node.refuse("the references lead in a circle")
    }

    /// What holds for an operation that says nothing of it.
    fn security(&self, node: &Node<'a>) -> Result<BTreeSet<Requirement>> {
        let scopes = self.security.iter().flat_map(BTreeMap::values).map(BTreeSet::len);
        self.copy(node, self.security.len() + scopes.sum::<usize>())?;
        Ok(self.security.clone())
    }

    /// Counts what is put at a place besides what stands there.
    fn copy(&self, node: &Node<'a>, size: usize) -> Result<()> {
        self.copied.set(self.copied.get().saturating_add(size));
        if self.copied.get() > MOST_COPIED {
            return node.refuse(format!(
                "what operations share comes to more than {MOST_COPIED} values where it is used; put the schemas in it \
                 among the file's schemas, and refer to them by name"
            ));
        }
        Ok(())
    }
}

/// How many values there are in a value.
fn size(value: &Value) -> usize {
    match value {
        Value::Array(elements) => 1 + elements.iter().map(size).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

/// The name at the end of a reference to a component of this kind.
fn name_in(reference: &Node<'_>, kind: &str) -> Result<String> {
    let text = reference.text()?;
    match text
        .strip_prefix("#/components/")
        .and_then(|rest| rest.strip_prefix(kind)?.strip_prefix('/'))
    {
        Some(name) if !name.is_empty() && !name.contains('/') => Ok(name.replace("~1", "/").replace("~0", "~")),
        _ => reference.refuse(format!("`{text}` does not refer to one of this file's {kind}")),
    }
}

/// Refuses what is neither carried nor for readers only.
fn known(node: &Node<'_>, names: &[&str]) -> Result<()> {
    node.only(|name| names.contains(&name) || name.starts_with("x-"))
}

fn path_item<'a>(
    shared: &Shared<'a>,
    path: &str,
    item: &Node<'a>,
    operations: &mut BTreeMap<OperationId, Operation>,
) -> Result<()> {
    item.only(|name| {
        METHODS.contains(&name) || ["summary", "description", "parameters"].contains(&name) || name.starts_with("x-")
    })?;
    if !path.starts_with('/') || path.contains(char::is_whitespace) {
        return item.refuse("a path begins with a slash and has no spaces");
    }
    let for_all = parameters(shared, item)?;
    let size_for_all = item.get("parameters")?.map_or(0, |node| size(node.value));
    for method in METHODS {
        if let Some(node) = item.get(method)? {
            let id = OperationId {
                path: path.to_owned(),
                method: method.to_uppercase(),
            };
            operations.insert(id, operation(shared, &node, &for_all, size_for_all)?);
        }
    }
    Ok(())
}

fn operation<'a>(
    shared: &Shared<'a>,
    node: &Node<'a>,
    for_all: &BTreeMap<ParameterId, Parameter>,
    shared_size: usize,
) -> Result<Operation> {
    known(
        node,
        &[
            "tags",
            "summary",
            "description",
            "externalDocs",
            "operationId",
            "parameters",
            "requestBody",
            "responses",
            "deprecated",
            "security",
        ],
    )?;
    shared.copy(node, shared_size)?;
    let mut parameters_of = for_all.clone();
    parameters_of.extend(parameters(shared, node)?);
    let mut responses = BTreeMap::new();
    for (status, node) in node.need("responses")?.members()? {
        if !status.starts_with("x-") {
            let response = response(shared, &shared.follow(&node, "responses")?)?;
            if responses.insert(spelt(status), response).is_some() {
                return node.refuse("this status is there twice, in another spelling");
            }
        }
    }
    Ok(Operation {
        parameters: parameters_of,
        body: node
            .get("requestBody")?
            .map(|node| body(&shared.follow(&node, "requestBodies")?))
            .transpose()?,
        responses,
        security: node
            .get("security")?
            .map_or_else(|| shared.security(node), |node| security(&node))?,
        deprecated: node.flag_of("deprecated")?,
    })
}

/// A status as a contract has it: a range of them, such as `2XX`, in capitals.
fn spelt(status: &str) -> String {
    match status.eq_ignore_ascii_case("default") {
        true => status.to_owned(),
        false => status.to_ascii_uppercase(),
    }
}

fn parameters<'a>(shared: &Shared<'a>, node: &Node<'a>) -> Result<BTreeMap<ParameterId, Parameter>> {
    let mut parameters = BTreeMap::new();
    for node in node.elements_of("parameters")? {
        let node = shared.follow(&node, "parameters")?;
        let location = node.need("in")?;
        let id = ParameterId {
            location: location.text()?.to_owned(),
            name: node.need("name")?.text()?.to_owned(),
        };
        let style = match id.location.as_str() {
            "path" | "header" => "simple",
            "query" | "cookie" => "form",
            other => return location.refuse(format!("a parameter cannot stand in `{other}`")),
        };
        if parameters
            .insert(id, parameter(&node, &["in", "name"], style)?)
            .is_some()
        {
            return node.refuse("this parameter is there twice");
        }
    }
    Ok(parameters)
}

/// A parameter or header, which is written in this style unless it says otherwise.
fn parameter(node: &Node<'_>, besides: &[&str], usual_style: &str) -> Result<Parameter> {
    const KNOWN: &[&str] = &[
        "description",
        "required",
        "deprecated",
        "style",
        "explode",
        "schema",
        "example",
        "examples",
    ];

    node.only(|name| KNOWN.contains(&name) || besides.contains(&name) || name.starts_with("x-"))?;
    let style = node.text_of("style")?.unwrap_or(usual_style);
    let explode = node.get("explode")?.map(|_| node.flag_of("explode")).transpose()?;
    Ok(Parameter {
        required: node.flag_of("required")?,
        deprecated: node.flag_of("deprecated")?,
        style: (style != usual_style).then(|| style.to_owned()),
        explode: explode.filter(|explode| *explode != (style == "form")),
        schema: schema::schema(&node.need("schema")?)?,
    })
}

fn body(node: &Node<'_>) -> Result<Body> {
    known(node, &["description", "required", "content"])?;
    Ok(Body {
        required: node.flag_of("required")?,
        content: content(node)?,
    })
}

fn response<'a>(shared: &Shared<'a>, node: &Node<'a>) -> Result<Response> {
    known(node, &["description", "headers", "content", "links"])?;
    let mut headers = BTreeMap::new();
    let mut names = BTreeSet::new();
    for (name, node) in node.members_of("headers")? {
        if !names.insert(name.to_ascii_lowercase()) {
            return node.refuse("this header is there twice, in another spelling");
        }
        headers.insert(name.to_owned(), parameter(&shared.follow(&node, "headers")?, &[], "simple")?);
    }
    Ok(Response {
        headers,
        content: content(node)?,
    })
}

fn content(node: &Node<'_>) -> Result<Content> {
    let mut content = Content::new();
    let mut types = BTreeMap::new();
    for (media_type, node) in node.members_of("content")? {
        if let Some(other) = types.insert(contract::media_type(media_type), media_type) {
            return node
                .refuse(format!("`{other}` stands beside it, which is the same media type; only one can be meant"));
        }
        known(&node, &["schema", "example", "examples"])?;
        let schema = node.get("schema")?.map(|node| schema::schema(&node)).transpose()?;
        content.insert(media_type.to_owned(), schema.unwrap_or_default());
    }
    Ok(content)
}

fn security(node: &Node<'_>) -> Result<BTreeSet<Requirement>> {
    let requirement = |node: &Node<'_>| -> Result<Requirement> {
        node.members()?
            .into_iter()
            .map(|(scheme, scopes)| {
                let scopes = scopes
                    .elements()?
                    .into_iter()
                    .map(|scope| scope.text().map(str::to_owned));
                Ok((scheme.to_owned(), scopes.collect::<Result<_>>()?))
            })
            .collect()
    };
    node.elements()?.iter().map(requirement).collect()
}

fn scheme(node: &Node<'_>) -> Result<Scheme> {
    const FACTS: &[&str] = &["type", "name", "in", "scheme", "bearerFormat", "openIdConnectUrl"];
    const URLS: &[&str] = &["authorizationUrl", "tokenUrl", "refreshUrl"];

    node.only(|name| FACTS.contains(&name) || ["description", "flows"].contains(&name) || name.starts_with("x-"))?;
    node.need("type")?;
    let mut scheme = Scheme {
        facts: texts(node, FACTS)?,
        flows: BTreeMap::new(),
    };
    for (name, node) in node.members_of("flows")? {
        if name.starts_with("x-") {
            continue;
        }
        node.only(|name| URLS.contains(&name) || name == "scopes" || name.starts_with("x-"))?;
        let flow = Flow {
            urls: texts(&node, URLS)?,
            scopes: node
                .need("scopes")?
                .members()?
                .into_iter()
                .map(|(scope, _)| scope.to_owned())
                .collect(),
        };
        scheme.flows.insert(name.to_owned(), flow);
    }
    Ok(scheme)
}

fn texts(node: &Node<'_>, names: &[&str]) -> Result<BTreeMap<String, String>> {
    let mut texts = BTreeMap::new();
    for name in names {
        if let Some(text) = node.text_of(name)? {
            texts.insert((*name).to_owned(), text.to_owned());
        }
    }
    Ok(texts)
}
