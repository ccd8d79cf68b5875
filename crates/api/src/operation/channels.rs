//! The operations on channels, which belong to an app and not to a portal.

use std::iter;

use http::{Method, StatusCode};
use hubchannel_model::{Channel, ChannelId, ChannelPatch, ChannelQuery, DecodeError, NewChannel, Page, Violations};

use super::{Credential, Operation, OperationInfo, QueryType, Repeat, Segment, json, operation, query::parameter};
use crate::{Area, Body, Error};

const ONE_CHANNEL: &[Segment] = &[Segment::Int32("channelId")];

operation! {
    /// Lists the app's channels, page by page: `GET …/custom-channels`.
    ///
    /// A channel that was just registered may be missing for some seconds (observed).
    pub struct ListChannels {
        /// Which page.
        pub query: ChannelQuery,
    }

    /// Lists this page.
    pub fn new(query: ChannelQuery);
}

impl Operation for ListChannels {
    type Output = Page<Channel>;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "list_channels",
        area: Area::CustomChannels,
        method: Method::GET,
        path: &[],
        query: &[
            parameter("after", QueryType::Text),
            parameter("limit", QueryType::Int32),
            parameter("defaultPageLength", QueryType::Int32),
            parameter("sort", QueryType::TextList),
        ],
        success: StatusCode::OK,
        effect: None,
        credential: Credential::DeveloperKey,
        scopes: &[],
        repeat: Repeat::Always,
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        iter::empty()
    }

    fn check(&self) -> Result<(), Violations> {
        self.query.check()
    }

    fn query_pairs(&self) -> Vec<(&'static str, String)> {
        self.query.to_pairs()
    }
}

operation! {
    /// Registers a channel for the app: `POST …/custom-channels`.
    ///
    /// ```
    /// use hubchannel_api::CreateChannel;
    /// use hubchannel_model::{ChannelCapabilities, NewChannel, ThreadingModel};
    ///
    /// let capabilities = ChannelCapabilities::new(ThreadingModel::IntegrationThreadId);
    /// let create = CreateChannel::new(NewChannel::new("Harbour chat", capabilities));
    /// assert_eq!(create.body.name.as_deref(), Some("Harbour chat"));
    /// ```
    ///
    /// Never repeated when nobody knows whether it was done: a second channel would count among the app's ten
    /// (observed). List the channels to see.
    pub struct CreateChannel {
        /// The channel.
        pub body: NewChannel,
    }

    /// Registers this channel.
    pub fn new(body: NewChannel);
}

impl Operation for CreateChannel {
    type Output = Channel;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "create_channel",
        area: Area::CustomChannels,
        method: Method::POST,
        path: &[],
        query: &[],
        success: StatusCode::CREATED,
        effect: Some("registered"),
        credential: Credential::DeveloperKey,
        scopes: &[],
        repeat: Repeat::Never,
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        iter::empty()
    }

    fn check(&self) -> Result<(), Violations> {
        self.body.check()
    }

    fn body(&self) -> Result<Option<Body>, Error> {
        json::write(Self::INFO, &self.body)
    }
}

operation! {
    /// Reads a channel: `GET …/{channelId}`.
    pub struct GetChannel {
        /// The channel: digits.
        pub channel_id: ChannelId,
    }

    /// Reads this channel.
    pub fn new(channel_id: impl Into<ChannelId>);
}

impl Operation for GetChannel {
    type Output = Channel;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "get_channel",
        area: Area::CustomChannels,
        method: Method::GET,
        path: ONE_CHANNEL,
        query: &[],
        success: StatusCode::OK,
        effect: None,
        credential: Credential::DeveloperKey,
        scopes: &[],
        repeat: Repeat::Always,
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        [self.channel_id.as_str()].into_iter()
    }
}

operation! {
    /// Changes a channel: `PATCH …/{channelId}`.
    ///
    /// Repeating a change sets the same values again.
    pub struct UpdateChannel {
        /// The channel: digits.
        pub channel_id: ChannelId,
        /// What to change; what it does not name stays as it is.
        pub body: ChannelPatch,
    }

    /// Changes this of this channel.
    pub fn new(channel_id: impl Into<ChannelId>, body: ChannelPatch);
}

impl Operation for UpdateChannel {
    type Output = Channel;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "update_channel",
        area: Area::CustomChannels,
        method: Method::PATCH,
        path: ONE_CHANNEL,
        query: &[],
        success: StatusCode::OK,
        effect: Some("updated"),
        credential: Credential::DeveloperKey,
        scopes: &[],
        repeat: Repeat::Always,
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
    /// Archives a channel, in every portal that uses it: `DELETE …/{channelId}`.
    ///
    /// There is no way back in this API. A second time leaves it archived; what it is answered with, and whether an
    /// archived channel can still be read, is unknown.
    pub struct ArchiveChannel {
        /// The channel: digits.
        pub channel_id: ChannelId,
    }

    /// Archives this channel.
    pub fn new(channel_id: impl Into<ChannelId>);
}

impl Operation for ArchiveChannel {
    type Output = ();

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "archive_channel",
        area: Area::CustomChannels,
        method: Method::DELETE,
        path: ONE_CHANNEL,
        query: &[],
        success: StatusCode::NO_CONTENT,
        effect: Some("archived"),
        credential: Credential::DeveloperKey,
        scopes: &[],
        repeat: Repeat::Always,
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        [self.channel_id.as_str()].into_iter()
    }

    fn read_output(_: &Body) -> Result<(), DecodeError> {
        Ok(())
    }
}
