//! The files of portals' file managers.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use hubchannel_api::model::{
    DuplicateValidationScope, DuplicateValidationStrategy, FileAccess, FileFolder, FileId, FolderId, Secret,
    UploadedFile, Url,
};
use serde::{Deserialize, Serialize};

use super::Ids;
use crate::escape::escaped;

/// What the paths of downloads start with.
pub(crate) const DOWNLOADS: &str = "/emulated-files/";

/// Every file, in the order of uploading, and the addresses under which private ones can be had for a while.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Files {
    all: Vec<StoredFile>,
    /// By portal and path.
    #[serde(with = "crate::snapshot::form::pairs")]
    folders: BTreeMap<(u64, String), FolderId>,
    signatures: Vec<Signature>,
    /// Where the emulator can be reached, without a slash at the end.
    #[serde(skip)]
    base: String,
}

/// A file with what is in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StoredFile {
    pub(crate) portal_id: u64,
    /// What a read shows, but for the address.
    pub(crate) shown: UploadedFile,
    /// With its extension.
    pub(crate) full_name: String,
    #[serde(with = "crate::snapshot::form::base64")]
    pub(crate) content: Bytes,
    pub(crate) media_type: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Signature {
    secret: Secret,
    file_id: FileId,
    #[serde(with = "crate::snapshot::form::time")]
    expires_at: SystemTime,
}

/// A file to store.
#[derive(Clone, Debug)]
pub(crate) struct NewFile {
    pub(crate) portal_id: u64,
    pub(crate) name: String,
    pub(crate) folder: FileFolder,
    pub(crate) access: FileAccess,
    pub(crate) overwrite: bool,
    pub(crate) strategy: Option<DuplicateValidationStrategy>,
    pub(crate) scope: Option<DuplicateValidationScope>,
    pub(crate) content: Bytes,
    pub(crate) media_type: Option<String>,
}

/// The file that is the same as one that must not be doubled.
#[derive(Clone, Debug)]
pub(crate) struct Duplicate(pub(crate) FileId);

impl Default for Files {
    fn default() -> Self {
        Files {
            all: Vec::new(),
            folders: BTreeMap::new(),
            signatures: Vec::new(),
            base: "https://api.hubapi.com".to_owned(),
        }
    }
}

impl StoredFile {
    /// The path under which it is downloaded.
    pub(crate) fn path(&self) -> String {
        let id = self.shown.id.as_ref().map_or("", |id| id.as_str());
        format!("{DOWNLOADS}{id}/{}", escaped(&self.full_name))
    }
}

impl Files {
    /// Says where the emulator can be reached.
    #[cfg(feature = "http")]
    pub(crate) fn serve_at(&mut self, base: &str) {
        base.trim_end_matches('/').clone_into(&mut self.base);
    }

    /// Takes these in the place of all there are; the emulator stays where it is.
    pub(super) fn replace(&mut self, files: Files) {
        *self = Files {
            base: std::mem::take(&mut self.base),
            ..files
        };
    }

    /// Where the file can be had, where nobody has asked for it.
    pub(crate) fn address(&self, file: &StoredFile) -> Url {
        format!("{}{}", self.base, file.path()).into()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &StoredFile> {
        self.all.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn get(&self, portal_id: u64, id: &FileId) -> Option<&StoredFile> {
        self.all
            .iter()
            .find(|file| file.portal_id == portal_id && file.shown.id.as_ref() == Some(id))
    }

    /// The file of any portal.
    pub(crate) fn any(&self, id: &str) -> Option<&StoredFile> {
        let is = |file: &&StoredFile| file.shown.id.as_ref().is_some_and(|own| own == id);
        self.all.iter().find(is)
    }

    /// Stores a file, in the place of another or not at all where its options say so.
    pub(crate) fn store(&mut self, ids: &mut Ids, new: NewFile, now: SystemTime) -> Result<StoredFile, Duplicate> {
        let (folder_id, folder_path) = self.folder(ids, new.portal_id, &new.folder);
        let in_folder = |file: &StoredFile| file.shown.parent_folder_id.as_ref() == Some(&folder_id);
        let named_alike = |file: &StoredFile| file.portal_id == new.portal_id && file.full_name == new.name;
        let same = self.all.iter().find(|file| {
            let everywhere = new.scope == Some(DuplicateValidationScope::EntirePortal);
            named_alike(file) && file.content == new.content && (everywhere || in_folder(file))
        });
        match (&new.strategy, same) {
            (Some(DuplicateValidationStrategy::ReturnExisting), Some(file)) => return Ok(file.clone()),
            (Some(DuplicateValidationStrategy::Reject), Some(file)) => {
                return Err(Duplicate(file.shown.id.as_ref().cloned().unwrap_or_else(|| "".into())));
            }
            _ => {}
        }
        let replaced = self
            .all
            .iter()
            .position(|file| new.overwrite && named_alike(file) && in_folder(file));
        let kept = replaced.and_then(|at| self.all.get(at)).map(|file| file.shown.clone());
        let stored = StoredFile {
            portal_id: new.portal_id,
            shown: UploadedFile::build(|file| {
                let (name, extension) = split(&new.name);
                file.id = match &kept {
                    Some(kept) => kept.id.clone(),
                    None => ids.file().into(),
                };
                file.created_at = match &kept {
                    Some(kept) => kept.created_at.clone(),
                    None => hubchannel_api::model::Timestamp::from(now).into(),
                };
                file.updated_at = hubchannel_api::model::Timestamp::from(now).into();
                file.archived = false.into();
                file.parent_folder_id = folder_id.into();
                file.name = name.into();
                file.path = folder_path
                    .map(|folder| format!("{}/{}", folder.trim_end_matches('/'), new.name))
                    .into();
                file.size = i64::try_from(new.content.len()).unwrap_or(i64::MAX).into();
                file.r#type = kind(new.media_type.as_deref()).into();
                file.extension = extension.map(str::to_owned).into();
                file.access = new.access.into();
            }),
            full_name: new.name,
            content: new.content,
            media_type: new.media_type,
        };
        match replaced.and_then(|at| self.all.get_mut(at)) {
            Some(place) => *place = stored.clone(),
            None => self.all.push(stored.clone()),
        }
        Ok(stored)
    }

    /// The folder's id, and its path where that is known.
    fn folder(&mut self, ids: &mut Ids, portal_id: u64, folder: &FileFolder) -> (FolderId, Option<String>) {
        match folder {
            FileFolder::Id(id) => {
                let known = self
                    .folders
                    .iter()
                    .find(|((portal, _), known)| *portal == portal_id && *known == id);
                (id.clone().into_text(), known.map(|((_, path), _)| path.clone()))
            }
            FileFolder::Path(path) => {
                let path = format!("/{}", path.trim_matches('/'));
                let id = self
                    .folders
                    .entry((portal_id, path.clone()))
                    .or_insert_with(|| ids.folder());
                (id.clone(), Some(path))
            }
        }
    }

    /// What an address needs to deliver a private file for so long.
    pub(crate) fn sign(&mut self, ids: &mut Ids, id: &FileId, expires_at: SystemTime) -> Secret {
        let secret = Secret::from(ids.secret());
        self.signatures.push(Signature {
            secret: secret.clone(),
            file_id: id.clone(),
            expires_at,
        });
        secret
    }

    pub(crate) fn is_signed(&self, id: &FileId, secret: &Secret, now: SystemTime) -> bool {
        self.signatures
            .iter()
            .any(|known| known.file_id == *id && known.expires_at > now && known.secret == *secret)
    }
}

/// When an address that is good for so many seconds ends.
pub(crate) fn end_after(now: SystemTime, seconds: u64) -> Option<SystemTime> {
    now.checked_add(Duration::from_secs(seconds))
}

fn split(name: &str) -> (String, Option<&str>) {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem.to_owned(), Some(extension)),
        _ => (name.to_owned(), None),
    }
}

fn kind(media_type: Option<&str>) -> &'static str {
    match media_type.and_then(|media_type| media_type.split('/').next()) {
        Some("image") => "IMG",
        Some("video") => "MOVIE",
        Some("audio") => "AUDIO",
        Some("text") => "DOCUMENT",
        _ => "OTHER",
    }
}
