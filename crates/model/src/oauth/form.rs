//! Records as forms: members that are text, under their own names.

use std::borrow::Cow;

use crate::{
    DecodeError, Extra, Field, Secret, Url,
    wire::{Record, raw},
};

/// What a form's field holds.
pub(super) trait FormText {
    fn text(&self) -> &str;
    fn from_text(text: &str) -> Self;
}

impl FormText for String {
    fn text(&self) -> &str {
        self
    }

    fn from_text(text: &str) -> Self {
        text.to_owned()
    }
}

impl FormText for Url {
    fn text(&self) -> &str {
        self
    }

    fn from_text(text: &str) -> Self {
        text.into()
    }
}

impl FormText for Secret {
    fn text(&self) -> &str {
        self.expose()
    }

    fn from_text(text: &str) -> Self {
        text.into()
    }
}

/// Gives a record whose members are named as on the wire the two ways of a form.
macro_rules! form {
    ($name:ident { $($member:ident)+ }) => {
        impl $name {
            /// The form's fields, to be encoded. Exposes the secrets. What is absent or `null` is left out; members that
            /// have no field here follow at the end.
            pub fn to_pairs(&self) -> Vec<(&str, std::borrow::Cow<'_, str>)> {
                let mut pairs = Vec::new();
                $( pairs.extend($crate::oauth::form::pair(stringify!($member), &self.$member)); )+
                pairs.extend($crate::oauth::form::others(self, &self.extra));
                pairs
            }

            /// Reads the form's fields, decoded already. Fields of other names are kept.
            ///
            /// # Errors
            /// When a known name comes twice, with the name as the path.
            pub fn from_pairs<N: AsRef<str>, V: AsRef<str>>(
                pairs: impl IntoIterator<Item = (N, V)>,
            ) -> Result<Self, $crate::DecodeError> {
                let mut form = $name::default();
                for (name, value) in pairs {
                    match name.as_ref() {
                        $( name if name == stringify!($member) => {
                            $crate::oauth::form::fill(&mut form.$member, name, value.as_ref())?;
                        } )+
                        name => $crate::oauth::form::keep(&mut form.extra, name, value.as_ref()),
                    }
                }
                Ok(form)
            }
        }
    };
}

pub(super) use form;

pub(super) fn pair<'f, T: FormText>(name: &'f str, field: &'f Field<T>) -> Option<(&'f str, Cow<'f, str>)> {
    field.as_ref().map(|value| (name, Cow::Borrowed(value.text())))
}

/// Members without a field: a string is its text, anything else its JSON.
pub(super) fn others<'f, R: Record>(record: &'f R, extra: &'f Extra) -> impl Iterator<Item = (&'f str, Cow<'f, str>)> {
    extra
        .iter()
        .filter(|(name, _)| !record.is_present(R::find(name)))
        .map(|(name, json)| (name, raw::as_string(json).unwrap_or(Cow::Borrowed(json))))
}

pub(super) fn fill<T: FormText>(field: &mut Field<T>, name: &str, value: &str) -> Result<(), DecodeError> {
    if field.is_value() {
        return Err(DecodeError::new(name, &"comes twice"));
    }
    *field = Field::Value(T::from_text(value));
    Ok(())
}

pub(super) fn keep(extra: &mut Extra, name: &str, value: &str) {
    // Every text is a JSON string.
    let json = serde_json::Value::from(value).to_string();
    extra.push(name.into(), json.into());
}
