//! What HubSpot says when something is wrong.

use super::{
    Kind,
    Kind::{Either, Forgiving, Kept, List, Map, Text, Word},
    Members,
};

pub(crate) const ERROR_BODY: Members = &[
    ("status", Text),
    ("message", Text),
    ("correlationId", Text),
    ("category", Word(&["VALIDATION_ERROR", "OBJECT_NOT_FOUND", "MISSING_SCOPES", "RATE_LIMITS"])),
    ("subCategory", Text),
    ("context", Map(&List(&Text))),
    ("errors", List(&Kept(DETAIL))),
    ("links", Map(&Text)),
    ("errorType", Text),
    ("policyName", Text),
    ("groupName", Text),
    ("requestId", Text),
];

/// A string or an object.
pub(crate) const DETAIL: &Kind = &Either(&[Text, Forgiving(DETAILED_ERROR)]);

pub(crate) const DETAILED_ERROR: Members = &[
    ("message", Text),
    ("code", Text),
    ("in", Text),
    ("subCategory", Text),
    ("context", Map(&List(&Text))),
];
