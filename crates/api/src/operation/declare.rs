//! How the value of an operation is declared.

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

        impl AsRef<$crate::CallOptions> for $name {
            fn as_ref(&self) -> &$crate::CallOptions {
                &self.options
            }
        }
    };
}

pub(super) use operation;
