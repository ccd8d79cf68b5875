//! What is wrong with a request body, found before it is sent.

use std::fmt;

use crate::{Field, Secret};

/// One thing wrong with a request body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The member at fault, as a path in the JSON: `senders[0].deliveryIdentifier.value`; empty for the whole body.
    pub path: String,
    /// The rule that it breaks, and what to do.
    pub rule: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.path {
            "" => f.write_str(&self.rule),
            path => write!(f, "{path}: {}", self.rule),
        }
    }
}

/// Everything wrong with a request body; never empty.
///
/// ```
/// use hubchannel_model::{NewMessage, decode};
///
/// let body: NewMessage = decode(br#"{"channelAccountId": "", "messageDirection": "INCOMING", "text": "hi"}"#)?;
/// let violations = body.check().unwrap_err();
/// let paths: Vec<&str> = violations.iter().map(|violation| violation.path.as_str()).collect();
/// assert_eq!(paths, ["channelAccountId", "senders"]);
/// # Ok::<(), hubchannel_model::DecodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// One by one, in the order of the members.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Violation> {
        self.0.iter()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(at, violation)| {
            if at > 0 {
                f.write_str("; ")?;
            }
            violation.fmt(f)
        })
    }
}

impl fmt::Debug for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

impl std::error::Error for Violations {}

/// What the checks ask of an id of any type.
pub(crate) trait AnyId {
    fn as_str(&self) -> &str;
    fn is_number(&self) -> bool;
    fn is_digits(&self) -> bool;
}

/// Collects violations while it walks down a body.
pub(crate) struct Checker {
    path: String,
    found: Vec<Violation>,
}

impl Checker {
    /// Runs the walk.
    pub(crate) fn run(walk: impl FnOnce(&mut Checker)) -> Result<(), Violations> {
        let mut checker = Checker {
            path: String::new(),
            found: Vec::new(),
        };
        walk(&mut checker);
        if checker.found.is_empty() {
            Ok(())
        } else {
            Err(Violations(checker.found))
        }
    }

    /// Notes that the member of this name breaks a rule.
    pub(crate) fn broken(&mut self, member: &str, rule: impl Into<String>) {
        self.at(member, |checker| {
            checker.found.push(Violation {
                path: checker.path.clone(),
                rule: rule.into(),
            });
        });
    }

    /// Walks a member with its name in the path.
    pub(crate) fn at(&mut self, member: &str, walk: impl FnOnce(&mut Checker)) {
        let length = self.path.len();
        if length > 0 && !member.is_empty() && !member.starts_with('[') {
            self.path.push('.');
        }
        self.path.push_str(member);
        walk(self);
        self.path.truncate(length);
    }

    /// The member's value; notes it as missing where there is none.
    pub(crate) fn required<'f, T>(&mut self, member: &str, field: &'f Field<T>) -> Option<&'f T> {
        if !field.is_value() {
            self.broken(member, "is required");
        }
        field.as_ref()
    }

    /// Text that must be there and not be empty.
    pub(crate) fn required_text<T: AsRef<str>>(&mut self, member: &str, field: &Field<T>) {
        if self
            .required(member, field)
            .is_some_and(|text| text.as_ref().is_empty())
        {
            self.broken(member, "must not be empty");
        }
    }

    /// Text that may be missing but must not be empty.
    pub(crate) fn optional_text<T: AsRef<str>>(&mut self, member: &str, field: &Field<T>, remedy: &str) {
        if field.as_ref().is_some_and(|text| text.as_ref().is_empty()) {
            self.broken(member, format!("must not be empty; {remedy}"));
        }
    }

    /// A secret that must be there and not be empty.
    pub(crate) fn required_secret(&mut self, member: &str, field: &Field<Secret>) {
        self.required(member, field);
        self.optional_secret(member, field);
    }

    /// A secret that may be missing but must not be empty.
    pub(crate) fn optional_secret(&mut self, member: &str, field: &Field<Secret>) {
        if field.as_ref().is_some_and(Secret::is_empty) {
            self.broken(member, "must not be empty");
        }
    }

    /// An id that must be there.
    pub(crate) fn required_id<T: AnyId>(&mut self, member: &str, field: &Field<T>) {
        self.required(member, field);
        self.optional_id(member, field);
    }

    /// An id that may be missing but must be one.
    pub(crate) fn optional_id<T: AnyId>(&mut self, member: &str, field: &Field<T>) {
        match field.as_ref() {
            Some(id) if id.as_str().is_empty() => self.broken(member, "must not be empty"),
            Some(id) if id.is_number() && !id.is_digits() => {
                self.broken(member, "is no id; ids that are numbers are whole")
            }
            _ => {}
        }
    }

    /// An id that must be a number, in quotes or not.
    pub(crate) fn numeric_id<T: AnyId>(&mut self, member: &str, field: &Field<T>) {
        if field
            .as_ref()
            .is_some_and(|id| !id.is_digits() || id.as_str().parse::<i64>().is_err())
        {
            self.broken(member, "must be a whole number of at most 64 bits");
        }
    }

    /// Walks every item of a list that must be there, though it may be empty.
    pub(crate) fn required_list<T>(
        &mut self,
        member: &str,
        field: &Field<Vec<T>>,
        mut walk: impl FnMut(&mut Checker, &T),
    ) {
        for (at, item) in self.required(member, field).into_iter().flatten().enumerate() {
            self.at(member, |checker| checker.at(&format!("[{at}]"), |checker| walk(checker, item)));
        }
    }
}
