//! What the code says goes over the wire, as a contract: from the table of operations and those of the model's records.
//!
//! Records are named as their types are. A record that HubSpot describes in another way when it takes it than when it
//! sends it stands here twice, with the direction in its name.

mod credentials;

use std::collections::{BTreeMap, BTreeSet};

use hubchannel_api::schema::Endpoint;
use hubchannel_api::{ApiVersion, BaseUrl, QueryParameter, QueryType, Segment};
use hubchannel_model::ErrorBody;
use hubchannel_model::schema::{Described, Enum, Form, Member as ModelMember, Presence, Shape as ModelShape, Table};

use self::credentials::{schemes, security};
use super::contract::{
    Body, Combination, Content, Contract, How, Member, Object, Operation, OperationId, Parameter, ParameterId,
    Response, Rest, Schema, Shape, in_step,
};
use super::diff::{Item, Kind, Root, member_step};

/// A contract of the code, and where in the code its parts are.
#[derive(Debug, Default)]
pub(crate) struct Code {
    pub(crate) contract: Contract,
    /// The name of each operation, which is that of the client's method.
    pub(crate) operations: BTreeMap<OperationId, &'static str>,
    /// File and line of each operation and of each record.
    pub(crate) places: BTreeMap<String, String>,
    /// The enums that name values and kinds, by the places where these stand.
    enums: Enums,
}

/// Of each place the enum, and what it names there: a [`Kind::EnumValue`] or a [`Kind::Alternative`].
type Enums = BTreeMap<Item, (Kind, &'static Enum)>;

impl Code {
    /// The enum of the values or of the kinds that stand at a place or at the nearest one above it, if that is what stands
    /// there.
    pub(crate) fn enum_at(&self, item: &Item, kind: Kind) -> Option<&'static Enum> {
        let nearest = item.ends_of_steps().into_iter().rev().find_map(|end| {
            let above = Item::new(item.root.clone()).step(&item.steps[..end]);
            self.enums.get(&above)
        });
        nearest.filter(|(named, _)| *named == kind).map(|(_, of)| *of)
    }
}

/// What the code says of a version.
pub(crate) fn of(version: ApiVersion) -> Code {
    let endpoints = hubchannel_api::schema::ENDPOINTS;
    let mut records = Records::new(endpoints);
    let mut code = Code::default();
    code.contract.version = version.as_str().to_owned();
    code.contract.servers.insert(BaseUrl::default().as_str().to_owned());
    for endpoint in endpoints {
        let id = id(endpoint, version);
        code.places
            .insert(endpoint.info.name.to_owned(), format!("{}:{}", endpoint.file, endpoint.line));
        code.operations.insert(id.clone(), endpoint.info.name);
        let operation = operation(endpoint, &Item::new(Root::Operation(id.clone())), &mut records);
        code.contract.operations.insert(id, operation);
    }
    code.contract.schemes = schemes(version);
    code.contract.records = records.found;
    code.places.extend(records.places);
    code.enums = records.enums;
    for endpoint in endpoints {
        let item = Item::new(Root::Operation(id(endpoint, version)));
        code.enums.extend(enums_of_query(endpoint, &item));
    }
    code
}

/// The enums of the parameters that are lists of what an enum names.
fn enums_of_query(endpoint: &Endpoint, item: &Item) -> Enums {
    let of_parameter = |query: &QueryParameter| {
        let of = hubchannel_api::schema::named_by(query)?;
        Some((item.step(&format!(" query {}[]", in_step(query.name))), (Kind::EnumValue, of)))
    };
    endpoint.info.query.iter().filter_map(of_parameter).collect()
}

fn id(endpoint: &Endpoint, version: ApiVersion) -> OperationId {
    let mut path = endpoint.info.area.base(version).to_owned();
    for segment in endpoint.info.path {
        path.push('/');
        match segment.parameter() {
            Some(name) => path.push_str(&format!("{{{name}}}")),
            None => {
                if let Segment::Literal(literal) = segment {
                    path.push_str(literal);
                }
            }
        }
    }
    OperationId {
        path,
        method: endpoint.info.method.as_str().to_owned(),
    }
}

fn operation(endpoint: &Endpoint, item: &Item, records: &mut Records) -> Operation {
    let info = endpoint.info;
    let mut operation = Operation::default();
    for segment in info.path {
        let Some(name) = segment.parameter() else { continue };
        let schema = match segment {
            Segment::Int32(_) => formatted(Shape::Integer, "int32"),
            Segment::Int64(_) => formatted(Shape::Integer, "int64"),
            _ => Schema::from(Shape::String),
        };
        let parameter = Parameter {
            required: true,
            schema,
            ..Parameter::default()
        };
        operation.parameters.insert(parameter_id("path", name), parameter);
    }
    for query in info.query {
        let parameter = Parameter {
            schema: query_schema(query.r#type),
            ..Parameter::default()
        };
        operation
            .parameters
            .insert(parameter_id("query", query.name), parameter);
    }
    operation.body = endpoint.body.map(|shape| Body {
        required: true,
        content: content("application/json", records.schema(&shape(), Direction::Sent, &item.step(" body"))),
    });
    let answer = item.step(&format!(" response {}", info.success.as_str()));
    let mut success = Response {
        content: match (endpoint.answer)() {
            ModelShape::Nothing => Content::new(),
            shape => content("application/json", records.schema(&shape, Direction::Received, &answer)),
        },
        ..Response::default()
    };
    // What is created is told by its address too.
    if info.success.as_u16() == 201 {
        let location = Parameter {
            schema: Schema::from(Shape::String),
            ..Parameter::default()
        };
        success.headers.insert("Location".to_owned(), location);
    }
    operation.responses.insert(info.success.as_str().to_owned(), success);
    let error = Response {
        content: content(
            "*/*",
            records.schema(&ErrorBody::shape(), Direction::Received, &item.step(" response default")),
        ),
        ..Response::default()
    };
    operation.responses.insert("default".to_owned(), error);
    operation.security = security(info.credential, info.scopes);
    operation
}

fn query_schema(of: QueryType) -> Schema {
    match of {
        QueryType::Int32 => formatted(Shape::Integer, "int32"),
        QueryType::Int64 => formatted(Shape::Integer, "int64"),
        QueryType::Boolean => Schema::from(Shape::Boolean),
        QueryType::TextList => array(Schema::from(Shape::String)),
        QueryType::WordList(values) => array(words(values)),
        _ => Schema::from(Shape::String),
    }
}

fn parameter_id(location: &str, name: &str) -> ParameterId {
    ParameterId {
        location: location.to_owned(),
        name: name.to_owned(),
    }
}

fn content(media_type: &str, schema: Schema) -> Content {
    Content::from([(media_type.to_owned(), schema)])
}

fn formatted(shape: Shape, format: &str) -> Schema {
    Schema {
        format: Some(format.to_owned()),
        ..Schema::from(shape)
    }
}

fn array(items: Schema) -> Schema {
    Schema::from(Shape::Array(Box::new(items)))
}

fn words(values: &[&str]) -> Schema {
    let mut schema = Schema::from(Shape::String);
    schema.values = values.iter().map(|value| (*value).to_owned()).collect();
    schema
}

/// The only value of a member, which HubSpot also gives as its default.
fn tag(value: &str) -> Schema {
    let mut schema = words(&[value]);
    schema
        .rules
        .insert("default".to_owned(), serde_json::Value::from(value).to_string());
    schema
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Sent,
    Received,
}

impl Direction {
    fn presence(self, member: &ModelMember) -> Presence {
        match self {
            Self::Sent => member.sent,
            Self::Received => member.received,
        }
    }
}

/// Collects the records that the operations lead to.
struct Records {
    /// Those that are described differently in the two directions, and travel in both.
    two_faced: BTreeSet<&'static str>,
    found: BTreeMap<String, Schema>,
    places: BTreeMap<String, String>,
    enums: Enums,
}

impl Records {
    fn new(endpoints: &[Endpoint]) -> Self {
        let (mut sent, mut received) = (BTreeMap::new(), BTreeMap::new());
        for endpoint in endpoints {
            if let Some(shape) = endpoint.body {
                tables(&shape(), &mut sent);
            }
            tables(&(endpoint.answer)(), &mut received);
        }
        let two_faced = sent
            .iter()
            .filter(|(name, table)| received.contains_key(*name) && has_two_faces(table))
            .map(|(name, _)| *name);
        Self {
            two_faced: two_faced.collect(),
            found: BTreeMap::new(),
            places: BTreeMap::new(),
            enums: Enums::new(),
        }
    }

    /// The schema of what stands at a place.
    fn schema(&mut self, shape: &ModelShape, direction: Direction, at: &Item) -> Schema {
        match shape {
            // Nothing is no value of any member.
            ModelShape::Nothing => Schema::default(),
            ModelShape::Text | ModelShape::Id => Schema::from(Shape::String),
            ModelShape::Boolean => Schema::from(Shape::Boolean),
            ModelShape::Time => formatted(Shape::String, "date-time"),
            ModelShape::Number => Schema::from(Shape::Number),
            ModelShape::Words(of) => {
                self.enums.insert(at.clone(), (Kind::EnumValue, of));
                match of.named {
                    [only] => tag(only),
                    values => words(values),
                }
            }
            ModelShape::List(items) => array(self.schema(items, direction, &at.step("[]"))),
            ModelShape::Map(values) => Schema::from(Shape::Object(Object {
                members: BTreeMap::new(),
                rest: Rest::Of(Box::new(self.schema(values, direction, &at.step("{}")))),
            })),
            ModelShape::Record(table) => Schema::from(Shape::Named(self.record(table, direction))),
            ModelShape::OneOf(of, tables) => {
                self.enums.insert(at.clone(), (Kind::Alternative, of));
                let mut alternatives = Vec::new();
                for table in tables.iter().filter(|table| travels(table, direction)) {
                    let name = self.record(table, direction);
                    if table.tag.is_some() {
                        let told_by = Item::new(Root::Record(name.clone())).step(&member_step("type"));
                        self.enums.insert(told_by, (Kind::EnumValue, of));
                    }
                    alternatives.push(Schema::from(Shape::Named(name)));
                }
                Schema::from(Shape::Combination(Combination::new(How::One, alternatives, None)))
            }
        }
    }

    /// The name of a record, which is found by then.
    fn record(&mut self, table: &'static Table, direction: Direction) -> String {
        let name = self.name(table, direction);
        if !self.found.contains_key(&name) {
            // Before its members, which may lead back to it.
            self.found.insert(name.clone(), Schema::default());
            self.places
                .insert(name.clone(), format!("{}:{}", table.file, table.line));
            let mut object = Object::default();
            let item = Item::new(Root::Record(name.clone()));
            for member in table.members {
                let presence = direction.presence(member);
                if presence != Presence::Never {
                    let at = item.step(&member_step(member.name));
                    let of = Member {
                        required: presence == Presence::Required,
                        schema: in_form(self.schema(&(member.shape)(), direction, &at), member.form),
                    };
                    object.members.insert(member.name.to_owned(), of);
                }
            }
            if let Some(value) = table.tag {
                let of = Member {
                    required: true,
                    schema: tag(value),
                };
                object.members.insert("type".to_owned(), of);
            }
            self.found.insert(name.clone(), Schema::from(Shape::Object(object)));
        }
        name
    }

    fn name(&self, table: &Table, direction: Direction) -> String {
        let name = match list_of(table) {
            Some(item) => format!("{}<{}>", table.name, item.name),
            None => table.name.to_owned(),
        };
        match (self.two_faced.contains(table.name), direction) {
            (false, _) => name,
            (true, Direction::Sent) => format!("{name} (sent)"),
            (true, Direction::Received) => format!("{name} (received)"),
        }
    }
}

/// The record that a page is of, which is part of the page's name.
fn list_of(table: &Table) -> Option<&'static Table> {
    let results = table
        .members
        .iter()
        .find(|member| table.name == "Page" && member.name == "results")?;
    match (results.shape)() {
        ModelShape::List(items) => match *items {
            ModelShape::Record(item) => Some(item),
            _ => None,
        },
        _ => None,
    }
}

/// The number that an id or a number is, however deep in lists and maps.
fn in_form(schema: Schema, form: Form) -> Schema {
    let format = match form {
        Form::Usual => return schema,
        Form::Int32 => "int32",
        Form::Int64 => "int64",
    };
    match schema.shape {
        Shape::Array(items) => array(in_form(*items, form)),
        Shape::Object(Object {
            members,
            rest: Rest::Of(values),
        }) => Schema::from(Shape::Object(Object {
            members,
            rest: Rest::Of(Box::new(in_form(*values, form))),
        })),
        _ => formatted(Shape::Integer, format),
    }
}

/// All tables that a shape leads to.
fn tables(shape: &ModelShape, found: &mut BTreeMap<&'static str, &'static Table>) {
    let all: Vec<&'static Table> = match shape {
        ModelShape::List(inner) | ModelShape::Map(inner) => return tables(inner, found),
        ModelShape::Record(table) => vec![table],
        ModelShape::OneOf(_, all) => all.clone(),
        _ => return,
    };
    for table in all {
        if found.insert(table.name, table).is_none() || table.name == "Page" {
            for member in table.members {
                tables(&(member.shape)(), found);
            }
        }
    }
}

fn has_two_faces(table: &Table) -> bool {
    table.members.iter().any(|member| member.sent != member.received)
}

/// Whether HubSpot describes a kind in this direction: not one of which every member only comes.
fn travels(table: &Table, direction: Direction) -> bool {
    direction == Direction::Received
        || table.members.is_empty()
        || table.members.iter().any(|member| member.sent != Presence::Never)
}
