//! The operations on channel accounts, which connect a channel to the inboxes of a portal.

use http::{Method, StatusCode};
use hubchannel_model::{
    ChannelAccount, ChannelAccountId, ChannelAccountQuery, ChannelAccountUpdate, ChannelId, DeliveryIdentifierType,
    NewChannelAccount, Page, Violations,
};

use super::{
    Credential, Operation, OperationInfo, QueryType, Repeat, Segment, json, operation,
    query::{parameter, words_of},
    scope,
};
use crate::{Area, Body, Error};

const ACCOUNTS: &[Segment] = &[Segment::Int32("channelId"), Segment::Literal("channel-accounts")];

const ONE_ACCOUNT: &[Segment] = &[
    Segment::Int32("channelId"),
    Segment::Literal("channel-accounts"),
    Segment::Int64("channelAccountId"),
];

operation! {
    /// Lists a channel's accounts in the portal, page by page: `GET …/{channelId}/channel-accounts`.
    pub struct ListChannelAccounts {
        /// The channel: digits.
        pub channel_id: ChannelId,
        /// Which accounts, and which page of them.
        pub query: ChannelAccountQuery,
    }

    /// Lists these accounts of this channel.
    pub fn new(channel_id: impl Into<ChannelId>, query: ChannelAccountQuery);
}

impl Operation for ListChannelAccounts {
    type Output = Page<ChannelAccount>;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "list_channel_accounts",
        area: Area::CustomChannels,
        method: Method::GET,
        path: ACCOUNTS,
        query: &[
            parameter("after", QueryType::Text),
            parameter("limit", QueryType::Int32),
            parameter("defaultPageLength", QueryType::Int32),
            parameter("sort", QueryType::TextList),
            parameter("archived", QueryType::Boolean),
            words_of::<DeliveryIdentifierType>("deliveryIdentifierType"),
            parameter("deliveryIdentifierValue", QueryType::TextList),
        ],
        success: StatusCode::OK,
        effect: None,
        credential: Credential::PortalToken,
        scopes: scope::READ_OR_WRITE,
        repeat: Repeat::Always,
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        [self.channel_id.as_str()].into_iter()
    }

    fn check(&self) -> Result<(), Violations> {
        self.query.check()
    }

    fn query_pairs(&self) -> Vec<(&'static str, String)> {
        self.query.to_pairs()
    }
}

operation! {
    /// Connects an account to an inbox, without a user: `POST …/{channelId}/channel-accounts`.
    ///
    /// ```
    /// use hubchannel_api::CreateChannelAccount;
    /// use hubchannel_model::NewChannelAccount;
    ///
    /// let connect = CreateChannelAccount::new("2930388", NewChannelAccount::new("1431487401", "Harbour website"));
    /// assert_eq!(connect.channel_id, "2930388");
    /// ```
    ///
    /// Never repeated when nobody knows whether it was done: what HubSpot makes of an identifier that is taken is
    /// unknown, and an account cannot be deleted. List the accounts to see.
    pub struct CreateChannelAccount {
        /// The channel: digits.
        pub channel_id: ChannelId,
        /// The account.
        pub body: NewChannelAccount,
    }

    /// Connects this account of this channel.
    pub fn new(channel_id: impl Into<ChannelId>, body: NewChannelAccount);
}

impl Operation for CreateChannelAccount {
    type Output = ChannelAccount;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "create_channel_account",
        area: Area::CustomChannels,
        method: Method::POST,
        path: ACCOUNTS,
        query: &[],
        success: StatusCode::CREATED,
        effect: Some("connected"),
        credential: Credential::PortalToken,
        scopes: scope::READ_OR_WRITE,
        repeat: Repeat::Never,
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        [self.channel_id.as_str()].into_iter()
    }

    fn check(&self) -> Result<(), Violations> {
        self.body.check()
    }

    fn body(&self) -> Result<Option<Body>, Error> {
        json::write(Self::INFO, &self.body)
    }
}

operation! {
    /// Reads an account: `GET …/{channelId}/channel-accounts/{channelAccountId}`.
    pub struct GetChannelAccount {
        /// The channel that the account is of: digits.
        pub channel_id: ChannelId,
        /// The account: digits.
        pub channel_account_id: ChannelAccountId,
        /// Whether to look among the archived accounts; `false` where it is not said (described).
        pub archived: Option<bool>,
    }

    /// Reads this account of this channel.
    pub fn new(channel_id: impl Into<ChannelId>, channel_account_id: impl Into<ChannelAccountId>) leaving archived;
}

impl GetChannelAccount {
    /// Sets whether to look among the archived accounts.
    #[must_use]
    pub fn set_archived(mut self, archived: bool) -> Self {
        self.archived = Some(archived);
        self
    }
}

impl Operation for GetChannelAccount {
    type Output = ChannelAccount;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "get_channel_account",
        area: Area::CustomChannels,
        method: Method::GET,
        path: ONE_ACCOUNT,
        query: &[parameter("archived", QueryType::Boolean)],
        success: StatusCode::OK,
        effect: None,
        credential: Credential::PortalToken,
        scopes: scope::READ_OR_WRITE,
        repeat: Repeat::Always,
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        [self.channel_id.as_str(), self.channel_account_id.as_str()].into_iter()
    }

    fn query_pairs(&self) -> Vec<(&'static str, String)> {
        let archived = self.archived.map(|archived| ("archived", archived.to_string()));
        archived.into_iter().collect()
    }
}

operation! {
    /// Renames an account, or allows or forbids its use: `PATCH …/{channelId}/channel-accounts/{channelAccountId}`.
    ///
    /// Repeating a change sets the same values again.
    pub struct UpdateChannelAccount {
        /// The channel that the account is of: digits.
        pub channel_id: ChannelId,
        /// The account: digits.
        pub channel_account_id: ChannelAccountId,
        /// What to change.
        pub body: ChannelAccountUpdate,
    }

    /// Changes this of this account.
    pub fn new(
        channel_id: impl Into<ChannelId>,
        channel_account_id: impl Into<ChannelAccountId>,
        body: ChannelAccountUpdate
    );
}

impl Operation for UpdateChannelAccount {
    type Output = ChannelAccount;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "update_channel_account",
        area: Area::CustomChannels,
        method: Method::PATCH,
        path: ONE_ACCOUNT,
        query: &[],
        success: StatusCode::OK,
        effect: Some("updated"),
        credential: Credential::PortalToken,
        scopes: scope::READ_OR_WRITE,
        repeat: Repeat::Always,
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        [self.channel_id.as_str(), self.channel_account_id.as_str()].into_iter()
    }

    fn check(&self) -> Result<(), Violations> {
        self.body.check()
    }

    fn body(&self) -> Result<Option<Body>, Error> {
        json::write(Self::INFO, &self.body)
    }
}
