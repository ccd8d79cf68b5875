//! Finishing what a user began who connects an account.

use hubchannel_model::{
    ChannelAccount, ChannelId, DeliveryIdentifier, InboxId, Page, StagingRedirect, StagingToken, StagingTokenUpdate,
};

use super::{
    account::{has_identifier, is_archived, page_of_accounts},
    error::EnsureError,
    listing::{List, every},
    waits::{Pace, Waits},
};
use crate::{
    CallOptions, Client, Error, ListChannelAccounts, Operation, OperationInfo, Reply, UpdateChannelAccountStagingToken,
};

/// Says what the account is that a visiting user connects; see [`Client::finish_connection`].
///
/// ```
/// use hubchannel_api::{Client, ConnectionOutcome, Error, FinishConnection};
/// use hubchannel_model::{DeliveryIdentifier, StagingRedirect};
///
/// /// Takes the visit of a user whom HubSpot has sent, and says where to send the browser.
/// async fn connect(client: &Client, visit: StagingRedirect) -> Result<Option<String>, Error> {
///     let identifier = DeliveryIdentifier::opaque("harbour-website");
///     let call = FinishConnection::new("2930388", visit, "Harbour website", identifier);
///     let finished = client.finish_connection(call).await?;
///     if let ConnectionOutcome::Unknown(error) = &finished.outcome {
///         println!("the list of accounts will tell: {error}");
///     }
///     Ok(finished.hubspot_redirect_url().map(str::to_owned))
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FinishConnection {
    /// The channel that the account is to be of: digits. A visit that names another one is refused.
    pub channel_id: ChannelId,
    /// The visit, with the token.
    pub visit: StagingRedirect,
    /// What the account is.
    pub body: StagingTokenUpdate,
    /// How the call differs from others.
    pub options: CallOptions,
}

impl FinishConnection {
    /// An account of this name at this address, for the user of this visit.
    pub fn new(
        channel_id: impl Into<ChannelId>,
        visit: StagingRedirect,
        account_name: impl Into<String>,
        delivery_identifier: DeliveryIdentifier,
    ) -> Self {
        FinishConnection {
            channel_id: channel_id.into(),
            visit,
            body: StagingTokenUpdate::new(account_name, delivery_identifier),
            options: CallOptions::default(),
        }
    }

    /// Sets how the call differs from others.
    #[must_use]
    pub fn with_options(self, options: CallOptions) -> Self {
        FinishConnection { options, ..self }
    }
}

/// A connection that needs nothing more but the user's way back to HubSpot.
#[derive(Debug)]
#[non_exhaustive]
pub struct FinishedConnection {
    /// What came of it.
    pub outcome: ConnectionOutcome,
    /// The visit as it was.
    pub visit: StagingRedirect,
    /// The channel.
    pub channel_id: ChannelId,
    /// The account's own address in the outside service.
    pub delivery_identifier: DeliveryIdentifier,
}

/// What came of saying what an account is.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConnectionOutcome {
    /// HubSpot knows now, and makes the account when the user is back (documented).
    Connected(Box<Reply<StagingToken>>),
    /// HubSpot answered 409, which has been taken to mean that the account is connected already (observed): by an earlier
    /// call of this kind, before a crash for example.
    AlreadyConnected(Error),
    /// Nobody knows whether HubSpot took it. It was not repeated, because the repeat of a success is answered like a
    /// failure. Send the user back all the same, and see whether the account appears.
    Unknown(Error),
}

impl FinishedConnection {
    /// Where to send the browser, unchanged: the address that came with the visit, where it is HubSpot's beyond doubt. See
    /// [`StagingRedirect::hubspot_redirect_url`]; whoever made the link chose the address, so any other is not for
    /// redirects.
    pub fn hubspot_redirect_url(&self) -> Option<&str> {
        self.visit.hubspot_redirect_url()
    }

    /// The search for the account that comes of it, in the inbox that the visit named.
    ///
    /// HubSpot makes the account when the user is back (documented), so search after the browser was sent there, not
    /// before.
    pub fn find_account(&self) -> FindConnectedAccount {
        FindConnectedAccount {
            inbox_id: self.visit.inbox_id.clone(),
            ..FindConnectedAccount::new(self.channel_id.clone(), self.delivery_identifier.clone())
        }
    }
}

/// Waits for an account that HubSpot is to make; see [`Client::find_connected_account`].
///
/// ```
/// use hubchannel_api::{Client, EnsureError, FinishedConnection};
/// use hubchannel_model::ChannelAccountId;
///
/// /// To be run once the browser has been sent back.
/// async fn account(client: &Client, finished: FinishedConnection) -> Result<Option<ChannelAccountId>, EnsureError> {
///     let account = client.find_connected_account(finished.find_account()).await?;
///     Ok(account.and_then(|account| account.id.into_option()))
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FindConnectedAccount {
    /// The channel: digits.
    pub channel_id: ChannelId,
    /// The account's own address in the outside service.
    pub delivery_identifier: DeliveryIdentifier,
    /// The inbox that it is connected to; any where it is not said.
    pub inbox_id: Option<InboxId>,
    /// When to look again.
    pub waits: Waits,
    /// The options of every call that is made. The deadline is that of all of them together, waits included.
    pub options: CallOptions,
}

impl FindConnectedAccount {
    /// The account with this address, in any inbox.
    pub fn new(channel_id: impl Into<ChannelId>, delivery_identifier: DeliveryIdentifier) -> Self {
        FindConnectedAccount {
            channel_id: channel_id.into(),
            delivery_identifier,
            inbox_id: None,
            waits: Waits::default(),
            options: CallOptions::default(),
        }
    }

    /// Sets the inbox that it is connected to.
    #[must_use]
    pub fn with_inbox(self, inbox_id: impl Into<InboxId>) -> Self {
        FindConnectedAccount {
            inbox_id: Some(inbox_id.into()),
            ..self
        }
    }

    /// Sets when to look again.
    #[must_use]
    pub fn with_waits(self, waits: Waits) -> Self {
        FindConnectedAccount { waits, ..self }
    }

    /// Sets how the calls differ from others.
    #[must_use]
    pub fn with_options(self, options: CallOptions) -> Self {
        FindConnectedAccount { options, ..self }
    }
}

impl Client {
    /// Says what the account is that a user is connecting, once, and tells where to send the user back to.
    ///
    /// Safe to call again, after a crash too: HubSpot has answered the second time with 409 (observed), which is
    /// [`ConnectionOutcome::AlreadyConnected`] and no error. The same from two processes at once. What HubSpot makes of a
    /// second time with another name or identifier is unknown.
    ///
    /// # Errors
    /// See [`Error`]: nothing was connected. A visit that names another channel than the call is
    /// [invalid](Error::is_invalid), and nothing is sent. No error and no outcome shows the token.
    pub async fn finish_connection(&self, call: FinishConnection) -> Result<FinishedConnection, Error> {
        let FinishConnection {
            channel_id,
            visit,
            body,
            options,
        } = call;
        if visit.channel_id.as_ref().is_some_and(|visited| *visited != channel_id) {
            let rule = "is not the channel that the user was sent for: finish with that one, or turn the user away";
            return Err(Error::invalid_parameter(UpdateChannelAccountStagingToken::INFO, "channelId", rule));
        }
        let delivery_identifier = body.delivery_identifier.as_ref().cloned().unwrap_or_default();
        let update = UpdateChannelAccountStagingToken::new(channel_id.clone(), visit.account_token.clone(), body);
        let outcome = match self
            .update_channel_account_staging_token(update.with_options(options))
            .await
        {
            Ok(reply) => ConnectionOutcome::Connected(Box::new(reply)),
            Err(error) if error.is_conflict() => ConnectionOutcome::AlreadyConnected(error),
            Err(error) if error.outcome_unknown() => ConnectionOutcome::Unknown(error),
            Err(error) => return Err(error),
        };
        Ok(FinishedConnection {
            outcome,
            visit,
            channel_id,
            delivery_identifier,
        })
    }

    /// Waits until the account is in the list that HubSpot makes for a user who connects one. `None` where it was not
    /// there in time: the event `CHANNEL_ACCOUNT_CREATED` may still come.
    ///
    /// Only reads, so it may be called as often as you like. An account that had the address before is found at once.
    ///
    /// # Errors
    /// Where the last look at the list failed, and where more than one account has the address.
    pub async fn find_connected_account(
        &self,
        call: FindConnectedAccount,
    ) -> Result<Option<ChannelAccount>, EnsureError> {
        let accounts = Accounts {
            client: self,
            call: &call,
        };
        let pace = Pace::new(self.clock(), &call.options);
        let mut waits = call.waits.iter();
        loop {
            let found = match every(&accounts, &pace, |account| accounts.is_sought(account)).await {
                Ok(found) => Ok(accounts.only(found)?),
                Err(error) => Err(error),
            };
            let goes_on = match &found {
                Ok(account) => account.is_none(),
                Err(error) => error.is_retryable(),
            };
            match waits.next() {
                Some(wait) if goes_on && pace.wait(wait).await => {}
                _ => return Ok(found?),
            }
        }
    }
}

struct Accounts<'a> {
    client: &'a Client,
    call: &'a FindConnectedAccount,
}

impl Accounts<'_> {
    fn is_sought(&self, account: &ChannelAccount) -> bool {
        let is_there = self.call.inbox_id.is_none() || account.inbox_id.as_ref() == self.call.inbox_id.as_ref();
        is_there && !is_archived(account) && has_identifier(account, &self.call.delivery_identifier)
    }

    /// The one account among those which were listed, each of them perhaps twice.
    fn only(&self, mut accounts: Vec<ChannelAccount>) -> Result<Option<ChannelAccount>, EnsureError> {
        let mut ids: Vec<String> = Vec::new();
        accounts.retain(|account| {
            let id = account.id.as_ref().map(ToString::to_string).unwrap_or_default();
            let is_new = id.is_empty() || !ids.contains(&id);
            if is_new {
                ids.push(id);
            }
            is_new
        });
        if accounts.len() > 1 {
            return Err(EnsureError::Ambiguous {
                what: "account",
                ids,
                created: None,
                mend: "name the inbox, or keep one and archive the others in HubSpot's settings",
            });
        }
        Ok(accounts.pop())
    }
}

impl List for Accounts<'_> {
    type Item = ChannelAccount;

    const INFO: &'static OperationInfo = ListChannelAccounts::INFO;

    async fn page(&self, after: Option<String>, options: CallOptions) -> Result<Reply<Page<ChannelAccount>>, Error> {
        page_of_accounts(self.client, &self.call.channel_id, after, options).await
    }
}
