//! What OAuth's endpoints are asked, and what they say.

use super::{
    Kind::{Bool, Id, List, Number, Object, Text, Word},
    Members,
};

pub(crate) const TOKEN_REQUEST: Members = &[
    ("client_assertion", Text),
    ("client_assertion_type", Text),
    ("client_id", Text),
    ("client_secret", Text),
    ("code", Text),
    ("code_verifier", Text),
    ("grant_type", Word(&["authorization_code", "client_credentials", "refresh_token"])),
    ("redirect_uri", Text),
    ("refresh_token", Text),
    ("scope", Text),
];

const TOKEN_USE: super::Kind = Word(&["access_token", "refresh_token"]);

pub(crate) const TOKEN: Members = &[
    ("access_token", Text),
    ("expires_in", Number),
    ("hub_id", Id),
    ("id_token", Text),
    ("refresh_token", Text),
    ("scopes", List(&Text)),
    ("token_type", Text),
    ("token_use", TOKEN_USE),
    ("user_id", Id),
];

pub(crate) const INTROSPECTION_REQUEST: Members = &[
    ("access_token", Text),
    ("client_id", Text),
    ("client_secret", Text),
    ("refresh_token", Text),
    ("token", Text),
    ("token_type_hint", TOKEN_USE),
];

pub(crate) const REVOCATION_REQUEST: Members = &[
    ("client_id", Text),
    ("client_secret", Text),
    ("token", Text),
    ("token_type_hint", TOKEN_USE),
];

pub(crate) const INTROSPECTION: Members = &[
    ("active", Bool),
    ("app_id", Id),
    ("client_id", Text),
    ("expires_in", Number),
    ("hub_domain", Text),
    ("hub_id", Id),
    ("is_private_distribution", Bool),
    ("scopes", List(&Text)),
    ("signed_access_token", Object(SIGNED_ACCESS_TOKEN)),
    ("token", Text),
    ("token_type", Text),
    ("token_use", TOKEN_USE),
    ("user", Text),
    ("user_id", Id),
];

pub(crate) const SIGNED_ACCESS_TOKEN: Members = &[
    ("appId", Id),
    ("expiresAt", Number),
    ("hubId", Id),
    ("hublet", Text),
    ("isPrivateDistribution", Bool),
    ("isUserLevel", Bool),
    ("newSignature", Text),
    ("scopeToScopeGroupPks", Text),
    ("scopes", Text),
    ("signature", Text),
    ("trialScopeToScopeGroupPks", Text),
    ("trialScopes", Text),
    ("userId", Id),
];

pub(crate) const ERROR: Members = &[
    ("correlationId", Text),
    ("error", Word(&["invalid_client", "invalid_grant", "invalid_request"])),
    ("error_description", Text),
    ("message", Text),
    (
        "status",
        Word(&[
            "BAD_AUTH_CODE",
            "BAD_CLIENT_ID",
            "BAD_GRANT_TYPE",
            "BAD_HUB",
            "BAD_REFRESH_TOKEN",
        ]),
    ),
];
