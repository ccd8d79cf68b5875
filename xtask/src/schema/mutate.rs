//! Every single change that can be made to a contract, for the proof that the tools report exactly it.

mod pairs;

pub(crate) use self::pairs::{Pair, pairs};
use super::contract::{
    Body, Combination, Content, Contract, Discriminator, How, Member, Object, Operation, OperationId, Parameter,
    ParameterId, Requirement, Response, Rest, Schema, Settled, Shape, tags,
};
use super::diff::{Kind, Root, Sayer, schema_in_short, type_in_short};

/// A contract with one fact changed.
#[derive(Clone)]
pub(crate) struct Mutant {
    /// What was done, for a message.
    pub(crate) what: String,
    pub(crate) contract: Contract,
    /// Where the fact stands.
    pub(crate) root: Root,
    /// The way to it from the root, as [`super::diff::Item`] writes it.
    pub(crate) steps: String,
    /// What must be reported: the kind, and the fact before and after. Nothing, where nothing changed on the wire.
    pub(crate) reports: Vec<(Kind, Option<String>, Option<String>)>,
}

/// A name that nothing in a contract has.
const NEW: &str = "mutated";

/// Of a longer list of values only some are changed, the first and the last among them: the others are like them.
const MANY: usize = 24;

/// All of them.
pub(crate) fn mutants(contract: &Contract) -> Vec<Mutant> {
    made(contract, &|_, _| true).mutants
}

fn made<'a>(contract: &'a Contract, is_wanted: &'a dyn Fn(usize, &str) -> bool) -> Made<'a> {
    let mut made = Made {
        original: contract,
        copy: contract.clone(),
        is_wanted,
        count: 0,
        mutants: Vec::new(),
    };
    made.servers();
    made.operations();
    made.records();
    made
}

struct Made<'a> {
    original: &'a Contract,
    /// To find things in, never changed.
    copy: Contract,
    /// Whether the one that has this place among them, and does this, is to be made.
    is_wanted: &'a dyn Fn(usize, &str) -> bool,
    count: usize,
    mutants: Vec<Mutant>,
}

/// Goes from a contract to the schema that a mutation is about.
type Way<'w> = &'w dyn Fn(&mut Contract) -> &mut Schema;

impl Made<'_> {
    fn make(
        &mut self,
        root: &Root,
        steps: &str,
        what: &str,
        reports: &[(Kind, Option<&str>, Option<&str>)],
        change: impl FnOnce(&mut Contract),
    ) {
        let what = format!("{what} at {root:?}{steps}");
        let is_wanted = (self.is_wanted)(self.count, &what);
        self.count += 1;
        if !is_wanted {
            return;
        }
        let mut contract = self.original.clone();
        change(&mut contract);
        assert_ne!(&contract, self.original, "{what} changes nothing");
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let mut reports: Vec<_> = reports
            .iter()
            .map(|(kind, was, now)| (*kind, owned(*was), owned(*now)))
            .collect();
        reports.sort();
        self.mutants.push(Mutant {
            what,
            contract,
            root: root.clone(),
            steps: steps.to_owned(),
            reports,
        });
    }

    fn servers(&mut self) {
        for server in &self.original.servers.clone() {
            self.make(
                &Root::Api,
                "",
                &format!("remove the server {server}"),
                &[(Kind::Server, Some(server), None)],
                |contract| {
                    contract.servers.remove(server);
                },
            );
            self.make(&Root::Api, "", &format!("write the server {server} otherwise"), &[], |contract| {
                contract.servers = [format!("{server}/")].into();
            });
        }
        self.make(&Root::Api, "", "add a server", &[(Kind::Server, None, Some(NEW))], |contract| {
            contract.servers.insert(NEW.to_owned());
        });
    }

    fn operations(&mut self) {
        for (id, operation) in &self.original.operations.clone() {
            let root = Root::Operation(id.clone());
            self.make(&root, "", "remove the operation", &[(Kind::Operation, Some("there"), None)], |contract| {
                contract.operations.remove(id);
            });
            let new = OperationId {
                path: format!("{}/{NEW}", id.path),
                method: id.method.clone(),
            };
            let added = Root::Operation(new.clone());
            self.make(&added, "", "add an operation", &[(Kind::Operation, None, Some("there"))], |contract| {
                contract.operations.insert(new, operation.clone());
            });
            // The same operation under another version, beside the one that is there.
            let new = OperationId {
                path: id.path.replacen(&self.original.version, "2031-03", 1),
                method: id.method.clone(),
            };
            let added = Root::Operation(new.clone());
            self.make(&added, "", "add a version", &[(Kind::Operation, None, Some("there"))], |contract| {
                contract.operations.insert(new, operation.clone());
            });
            self.make(&root, "", "flip deprecated", &flip(Kind::Deprecated, operation.deprecated), |contract| {
                contract.operations.get_mut(id).unwrap().deprecated ^= true;
            });
            self.security(&root, id, operation);
            self.parameters(&root, id, operation);
            if let Some(body) = &operation.body {
                self.body(&root, id, body);
            }
            self.responses(&root, id, operation);
        }
    }

    fn security(&mut self, root: &Root, id: &OperationId, operation: &Operation) {
        let requirement = |name: &str| Requirement::from([(name.to_owned(), [NEW.to_owned()].into())]);
        // One that the contract has, or its schemes would change too.
        let Some(scheme) = self.original.schemes.keys().next().cloned() else {
            return;
        };
        let added = format!("{scheme}[{NEW}]");
        self.make(root, " security", "add a credential", &[(Kind::Security, None, Some(&added))], |contract| {
            let operation = contract.operations.get_mut(id).unwrap();
            operation.security.insert(requirement(&scheme));
        });
        for asked in &operation.security {
            let scopes = asked.iter().map(|(scheme, scopes)| match scopes.first() {
                Some(scope) => format!("{scheme}[{scope}]"),
                None => scheme.clone(),
            });
            let said = scopes.collect::<Vec<_>>().join(" + ");
            let what = format!("remove the credential {said}");
            self.make(root, " security", &what, &[(Kind::Security, Some(&said), None)], |contract| {
                contract.operations.get_mut(id).unwrap().security.remove(asked);
            });
        }
    }

    fn body(&mut self, root: &Root, id: &OperationId, body: &Body) {
        let steps = " body";
        let short = Sayer::new(self.original).body(body).text;
        self.make(root, steps, "remove the body", &[(Kind::Body, Some(&short), None)], |contract| {
            contract.operations.get_mut(id).unwrap().body = None;
        });
        let (was, now) = required(body.required);
        self.make(root, steps, "flip required", &[(Kind::Required, Some(was), Some(now))], |contract| {
            self::body(contract, id).required ^= true;
        });
        self.content(root, steps, &body.content, &|contract| &mut self::body(contract, id).content);
    }

    /// Media types, and what is in them.
    fn content(&mut self, root: &Root, steps: &str, content: &Content, way: &dyn Fn(&mut Contract) -> &mut Content) {
        self.make(root, steps, "add a media type", &[(Kind::Type, None, Some(NEW))], |contract| {
            way(contract).insert(NEW.to_owned(), Schema::from(Shape::Boolean));
        });
        for (media_type, schema) in content {
            self.make(root, steps, &format!("write the media type {media_type} otherwise"), &[], |contract| {
                let content = way(contract);
                content.remove(media_type);
                content.insert(format!("{}; charset=UTF-8", media_type.to_uppercase()), schema.clone());
            });
            self.schema(root, steps, &|contract| way(contract).get_mut(media_type).unwrap());
        }
    }

    fn parameters(&mut self, root: &Root, id: &OperationId, operation: &Operation) {
        for (parameter, fact) in &operation.parameters {
            let steps = format!(" {parameter}");
            let short = Sayer::new(self.original).parameter(fact).text;
            self.make(root, &steps, "remove the parameter", &[(Kind::Parameter, Some(&short), None)], |contract| {
                contract.operations.get_mut(id).unwrap().parameters.remove(parameter);
            });
            let (was, now) = required(fact.required);
            self.make(root, &steps, "flip required", &[(Kind::Required, Some(was), Some(now))], |contract| {
                self::parameter(contract, id, parameter).required ^= true;
            });
            self.carriage(root, &steps, fact, &|contract| self::parameter(contract, id, parameter));
            self.schema(root, &steps, &|contract| &mut self::parameter(contract, id, parameter).schema);
        }
        let added = ParameterId {
            location: "query".to_owned(),
            name: NEW.to_owned(),
        };
        let steps = format!(" {added}");
        self.make(root, &steps, "add a parameter", &[(Kind::Parameter, None, Some("optional boolean"))], |contract| {
            let schema = Schema::from(Shape::Boolean);
            let new = Parameter {
                schema,
                ..Parameter::default()
            };
            contract.operations.get_mut(id).unwrap().parameters.insert(added, new);
        });
    }

    /// How a parameter or a header is written, and whether it will last.
    fn carriage(&mut self, root: &Root, steps: &str, fact: &Parameter, way: &dyn Fn(&mut Contract) -> &mut Parameter) {
        self.make(root, steps, "flip deprecated", &flip(Kind::Deprecated, fact.deprecated), |contract| {
            way(contract).deprecated ^= true;
        });
        let usual = Some("style as usual");
        let style = format!("style {NEW}");
        self.make(root, steps, "change the style", &[(Kind::Rule, usual, Some(&style))], |contract| {
            way(contract).style = Some(NEW.to_owned());
        });
        self.make(root, steps, "change explode", &[(Kind::Rule, usual, Some("explode true"))], |contract| {
            way(contract).explode = Some(true);
        });
    }

    fn responses(&mut self, root: &Root, id: &OperationId, operation: &Operation) {
        for (status, response) in &operation.responses {
            let steps = format!(" response {status}");
            let short = Sayer::new(self.original).response(response).text;
            self.make(root, &steps, "remove the response", &[(Kind::Response, Some(&short), None)], |contract| {
                contract.operations.get_mut(id).unwrap().responses.remove(status);
            });
            if !response.content.is_empty() {
                self.content(root, &steps, &response.content, &|contract| {
                    &mut self::response(contract, id, status).content
                });
            }
            for (name, header) in &response.headers {
                let steps = format!("{steps} header {name}");
                let short = Sayer::new(self.original).parameter(header).text;
                self.make(root, &steps, "remove the header", &[(Kind::Header, Some(&short), None)], |contract| {
                    self::response(contract, id, status).headers.remove(name);
                });
                let way: &dyn Fn(&mut Contract) -> &mut Parameter =
                    &|contract| self::response(contract, id, status).headers.get_mut(name).unwrap();
                let (was, now) = required(header.required);
                self.make(root, &steps, "flip required", &[(Kind::Required, Some(was), Some(now))], |contract| {
                    way(contract).required ^= true;
                });
                self.carriage(root, &steps, header, way);
                self.schema(root, &steps, &|contract| &mut way(contract).schema);
            }
            let steps = format!("{steps} header {NEW}");
            self.make(root, &steps, "add a header", &[(Kind::Header, None, Some("optional any value"))], |contract| {
                let headers = &mut self::response(contract, id, status).headers;
                headers.insert(NEW.to_owned(), Parameter::default());
            });
        }
        self.make(root, " response 299", "add a response", &[(Kind::Response, None, Some("no content"))], |contract| {
            let responses = &mut contract.operations.get_mut(id).unwrap().responses;
            responses.insert("299".to_owned(), Response::default());
        });
    }

    fn records(&mut self) {
        for (name, schema) in &self.original.records.clone() {
            let root = Root::Record(name.clone());
            let Shape::Object(object) = &schema.shape else {
                panic!("{name} is no object; this proof does not reach it")
            };
            self.members(&root, object, &|contract| object_of(contract.records.get_mut(name).unwrap()));
        }
    }

    fn members(&mut self, root: &Root, object: &Object, way: &dyn Fn(&mut Contract) -> &mut Object) {
        for (name, member) in &object.members {
            let steps = format!(".{name}");
            let short = Sayer::new(self.original).member(member).text;
            self.make(root, &steps, "remove the member", &[(Kind::Member, Some(&short), None)], |contract| {
                way(contract).members.remove(name);
            });
            let (was, now) = required(member.required);
            self.make(root, &steps, "flip required", &[(Kind::Required, Some(was), Some(now))], |contract| {
                way(contract).members.get_mut(name).unwrap().required ^= true;
            });
            self.schema(root, &steps, &|contract| &mut way(contract).members.get_mut(name).unwrap().schema);
        }
        for (required, short) in [(false, "optional boolean"), (true, "required boolean")] {
            let steps = format!(".{NEW}");
            let what = format!("add a member, {short},");
            self.make(root, &steps, &what, &[(Kind::Member, None, Some(short))], |contract| {
                let schema = Schema::from(Shape::Boolean);
                way(contract)
                    .members
                    .insert(NEW.to_owned(), Member { required, schema });
            });
        }
        if object.rest == Rest::Open {
            let closed = (Kind::Type, Some("any other members"), Some("no other members"));
            self.make(root, "{}", "close it", &[closed], |contract| way(contract).rest = Rest::Closed);
        }
    }

    /// Another type, another format, another rule, and each value and alternative.
    fn schema(&mut self, root: &Root, steps: &str, way: Way<'_>) {
        let schema = way(&mut self.copy).clone();
        let other = match self.original.resolve(&schema).shape {
            Shape::Boolean => Shape::String,
            _ => Shape::Boolean,
        };
        let (was, now) = (type_in_short(&schema), type_in_short(&Schema::from(other.clone())));
        self.make(root, steps, "change the type", &[(Kind::Type, Some(&was), Some(&now))], |contract| {
            let schema = way(contract);
            schema.shape = other;
            schema.values.clear();
            schema.format = None;
        });
        let (was, now) = (schema.format.as_deref(), Some("mutated"));
        if !matches!(schema.shape, Shape::Named(_)) {
            self.make(root, steps, "change the format", &[(Kind::Format, was, now)], |contract| {
                way(contract).format = Some("mutated".to_owned());
            });
        }
        self.make(root, steps, "flip nullable", &flip(Kind::Nullable, schema.nullable), |contract| {
            way(contract).nullable ^= true;
        });
        self.rules(root, steps, &schema, way);
        self.values(root, steps, &schema, way);
        match &schema.shape {
            Shape::Array(_) => self.schema(root, &format!("{steps}[]"), &|contract| match &mut way(contract).shape {
                Shape::Array(items) => items,
                _ => unreachable!("it was an array"),
            }),
            Shape::Object(object) => {
                if let Rest::Of(_) = object.rest {
                    self.schema(root, &format!("{steps}{{}}"), &|contract| match &mut object_of(way(contract)).rest {
                        Rest::Of(values) => values,
                        _ => unreachable!("it was a map"),
                    });
                }
            }
            Shape::Combination(combination) => self.alternatives(root, steps, combination, way),
            _ => {}
        }
    }

    fn rules(&mut self, root: &Root, steps: &str, schema: &Schema, way: Way<'_>) {
        for (keyword, value) in &schema.rules {
            let was = format!("{keyword} {value}");
            self.make(
                root,
                steps,
                &format!("remove the rule {keyword}"),
                &[(Kind::Rule, Some(&was), None)],
                |contract| {
                    way(contract).rules.remove(keyword);
                },
            );
            let now = format!("{keyword} {NEW}");
            self.make(
                root,
                steps,
                &format!("change the rule {keyword}"),
                &[(Kind::Rule, Some(&was), Some(&now))],
                |contract| {
                    way(contract).rules.insert(keyword.clone(), NEW.to_owned());
                },
            );
        }
        self.make(root, steps, "add a rule", &[(Kind::Rule, None, Some("multipleOf 7"))], |contract| {
            way(contract).rules.insert("multipleOf".to_owned(), "7".to_owned());
        });
    }

    fn values(&mut self, root: &Root, steps: &str, schema: &Schema, way: Way<'_>) {
        let count = schema.values.len();
        if count == 0 {
            return;
        }
        let every = count.div_ceil(MANY);
        for (at, value) in schema.values.iter().enumerate() {
            if at % every != 0 && at + 1 != count {
                continue;
            }
            let gone = (Kind::EnumValue, Some(value.as_str()), None);
            let come = (Kind::EnumValue, None, Some(NEW));
            if count > 1 {
                self.make(root, steps, &format!("remove the value {value}"), &[gone], |contract| {
                    way(contract).values.remove(value);
                });
            }
            self.make(root, steps, &format!("rename the value {value}"), &[come, gone], |contract| {
                let values = &mut way(contract).values;
                values.remove(value);
                values.insert(NEW.to_owned());
            });
        }
        self.make(root, steps, "add a value", &[(Kind::EnumValue, None, Some(NEW))], |contract| {
            way(contract).values.insert(NEW.to_owned());
        });
    }

    fn alternatives(&mut self, root: &Root, steps: &str, combination: &Combination, way: Way<'_>) {
        let of = |contract: &mut Contract, change: &dyn Fn(&mut Vec<Schema>)| match &mut way(contract).shape {
            Shape::Combination(combination) => change(&mut combination.alternatives),
            _ => unreachable!("it was a combination"),
        };
        let told = tags(&Settled::new(self.original), combination).steps();
        for (at, (alternative, step)) in combination.alternatives.iter().zip(told).enumerate() {
            let short = schema_in_short(alternative);
            let steps = format!("{steps}{step}");
            self.make(root, &steps, "remove the alternative", &[(Kind::Alternative, Some(&short), None)], |contract| {
                of(contract, &|alternatives| {
                    alternatives.remove(at);
                });
            });
        }
        let last = format!("{steps}|{}", combination.alternatives.len() + 1);
        self.make(root, &last, "add an alternative", &[(Kind::Alternative, None, Some("boolean"))], |contract| {
            of(contract, &|alternatives| alternatives.push(Schema::from(Shape::Boolean)));
        });
        let union: &dyn Fn(&mut Contract) -> &mut Combination = &|contract| match &mut way(contract).shape {
            Shape::Combination(combination) => combination,
            _ => unreachable!("it was a combination"),
        };
        // Each has a `type` of its own, so that it can only be one of them in any case.
        self.make(root, steps, "ask for any", &[], |contract| union(contract).how = How::Any);
        let told = format!("told apart by {NEW}");
        self.make(root, steps, "tell what tells", &[(Kind::Rule, None, Some(&told))], |contract| {
            union(contract).discriminator = Some(Discriminator {
                member: NEW.to_owned(),
                ..Discriminator::default()
            });
        });
    }
}

fn body<'c>(contract: &'c mut Contract, id: &OperationId) -> &'c mut Body {
    contract.operations.get_mut(id).unwrap().body.as_mut().unwrap()
}

fn response<'c>(contract: &'c mut Contract, id: &OperationId, status: &str) -> &'c mut Response {
    let responses = &mut contract.operations.get_mut(id).unwrap().responses;
    responses.get_mut(status).unwrap()
}

/// What is said when a flag is turned over.
fn flip(kind: Kind, flag: bool) -> [(Kind, Option<&'static str>, Option<&'static str>); 1] {
    match flag {
        true => [(kind, Some("yes"), Some("no"))],
        false => [(kind, Some("no"), Some("yes"))],
    }
}

fn parameter<'c>(contract: &'c mut Contract, id: &OperationId, parameter: &ParameterId) -> &'c mut Parameter {
    let operation = contract.operations.get_mut(id).unwrap();
    operation.parameters.get_mut(parameter).unwrap()
}

fn object_of(schema: &mut Schema) -> &mut Object {
    match &mut schema.shape {
        Shape::Object(object) => object,
        _ => unreachable!("it was an object"),
    }
}

fn required(required: bool) -> (&'static str, &'static str) {
    match required {
        true => ("required", "optional"),
        false => ("optional", "required"),
    }
}
