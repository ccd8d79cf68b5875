//! What HubSpot says when something is wrong.

use super::{
    Kind::{Either, List, Map, Object, Text, Word},
    Members,
};

pub(crate) const ERROR_BODY: Members = &[
    ("status", Text),
    ("message", Text),
    ("correlationId", Text),
    ("category", Word(&["VALIDATION_ERROR", "OBJECT_NOT_FOUND", "MISSING_SCOPES", "RATE_LIMITS"])),
    ("subCategory", Text),
    ("context", Map(&List(&Text))),
    ("errors", List(&Either(&[Text, Object(DETAILED_ERROR)]))),
    ("links", Map(&Text)),
    ("errorType", Text),
    ("policyName", Text),
    ("groupName", Text),
    ("requestId", Text),
];

pub(crate) const DETAILED_ERROR: Members = &[
    ("message", Text),
    ("code", Text),
    ("in", Text),
    ("subCategory", Text),
    ("context", Map(&List(&Text))),
];
