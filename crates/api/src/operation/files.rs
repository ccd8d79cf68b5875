//! The operations on files in a portal's file manager.

use std::iter;

use http::{HeaderValue, Method, StatusCode};
use hubchannel_model::{
    DuplicateValidationStrategy, FileId, FileUploadOptions, NewFile, SignedUrl, SignedUrlQuery, UploadedFile,
    Violations,
};

use super::{Credential, Operation, OperationInfo, QueryType, Repeat, Segment, operation, query::parameter, scope};
use crate::{
    Area, Body, Error,
    files::multipart::{self, Form},
};

operation! {
    /// Uploads a file: `POST /files/v3/files`, as a multipart form.
    ///
    /// ```
    /// use hubchannel_api::UploadFile;
    /// use hubchannel_model::{FileAccess, FileFolder, FileUploadOptions, NewFile};
    ///
    /// let options = FileUploadOptions::new(FileAccess::Private);
    /// let file = NewFile::new("lamp.png", FileFolder::Path("/bridge".into()), options);
    /// let upload = UploadFile::new(file, vec![0x89, b'P', b'N', b'G']).set_media_type("image/png");
    /// assert_eq!(upload.content.len(), Some(4));
    /// ```
    ///
    /// The content is read from its source while it is sent, and again from the beginning for each attempt; it is never
    /// in memory as a whole unless it is so already.
    ///
    /// A stack gives an attempt and a call only so much time, in which all of it must be sent: a large file needs
    /// [more](crate::CallOptions::attempt_timeout) of both.
    ///
    /// Repeated when nobody knows whether it was done only where the options make the second time find what the first has
    /// left: `overwrite`, or the strategy `RETURN_EXISTING` for what is there already (documented; not tried). Else a
    /// repeat may upload the file twice, which nothing but the list in HubSpot's file manager tells.
    pub struct UploadFile {
        /// The file's name, its folder, and what is to become of it.
        pub file: NewFile,
        /// What is in the file: bytes, or a source that can be opened again.
        pub content: Body,
        /// The file's MIME type, such as `image/png`; `application/octet-stream` where it is not said.
        pub media_type: Option<String>,
        /// What separates the form's fields: letters, digits and hyphens, at most 70, and not in the content. The client
        /// makes one up that nobody can guess.
        pub boundary: Option<String>,
    }

    /// Uploads this content as this file.
    pub fn new(file: NewFile, content: impl Into<Body>) leaving media_type, boundary;
}

impl UploadFile {
    /// Sets the file's MIME type.
    #[must_use]
    pub fn set_media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    /// Sets what separates the form's fields.
    #[must_use]
    pub fn with_boundary(mut self, boundary: impl Into<String>) -> Self {
        self.boundary = Some(boundary.into());
        self
    }

    fn checked_boundary(&self) -> Result<&str, Error> {
        self.boundary
            .as_deref()
            .filter(|boundary| multipart::is_boundary(boundary))
            .ok_or_else(|| refused("boundary", "must be 1 to 70 letters, digits or hyphens"))
    }
}

fn refused(name: &'static str, rule: &'static str) -> Error {
    Error::invalid_parameter(UploadFile::INFO, name, rule)
}

/// Whether a second upload with these finds the file of the first and adds none.
fn finds_the_first(options: &FileUploadOptions) -> bool {
    options.overwrite.as_ref() == Some(&true)
        || options.duplicate_validation_strategy.as_ref() == Some(&DuplicateValidationStrategy::ReturnExisting)
}

impl Operation for UploadFile {
    type Output = UploadedFile;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "upload_file",
        area: Area::Files,
        method: Method::POST,
        path: &[],
        query: &[],
        success: StatusCode::CREATED,
        effect: Some("uploaded"),
        credential: Credential::PortalToken,
        scopes: scope::FILES_WRITE,
        repeat: Repeat::WithKey,
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        iter::empty()
    }

    fn check(&self) -> Result<(), Violations> {
        self.file.options.check()
    }

    fn body(&self) -> Result<Option<Body>, Error> {
        if self.file.file_name.is_empty() {
            return Err(refused("fileName", "must not be empty"));
        }
        if !self.content.is_repeatable() {
            return Err(refused("content", "must be bytes or a source that can be opened again"));
        }
        let media_type = self.media_type.as_deref().unwrap_or("application/octet-stream");
        if !media_type.contains('/') || HeaderValue::from_str(media_type).is_err() {
            return Err(refused("mediaType", "must be a MIME type, such as image/png"));
        }
        let fields = self
            .file
            .to_fields()
            .map_err(|error| Error::unwritable(Self::INFO, error))?;
        let boundary = self.checked_boundary()?;
        // Whoever gives the name or the folder could end the field and begin others, such as who may see the file.
        let mut texts = fields.iter().map(|(_, value)| value.as_str()).chain([media_type]);
        if texts.any(|text| text.contains(boundary)) {
            return Err(refused("boundary", "must not be in a field of the form"));
        }
        let form = Form {
            boundary,
            fields: &fields,
            file_name: &self.file.file_name,
            media_type,
        };
        Ok(Some(form.with_content(self.content.clone())))
    }

    fn content_type(&self) -> HeaderValue {
        let boundary = self.boundary.as_deref().unwrap_or_default();
        HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"))
            .unwrap_or(HeaderValue::from_static("multipart/form-data"))
    }

    /// An upload has no key. Where its options do what a key is for, it counts as keyed.
    fn is_keyed(&self) -> bool {
        finds_the_first(&self.file.options)
    }
}

operation! {
    /// Gets an address at which anybody can download a private file for a while:
    /// `GET /files/v3/files/{fileId}/signed-url`.
    pub struct GetSignedUrl {
        /// The file: digits.
        pub file_id: FileId,
        /// For how long the address is to work, and what it is to deliver.
        pub query: SignedUrlQuery,
    }

    /// Gets the address of this file.
    pub fn new(file_id: impl Into<FileId>) leaving query;
}

impl GetSignedUrl {
    /// Sets for how many seconds the address is to work.
    #[must_use]
    pub fn set_expiration_seconds(mut self, seconds: u64) -> Self {
        self.query = self.query.set_expiration_seconds(seconds);
        self
    }
}

impl Operation for GetSignedUrl {
    type Output = SignedUrl;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "get_signed_url",
        area: Area::Files,
        method: Method::GET,
        path: &[Segment::Int64("fileId"), Segment::Literal("signed-url")],
        query: &[
            parameter("expirationSeconds", QueryType::Int64),
            parameter("size", QueryType::Text),
            parameter("upscale", QueryType::Boolean),
        ],
        success: StatusCode::OK,
        effect: None,
        credential: Credential::PortalToken,
        scopes: scope::FILES_READ,
        repeat: Repeat::Always,
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        [self.file_id.as_str()].into_iter()
    }

    fn query_pairs(&self) -> Vec<(&'static str, String)> {
        self.query.to_pairs()
    }
}
