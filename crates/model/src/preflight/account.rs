//! Rules for channel accounts, and for users who connect them.

use super::{Checker, Preflight, Violations, identifier};
use crate::{
    ChannelAccountUpdate, ChannelCapabilities, DeliveryIdentifier, Field, NewChannelAccount, StagingTokenUpdate,
};

impl NewChannelAccount {
    /// Checks what connecting an account needs: inbox, name and `authorized`, and an identifier that is whole.
    ///
    /// # Errors
    /// Everything refused, with the path of each member.
    pub fn check(&self) -> Result<(), Violations> {
        Checker::run(|checker| self.walk(checker, None))
    }

    /// Finds what is refused, as [`check`](NewChannelAccount::check) does, and what is advised against.
    ///
    /// ```
    /// use hubchannel_model::{ChannelCapabilities, DeliveryIdentifier, NewChannelAccount, ThreadingModel};
    ///
    /// let capabilities = ChannelCapabilities::new(ThreadingModel::DeliveryIdentifier)
    ///     .add_delivery_identifier_type("HS_PHONE_NUMBER");
    /// let body = NewChannelAccount::new("1431487401", "Harbour website")
    ///     .set_delivery_identifier(DeliveryIdentifier::opaque("harbour-website"));
    /// let found = body.preflight(Some(&capabilities));
    /// assert!(found.advice().all(|finding| finding.path == "deliveryIdentifier.type"));
    /// body.check()?;
    /// # Ok::<(), hubchannel_model::Violations>(())
    /// ```
    ///
    /// With the channel's capabilities, the account's kind of address is held against those that the channel lists;
    /// whether HubSpot does the same is unknown.
    pub fn preflight(&self, capabilities: Option<&ChannelCapabilities>) -> Preflight {
        Checker::preflight(|checker| self.walk(checker, capabilities))
    }

    fn walk(&self, checker: &mut Checker<'_>, capabilities: Option<&ChannelCapabilities>) {
        checker.required_id("inboxId", &self.inbox_id, "name the inbox or help desk");
        checker.required_name("name", &self.name, "give the name that agents see");
        checker.required("authorized", &self.authorized, "say true, unless the bridge may not use the account yet");
        walk_address(checker, &self.delivery_identifier, capabilities);
    }
}

impl StagingTokenUpdate {
    /// Checks that an identifier, where there is one, is whole.
    ///
    /// # Errors
    /// Everything refused, with the path of each member.
    pub fn check(&self) -> Result<(), Violations> {
        Checker::run(|checker| self.walk(checker, None))
    }

    /// Finds what is refused, as [`check`](StagingTokenUpdate::check) does, and what is advised against, as for a
    /// [`NewChannelAccount`].
    pub fn preflight(&self, capabilities: Option<&ChannelCapabilities>) -> Preflight {
        Checker::preflight(|checker| self.walk(checker, capabilities))
    }

    fn walk(&self, checker: &mut Checker<'_>, capabilities: Option<&ChannelCapabilities>) {
        checker.not_cleared("accountName", &self.account_name, String::is_empty);
        walk_address(checker, &self.delivery_identifier, capabilities);
    }
}

/// The account's own address.
fn walk_address(
    checker: &mut Checker<'_>,
    address: &Field<DeliveryIdentifier>,
    capabilities: Option<&ChannelCapabilities>,
) {
    identifier::walk_optional(checker, address);
    let kind = address.as_ref().and_then(|address| address.r#type.as_ref());
    let listed = capabilities.and_then(|capabilities| capabilities.delivery_identifier_types.as_deref());
    if let (Some(kind), Some(listed)) = (kind, listed)
        && !listed.contains(kind)
    {
        checker.advise(
            "deliveryIdentifier.type",
            "is a kind of address that the channel does not list",
            "use a listed one, or add it to the channel's deliveryIdentifierTypes",
        );
    }
}

impl ChannelAccountUpdate {
    /// Checks that there is something to change: HubSpot refuses a body with neither member (observed).
    ///
    /// # Errors
    /// When both are absent.
    pub fn check(&self) -> Result<(), Violations> {
        Checker::run(|checker| self.walk(checker))
    }

    /// Finds what is refused, as [`check`](ChannelAccountUpdate::check) does, and what is advised against: an empty name,
    /// `null`, and members that HubSpot ignores.
    ///
    /// ```
    /// use hubchannel_model::ChannelAccountUpdate;
    ///
    /// let body = ChannelAccountUpdate::new().set_name("");
    /// let paths: Vec<String> = body.preflight().advice().map(|finding| finding.path.clone()).collect();
    /// assert_eq!(paths, ["name"]);
    /// body.check()?;
    /// # Ok::<(), hubchannel_model::Violations>(())
    /// ```
    pub fn preflight(&self) -> Preflight {
        Checker::preflight(|checker| self.walk(checker))
    }

    fn walk(&self, checker: &mut Checker<'_>) {
        if self.name.is_absent() && self.authorized.is_absent() {
            checker.refuse("", "must change something", "set name or authorized");
        }
        checker.not_cleared("name", &self.name, String::is_empty);
        checker.not_cleared("authorized", &self.authorized, |_| false);
        for (name, _) in self.extra.iter() {
            checker.advise(name, "cannot be changed, and is ignored where seen", "leave it out");
        }
    }
}
