//! How the value of an operation is declared.

#[cfg(feature = "server")]
use hubchannel_model::schema::Shape;

/// Declares the struct of an operation as its documentation shows it, but for the options that every operation has, and
/// its constructor. The constructor's arguments are fields; fields that are none of its arguments begin empty and are
/// named behind `leaving`.
macro_rules! operation {
    (
        $(#[$docs:meta])*
        pub struct $name:ident {
            $( $(#[$field_docs:meta])* pub $field:ident: $type:ty, )*
        }

        $(#[$new_docs:meta])*
        pub fn new($($argument:ident: $given:ty),*) $(leaving $($empty:ident),+)?;
    ) => {
        $(#[$docs])*
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$field_docs])* pub $field: $type, )*
            /// How this call differs from others.
            pub options: $crate::CallOptions,
        }

        impl $name {
            $(#[$new_docs])*
            pub fn new($($argument: $given),*) -> Self {
                $name {
                    $( $argument: $argument.into(), )*
                    $($( $empty: Default::default(), )+)?
                    options: $crate::CallOptions::default(),
                }
            }

            /// Sets how this call differs from others.
            #[must_use]
            pub fn with_options(self, options: $crate::CallOptions) -> Self {
                $name { options, ..self }
            }
        }

        #[cfg(feature = "server")]
        impl $crate::operation::Declared for $name {
            const BODY: Option<fn() -> hubchannel_model::schema::Shape> =
                $crate::operation::operation!(@body $( $field: $type, )*);
            const PLACE: (&'static str, u32) = (file!(), line!());
        }

        impl AsRef<$crate::CallOptions> for $name {
            fn as_ref(&self) -> &$crate::CallOptions {
                &self.options
            }
        }
    };
    (@body body: $type:ty, $($rest:tt)*) => { Some(<$type as hubchannel_model::schema::Described>::shape) };
    (@body $field:ident: $type:ty, $($rest:tt)*) => { $crate::operation::operation!(@body $($rest)*) };
    (@body) => { None };
}

pub(crate) use operation;

/// What [`operation!`] knows of a declaration, for the table that is held against HubSpot's descriptions.
#[cfg(feature = "server")]
pub(crate) trait Declared {
    /// What the body looks like.
    const BODY: Option<fn() -> Shape>;
    /// File and line.
    const PLACE: (&'static str, u32);
}
