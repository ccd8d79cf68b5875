//! An agent's reply, as a bridge wants it.

use std::borrow::Cow;

use hubchannel_model::{
    ActorId, Attachment, ChannelAccountId, ChannelEvent, ChannelId, DecodeError, DeliveryIdentifier, FileAttachment,
    IntegrationThreadId, Message, MessageId, OutgoingMessageCreated, PortalId, ThreadId, TruncationStatus,
};

use crate::{DeliveryKey, InlineImage, inline_images};

/// What an event says of a message that is to be delivered: a view that copies nothing.
///
/// ```
/// use hubchannel_model::{ChannelEvents, decode};
/// use hubchannel_webhook::{AgentReply, Threading};
///
/// let events: ChannelEvents = decode(
///     br#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","portalId":"62515","channelIntegrationThreadIds":["chat-42"],
///         "message":{"id":"8a7b","text":"Yes, the blue one","senders":[{"actorId":"A-2620022"}],
///         "recipients":[{"deliveryIdentifier":{"type":"CHANNEL_SPECIFIC_OPAQUE_ID","value":"chat:987654321"}}]}}"#,
/// )?;
/// let reply = AgentReply::of(&events[0]).ok_or("no reply")?;
/// assert_eq!(reply.text(), Some("Yes, the blue one"));
/// assert_eq!(reply.threading(), Threading::OwnIds);
/// assert_eq!(reply.own_thread_ids()?[0], "chat-42");
/// let to = reply.recipient().and_then(|recipient| recipient.value.as_deref());
/// assert_eq!(to, Some("chat:987654321"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// HubSpot publishes no description of these events, so everything may be missing (observed): a bridge that lacks what it
/// needs reports the message as failed rather than guessing whom it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentReply<'e> {
    event: &'e OutgoingMessageCreated,
}

/// What a bridge finds its conversation by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Threading {
    /// By ids that the bridge gave when it published: at least one of them is no number, and HubSpot makes up only
    /// numbers (observed).
    OwnIds,
    /// By ids that are all numbers: the bridge's own, if it gives numbers, or made up by HubSpot where a message was
    /// published without one (observed). Look it up before the recipient. To publish with an id that HubSpot made up has
    /// not worked every time (observed).
    Numbers,
    /// By participants: there is no id, because the channel threads by its addresses, and so the
    /// [`recipient`](AgentReply::recipient) is the conversation.
    Participants,
    /// By ids that are there and cannot be read, so that nobody knows which conversation it is;
    /// [`own_thread_ids`](AgentReply::own_thread_ids) says why. The recipient is no help: one visitor may have several. Let
    /// HubSpot come again until the bridge is mended, or report the message as failed.
    Unreadable,
}

impl<'e> AgentReply<'e> {
    /// The reply, if the event is one.
    pub fn of(event: &'e ChannelEvent) -> Option<Self> {
        match event {
            ChannelEvent::OutgoingMessageCreated(event) => Some(AgentReply { event }),
            _ => None,
        }
    }

    /// The whole event.
    pub fn event(&self) -> &'e OutgoingMessageCreated {
        self.event
    }

    /// The whole message.
    pub fn message(&self) -> Option<&'e Message> {
        self.event.message.as_ref()
    }

    /// The message's id, by which its delivery is reported.
    pub fn message_id(&self) -> Option<&'e MessageId> {
        self.message()?.id.as_ref()
    }

    /// HubSpot's thread, which is no id of the bridge's: for closing it, or for reading more of it.
    pub fn thread_id(&self) -> Option<&'e ThreadId> {
        self.message()?.conversations_thread_id.as_ref()
    }

    /// The ids that the bridge gave the conversation when it published, or that HubSpot made up in their place; see
    /// [`threading`](AgentReply::threading) for which they are.
    ///
    /// There may be several for one thread of HubSpot's (observed: it is a list), and which one the reply is for is then
    /// unknown.
    ///
    /// # Errors
    /// When there are ids and they cannot be read, which is [`Threading::Unreadable`].
    pub fn own_thread_ids(&self) -> Result<Cow<'e, [IntegrationThreadId]>, DecodeError> {
        self.event.integration_thread_ids()
    }

    /// What the bridge finds its conversation by.
    pub fn threading(&self) -> Threading {
        match self.own_thread_ids() {
            Err(_) => Threading::Unreadable,
            Ok(ids) if ids.is_empty() => Threading::Participants,
            Ok(ids) if ids.iter().all(IntegrationThreadId::is_digits) => Threading::Numbers,
            Ok(_) => Threading::OwnIds,
        }
    }

    /// Whom the message is for: the first recipient that has an address.
    pub fn recipient(&self) -> Option<&'e DeliveryIdentifier> {
        self.recipients().next()
    }

    /// Everybody whom the message is for and who has an address.
    pub fn recipients(&self) -> impl Iterator<Item = &'e DeliveryIdentifier> {
        let recipients = self.message().and_then(|message| message.recipients.as_deref());
        let identifiers = recipients.unwrap_or_default().iter();
        let has_address =
            |identifier: &&DeliveryIdentifier| identifier.value.as_ref().is_some_and(|value| !value.is_empty());
        identifiers
            .filter_map(|recipient| recipient.delivery_identifier.as_ref())
            .filter(has_address)
    }

    /// The text without formatting; it may be empty beside an attachment.
    pub fn text(&self) -> Option<&'e str> {
        self.message()?.text.as_deref()
    }

    /// The text as HTML, to be taken as hostile wherever it is shown.
    pub fn rich_text(&self) -> Option<&'e str> {
        self.message()?.rich_text.as_deref()
    }

    /// Whether HubSpot has cut the text, so that the rest has to be read from the thread.
    pub fn is_truncated(&self) -> bool {
        let status = self.message().and_then(|message| message.truncation_status.as_ref());
        status.is_some_and(|status| *status != TruncationStatus::NotTruncated)
    }

    /// Everything attached, of any kind.
    pub fn attachments(&self) -> &'e [Attachment] {
        let attachments = self.message().and_then(|message| message.attachments.as_deref());
        attachments.unwrap_or_default()
    }

    /// The files attached. A private one is downloaded with a signed address.
    pub fn files(&self) -> impl Iterator<Item = &'e FileAttachment> {
        self.attachments().iter().filter_map(|attachment| match attachment {
            Attachment::File(file) => Some(file),
            _ => None,
        })
    }

    /// The images within the HTML, which are not among the attachments where the channel allows inline images (observed).
    pub fn inline_images(&self) -> impl Iterator<Item = InlineImage> + use<'e> {
        inline_images(self.rich_text().unwrap_or_default())
    }

    /// Who wrote it: the first sender's id, or else who created the message. `A-…` is a user of HubSpot, `L-…` a customer
    /// agent, which is a program. There is mostly no name (observed); the actors of the Conversations API have it.
    pub fn agent(&self) -> Option<&'e ActorId> {
        let message = self.message()?;
        let senders = message.senders.as_deref().unwrap_or_default();
        let sender = senders.iter().find_map(|sender| sender.actor_id.as_ref());
        sender.or(message.created_by.as_ref())
    }

    /// The channel that it travels on.
    pub fn channel_id(&self) -> Option<&'e ChannelId> {
        let of_message = || self.message()?.channel_id.as_ref();
        self.event.channel_id.as_ref().or_else(of_message)
    }

    /// The channel account that it travels on.
    pub fn channel_account_id(&self) -> Option<&'e ChannelAccountId> {
        self.message()?.channel_account_id.as_ref()
    }

    /// The portal that it was written in.
    pub fn portal_id(&self) -> Option<&'e PortalId> {
        self.event.portal_id.as_ref()
    }

    /// What tells this message from every other, however often it is delivered.
    pub fn delivery_key(&self) -> DeliveryKey {
        DeliveryKey::of_reply(self)
    }
}
