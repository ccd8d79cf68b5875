//! What agents write.

use std::fmt;

use bytes::Bytes;
use hubchannel_api::model::{ActorId, FileId};

use super::html;

/// What an agent writes: text, formatted or not, and files.
///
/// ```
/// use hubchannel_emulator::AgentMessage;
///
/// let plain = AgentMessage::new("The blue one is in stock");
/// let formatted = AgentMessage::html("<p>The <b>blue</b> one</p>").set_agent("A-7001");
/// let with_file = AgentMessage::new("Here it is").add_new_file("invoice.pdf", "application/pdf", "%PDF-1.7");
/// # let _ = (plain, formatted, with_file);
/// ```
///
/// `Debug` shows how much is said, not what.
#[derive(Clone)]
pub struct AgentMessage {
    pub(crate) text: String,
    pub(crate) rich_text: Option<String>,
    pub(crate) files: Vec<Enclosed>,
    pub(crate) agent: Option<ActorId>,
}

/// A file to send.
#[derive(Clone)]
pub(crate) enum Enclosed {
    /// One of the portal's.
    Known(FileId),
    New {
        name: String,
        media_type: String,
        content: Bytes,
    },
}

impl AgentMessage {
    /// This text; it may be empty beside a file.
    pub fn new(text: impl Into<String>) -> Self {
        AgentMessage {
            text: text.into(),
            rich_text: None,
            files: Vec::new(),
            agent: None,
        }
    }

    /// This formatted text, which the message has beside its plain form.
    pub fn html(html: impl Into<String>) -> Self {
        let html = html.into();
        AgentMessage::new(html::plain(&html)).set_rich_text(html)
    }

    /// Sets the text as HTML beside the plain one.
    #[must_use]
    pub fn set_rich_text(self, html: impl Into<String>) -> Self {
        AgentMessage {
            rich_text: Some(html.into()),
            ..self
        }
    }

    /// Adds a file that the portal has already.
    #[must_use]
    pub fn add_file(mut self, id: impl Into<FileId>) -> Self {
        self.files.push(Enclosed::Known(id.into()));
        self
    }

    /// Adds a file that the agent uploads. It gets an address that anybody can download it from.
    #[must_use]
    pub fn add_new_file(
        mut self,
        name: impl Into<String>,
        media_type: impl Into<String>,
        content: impl Into<Bytes>,
    ) -> Self {
        self.files.push(Enclosed::New {
            name: name.into(),
            media_type: media_type.into(),
            content: content.into(),
        });
        self
    }

    /// Sets who writes, such as `A-7001`; the user 2620022 unless set.
    #[must_use]
    pub fn set_agent(self, id: impl Into<ActorId>) -> Self {
        AgentMessage {
            agent: Some(id.into()),
            ..self
        }
    }
}

impl From<&str> for AgentMessage {
    fn from(text: &str) -> Self {
        AgentMessage::new(text)
    }
}

impl From<String> for AgentMessage {
    fn from(text: String) -> Self {
        AgentMessage::new(text)
    }
}

impl fmt::Debug for AgentMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentMessage")
            .field("text", &format_args!("{} bytes", self.text.len()))
            .field("rich_text", &self.rich_text.as_ref().map(String::len))
            .field("files", &self.files.len())
            .field("agent", &self.agent)
            .finish()
    }
}
