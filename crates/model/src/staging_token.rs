//! How a user connects an account: HubSpot sends the user to the bridge with a staging token, the bridge says what the
//! account is, and sends the user back.

use std::fmt;

use crate::{
    ChannelId, DecodeError, DeliveryIdentifier, Field, InboxId, PortalId, Secret, Timestamp, UserId, wire::record,
};

record! {
    /// What an account is that a user is connecting: the body of
    /// `PATCH …/channel-account-staging-tokens/{accountToken}`.
    ///
    /// ```
    /// use hubchannel_model::{DeliveryIdentifier, StagingTokenUpdate};
    ///
    /// let body = StagingTokenUpdate::new("Harbour website", DeliveryIdentifier::opaque("harbour-website"));
    /// body.check()?;
    /// # Ok::<(), hubchannel_model::Violations>(())
    /// ```
    ///
    /// The answer 409 has been taken to mean that the account is connected already (observed); it must not be
    /// repeated. Called `PublicChannelAccountStagingTokenUpdateRequest` in HubSpot's descriptions.
    pub struct StagingTokenUpdate {
        /// The account's name, as agents see it. Required by the versions `2025-09` and `2026-09` (described).
        pub account_name: Field<String> => "accountName",
        /// The account's own address in the outside service. Required by the same versions (described).
        pub delivery_identifier: Field<DeliveryIdentifier> => "deliveryIdentifier",
    }
}

impl StagingTokenUpdate {
    /// An account of this name at this address.
    pub fn new(account_name: impl Into<String>, delivery_identifier: DeliveryIdentifier) -> Self {
        StagingTokenUpdate {
            account_name: Field::Value(account_name.into()),
            delivery_identifier: Field::Value(delivery_identifier),
            ..StagingTokenUpdate::default()
        }
    }
}

record! {
    /// An account that a user is connecting, as HubSpot returns it.
    ///
    /// ```
    /// use hubchannel_model::StagingToken;
    ///
    /// let token: StagingToken = serde_json::from_str(r#"{"accountToken":"a1b2","genericChannelId":2930388}"#)?;
    /// assert!(!format!("{token:?}").contains("a1b2"));
    /// assert_eq!(token.generic_channel_id, "2930388".into());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// How long a token lives, and what it looks like, is unknown. Called `PublicChannelAccountStagingToken` in
    /// HubSpot's descriptions.
    pub struct StagingToken {
        /// The token.
        pub account_token: Field<Secret> => "accountToken" (required),
        /// When the user began.
        pub created_at: Field<Timestamp> => "createdAt" (required),
        /// The channel: a number on the wire, unlike everywhere else.
        pub generic_channel_id: Field<ChannelId> => "genericChannelId" (int32, required),
        /// The inbox that the user has chosen: a number on the wire, unlike everywhere else.
        pub inbox_id: Field<InboxId> => "inboxId" (int32, required),
        /// The user: a number on the wire.
        pub user_id: Field<UserId> => "userId" (int32, required),
        /// The account's name.
        pub account_name: Field<String> => "accountName",
        /// The account's own address in the outside service.
        pub delivery_identifier: Field<DeliveryIdentifier> => "deliveryIdentifier",
    }
}

/// What HubSpot tells the bridge when it sends a user there: the query parameters of the visit to the channel's
/// `channelAccountConnectionRedirectUrl`.
///
/// ```
/// use hubchannel_model::StagingRedirect;
///
/// let redirect = StagingRedirect::from_pairs([
///     ("accountToken", "a1b2"),
///     ("channelId", "2930388"),
///     ("inboxId", "1431487401"),
///     ("portalId", "62515"),
///     ("redirectUrl", "https://app.hubspot.com/settings"),
///     ("tenant", "harbour"),
/// ])?;
/// assert_eq!(redirect.account_token.expose(), "a1b2");
/// assert_eq!(redirect.portal_id, Some("62515".into()));
/// assert_eq!(redirect.get("tenant"), Some("harbour"));
/// # Ok::<(), hubchannel_model::DecodeError>(())
/// ```
///
/// The five names are observed, not documented. Only the token is needed to go on. Parameters of other names, which
/// the bridge's own address may have, are kept. The bridge sends the user to `redirect_url` in the end, unchanged
/// (observed), if it is an address of HubSpot's: whoever made the link chose it, so
/// [`hubspot_redirect_url`](StagingRedirect::hubspot_redirect_url) tells.
///
/// `Debug` shows neither the token nor any address or foreign value.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StagingRedirect {
    /// The token that names the account in the making.
    pub account_token: Secret,
    /// The channel.
    pub channel_id: Option<ChannelId>,
    /// The inbox that the user has chosen.
    pub inbox_id: Option<InboxId>,
    /// The portal that the user is in.
    pub portal_id: Option<PortalId>,
    /// Where to send the user in the end.
    pub redirect_url: Option<String>,
    /// Parameters of other names, in their order.
    pub other: Vec<(String, String)>,
}

impl StagingRedirect {
    /// A visit with this token and nothing else.
    pub fn new(account_token: impl Into<Secret>) -> Self {
        StagingRedirect {
            account_token: account_token.into(),
            channel_id: None,
            inbox_id: None,
            portal_id: None,
            redirect_url: None,
            other: Vec::new(),
        }
    }

    /// Reads the parameters, whose names and values must be decoded already.
    ///
    /// # Errors
    /// When there is no token, or when a known name comes twice: one of the two is then somebody else's.
    pub fn from_pairs<N: AsRef<str>, V: AsRef<str>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, DecodeError> {
        let (mut token, mut channel, mut inbox, mut portal, mut url) = (None, None, None, None, None);
        let mut other = Vec::new();
        for (name, value) in pairs {
            let (name, value) = (name.as_ref(), value.as_ref().to_owned());
            let known = match name {
                "accountToken" => &mut token,
                "channelId" => &mut channel,
                "inboxId" => &mut inbox,
                "portalId" => &mut portal,
                "redirectUrl" => &mut url,
                _ => {
                    other.push((name.to_owned(), value));
                    continue;
                }
            };
            if known.replace(value).is_some() {
                return Err(DecodeError::new(name, &"comes twice"));
            }
        }
        let token = token
            .filter(|token: &String| !token.is_empty())
            .ok_or_else(|| DecodeError::new("accountToken", &"is required"))?;
        Ok(StagingRedirect {
            account_token: Secret::new(token),
            channel_id: channel.map(Into::into),
            inbox_id: inbox.map(Into::into),
            portal_id: portal.map(Into::into),
            redirect_url: url,
            other,
        })
    }

    /// The parameters, for a server that sends a user to the bridge. Exposes the token.
    pub fn to_pairs(&self) -> Vec<(&str, &str)> {
        let known = [
            ("accountToken", Some(self.account_token.expose())),
            ("channelId", self.channel_id.as_ref().map(ChannelId::as_str)),
            ("inboxId", self.inbox_id.as_ref().map(InboxId::as_str)),
            ("portalId", self.portal_id.as_ref().map(PortalId::as_str)),
            ("redirectUrl", self.redirect_url.as_deref()),
        ];
        let known = known.into_iter().filter_map(|(name, value)| Some((name, value?)));
        known
            .chain(self.other.iter().map(|(name, value)| (&**name, &**value)))
            .collect()
    }

    /// Where to send the user in the end: `redirect_url`, where it is an https address of `hubspot.com` or of a name
    /// under it. `None` for any other, and for one that a browser may understand in another way.
    ///
    /// ```
    /// use hubchannel_model::StagingRedirect;
    ///
    /// let mut redirect = StagingRedirect::new("a1b2");
    /// redirect.redirect_url = Some("https://app-eu1.hubspot.com/settings?x=1".to_owned());
    /// assert!(redirect.hubspot_redirect_url().is_some());
    /// redirect.redirect_url = Some("https://app.hubspot.com.example.com/".to_owned());
    /// assert!(redirect.hubspot_redirect_url().is_none());
    /// ```
    ///
    /// That HubSpot sends users to no other domain is not documented. A bridge that sees another asks `redirect_url`.
    pub fn hubspot_redirect_url(&self) -> Option<&str> {
        self.redirect_url.as_deref().filter(|url| is_hubspots(url))
    }

    /// The first parameter of another name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.other
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| &**value)
    }
}

impl fmt::Debug for StagingRedirect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let other: Vec<&str> = self.other.iter().map(|(name, _)| &**name).collect();
        f.debug_struct("StagingRedirect")
            .field("account_token", &self.account_token)
            .field("channel_id", &self.channel_id)
            .field("inbox_id", &self.inbox_id)
            .field("portal_id", &self.portal_id)
            .field("redirect_url", &self.redirect_url.as_ref().map(|_| "…"))
            .field("other", &other)
            .finish()
    }
}

/// Whether an address is HubSpot's beyond doubt.
fn is_hubspots(url: &str) -> bool {
    // Browsers leave some characters out of an address, and take a backslash for a slash.
    if url
        .chars()
        .any(|character| character.is_whitespace() || character.is_control() || character == '\\')
    {
        return false;
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let host = rest
        .split(['/', '?', '#'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let is_name = host
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    scheme.eq_ignore_ascii_case("https") && is_name && (host == "hubspot.com" || host.ends_with(".hubspot.com"))
}
