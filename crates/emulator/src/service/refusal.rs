//! Every error that the emulator answers with, in HubSpot's words where they are known.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode,
    header::{ALLOW, CONTENT_TYPE},
};
use hubchannel_api::{
    Body,
    model::{
        DetailedError, ErrorBody, ErrorCategory, ErrorDetail, MessageId, OAuthErrorBody, OAuthErrorCode,
        OAuthErrorStatus, Timestamp,
    },
    server::{self, RouteError},
};

use super::draft::Place;
use crate::state::{Duplicate, MOST_CHANNELS, Taken};

/// An answer that turns a request down.
#[derive(Debug)]
pub(super) struct Refusal(Box<Inner>);

#[derive(Debug)]
struct Inner {
    status: StatusCode,
    content: Content,
    headers: HeaderMap,
}

#[derive(Debug)]
enum Content {
    Nothing,
    /// A page for browsers.
    Page,
    Error(ErrorBody),
    OAuth(OAuthErrorBody),
}

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        let mut body = ErrorBody::default();
        body.status = "error".into();
        body.message = message.into().into();
        Refusal(Box::new(Inner {
            status,
            content: Content::Error(body),
            headers: HeaderMap::new(),
        }))
    }

    /// Why, for people.
    pub(super) fn reason(&self) -> String {
        let message = match &self.0.content {
            Content::Error(body) => body.message.as_ref().cloned(),
            _ => None,
        };
        message.unwrap_or_else(|| self.0.status.to_string())
    }

    pub(super) fn page(status: StatusCode) -> Self {
        Refusal::without_error(status, Content::Page)
    }

    /// A status alone.
    pub(super) fn empty(status: StatusCode) -> Self {
        Refusal::without_error(status, Content::Nothing)
    }

    fn without_error(status: StatusCode, content: Content) -> Self {
        Refusal(Box::new(Inner {
            status,
            content,
            headers: HeaderMap::new(),
        }))
    }

    pub(super) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    pub(super) fn headers(mut self, headers: HeaderMap) -> Self {
        self.0.headers.extend(headers);
        self
    }

    pub(super) fn with(mut self, change: impl FnOnce(&mut ErrorBody)) -> Self {
        if let Content::Error(body) = &mut self.0.content {
            change(body);
        }
        self
    }

    pub(super) fn category(self, category: ErrorCategory) -> Self {
        self.with(|body| body.category = category.into())
    }

    fn context(self, name: &str, value: &str) -> Self {
        self.with(|body| body.context = context(name, [value]).into())
    }

    fn sub_category(self, kind: &str) -> Self {
        self.with(|body| body.sub_category = kind.into())
    }

    fn links(self, links: &[(&str, &str)]) -> Self {
        let links: BTreeMap<_, _> = links
            .iter()
            .map(|(name, page)| ((*name).to_owned(), (*page).to_owned()))
            .collect();
        self.with(|body| body.links = links.into())
    }

    /// The endpoints of OAuth have a body of their own.
    pub(super) fn oauth(status: &str, message: &str, error: OAuthErrorCode) -> Self {
        let mut body = OAuthErrorBody::default();
        body.status = OAuthErrorStatus::from(status).into();
        body.message = message.into();
        body.error = error.into();
        body.error_description = message.into();
        Refusal(Box::new(Inner {
            status: StatusCode::BAD_REQUEST,
            content: Content::OAuth(body),
            headers: HeaderMap::new(),
        }))
    }

    pub(super) fn bad_code() -> Self {
        Refusal::oauth("BAD_AUTH_CODE", "missing or unknown auth code", OAuthErrorCode::InvalidGrant)
    }

    pub(super) fn bad_refresh_token() -> Self {
        let message = "refresh token is invalid, expired or revoked";
        Refusal::oauth("BAD_REFRESH_TOKEN", message, OAuthErrorCode::InvalidGrant)
    }

    pub(super) fn wrong_client() -> Self {
        let message = "refresh token was not issued to this client";
        Refusal::oauth("MISMATCH_REFRESH_TOKEN_CLIENT", message, OAuthErrorCode::InvalidGrant)
    }

    /// Nothing is at this path.
    pub(super) fn no_page() -> Self {
        Refusal::page(StatusCode::NOT_FOUND)
    }

    pub(super) fn no_credentials() -> Self {
        Refusal::new(
            StatusCode::UNAUTHORIZED,
            "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more \
             details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        )
        .category(ErrorCategory::InvalidAuthentication)
    }

    /// The developer's key is nobody's.
    pub(super) fn invalid_key() -> Self {
        const PAGE: &str = "https://app.hubspot.com/l/api-key/";
        Refusal::new(
            StatusCode::UNAUTHORIZED,
            format!("The API key provided is invalid. View or manage your API key here: {PAGE}"),
        )
        .category(ErrorCategory::InvalidAuthentication)
        .links(&[("api key", PAGE)])
    }

    /// A token, where only a developer's key would do.
    pub(super) fn scope_not_public() -> Self {
        Refusal::new(
            StatusCode::FORBIDDEN,
            "The scope needed for this API call isn't available for public use. If you have questions, contact support or \
             post in our developer forum.",
        )
        .category(ErrorCategory::MissingScopes)
        .links(&[
            ("support", "https://help.hubspot.com/"),
            ("forum", "https://community.hubspot.com/t5/APIs-Integrations/bd-p/integrations"),
        ])
    }

    /// The developer whose key it is has no such app.
    pub(super) fn no_application(id: &str) -> Self {
        not_found("Application", "appId", id).sub_category("OwnedApplicationError.APPLICATION_NOT_FOUND")
    }

    pub(super) fn too_many_channels() -> Self {
        Refusal::invalid(format!("An app may have at most {} custom channels", MOST_CHANNELS))
    }

    /// Capabilities with values that they cannot have, each as HubSpot shows it.
    pub(super) fn invalid_capabilities(wrong: &[String]) -> Self {
        let shown: Vec<String> = wrong.iter().map(|capability| format!("`{capability}`")).collect();
        Refusal::invalid(format!("One or more Channel Capabilities specified had invalid values: {}", shown.join(", ")))
            .with(|body| body.context = context("capabilityKeysAndValues", wrong.iter().map(String::as_str)).into())
            .sub_category("CustomChannelsError.INVALID_CHANNEL_CAPABILITY_VALUES")
    }

    /// A change that changes nothing.
    pub(super) fn empty_update() -> Self {
        Refusal::invalid("Failed to update object. The body of the request is empty.")
            .sub_category("CustomChannelsError.EMPTY_UPDATE_REQUEST_BODY")
    }

    pub(super) fn token_expired(expiry: SystemTime, now: SystemTime) -> Self {
        let ago = now.duration_since(expiry).unwrap_or_default();
        Refusal::new(
            StatusCode::UNAUTHORIZED,
            format!("The OAuth token used to make this call expired {} ago.", roughly(ago)),
        )
        .category(ErrorCategory::ExpiredAuthentication)
        .context("expire time", Timestamp::from(expiry).as_str())
    }

    pub(super) fn missing_scopes(scopes: &[&str]) -> Self {
        const PAGE: &str = "https://developers.hubspot.com/scopes";
        let mut error = DetailedError::default();
        error.message = "One or more of the following scopes are required.".into();
        error.context = context("requiredScopes", scopes.iter().copied()).into();
        Refusal::new(
            StatusCode::FORBIDDEN,
            format!(
                "This app hasn't been granted all required scopes to make this call. Read more about required scopes \
                 here: {PAGE}."
            ),
        )
        .category(ErrorCategory::MissingScopes)
        .with(|body| body.errors = vec![ErrorDetail::Detailed(error)].into())
        .links(&[("scopes", PAGE)])
    }

    pub(super) fn no_channel(id: &str, publishing: bool) -> Self {
        let refusal = not_found("Channel", "channelId", id);
        if publishing {
            refusal.sub_category("ChannelIntegrationMessagePublishError.CHANNEL_DOES_NOT_EXIST")
        } else {
            refusal
        }
    }

    pub(super) fn no_account(id: &str) -> Self {
        not_found("Channel account", "channelAccountId", id)
    }

    pub(super) fn no_inbox(id: &str) -> Self {
        not_found("Inbox", "inboxId", id)
    }

    pub(super) fn no_actor(id: &str) -> Self {
        not_found("Actor", "actorId", id)
    }

    pub(super) fn no_thread(id: &str) -> Self {
        not_found("Thread", "id", id).sub_category("ConversationsResourceNotFoundError.THREAD_NOT_FOUND")
    }

    pub(super) fn no_file(id: &str) -> Self {
        not_found("File", "fileId", id)
    }

    pub(super) fn nameless_file() -> Self {
        Refusal::bad_form("Could not determine name from file")
    }

    /// An upload that is not as it must be.
    pub(super) fn bad_form(problem: &str) -> Self {
        Refusal::new(StatusCode::BAD_REQUEST, problem).category(ErrorCategory::from("BAD_REQUEST"))
    }

    pub(super) fn file_is_there(Duplicate(id): &Duplicate) -> Self {
        Refusal::conflict(format!("File already exists. Existing ID: {id}"))
    }

    /// Without the token, which is a secret.
    pub(super) fn no_staging_token() -> Self {
        Refusal::new(StatusCode::NOT_FOUND, "Channel account staging token not found")
            .category(ErrorCategory::ObjectNotFound)
    }

    pub(super) fn connected_already() -> Self {
        Refusal::conflict("The channel account of this staging token is connected already")
    }

    pub(super) fn identifier_taken(Taken(id): &Taken) -> Self {
        Refusal::conflict(format!("Channel account with this delivery identifier already exists. Existing ID: {id}"))
    }

    /// A key that may be used once was used.
    pub(super) fn key_used() -> Self {
        Refusal::conflict("A message with this integrationIdempotencyId already exists")
    }

    fn conflict(message: impl Into<String>) -> Self {
        Refusal::new(StatusCode::CONFLICT, message).category(ErrorCategory::Conflict)
    }

    pub(super) fn no_message(id: &MessageId) -> Self {
        not_found("Message", "messageId", id.as_str())
    }

    pub(super) fn account_unusable(id: &str, lacking: &str) -> Self {
        Refusal::invalid(format!("Channel account {id} is not {lacking}")).context("channelAccountId", id)
    }

    pub(super) fn unparseable_parameter(name: &str) -> Self {
        Refusal::new(StatusCode::BAD_REQUEST, format!("Unable to parse value for path parameter: {name}"))
    }

    pub(super) fn unparseable_query_parameter(name: &str) -> Self {
        Refusal::new(StatusCode::BAD_REQUEST, format!("Unable to parse value for query parameter: {name}"))
    }

    pub(super) fn not_json() -> Self {
        Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "HTTP 415 Unsupported Media Type")
    }

    pub(super) fn too_large() -> Self {
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "HTTP 413 Payload Too Large")
    }

    /// The body is no JSON, or its members are not of their types.
    pub(super) fn bad_json(place: Option<(usize, usize)>, problem: &str) -> Self {
        let (line, column) = match place {
            Some((line, column)) => (line.to_string(), column.to_string()),
            None => ("-1".to_owned(), "-1".to_owned()),
        };
        Refusal::new(StatusCode::BAD_REQUEST, format!("Invalid input JSON on line {line}, column {column}: {problem}"))
    }

    pub(super) fn missing(end: Place<'_>, members: &[&str]) -> Self {
        let (line, column) = end.find();
        Refusal::invalid(format!(
            "Invalid input JSON on line {line}, column {column}. Some required fields were not set: [{}]",
            members.join(", ")
        ))
    }

    /// A value that HubSpot does not take.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Refusal::new(StatusCode::BAD_REQUEST, message).category(ErrorCategory::ValidationError)
    }

    pub(super) fn internal() -> Self {
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "There was an error processing the request.")
            .category(ErrorCategory::InternalError)
    }

    pub(super) fn into_response(self, correlation_id: &str) -> Response<Body> {
        let Inner {
            status,
            content,
            headers: own,
        } = *self.0;
        let written = match content {
            Content::Nothing => Some(Response::new(Body::empty())),
            Content::Page => None,
            Content::Error(mut body) => {
                body.correlation_id = correlation_id.into();
                server::json(&body).ok()
            }
            Content::OAuth(mut body) => {
                body.correlation_id = correlation_id.into();
                server::json(&body).ok()
            }
        };
        let mut response = written.unwrap_or_else(|| page(status));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                HeaderName::from_static("x-hubspot-auth-failure"),
                HeaderValue::from_static("401 Unauthorized"),
            );
        }
        headers.extend(own);
        response
    }
}

impl From<RouteError> for Refusal {
    fn from(error: RouteError) -> Self {
        match error {
            RouteError::Parameter { name } => Refusal::unparseable_parameter(name),
            RouteError::MethodNotAllowed { allowed } => {
                let names: Vec<&str> = allowed.iter().map(Method::as_str).collect();
                let refusal = Refusal::page(StatusCode::METHOD_NOT_ALLOWED);
                match HeaderValue::try_from(names.join(", ")) {
                    Ok(names) => refusal.header(ALLOW, names),
                    Err(_) => refusal,
                }
            }
            _ => Refusal::no_page(),
        }
    }
}

fn not_found(what: &str, name: &str, id: &str) -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, format!("{what} {id} not found"))
        .category(ErrorCategory::ObjectNotFound)
        .context(name, id)
}

fn context<'v>(name: &str, values: impl IntoIterator<Item = &'v str>) -> BTreeMap<String, Vec<String>> {
    BTreeMap::from([(name.to_owned(), values.into_iter().map(str::to_owned).collect())])
}

/// A duration in its largest unit, as HubSpot writes it.
fn roughly(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (number, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{number} {unit}(s)")
}

/// A page for browsers, which is what HubSpot answers where no operation is.
fn page(status: StatusCode) -> Response<Body> {
    let title = status.canonical_reason().unwrap_or("Error");
    let code = status.as_u16();
    let mut response = Response::new(Body::from(format!(
        "<html>\n<head><title>Error {code} {title}</title></head>\n<body><h2>HTTP ERROR {code} {title}</h2></body>\n</html>\n"
    )));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/html;charset=utf-8"));
    response
}
