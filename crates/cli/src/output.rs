//! What people and programs read.

use std::{
    io::{self, IsTerminal as _, Write as _},
    time::Duration,
};

use hubchannel::{
    Error, GaveUp, Reply,
    model::{Finding, Message},
};
use hubchannel_emulator::Emulator;
use serde::Serialize;

use crate::failure::{Class, Failure};

/// For whom it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) json: bool,
}

#[derive(Serialize)]
struct Done<'a> {
    /// Whether it was the emulator that answered.
    emulated: bool,
    done: &'a str,
    /// How many there were until it was done.
    attempts: u32,
    message: &'a Message,
}

/// Shows a message that came back.
pub(crate) fn message(style: &Style, emulated: bool, done: &str, message: &Reply<Message>) -> Result<(), Failure> {
    let attempts = message.attempts().count;
    if style.json {
        return line(&json(&Done {
            emulated,
            done,
            attempts,
            message,
        })?);
    }
    let mark = if emulated {
        " (emulated: nothing was sent to HubSpot)"
    } else {
        ""
    };
    let mut text = format!("{done}{mark}\n");
    let mut row = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            text.push_str(&format!("  {name:<9} {}\n", printable(&value)));
        }
    };
    row("message", message.id.as_ref().map(ToString::to_string));
    row("thread", message.conversations_thread_id.as_ref().map(ToString::to_string));
    row("channel", message.channel_id.as_ref().map(ToString::to_string));
    row("account", message.channel_account_id.as_ref().map(ToString::to_string));
    row("direction", message.direction.as_ref().map(ToString::to_string));
    row(
        "status",
        message
            .status
            .as_ref()
            .and_then(|status| status.status_type.as_ref())
            .map(ToString::to_string),
    );
    row(
        "failure",
        message
            .status
            .as_ref()
            .and_then(|status| status.failure_details.as_ref()?.error_message.as_ref())
            .cloned(),
    );
    let senders = message.senders.as_deref().unwrap_or_default();
    row(
        "from",
        people(
            senders
                .iter()
                .map(|sender| (sender.name.as_deref(), sender.delivery_identifier.as_ref())),
        ),
    );
    let recipients = message.recipients.as_deref().unwrap_or_default();
    row(
        "to",
        people(
            recipients
                .iter()
                .map(|to| (to.name.as_deref(), to.delivery_identifier.as_ref())),
        ),
    );
    row("text", message.text.as_ref().cloned());
    let attachments = message.attachments.as_deref().unwrap_or_default();
    let kinds: Vec<&str> = attachments
        .iter()
        .map(|attachment| attachment.kind().unwrap_or("?"))
        .collect();
    row("with", (!kinds.is_empty()).then(|| kinds.join(", ")));
    row("created", message.created_at.as_ref().map(ToString::to_string));
    row("attempts", (attempts > 1).then(|| attempts.to_string()));
    line(text.trim_end())
}

fn people<'a>(
    people: impl Iterator<Item = (Option<&'a str>, Option<&'a hubchannel::model::DeliveryIdentifier>)>,
) -> Option<String> {
    let people: Vec<String> = people
        .map(|(name, identifier)| {
            let address = identifier.and_then(|identifier| identifier.value.as_deref());
            match (name, address) {
                (Some(name), Some(address)) => format!("{name} <{address}>"),
                (Some(one), None) | (None, Some(one)) => one.to_owned(),
                (None, None) => "?".to_owned(),
            }
        })
        .collect();
    (!people.is_empty()).then(|| people.join(", "))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Emulated<'a> {
    emulated: bool,
    base_url: &'a str,
    inbox_url: &'a str,
    access_token: &'a str,
    channel_id: String,
    channel_account_id: String,
    portal_id: String,
    inbox_id: String,
    app_id: String,
    developer_key: &'a str,
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
}

/// Shows where the emulator is and what it knows. Its credentials are made up and open nothing else; a client secret that
/// somebody brought may be real, and is not shown.
pub(crate) fn emulator(style: &Style, emulator: &Emulator, base_url: &str, own_secret: bool) -> Result<(), Failure> {
    let (token, key, app) = (emulator.access_token(), emulator.developer_key(), emulator.oauth_app());
    let channels = emulator.channels();
    let channel = channels
        .iter()
        .find(|channel| channel.id.as_ref() == Some(&emulator.channel_id()));
    // Without its query, where a token may be.
    let webhook_url = channel.and_then(|channel| channel.webhook_url.as_ref());
    let webhook_url = webhook_url.map(|url| format!("{url:?}"));
    let inbox_url = format!("{}/_emulator/", base_url.trim_end_matches('/'));
    let started = Emulated {
        emulated: true,
        base_url,
        inbox_url: &inbox_url,
        access_token: token.expose(),
        channel_id: emulator.channel_id().to_string(),
        channel_account_id: emulator.channel_account_id().to_string(),
        portal_id: emulator.portal_id().to_string(),
        inbox_id: emulator.inbox_id().to_string(),
        app_id: emulator.app_id().to_string(),
        developer_key: key.expose(),
        client_id: &app.client_id,
        client_secret: own_secret.then(|| app.client_secret.expose()),
    };
    if style.json {
        return line(&json(&started)?);
    }
    let mut text = format!(
        "emulator of HubSpot's custom channels on {base_url}; Ctrl-C ends it\n\n  \
         export HUBSPOT_ACCESS_TOKEN={}\n",
        started.access_token
    );
    for (name, value) in [
        ("inbox page", started.inbox_url),
        ("portal", started.portal_id.as_str()),
        ("inbox", &started.inbox_id),
        ("app", &started.app_id),
        ("developer key", started.developer_key),
        ("client id", started.client_id),
        ("client secret", started.client_secret.unwrap_or("as given")),
        ("webhooks to", webhook_url.as_deref().unwrap_or("nobody; say --webhook-url URL")),
    ] {
        text.push_str(&format!("  {name:<14} {}\n", printable(value)));
    }
    line(&format!(
        "{text}\n  hubchannel --base-url {base_url} publish --channel {} --account {} --from email:ada@example.com \
         --thread chat-42 --text Hello\n\nthen, here: reply chat-42 Hello, too",
        started.channel_id, started.channel_account_id,
    ))
}

/// Tells of something that happened meanwhile, on the standard error.
pub(crate) fn note(text: &str) {
    // Nobody is left to tell when this fails.
    let _ = writeln!(io::stderr().lock(), "{}", printable(text));
}

#[derive(Serialize)]
struct Failed<'a> {
    emulated: bool,
    error: FailedError<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FailedError<'a> {
    class: Class,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<String>,
    outcome_unknown: bool,
    retryable: bool,
    /// Unknown of a call that was interrupted.
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gave_up: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    idempotency_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    violations: Vec<Broken<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

#[derive(Serialize)]
struct Broken<'a> {
    path: &'a str,
    rule: &'a str,
    remedy: &'a str,
}

/// Shows why a command failed, on the standard error.
pub(crate) fn failure(style: &Style, failure: &Failure) {
    let error = failure.error.as_deref();
    let outcome_unknown = failure.class == Class::OutcomeUnknown;
    let violations: Vec<&Finding> = error
        .and_then(|error| error.violations())
        .map(|all| all.iter().collect())
        .unwrap_or_default();
    let mut text = String::new();
    if style.json {
        let failed = Failed {
            emulated: failure.emulated,
            error: FailedError {
                class: failure.class,
                message: &failure.message,
                status: error.and_then(|error| error.status()).map(|status| status.as_u16()),
                category: shown(error, |error| error.error_body()?.category.as_ref().map(|category| category.as_str())),
                correlation_id: shown(error, Error::correlation_id),
                outcome_unknown,
                // With its key, what was interrupted may be repeated.
                retryable: error.map_or(outcome_unknown && failure.key.is_some(), |error| error.is_retryable()),
                attempts: match error {
                    Some(error) => Some(error.attempts().count),
                    None => (!outcome_unknown).then_some(0),
                },
                gave_up: error.and_then(|error| error.attempts().gave_up).map(gave_up),
                retry_after_seconds: error.and_then(|error| error.retry_after()).map(seconds),
                idempotency_key: failure.key.as_deref(),
                violations: violations
                    .iter()
                    .map(|one| Broken {
                        path: &one.path,
                        rule: &one.rule,
                        remedy: &one.remedy,
                    })
                    .collect(),
                hint: failure.hint.as_deref(),
            },
        };
        text = serde_json::to_string(&failed).unwrap_or_else(|error| format!("{{\"error\":\"{error}\"}}"));
    } else if violations.is_empty() {
        text.push_str(&format!("error: {}", printable(&failure.message)));
    } else {
        text.push_str("error: the message is not as it must be; nothing was sent");
        for violation in violations {
            text.push_str(&format!("\n  {}", printable(&violation.to_string())));
        }
    }
    if let (false, true, Some(key)) = (style.json, outcome_unknown, &failure.key) {
        text.push_str(&format!("\nkey: {}", printable(key)));
    }
    if let (false, Some(hint)) = (style.json, &failure.hint) {
        text.push_str(&format!("\nhint: {}", printable(hint)));
    }
    // Nobody is left to tell when this fails.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// A text of the server's, which may have repeated the token in it.
fn shown(error: Option<&Error>, text: fn(&Error) -> Option<&str>) -> Option<String> {
    let error = error?;
    text(error).map(|text| error.shown(text).to_string())
}

/// Why it was not tried further, for programs.
fn gave_up(reason: GaveUp) -> &'static str {
    match reason {
        GaveUp::MaxAttempts => "maxAttempts",
        GaveUp::Budget => "budget",
        GaveUp::Deadline => "deadline",
        GaveUp::NotRepeatable => "notRepeatable",
        GaveUp::Sent => "sent",
        GaveUp::ReadOnce => "readOnce",
        GaveUp::DailyLimit => "dailyLimit",
        _ => "other",
    }
}

/// Whole seconds, none too few.
pub(crate) fn seconds(duration: Duration) -> u64 {
    duration
        .as_secs()
        .saturating_add(u64::from(duration.subsec_nanos() > 0))
}

/// Foreign text on a terminal: control characters would be commands to it.
fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            if c.is_control() {
                c.escape_default().collect::<Vec<_>>()
            } else {
                vec![c]
            }
        })
        .collect()
}

fn json(value: &impl Serialize) -> Result<String, Failure> {
    let text = if io::stdout().is_terminal() {
        serde_json::to_string_pretty(value)
    } else {
        serde_json::to_string(value)
    };
    text.map_err(|error| Failure::internal(format!("cannot write JSON: {error}")))
}

fn line(text: &str) -> Result<(), Failure> {
    writeln!(io::stdout().lock(), "{text}").map_err(|error| Failure::internal(format!("cannot write: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_for_giving_up_has_a_name() {
        for (reason, name) in [
            (GaveUp::MaxAttempts, "maxAttempts"),
            (GaveUp::Budget, "budget"),
            (GaveUp::Deadline, "deadline"),
            (GaveUp::NotRepeatable, "notRepeatable"),
            (GaveUp::Sent, "sent"),
            (GaveUp::ReadOnce, "readOnce"),
            (GaveUp::DailyLimit, "dailyLimit"),
        ] {
            assert_eq!(gave_up(reason), name);
        }
    }
}
