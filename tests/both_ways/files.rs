//! Files: uploaded, signed, and downloaded.

use std::time::Duration;

use hubchannel::{
    DownloadFile, ErrorKind, GetSignedUrl, UploadFile,
    emulator::{Fault, Seed},
    model::{FileAccess, FileFolder, FileId, FileUploadOptions, NewFile},
};

use crate::hub::{Hub, Told, both_ways};

fn content() -> Vec<u8> {
    (0..=255_u8).cycle().take(100_000).collect()
}

/// Uploads the content; its id.
async fn upload(hub: &Hub) -> FileId {
    let options = FileUploadOptions::new(FileAccess::Private);
    let file = NewFile::new("\u{fc} \"lamp\".bin", FileFolder::Path("/bridge".to_owned()), options);
    let uploaded = hub.files().upload_file(UploadFile::new(file, content())).await.unwrap();
    assert_eq!(uploaded.name.as_deref(), Some("\u{fc} \"lamp\""));
    uploaded.id.as_ref().unwrap().clone()
}

async fn sign(hub: &Hub, id: &FileId) -> DownloadFile {
    let signed = hub.files().get_signed_url(GetSignedUrl::new(id.clone())).await.unwrap();
    DownloadFile::new(signed.url.as_ref().unwrap().expose())
}

#[tokio::test]
async fn a_files_client_uploads_signs_and_downloads() {
    both_ways(Seed::default, async |hub: &Hub| {
        let id = upload(hub).await;
        let call = sign(hub, &id).await;
        let download = hub.files().download_file(call.clone()).await.unwrap().into_inner();
        assert_eq!(download.length(), Some(100_000));
        assert_eq!(download.read().await.unwrap(), content());

        hub.clock.advance(Duration::from_secs(7 * 24 * 3_600));
        let late = hub.files().download_file(call).await.unwrap_err();
        let unknown = hub.files().get_signed_url(GetSignedUrl::new("7")).await.unwrap_err();
        assert!(unknown.is_not_found(), "{unknown}");
        (id, [late, unknown].map(|error| Told::of(hub, &error)))
    })
    .await;
}

#[tokio::test]
async fn a_download_that_breaks_off_is_never_taken_for_whole() {
    both_ways(Seed::default, async |hub: &Hub| {
        let id = upload(hub).await;
        let call = sign(hub, &id).await;
        hub.emulator.fail_next(Fault::TearAnswer(50_000));
        let read = match hub.files().download_file(call.clone()).await {
            Ok(download) => download.into_inner().read().await,
            Err(error) => Err(error),
        };
        assert_eq!(read.unwrap_err().kind(), ErrorKind::Interrupted);
        // And has cost nothing.
        let download = hub.files().download_file(call).await.unwrap().into_inner();
        assert_eq!(download.read().await.unwrap(), content());
    })
    .await;
}

#[tokio::test]
async fn a_download_takes_no_more_than_it_may() {
    both_ways(Seed::default, async |hub: &Hub| {
        let id = upload(hub).await;
        let call = sign(hub, &id).await.set_max_bytes(99_999);
        let read = match hub.files().download_file(call).await {
            Ok(download) => download.into_inner().read().await,
            Err(error) => Err(error),
        };
        let error = read.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ResponseTooLarge);
        (error.outcome_unknown(), error.is_retryable())
    })
    .await;
}
