//! The files of portals' file managers.

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use hubchannel_api::model::{
    DuplicateValidationScope, DuplicateValidationStrategy, FileAccess, FileFolder, FileId, FolderId, Secret,
    UploadedFile, Url,
};
use serde::{Deserialize, Serialize};

use super::Ids;
use crate::{
    escape::escaped,
    snapshot::{MOST_EVER, SnapshotError},
};

/// What the paths of downloads start with.
pub(crate) const DOWNLOADS: &str = "/emulated-files/";

/// Every file, in the order of uploading, and the addresses under which private ones can be had for a while.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Files {
    /// By place.
    #[serde(with = "crate::snapshot::form::pairs")]
    all: BTreeMap<usize, StoredFile>,
    /// How many there ever were, which is the place of the next.
    ever: usize,
    #[serde(skip)]
    by_id: BTreeMap<FileId, usize>,
    #[serde(skip)]
    bytes: usize,
    /// By portal and path.
    #[serde(with = "crate::snapshot::form::pairs")]
    folders: BTreeMap<(u64, String), FolderId>,
    /// The oldest first.
    signatures: VecDeque<Signature>,
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
            all: BTreeMap::new(),
            ever: 0,
            by_id: BTreeMap::new(),
            bytes: 0,
            folders: BTreeMap::new(),
            signatures: VecDeque::new(),
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
        self.all.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn get(&self, portal_id: u64, id: &FileId) -> Option<&StoredFile> {
        self.find(id).filter(|file| file.portal_id == portal_id)
    }

    fn find(&self, id: &FileId) -> Option<&StoredFile> {
        self.all.get(self.by_id.get(id)?)
    }

    /// The file of any portal.
    pub(crate) fn any(&self, id: &str) -> Option<&StoredFile> {
        self.find(&FileId::from(id))
    }

    /// Stores a file, in the place of another or not at all where its options say so.
    pub(crate) fn store(&mut self, ids: &mut Ids, new: NewFile, now: SystemTime) -> Result<StoredFile, Duplicate> {
        let (folder_id, folder_path) = self.folder(ids, new.portal_id, &new.folder);
        let in_folder = |file: &StoredFile| file.shown.parent_folder_id.as_ref() == Some(&folder_id);
        let named_alike = |file: &StoredFile| file.portal_id == new.portal_id && file.full_name == new.name;
        let same = self.all.values().find(|file| {
            let everywhere = new.scope == Some(DuplicateValidationScope::EntirePortal);
            named_alike(file) && file.content == new.content && (everywhere || in_folder(file))
        });
        let answer = match (&new.strategy, same) {
            (Some(DuplicateValidationStrategy::ReturnExisting), Some(file)) => Some(Ok(file.clone())),
            (Some(DuplicateValidationStrategy::Reject), Some(file)) => {
                Some(Err(Duplicate(file.shown.id.as_ref().cloned().unwrap_or_else(|| "".into()))))
            }
            _ => None,
        };
        if let Some(answer) = answer {
            self.forget_empty(&folder_id);
            return answer;
        }
        let replaces = |(_, file): &(&usize, &StoredFile)| new.overwrite && named_alike(file) && in_folder(file);
        let replaced = self.all.iter().find(replaces).map(|(place, _)| *place);
        let kept = replaced.and_then(|place| self.take(place)).map(|file| file.shown);
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
        let id = stored.shown.id.as_ref().cloned();
        self.by_id.extend(id.map(|id| (id, self.ever)));
        self.bytes = self.bytes.saturating_add(stored.content.len());
        self.all.insert(self.ever, stored.clone());
        self.ever += 1;
        Ok(stored)
    }

    /// Lets the oldest go where there are more than so many, or more than so many bytes in them; how many went.
    pub(super) fn retain(&mut self, most: usize, most_bytes: usize) -> u64 {
        let mut dropped = 0;
        while self.all.len() > 1 && (self.all.len() > most || self.bytes > most_bytes) {
            let oldest = self.all.first_key_value().map(|(place, _)| *place);
            let Some(file) = oldest.and_then(|place| self.take(place)) else {
                break;
            };
            if let Some(id) = file.shown.id.as_ref() {
                self.signatures.retain(|signature| signature.file_id != *id);
            }
            if let Some(folder) = file.shown.parent_folder_id.as_ref() {
                self.forget_empty(folder);
            }
            dropped += 1;
        }
        let more = self.signatures.len().saturating_sub(most.max(1));
        self.signatures.drain(..more);
        dropped
    }

    fn take(&mut self, place: usize) -> Option<StoredFile> {
        let file = self.all.remove(&place)?;
        self.bytes = self.bytes.saturating_sub(file.content.len());
        if let Some(id) = file.shown.id.as_ref() {
            self.by_id.remove(id);
        }
        Some(file)
    }

    /// Forgets the folder's path where nothing is in it.
    fn forget_empty(&mut self, folder: &FolderId) {
        let mut files = self.all.values();
        if !files.any(|file| file.shown.parent_folder_id.as_ref() == Some(folder)) {
            self.folders.retain(|_, id| id != folder);
        }
    }

    /// Fails where files cannot be told apart, and finds again which has which id.
    pub(super) fn check(&mut self) -> Result<(), SnapshotError> {
        self.by_id.clear();
        self.bytes = 0;
        let last = self.all.last_key_value().map(|(place, _)| *place);
        if self.ever >= MOST_EVER || last.is_some_and(|last| last >= self.ever) {
            let message = format!("places of files are less than `ever`, and that is less than {MOST_EVER}");
            return Err(SnapshotError::at("state.files.ever", message));
        }
        for (at, (place, file)) in self.all.iter().enumerate() {
            let path = || format!("state.files.all[{at}][1].shown.id");
            let Some(id) = file.shown.id.as_ref() else {
                return Err(SnapshotError::at(path(), "this has no id"));
            };
            if self.by_id.insert(id.clone(), *place).is_some() {
                return Err(SnapshotError::at(path(), format!("another one has the id {id}")));
            }
            self.bytes = self.bytes.saturating_add(file.content.len());
        }
        Ok(())
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
        self.signatures.push_back(Signature {
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
