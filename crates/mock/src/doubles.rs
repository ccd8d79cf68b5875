//! Doubles of the traits, made with `mockall`.

use std::fmt;

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel_api::{
    ArchiveChannel, Body, CallEndpoint, Conversations, CreateChannel, CreateChannelAccount, CustomChannels, Download,
    DownloadFile, EndpointAnswer, Endpoints, Error, Files, GetActor, GetChannel, GetChannelAccount, GetInbox,
    GetMessage, GetSignedUrl, GetThread, GetThreadMessage, HttpTransport, IntrospectToken, ListChannelAccounts,
    ListChannels, ListInboxes, ListPortalChannelAccounts, ListThreadMessages, ListThreads, OAuth, PublishMessage,
    ReadActors, Reply, RequestToken, RevokeToken, TransportError, UpdateChannel, UpdateChannelAccount,
    UpdateChannelAccountStagingToken, UpdateMessageStatus, UpdateThread, UploadFile,
    model::{
        Actor, ActorBatchResult, Channel, ChannelAccount, Inbox, Message, Page, SignedUrl, StagingToken, Thread,
        ThreadEntry, TokenIntrospection, TokenResponse, UploadedFile,
    },
};
use mockall::mock;

mock! {
    /// A double of the typed API, for tests in which HTTP plays no part.
    ///
    /// ```
    /// use hubchannel_api::{Client, Error, PublishMessage, Reply};
    /// use hubchannel_api::model::{DeliveryIdentifier, Message, NewMessage, Participant};
    /// use hubchannel_mock::MockCustomChannels;
    ///
    /// // The function under test.
    /// async fn forward(client: &Client, chat: &str, text: &str) -> Result<Option<String>, Error> {
    ///     let visitor = Participant::new(DeliveryIdentifier::opaque(chat));
    ///     let body = NewMessage::incoming("3307400689", visitor, text);
    ///     let message = client.publish_message(PublishMessage::new("2930388", body)).await?;
    ///     Ok(message.conversations_thread_id.as_ref().map(ToString::to_string))
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Error> {
    /// let mut api = MockCustomChannels::new();
    /// api.expect_publish_message()
    ///     .withf(|call| call.body.text.as_deref() == Some("Hello"))
    ///     .times(1)
    ///     .returning(|_| {
    ///         let mut message = Message::default();
    ///         message.conversations_thread_id = "19615248623".into();
    ///         Ok(Reply::new(message))
    ///     });
    ///
    /// let client = Client::from_api(api);
    /// assert_eq!(forward(&client, "chat:987654321", "Hello").await?.as_deref(), Some("19615248623"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Each operation has an `expect_…` method that says what is expected and what it returns; see `mockall`. A call
    /// that is not expected panics, and what was expected and did not come panics on drop. To let a call fail, return
    /// an [`Error`] made with one of its constructors, such as [`Error::from_transport`] or [`Error::rejected`].
    pub CustomChannels {}

    #[async_trait]
    impl CustomChannels for CustomChannels {
        async fn list_channels(&self, call: ListChannels) -> Result<Reply<Page<Channel>>, Error>;
        async fn create_channel(&self, call: CreateChannel) -> Result<Reply<Channel>, Error>;
        async fn get_channel(&self, call: GetChannel) -> Result<Reply<Channel>, Error>;
        async fn update_channel(&self, call: UpdateChannel) -> Result<Reply<Channel>, Error>;
        async fn archive_channel(&self, call: ArchiveChannel) -> Result<Reply<()>, Error>;
        async fn update_channel_account_staging_token(
            &self,
            call: UpdateChannelAccountStagingToken,
        ) -> Result<Reply<StagingToken>, Error>;
        async fn list_channel_accounts(&self, call: ListChannelAccounts) -> Result<Reply<Page<ChannelAccount>>, Error>;
        async fn create_channel_account(&self, call: CreateChannelAccount) -> Result<Reply<ChannelAccount>, Error>;
        async fn get_channel_account(&self, call: GetChannelAccount) -> Result<Reply<ChannelAccount>, Error>;
        async fn update_channel_account(&self, call: UpdateChannelAccount) -> Result<Reply<ChannelAccount>, Error>;
        async fn publish_message(&self, call: PublishMessage) -> Result<Reply<Message>, Error>;
        async fn get_message(&self, call: GetMessage) -> Result<Reply<Message>, Error>;
        async fn update_message_status(&self, call: UpdateMessageStatus) -> Result<Reply<Message>, Error>;
    }
}

mock! {
    /// A double of OAuth, for tests of what gets or renews tokens.
    ///
    /// ```
    /// use hubchannel_api::{Error, OAuthApp, OAuthClient, Reply, model::TokenResponse};
    /// use hubchannel_mock::MockOAuth;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Error> {
    /// let mut api = MockOAuth::new();
    /// api.expect_request_token()
    ///     .times(1)
    ///     .returning(|_| Ok(Reply::new(TokenResponse::new("CIrT-access", 1800))));
    ///
    /// let oauth = OAuthClient::from_api(api, OAuthApp::new("a0b1-client", "hush"));
    /// let tokens = oauth.refresh("na1-refresh").await?;
    /// assert_eq!(tokens.expires_in_seconds(), Some(1800));
    /// # Ok(())
    /// # }
    /// ```
    pub OAuth {}

    #[async_trait]
    impl OAuth for OAuth {
        async fn request_token(&self, call: RequestToken) -> Result<Reply<TokenResponse>, Error>;
        async fn introspect_token(&self, call: IntrospectToken) -> Result<Reply<TokenIntrospection>, Error>;
        async fn revoke_token(&self, call: RevokeToken) -> Result<Reply<()>, Error>;
    }
}

mock! {
    /// A double of conversations: inboxes, actors and threads.
    ///
    /// ```
    /// use hubchannel_api::{ConversationsClient, Error, GetActor, Reply, model::Actor};
    /// use hubchannel_mock::MockConversations;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Error> {
    /// let mut api = MockConversations::new();
    /// api.expect_get_actor()
    ///     .withf(|call| call.actor_id == "A-2620022")
    ///     .returning(|_| Ok(Reply::new(Actor::build(|actor| actor.name = "Grace".into()))));
    ///
    /// let conversations = ConversationsClient::from_api(api);
    /// let actor = conversations.get_actor(GetActor::new("A-2620022")).await?;
    /// assert_eq!(actor.name.as_deref(), Some("Grace"));
    /// # Ok(())
    /// # }
    /// ```
    pub Conversations {}

    #[async_trait]
    impl Conversations for Conversations {
        async fn list_inboxes(&self, call: ListInboxes) -> Result<Reply<Page<Inbox>>, Error>;
        async fn get_inbox(&self, call: GetInbox) -> Result<Reply<Inbox>, Error>;
        async fn list_portal_channel_accounts(
            &self,
            call: ListPortalChannelAccounts,
        ) -> Result<Reply<Page<ChannelAccount>>, Error>;
        async fn get_actor(&self, call: GetActor) -> Result<Reply<Actor>, Error>;
        async fn read_actors(&self, call: ReadActors) -> Result<Reply<ActorBatchResult>, Error>;
        async fn list_threads(&self, call: ListThreads) -> Result<Reply<Page<Thread>>, Error>;
        async fn get_thread(&self, call: GetThread) -> Result<Reply<Thread>, Error>;
        async fn update_thread(&self, call: UpdateThread) -> Result<Reply<Thread>, Error>;
        async fn list_thread_messages(&self, call: ListThreadMessages) -> Result<Reply<Page<ThreadEntry>>, Error>;
        async fn get_thread_message(&self, call: GetThreadMessage) -> Result<Reply<ThreadEntry>, Error>;
    }
}

mock! {
    /// A double of files.
    ///
    /// ```
    /// use hubchannel_api::{Download, DownloadFile, Error, FilesClient, Reply};
    /// use hubchannel_mock::MockFiles;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Error> {
    /// let mut api = MockFiles::new();
    /// api.expect_download_file()
    ///     .withf(|call| call.url.expose() == "https://cdn.example.com/lamp.png")
    ///     .returning(|_| Ok(Reply::new(Download::new("a lamp"))));
    ///
    /// let files = FilesClient::from_api(api);
    /// let download = files.download_file(DownloadFile::new("https://cdn.example.com/lamp.png")).await?;
    /// assert_eq!(download.into_inner().read().await?, "a lamp");
    /// # Ok(())
    /// # }
    /// ```
    pub Files {}

    #[async_trait]
    impl Files for Files {
        async fn upload_file(&self, call: UploadFile) -> Result<Reply<UploadedFile>, Error>;
        async fn get_signed_url(&self, call: GetSignedUrl) -> Result<Reply<SignedUrl>, Error>;
        async fn download_file(&self, call: DownloadFile) -> Result<Reply<Download>, Error>;
    }
}

mock! {
    /// A double of endpoints that have no operation.
    ///
    /// ```
    /// use hubchannel_api::{CallEndpoint, EndpointAnswer, EndpointsClient, Error, Reply};
    /// use hubchannel_mock::MockEndpoints;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Error> {
    /// let mut api = MockEndpoints::new();
    /// api.expect_call_endpoint()
    ///     .withf(|call| call.path == "/account-info/v3/details")
    ///     .returning(|_| Ok(Reply::new(EndpointAnswer::new("{}"))));
    ///
    /// let endpoints = EndpointsClient::from_api(api);
    /// let answer = endpoints.call_endpoint(CallEndpoint::get("/account-info/v3/details")).await?;
    /// assert_eq!(answer.body(), "{}");
    /// # Ok(())
    /// # }
    /// ```
    pub Endpoints {}

    #[async_trait]
    impl Endpoints for Endpoints {
        async fn call_endpoint(&self, call: CallEndpoint) -> Result<Reply<EndpointAnswer>, Error>;
    }
}

mock! {
    /// A double of a transport, for those who know `mockall` and want nothing else.
    ///
    /// ```
    /// use http::Response;
    /// use hubchannel_api::{Body, Client, GetMessage};
    /// use hubchannel_mock::MockHttpTransport;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), hubchannel_api::Error> {
    /// let mut transport = MockHttpTransport::new();
    /// transport
    ///     .expect_send()
    ///     .withf(|request| request.method() == "GET")
    ///     .returning(|_| Ok(Response::new(Body::from(r#"{"text": "Hello"}"#))));
    ///
    /// let client = Client::new(transport);
    /// let message = client.get_message(GetMessage::new("2930388", "5c1f0b8e")).await?;
    /// assert_eq!(message.text.as_deref(), Some("Hello"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`MockTransport`](crate::MockTransport) does more with fewer words.
    pub HttpTransport {}

    #[async_trait]
    impl HttpTransport for HttpTransport {
        async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError>;
    }
}

impl fmt::Debug for MockCustomChannels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MockCustomChannels")
    }
}

impl fmt::Debug for MockConversations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MockConversations")
    }
}

impl fmt::Debug for MockEndpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MockEndpoints")
    }
}

impl fmt::Debug for MockFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MockFiles")
    }
}

impl fmt::Debug for MockOAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MockOAuth")
    }
}

impl fmt::Debug for MockHttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MockHttpTransport")
    }
}
