//! Rules for a report on how a message fared.

use super::{Checker, Preflight, Violations};
use crate::{StatusType, StatusUpdate};

impl StatusUpdate {
    /// Checks that there is a status which a bridge may report.
    ///
    /// # Errors
    /// When the status is missing, empty, or `RECEIVED`, which only HubSpot sets.
    pub fn check(&self) -> Result<(), Violations> {
        Checker::run(|checker| self.walk(checker))
    }

    /// Finds what is refused, as [`check`](StatusUpdate::check) does, and what is advised against.
    ///
    /// ```
    /// use hubchannel_model::StatusUpdate;
    ///
    /// let found = StatusUpdate::new("DELIVERED").preflight();
    /// assert_eq!(
    ///     found.to_string(),
    ///     "statusType: is a status that HubSpot does not describe for a bridge to report (use SENT, READ or FAILED)"
    /// );
    /// assert_eq!(found.refusals().count(), 0);
    /// ```
    pub fn preflight(&self) -> Preflight {
        Checker::preflight(|checker| self.walk(checker))
    }

    fn walk(&self, checker: &mut Checker<'_>) {
        let (member, remedy) = ("statusType", "use SENT, READ or FAILED");
        checker.required_text(member, &self.status_type, "say how the message fared");
        match self.status_type.as_ref() {
            Some(StatusType::Received) => checker.refuse(member, "is a status that only HubSpot sets", remedy),
            Some(status) if !status.is_named() && !status.as_str().is_empty() => {
                checker.advise(member, "is a status that HubSpot does not describe for a bridge to report", remedy);
            }
            Some(StatusType::Sent | StatusType::Read) if self.error_message.is_value() => {
                checker.advise("errorMessage", "says why the message failed, and it has not", "leave it out");
            }
            _ => {}
        }
        checker.not_cleared("errorMessage", &self.error_message, |_| false);
    }
}
