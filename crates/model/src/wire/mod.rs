//! The wire machinery, met once: how records, open enums, ids and raw values are read and written without loss.

mod decode;
mod extra;
mod field;
pub(crate) mod kept;
mod line;
mod map;
mod open_enum;
pub(crate) mod parse;
pub(crate) mod raw;
mod reason;
mod record;
mod setters;
mod text;

pub(crate) use decode::{decode_forgivingly, decode_text};
pub(crate) use field::{Fill, Filling, into_field};
pub(crate) use line::Line;
pub(crate) use open_enum::{OtherValue, open_enum};
pub(crate) use reason::HALF_A_CHARACTER;
pub(crate) use record::{FillingForgivingly, Forgiving, Record, fill_or_keep, record, refuse_double};
pub(crate) use setters::setters;
pub(crate) use text::Text;

pub use self::{
    decode::{DecodeError, Place, decode},
    extra::Extra,
    field::Field,
};
