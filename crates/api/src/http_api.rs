//! The API over HTTP: what is behind a client unless a double is.

use std::pin::Pin;

use async_trait::async_trait;
use http::{Response, response::Parts};
use hubchannel_model::{SignedUrl, UploadedFile};

use crate::{
    ArchiveChannel, Attempts, Body, CallEndpoint, Conversations, CreateChannel, CreateChannelAccount, CustomChannels,
    Download, DownloadFile, EndpointAnswer, Endpoints, Error, Files, GetActor, GetChannel, GetChannelAccount, GetInbox,
    GetMessage, GetSignedUrl, GetThread, GetThreadMessage, HttpTransport, IntrospectToken, ListChannelAccounts,
    ListChannels, ListInboxes, ListPortalChannelAccounts, ListThreadMessages, ListThreads, OAuth, Operation,
    OperationInfo, PublishMessage, ReadActors, Reply, RequestToken, RevokeToken, Transport, TransportError,
    UpdateChannel, UpdateChannelAccount, UpdateChannelAccountStagingToken, UpdateMessageStatus, UpdateThread,
    UploadFile,
    files::download,
    hidden::take_hidden,
    operation::{Target, write_request},
};

/// The API over HTTP.
#[derive(Debug)]
pub(crate) struct HttpApi {
    transport: Transport,
    target: Target,
}

impl HttpApi {
    pub(crate) fn new(transport: Transport, target: Target) -> Self {
        HttpApi { transport, target }
    }

    /// The request is written before there is a future, which so has no room for the call: what it has room for is copied
    /// with it. The layers get the request when the future is first polled, for their times begin then.
    fn execute<'a, O: Operation>(&'a self, operation: O) -> Replying<'a, O::Output> {
        let request = write_request(&operation, &self.target);
        Box::pin(async move {
            let exchange = self.transport.send(request?);
            let Success { parts, body, attempts } = succeed(O::INFO, exchange.await)?;
            match O::read_output(&body) {
                Ok(value) => Ok(Reply::from_response(value, parts.status, parts.headers, attempts)),
                Err(error) => {
                    Err(Error::unreadable(O::INFO, parts.status, parts.headers, body, error).with_attempts(attempts))
                }
            }
        })
    }
}

/// What the methods return, as `async_trait` writes it out.
type Replying<'a, T> = Pin<Box<dyn Future<Output = Result<Reply<T>, Error>> + Send + 'a>>;

/// Takes any status of success, not only the documented one.
fn succeed(info: &'static OperationInfo, result: Result<Response<Body>, TransportError>) -> Result<Success, Error> {
    let response = result.map_err(|error| Error::from_transport(info, error))?;
    let (mut parts, body) = response.into_parts();
    let attempts = parts.extensions.remove::<Attempts>().unwrap_or_else(Attempts::one);
    if !parts.status.is_success() {
        let hidden = take_hidden(&mut parts.extensions);
        let error = Error::rejected(info, parts.status, parts.headers, body).hiding(hidden);
        return Err(error.with_attempts(attempts));
    }
    Ok(Success { parts, body, attempts })
}

/// An answer of success.
struct Success {
    parts: Parts,
    body: Body,
    attempts: Attempts,
}

#[async_trait]
impl Endpoints for HttpApi {
    async fn call_endpoint(&self, call: CallEndpoint) -> Result<Reply<EndpointAnswer>, Error> {
        let info = call.info();
        let request = call.write(&self.target)?;
        let Success { parts, body, attempts } = succeed(info, self.transport.send(request).await)?;
        let answer = EndpointAnswer::to(info, body.as_bytes().cloned().unwrap_or_default());
        Ok(Reply::from_response(answer, parts.status, parts.headers, attempts))
    }
}

/// Each method of a trait in the one way.
macro_rules! by_http {
    ($area:ident { $( $method:ident($call:ident); )+ }) => {
        impl $area for HttpApi {
            $(
                fn $method<'a, 'reply>(&'a self, call: $call) -> Replying<'reply, <$call as Operation>::Output>
                where
                    'a: 'reply,
                    Self: 'reply,
                {
                    self.execute(call)
                }
            )+
        }
    };
}

by_http! {
    CustomChannels {
    list_channels(ListChannels);
        create_channel(CreateChannel);
        get_channel(GetChannel);
        update_channel(UpdateChannel);
        archive_channel(ArchiveChannel);
        update_channel_account_staging_token(UpdateChannelAccountStagingToken);
        list_channel_accounts(ListChannelAccounts);
        create_channel_account(CreateChannelAccount);
        get_channel_account(GetChannelAccount);
        update_channel_account(UpdateChannelAccount);
        publish_message(PublishMessage);
        get_message(GetMessage);
        update_message_status(UpdateMessageStatus);
    }
}

by_http! {
    OAuth {
        request_token(RequestToken);
        introspect_token(IntrospectToken);
        revoke_token(RevokeToken);
    }
}

by_http! {
    Conversations {
        list_inboxes(ListInboxes);
        get_inbox(GetInbox);
        list_portal_channel_accounts(ListPortalChannelAccounts);
        get_actor(GetActor);
        read_actors(ReadActors);
        list_threads(ListThreads);
        get_thread(GetThread);
        update_thread(UpdateThread);
        list_thread_messages(ListThreadMessages);
        get_thread_message(GetThreadMessage);
    }
}

#[async_trait]
impl Files for HttpApi {
    async fn upload_file(&self, call: UploadFile) -> Result<Reply<UploadedFile>, Error> {
        self.execute(call).await
    }

    async fn get_signed_url(&self, call: GetSignedUrl) -> Result<Reply<SignedUrl>, Error> {
        self.execute(call).await
    }

    async fn download_file(&self, call: DownloadFile) -> Result<Reply<Download>, Error> {
        download(&self.transport, &self.target, call).await
    }
}
