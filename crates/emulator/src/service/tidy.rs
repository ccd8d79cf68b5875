//! Records as HubSpot keeps them.

/// Drops what is unknown, and the members named here where they are null.
macro_rules! tidy {
    ($record:ident: $($member:ident),*) => {
        $record.extra = hubchannel_api::model::Extra::default();
        $( if $record.$member.is_null() { $record.$member = hubchannel_api::model::Field::Absent; } )*
    };
}

pub(super) use tidy;
