//! Files in a portal's file manager, which is where attachments come from.

use crate::{
    DecodeError, Field, FileId, FolderId, Number, Secret, Timestamp, Url, Violations, decode,
    preflight::Checker,
    query::parse,
    wire::{open_enum, record},
};

/// A file to upload: the fields of the form that `POST /files/v3/files` takes, besides the file itself.
///
/// ```
/// use hubchannel_model::{FileAccess, FileFolder, FileUploadOptions, NewFile};
///
/// let options = FileUploadOptions::new(FileAccess::Private);
/// let file = NewFile::new("lamp.png", FileFolder::Path("/bridge".into()), options);
/// assert_eq!(
///     file.to_fields()?,
///     [
///         ("fileName", "lamp.png".to_owned()),
///         ("folderPath", "/bridge".to_owned()),
///         ("options", r#"{"access":"PRIVATE"}"#.to_owned()),
///     ]
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The form is multipart. The part with the file must have a file name, or HubSpot answers that it cannot determine
/// one (observed).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewFile {
    /// The file's name in the file manager.
    pub file_name: String,
    /// Where to put it. HubSpot takes exactly one of the two (documented).
    pub folder: FileFolder,
    /// The character set, for HubSpot to make its guess better.
    pub charset_hunch: Option<String>,
    /// Who may see the file, and for how long it is kept.
    pub options: FileUploadOptions,
}

impl NewFile {
    /// A file of this name.
    pub fn new(file_name: impl Into<String>, folder: FileFolder, options: FileUploadOptions) -> Self {
        NewFile {
            file_name: file_name.into(),
            folder,
            charset_hunch: None,
            options,
        }
    }

    /// Sets the character set.
    #[must_use]
    pub fn set_charset_hunch(mut self, charset: impl Into<String>) -> Self {
        self.charset_hunch = Some(charset.into());
        self
    }

    /// The form's fields, without the file. The options are JSON in a string.
    ///
    /// # Errors
    /// Never for options that were decoded or built here: only an odd number of a user's own could fail.
    pub fn to_fields(&self) -> Result<Vec<(&'static str, String)>, serde_json::Error> {
        let mut fields = vec![("fileName", self.file_name.clone())];
        fields.push(match &self.folder {
            FileFolder::Id(id) => ("folderId", id.as_str().to_owned()),
            FileFolder::Path(path) => ("folderPath", path.clone()),
        });
        fields.extend(self.charset_hunch.clone().map(|charset| ("charsetHunch", charset)));
        fields.push(("options", serde_json::to_string(&self.options)?));
        Ok(fields)
    }

    /// Reads the form's fields, without the file, as a server gets them. Of a name that comes twice the last counts;
    /// unknown names are ignored.
    ///
    /// # Errors
    /// When the name or the options are missing or cannot be read, or unless there is exactly one folder; with the field's
    /// name as the path.
    pub fn from_fields<N: AsRef<str>, V: Into<String>>(
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, DecodeError> {
        let (mut name, mut id, mut path, mut charset_hunch, mut options) = (None, None, None, None, None);
        for (field, value) in fields {
            let place = match field.as_ref() {
                "fileName" => &mut name,
                "folderId" => &mut id,
                "folderPath" => &mut path,
                "charsetHunch" => &mut charset_hunch,
                "options" => &mut options,
                _ => continue,
            };
            *place = Some(value.into());
        }
        let folder = match (id, path) {
            (Some(id), None) => FileFolder::Id(id.into()),
            (None, Some(path)) => FileFolder::Path(path),
            (None, None) => return Err(DecodeError::new("folderPath", &"say either this or folderId")),
            (Some(_), Some(_)) => return Err(DecodeError::new("folderPath", &"say this or folderId, not both")),
        };
        let options: String = options.ok_or_else(|| DecodeError::new("options", &"missing"))?;
        let options = decode(options.as_bytes()).map_err(|error| DecodeError::new("options", &error))?;
        Ok(NewFile {
            file_name: name.ok_or_else(|| DecodeError::new("fileName", &"missing"))?,
            folder,
            charset_hunch,
            options,
        })
    }
}

/// A folder in the file manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileFolder {
    /// By its id.
    Id(FolderId),
    /// By its path, such as `/bridge`.
    Path(String),
}

record! {
    /// Who may see an uploaded file, and for how long it is kept: the form field `options` of an upload, as JSON in a
    /// string.
    ///
    /// Called `FileUploadOptions` here; HubSpot documents it without a name.
    pub struct FileUploadOptions {
        /// Who may see the file. Required.
        pub access: Field<FileAccess> => "access",
        /// How long it is kept, as an ISO 8601 period from one day to one year, such as `P3M`.
        pub ttl: Field<String> => "ttl",
        /// Whether it takes the place of a file of the same name and folder.
        pub overwrite: Field<bool> => "overwrite",
        /// What to do when there is the same file already.
        pub duplicate_validation_strategy: Field<DuplicateValidationStrategy> => "duplicateValidationStrategy",
        /// Where to look for the same file.
        pub duplicate_validation_scope: Field<DuplicateValidationScope> => "duplicateValidationScope",
    }
}

impl FileUploadOptions {
    /// A file that these may see.
    pub fn new(access: impl Into<FileAccess>) -> Self {
        FileUploadOptions {
            access: Field::Value(access.into()),
            ..FileUploadOptions::default()
        }
    }

    /// Sets how long the file is kept.
    #[must_use]
    pub fn set_ttl(mut self, period: impl Into<String>) -> Self {
        self.ttl = Field::Value(period.into());
        self
    }

    /// Sets whether it takes the place of a file of the same name and folder.
    #[must_use]
    pub fn set_overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = Field::Value(overwrite);
        self
    }

    /// Sets what to do when there is the same file already, and where to look for it.
    #[must_use]
    pub fn set_duplicate_validation(
        mut self,
        strategy: impl Into<DuplicateValidationStrategy>,
        scope: impl Into<DuplicateValidationScope>,
    ) -> Self {
        self.duplicate_validation_strategy = Field::Value(strategy.into());
        self.duplicate_validation_scope = Field::Value(scope.into());
        self
    }

    /// Checks that there is an access.
    ///
    /// # Errors
    /// When there is none.
    pub fn check(&self) -> Result<(), Violations> {
        Checker::run(|checker| checker.required_text("access", &self.access, "say who may see the file"))
    }
}

open_enum! {
    /// Who may see a file. A private one will do for an attachment (observed).
    pub enum FileAccess {
        /// Everybody, search engines too.
        PublicIndexable = "PUBLIC_INDEXABLE",
        /// Everybody with the address.
        PublicNotIndexable = "PUBLIC_NOT_INDEXABLE",
        /// Whoever has a signed address; the plain one answers 404 (documented).
        Private = "PRIVATE",
        /// As the first, and not shown in the file manager.
        HiddenIndexable = "HIDDEN_INDEXABLE",
        /// As the second, and not shown in the file manager.
        HiddenNotIndexable = "HIDDEN_NOT_INDEXABLE",
        /// As the third, and not shown in the file manager.
        HiddenPrivate = "HIDDEN_PRIVATE",
        /// Described, and not explained.
        HiddenSensitive = "HIDDEN_SENSITIVE",
        /// Described, and not explained.
        Sensitive = "SENSITIVE",
    }
}

open_enum! {
    /// What to do when there is the same file already.
    pub enum DuplicateValidationStrategy {
        /// Do not look; upload it.
        None = "NONE",
        /// Refuse the new one.
        Reject = "REJECT",
        /// Answer with the one that is there.
        ReturnExisting = "RETURN_EXISTING",
    }
}

open_enum! {
    /// Where to look for the same file.
    pub enum DuplicateValidationScope {
        /// In the whole portal.
        EntirePortal = "ENTIRE_PORTAL",
        /// In the folder that the file goes to.
        ExactFolder = "EXACT_FOLDER",
    }
}

record! {
    /// A file in the file manager, as HubSpot returns it after an upload.
    ///
    /// ```
    /// use hubchannel_model::{FileAttachment, UploadedFile};
    ///
    /// let file: UploadedFile = serde_json::from_str(r#"{"id":"122692044085","name":"lamp","extension":"png"}"#)?;
    /// let attachment = file.id.as_ref().map(|id| FileAttachment::new(id.clone()));
    /// assert!(attachment.is_some());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// Called `File` in HubSpot's descriptions.
    pub struct UploadedFile {
        /// The file's id: what an attachment names it by. An older upload has answered with a number (observed).
        pub id: Field<FileId> => "id",
        /// When it was uploaded.
        pub created_at: Field<Timestamp> => "createdAt",
        /// When it last changed.
        pub updated_at: Field<Timestamp> => "updatedAt",
        /// Whether it is archived.
        pub archived: Field<bool> => "archived",
        /// When it was archived.
        pub archived_at: Field<Timestamp> => "archivedAt",
        /// When it is deleted by itself, in milliseconds since 1970.
        pub expires_at: Field<Number> => "expiresAt",
        /// The folder that it is in.
        pub parent_folder_id: Field<FolderId> => "parentFolderId",
        /// Its name, without the extension.
        pub name: Field<String> => "name",
        /// Its path in the file manager.
        pub path: Field<String> => "path",
        /// Its size in bytes.
        pub size: Field<Number> => "size",
        /// The height of a picture.
        pub height: Field<Number> => "height",
        /// The width of a picture.
        pub width: Field<Number> => "width",
        /// Its character set.
        pub encoding: Field<String> => "encoding",
        /// What it is, such as `IMG` or `DOCUMENT`; not a MIME type.
        pub r#type: Field<String> => "type",
        /// The extension of its name.
        pub extension: Field<String> => "extension",
        /// Its address on HubSpot's own host.
        pub default_hosting_url: Field<Url> => "defaultHostingUrl",
        /// Its address. Of a private file, it answers 404 (documented).
        pub url: Field<Url> => "url",
        /// Whether it may be used on pages.
        pub is_usable_in_content: Field<bool> => "isUsableInContent",
        /// Who may see it.
        pub access: Field<FileAccess> => "access",
        /// Its MD5 digest.
        pub file_md5: Field<String> => "fileMd5",
        /// Described, and not explained.
        pub source_group: Field<String> => "sourceGroup",
    }
}

/// What a signed address is to be good for.
///
/// ```
/// use hubchannel_model::{ImageSize, SignedUrlQuery};
///
/// let query = SignedUrlQuery::default().set_expiration_seconds(60).set_size(ImageSize::Thumb).set_upscale(true);
/// let pairs = [("expirationSeconds", "60"), ("size", "thumb"), ("upscale", "true")];
/// assert_eq!(query.to_pairs(), pairs.map(|(name, value)| (name, value.to_owned())));
/// assert_eq!(SignedUrlQuery::from_pairs(query.to_pairs())?, query);
/// # Ok::<(), hubchannel_model::DecodeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedUrlQuery {
    /// For how many seconds it is to work. How many HubSpot takes at most, and in its absence, is not documented.
    pub expiration_seconds: Option<u64>,
    /// At which size a picture is to be delivered; as it is unless said. The file itself stays as it is (described).
    pub size: Option<ImageSize>,
    /// Whether a picture that is smaller than the size is to be made larger (described).
    pub upscale: Option<bool>,
}

open_enum! {
    /// A size at which a picture is delivered. How many pixels it has is not documented.
    pub enum ImageSize {
        /// An icon.
        Icon = "icon",
        /// A thumbnail.
        Thumb = "thumb",
        /// A preview.
        Preview = "preview",
        /// Of medium size.
        Medium = "medium",
    }
}

impl SignedUrlQuery {
    /// Sets for how many seconds the address is to work.
    #[must_use]
    pub fn set_expiration_seconds(mut self, seconds: u64) -> Self {
        self.expiration_seconds = Some(seconds);
        self
    }

    /// Sets at which size a picture is to be delivered.
    #[must_use]
    pub fn set_size(mut self, size: impl Into<ImageSize>) -> Self {
        self.size = Some(size.into());
        self
    }

    /// Sets whether a picture that is smaller than the size is to be made larger.
    #[must_use]
    pub fn set_upscale(mut self, upscale: bool) -> Self {
        self.upscale = Some(upscale);
        self
    }

    /// The parameters, to be encoded.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let seconds = self
            .expiration_seconds
            .map(|seconds| ("expirationSeconds", seconds.to_string()));
        let size = self.size.as_ref().map(|size| ("size", size.as_str().to_owned()));
        let upscale = self.upscale.map(|upscale| ("upscale", upscale.to_string()));
        seconds.into_iter().chain(size).chain(upscale).collect()
    }

    /// Reads the parameters, decoded already. The last of a name counts; unknown names are ignored.
    ///
    /// # Errors
    /// When a value is not of its type, with the parameter's name as the path.
    pub fn from_pairs<N: AsRef<str>, V: AsRef<str>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, DecodeError> {
        let mut query = SignedUrlQuery::default();
        for (name, value) in pairs {
            let value = value.as_ref();
            match name.as_ref() {
                "expirationSeconds" => query.expiration_seconds = Some(parse("expirationSeconds", value)?),
                "size" => query.size = Some(value.into()),
                "upscale" => query.upscale = Some(parse("upscale", value)?),
                _ => {}
            }
        }
        Ok(query)
    }
}

record! {
    /// An address at which anybody can download a private file for a while: the answer to
    /// `GET /files/v3/files/{fileId}/signed-url`. Called `SignedUrl` in HubSpot's descriptions.
    pub struct SignedUrl {
        /// The address. Whoever has it has the file, so it does not print.
        pub url: Field<Secret> => "url",
        /// Until when it works.
        pub expires_at: Field<Timestamp> => "expiresAt",
        /// The file's name.
        pub name: Field<String> => "name",
        /// The extension of its name.
        pub extension: Field<String> => "extension",
        /// What it is, such as `IMG`.
        pub r#type: Field<String> => "type",
        /// Its size in bytes.
        pub size: Field<Number> => "size",
        /// The height of a picture.
        pub height: Field<Number> => "height",
        /// The width of a picture.
        pub width: Field<Number> => "width",
    }
}
