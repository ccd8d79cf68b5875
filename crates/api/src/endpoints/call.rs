//! A call of any endpoint, and what it answers.

use std::fmt;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri,
    header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING, USER_AGENT},
};
use hubchannel_model::{Secret, decode};
use percent_encoding::{percent_decode_str, utf8_percent_encode};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Area, Body, Call, CallOptions, Credential, Error, OperationInfo, Repeat, Reply,
    operation::{JSON, RESERVED, Target, write_query},
    redact::{Headers, Path, SHORTEST_SECRET, is_shown},
};

/// A call of an endpoint by method and path.
///
/// ```
/// use hubchannel_api::CallEndpoint;
///
/// let call = CallEndpoint::post("/crm/v3/objects/contacts/search")
///     .add_query("archived", "false")
///     .set_json(&["email"])?
///     .set_repeatable(true);
/// let one = CallEndpoint::get("/crm/v3/objects/contacts").add_segment("ada@example.com").add_query("idProperty", "email");
/// # let _ = (call, one);
/// # Ok::<(), hubchannel_api::Error>(())
/// ```
///
/// The path is what follows the host, escaped where it must be; what comes from outside belongs into
/// [`add_segment`](CallEndpoint::add_segment) and [`add_query`](CallEndpoint::add_query), which escape it. A path with a
/// `.` or `..` in it is refused, in any spelling, and so is a query behind it: no call reaches another endpoint than its
/// text says.
///
/// Unless told otherwise it wants a portal's token, and may be repeated when nobody knows whether it was done only if its
/// method is one that reads. `Debug`, spans and errors show neither query nor body, nor the pieces that were added behind
/// the path. Where the server repeats such a piece, a value of the query or a header's, errors leave it out, unless it is
/// an id of less than 6 characters.
#[derive(Clone)]
#[non_exhaustive]
pub struct CallEndpoint {
    /// The method.
    pub method: Method,
    /// The path behind the host, such as `/account-info/v3/details`.
    pub path: String,
    /// What follows the path, piece by piece, not yet escaped.
    pub segments: Vec<String>,
    /// The names and values of the query, not yet escaped.
    pub query: Vec<(String, String)>,
    /// Headers besides those that every request has; they take the place of `Accept` and `Content-Type`, which are JSON.
    pub headers: HeaderMap,
    /// The body; none unless set.
    pub body: Option<Body>,
    /// Which credential the endpoint wants.
    pub credential: Credential,
    /// Whether it may be called again when nobody knows whether it was done.
    pub repeatable: bool,
    /// How this call differs from others.
    pub options: CallOptions,
}

impl CallEndpoint {
    /// What is known of such a call without a value of it: of one that reads, with a portal's token. The request of a call
    /// carries another one of the same name where it differs; only the request itself tells its method and path.
    pub const INFO: &'static OperationInfo = &known(Credential::PortalToken, None, Repeat::Always);

    /// Calls this path by this method.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        CallEndpoint {
            repeatable: only_reads(&method),
            method,
            path: path.into(),
            segments: Vec::new(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: None,
            credential: Credential::PortalToken,
            options: CallOptions::default(),
        }
    }

    /// Reads what is at this path.
    pub fn get(path: impl Into<String>) -> Self {
        CallEndpoint::new(Method::GET, path)
    }

    /// Posts to this path.
    pub fn post(path: impl Into<String>) -> Self {
        CallEndpoint::new(Method::POST, path)
    }

    /// Puts something at this path.
    pub fn put(path: impl Into<String>) -> Self {
        CallEndpoint::new(Method::PUT, path)
    }

    /// Changes what is at this path.
    pub fn patch(path: impl Into<String>) -> Self {
        CallEndpoint::new(Method::PATCH, path)
    }

    /// Deletes what is at this path.
    pub fn delete(path: impl Into<String>) -> Self {
        CallEndpoint::new(Method::DELETE, path)
    }

    /// Adds a piece behind the path, which is escaped. An empty one is refused when the call is made.
    #[must_use]
    pub fn add_segment(mut self, segment: impl Into<String>) -> Self {
        self.segments.push(segment.into());
        self
    }

    /// Adds a parameter to the query, which is escaped.
    #[must_use]
    pub fn add_query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Sets a header.
    #[must_use]
    pub fn set_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sets the body: this, as JSON.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn set_json(mut self, body: &(impl Serialize + ?Sized)) -> Result<Self, Error> {
        let json = serde_json::to_vec(body).map_err(|error| Error::unwritable(self.info(), error))?;
        self.body = Some(json.into());
        Ok(self)
    }

    /// Sets the body, and what it is.
    #[must_use]
    pub fn set_body(mut self, content_type: HeaderValue, body: impl Into<Body>) -> Self {
        self.headers.insert(CONTENT_TYPE, content_type);
        self.body = Some(body.into());
        self
    }

    /// Sets which credential the endpoint wants.
    #[must_use]
    pub fn set_credential(self, credential: Credential) -> Self {
        CallEndpoint { credential, ..self }
    }

    /// Sets whether it may be called again when nobody knows whether it was done.
    #[must_use]
    pub fn set_repeatable(self, repeatable: bool) -> Self {
        CallEndpoint { repeatable, ..self }
    }

    /// Sets how this call differs from others.
    #[must_use]
    pub fn with_options(self, options: CallOptions) -> Self {
        CallEndpoint { options, ..self }
    }

    /// What layers are told of the call.
    pub(crate) fn info(&self) -> &'static OperationInfo {
        let changes = !only_reads(&self.method);
        let repeat = if self.repeatable { Repeat::Always } else { Repeat::Never };
        let alike = |info: &&OperationInfo| {
            info.credential == self.credential && info.effect.is_some() == changes && info.repeat == repeat
        };
        KNOWN.iter().find(alike).unwrap_or(CallEndpoint::INFO)
    }

    /// Checks that the path is one, and leads where it says.
    pub(super) fn check(&self) -> Result<(), Error> {
        let refused = |rule| Error::invalid_parameter(self.info(), "path", rule);
        if !self.path.starts_with('/') {
            return Err(refused("must begin with a slash"));
        }
        if self.path.contains(['?', '#']) {
            return Err(refused("must not have a query or fragment; a query has its own place"));
        }
        let is_straight = |piece: &str| {
            let piece = percent_decode_str(piece).decode_utf8_lossy();
            let is_name = |name: &str| !matches!(name.split(';').next(), Some("." | ".."));
            !piece.contains('\\') && piece.split('/').all(is_name)
        };
        if !self.path.split('/').all(is_straight) {
            return Err(refused("must not have `.` or `..` or a backslash in it"));
        }
        let framing = [CONTENT_LENGTH, TRANSFER_ENCODING];
        if framing.iter().any(|name| self.headers.contains_key(name)) {
            let rule = "must not say how long the body is, or in which pieces it comes; the transport sees to that";
            return Err(Error::invalid_parameter(self.info(), "headers", rule));
        }
        let is_piece = |segment: &String| !matches!(segment.as_str(), "" | "." | "..");
        if !self.segments.iter().all(is_piece) {
            return Err(refused("must not be followed by an empty piece, or by `.` or `..`"));
        }
        Ok(())
    }

    /// Writes the path, and each of the pieces behind it in this way.
    fn write_path(&self, address: &mut String, write: impl Fn(&mut String, &str)) {
        address.push_str(&self.path);
        for segment in &self.segments {
            if !address.ends_with('/') {
                address.push('/');
            }
            write(address, segment);
        }
    }

    /// The path as it may be shown, behind a base.
    fn shown_path(&self, base: &str) -> String {
        let mut path = base.to_owned();
        self.write_path(&mut path, |path, _| path.push('…'));
        path
    }

    /// What the call was given from outside that a server might repeat: it may be a token, or of a person. A short id is
    /// neither.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        let is_short_id = |text: &str| {
            text.len() < SHORTEST_SECRET
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.,:".contains(&byte))
        };
        let values = self.query.iter().map(|(_, value)| &**value);
        let headers = self.headers.iter().filter(|(name, _)| !is_shown(name));
        // A credential follows the name of its scheme.
        let headers = headers.filter_map(|(_, value)| value.to_str().ok());
        let headers = headers.flat_map(|value| [value, value.rsplit(' ').next().unwrap_or(value)]);
        let given = self.segments.iter().map(String::as_str).chain(values).chain(headers);
        given.filter(|text| !is_short_id(text)).map(Secret::from).collect()
    }

    /// Writes the call as an HTTP request.
    pub(crate) fn write(self, target: &Target) -> Result<Request<Body>, Error> {
        self.check()?;
        let info = self.info();
        let mut address = target.base_url.as_str().to_owned();
        self.write_path(&mut address, |address, segment| address.extend(utf8_percent_encode(segment, RESERVED)));
        write_query(&mut address, &self.query);
        let uri = Uri::try_from(address).map_err(|_| {
            Error::invalid_parameter(info, "path", "has characters that must be escaped, or is too long")
        })?;
        let shown_path = (!self.segments.is_empty()).then(|| {
            let base = target.base_url.path();
            self.shown_path(base).into()
        });
        let mut request = Request::new(Body::empty());
        *request.method_mut() = self.method;
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.insert(ACCEPT, JSON);
        headers.insert(USER_AGENT, target.user_agent.clone());
        if self.body.is_some() {
            headers.insert(CONTENT_TYPE, JSON);
        }
        for name in self.headers.keys() {
            headers.remove(name);
        }
        // Only the first value of a name comes with the name.
        let mut last = None;
        for (name, value) in self.headers {
            last = name.or(last);
            if let Some(name) = &last {
                headers.append(name, value);
            }
        }
        let mut call = Call::new(info);
        call.options = self.options;
        call.base_url = Some(target.base_url.clone());
        call.shown_path = shown_path;
        request.extensions_mut().insert(call);
        *request.body_mut() = self.body.unwrap_or_default();
        Ok(request)
    }
}

impl fmt::Debug for CallEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.shown_path("");
        f.debug_struct("CallEndpoint")
            .field("method", &self.method)
            .field("path", &Path(&path))
            .field("headers", &Headers(&self.headers))
            .field("body", &self.body)
            .field("credential", &self.credential)
            .field("repeatable", &self.repeatable)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// Whether the method changes nothing at the server, as HTTP has it.
fn only_reads(method: &Method) -> bool {
    method.is_safe()
}

/// Every way in which layers may have to treat a call.
static KNOWN: [OperationInfo; 12] = [
    known(Credential::PortalToken, None, Repeat::Always),
    known(Credential::PortalToken, None, Repeat::Never),
    known(Credential::PortalToken, DONE, Repeat::Always),
    known(Credential::PortalToken, DONE, Repeat::Never),
    known(Credential::DeveloperKey, None, Repeat::Always),
    known(Credential::DeveloperKey, None, Repeat::Never),
    known(Credential::DeveloperKey, DONE, Repeat::Always),
    known(Credential::DeveloperKey, DONE, Repeat::Never),
    known(Credential::None, None, Repeat::Always),
    known(Credential::None, None, Repeat::Never),
    known(Credential::None, DONE, Repeat::Always),
    known(Credential::None, DONE, Repeat::Never),
];

const DONE: Option<&str> = Some("done");

const fn known(credential: Credential, effect: Option<&'static str>, repeat: Repeat) -> OperationInfo {
    OperationInfo {
        name: "call_endpoint",
        area: Area::Other,
        method: if effect.is_some() { Method::POST } else { Method::GET },
        path: &[],
        query: &[],
        success: StatusCode::OK,
        effect,
        credential,
        scopes: &[],
        repeat,
    }
}

/// What an endpoint answered, as it came.
///
/// ```
/// use hubchannel_api::{EndpointAnswer, Reply};
///
/// let reply = Reply::new(EndpointAnswer::new(r#"{"portalId":62515}"#));
/// assert_eq!(reply.body(), r#"{"portalId":62515}"#);
/// # #[derive(serde::Deserialize)]
/// # #[allow(non_snake_case)]
/// # struct Account { portalId: u64 }
/// let account: Reply<Account> = reply.decode()?;
/// assert_eq!(account.portalId, 62515);
/// # Ok::<(), hubchannel_api::Error>(())
/// ```
///
/// `Debug` shows the length only.
#[derive(Clone)]
pub struct EndpointAnswer {
    body: Bytes,
    info: &'static OperationInfo,
}

impl EndpointAnswer {
    /// An answer with this body, for doubles.
    pub fn new(body: impl Into<Bytes>) -> Self {
        EndpointAnswer::to(CallEndpoint::INFO, body.into())
    }

    pub(crate) fn to(info: &'static OperationInfo, body: Bytes) -> Self {
        EndpointAnswer { body, info }
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

impl fmt::Debug for EndpointAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EndpointAnswer({} bytes)", self.body.len())
    }
}

impl Reply<EndpointAnswer> {
    /// Reads the body as JSON; status, headers and attempts stay with the value.
    ///
    /// # Errors
    /// When it is not that; the error has the answer.
    pub fn decode<T: DeserializeOwned>(self) -> Result<Reply<T>, Error> {
        match decode(&self.body) {
            Ok(value) => Ok(self.map(|_| value)),
            Err(error) => {
                let status = self.status().unwrap_or(StatusCode::OK);
                let (headers, attempts) = (self.headers().clone(), self.attempts().clone());
                let EndpointAnswer { body, info } = self.into_inner();
                Err(Error::unreadable(info, status, headers, body.into(), error).with_attempts(attempts))
            }
        }
    }
}
