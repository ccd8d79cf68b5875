//! Ensuring a channel account.

use hubchannel_model::{
    ChannelAccount, ChannelAccountQuery, ChannelAccountUpdate, ChannelId, DeliveryIdentifier, Field, NewChannelAccount,
    Page,
};

use super::{
    error::EnsureError,
    find_or_create::{Came, Looks, Sought, find_or_create},
    listing::List,
    waits::{Pace, Waits},
};
use crate::{
    CallOptions, Client, CreateChannelAccount, Error, ListChannelAccounts, Operation, OperationInfo, Reply,
    UpdateChannelAccount, operation::check,
};

/// Finds an account of a channel, or connects it; see [`Client::ensure_channel_account`].
///
/// ```
/// use hubchannel_api::{CallOptions, Client, EnsureChannelAccount, EnsureError};
/// use hubchannel_model::{ChannelAccountId, DeliveryIdentifier, NewChannelAccount};
///
/// async fn account(client: &Client, portal: &str) -> Result<Option<ChannelAccountId>, EnsureError> {
///     let body = NewChannelAccount::new("1431487401", "Harbour website")
///         .set_delivery_identifier(DeliveryIdentifier::opaque("harbour-website"));
///     let call = EnsureChannelAccount::new("2930388", body).with_options(CallOptions::for_portal(portal));
///     let ensured = client.ensure_channel_account(call).await?;
///     Ok(ensured.account.id.into_option())
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EnsureChannelAccount {
    /// The channel: digits.
    pub channel_id: ChannelId,
    /// The account as it is to be. It is found by `inboxId` and `deliveryIdentifier`, which must be there; its name is
    /// used only to connect it.
    pub body: NewChannelAccount,
    /// When to look again before the account is connected: not at all unless set.
    pub waits_before: Waits,
    /// When to look again until the account is in the list.
    pub waits_after: Waits,
    /// The options of every call that is made. The deadline is that of all of them together, waits included.
    pub options: CallOptions,
}

impl EnsureChannelAccount {
    /// This account of this channel.
    pub fn new(channel_id: impl Into<ChannelId>, body: NewChannelAccount) -> Self {
        EnsureChannelAccount {
            channel_id: channel_id.into(),
            body,
            waits_before: Waits::none(),
            waits_after: Waits::default(),
            options: CallOptions::default(),
        }
    }

    /// Sets when to look again before the account is connected.
    ///
    /// That an account is missing from the list after it was connected has not been seen, so there are no waits unless
    /// they are set. A bridge that may crash right after connecting, and be started again at once, sets some.
    #[must_use]
    pub fn with_waits_before(self, waits_before: Waits) -> Self {
        EnsureChannelAccount { waits_before, ..self }
    }

    /// Sets when to look again until the account is in the list.
    #[must_use]
    pub fn with_waits_after(self, waits_after: Waits) -> Self {
        EnsureChannelAccount { waits_after, ..self }
    }

    /// Sets how the calls differ from others.
    #[must_use]
    pub fn with_options(self, options: CallOptions) -> Self {
        EnsureChannelAccount { options, ..self }
    }
}

/// An account that is there, and how that came about.
#[derive(Debug)]
#[non_exhaustive]
pub struct EnsuredChannelAccount {
    /// The account, as HubSpot answered last. [`ChannelAccount::is_usable`] tells whether HubSpot takes its messages: one
    /// that is not `active` can be mended in HubSpot's settings only (observed).
    pub account: ChannelAccount,
    /// How it came to be there.
    pub outcome: AccountOutcome,
    /// Why the list could not be had the last time, for an account that was created and not seen.
    pub list_error: Option<Error>,
}

/// How an account came to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccountOutcome {
    /// It was there, and may be used as far as `authorized` goes.
    Found,
    /// It was there without being authorized, and was authorized again.
    Reauthorized,
    /// This call created it, and it is in the list.
    Created,
    /// This call created it, and it was not in the list in time.
    CreatedNotVisible,
    /// Nobody knows what came of this call's attempt to create it, or it was refused as a conflict, and it is there since:
    /// created by this call, or by another process at the same time.
    Appeared,
}

impl Client {
    /// Finds the account with this identifier in this inbox, or connects it once; authorizes it again where it is not.
    ///
    /// All pages of the channel's accounts are read and compared here, because how HubSpot filters them is unknown;
    /// archived accounts do not count. Identifiers are compared character by character. Creating it is not repeated when
    /// its outcome is unknown, nor after a conflict (409): the account is looked for instead, for about a minute unless
    /// set otherwise.
    ///
    /// An account cannot be moved to another inbox (documented). Where the identifier is there, but only in another inbox,
    /// nothing is created and [`EnsureError::OtherInbox`] says what to do.
    ///
    /// **Calling it again** is safe, after a crash too, as long as HubSpot lists what was connected before. **Two
    /// processes** that find none at the same time both ask for one. What HubSpot makes of the second is unknown: where it
    /// refuses it, both return the same account; where it does not, whoever sees both returns
    /// [`EnsureError::Ambiguous`], and so does every later call.
    ///
    /// # Errors
    /// See [`EnsureError`].
    pub async fn ensure_channel_account(
        &self,
        call: EnsureChannelAccount,
    ) -> Result<EnsuredChannelAccount, EnsureError> {
        let wanted = Wanted {
            client: self,
            call: &call,
        };
        wanted.check()?;
        let pace = Pace::new(self.clock(), &call.options);
        let looks = Looks {
            before: call.waits_before.clone(),
            after: call.waits_after.clone(),
        };
        let (account, outcome, list_error) = match find_or_create(&wanted, &looks, &pace).await? {
            Came::Found(account) => (account, AccountOutcome::Found, None),
            Came::Appeared(account) => (account, AccountOutcome::Appeared, None),
            Came::Created(account) => (account, AccountOutcome::Created, None),
            Came::NotSeen(account, error) => (account, AccountOutcome::CreatedNotVisible, error),
        };
        let mut ensured = EnsuredChannelAccount {
            account,
            outcome,
            list_error,
        };
        let was_there = matches!(outcome, AccountOutcome::Found | AccountOutcome::Appeared);
        let is_wanted = call.body.authorized.as_ref() == Some(&true);
        if was_there && is_wanted && ensured.account.authorized.as_ref() == Some(&false) {
            let id = ensured.account.id.as_ref().cloned().unwrap_or_else(|| "".into());
            let change = ChannelAccountUpdate::new().set_authorized(true);
            let update = UpdateChannelAccount::new(call.channel_id.clone(), id, change);
            let updated = match pace.call(UpdateChannelAccount::INFO) {
                Ok(options) => self.update_channel_account(update.with_options(options)).await,
                Err(error) => Err(error),
            };
            match updated {
                Ok(account) => ensured.account = account.into_inner(),
                Err(error) => {
                    let ensured = Box::new(ensured);
                    return Err(EnsureError::AccountNotAuthorized { ensured, error });
                }
            }
            ensured.outcome = AccountOutcome::Reauthorized;
        }
        Ok(ensured)
    }
}

/// Whether an account has this address, as far as it says.
pub(super) fn has_identifier(account: &ChannelAccount, wanted: &DeliveryIdentifier) -> bool {
    let is_same = |has: &DeliveryIdentifier| has.r#type == wanted.r#type && has.value == wanted.value;
    account.delivery_identifier.as_ref().is_some_and(is_same)
}

pub(super) fn is_archived(account: &ChannelAccount) -> bool {
    account.archived.as_ref() == Some(&true)
}

/// One page of all accounts of a channel but the archived ones.
pub(super) async fn page_of_accounts(
    client: &Client,
    channel_id: &ChannelId,
    after: Option<String>,
    options: CallOptions,
) -> Result<Reply<Page<ChannelAccount>>, Error> {
    // A hundred at a time is known to work (observed), and spares a channel with many accounts most of the requests.
    let mut query = ChannelAccountQuery::default().set_limit(100).set_archived(false);
    query.after = after;
    let call = ListChannelAccounts::new(channel_id.clone(), query);
    client.list_channel_accounts(call.with_options(options)).await
}

struct Wanted<'a> {
    client: &'a Client,
    call: &'a EnsureChannelAccount,
}

impl Wanted<'_> {
    fn check(&self) -> Result<(), Error> {
        check(&self.create_call())?;
        let rule = "must be set, because the account is found by it";
        match (&self.call.body.inbox_id, &self.call.body.delivery_identifier) {
            (_, Field::Absent | Field::Null) => {
                Err(Error::invalid_parameter(CreateChannelAccount::INFO, "deliveryIdentifier", rule))
            }
            (Field::Absent | Field::Null, _) => {
                Err(Error::invalid_parameter(CreateChannelAccount::INFO, "inboxId", rule))
            }
            _ => Ok(()),
        }
    }

    fn create_call(&self) -> CreateChannelAccount {
        CreateChannelAccount::new(self.call.channel_id.clone(), self.call.body.clone())
    }

    fn is_near(&self, account: &ChannelAccount) -> bool {
        let wanted = self.call.body.delivery_identifier.as_ref();
        !is_archived(account) && wanted.is_some_and(|wanted| has_identifier(account, wanted))
    }
}

impl List for Wanted<'_> {
    type Item = ChannelAccount;

    const INFO: &'static OperationInfo = ListChannelAccounts::INFO;

    async fn page(&self, after: Option<String>, options: CallOptions) -> Result<Reply<Page<ChannelAccount>>, Error> {
        page_of_accounts(self.client, &self.call.channel_id, after, options).await
    }
}

impl Sought for Wanted<'_> {
    const WHAT: &'static str = "account";
    const MEND: &'static str = "keep one and archive the others in HubSpot's settings";
    const CREATE: &'static OperationInfo = CreateChannelAccount::INFO;

    async fn create(&self, options: CallOptions) -> Result<ChannelAccount, Error> {
        let create = self.create_call().with_options(options);
        self.client.create_channel_account(create).await.map(Reply::into_inner)
    }

    fn id(account: &ChannelAccount) -> Option<&str> {
        account.id.as_ref().map(|id| id.as_str())
    }

    fn is_sought(&self, account: &ChannelAccount) -> bool {
        self.is_near(account) && account.inbox_id == self.call.body.inbox_id
    }

    fn in_the_way(&self, account: &ChannelAccount) -> Option<EnsureError> {
        let is_elsewhere = self.is_near(account) && !self.is_sought(account);
        is_elsewhere.then(|| EnsureError::OtherInbox {
            account: Box::new(account.clone()),
            wanted: self.call.body.inbox_id.as_ref().cloned().unwrap_or_else(|| "".into()),
        })
    }

    fn found_by(&self) -> &'static str {
        "inboxId or deliveryIdentifier"
    }
}
