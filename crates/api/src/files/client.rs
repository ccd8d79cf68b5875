//! The handle to files.

use std::{fmt, sync::Arc};

use http::HeaderValue;
use hubchannel_model::{SignedUrl, UploadedFile};

use super::{Download, DownloadFile, Files};
use crate::{
    ApiVersion, BaseUrl, Error, GetSignedUrl, HttpTransport, KeySource, Operation, RandomKeys, Reply, Transport,
    UploadFile,
    http_api::HttpApi,
    operation::{Target, check, checked},
};

/// A handle to a portal's files. Cheap to clone; clones share everything.
///
/// ```
/// use hubchannel_api::{DownloadFile, Error, FilesClient, UploadFile};
/// use hubchannel_model::{FileAccess, FileAttachment, FileFolder, FileUploadOptions, NewFile};
///
/// /// Brings a picture into the portal, to be attached to a message.
/// async fn bring(files: &FilesClient, picture: Vec<u8>) -> Result<Option<FileAttachment>, Error> {
///     let options = FileUploadOptions::new(FileAccess::Private);
///     let file = NewFile::new("lamp.png", FileFolder::Path("/bridge".into()), options);
///     let uploaded = files.upload_file(UploadFile::new(file, picture)).await?;
///     Ok(uploaded.into_inner().id.into_option().map(FileAttachment::new))
/// }
///
/// /// Takes a picture that an agent has sent, of at most 10 MiB.
/// async fn take(files: &FilesClient, url: &str) -> Result<bytes::Bytes, Error> {
///     let download = files.download_file(DownloadFile::new(url).set_max_bytes(10 << 20)).await?;
///     download.into_inner().read().await
/// }
/// ```
///
/// The transport is the same as a [`Client`](crate::Client)'s, with the portal's token; a file on disk is the
/// `FileSource` of `hubchannel-middleware`.
#[derive(Clone)]
pub struct FilesClient {
    api: Arc<dyn Files>,
    keys: Arc<dyn KeySource>,
}

impl FilesClient {
    /// Files over this transport, in `v3`.
    pub fn new(transport: impl HttpTransport) -> Self {
        FilesClient::builder(transport).build()
    }

    /// Files over this transport with settings of their own.
    pub fn builder(transport: impl HttpTransport) -> FilesClientBuilder {
        FilesClientBuilder {
            transport: Transport::new(transport),
            target: Target::default(),
            keys: Arc::new(RandomKeys),
        }
    }

    /// Files over something that is no HTTP at all: a double in a test. It receives what HubSpot would.
    pub fn from_api(api: impl Files) -> Self {
        FilesClient {
            api: Arc::new(api),
            keys: Arc::new(RandomKeys),
        }
    }

    /// Uploads a file. Its options are checked first, see
    /// [`FileUploadOptions::check`](hubchannel_model::FileUploadOptions::check).
    ///
    /// # Errors
    /// See [`Error`]. The kind [`Source`](crate::ErrorKind::Source) is a content that cannot be read or has changed its
    /// length. Where [`Error::outcome_unknown`] is true the file may have been uploaded, and a repeat may upload it
    /// twice, see [`UploadFile`].
    pub async fn upload_file(&self, mut call: UploadFile) -> Result<Reply<UploadedFile>, Error> {
        check(&call)?;
        if call.boundary.is_none() {
            call.boundary = Some(boundary(&self.keys.next_key()));
        }
        let finds_the_first = call.is_keyed();
        self.api
            .upload_file(call)
            .await
            .map_err(|error| error.keyed_if(finds_the_first))
    }

    /// Gets an address at which anybody can download a private file for a while.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get_signed_url(&self, call: GetSignedUrl) -> Result<Reply<SignedUrl>, Error> {
        checked(call, |call| self.api.get_signed_url(call))?.await
    }

    /// Downloads a file from the address that it came with.
    ///
    /// # Errors
    /// See [`Error`]. An address that [`DownloadFile`] does not allow is [invalid](Error::is_invalid); a redirect to one
    /// is of the kind [`Refused`](crate::ErrorKind::Refused). What keeps the file from coming whole is an error of the
    /// [`Download`]. No error shows the address.
    pub async fn download_file(&self, call: DownloadFile) -> Result<Reply<Download>, Error> {
        self.api.download_file(call).await
    }
}

/// A boundary made of a key of any spelling.
fn boundary(key: &str) -> String {
    let fit = |character: char| {
        if character.is_ascii_alphanumeric() {
            character
        } else {
            '-'
        }
    };
    let key = key.chars().take(50).map(fit);
    "hubchannel-".chars().chain(key).collect()
}

impl fmt::Debug for FilesClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilesClient")
            .field("api", &self.api)
            .finish_non_exhaustive()
    }
}

/// Settings of a [`FilesClient`].
#[derive(Debug)]
pub struct FilesClientBuilder {
    transport: Transport,
    target: Target,
    keys: Arc<dyn KeySource>,
}

impl FilesClientBuilder {
    /// The version of the API; `v3` unless set.
    #[must_use]
    pub fn api_version(mut self, version: ApiVersion) -> Self {
        self.target.version = version;
        self
    }

    /// Where the API is; HubSpot's address unless set. It is also the only host that a download takes the token to.
    #[must_use]
    pub fn base_url(mut self, base_url: BaseUrl) -> Self {
        self.target.base_url = base_url;
        self
    }

    /// Names the program in `User-Agent`, before hubchannel's own name and version.
    #[must_use]
    pub fn user_agent(mut self, program: &HeaderValue) -> Self {
        self.target.name_program(program);
        self
    }

    /// Where the text comes from that separates the fields of an upload's form. Whoever can guess it can, by what is in
    /// the file, add fields of his own.
    #[must_use]
    pub fn key_source(mut self, keys: impl KeySource) -> Self {
        self.keys = Arc::new(keys);
        self
    }

    /// The handle.
    pub fn build(self) -> FilesClient {
        FilesClient {
            api: Arc::new(HttpApi::new(self.transport, self.target)),
            keys: self.keys,
        }
    }
}
