#![doc = include_str!("../../ADMIN.md")]

mod conversation;
mod error;
mod faults;
mod files;
mod html;
mod log;
mod overview;
mod say;
mod setup;
mod time;
mod wait;
#[cfg(feature = "http")]
pub(crate) use self::files::decode;
pub use self::{
    conversation::{ConversationView, DeliveryState, EntryView},
    error::{AdminError, AdminErrorKind},
    faults::{FaultInput, FaultKindInput, FaultKindView, FaultView},
    files::{FileInput, FileUpload, FileView},
    log::{AttemptView, BodyView, DeliveryView, EventView, OutcomeView, RequestView, Window},
    overview::{
        AccessTokenView, AccountView, AgentView, AppCredentials, AppView, ContactView, ConversationSummary, Counts,
        Credentials, InboxView, MessageSummary, Overview, PortalView,
    },
    say::{NewVisitorInput, ReplyInput, SenderInput, VisitorInput},
    setup::{
        AccountInput, AgentInput, AppInput, ChannelInput, ContactInput, IdentifierInput, InboxInput, NewPortal,
        PortalInput,
    },
    time::ClockReading,
    wait::{Found, FoundThings, Sought, StatusInput, WaitInput},
};
pub use crate::retention::Dropped;
