//! Digests of what a few words do not say in full: what lies beneath a name, or in an operation.
//!
//! Equal for what is the same on the wire, whatever it is called, on every machine and in every release of Rust. Names are
//! followed through [`DEPTH`] others; what lies deeper than that is not told apart.

use std::collections::HashMap;

use super::{Content, Contract, How, Object, Operation, Parameter, Response, Rest, Schema, Settled, Shape, tags};

/// Through how many names what lies beneath is followed. HubSpot's deepest chain has six.
const DEPTH: usize = 16;

/// Makes the digests of one contract, each record's once.
#[derive(Debug)]
pub(crate) struct Digests<'a> {
    contract: &'a Contract,
    settled: Settled<'a>,
    /// By the name, and through how many more it was followed.
    known: HashMap<(&'a str, usize), u64>,
}

impl<'a> Digests<'a> {
    pub(crate) fn new(contract: &'a Contract) -> Self {
        Self {
            contract,
            settled: Settled::new(contract),
            known: HashMap::new(),
        }
    }

    pub(crate) fn schema(&mut self, schema: &Schema) -> String {
        text(self.of_schema(schema, DEPTH))
    }

    pub(crate) fn parameter(&mut self, parameter: &Parameter) -> String {
        text(self.of_parameter(parameter))
    }

    pub(crate) fn content(&mut self, content: &Content) -> String {
        text(self.of_content(content))
    }

    pub(crate) fn response(&mut self, response: &Response) -> String {
        text(self.of_response(response))
    }

    pub(crate) fn operation(&mut self, operation: &Operation) -> String {
        let mut digest = Fnv::default();
        digest.number(u64::from(operation.deprecated));
        digest.count(operation.parameters.len());
        for (id, parameter) in &operation.parameters {
            digest.text(&id.to_string());
            digest.number(self.of_parameter(parameter));
        }
        if let Some(body) = &operation.body {
            digest.text("body");
            digest.number(u64::from(body.required));
            digest.number(self.of_content(&body.content));
        }
        digest.count(operation.responses.len());
        for (status, response) in &operation.responses {
            digest.text(status);
            digest.number(self.of_response(response));
        }
        for requirement in &operation.security {
            digest.text("security");
            digest.count(requirement.len());
            for (scheme, scopes) in requirement {
                digest.text(scheme);
                digest.count(scopes.len());
                scopes.iter().for_each(|scope| digest.text(scope));
            }
        }
        text(digest.0)
    }

    fn of_parameter(&mut self, parameter: &Parameter) -> u64 {
        let mut digest = Fnv::default();
        digest.number(u64::from(parameter.required));
        digest.number(u64::from(parameter.deprecated));
        digest.maybe(parameter.style.as_deref());
        digest.maybe(parameter.explode.map(|explode| if explode { "yes" } else { "no" }));
        digest.number(self.of_schema(&parameter.schema, DEPTH));
        digest.0
    }

    fn of_content(&mut self, content: &Content) -> u64 {
        let mut digest = Fnv::default();
        for (media_type, schema) in content {
            digest.text(media_type);
            digest.number(self.of_schema(schema, DEPTH));
        }
        digest.0
    }

    fn of_response(&mut self, response: &Response) -> u64 {
        let mut digest = Fnv::default();
        digest.count(response.headers.len());
        for (name, header) in &response.headers {
            digest.text(&name.to_ascii_lowercase());
            digest.number(self.of_parameter(header));
        }
        digest.number(self.of_content(&response.content));
        digest.0
    }

    fn of_record(&mut self, name: &str, depth: usize) -> u64 {
        let Some((name, record)) = self.contract.records.get_key_value(name) else {
            return 0;
        };
        let Some(depth) = depth.checked_sub(1) else {
            return 0;
        };
        if let Some(known) = self.known.get(&(name.as_str(), depth)) {
            return *known;
        }
        let digest = self.of_schema(record, depth);
        self.known.insert((name, depth), digest);
        digest
    }

    fn of_schema(&mut self, schema: &Schema, depth: usize) -> u64 {
        let shape = self.of_shape(&schema.shape, depth);
        let only_shape =
            schema.format.is_none() && !schema.nullable && schema.values.is_empty() && schema.rules.is_empty();
        if only_shape {
            return shape;
        }
        let mut digest = Fnv::default();
        digest.number(shape);
        digest.maybe(schema.format.as_deref());
        digest.number(u64::from(schema.nullable));
        digest.count(schema.values.len());
        schema.values.iter().for_each(|value| digest.text(value));
        for (keyword, rule) in &schema.rules {
            digest.text(keyword);
            digest.text(rule);
        }
        digest.0
    }

    fn of_shape(&mut self, shape: &Shape, depth: usize) -> u64 {
        let mut digest = Fnv::default();
        match shape {
            Shape::Any => digest.text("any"),
            Shape::Boolean => digest.text("boolean"),
            Shape::Integer => digest.text("integer"),
            Shape::Number => digest.text("number"),
            Shape::String => digest.text("string"),
            Shape::Array(items) => {
                digest.text("array");
                digest.number(self.of_schema(items, depth));
            }
            Shape::Object(object) => self.of_object(object, depth, &mut digest),
            Shape::Named(name) => return self.of_record(name, depth),
            Shape::Combination(combination) => {
                // It makes no difference of alternatives that are told apart.
                let is_choice = combination.how != How::All;
                digest.text(match combination.how {
                    _ if is_choice && tags(&self.settled, combination).all_differ() => "union",
                    How::One => "one",
                    How::Any => "any of",
                    How::All => "parts",
                });
                digest.count(combination.alternatives.len());
                let alternatives = combination.alternatives.iter();
                // Their order is that of their names, which mean nothing.
                let mut digests: Vec<u64> = alternatives.map(|of| self.of_schema(of, depth)).collect();
                digests.sort_unstable();
                digests.into_iter().for_each(|of| digest.number(of));
                if let Some(discriminator) = &combination.discriminator {
                    digest.text(&discriminator.member);
                    // Of those that are told by their own names, the names are sent.
                    let targets = match is_choice {
                        true => discriminator.targets(combination),
                        false => discriminator.mapping.clone(),
                    };
                    for (value, record) in &targets {
                        digest.text(value);
                        digest.number(self.of_record(record, depth));
                    }
                }
            }
        }
        digest.0
    }

    fn of_object(&mut self, object: &Object, depth: usize, digest: &mut Fnv) {
        digest.text("object");
        digest.count(object.members.len());
        for (name, member) in &object.members {
            digest.text(name);
            digest.number(u64::from(member.required));
            digest.number(self.of_schema(&member.schema, depth));
        }
        match &object.rest {
            Rest::Open => {}
            Rest::Closed => digest.text("closed"),
            Rest::Of(values) => {
                digest.text("map");
                digest.number(self.of_schema(values, depth));
            }
        }
    }
}

/// The digest of a list of texts.
pub(crate) fn of_texts<'t>(texts: impl IntoIterator<Item = &'t String>) -> String {
    let mut digest = Fnv::default();
    texts.into_iter().for_each(|text| digest.text(text));
    text(digest.0)
}

fn text(digest: u64) -> String {
    format!("{digest:016x}")
}

/// Bytes that no text in UTF-8 has.
const NEVER: [u8; 2] = [0xfe, 0xff];

/// FNV-1a, which is short and stays what it is.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }

    /// A text, and that it ends there.
    fn text(&mut self, text: &str) {
        for byte in text.bytes() {
            // So that no text ends before its end.
            self.byte(if byte == 0 { NEVER[1] } else { byte });
        }
        self.byte(0);
    }

    fn maybe(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.byte(NEVER[0]),
        }
    }

    /// How many of something there are, so that the last one cannot be taken for what comes next.
    fn count(&mut self, count: usize) {
        self.number(u64::try_from(count).unwrap_or(u64::MAX));
    }

    fn number(&mut self, number: u64) {
        number.to_be_bytes().into_iter().for_each(|byte| self.byte(byte));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::contract::Combination;
    use crate::schema::contract::tests::checked_in;

    #[test]
    fn a_digest_is_the_same_under_other_names_and_in_every_release() {
        let contract = checked_in().remove(0);
        let renamed = {
            let mut text = contract.to_text();
            for name in contract.records.keys() {
                text = text.replace(&format!("\"{name}\""), &format!("\"Z{name}\""));
            }
            crate::schema::files::contract_in(&text).unwrap()
        };
        let (mut digests, mut others) = (Digests::new(&contract), Digests::new(&renamed));
        for (id, operation) in &contract.operations {
            assert_eq!(digests.operation(operation), others.operation(&renamed.operations[id]));
        }
        for (name, record) in &contract.records {
            assert_eq!(digests.schema(record), others.schema(&renamed.records[&format!("Z{name}")]));
        }
        assert_eq!(digests.schema(&Schema::default()), "970ad383b59cd557");
    }

    #[test]
    fn whatever_changes_beneath_an_operation_changes_its_digest() {
        let contract = checked_in().remove(0);
        let of = |contract: &Contract| -> Vec<String> {
            let mut digests = Digests::new(contract);
            contract
                .operations
                .values()
                .map(|operation| digests.operation(operation))
                .collect()
        };
        let before = of(&contract);
        for mutant in crate::schema::mutate::mutants(&contract) {
            // What is written otherwise and means the same may have another digest, but need not.
            if !mutant.reports.is_empty() && mutant.root != crate::schema::diff::Root::Api {
                assert_ne!(of(&mutant.contract), before, "{}", mutant.what);
            }
        }
    }

    #[test]
    fn what_reads_alike_is_told_apart() {
        let text = |values: &[&str], rules: &[(&str, &str)]| Schema {
            shape: Shape::String,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            rules: rules
                .iter()
                .map(|(keyword, rule)| ((*keyword).to_owned(), (*rule).to_owned()))
                .collect(),
            ..Schema::default()
        };
        let union = |how| Schema {
            shape: Shape::Combination(Combination::new(how, vec![text(&[], &[]), Schema::default()], None)),
            ..Schema::default()
        };
        let asks = |requirement: &[(&str, &[&str])]| {
            let scopes = |scopes: &[&str]| scopes.iter().map(|scope| (*scope).to_owned()).collect();
            let requirement = requirement
                .iter()
                .map(|(scheme, of)| ((*scheme).to_owned(), scopes(of)));
            Operation {
                security: [requirement.collect()].into(),
                ..Operation::default()
            }
        };
        let contract = Contract::default();
        let mut digests = Digests::new(&contract);
        for (one, other) in [
            (text(&["a", "maxLength", "9"], &[]), text(&["a"], &[("maxLength", "9")])),
            (text(&["a\0b"], &[]), text(&["a", "b"], &[])),
            (union(How::One), union(How::Any)),
            (union(How::One), union(How::All)),
        ] {
            assert_ne!(digests.schema(&one), digests.schema(&other), "{one:?}");
        }
        assert_ne!(digests.operation(&asks(&[("a", &["b"])])), digests.operation(&asks(&[("a", &[]), ("b", &[])])));
        assert_ne!(of_texts(&["a\0b".to_owned()]), of_texts(&["a".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn names_that_lead_in_a_circle_have_a_digest() {
        let contract = checked_in().remove(0);
        let mut circular = contract.clone();
        let name = circular.records.keys().next().unwrap().clone();
        let itself = Schema {
            shape: Shape::Array(Box::new(Schema {
                shape: Shape::Named(name.clone()),
                ..Schema::default()
            })),
            ..Schema::default()
        };
        circular.records.insert(name.clone(), itself);
        assert_eq!(Digests::new(&circular).schema(&circular.records[&name]).len(), 16);
    }
}
