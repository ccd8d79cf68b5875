//! The other direction: requests read, answers written.
//!
//! An emulator or a proxy finds the operation that a request asks for with [`route`], checks credentials by what the
//! [`Route`] says of it, reads the call with [`Route::read`], and writes the answer with [`answer`]. All of this uses
//! the client's own operations, so the two directions cannot drift apart.

mod upload;

use std::fmt;

use http::{
    HeaderValue, Method, Request, Response, StatusCode,
    header::{CONTENT_TYPE, LOCATION},
};
use hubchannel_model::{
    ChannelAccountQuery, ChannelQuery, DecodeError, InboxQuery, IntrospectionRequest, PortalChannelAccountQuery,
    RevocationRequest, SignedUrlQuery, ThreadEntryQuery, ThreadQuery, TokenRequest, decode,
};
use percent_encoding::percent_decode_str;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    ApiVersion, ArchiveChannel, Area, Body, CreateChannel, CreateChannelAccount, GetActor, GetChannel,
    GetChannelAccount, GetInbox, GetMessage, GetSignedUrl, GetThread, GetThreadMessage, IntrospectToken,
    ListChannelAccounts, ListChannels, ListInboxes, ListPortalChannelAccounts, ListThreadMessages, ListThreads,
    Operation, OperationInfo, PublishMessage, ReadActors, RequestToken, RevokeToken, Segment, UpdateChannel,
    UpdateChannelAccount, UpdateChannelAccountStagingToken, UpdateMessageStatus, UpdateThread, UploadFile,
    schema::Endpoint,
};

/// Declares, from one list, the call of any operation, the table of all operations, and how each is read; so none of them
/// can be forgotten.
macro_rules! operations {
    (
        custom_channels {
            $( $(#[$docs:meta])* $name:ident($call:ty) = |$asked:ident| $read:expr; )+
        }
        others {
            $( $(#[$other_docs:meta])* $other:ident($other_call:ty) = |$other_asked:ident| $other_read:expr; )+
        }
    ) => {
        /// A call of any operation.
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum AnyCall {
            $( $(#[$docs])* $name($call), )+
            $( $(#[$other_docs])* $other($other_call), )+
        }

        /// Every operation that [`route`] knows.
        pub const OPERATIONS: &[&OperationInfo] = &[$( $name::INFO, )+ $( $other::INFO, )+];

        pub(crate) const ENDPOINTS: &[Endpoint] = &[$( Endpoint::of::<$name>(), )+];

        const ENTRIES: &[Entry] = &[
            $( Entry {
                operation: $name::INFO,
                read: |$asked| {
                    let call: $name = $read;
                    Ok(AnyCall::$name(call.into()))
                },
            }, )+
            $( Entry {
                operation: $other::INFO,
                read: |$other_asked| {
                    let call: $other = $other_read;
                    Ok(AnyCall::$other(call.into()))
                },
            }, )+
        ];
    };
}

operations! {
    custom_channels {
        /// Lists the app's channels.
        ListChannels(ListChannels) = |asked| ListChannels::new(asked.query(ChannelQuery::from_pairs)?);
        /// Registers a channel.
        CreateChannel(Box<CreateChannel>) = |asked| CreateChannel::new(asked.body()?);
        /// Reads a channel.
        GetChannel(GetChannel) = |asked| GetChannel::new(asked.value(0));
        /// Changes a channel.
        UpdateChannel(Box<UpdateChannel>) = |asked| UpdateChannel::new(asked.value(0), asked.body()?);
        /// Archives a channel.
        ArchiveChannel(ArchiveChannel) = |asked| ArchiveChannel::new(asked.value(0));
        /// Says what the account is that a user is connecting.
        UpdateChannelAccountStagingToken(Box<UpdateChannelAccountStagingToken>) = |asked| {
            UpdateChannelAccountStagingToken::new(asked.value(0), asked.value(1), asked.body()?)
        };
        /// Lists a channel's accounts.
        ListChannelAccounts(Box<ListChannelAccounts>) = |asked| {
            ListChannelAccounts::new(asked.value(0), asked.query(ChannelAccountQuery::from_pairs)?)
        };
        /// Connects an account.
        CreateChannelAccount(Box<CreateChannelAccount>) = |asked| {
            CreateChannelAccount::new(asked.value(0), asked.body()?)
        };
        /// Reads an account.
        GetChannelAccount(GetChannelAccount) = |asked| {
            let mut call = GetChannelAccount::new(asked.value(0), asked.value(1));
            call.archived = asked.archived()?;
            call
        };
        /// Renames an account, or allows or forbids its use.
        UpdateChannelAccount(UpdateChannelAccount) = |asked| {
            UpdateChannelAccount::new(asked.value(0), asked.value(1), asked.body()?)
        };
        /// Publishes a message.
        PublishMessage(Box<PublishMessage>) = |asked| PublishMessage::new(asked.value(0), asked.body()?);
        /// Reads a message.
        GetMessage(GetMessage) = |asked| GetMessage::new(asked.value(0), asked.value(1));
        /// Reports how an agent's reply fared.
        UpdateMessageStatus(UpdateMessageStatus) = |asked| {
            UpdateMessageStatus::new(asked.value(0), asked.value(1), asked.body()?)
        };
    }

    others {
        /// Makes an access token.
        RequestToken(Box<RequestToken>) = |asked| RequestToken::new(asked.form(TokenRequest::from_pairs)?);
        /// Asks what is known of a token.
        IntrospectToken(Box<IntrospectToken>) = |asked| IntrospectToken::new(asked.form(IntrospectionRequest::from_pairs)?);
        /// Gives up a refresh token.
        RevokeToken(Box<RevokeToken>) = |asked| RevokeToken::new(asked.form(RevocationRequest::from_pairs)?);
        /// Lists the portal's inboxes.
        ListInboxes(ListInboxes) = |asked| ListInboxes::new(asked.query(InboxQuery::from_pairs)?);
        /// Reads an inbox.
        GetInbox(GetInbox) = |asked| {
            let mut call = GetInbox::new(asked.value(0));
            call.archived = asked.archived()?;
            call
        };
        /// Lists the portal's channel accounts.
        ListPortalChannelAccounts(Box<ListPortalChannelAccounts>) = |asked| {
            ListPortalChannelAccounts::new(asked.query(PortalChannelAccountQuery::from_pairs)?)
        };
        /// Reads an actor.
        GetActor(GetActor) = |asked| GetActor::new(asked.value(0));
        /// Reads several actors.
        ReadActors(ReadActors) = |asked| ReadActors::new(asked.body()?);
        /// Lists threads.
        ListThreads(Box<ListThreads>) = |asked| ListThreads::new(asked.query(ThreadQuery::from_pairs)?);
        /// Reads a thread.
        GetThread(GetThread) = |asked| {
            let mut call = GetThread::new(asked.value(0));
            call.archived = asked.archived()?;
            call.association = asked.query(ThreadQuery::from_pairs)?.association;
            call
        };
        /// Closes a thread, opens it again, or restores it.
        UpdateThread(UpdateThread) = |asked| {
            let mut call = UpdateThread::new(asked.value(0), asked.body()?);
            call.archived = asked.archived()?;
            call
        };
        /// Lists what stands in a thread.
        ListThreadMessages(Box<ListThreadMessages>) = |asked| {
            ListThreadMessages::new(asked.value(0), asked.query(ThreadEntryQuery::from_pairs)?)
        };
        /// Reads a message of a thread.
        GetThreadMessage(GetThreadMessage) = |asked| GetThreadMessage::new(asked.value(0), asked.value(1));
        /// Uploads a file.
        UploadFile(Box<UploadFile>) = |asked| asked.upload()?;
        /// Gets an address at which a file can be downloaded.
        GetSignedUrl(GetSignedUrl) = |asked| {
            let mut call = GetSignedUrl::new(asked.value(0));
            call.query = asked.query(SignedUrlQuery::from_pairs)?;
            call
        };
    }
}

/// An operation with what reads a call of it.
struct Entry {
    operation: &'static OperationInfo,
    read: fn(&Asked<'_>) -> Result<AnyCall, ReadError>,
}

/// Which operation a request asks for. `Debug` shows the values of the path's parameters but for a token.
#[derive(Clone)]
pub struct Route {
    entry: &'static Entry,
    version: ApiVersion,
    values: Vec<String>,
}

/// Why a request asks for no operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RouteError {
    /// No operation has this path.
    #[error("no operation has this path")]
    NotFound,
    /// Operations have this path, but none has this method.
    #[error("no operation has this method at this path")]
    MethodNotAllowed {
        /// The methods that there are.
        allowed: Vec<Method>,
    },
    /// A parameter of the path is not of its type.
    #[error("the path's parameter {name} is not a number")]
    Parameter {
        /// The parameter.
        name: &'static str,
    },
}

/// Why a request cannot be read as a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// No header calls the body what the operation takes: JSON, or a form for OAuth and for files.
    #[error("the body is not declared as what the operation takes")]
    MediaType,
    /// A value of the query is not of its type.
    #[error("the query cannot be read: {0}")]
    Query(DecodeError),
    /// The body is not the operation's.
    #[error("the body cannot be read: {0}")]
    Body(DecodeError),
    /// The body is no form with a file in it.
    #[error("the form cannot be read: {0}")]
    Form(&'static str),
}

/// Finds the operation that a request asks for: by method and path in every version and every known spelling, with or
/// without a slash at the end.
///
/// # Errors
/// When there is none, or when a number in the path is none.
pub fn route<B>(request: &Request<B>) -> Result<Route, RouteError> {
    let path = request.uri().path();
    let path = path.strip_suffix('/').unwrap_or(path);
    let (area, version, rest) = spellings()
        .find_map(|(area, version, base)| {
            let rest = path.strip_prefix(base)?;
            (rest.is_empty() || rest.starts_with('/')).then_some((area, version, rest))
        })
        .ok_or(RouteError::NotFound)?;
    let pieces = rest
        .split('/')
        .skip(1)
        .map(|piece| percent_decode_str(piece).decode_utf8().map(|text| text.into_owned()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| RouteError::NotFound)?;
    let mut allowed = Vec::new();
    for entry in ENTRIES {
        if entry.operation.area != area || !fits(entry.operation.path, &pieces) {
            continue;
        }
        if entry.operation.method == *request.method() {
            let values = values(entry.operation.path, pieces)?;
            return Ok(Route { entry, version, values });
        }
        allowed.push(entry.operation.method.clone());
    }
    Err(if allowed.is_empty() {
        RouteError::NotFound
    } else {
        RouteError::MethodNotAllowed { allowed }
    })
}

/// Every known start of a path.
fn spellings() -> impl Iterator<Item = (Area, ApiVersion, &'static str)> {
    Area::ALL.into_iter().flat_map(|area| {
        ApiVersion::ALL.into_iter().flat_map(move |version| {
            let starts = [Some(area.base(version)), area.alias(version)];
            starts.into_iter().flatten().map(move |base| (area, version, base))
        })
    })
}

fn fits(path: &[Segment], pieces: &[String]) -> bool {
    path.len() == pieces.len()
        && path.iter().zip(pieces).all(|(segment, piece)| match segment {
            Segment::Literal(literal) => piece == literal,
            _ => !piece.is_empty(),
        })
}

fn values(path: &[Segment], pieces: Vec<String>) -> Result<Vec<String>, RouteError> {
    let mut values = Vec::new();
    for (segment, piece) in path.iter().zip(pieces) {
        match segment.parameter() {
            None => {}
            Some(name) if !segment.fits(&piece) => return Err(RouteError::Parameter { name }),
            Some(_) => values.push(piece),
        }
    }
    Ok(values)
}

impl Route {
    /// The operation.
    pub fn operation(&self) -> &'static OperationInfo {
        self.entry.operation
    }

    /// The version whose path was used.
    pub fn version(&self) -> ApiVersion {
        self.version
    }

    /// The value of one of the path's parameters, by its name in [`OperationInfo::path`]: to look at before the body is
    /// read.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut names = self.operation().path.iter().filter_map(|segment| segment.parameter());
        let at = names.position(|candidate| candidate == name)?;
        self.values.get(at).map(String::as_str)
    }

    /// Reads the call.
    ///
    /// A list in the query may repeat its name or be joined by commas, see
    /// [`ChannelAccountQuery::from_pairs`](hubchannel_model::ChannelAccountQuery::from_pairs).
    ///
    /// # Errors
    /// When a value of the query is not of its type, or when the body is not declared as what it must be or not the operation's.
    pub fn read(&self, request: &Request<Body>) -> Result<AnyCall, ReadError> {
        (self.entry.read)(&Asked {
            values: &self.values,
            request,
        })
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parameters = self
            .operation()
            .path
            .iter()
            .filter(|segment| segment.parameter().is_some());
        let shown: Vec<&str> = parameters
            .zip(&self.values)
            .map(|(segment, value)| match segment {
                Segment::Secret(_) => "…",
                _ => value,
            })
            .collect();
        f.debug_struct("Route")
            .field("operation", &self.operation().name)
            .field("version", &self.version)
            .field("values", &shown)
            .finish()
    }
}

/// What a call is read from.
struct Asked<'r> {
    values: &'r [String],
    request: &'r Request<Body>,
}

impl Asked<'_> {
    /// The value at this place among the path's parameters.
    fn value(&self, at: usize) -> &str {
        self.values.get(at).map_or("", String::as_str)
    }

    /// The query, read from its names and values.
    fn query<T>(&self, read: impl FnOnce(Vec<(String, String)>) -> Result<T, DecodeError>) -> Result<T, ReadError> {
        read(self.pairs()).map_err(ReadError::Query)
    }

    fn archived(&self) -> Result<Option<bool>, ReadError> {
        self.query(|mut pairs| {
            pairs.retain(|(name, _)| name == "archived");
            ChannelAccountQuery::from_pairs(pairs).map(|query| query.archived)
        })
    }

    fn pairs(&self) -> Vec<(String, String)> {
        query_pairs(self.request)
    }

    fn body<T: DeserializeOwned>(&self) -> Result<T, ReadError> {
        self.declared("application/json")?;
        decode(self.bytes()).map_err(ReadError::Body)
    }

    /// The form in the body, read from its names and values.
    fn form<T>(&self, read: impl FnOnce(Vec<(String, String)>) -> Result<T, DecodeError>) -> Result<T, ReadError> {
        self.declared("application/x-www-form-urlencoded")?;
        read(pairs(&String::from_utf8_lossy(self.bytes()))).map_err(ReadError::Body)
    }

    /// The form with a file in the body.
    fn upload(&self) -> Result<UploadFile, ReadError> {
        let boundary = upload::boundary(self.media_type()).ok_or(ReadError::MediaType)?;
        upload::read(&self.request.body().as_bytes().cloned().unwrap_or_default(), boundary)
    }

    fn bytes(&self) -> &[u8] {
        self.request.body().as_bytes().map_or(&[], |bytes| bytes)
    }

    fn declared(&self, media_type: &str) -> Result<(), ReadError> {
        let essence = self.media_type().split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case(media_type) {
            return Err(ReadError::MediaType);
        }
        Ok(())
    }

    fn media_type(&self) -> &str {
        let header = self.request.headers().get(CONTENT_TYPE);
        header.and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// The names and values of a request's query, decoded, in their order.
///
/// ```
/// use hubchannel_api::server::query_pairs;
///
/// let request = http::Request::get("/conversations/v3/custom-channels?hapikey=a%2Bb&limit=10").body(())?;
/// let [key, limit] = query_pairs(&request).try_into().map_err(|_| "not two")?;
/// assert_eq!(key, ("hapikey".to_owned(), "a+b".to_owned()));
/// assert_eq!(limit, ("limit".to_owned(), "10".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// For what belongs to no call: a developer's key stands in the query too.
pub fn query_pairs<B>(request: &Request<B>) -> Vec<(String, String)> {
    pairs(request.uri().query().unwrap_or_default())
}

/// The names and values of a query or a form.
fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

/// A name or value of a query as it was meant, with `+` for a blank as forms write it.
fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// Writes the answer of a successful operation.
///
/// `location` is the path of what was created, if something was. An operation whose status of success is 204 is answered
/// without a body.
///
/// # Errors
/// When the answer cannot be written as JSON.
pub fn answer<O: Operation<Output: Serialize>>(
    output: &O::Output,
    location: Option<&HeaderValue>,
) -> Result<Response<Body>, serde_json::Error> {
    let mut response = match O::INFO.success {
        StatusCode::NO_CONTENT => Response::new(Body::empty()),
        _ => json(output)?,
    };
    *response.status_mut() = O::INFO.success;
    if let Some(location) = location {
        response.headers_mut().insert(LOCATION, location.clone());
    }
    Ok(response)
}

/// Writes any JSON as a response with status 200, for error bodies and the like.
///
/// # Errors
/// When the value cannot be written as JSON.
pub fn json<T: Serialize>(value: &T) -> Result<Response<Body>, serde_json::Error> {
    let mut response = Response::new(Body::from(serde_json::to_vec(value)?));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
    Ok(response)
}
