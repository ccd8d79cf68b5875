//! Every single change that can be made to a contract, for the proof that the tools report exactly it.

use super::contract::{
    Combination, Contract, Member, Object, Operation, OperationId, Parameter, ParameterId, Response, Schema, Shape,
};
use super::diff::Kind;

/// A contract with one fact changed.
pub(crate) struct Mutant {
    /// What was done, for a message.
    pub(crate) what: String,
    pub(crate) contract: Contract,
    /// Where the fact stands.
    pub(crate) root: Root,
    /// The way to it from the root, as [`super::diff::Item`] writes it.
    pub(crate) steps: String,
    /// What must be reported: the kind, and the fact before and after.
    pub(crate) reports: Vec<(Kind, Option<String>, Option<String>)>,
}

/// What a fact belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    Operation(OperationId),
    Record(String),
}

/// A name that nothing in a contract has.
const NEW: &str = "mutated";

/// Of a longer list of values only some are changed, the first and the last among them: the others are like them.
const MANY: usize = 24;

/// All of them.
pub(crate) fn mutants(contract: &Contract) -> Vec<Mutant> {
    let mut made = Made {
        original: contract,
        mutants: Vec::new(),
    };
    made.operations();
    made.records();
    made.mutants
}

struct Made<'a> {
    original: &'a Contract,
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
        let mut contract = self.original.clone();
        change(&mut contract);
        assert_ne!(&contract, self.original, "{what} at {root:?}{steps} changes nothing");
        let owned = |text: Option<&str>| text.map(str::to_owned);
        self.mutants.push(Mutant {
            what: format!("{what} at {root:?}{steps}"),
            contract,
            root: root.clone(),
            steps: steps.to_owned(),
            reports: reports
                .iter()
                .map(|(kind, was, now)| (*kind, owned(*was), owned(*now)))
                .collect(),
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
            self.parameters(&root, id, operation);
            self.responses(&root, id, operation);
        }
    }

    fn parameters(&mut self, root: &Root, id: &OperationId, operation: &Operation) {
        for (parameter, fact) in &operation.parameters {
            let steps = format!(" {parameter}");
            let short = super::diff::schema_in_short(&fact.schema);
            self.make(root, &steps, "remove the parameter", &[(Kind::Parameter, Some(&short), None)], |contract| {
                contract.operations.get_mut(id).unwrap().parameters.remove(parameter);
            });
            let (was, now) = required(fact.required);
            self.make(root, &steps, "flip required", &[(Kind::Required, Some(was), Some(now))], |contract| {
                self::parameter(contract, id, parameter).required ^= true;
            });
            self.schema(root, &steps, &|contract| &mut self::parameter(contract, id, parameter).schema);
        }
        let added = ParameterId {
            location: "query".to_owned(),
            name: NEW.to_owned(),
        };
        let steps = format!(" {added}");
        self.make(root, &steps, "add a parameter", &[(Kind::Parameter, None, Some("boolean"))], |contract| {
            let schema = plain(Shape::Boolean);
            let new = Parameter {
                schema,
                ..Parameter::default()
            };
            contract.operations.get_mut(id).unwrap().parameters.insert(added, new);
        });
    }

    fn responses(&mut self, root: &Root, id: &OperationId, operation: &Operation) {
        for (status, response) in &operation.responses {
            let steps = format!(" response {status}");
            let short = super::diff::content_in_short(&response.content);
            self.make(root, &steps, "remove the response", &[(Kind::Response, Some(&short), None)], |contract| {
                contract.operations.get_mut(id).unwrap().responses.remove(status);
            });
            for name in response.headers.keys() {
                let steps = format!("{steps} header {name}");
                self.make(root, &steps, "remove the header", &[(Kind::Header, Some("string"), None)], |contract| {
                    let responses = &mut contract.operations.get_mut(id).unwrap().responses;
                    responses.get_mut(status).unwrap().headers.remove(name);
                });
            }
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
            let short = super::diff::member_in_short(member);
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
            self.make(root, &steps, "add a member", &[(Kind::Member, None, Some(short))], |contract| {
                let schema = plain(Shape::Boolean);
                way(contract)
                    .members
                    .insert(NEW.to_owned(), Member { required, schema });
            });
        }
    }

    /// Another type, another format, and each value and alternative.
    fn schema(&mut self, root: &Root, steps: &str, way: Way<'_>) {
        let schema = way(&mut self.original.clone()).clone();
        let other = match self.original.resolve(&schema).shape {
            Shape::Boolean => Shape::String,
            _ => Shape::Boolean,
        };
        let (was, now) = (
            super::diff::type_and_format_in_short(&schema),
            super::diff::type_and_format_in_short(&plain(other.clone())),
        );
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
        self.values(root, steps, &schema, way);
        match &schema.shape {
            Shape::Array(_) => self.schema(root, &format!("{steps}[]"), &|contract| match &mut way(contract).shape {
                Shape::Array(items) => items,
                _ => unreachable!("it was an array"),
            }),
            Shape::Combination(combination) => self.alternatives(root, steps, combination, way),
            _ => {}
        }
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
                self.make(root, steps, "remove the value", &[gone], |contract| {
                    way(contract).values.remove(value);
                });
            }
            self.make(root, steps, "rename the value", &[come, gone], |contract| {
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
        for (at, alternative) in combination.alternatives.iter().enumerate() {
            let short = super::diff::schema_in_short(alternative);
            self.make(root, steps, "remove the alternative", &[(Kind::Alternative, Some(&short), None)], |contract| {
                of(contract, &|alternatives| {
                    alternatives.remove(at);
                });
            });
        }
        self.make(root, steps, "add an alternative", &[(Kind::Alternative, None, Some("boolean"))], |contract| {
            of(contract, &|alternatives| alternatives.push(plain(Shape::Boolean)))
        });
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

fn plain(shape: Shape) -> Schema {
    Schema {
        shape,
        ..Schema::default()
    }
}

fn required(required: bool) -> (&'static str, &'static str) {
    match required {
        true => ("required", "optional"),
        false => ("optional", "required"),
    }
}
