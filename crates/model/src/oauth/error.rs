//! What the OAuth endpoints say when something is wrong.

use crate::wire::{open_enum, record};

record! {
    /// The body of an error of the OAuth endpoints.
    ///
    /// ```
    /// use hubchannel_model::{OAuthErrorBody, OAuthErrorStatus};
    ///
    /// let body: OAuthErrorBody = serde_json::from_str(
    ///     r#"{"status":"BAD_REFRESH_TOKEN","message":"missing or invalid refresh token","error":"invalid_grant"}"#,
    /// )?;
    /// assert_eq!(body.status.as_ref(), Some(&OAuthErrorStatus::BadRefreshToken));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// The answer's status is 400 where seen. Bodies before 2026 have no `error` (observed). A limit that is passed, and
    /// any error of the gateway before these endpoints, comes in the usual shape of an [`ErrorBody`](crate::ErrorBody),
    /// which reads every member here as well except the two of the OAuth standard.
    ///
    /// A member of another JSON type than it should be costs nothing but itself: it is absent, and as it came in `extra`.
    pub struct OAuthErrorBody keeps members {
        /// What is wrong, as a code; elsewhere in HubSpot's API this is only `error`.
        pub status: Field<OAuthErrorStatus> => "status",
        /// What is wrong, for people.
        pub message: Field<String> => "message",
        /// What HubSpot's support finds the request by.
        pub correlation_id: Field<String> => "correlationId",
        /// What is wrong, as the OAuth standard says it.
        pub error: Field<OAuthErrorCode> => "error",
        /// What is wrong, for people.
        pub error_description: Field<String> => "error_description",
    }
}

open_enum! {
    /// What is wrong with an OAuth request, in HubSpot's own codes, as far as seen.
    pub enum OAuthErrorStatus {
        /// The authorization code is missing, unknown, or used already.
        BadAuthCode = "BAD_AUTH_CODE",
        /// The client id is missing or unknown.
        BadClientId = "BAD_CLIENT_ID",
        /// The grant type is missing or unknown; also where the body is no form.
        BadGrantType = "BAD_GRANT_TYPE",
        /// The portal is missing or unknown.
        BadHub = "BAD_HUB",
        /// The refresh token is missing, unknown or revoked: the user has to consent again.
        BadRefreshToken = "BAD_REFRESH_TOKEN",
        /// The address is not the one that the code was asked for with.
        MismatchRedirectUriAuthCode = "MISMATCH_REDIRECT_URI_AUTH_CODE",
        /// The refresh token is another app's.
        MismatchRefreshTokenClient = "MISMATCH_REFRESH_TOKEN_CLIENT",
    }
}

open_enum! {
    /// What is wrong with an OAuth request, in the codes of the OAuth standard. The first two have been seen.
    pub enum OAuthErrorCode {
        /// Something is missing, unknown or doubled.
        InvalidRequest = "invalid_request",
        /// The code or refresh token is not good, or another app's.
        InvalidGrant = "invalid_grant",
        /// The app could not prove who it is.
        InvalidClient = "invalid_client",
        /// The app may not use this grant.
        UnauthorizedClient = "unauthorized_client",
        /// HubSpot does not know this grant.
        UnsupportedGrantType = "unsupported_grant_type",
        /// The scope is unknown or more than the user gave.
        InvalidScope = "invalid_scope",
    }
}
