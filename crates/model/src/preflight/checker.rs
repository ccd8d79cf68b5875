//! The walk down a body: where it is, and what it has found.

use std::fmt;

use super::{Finding, Preflight, Severity, Violations};
use crate::{
    AddressType, DeliveryIdentifierType, Field, FileUsageType, MediaType, MessageDirection, OutgoingAttachmentType,
    PhoneType, QuickReplyValueType, RichTextFeature, Secret, ThreadingModel,
};

/// What the rules ask of an id of any type.
pub(crate) trait AnyId {
    fn as_str(&self) -> &str;
    fn is_number(&self) -> bool;
    fn is_digits(&self) -> bool;
}

/// What the rules ask of an open enum of any type.
pub(crate) trait AnyEnum {
    const NAMED: &'static [&'static str];
    fn is_named(&self) -> bool;
}

macro_rules! any_enum {
    ($($name:ident)+) => { $(
        impl AnyEnum for $name {
            const NAMED: &'static [&'static str] = $name::NAMED;

            fn is_named(&self) -> bool {
                $name::is_named(self)
            }
        }
    )+ };
}

any_enum! {
    AddressType DeliveryIdentifierType FileUsageType MediaType MessageDirection OutgoingAttachmentType PhoneType QuickReplyValueType
    RichTextFeature ThreadingModel
}

/// Where a walk is, as the steps to there. Only a finding writes them out.
enum Place<'w> {
    Body,
    Member(&'w Place<'w>, &'w str),
    Item(&'w Place<'w>, usize),
}

impl Place<'_> {
    fn write(&self, path: &mut String) {
        match self {
            Place::Body => {}
            Place::Member(before, name) => {
                before.write(path);
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
            Place::Item(before, at) => {
                before.write(path);
                path.push_str(&format!("[{at}]"));
            }
        }
    }
}

/// Collects findings while it walks down a body.
pub(crate) struct Checker<'w> {
    place: Place<'w>,
    found: &'w mut Vec<Finding>,
    advises: bool,
}

impl Checker<'_> {
    /// Walks for refusals alone.
    pub(crate) fn run(walk: impl FnOnce(&mut Checker<'_>)) -> Result<(), Violations> {
        Checker::walk(false, walk).strict()
    }

    /// Walks for everything.
    pub(crate) fn preflight(walk: impl FnOnce(&mut Checker<'_>)) -> Preflight {
        Checker::walk(true, walk)
    }

    fn walk(advises: bool, walk: impl FnOnce(&mut Checker<'_>)) -> Preflight {
        let mut found = Vec::new();
        walk(&mut Checker {
            place: Place::Body,
            found: &mut found,
            advises,
        });
        Preflight(found)
    }

    /// Refuses the member of this name.
    pub(crate) fn refuse(&mut self, member: &str, rule: impl fmt::Display, remedy: impl fmt::Display) {
        self.find(Severity::Refusal, member, &rule, &remedy);
    }

    /// Advises against the member of this name.
    pub(crate) fn advise(&mut self, member: &str, rule: impl fmt::Display, remedy: impl fmt::Display) {
        if self.advises {
            self.find(Severity::Advice, member, &rule, &remedy);
        }
    }

    fn find(&mut self, severity: Severity, member: &str, rule: &dyn fmt::Display, remedy: &dyn fmt::Display) {
        let mut path = String::new();
        let place = match member {
            "" => &self.place,
            _ => &Place::Member(&self.place, member),
        };
        place.write(&mut path);
        self.found.push(Finding {
            path,
            rule: rule.to_string(),
            remedy: remedy.to_string(),
            severity,
        });
    }

    /// Walks a member with its name in the path.
    pub(crate) fn at(&mut self, member: &str, walk: impl FnOnce(&mut Checker<'_>)) {
        walk(&mut Checker {
            place: Place::Member(&self.place, member),
            found: self.found,
            advises: self.advises,
        });
    }

    /// Walks every item of a list that may be missing.
    pub(crate) fn each<T>(&mut self, member: &str, field: &Field<Vec<T>>, mut walk: impl FnMut(&mut Checker<'_>, &T)) {
        self.at(member, |list| {
            for (at, item) in field.as_deref().into_iter().flatten().enumerate() {
                let mut checker = Checker {
                    place: Place::Item(&list.place, at),
                    found: list.found,
                    advises: list.advises,
                };
                walk(&mut checker, item);
            }
        });
    }

    /// Walks every item of a list that must be there, though it may be empty.
    pub(crate) fn required_list<T>(
        &mut self,
        member: &str,
        field: &Field<Vec<T>>,
        remedy: &str,
        walk: impl FnMut(&mut Checker<'_>, &T),
    ) {
        self.required(member, field, remedy);
        self.each(member, field, walk);
    }

    /// Walks every item of a list that HubSpot describes as required. It has taken bodies without such lists (observed), so
    /// that one which is not there is no more than advised against.
    pub(crate) fn described_list<T>(
        &mut self,
        member: &str,
        field: &Field<Vec<T>>,
        walk: impl FnMut(&mut Checker<'_>, &T),
    ) {
        if !field.is_value() {
            self.advise(
                member,
                "is missing, though it is described as required",
                "write an empty list where there is none",
            );
        }
        self.each(member, field, walk);
    }

    /// The member's value; refuses it where there is none.
    pub(crate) fn required<'f, T>(&mut self, member: &str, field: &'f Field<T>, remedy: &str) -> Option<&'f T> {
        if !field.is_value() {
            self.refuse(member, "is required", remedy);
        }
        field.as_ref()
    }

    /// Text that must be there and not be empty.
    pub(crate) fn required_text<T: AsRef<str>>(&mut self, member: &str, field: &Field<T>, remedy: &str) {
        self.required(member, field, remedy);
        self.optional_text(member, field, remedy);
    }

    /// Text that may be missing but must not be empty.
    pub(crate) fn optional_text<T: AsRef<str>>(&mut self, member: &str, field: &Field<T>, remedy: &str) {
        let empty = field.as_ref().is_some_and(|text| text.as_ref().is_empty());
        self.not_empty(member, empty, remedy);
    }

    /// A name that must be there. Whether it may be empty is unknown.
    pub(crate) fn required_name(&mut self, member: &str, field: &Field<String>, remedy: &str) {
        let empty = self.required(member, field, remedy).is_some_and(String::is_empty);
        if empty {
            self.advise(member, "is empty, and what HubSpot makes of that here is unknown", remedy);
        }
    }

    /// A secret that must be there and not be empty.
    pub(crate) fn required_secret(&mut self, member: &str, field: &Field<Secret>, remedy: &str) {
        self.required(member, field, remedy);
        self.optional_secret(member, field, remedy);
    }

    /// A secret that may be missing but must not be empty.
    pub(crate) fn optional_secret(&mut self, member: &str, field: &Field<Secret>, remedy: &str) {
        self.not_empty(member, field.as_ref().is_some_and(Secret::is_empty), remedy);
    }

    fn not_empty(&mut self, member: &str, empty: bool, remedy: &str) {
        if empty {
            self.refuse(member, "must not be empty", remedy);
        }
    }

    /// An id that must be there.
    pub(crate) fn required_id<T: AnyId>(&mut self, member: &str, field: &Field<T>, remedy: &str) {
        self.required(member, field, remedy);
        self.optional_id(member, field, remedy);
    }

    /// An id that may be missing but must be one.
    pub(crate) fn optional_id<T: AnyId>(&mut self, member: &str, field: &Field<T>, remedy: &str) {
        if let Some(id) = field.as_ref() {
            self.id(member, id, remedy);
        }
    }

    /// An id that is there.
    pub(crate) fn id<T: AnyId>(&mut self, member: &str, id: &T, remedy: &str) {
        self.not_empty(member, id.as_str().is_empty(), remedy);
        if id.is_number() && !id.is_digits() {
            self.refuse(member, "is no id, because ids that are numbers are whole", remedy);
        }
    }

    /// A member of a change that stays as it is where it is absent, and which nobody has seen emptied.
    pub(crate) fn not_cleared<T>(&mut self, member: &str, field: &Field<T>, is_empty: impl FnOnce(&T) -> bool) {
        let remedy = "leave it out to let it be as it is";
        if field.is_null() {
            self.advise(member, "is null, and what HubSpot makes of that here is unknown", remedy);
        }
        if field.as_ref().is_some_and(is_empty) {
            self.advise(member, "is empty, and what HubSpot makes of that here is unknown", remedy);
        }
    }

    /// An id that must be a number, in quotes or not.
    pub(crate) fn numeric_id<T: AnyId>(&mut self, member: &str, field: &Field<T>, remedy: &str) {
        if field
            .as_ref()
            .is_some_and(|id| !id.is_digits() || id.as_str().parse::<i64>().is_err())
        {
            self.refuse(member, "must be a whole number of at most 64 bits", remedy);
        }
    }

    /// A value that HubSpot may refuse where it does not describe it. An empty one is left to other rules.
    pub(crate) fn described<T: AnyEnum + AsRef<str>>(&mut self, member: &str, field: &Field<T>) {
        if let Some(value) = field.as_ref() {
            self.is_described(member, value);
        }
    }

    fn is_described<T: AnyEnum + AsRef<str>>(&mut self, member: &str, value: &T) {
        if !value.as_ref().is_empty() && !value.is_named() {
            self.advise(member, "is a value that HubSpot does not describe", use_one_of(T::NAMED));
        }
    }

    /// A value that HubSpot checks, so that an empty one is none, and one of these has been refused. Any other that it
    /// does not describe may be new.
    pub(crate) fn checked<T: AnyEnum + AsRef<str>>(&mut self, member: &str, value: &T, refused: &[&str]) {
        if value.as_ref().is_empty() {
            self.refuse(member, "must not be empty", use_one_of(T::NAMED));
        } else if refused.contains(&value.as_ref()) {
            self.refuse(member, "is a value that HubSpot has refused", use_one_of(T::NAMED));
        } else {
            self.is_described(member, value);
        }
    }

    /// The same for an item of a list of words that HubSpot describes by examples alone.
    pub(crate) fn seen<T: AnyEnum>(&mut self, value: &T) {
        if !value.is_named() {
            self.advise("", "is a value that has not been seen", use_one_of(T::NAMED));
        }
    }
}

/// The remedy against an unknown value.
fn use_one_of(values: &[&str]) -> String {
    match values {
        [last] => format!("use {last}"),
        [first @ .., last] => format!("use {} or {last}", first.join(", ")),
        [] => String::new(),
    }
}
