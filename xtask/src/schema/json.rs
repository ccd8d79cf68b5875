//! Reading JSON that somebody else wrote: every complaint is one line and names the place.
//!
//! A member given twice is refused, where `serde_json` would keep the last one and lose a fact.

use std::fmt;
use std::rc::Rc;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

pub(crate) type Result<T> = std::result::Result<T, Unreadable>;

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// A JSON pointer, empty for the whole document.
    at: String,
    what: String,
}

impl Unreadable {
    pub(crate) fn whole(what: impl Into<String>) -> Self {
        Self {
            at: String::new(),
            what: what.into(),
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at.is_empty() {
            return f.write_str(&line(&self.what));
        }
        write!(f, "{}: {}", line(&self.at), line(&self.what))
    }
}

/// The text as one line of reasonable length, since names in it are whatever stood in the file.
fn line(text: &str) -> String {
    const MOST: usize = 300;

    let mut line: String = text.chars().take(MOST).flat_map(escaped).collect();
    if text.chars().nth(MOST).is_some() {
        line.push('…');
    }
    line
}

/// The text on one line, whatever stood in the file that it comes from.
pub(crate) fn readable(text: &str) -> String {
    text.chars().flat_map(escaped).collect()
}

fn escaped(character: char) -> Vec<char> {
    if character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    {
        character.escape_default().collect()
    } else {
        vec![character]
    }
}

/// Reads a document. What is not JSON is refused with a guess at what it is.
pub(crate) fn parse(text: &str) -> Result<Value> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str::<Once>(text)
        .map(|Once(value)| value)
        .map_err(|error| match no_json(text.as_bytes()) {
            Some(what) => Unreadable::whole(what),
            None if looks_like_yaml(text) => Unreadable::whole(
                "this is YAML; HubSpot offers the same description as JSON, which is what is read here",
            ),
            None if text.trim().is_empty() => {
                Unreadable::whole("not JSON: there is nothing in it; download or write it again")
            }
            None if error.is_eof() => Unreadable::whole(format!(
                "not JSON: it stops in the middle, at line {} column {}; download or write it again",
                error.line(),
                error.column()
            )),
            None => Unreadable::whole(format!("not JSON: {error}")),
        })
}

/// The text of a document's bytes. What is no text is refused with a guess at what it is.
pub(crate) fn text(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| Unreadable::whole(no_json(error.as_bytes()).unwrap_or("not UTF-8")))
}

/// What bytes are that have nothing of JSON, if that can be told, and what to do with them.
pub(crate) fn no_json(bytes: &[u8]) -> Option<&'static str> {
    match bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes).trim_ascii_start() {
        [b'<', ..] => Some("this is HTML or XML, perhaps a login page; download the JSON itself"),
        [0x1f, 0x8b, ..] => Some("this is compressed by gzip; unpack it first, with `gunzip`"),
        [0xfe, 0xff, ..] | [0xff, 0xfe, ..] => {
            Some("this is UTF-16; write it as UTF-8 first, with `iconv` or an editor")
        }
        _ => None,
    }
}

/// In UTF-8, where it says nothing.
pub(crate) const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

fn looks_like_yaml(text: &str) -> bool {
    let mut lines = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.next().is_some_and(|first| {
        let key = first.split_once(':').map(|(key, _)| key.trim_matches(['"', '\'']));
        first.starts_with("---")
            || first.starts_with("%YAML")
            || key.is_some_and(|key| !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
    })
}

/// A value in which no member is given twice.
struct Once(Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(OnceVisitor).map(Self)
    }
}

struct OnceVisitor;

impl<'de> Visitor<'de> for OnceVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> std::result::Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> std::result::Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Once(element)) = elements.next_element()? {
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> std::result::Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Once(value))) = members.next_entry::<String, Once>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom(format_args!("the member `{name}` is given twice")));
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

/// A value, and where in the document it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node<'a> {
    pub(crate) value: &'a Value,
    /// Nothing for the whole document.
    at: Option<Rc<Step<'a>>>,
}

/// The last step on the way to a place. Neighbours share the way before it, so that no document has its names copied for
/// each of the values below them.
#[derive(Debug)]
struct Step<'a> {
    before: Option<Rc<Step<'a>>>,
    name: Name<'a>,
}

#[derive(Debug)]
enum Name<'a> {
    Member(&'a str),
    Element(usize),
}

impl<'a> Node<'a> {
    pub(crate) fn document(value: &'a Value) -> Self {
        Self { value, at: None }
    }

    pub(crate) fn refuse<T>(&self, what: impl Into<String>) -> Result<T> {
        Err(Unreadable {
            at: self.pointer(),
            what: what.into(),
        })
    }

    fn expected<T>(&self, what: &str) -> Result<T> {
        let found = match self.value {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        self.refuse(format!("expected {what}, found {found}"))
    }

    fn child(&self, name: Name<'a>, value: &'a Value) -> Self {
        let before = self.at.clone();
        Self {
            value,
            at: Some(Rc::new(Step { before, name })),
        }
    }

    fn pointer(&self) -> String {
        let mut names = Vec::new();
        let mut at = self.at.as_ref();
        while let Some(step) = at {
            names.push(match step.name {
                Name::Member(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
                Name::Element(index) => format!("/{index}"),
            });
            at = step.before.as_ref();
        }
        names.into_iter().rev().collect()
    }

    fn object(&self) -> Result<&'a Map<String, Value>> {
        match self.value {
            Value::Object(object) => Ok(object),
            _ => self.expected("an object"),
        }
    }

    /// The member of an object, if it is there.
    pub(crate) fn get(&self, name: &str) -> Result<Option<Self>> {
        let member = self.object()?.get_key_value(name);
        Ok(member.map(|(name, value)| self.child(Name::Member(name), value)))
    }

    /// The member of an object that must be there.
    pub(crate) fn need(&self, name: &str) -> Result<Self> {
        match self.get(name)? {
            Some(member) => Ok(member),
            None => self.refuse(format!("`{name}` is missing")),
        }
    }

    /// All members of an object, by name.
    pub(crate) fn members(&self) -> Result<Vec<(&'a str, Self)>> {
        let mut members: Vec<_> = self
            .object()?
            .iter()
            .map(|(name, value)| (name.as_str(), self.child(Name::Member(name), value)))
            .collect();
        members.sort_by_key(|(name, _)| *name);
        Ok(members)
    }

    /// The members of an object that need not be there, nothing if it is not.
    pub(crate) fn members_of(&self, name: &str) -> Result<Vec<(&'a str, Self)>> {
        self.get(name)?
            .map_or_else(|| Ok(Vec::new()), |member| member.members())
    }

    pub(crate) fn elements(&self) -> Result<Vec<Self>> {
        match self.value {
            Value::Array(elements) => Ok(elements
                .iter()
                .enumerate()
                .map(|(index, value)| self.child(Name::Element(index), value))
                .collect()),
            _ => self.expected("an array"),
        }
    }

    pub(crate) fn elements_of(&self, name: &str) -> Result<Vec<Self>> {
        self.get(name)?
            .map_or_else(|| Ok(Vec::new()), |member| member.elements())
    }

    pub(crate) fn text(&self) -> Result<&'a str> {
        match self.value {
            Value::String(text) => Ok(text),
            _ => self.expected("a string"),
        }
    }

    pub(crate) fn text_of(&self, name: &str) -> Result<Option<&'a str>> {
        self.get(name)?.map(|member| member.text()).transpose()
    }

    /// A flag that is false when it is not there.
    pub(crate) fn flag_of(&self, name: &str) -> Result<bool> {
        match self.get(name)? {
            None => Ok(false),
            Some(member) => match member.value {
                Value::Bool(flag) => Ok(*flag),
                _ => member.expected("true or false"),
            },
        }
    }

    /// Refuses an object with members that nobody here knows to read.
    pub(crate) fn only(&self, known: impl Fn(&str) -> bool) -> Result<()> {
        match self.object()?.keys().filter(|name| !known(name)).min() {
            None => Ok(()),
            Some(name) => self.refuse(format!("`{name}` is not understood here, and could matter on the wire")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn a_place_is_a_json_pointer() {
        let document = json!({ "a/b~c": [0, { "": 1 }] });
        let node = Node::document(&document)
            .need("a/b~c")
            .unwrap()
            .elements()
            .unwrap()
            .remove(1);
        let said = |node: &Node<'_>| node.text().unwrap_err().to_string();
        assert_eq!(said(&node.need("").unwrap()), "/a~1b~0c/1/: expected a string, found a number");
        assert_eq!(said(&node), "/a~1b~0c/1: expected a string, found an object");
        assert_eq!(said(&Node::document(&document)), "expected a string, found an object");
    }

    #[test]
    fn a_long_name_is_not_copied_for_what_is_below_it() {
        let name = "n".repeat(100_000);
        let below: Map<String, Value> = (0..100_000).map(|index| (index.to_string(), Value::Null)).collect();
        let document = json!({ name.as_str(): below });
        let members = Node::document(&document).need(&name).unwrap().members().unwrap();
        assert_eq!(members.len(), 100_000);
        let way = |node: &Node<'_>| Rc::as_ptr(node.at.as_ref().unwrap().before.as_ref().unwrap()).cast::<()>();
        let ways: BTreeSet<_> = members.iter().map(|(_, node)| way(node)).collect();
        assert_eq!(ways.len(), 1);
    }
}
