//! The command line.

use std::{
    net::SocketAddr,
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
    time::Duration,
};

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use hubchannel::{
    ApiVersion, BaseUrl,
    model::{ChannelAccountId, ChannelId, ContactId, FileId, MessageId, StatusUpdate},
};

use crate::message::Identifier;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the program itself failed
  2  usage: the call is not as it must be, or there are no credentials; nothing was sent
  3  rejected by the API; nothing was done
  4  not reachable: no connection, or no answer to a request that only reads; nothing was done
  5  outcome unknown: it may have been done; the key and the command to repeat with are shown

Environment:
  HUBSPOT_ACCESS_TOKEN  the OAuth token of the portal, of the app that owns the channel";

const CONSOLE: &str = "\
Whatever is written on the standard input, line by line, is done in the inbox:
  reply THREAD TEXT  an agent replies, in a thread of HubSpot's or of the bridge's
  close THREAD       an agent closes the thread
  reopen THREAD      an agent opens it again";

/// Publish messages over HubSpot's custom channels, or over an emulator of them.
#[derive(Debug, Parser)]
#[command(name = "hubchannel", version, after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// Talk to an emulator inside this program instead of HubSpot; nothing leaves this machine
    #[arg(long, global = true, conflicts_with = "base_url")]
    pub(crate) emulator: bool,

    /// Where the API is
    #[arg(long, global = true, value_name = "URL", default_value = "https://api.hubapi.com")]
    pub(crate) base_url: BaseUrl,

    /// The API's version: v3, 2025-09, 2026-03 or 2026-09
    #[arg(long, global = true, value_name = "VERSION", default_value = "v3")]
    pub(crate) api_version: ApiVersion,

    /// Write JSON, errors included
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// How long the call may take, repeats and the waits between them included
    #[arg(long, global = true, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(crate) timeout: Duration,

    /// How often the call is tried at most; it is repeated only where that is safe and may help
    #[arg(long, global = true, value_name = "COUNT", default_value = "4")]
    pub(crate) attempts: NonZeroU32,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Publish a message
    Publish(Box<Publish>),
    /// Read a message
    Read(Read),
    /// Report how an agent's reply fared
    Status(Status),
    /// Run the emulator as a server on this machine, with you as the agent
    #[command(after_help = CONSOLE)]
    Emulate(Emulate),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Channel {
    /// The channel: digits. The emulator's own where it is not given
    #[arg(long, value_name = "ID", env = "HUBSPOT_CHANNEL_ID")]
    pub(crate) channel: Option<ChannelId>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Publish {
    #[command(flatten)]
    pub(crate) channel: Channel,

    /// The channel account. The emulator's own where it is not given
    #[arg(long, value_name = "ID", env = "HUBSPOT_CHANNEL_ACCOUNT_ID")]
    pub(crate) account: Option<ChannelAccountId>,

    /// A JSON body from a file, or from the standard input as `-`, in place of the flags below
    #[arg(long, value_name = "FILE")]
    pub(crate) body: Option<PathBuf>,

    /// The message's own id, the same whenever it is sent again; random where it is not given
    #[arg(long, value_name = "KEY")]
    pub(crate) idempotency_id: Option<String>,

    #[command(flatten)]
    pub(crate) content: Content,
}

/// The message by flags.
#[derive(Debug, ClapArgs)]
#[group(id = "content", multiple = true, conflicts_with = "body")]
pub(crate) struct Content {
    /// Who sends it: email:ADDRESS, phone:NUMBER, short-code:CODE, or any other id of yours, also as id:TEXT
    #[arg(long, value_name = "WHO")]
    pub(crate) from: Vec<Identifier>,

    /// The sender's name
    #[arg(long, value_name = "NAME", requires = "from")]
    pub(crate) from_name: Option<String>,

    /// Whom it is for, written as for --from
    #[arg(long, value_name = "WHO")]
    pub(crate) to: Vec<Identifier>,

    /// The recipient's name
    #[arg(long, value_name = "NAME", requires = "to")]
    pub(crate) to_name: Option<String>,

    /// The text; may be empty beside a file
    #[arg(long)]
    pub(crate) text: Option<String>,

    /// The text as HTML
    #[arg(long, value_name = "HTML")]
    pub(crate) rich_text: Option<String>,

    /// A file of the portal's file manager to attach, by its id; may be repeated
    #[arg(long, value_name = "FILE_ID")]
    pub(crate) file: Vec<FileId>,

    /// The conversation's id in the outside service
    #[arg(long, value_name = "ID")]
    pub(crate) thread: Option<String>,

    /// Which way it goes
    #[arg(long, value_enum, default_value_t = Direction::Incoming)]
    pub(crate) direction: Direction,

    /// When it was sent, as 2026-05-27T12:15:00Z; now where it is not given
    #[arg(long, value_name = "TIME")]
    pub(crate) timestamp: Option<String>,

    /// HubSpot's id of the message that it answers
    #[arg(long, value_name = "ID")]
    pub(crate) in_reply_to: Option<MessageId>,

    /// The contact to associate it with: a number
    #[arg(long, value_name = "ID")]
    pub(crate) contact: Option<ContactId>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Direction {
    /// From the visitor into HubSpot
    Incoming,
    /// A reply that was made elsewhere, to be recorded
    Outgoing,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Read {
    #[command(flatten)]
    pub(crate) channel: Channel,

    /// The message's id
    pub(crate) message: MessageId,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) channel: Channel,

    /// The message's id, as it came in the webhook
    pub(crate) message: MessageId,

    /// What became of it
    #[arg(value_enum)]
    pub(crate) status: Reported,

    /// Why it failed, as the agent is to read it
    #[arg(long, value_name = "TEXT", required_if_eq("status", "failed"))]
    pub(crate) error_message: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Reported {
    /// It reached the outside service
    Sent,
    /// The recipient has read it
    Read,
    /// It did not reach the recipient
    Failed,
}

impl Status {
    pub(crate) fn update(&self) -> StatusUpdate {
        match self.status {
            Reported::Sent => StatusUpdate::sent(),
            Reported::Read => StatusUpdate::read(),
            Reported::Failed => StatusUpdate::failed(self.error_message.clone().unwrap_or_default()),
        }
    }
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Emulate {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8377")]
    pub(crate) listen: SocketAddr,

    /// Where the channel's webhooks are delivered to: the bridge's address
    #[arg(long, value_name = "URL", value_parser = web_address)]
    pub(crate) webhook_url: Option<String>,

    /// What webhooks are signed with; made up where it is not given
    #[arg(long, value_name = "SECRET", env = "HUBSPOT_CLIENT_SECRET", hide_env_values = true)]
    pub(crate) client_secret: Option<String>,

    /// Keep all that the emulator holds in this file, and go on from it; it has the emulator's own tokens in the clear
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,

    /// Within how long a webhook that is not taken is delivered again, up to ten times
    #[arg(long, value_name = "SECONDS", default_value = "86400", value_parser = seconds)]
    pub(crate) retry_within: Duration,

    /// Take any number of requests, where HubSpot would turn down those over its limits
    #[arg(long)]
    pub(crate) without_rate_limits: bool,

    /// How many messages, assignments and changes of status are kept before the oldest go; a file given as --state that is
    /// there says it itself
    #[arg(long, value_name = "COUNT", default_value = "100000")]
    pub(crate) keep: NonZeroUsize,
}

fn web_address(text: &str) -> Result<String, String> {
    let uri = text.parse::<http::Uri>().ok();
    uri.filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some())
        .map(|_| text.to_owned())
        .ok_or_else(|| "must be an address such as http://127.0.0.1:8080/hubspot/events".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| "must be a number of seconds above 0".to_owned())
}
