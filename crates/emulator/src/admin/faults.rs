//! Rules by which requests go wrong, as JSON has them.

use std::time::Duration;

use http::{Method, StatusCode};
use hubchannel_api::server::OPERATIONS;
use serde::{Deserialize, Serialize};

use super::AdminError;
use crate::{Emulator, Fault, FaultId, FaultRule, StandingFault};

/// A rule to add.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct FaultInput {
    /// What goes wrong.
    pub fault: FaultKindInput,
    /// Only calls of this operation, named as the client's method.
    pub operation: Option<String>,
    /// Only calls with this channel in their path.
    pub channel_id: Option<String>,
    /// Only requests of this method.
    pub method: Option<String>,
    /// Only requests with this path.
    pub path: Option<String>,
    /// Only requests whose path starts with this.
    pub path_prefix: Option<String>,
    /// It strikes so many times and no more.
    pub times: Option<u64>,
    /// It strikes one in so many.
    pub every: Option<u64>,
    /// It begins with this one of the requests that it meets, of which the first is 1.
    pub from: Option<u64>,
    /// It strikes with this probability, from 0 to 1.
    pub probability: Option<f64>,
}

/// What goes wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct FaultKindInput {
    /// The name of the [`Fault`], such as `DROP_AFTER_EFFECT`.
    pub kind: String,
    /// The status of `STATUS_BEFORE_EFFECT` and `STATUS_AFTER_EFFECT`.
    pub status: Option<u16>,
    /// How long `DELAY_BEFORE_EFFECT` and `DELAY_AFTER_EFFECT` wait, in milliseconds.
    pub delay_ms: Option<u64>,
    /// How many bytes `TEAR_ANSWER` lets through.
    pub bytes: Option<usize>,
}

/// A rule and what it has done.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FaultView {
    /// What it is known by.
    pub id: u64,
    /// What goes wrong.
    pub fault: FaultKindView,
    /// Only calls of this operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<&'static str>,
    /// Only calls with this channel in their path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<String>,
    /// Only requests of this method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Only requests with this path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Only requests whose path starts with this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_prefix: Option<String>,
    /// It strikes so many times and no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// It strikes one in so many.
    pub every: u64,
    /// It begins with this one of the requests that it meets.
    pub from: u64,
    /// It strikes with this probability.
    pub probability: f64,
    /// How many requests it has met.
    pub met: u64,
    /// How many of them it has struck.
    pub struck: u64,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FaultKindView {
    /// The name of the [`Fault`].
    pub kind: &'static str,
    /// The status that is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How long it waits, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// How many bytes it lets through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<usize>,
}

impl FaultKindInput {
    fn read(&self) -> Result<Fault, AdminError> {
        let fault =
            match self.kind.as_str() {
                "REFUSE_CONNECTION" => Fault::RefuseConnection,
                "DROP_BEFORE_EFFECT" => Fault::DropBeforeEffect,
                "DROP_AFTER_EFFECT" => Fault::DropAfterEffect,
                "SILENCE_BEFORE_EFFECT" => Fault::SilenceBeforeEffect,
                "SILENCE_AFTER_EFFECT" => Fault::SilenceAfterEffect,
                "STATUS_BEFORE_EFFECT" => Fault::StatusBeforeEffect(self.status()?),
                "STATUS_AFTER_EFFECT" => Fault::StatusAfterEffect(self.status()?),
                "DELAY_BEFORE_EFFECT" => Fault::DelayBeforeEffect(self.delay()?),
                "DELAY_AFTER_EFFECT" => Fault::DelayAfterEffect(self.delay()?),
                "TEAR_ANSWER" => Fault::TearAnswer(self.bytes.ok_or_else(|| {
                    AdminError::invalid("fault.bytes", "say how many bytes of the answer's body arrive")
                })?),
                "EXPIRE_TOKEN" => Fault::ExpireToken,
                _ => {
                    let message = "this is no fault; one is REFUSE_CONNECTION, DROP_BEFORE_EFFECT, DROP_AFTER_EFFECT, \
                               SILENCE_BEFORE_EFFECT, SILENCE_AFTER_EFFECT, STATUS_BEFORE_EFFECT, STATUS_AFTER_EFFECT, \
                               DELAY_BEFORE_EFFECT, DELAY_AFTER_EFFECT, TEAR_ANSWER or EXPIRE_TOKEN";
                    return Err(AdminError::invalid("fault.kind", message));
                }
            };
        Ok(fault)
    }

    fn status(&self) -> Result<StatusCode, AdminError> {
        let status = self.status.and_then(|status| StatusCode::from_u16(status).ok());
        status
            .filter(|status| (200..600).contains(&status.as_u16()))
            .ok_or_else(|| AdminError::invalid("fault.status", "say which status is answered, from 200 to 599"))
    }

    fn delay(&self) -> Result<Duration, AdminError> {
        let delay = self.delay_ms.map(Duration::from_millis);
        delay.ok_or_else(|| AdminError::invalid("fault.delayMs", "say how many milliseconds it waits"))
    }
}

impl FaultInput {
    fn read(&self) -> Result<FaultRule, AdminError> {
        let mut rule = FaultRule::new(self.fault.read()?);
        if let Some(name) = &self.operation {
            let known = OPERATIONS.iter().find(|operation| operation.name == name);
            let known = known.ok_or_else(|| {
                let names: Vec<&str> = OPERATIONS.iter().map(|operation| operation.name).collect();
                AdminError::invalid("operation", format!("this is no operation; one is {}", names.join(", ")))
            })?;
            rule = rule.operation_named(known.name);
        }
        if let Some(id) = &self.channel_id {
            rule = rule.channel(id.as_str());
        }
        if let Some(method) = &self.method {
            let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes());
            rule = rule.method(method.map_err(|_| AdminError::invalid("method", "this is no method; one is POST"))?);
        }
        rule = match (&self.path, &self.path_prefix) {
            (Some(path), None) => rule.path(path),
            (None, Some(prefix)) => rule.path_prefix(prefix),
            (None, None) => rule,
            (Some(_), Some(_)) => return Err(AdminError::invalid("pathPrefix", "say either path or pathPrefix")),
        };
        if let Some(times) = self.times {
            rule = rule.times(times);
        }
        if let Some(every) = self.every {
            rule = rule.every(every);
        }
        if let Some(from) = self.from {
            rule = rule.from(from);
        }
        if let Some(probability) = self.probability {
            if !(0.0..=1.0).contains(&probability) {
                return Err(AdminError::invalid("probability", "a probability is from 0 to 1"));
            }
            rule = rule.with_probability(probability);
        }
        Ok(rule)
    }
}

impl From<&Fault> for FaultKindView {
    fn from(fault: &Fault) -> Self {
        let view = |kind| FaultKindView {
            kind,
            status: None,
            delay_ms: None,
            bytes: None,
        };
        let status = |kind, status: StatusCode| FaultKindView {
            status: Some(status.as_u16()),
            ..view(kind)
        };
        let delay = |kind, delay: &Duration| FaultKindView {
            delay_ms: Some(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX)),
            ..view(kind)
        };
        match fault {
            Fault::RefuseConnection => view("REFUSE_CONNECTION"),
            Fault::DropBeforeEffect => view("DROP_BEFORE_EFFECT"),
            Fault::DropAfterEffect => view("DROP_AFTER_EFFECT"),
            Fault::SilenceBeforeEffect => view("SILENCE_BEFORE_EFFECT"),
            Fault::SilenceAfterEffect => view("SILENCE_AFTER_EFFECT"),
            Fault::AnswerBeforeEffect(answer) => status("ANSWER_BEFORE_EFFECT", answer.status()),
            Fault::AnswerAfterEffect(answer) => status("ANSWER_AFTER_EFFECT", answer.status()),
            Fault::StatusBeforeEffect(code) => status("STATUS_BEFORE_EFFECT", *code),
            Fault::StatusAfterEffect(code) => status("STATUS_AFTER_EFFECT", *code),
            Fault::DelayBeforeEffect(time) => delay("DELAY_BEFORE_EFFECT", time),
            Fault::DelayAfterEffect(time) => delay("DELAY_AFTER_EFFECT", time),
            Fault::TearAnswer(bytes) => FaultKindView {
                bytes: Some(*bytes),
                ..view("TEAR_ANSWER")
            },
            Fault::ExpireToken => view("EXPIRE_TOKEN"),
        }
    }
}

impl From<&StandingFault> for FaultView {
    fn from(standing: &StandingFault) -> Self {
        let rule = standing.rule.parts();
        FaultView {
            id: standing.id.number(),
            fault: FaultKindView::from(standing.rule.fault()),
            operation: rule.operation,
            channel_id: rule.channel_id,
            method: rule.method,
            path: rule.path,
            path_prefix: rule.path_prefix,
            times: rule.times,
            every: rule.every,
            from: rule.from,
            probability: rule.probability,
            met: standing.met,
            struck: standing.struck,
        }
    }
}

impl Emulator {
    /// Adds a rule by which requests go wrong, as [`add_fault`](Emulator::add_fault) does.
    ///
    /// # Errors
    /// When the rule is none.
    pub fn create_fault(&self, input: &FaultInput) -> Result<FaultView, AdminError> {
        let id = self.add_fault(input.read()?);
        let standing = self.faults().into_iter().find(|standing| standing.id == id);
        let view = standing.as_ref().map(FaultView::from);
        view.ok_or_else(|| AdminError::not_found("the rule was removed at once"))
    }

    /// Every rule, as [`faults`](Emulator::faults) has them.
    pub fn fault_list(&self) -> Vec<FaultView> {
        self.faults().iter().map(FaultView::from).collect()
    }

    /// Removes the rule of this number.
    ///
    /// # Errors
    /// When there is none.
    pub fn delete_fault(&self, id: u64) -> Result<(), AdminError> {
        if self.remove_fault(FaultId::from_number(id)) {
            return Ok(());
        }
        Err(AdminError::not_found(format!("there is no fault {id}; the list has them")))
    }
}
