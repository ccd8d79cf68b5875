//! Why somebody in the inbox cannot do something.

use std::{error, fmt};

use hubchannel_api::model::{ActorId, ChannelAccountId, ChannelId, ContactId, FileId, RichTextFeature, ThreadId};

/// Why an agent cannot do what a test wants of him: there is nothing to do it with, or the channel does not let him.
///
/// Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AgentError {
    /// There is no such thread.
    NoThread(ThreadId),
    /// The thread's portal has no such user.
    NoAgent(ActorId),
    /// The thread's portal has no such contact.
    NoContact(ContactId),
    /// The thread's portal has no such file.
    NoFile(FileId),
    /// The thread's channel is archived, or is not shown yet.
    NoChannel(ChannelId),
    /// The thread's channel account is archived.
    NoChannelAccount(ChannelAccountId),
    /// The thread's channel account is not `authorized` or not `active`.
    AccountUnusable {
        /// The account.
        account: ChannelAccountId,
        /// What it lacks.
        lacking: &'static str,
    },
    /// Nobody in the thread has an address.
    NobodyToWriteTo(ThreadId),
    /// The channel threads by participants, so that its threads have no ids of the bridge's.
    NoOwnIds(ChannelId),
    /// Another thread of the same channel account has this id of the bridge's.
    ThreadIdTaken {
        /// The bridge's id.
        integration_thread_id: String,
        /// The other thread.
        thread: ThreadId,
    },
    /// There is neither text nor file.
    Empty,
    /// The channel's `allowOutgoingMessages` is not true.
    NoOutgoingMessages,
    /// The channel's `outgoingAttachmentTypes` has no `FILE`.
    NoFiles,
    /// There are more files than the channel's `maxFileAttachmentCount`.
    TooManyFiles {
        /// How many there are.
        count: usize,
        /// How many there may be.
        most: u64,
    },
    /// A file is larger than the channel's `maxFileAttachmentSizeBytes`.
    FileTooLarge {
        /// The file's name.
        name: String,
        /// Its size in bytes.
        size: u64,
        /// The largest size.
        most: u64,
    },
    /// All files together are larger than the channel's `maxTotalFileAttachmentSizeBytes`.
    FilesTooLarge {
        /// Their size in bytes.
        size: u64,
        /// The largest size.
        most: u64,
    },
    /// The channel's `allowedFileAttachmentMimeTypes` does not have the file's type.
    MediaType {
        /// The file's name.
        name: String,
        /// Its type; empty where it has none.
        media_type: String,
    },
    /// The channel's `richText` does not have this feature.
    Formatting(RichTextFeature),
    /// There is an image in the formatted text, and the channel's `allowInlineImages` is not true.
    InlineImages,
}

impl fmt::Display for AgentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AgentError::NoThread(id) => {
                write!(f, "the emulator has no thread {id}; publish a message first, Emulator::threads lists them")
            }
            AgentError::NoAgent(id) => {
                write!(f, "the thread's portal has no user {id}; add one with Seed::add_agent")
            }
            AgentError::NoContact(id) => {
                write!(f, "the thread's portal has no contact {id}; add one with Seed::add_contact")
            }
            AgentError::NoFile(id) => {
                write!(f, "the thread's portal has no file {id}; upload it, or use AgentMessage::add_new_file")
            }
            AgentError::NoChannel(id) => {
                write!(f, "the thread's channel {id} is archived, or portals do not see it yet")
            }
            AgentError::NoChannelAccount(id) => write!(f, "the thread's channel account {id} is archived"),
            AgentError::AccountUnusable { account, lacking } => {
                write!(f, "the thread's channel account {account} is not {lacking}, so that nobody can write over it")
            }
            AgentError::NobodyToWriteTo(id) => write!(f, "nobody in thread {id} has an address to write to"),
            AgentError::NoOwnIds(id) => {
                write!(f, "channel {id} threads by participants, so that its threads have no integrationThreadId")
            }
            AgentError::ThreadIdTaken {
                integration_thread_id,
                thread,
            } => write!(f, "the integrationThreadId {integration_thread_id:?} is that of thread {thread} already"),
            AgentError::Empty => f.write_str("a message needs text or a file"),
            AgentError::NoOutgoingMessages => {
                f.write_str("agents cannot reply over this channel: its capability allowOutgoingMessages is not true")
            }
            AgentError::NoFiles => f.write_str(
                "agents cannot send files over this channel: its capability outgoingAttachmentTypes has no FILE",
            ),
            AgentError::TooManyFiles { count, most } => {
                write!(f, "{count} files are too many: the channel's maxFileAttachmentCount is {most}")
            }
            AgentError::FileTooLarge { name, size, most } => {
                write!(f, "{name:?} has {size} bytes: the channel's maxFileAttachmentSizeBytes is {most}")
            }
            AgentError::FilesTooLarge { size, most } => {
                write!(f, "the files have {size} bytes in all: the channel's maxTotalFileAttachmentSizeBytes is {most}")
            }
            AgentError::MediaType { name, media_type } => write!(
                f,
                "{name:?} is of type {media_type:?}, which the channel's allowedFileAttachmentMimeTypes does not have"
            ),
            AgentError::Formatting(feature) => {
                write!(f, "the formatted text needs {feature}, which the channel's capability richText does not have")
            }
            AgentError::InlineImages => f.write_str(
                "there is an image in the formatted text: the channel's capability allowInlineImages is not true",
            ),
        }
    }
}

impl error::Error for AgentError {}
