//! Files that are handed in.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use hubchannel_api::model::{DuplicateValidationStrategy, FileAccess, FileFolder, FileId, Url};
use serde::{Deserialize, Serialize};

use super::AdminError;
use crate::{
    Emulator,
    changes::ChangeKind,
    state::{NewFile, State, StoredFile},
};

/// Where files are that are uploaded for no message.
const FOLDER: &str = "/emulator";

/// The largest file, in bytes.
const LARGEST: usize = 8 * 1024 * 1024;

/// A file to upload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileUpload {
    /// The portal; the first channel account's unless set.
    pub portal_id: Option<u64>,
    /// The name with its extension.
    pub name: String,
    /// The media type, such as `image/png`.
    pub media_type: String,
    /// What is in it; up to 8 MiB.
    pub content: Bytes,
}

/// A file of a portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FileView {
    /// Its id.
    pub id: FileId,
    /// The portal.
    pub portal_id: u64,
    /// Its name with the extension.
    pub name: String,
    /// Its media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// How many bytes it has.
    pub size: usize,
    /// Where it can be had.
    pub url: Url,
}

/// A file of a message: one that the portal has, or a new one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct FileInput {
    /// The id of one that the portal has; then nothing else is set.
    pub file_id: Option<String>,
    /// The name of a new one, with its extension.
    pub name: Option<String>,
    /// The media type of a new one.
    pub media_type: Option<String>,
    /// What is in a new one, in base64.
    pub base64: Option<String>,
}

/// What a [`FileInput`] says.
pub(super) enum Named {
    Known(FileId),
    New(FileUpload),
}

impl FileInput {
    pub(super) fn read(&self, field: &str) -> Result<Named, AdminError> {
        match self {
            FileInput {
                file_id: Some(id),
                name: None,
                media_type: None,
                base64: None,
            } => Ok(Named::Known(FileId::from(id.as_str()))),
            FileInput {
                file_id: None,
                name: Some(name),
                media_type: Some(media_type),
                base64: Some(base64),
            } => {
                let upload = FileUpload {
                    portal_id: None,
                    name: name.clone(),
                    media_type: media_type.clone(),
                    content: decode(base64).map_err(|error| error.within(field))?,
                };
                check(&upload).map_err(|error| error.within(field))?;
                Ok(Named::New(upload))
            }
            _ => Err(AdminError::invalid(
                field,
                "a file is either {\"fileId\"} of one that is uploaded, or {\"name\", \"mediaType\", \"base64\"} of a new one",
            )),
        }
    }
}

pub(crate) fn decode(base64: &str) -> Result<Bytes, AdminError> {
    let content = STANDARD.decode(base64);
    content
        .map(Bytes::from)
        .map_err(|error| AdminError::invalid("base64", format!("this is no base64 with padding: {error}")))
}

pub(super) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn check(upload: &FileUpload) -> Result<(), AdminError> {
    if upload.name.is_empty() || upload.name.len() > 255 || upload.name.chars().any(|c| c == '/' || c.is_control()) {
        let message = "a file's name has 1 to 255 bytes and neither a slash nor control characters";
        return Err(AdminError::invalid("name", message));
    }
    let parts = upload.media_type.split_once('/');
    let is_token = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    if !parts.is_some_and(|(kind, rest)| is_token(kind) && is_token(rest)) {
        return Err(AdminError::invalid("mediaType", "a media type is of the form image/png"));
    }
    if upload.content.len() > LARGEST {
        return Err(AdminError::invalid("base64", format!("a file has at most {LARGEST} bytes")));
    }
    Ok(())
}

impl State {
    /// Stores a file that anybody can download.
    pub(super) fn take_file(
        &mut self,
        portal_id: u64,
        upload: FileUpload,
        now: std::time::SystemTime,
    ) -> Result<StoredFile, AdminError> {
        let new = NewFile {
            portal_id,
            name: upload.name,
            folder: FileFolder::Path(FOLDER.to_owned()),
            access: FileAccess::PublicNotIndexable,
            overwrite: false,
            strategy: Some(DuplicateValidationStrategy::None),
            scope: None,
            content: upload.content,
            media_type: Some(upload.media_type),
        };
        let stored = self.files.store(&mut self.ids, new, now);
        let stored = stored.map_err(|other| AdminError::refused(format!("the same file is there as {}", other.0)))?;
        let id = stored.shown.id.as_ref().map(ToString::to_string);
        self.changes.note_in(ChangeKind::File, id, None);
        Ok(stored)
    }
}

impl Emulator {
    /// What is in a file, private ones too, and its name and media type.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn file_content(&self, id: &str) -> Result<FileUpload, AdminError> {
        self.look(|state| {
            let file = state.files.any(id);
            let file = file.ok_or_else(|| AdminError::not_found(format!("there is no file {id}")))?;
            Ok(FileUpload {
                portal_id: Some(file.portal_id),
                name: file.full_name.clone(),
                media_type: file.media_type.clone().unwrap_or_default(),
                content: file.content.clone(),
            })
        })
    }

    /// Uploads a file, which anybody can then download.
    ///
    /// # Errors
    /// When its name, its media type or its size are not what they must be, or there is no such portal.
    pub fn upload_file(&self, upload: FileUpload) -> Result<FileView, AdminError> {
        check(&upload)?;
        let portal_id = upload.portal_id.unwrap_or_else(|| self.portal_id());
        self.change(|state, now| {
            state.check_portal(portal_id)?;
            let file = state.take_file(portal_id, upload, now)?;
            Ok(FileView {
                id: file.shown.id.as_ref().cloned().unwrap_or_else(|| "".into()),
                portal_id,
                url: state.files.address(&file),
                name: file.full_name,
                media_type: file.media_type,
                size: file.content.len(),
            })
        })
    }
}
