//! Files: uploads to a portal's file manager, and downloads of attachments.

mod address;
mod client;
mod download;
pub(crate) mod multipart;

use std::fmt;

use async_trait::async_trait;
use hubchannel_model::{SignedUrl, UploadedFile};

pub(crate) use self::download::download;
pub use self::{
    client::{FilesClient, FilesClientBuilder},
    download::{Download, DownloadFile},
};
use crate::{Error, GetSignedUrl, Reply, UploadFile};

/// Files of a portal, one method for each operation.
///
/// Code that needs it takes a [`FilesClient`]; this trait is for those who put something else behind one, such as the
/// double `MockFiles` of `hubchannel-mock`. Each method has a body that answers [`Error::unsupported`] or its like.
#[async_trait]
pub trait Files: fmt::Debug + Send + Sync + 'static {
    /// Uploads a file.
    ///
    /// # Errors
    /// See [`Error`]. The file may have been uploaded all the same when [`Error::outcome_unknown`] is true.
    async fn upload_file(&self, call: UploadFile) -> Result<Reply<UploadedFile>, Error> {
        let _ = call;
        Err(Error::unsupported::<UploadFile>())
    }

    /// Gets an address at which anybody can download a private file for a while.
    ///
    /// # Errors
    /// See [`Error`].
    async fn get_signed_url(&self, call: GetSignedUrl) -> Result<Reply<SignedUrl>, Error> {
        let _ = call;
        Err(Error::unsupported::<GetSignedUrl>())
    }

    /// Downloads a file from the address that it came with.
    ///
    /// # Errors
    /// See [`Error`]. What keeps the file from coming whole is an error of the [`Download`].
    async fn download_file(&self, call: DownloadFile) -> Result<Reply<Download>, Error> {
        let _ = call;
        Err(Error::unsupported_operation(DownloadFile::INFO))
    }
}
