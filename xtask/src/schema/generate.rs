//! Values made of a contract alone: what HubSpot's descriptions allow, and nothing that anybody had in mind.

use serde_json::{Map, Value, json};

use super::contract::{Contract, How, Object, Rest, Schema, Shape};

/// Makes values of the schemas of a contract.
#[derive(Clone, Copy)]
pub(crate) struct Generator<'c> {
    contract: &'c Contract,
}

impl<'c> Generator<'c> {
    pub(crate) fn new(contract: &'c Contract) -> Self {
        Self { contract }
    }

    /// With every member and one of every alternative.
    pub(crate) fn full(self, schema: &Schema) -> Value {
        let schema = self.contract.resolve(schema);
        match &schema.shape {
            Shape::Array(items) => match &self.contract.resolve(items).shape {
                Shape::Combination(union) if union.how != How::All => union
                    .alternatives
                    .iter()
                    .map(|alternative| self.full(alternative))
                    .collect(),
                _ => json!([self.full(items)]),
            },
            Shape::Object(object) => self.object(object, |_| true, |schema| self.full(schema)),
            Shape::Combination(union) if union.how == How::All => {
                merged(union.alternatives.iter().map(|part| self.full(part)))
            }
            Shape::Combination(union) => self.full(&union.alternatives[0]),
            _ => scalar(schema),
        }
    }

    /// With the required members only, and empty lists.
    pub(crate) fn least(self, schema: &Schema) -> Value {
        let schema = self.contract.resolve(schema);
        match &schema.shape {
            Shape::Array(_) => json!([]),
            Shape::Object(object) => match &object.rest {
                Rest::Of(_) if object.members.is_empty() => json!({}),
                _ => self.object(object, |required| required, |schema| self.least(schema)),
            },
            Shape::Combination(union) if union.how == How::All => {
                merged(union.alternatives.iter().map(|part| self.least(part)))
            }
            Shape::Combination(union) => self.least(&union.alternatives[0]),
            _ => scalar(schema),
        }
    }

    /// Full but for one thing: each value of each enum, each alternative by itself, each number at its limit, and null
    /// wherever it is allowed.
    pub(crate) fn variants(self, schema: &Schema) -> Vec<Value> {
        let may_be_null = self.may_be_null(schema);
        let schema = self.contract.resolve(schema);
        let mut all = match &schema.shape {
            Shape::Array(items) => self.variants(items).into_iter().map(|item| json!([item])).collect(),
            Shape::Object(object) => {
                let full = self.full(schema);
                let mut all = Vec::new();
                for (name, member) in &object.members {
                    for variant in self.variants(&member.schema) {
                        let mut value = full.clone();
                        value[name] = variant;
                        all.push(value);
                    }
                }
                if let Rest::Of(values) = &object.rest {
                    all.extend(
                        self.variants(values)
                            .into_iter()
                            .map(|value| json!({ "a name": value })),
                    );
                }
                all
            }
            Shape::Combination(union) => {
                let each = |alternative| {
                    let mut all = self.variants(alternative);
                    all.extend([self.full(alternative), self.least(alternative)]);
                    all
                };
                union.alternatives.iter().flat_map(each).collect()
            }
            Shape::Integer => match schema.format.as_deref() {
                Some("int32") => vec![json!(0), json!(i32::MIN)],
                _ => vec![json!(0), json!(i64::MIN)],
            },
            Shape::Boolean => vec![json!(false)],
            Shape::String if schema.values.is_empty() => vec![string(schema)],
            _ => schema.values.iter().map(|value| json!(value)).collect(),
        };
        if may_be_null {
            all.push(Value::Null);
        }
        all
    }

    /// Whether null is allowed, by a schema or by a name that it stands for.
    fn may_be_null(self, schema: &Schema) -> bool {
        let by_name = |name| self.contract.records.get(name).is_some_and(|of| self.may_be_null(of));
        schema.nullable || matches!(&schema.shape, Shape::Named(name) if by_name(name))
    }

    /// All of the above.
    pub(crate) fn all(self, schema: &Schema) -> Vec<Value> {
        let mut all = self.variants(schema);
        all.extend([self.full(schema), self.least(schema)]);
        all
    }

    fn object(self, object: &Object, wanted: impl Fn(bool) -> bool, make: impl Fn(&Schema) -> Value) -> Value {
        let mut made = Map::new();
        for (name, member) in &object.members {
            if wanted(member.required) {
                made.insert(name.clone(), make(&member.schema));
            }
        }
        if let Rest::Of(values) = &object.rest {
            made.insert("a name".to_owned(), make(values));
        }
        Value::Object(made)
    }
}

fn merged(parts: impl Iterator<Item = Value>) -> Value {
    let mut all = Map::new();
    for part in parts {
        if let Value::Object(part) = part {
            all.extend(part);
        }
    }
    Value::Object(all)
}

fn scalar(schema: &Schema) -> Value {
    match &schema.shape {
        Shape::Boolean => json!(true),
        Shape::Integer if schema.format.as_deref() == Some("int32") => json!(i32::MAX),
        Shape::Integer => json!(i64::MAX),
        Shape::Number => json!(52.520_006_6),
        Shape::String => string(schema),
        _ => json!({ "any": [1.5, null] }),
    }
}

fn string(schema: &Schema) -> Value {
    match (schema.values.first(), schema.format.as_deref()) {
        (Some(value), _) => json!(value),
        (None, Some("date-time")) => json!("2026-05-27T12:15:00.123Z"),
        (None, Some("uuid")) => json!("019db0fe-52a1-7c0e-9a57-6a2f3d1c8b40"),
        (None, _) => json!("some text"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::contract::tests::checked_in;

    #[test]
    fn a_message_comes_in_every_variant() {
        let contract = checked_in().remove(0);
        let generator = Generator::new(&contract);
        let schema = &contract.records["PublicConversationsMessage"];
        let full = generator.full(schema);
        assert_eq!(full["attachments"].as_array().map(Vec::len), Some(8));
        assert_eq!(full["client"]["integrationAppId"], i32::MAX);
        let least = generator.least(schema);
        assert!(least.get("subject").is_none() && least["senders"] == json!([]));
        let all = generator.all(schema);
        for status in ["FAILED", "READ", "RECEIVED", "SENT"] {
            assert!(all.iter().any(|value| value["status"]["statusType"] == status), "{status}");
        }
        assert!(
            all.iter()
                .any(|value| value["attachments"] == json!([{ "type": "UNSUPPORTED_CONTENT" }]))
        );
    }
}
