//! Why a command failed, and the exit code that tells a script.

use std::process::ExitCode;

use hubchannel::{Error, ErrorKind};
use hubchannel_emulator::Emulator;

use crate::{connection::is_emulated, output};

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) class: Class,
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
    pub(crate) emulated: bool,
    pub(crate) error: Option<Box<Error>>,
}

/// What a script can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Class {
    Internal = 1,
    Usage = 2,
    Rejected = 3,
    NotReachable = 4,
    OutcomeUnknown = 5,
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Failure::new(Class::Usage, message.into())
    }

    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Failure::new(Class::Internal, message.into())
    }

    fn new(class: Class, message: String) -> Self {
        Failure {
            class,
            message,
            hint: None,
            emulated: false,
            error: None,
        }
    }

    /// A call that failed.
    pub(crate) fn of_call(error: Error, emulator: Option<&Emulator>) -> Self {
        let class = match error.kind() {
            _ if error.outcome_unknown() => Class::OutcomeUnknown,
            ErrorKind::Invalid | ErrorKind::Refused => Class::Usage,
            ErrorKind::Rejected => Class::Rejected,
            ErrorKind::Connect
            | ErrorKind::Timeout
            | ErrorKind::Interrupted
            | ErrorKind::RateLimited
            | ErrorKind::Transport => Class::NotReachable,
            // An answer that cannot be read, to a request that only reads.
            ErrorKind::Unreadable | ErrorKind::ResponseTooLarge => Class::Rejected,
            _ => Class::Internal,
        };
        let hint = match (class, emulator) {
            (Class::OutcomeUnknown, _) => error.idempotency_key().map(repeat),
            (Class::Rejected, Some(emulator)) if error.is_not_found() => Some(format!(
                "the emulator inside this program knows channel {} with account {} and starts without messages; run \
                 `hubchannel emulate` and give --base-url to keep them between commands",
                emulator.channel_id(),
                emulator.channel_account_id()
            )),
            _ => error
                .retry_after()
                .filter(|_| error.is_retryable())
                .map(|wait| format!("it is of no use before {} seconds have passed", output::seconds(wait))),
        };
        Failure {
            hint,
            emulated: emulator.is_some() || error.headers().is_some_and(is_emulated),
            ..Failure::new(class, error.to_string())
        }
        .with_error(error)
    }

    fn with_error(self, error: Error) -> Self {
        Failure {
            error: Some(Box::new(error)),
            ..self
        }
    }

    /// Adds which flags the members at fault come from.
    pub(crate) fn with_flags(self, flags: &[(&str, &str)]) -> Self {
        let broken = self.error.as_ref().and_then(|error| error.violations());
        let flags: Vec<&str> = flags
            .iter()
            .filter(|(member, _)| broken.is_some_and(|all| all.iter().any(|one| one.path.starts_with(member))))
            .map(|(_, flag)| *flag)
            .collect();
        let hint = if flags.is_empty() {
            self.hint
        } else {
            Some(format!("see {}", flags.join(", ")))
        };
        Failure { hint, ..self }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.class as u8)
    }
}

/// The command that repeats this one with this key.
fn repeat(key: &str) -> String {
    let mut words = Vec::new();
    let mut given = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    while let Some(word) = given.next() {
        if word == "--idempotency-id" {
            given.next();
        } else if !word.starts_with("--idempotency-id=") {
            words.push(quote(&word));
        }
    }
    format!(
        "repeat with the same key, or the message may be doubled: {} --idempotency-id {}",
        words.join(" "),
        quote(key)
    )
}

/// A word as a POSIX shell reads it back.
fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
