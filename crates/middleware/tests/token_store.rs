//! What every store of tokens does, for each that there is, and what files are beyond that.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test is how this reports")]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use hubchannel_api::model::PortalId;
use hubchannel_middleware::{
    FileTokenStore, MemoryTokenStore, PortalTokens, Revision, Saved, StoreError, Stored, TokenStore,
};
use tempfile::TempDir;

/// A directory of its own, which the store makes, and which is removed with its content.
struct Directory {
    path: PathBuf,
    _place: TempDir,
}

impl Directory {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        Directory {
            path: place.path().join("tokens"),
            _place: place,
        }
    }

    fn store(&self) -> FileTokenStore {
        FileTokenStore::open(&self.path).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn time(seconds: u64, nanos: u32) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos)
}

fn tokens(number: usize) -> PortalTokens {
    PortalTokens::new(format!("hush-refresh-{number}"))
        .with_access_token(format!("hush-access-{number}"), time(1_800_000_000, 123_456_789))
}

async fn saved(store: &dyn TokenStore, portal: &PortalId, tokens: &PortalTokens, over: Option<&Revision>) -> Revision {
    match store.save(portal, tokens, over).await.unwrap() {
        Saved::Done(revision) => revision,
        Saved::Conflict => panic!("a conflict over {over:?}"),
    }
}

/// What every store does.
async fn conforms(store: Arc<dyn TokenStore>) {
    let (one, other) = (PortalId::from("62515"), PortalId::from("62516"));
    assert_eq!(store.load(&one).await.unwrap(), None, "an empty store has nothing");
    store.remove(&one).await.unwrap();

    // What was saved is loaded, to the nanosecond and to the character.
    let long = "x".repeat(512);
    for tokens in [
        PortalTokens::new("refresh"),
        tokens(1),
        PortalTokens::new("").with_access_token("", time(0, 0)),
        PortalTokens::new("with blanks = and \"signs\"").with_access_token(long, time(4_000_000_000, 1)),
        PortalTokens::new("zażółć 🔑"),
    ] {
        let portal = PortalId::from("1");
        let there = store.load(&portal).await.unwrap().map(|stored| stored.revision);
        let revision = saved(&*store, &portal, &tokens, there.as_ref()).await;
        assert_eq!(store.load(&portal).await.unwrap(), Some(Stored::new(tokens, revision)));
    }

    // It saves over the revision that it is told, and over no other.
    let first = saved(&*store, &one, &tokens(1), None).await;
    assert_eq!(store.save(&one, &tokens(2), None).await.unwrap(), Saved::Conflict);
    let second = saved(&*store, &one, &tokens(2), Some(&first)).await;
    assert_ne!(first, second);
    for stale in [None, Some(&first)] {
        assert_eq!(store.save(&one, &tokens(3), stale).await.unwrap(), Saved::Conflict);
    }
    assert_eq!(store.load(&one).await.unwrap(), Some(Stored::new(tokens(2), second.clone())));

    // The same tokens saved again are another revision.
    let third = saved(&*store, &one, &tokens(2), Some(&second)).await;
    assert_ne!(second, third);

    // Portals are apart.
    assert_eq!(store.load(&other).await.unwrap(), None);
    assert_eq!(store.save(&other, &tokens(9), Some(&third)).await.unwrap(), Saved::Conflict);
    saved(&*store, &other, &tokens(9), None).await;
    assert_eq!(store.load(&one).await.unwrap().unwrap().tokens, tokens(2));

    // What is removed is gone, and no revision of it comes back.
    store.remove(&one).await.unwrap();
    assert_eq!(store.load(&one).await.unwrap(), None);
    assert_eq!(store.save(&one, &tokens(4), Some(&third)).await.unwrap(), Saved::Conflict);
    let anew = saved(&*store, &one, &tokens(1), None).await;
    assert!(![first, second, third].contains(&anew), "{anew:?}");
    assert_eq!(store.load(&other).await.unwrap().unwrap().tokens, tokens(9));

    // Of many who save at once over the same revision, one does.
    let savers = (0..16).map(|number| {
        let (store, one, anew) = (Arc::clone(&store), one.clone(), anew.clone());
        tokio::spawn(async move { (number, store.save(&one, &tokens(100 + number), Some(&anew)).await.unwrap()) })
    });
    let mut done = Vec::new();
    for saver in savers.collect::<Vec<_>>() {
        if let (number, Saved::Done(revision)) = saver.await.unwrap() {
            done.push(Stored::new(tokens(100 + number), revision));
        }
    }
    assert_eq!(done.len(), 1);
    assert_eq!(store.load(&one).await.unwrap(), done.pop());

    // Who gives up while it saves has saved all or nothing, and is in nobody's way.
    let there = store.load(&one).await.unwrap().unwrap();
    let given_up = tokens(200);
    {
        let mut save = Box::pin(store.save(&one, &given_up, Some(&there.revision)));
        let _ = std::future::poll_fn(|context| std::task::Poll::Ready(save.as_mut().poll(context))).await;
    }
    loop {
        let found = store.load(&one).await.unwrap().unwrap();
        assert!(found == there || found.tokens == given_up, "{found:?}");
        if let Saved::Done(_) = store.save(&one, &tokens(201), Some(&found.revision)).await.unwrap() {
            break;
        }
    }

    assert!(!format!("{store:?}").contains("hush"), "{store:?}");
}

#[tokio::test]
async fn the_store_in_memory_does_what_every_store_does() {
    conforms(Arc::new(MemoryTokenStore::new())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_store_in_files_does_what_every_store_does() {
    let directory = Directory::new();
    conforms(Arc::new(directory.store())).await;
}

#[test]
fn files_need_no_runtime() {
    let directory = Directory::new();
    let store = directory.store();
    let portal = PortalId::from("1");
    let tokens = PortalTokens::new("hush");
    let mut save = Box::pin(store.save(&portal, &tokens, None));
    let waker = std::task::Waker::noop();
    assert!(
        save.as_mut()
            .poll(&mut std::task::Context::from_waker(waker))
            .is_ready()
    );
}

#[tokio::test]
async fn files_outlive_the_store() {
    let directory = Directory::new();
    let portal = PortalId::from("62515");
    let revision = saved(&directory.store(), &portal, &tokens(1), None).await;
    let stored = directory.store().load(&portal).await.unwrap();
    assert_eq!(stored, Some(Stored::new(tokens(1), revision)));
    assert_eq!(directory.names(), ["62515.tokens"]);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let directory = Directory::new();
    let store = directory.store();
    assert_eq!(mode(&directory.path), 0o700);
    let portal = PortalId::from("62515");
    let first = saved(&store, &portal, &tokens(1), None).await;
    let file = directory.path.join("62515.tokens");
    assert_eq!(mode(&file), 0o600);
    // Not even when the file that is replaced was opened to others.
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    saved(&store, &portal, &tokens(2), Some(&first)).await;
    assert_eq!(mode(&file), 0o600);
}

#[cfg(unix)]
#[tokio::test]
async fn whoever_reads_while_a_file_is_replaced_reads_the_old_one_or_the_new_one() {
    use std::os::unix::fs::MetadataExt as _;
    let directory = Directory::new();
    let store = directory.store();
    let portal = PortalId::from("62515");
    let first = saved(&store, &portal, &tokens(1), None).await;
    let path = directory.path.join("62515.tokens");
    let mut old = fs::File::open(&path).unwrap();
    let before = fs::metadata(&path).unwrap().ino();
    saved(&store, &portal, &tokens(2), Some(&first)).await;
    assert_ne!(fs::metadata(&path).unwrap().ino(), before, "another file in its place, not the same one written over");
    let mut text = String::new();
    std::io::Read::read_to_string(&mut old, &mut text).unwrap();
    assert!(text.contains("hush-refresh-1") && text.ends_with("end\n"));
}

#[tokio::test]
async fn a_file_cut_off_anywhere_is_no_tokens() {
    let directory = Directory::new();
    let store = directory.store();
    let portal = PortalId::from("62515");
    saved(&store, &portal, &tokens(1), None).await;
    let path = directory.path.join("62515.tokens");
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let error = store.load(&portal).await.unwrap_err();
        assert!(!error.is_retryable(), "{length}");
        assert!(!format!("{error} {error:?}").contains("hush"));
        store.save(&portal, &tokens(2), None).await.unwrap_err();
    }
    for wrong in [
        "",
        "{}",
        "hubchannel portal tokens 2\nend\n",
        "hubchannel portal tokens 1\nend\n",
        "\u{0}",
    ] {
        fs::write(&path, wrong).unwrap();
        store.load(&portal).await.unwrap_err();
    }
    store.remove(&portal).await.unwrap();
    assert_eq!(store.load(&portal).await.unwrap(), None);
}

#[tokio::test]
async fn no_id_leads_out_of_the_directory() {
    let directory = Directory::new();
    let store = directory.store();
    for id in [
        "",
        ".",
        "..",
        "../62515",
        "a/b",
        "a\\b",
        "A",
        "62515\n",
        "ü",
        "con:",
        &"1".repeat(65),
    ] {
        let portal = PortalId::from(id);
        let refused = |error: StoreError| assert!(!error.is_retryable(), "{id:?}");
        refused(store.load(&portal).await.unwrap_err());
        refused(store.save(&portal, &tokens(1), None).await.unwrap_err());
        refused(store.remove(&portal).await.unwrap_err());
    }
    assert!(directory.names().is_empty());
}

#[tokio::test]
async fn a_token_that_would_end_its_line_is_not_saved() {
    let directory = Directory::new();
    let store = directory.store();
    let portal = PortalId::from("62515");
    for tokens in [
        PortalTokens::new("hush\nrevision 1"),
        PortalTokens::new("hush\r"),
        PortalTokens::new("x").with_access_token("hush\n", time(1, 0)),
    ] {
        let error = store.save(&portal, &tokens, None).await.unwrap_err();
        assert!(!error.is_retryable() && !format!("{error} {error:?}").contains("hush"));
    }
    assert!(directory.names().is_empty());
}

#[tokio::test]
async fn what_an_interrupted_save_left_behind_is_removed_and_nothing_else() {
    let directory = Directory::new();
    let portal = PortalId::from("62515");
    saved(&directory.store(), &portal, &tokens(1), None).await;
    fs::write(directory.path.join(".0011223344.new"), "half of a hush").unwrap();
    fs::write(directory.path.join("readme.new"), "mine").unwrap();
    let store = directory.store();
    assert_eq!(directory.names(), ["62515.tokens", "readme.new"]);
    assert_eq!(store.load(&portal).await.unwrap().unwrap().tokens, tokens(1));
}

#[tokio::test]
async fn a_directory_that_cannot_be_written_is_told_and_loses_nothing() {
    let directory = Directory::new();
    let store = directory.store();
    let portal = PortalId::from("62515");
    let first = saved(&store, &portal, &tokens(1), None).await;
    // A directory in the file's place can be neither read nor replaced.
    fs::rename(directory.path.join("62515.tokens"), directory.path.join("kept")).unwrap();
    fs::create_dir(directory.path.join("62515.tokens")).unwrap();
    let error = store.save(&portal, &tokens(2), Some(&first)).await.unwrap_err();
    assert!(error.is_retryable());
    assert!(std::error::Error::source(&error).is_some());
    fs::remove_dir(directory.path.join("62515.tokens")).unwrap();
    fs::rename(directory.path.join("kept"), directory.path.join("62515.tokens")).unwrap();
    assert_eq!(store.load(&portal).await.unwrap().unwrap().tokens, tokens(1));

    let file = directory.path.join("62515.tokens");
    assert!(FileTokenStore::open(file).is_err(), "a file is no directory");
}
