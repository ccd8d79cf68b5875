//! Rules for channels and their capabilities.

use super::{Checker, Preflight, Violations};
use crate::{ChannelCapabilities, ChannelPatch, Field, NewChannel, Number, Url};

impl NewChannel {
    /// Checks what registering a channel needs.
    ///
    /// Refused is what HubSpot requires or is known to refuse: a missing name, missing capabilities, and a threading model
    /// or a kind of address that is empty or has been refused (observed), as objects in place of such kinds have been. HubSpot checks these two; one that it does not
    /// describe may be new, so it is advised against and left to HubSpot.
    ///
    /// # Errors
    /// Everything refused, with the path of each member.
    pub fn check(&self) -> Result<(), Violations> {
        Checker::run(|checker| self.walk(checker))
    }

    /// Finds what is refused, as [`check`](NewChannel::check) does, and what is advised against.
    ///
    /// ```
    /// use hubchannel_model::{ChannelCapabilities, NewChannel, ThreadingModel};
    ///
    /// let capabilities = ChannelCapabilities::new(ThreadingModel::IntegrationThreadId)
    ///     .set_outgoing_attachment_types(["FILE", "HOLOGRAM"]);
    /// let body = NewChannel::new("Harbour chat", capabilities).set_webhook_url("http://bridge.example.com/hubspot");
    /// let found = body.preflight();
    /// let paths: Vec<&str> = found.advice().map(|finding| finding.path.as_str()).collect();
    /// assert_eq!(paths, ["capabilities.outgoingAttachmentTypes[1]", "webhookUrl"]);
    /// body.check()?;
    /// # Ok::<(), hubchannel_model::Violations>(())
    /// ```
    pub fn preflight(&self) -> Preflight {
        Checker::preflight(|checker| self.walk(checker))
    }

    fn walk(&self, checker: &mut Checker<'_>) {
        checker.required_name("name", &self.name, "give the name that agents see");
        let remedy = "say what the channel can do";
        if let Some(capabilities) = checker.required("capabilities", &self.capabilities, remedy) {
            checker.at("capabilities", |checker| capabilities.walk(checker));
        }
        walk_addresses(checker, &self.webhook_url, &self.channel_account_connection_redirect_url);
    }
}

impl ChannelPatch {
    /// Checks what changing a channel needs.
    ///
    /// Refused is what is refused of the capabilities of a [`NewChannel`]. What HubSpot makes of a patch without members
    /// is unknown, and of a name or capabilities that are `null` too: all of that is advised against.
    ///
    /// # Errors
    /// Everything refused, with the path of each member.
    pub fn check(&self) -> Result<(), Violations> {
        Checker::run(|checker| self.walk(checker))
    }

    /// Finds what is refused, as [`check`](ChannelPatch::check) does, and what is advised against.
    pub fn preflight(&self) -> Preflight {
        Checker::preflight(|checker| self.walk(checker))
    }

    fn walk(&self, checker: &mut Checker<'_>) {
        if *self == ChannelPatch::default() {
            checker.advise(
                "",
                "changes nothing, which HubSpot refuses of an account",
                "set a member, or do not send it",
            );
        }
        checker.not_cleared("name", &self.name, String::is_empty);
        checker.not_cleared("capabilities", &self.capabilities, |_| false);
        if let Some(capabilities) = self.capabilities.as_ref() {
            checker.at("capabilities", |checker| capabilities.walk(checker));
        }
        walk_addresses(checker, &self.webhook_url, &self.channel_account_connection_redirect_url);
    }
}

/// Where HubSpot calls the bridge, and where it sends users. Whether it insists on https is unknown.
fn walk_addresses(checker: &mut Checker<'_>, webhook: &Field<Url>, redirect: &Field<Url>) {
    for (member, address) in [
        ("webhookUrl", webhook),
        ("channelAccountConnectionRedirectUrl", redirect),
    ] {
        let scheme = address
            .as_deref()
            .map(|address| address.split(':').next().unwrap_or_default());
        if scheme.is_some_and(|scheme| !scheme.eq_ignore_ascii_case("https")) {
            checker.advise(member, "is no https address", "serve it over https, as tokens and messages pass there");
        }
    }
}

impl ChannelCapabilities {
    fn walk(&self, checker: &mut Checker<'_>) {
        checker.each("deliveryIdentifierTypes", &self.delivery_identifier_types, |checker, kind| {
            checker.checked("", kind, &["EMAIL"]);
        });
        if let Some(model) = self.threading_model.as_ref() {
            // As it was spelt; the word without the mistake may fare no better.
            checker.checked("threadingModel", model, &["DELIVERY_IDENTFIER_BASED_THREADING"]);
        }
        checker.each("richText", &self.rich_text, |checker, word| checker.seen(word));
        checker.each("outgoingAttachmentTypes", &self.outgoing_attachment_types, |checker, word| checker.seen(word));
        self.walk_limit(checker, "maxFileAttachmentCount", &self.max_file_attachment_count);
        self.walk_limit(checker, "maxFileAttachmentSizeBytes", &self.max_file_attachment_size_bytes);
        self.walk_limit(checker, "maxTotalFileAttachmentSizeBytes", &self.max_total_file_attachment_size_bytes);
        let odd = self.odd_members();
        for (name, _) in self.extra.iter() {
            if name == "deliveryIdentifierTypes" && self.has_objects(name) {
                checker.refuse(
                    name,
                    "is a list with objects in it, which HubSpot has refused",
                    "list the kinds as strings, such as CHANNEL_SPECIFIC_OPAQUE_ID",
                );
            } else if odd.iter().any(|odd| odd == name) {
                checker.advise(name, "is of another JSON type than has been seen to work", "see that HubSpot takes it");
            } else {
                checker.advise(
                    name,
                    "is a capability that this version does not know, and HubSpot may not either",
                    "see that its name is right",
                );
            }
        }
    }

    fn has_objects(&self, name: &str) -> bool {
        let list = self.extra.decode::<Vec<serde_json::Value>>(name);
        let list = list.ok().flatten().unwrap_or_default();
        list.iter().any(serde_json::Value::is_object)
    }

    fn walk_limit(&self, checker: &mut Checker<'_>, member: &str, limit: &Field<Number>) {
        if limit
            .as_ref()
            .is_some_and(|limit| limit.as_str().parse::<u64>().is_err())
        {
            checker.advise(member, "is no whole number", "write zero or more, in digits alone");
        }
    }
}
