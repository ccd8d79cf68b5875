//! Rules for a message to publish.

use super::{Checker, Preflight, Violations};
use crate::{
    Attachment, ChannelCapabilities, Field, MessageDirection, NewMessage, Participant, PreResolvedContacts,
    ThreadingModel,
};

impl NewMessage {
    /// Checks what a publish needs.
    ///
    /// Refused is what HubSpot requires and what cannot mean anything: a missing account, direction, sender or text, a
    /// participant without identifier, an attachment without its required members, a time that is certainly none, an empty
    /// id of HubSpot's, an empty idempotency key. `text` may be empty beside an attachment (observed) or `richText`
    /// (unknown, so advised against). `recipients` and `attachments` may be missing here, because the client writes them.
    ///
    /// # Errors
    /// Everything refused, with the path of each member.
    pub fn check(&self) -> Result<(), Violations> {
        Checker::run(|checker| self.walk(checker, None))
    }

    /// Finds what is refused, as [`check`](NewMessage::check) does, and what is advised against.
    ///
    /// ```
    /// use hubchannel_model::{Channel, DeliveryIdentifier, NewMessage, Participant, decode};
    ///
    /// let channel: Channel = decode(br#"{"capabilities": {"threadingModel": "DELIVERY_IDENTIFIER"}}"#)?;
    /// let visitor = Participant::new(DeliveryIdentifier::opaque("chat:42"));
    /// let body = NewMessage::incoming("3307400689", visitor, "Hello").set_integration_thread_id("chat-42");
    /// let found = body.preflight(channel.capabilities.as_ref());
    /// assert_eq!(
    ///     found.to_string(),
    ///     "integrationThreadId: means nothing in a channel that HubSpot threads by participants (leave it out)"
    /// );
    /// # Ok::<(), hubchannel_model::DecodeError>(())
    /// ```
    ///
    /// With the channel's capabilities, the message is held against its threading model too, and a reply that is
    /// recorded as [`Outgoing`](MessageDirection::Outgoing) against what agents may send: whether they may reply at all, to
    /// how many, with what formatting, images and attachments. None of that is refused: HubSpot is not known to hold a
    /// publish against them. The kinds of address that the channel lists do not limit
    /// who may send (observed), so there is no advice on them.
    pub fn preflight(&self, capabilities: Option<&ChannelCapabilities>) -> Preflight {
        Checker::preflight(|checker| self.walk(checker, capabilities))
    }

    fn walk(&self, checker: &mut Checker<'_>, capabilities: Option<&ChannelCapabilities>) {
        checker.required_id("channelAccountId", &self.channel_account_id, "name the account that the message is on");
        let remedy = "say INCOMING for a visitor's message, OUTGOING for a reply";
        checker.required_text("messageDirection", &self.message_direction, remedy);
        checker.described("messageDirection", &self.message_direction);
        match self.senders.as_deref() {
            None => checker.refuse("senders", "is required", "name at least one sender"),
            Some([]) => checker.refuse("senders", "must not be empty", "name at least one sender"),
            Some(_) => checker.each("senders", &self.senders, |checker, sender| sender.walk(checker)),
        }
        // The client writes both where they are absent.
        if !self.recipients.is_absent() {
            checker.described_list("recipients", &self.recipients, |checker, recipient| recipient.walk(checker));
        }
        self.walk_text(checker);
        if !self.attachments.is_absent() {
            checker.described_list("attachments", &self.attachments, |checker, attachment| attachment.walk(checker));
        }
        if let Some(capabilities) = capabilities.filter(|_| self.message_direction == MessageDirection::Outgoing.into())
        {
            self.advise_on_reply(checker, capabilities);
        }
        self.walk_timestamp(checker);
        self.walk_thread(checker, capabilities);
        checker.optional_text(
            "integrationIdempotencyId",
            &self.integration_idempotency_id,
            "name the message by an id of your own, or leave this out to get a random one",
        );
        checker.optional_id("inReplyToId", &self.in_reply_to_id, "name the message, or leave this out");
        checker.numeric_id(
            "associateWithContactId",
            &self.associate_with_contact_id,
            "write the contact's id without a letter before it",
        );
        if let Some(contacts) = self.pre_resolved_contacts.as_ref() {
            checker.at("preResolvedContacts", |checker| contacts.walk(checker));
        }
    }

    fn walk_text(&self, checker: &mut Checker<'_>) {
        let remedy = "write some; only a message with an attachment may go without text";
        let is_empty = checker
            .required("text", &self.text, remedy)
            .is_some_and(String::is_empty);
        if !is_empty || self.attachments.as_deref().is_some_and(|list| !list.is_empty()) {
            return;
        }
        if self.rich_text.as_deref().is_some_and(|html| !html.is_empty()) {
            checker.advise(
                "text",
                "is empty beside richText, and what HubSpot makes of that is unknown",
                "write the same without formatting",
            );
        } else {
            checker.refuse("text", "must not be empty", remedy);
        }
    }

    fn walk_timestamp(&self, checker: &mut Checker<'_>) {
        let Some(timestamp) = self.timestamp.as_ref().filter(|timestamp| !timestamp.is_plain()) else {
            return;
        };
        let remedy = "write one like 2026-05-27T12:15:00.123Z";
        if timestamp.is_like_a_time() {
            checker.advise("timestamp", "is not a time in the form of RFC 3339, and HubSpot may not take it", remedy);
        } else {
            checker.refuse("timestamp", "is no time", remedy);
        }
    }

    fn walk_thread(&self, checker: &mut Checker<'_>, capabilities: Option<&ChannelCapabilities>) {
        let member = "integrationThreadId";
        let remedy = "name the conversation, or leave this out for a channel that HubSpot threads by participants";
        if self
            .integration_thread_id
            .as_ref()
            .is_some_and(|id| id.as_str().is_empty())
        {
            checker.advise(member, "is empty, which has been sent, and what HubSpot makes of it is unknown", remedy);
        }
        match capabilities.and_then(|capabilities| capabilities.threading_model.as_ref()) {
            Some(ThreadingModel::IntegrationThreadId) if !self.integration_thread_id.is_value() => checker.advise(
                member,
                "is missing in a channel that threads by it, so that HubSpot makes one up",
                "send an id of your own from the conversation's first message on",
            ),
            Some(ThreadingModel::DeliveryIdentifier) if self.integration_thread_id.is_value() => checker.advise(
                member,
                "means nothing in a channel that HubSpot threads by participants",
                "leave it out",
            ),
            _ => {}
        }
    }

    /// What an agent could not have sent over this channel.
    fn advise_on_reply(&self, checker: &mut Checker<'_>, capabilities: &ChannelCapabilities) {
        let forbids = |capability: &Field<bool>| capability.as_ref() == Some(&false);
        if forbids(&capabilities.allow_outgoing_messages) {
            checker.advise(
                "messageDirection",
                "makes it a reply, and the channel does not let agents reply",
                "see that the reply belongs here, or allow outgoing messages in the channel",
            );
        }
        let recipients = self.recipients.as_deref().unwrap_or_default();
        if forbids(&capabilities.allow_multiple_recipients) && recipients.len() > 1 {
            checker.advise(
                "recipients",
                "are several, and the channel allows one",
                "send each a message, or allow multiple recipients in the channel",
            );
        }
        self.advise_on_formatting(checker, capabilities);
        self.advise_on_attachments(checker, capabilities);
    }

    fn advise_on_formatting(&self, checker: &mut Checker<'_>, capabilities: &ChannelCapabilities) {
        let Some(html) = self.rich_text.as_deref().filter(|html| !html.is_empty()) else {
            return;
        };
        if capabilities.rich_text.as_deref().is_some_and(<[_]>::is_empty) {
            checker.advise(
                "richText",
                "is formatted, and the channel is for plain text",
                "leave it out, or list the formatting in the channel's richText",
            );
        }
        if capabilities.allow_inline_images.as_ref() == Some(&false) && has_image(html) {
            checker.advise(
                "richText",
                "has an image in it, and the channel allows none there",
                "attach the image, or allow inline images in the channel",
            );
        }
    }

    fn advise_on_attachments(&self, checker: &mut Checker<'_>, capabilities: &ChannelCapabilities) {
        let files = self.attachments.as_deref().unwrap_or_default().iter();
        let files = files.filter(|attachment| attachment.kind() == Some("FILE")).count();
        if let Some(most) = capabilities.max_file_attachment_count.as_ref()
            && u64::try_from(files).is_ok_and(|files| files > most.whole())
        {
            checker.advise(
                "attachments",
                format_args!("has {files} files, and the channel declares {most} at most"),
                "send the rest in further messages, or raise the channel's limit",
            );
        }
        if let Some(kinds) = capabilities.outgoing_attachment_types.as_deref() {
            checker.each("attachments", &self.attachments, |checker, attachment: &Attachment| {
                if let Some(kind) = attachment.kind()
                    && !kinds.iter().any(|allowed| allowed == kind)
                {
                    checker.advise(
                        "",
                        "is of a kind that the channel does not let agents send",
                        "leave it out, or declare the kind in the channel's outgoingAttachmentTypes",
                    );
                }
            });
        }
    }
}

/// Whether HTML has the beginning of an image in it.
fn has_image(html: &str) -> bool {
    let mut tags = html.split('<').skip(1);
    tags.any(|tag| {
        let (name, rest) = tag.split_at_checked(3).unwrap_or_default();
        name.eq_ignore_ascii_case("img") && !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '-')
    })
}

impl Participant {
    fn walk(&self, checker: &mut Checker<'_>) {
        let remedy = "give the participant's address";
        if let Some(identifier) = checker.required("deliveryIdentifier", &self.delivery_identifier, remedy) {
            checker.at("deliveryIdentifier", |checker| identifier.walk(checker));
        }
        checker.optional_id("senderActorId", &self.sender_actor_id, "name the actor, or leave this out");
    }
}

impl PreResolvedContacts {
    fn walk(&self, checker: &mut Checker<'_>) {
        checker.required_list("contacts", &self.contacts, "name the contacts", |checker, contact| {
            let remedy = "write the contact's id as a number";
            checker.required("contactVid", &contact.contact_vid, remedy);
            checker.numeric_id("contactVid", &contact.contact_vid, remedy);
            checker.described_list(
                "contactPropertiesLeadingToMatch",
                &contact.contact_properties_leading_to_match,
                |_, _| {},
            );
        });
    }
}
