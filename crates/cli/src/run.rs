//! What each command does.

use hubchannel::{
    Error, GetMessage, KeySource as _, PublishMessage, RandomKeys, Reply, UpdateMessageStatus,
    model::{Field, Message},
};
use hubchannel_emulator::Emulator;

use crate::{
    args::{Args, Command, Publish, Read, Status},
    connection::{Connection, is_emulated},
    emulate::emulate,
    failure::Failure,
    interrupt::unless_interrupted,
    message::message,
    output::{self, Style},
};

pub(crate) async fn run(args: &Args) -> Result<(), Failure> {
    match &args.command {
        Command::Publish(publish) => self::publish(args, publish).await,
        Command::Read(read) => self::read(args, read).await,
        Command::Status(status) => self::status(args, status).await,
        Command::Emulate(emulate_args) => emulate(args, emulate_args).await,
    }
}

/// Which flag a member of the message comes from.
const FLAGS: &[(&str, &str)] = &[
    ("channelAccountId", "--account ID"),
    ("senders", "--from WHO"),
    ("text", "--text TEXT"),
    ("attachments", "--file FILE_ID"),
    ("timestamp", "--timestamp TIME"),
    ("integrationThreadId", "--thread ID"),
    ("integrationIdempotencyId", "--idempotency-id KEY"),
    ("inReplyToId", "--in-reply-to ID"),
    ("associateWithContactId", "--contact ID"),
];

async fn publish(args: &Args, publish: &Publish) -> Result<(), Failure> {
    let connection = Connection::open(args)?;
    let channel = connection.channel(&publish.channel)?;
    let account = connection.emulator.as_ref().map(Emulator::channel_account_id);
    let mut message = message(publish, account.as_ref())?;
    // Known here, so that it can be shown although the call is cut off.
    let key = match message.integration_idempotency_id.as_ref() {
        Some(key) => key.clone(),
        None => RandomKeys.next_key(),
    };
    message.integration_idempotency_id = Field::Value(key.clone());
    let call = connection.client.publish_message(PublishMessage::new(channel, message));
    let answer = unless_interrupted(call)
        .await?
        .ok_or_else(|| Failure::interrupted("the message may have been published", Some(key), &connection))?;
    finish(args, &connection, "published", answer).map_err(|failure| match &publish.body {
        Some(_) => failure,
        None => failure.with_flags(FLAGS),
    })
}

async fn read(args: &Args, read: &Read) -> Result<(), Failure> {
    let connection = Connection::open(args)?;
    let channel = connection.channel(&read.channel)?;
    let answer = connection
        .client
        .get_message(GetMessage::new(channel, read.message.clone()))
        .await;
    finish(args, &connection, "read", answer)
}

async fn status(args: &Args, status: &Status) -> Result<(), Failure> {
    let connection = Connection::open(args)?;
    let channel = connection.channel(&status.channel)?;
    let call = UpdateMessageStatus::new(channel, status.message.clone(), status.update());
    let answer = unless_interrupted(connection.client.update_message_status(call))
        .await?
        .ok_or_else(|| Failure::interrupted("the status may have been updated", None, &connection))?;
    finish(args, &connection, "updated", answer)
}

fn finish(
    args: &Args,
    connection: &Connection,
    done: &str,
    answer: Result<Reply<Message>, Error>,
) -> Result<(), Failure> {
    let message = answer.map_err(|error| Failure::of_call(error, connection.emulator.as_ref()))?;
    let style = Style { json: args.json };
    let emulated = connection.emulator.is_some() || is_emulated(message.headers());
    output::message(&style, emulated, done, &message).map_err(|failure| {
        let id = message.id.as_ref().map(ToString::to_string).unwrap_or_default();
        Failure::internal(format!("{done} as message {id}, but that cannot be shown: {}", failure.message))
    })
}
