//! Why something could not be ensured.

use std::fmt;

use hubchannel_model::{ChannelAccount, InboxId};

use super::{account::EnsuredChannelAccount, channel::EnsuredChannel};
use crate::Error;

/// Why a channel or an account could not be ensured.
///
/// ```
/// use hubchannel_api::{Client, EnsureChannel, EnsureError};
///
/// # async fn example(client: &Client, call: EnsureChannel) {
/// match client.ensure_channel(call).await {
///     Ok(ensured) => println!("{:?}", ensured.channel.id),
///     Err(EnsureError::Ambiguous { ids, .. }) => println!("keep one of {ids:?} and archive the others"),
///     Err(error) if error.outcome_unknown() => println!("look again before creating anything: {error}"),
///     Err(error) => println!("{error}"),
/// }
/// # }
/// ```
///
/// `Display` is one line that says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnsureError {
    /// A call failed, and nothing was created or changed. Calling again is safe.
    #[error(transparent)]
    Call(#[from] Error),

    /// The channel is there with other values than it was asked for, and could not be changed.
    ///
    /// Whether it was changed all the same, [`Error::outcome_unknown`] tells; calling again is safe.
    #[error(
        "channel {} is there, {}: {error}",
        Ids(&[text(ensured.channel.id.as_ref())]),
        not_done(error, "changed")
    )]
    #[non_exhaustive]
    ChannelNotChanged {
        /// The channel as it was listed, how it came to be there, and what was to be changed.
        ensured: Box<EnsuredChannel>,
        /// What came of changing it.
        error: Error,
    },

    /// The account is there without being authorized, and could not be authorized.
    ///
    /// Whether it was authorized all the same, [`Error::outcome_unknown`] tells; calling again is safe.
    #[error(
        "account {} is there, {}: {error}",
        Ids(&[text(ensured.account.id.as_ref())]),
        not_done(error, "authorized")
    )]
    #[non_exhaustive]
    AccountNotAuthorized {
        /// The account as it was listed, and how it came to be there.
        ensured: Box<EnsuredChannelAccount>,
        /// What came of authorizing it.
        error: Error,
    },

    /// More than one is what was asked for, so that none can be chosen.
    ///
    /// This is also how two processes that created one at the same time learn of it: whichever of them sees both, and
    /// every call after that.
    #[error(
        "{} {what}s are what was asked for: {}{}; {mend}",
        ids.len(),
        Ids(ids),
        Created(created.as_deref())
    )]
    #[non_exhaustive]
    Ambiguous {
        /// What they are: `channel` or `account`.
        what: &'static str,
        /// Their ids.
        ids: Vec<String>,
        /// Which of them this call has created.
        created: Option<String>,
        /// How to mend it.
        mend: &'static str,
    },

    /// The account's identifier is connected to another inbox, and an account cannot be moved (documented).
    ///
    /// Nothing was created. Either go on with that inbox, or archive the account in HubSpot's settings and call again: a
    /// new account may have the same identifier (documented). This API cannot archive accounts.
    #[error(
        "the identifier is that of account {} in inbox {}, not {}, and an account cannot be moved; ask for that inbox, or \
         archive the account in HubSpot's settings and call again",
        Ids(&[text(account.id.as_ref())]),
        Ids(&[text(account.inbox_id.as_ref())]),
        Ids(&[wanted.to_string()])
    )]
    #[non_exhaustive]
    OtherInbox {
        /// The account that has the identifier.
        account: Box<ChannelAccount>,
        /// The inbox that was asked for.
        wanted: InboxId,
    },

    /// It was created, but HubSpot shows it with another value than that which it is found by, so the next call would not
    /// find it and create one more. Ask by the value that HubSpot shows.
    #[error(
        "{what} {} was created, but is listed with another {member} than was asked for, so the next call would not find \
         it and create another; ask by the value that is listed",
        Ids(std::slice::from_ref(id))
    )]
    #[non_exhaustive]
    Renamed {
        /// What it is: `channel` or `account`.
        what: &'static str,
        /// Its id.
        id: String,
        /// The member that differs.
        member: &'static str,
    },

    /// It may have been created, and was nowhere to be seen afterwards.
    ///
    /// Nothing was created a second time. Calling again looks first; wait a while before that, because a call that does
    /// not find it creates one.
    #[error(
        "{error}; looked for it {looks} times since, in vain{}; it may appear later, so wait before calling again",
        LastLook(list_error.as_ref())
    )]
    #[non_exhaustive]
    Unknown {
        /// What came of creating it.
        error: Error,
        /// How many times it was looked for since.
        looks: u32,
        /// Why the last of these looks failed, if it did.
        list_error: Option<Error>,
    },
}

impl EnsureError {
    /// Whether something may have been done that is not told: created or changed.
    pub fn outcome_unknown(&self) -> bool {
        match self {
            EnsureError::Call(error)
            | EnsureError::ChannelNotChanged { error, .. }
            | EnsureError::AccountNotAuthorized { error, .. } => error.outcome_unknown(),
            EnsureError::Unknown { .. } => true,
            EnsureError::Ambiguous { .. } | EnsureError::OtherInbox { .. } | EnsureError::Renamed { .. } => false,
        }
    }
}

fn text(id: Option<&impl ToString>) -> String {
    id.map(ToString::to_string).unwrap_or_default()
}

/// What is known of a change that this came of.
fn not_done(error: &Error, done: &str) -> String {
    if error.outcome_unknown() {
        format!("and nobody knows whether it was {done}")
    } else {
        format!("but could not be {done}")
    }
}

/// Ids as a server wrote them, made fit for a line.
struct Ids<'a>(&'a [String]);

impl fmt::Display for Ids<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 12;
        const LONGEST: usize = 40;

        for (at, id) in self.0.iter().take(MOST).enumerate() {
            let separator = if at == 0 { "" } else { ", " };
            f.write_str(separator)?;
            match id.as_str() {
                "" => f.write_str("(without id)")?,
                id => id
                    .chars()
                    .take(LONGEST)
                    .try_for_each(|character| write!(f, "{}", character.escape_debug()))?,
            }
        }
        if self.0.len() > MOST {
            f.write_str(", …")?;
        }
        Ok(())
    }
}

struct Created<'a>(Option<&'a str>);

impl fmt::Display for Created<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(id) => write!(f, ", of which this call has created {}", Ids(&[id.to_owned()])),
            None => Ok(()),
        }
    }
}

struct LastLook<'a>(Option<&'a Error>);

impl fmt::Display for LastLook<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(error) => write!(f, ", the last time because of this: {error}"),
            None => Ok(()),
        }
    }
}
