//! The API over HTTP: what is behind a client unless a double is.

use async_trait::async_trait;

use crate::{
    ArchiveChannel, Attempts, CreateChannel, CreateChannelAccount, CustomChannels, Error, GetChannel,
    GetChannelAccount, GetMessage, HttpTransport, IntrospectToken, ListChannelAccounts, ListChannels, OAuth, Operation,
    PublishMessage, Reply, RequestToken, RevokeToken, Transport, UpdateChannel, UpdateChannelAccount,
    UpdateChannelAccountStagingToken, UpdateMessageStatus,
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

    async fn execute<O: Operation>(&self, operation: O) -> Result<Reply<O::Output>, Error> {
        let request = write_request(&operation, &self.target)?;
        drop(operation);
        let response = self
            .transport
            .send(request)
            .await
            .map_err(|error| Error::from_transport(O::INFO, error))?;
        let (mut parts, body) = response.into_parts();
        let attempts = parts.extensions.remove::<Attempts>().unwrap_or_else(Attempts::one);
        // Any status of success will do, not only the documented one.
        if !parts.status.is_success() {
            return Err(Error::rejected(O::INFO, parts.status, parts.headers, body).with_attempts(attempts));
        }
        match O::read_output(&body) {
            Ok(value) => Ok(Reply::from_response(value, parts.status, parts.headers, attempts)),
            Err(error) => {
                Err(Error::unreadable(O::INFO, parts.status, parts.headers, body, error).with_attempts(attempts))
            }
        }
    }
}

/// Each method of a trait in the one way.
macro_rules! by_http {
    ($area:ident { $( $method:ident($call:ident); )+ }) => {
        #[async_trait]
        impl $area for HttpApi {
            $(
                async fn $method(&self, call: $call) -> Result<Reply<<$call as Operation>::Output>, Error> {
                    self.execute(call).await
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
