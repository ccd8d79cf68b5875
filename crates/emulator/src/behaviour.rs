#![doc = include_str!("../BEHAVIOUR.md")]

use std::time::Duration;

/// Declares a choice between ways of HubSpot's.
macro_rules! choice {
    ($(#[$docs:meta])* $name:ident { $(#[$default_docs:meta])* $default:ident, $( $(#[$other_docs:meta])* $other:ident, )+ }) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(#[$default_docs])*
            #[default]
            $default,
            $( $(#[$other_docs])* $other, )+
        }
    };
}

choice! {
    /// What becomes of a publish without `recipients`, `attachments`, `timestamp` or `messageDirection`, which HubSpot
    /// describes as required.
    MissingMembers {
        /// It is accepted: as empty, as now, and as `INCOMING`. Observed for the first three.
        Accept,
        /// 400 "Some required fields were not set". Described.
        Refuse,
    }
}

choice! {
    /// What becomes of a publish to a channel account that is not authorized or not active. Unknown.
    UnusableAccount {
        /// 400 `VALIDATION_ERROR`.
        Refuse,
        /// It is published like any other.
        Accept,
    }
}

choice! {
    /// What becomes of a message that belongs to a closed thread. Unknown.
    ClosedThread {
        /// It opens the thread again.
        Reopen,
        /// It opens another thread, where later messages go too; the closed one stays closed.
        Another,
    }
}

choice! {
    /// What becomes of a publish with an `integrationIdempotencyId` that the channel account has seen. Unknown.
    RepeatedKey {
        /// 201 with the first message; nothing is created.
        FirstMessage,
        /// 409 `CONFLICT`; nothing is created.
        Conflict,
        /// Another message: the key means nothing.
        AnotherMessage,
    }
}

choice! {
    /// What becomes of a channel account whose delivery identifier another account of the channel has in the portal.
    /// Unknown.
    DuplicateIdentifier {
        /// 409 `CONFLICT`.
        Conflict,
        /// It is connected like any other.
        Accept,
    }
}

choice! {
    /// What becomes of a second `PATCH` of a staging token.
    SecondStagingPatch {
        /// 409 `CONFLICT`. Observed.
        Conflict,
        /// 200 with the token as the first one left it; nothing changes. Unknown.
        Unchanged,
    }
}

choice! {
    /// Who `createdBy` of a published message is. Unknown.
    CreatedBy {
        /// The first sender's actor: `V-…` for incoming messages, as in HubSpot's documentation of chats.
        Sender,
        /// The app: `I-…`.
        App,
    }
}

choice! {
    /// What becomes of a [private app's](crate::TokenSeed::private_app) token on the portal's operations on channels.
    PrivateAppTokens {
        /// 401, as for no token at all. Documented: private apps are not supported.
        Refuse,
        /// It is good as any other. HubSpot's description of two versions says so, and integrations rely on it.
        Accept,
    }
}

choice! {
    /// What `associatedContactId` of a thread is while its visitor is no contact.
    UnknownContact {
        /// The visitor's number. Described.
        VisitorId,
        /// Not there. Unknown.
        Absent,
    }
}

choice! {
    /// What a refresh of a token gives besides an access token. Unknown.
    RefreshTokens {
        /// The refresh token as it is.
        Keep,
        /// A new refresh token, and the old one is good no more.
        Rotate,
    }
}

/// Every way of HubSpot's that can be switched, each with what holds unless it is.
///
/// ```
/// use std::time::Duration;
/// use hubchannel_emulator::{Emulator, Seed, behaviour::{Behaviour, ClosedThread, RepeatedKey}};
///
/// let behaviour = Behaviour::default()
///     .set_closed_thread(ClosedThread::Another)
///     .set_repeated_key(RepeatedKey::Conflict)
///     .set_listing_delay(Duration::from_secs(5));
/// let emulator = Emulator::with_seed(Seed::default().with_behaviour(behaviour));
/// # let _ = emulator;
/// ```
///
/// A bridge that works with each of them set either way is ready for whichever HubSpot does. How many requests are taken,
/// and what a 429 looks like, is a matter of [`RateLimits`](crate::RateLimits).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Behaviour {
    pub(crate) missing_members: MissingMembers,
    pub(crate) unusable_account: UnusableAccount,
    pub(crate) closed_thread: ClosedThread,
    pub(crate) repeated_key: RepeatedKey,
    pub(crate) duplicate_identifier: DuplicateIdentifier,
    pub(crate) second_staging_patch: SecondStagingPatch,
    pub(crate) created_by: CreatedBy,
    pub(crate) private_app_tokens: PrivateAppTokens,
    pub(crate) unknown_contact: UnknownContact,
    pub(crate) refresh_tokens: RefreshTokens,
    pub(crate) listing_delay: Duration,
}

/// Declares what sets each member.
macro_rules! setters {
    ($( $(#[$docs:meta])* $setter:ident($member:ident: $kind:ty); )+) => {
        impl Behaviour {
            $(
                $(#[$docs])*
                #[must_use]
                pub fn $setter(self, $member: $kind) -> Self {
                    Behaviour { $member, ..self }
                }
            )+
        }
    };
}

setters! {
    /// Sets what becomes of a publish that lacks members described as required.
    set_missing_members(missing_members: MissingMembers);
    /// Sets what becomes of a publish to an account that is not authorized or not active.
    set_unusable_account(unusable_account: UnusableAccount);
    /// Sets what becomes of a message that belongs to a closed thread.
    set_closed_thread(closed_thread: ClosedThread);
    /// Sets what becomes of a publish with a key that was seen before.
    set_repeated_key(repeated_key: RepeatedKey);
    /// Sets what becomes of an account whose identifier is taken.
    set_duplicate_identifier(duplicate_identifier: DuplicateIdentifier);
    /// Sets what becomes of a second `PATCH` of a staging token.
    set_second_staging_patch(second_staging_patch: SecondStagingPatch);
    /// Sets who `createdBy` is.
    set_created_by(created_by: CreatedBy);
    /// Sets what becomes of a private app's token.
    set_private_app_tokens(private_app_tokens: PrivateAppTokens);
    /// Sets what `associatedContactId` of a visitor without a contact is.
    set_unknown_contact(unknown_contact: UnknownContact);
    /// Sets what becomes of refresh tokens.
    set_refresh_tokens(refresh_tokens: RefreshTokens);
    /// Keeps a new channel for that long, by the emulator's clock, from the list of channels and from portals. HubSpot has
    /// been seen to take some seconds, so that bridges list until the channel appears.
    set_listing_delay(listing_delay: Duration);
}
