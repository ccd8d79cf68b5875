//! Setters that say nothing but their member's name.

/// Declares setters of a record's members, for its builder style.
///
/// ```text
/// setters! { ContactName
///     /// Sets the given name.
///     set_first_name = first_name: String,
/// }
/// ```
macro_rules! setters {
    ($name:ident $( $(#[$docs:meta])+ $setter:ident = $member:ident: $type:ty, )+) => {
        impl $name { $(
            $(#[$docs])+
            #[must_use]
            pub fn $setter(mut self, $member: impl Into<$type>) -> Self {
                self.$member = $crate::Field::Value($member.into());
                self
            }
        )+ }
    };
}

pub(crate) use setters;
