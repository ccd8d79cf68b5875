//! Why a command failed, and the exit code that tells a script.

use std::{fs, process::ExitCode};

use hubchannel::{Error, ErrorKind};
use hubchannel_emulator::Emulator;

use crate::{
    connection::{Connection, is_emulated},
    output,
};

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) class: Class,
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
    pub(crate) emulated: bool,
    /// What the message is named by, whose repeat needs it.
    pub(crate) key: Option<String>,
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
            key: None,
            error: None,
        }
    }

    /// A call that was cut off by whoever runs the program.
    pub(crate) fn interrupted(what: &str, key: Option<String>, connection: &Connection) -> Self {
        Failure {
            hint: key.as_deref().map(repeat),
            emulated: connection.emulator.is_some(),
            key,
            ..Failure::new(Class::OutcomeUnknown, format!("interrupted before the answer came; {what}"))
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
            key: error.idempotency_key().map(str::to_owned),
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

/// The command that repeats this one with this key, and what it takes beside.
fn repeat(key: &str) -> String {
    let mut words = Vec::new();
    let mut input_is_gone = false;
    let mut given = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    while let Some(word) = given.next() {
        if word == "--idempotency-id" {
            given.next();
        } else if word == "--body" {
            let path = given.next().unwrap_or_default();
            input_is_gone = is_read_once(&path);
            words.extend([word, quote(&path)]);
        } else if !word.starts_with("--idempotency-id=") {
            input_is_gone |= word.strip_prefix("--body=").is_some_and(is_read_once);
            words.push(quote(&word));
        }
    }
    let input = if input_is_gone {
        " and with the same body, which was read from a stream and has to be given again"
    } else {
        ""
    };
    format!(
        "repeat with the same key{input}, or the message may be doubled: {} --idempotency-id {}",
        words.join(" "),
        quote(key)
    )
}

/// Whether this names the standard input or a pipe, which a repeat finds empty.
fn is_read_once(path: &str) -> bool {
    path == "-" || fs::metadata(path).is_ok_and(|found| !found.is_file())
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
