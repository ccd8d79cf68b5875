//! Tokens in files.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use hubchannel_api::model::{PortalId, Secret};
use tokio::{runtime::Handle, task::spawn_blocking};

use super::{PortalTokens, Revision, Saved, StoreError, Stored, TokenStore};

/// Keeps the tokens of each portal in a file of a directory. Clones are the same store.
///
/// ```
/// use hubchannel_middleware::{FileTokenStore, StoreError};
///
/// fn store() -> Result<FileTokenStore, StoreError> {
///     FileTokenStore::open("/var/lib/bridge/tokens")
/// }
/// ```
///
/// A file is written beside the one that it replaces, brought to the disk and then renamed, so that there is the old one or
/// the new one at any time and never half of one, whatever fails. On Unix nobody but the program's user can read it, from
/// its first byte on, nor look into a directory that this makes. Elsewhere the directory's rights are inherited.
///
/// A directory belongs to one process at a time, and to the clones of one store in it: programs that run side by side for
/// the same portals need a store that can compare and swap between them, such as a database.
///
/// In a Tokio runtime the files are read and written off its threads.
#[derive(Clone)]
pub struct FileTokenStore(Arc<Inner>);

struct Inner {
    directory: PathBuf,
    /// Held while one file is compared and replaced.
    replacing: Mutex<()>,
}

impl FileTokenStore {
    /// The store in this directory, which is made if it is not there.
    ///
    /// # Errors
    /// When the directory cannot be made or looked into.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let directory = directory.into();
        make(&directory).map_err(|error| failed("the directory cannot be made", error))?;
        sweep(&directory).map_err(|error| failed("the directory cannot be looked into", error))?;
        Ok(FileTokenStore(Arc::new(Inner {
            directory,
            replacing: Mutex::new(()),
        })))
    }

    /// Does it off the runtime's threads, if there is one.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        if Handle::try_current().is_err() {
            return work(&self.0);
        }
        let inner = Arc::clone(&self.0);
        // What has begun is finished, also when nobody waits for it any more.
        let done = spawn_blocking(move || work(&inner)).await;
        done.map_err(|error| StoreError::unavailable("the runtime ends").with_source(error))?
    }
}

#[async_trait]
impl TokenStore for FileTokenStore {
    async fn load(&self, portal: &PortalId) -> Result<Option<Stored>, StoreError> {
        let name = name(portal)?;
        self.run(move |store| store.read(&name)).await
    }

    async fn save(
        &self,
        portal: &PortalId,
        tokens: &PortalTokens,
        replaces: Option<&Revision>,
    ) -> Result<Saved, StoreError> {
        let (name, replaces) = (name(portal)?, replaces.cloned());
        let revision = Revision::new(format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..)));
        let stored = Stored::new(tokens.clone(), revision);
        self.run(move |store| {
            let _alone = store.replacing.lock().unwrap_or_else(PoisonError::into_inner);
            if store.read(&name)?.map(|stored| stored.revision) != replaces {
                return Ok(Saved::Conflict);
            }
            store.write(&name, &stored)?;
            Ok(Saved::Done(stored.revision))
        })
        .await
    }

    async fn remove(&self, portal: &PortalId) -> Result<(), StoreError> {
        let name = name(portal)?;
        self.run(move |store| {
            let _alone = store.replacing.lock().unwrap_or_else(PoisonError::into_inner);
            match fs::remove_file(store.directory.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    Err(failed("the file cannot be removed", error))
                }
                _ => {
                    sync(&store.directory).map_err(|error| failed("the directory cannot be brought to the disk", error))
                }
            }
        })
        .await
    }
}

impl fmt::Debug for FileTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileTokenStore")
            .field("directory", &self.0.directory)
            .finish()
    }
}

impl Inner {
    fn read(&self, name: &str) -> Result<Option<Stored>, StoreError> {
        match fs::read_to_string(self.directory.join(name)) {
            Ok(text) => parse(&text).map(Some).ok_or_else(|| {
                StoreError::broken(format!("the file {name} is not one of a token store, or of a later version of it"))
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("the file cannot be read", error)),
        }
    }

    fn write(&self, name: &str, stored: &Stored) -> Result<(), StoreError> {
        let text = print(stored)?;
        let beside = self.directory.join(format!(".{}{BESIDE}", stored.revision.as_str()));
        let written = write_beside(&beside, text.as_bytes())
            .and_then(|()| fs::rename(&beside, self.directory.join(name)))
            .and_then(|()| sync(&self.directory));
        written.map_err(|error| {
            // It is not there where it was renamed.
            let _ = fs::remove_file(&beside);
            failed("the file cannot be written", error)
        })
    }
}

/// What the name of a file ends with that is not yet in its place.
const BESIDE: &str = ".new";

fn write_beside(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(text)?;
    file.sync_all()
}

fn make(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(directory)
}

/// Removes what a program that ended while it wrote has left behind.
fn sweep(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let left_behind = name
            .to_str()
            .is_some_and(|name| name.starts_with('.') && name.ends_with(BESIDE));
        if left_behind {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Brings to the disk which files there are.
fn sync(directory: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

fn failed(what: &str, error: io::Error) -> StoreError {
    StoreError::unavailable(what).with_source(error)
}

/// The name of a portal's file. Ids come from outside and must not lead out of the directory.
fn name(portal: &PortalId) -> Result<String, StoreError> {
    let id = portal.as_str();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    if id.is_empty() || id.len() > 64 || !id.bytes().all(plain) {
        return Err(StoreError::broken("the portal's id is not fit for a file's name"));
    }
    Ok(format!("{id}.tokens"))
}

const FIRST_LINE: &str = "hubchannel portal tokens 1";
const LAST_LINE: &str = "end";

fn print(stored: &Stored) -> Result<String, StoreError> {
    let tokens = &stored.tokens;
    let mut text = format!("{FIRST_LINE}\nrevision {}\n", stored.revision.as_str());
    let secrets = [
        ("refresh_token", Some(&tokens.refresh_token)),
        ("access_token", tokens.access_token.as_ref()),
    ];
    for (name, secret) in secrets {
        let Some(secret) = secret else { continue };
        if secret.expose().contains(char::is_control) {
            return Err(StoreError::broken("a token has line ends or other control characters in it"));
        }
        text.extend([name, " ", secret.expose(), "\n"]);
    }
    if let Some(time) = tokens.expires_at {
        // What ended before 1970 has ended.
        let time = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        text.push_str(&format!("expires_at {}.{:09}\n", time.as_secs(), time.subsec_nanos()));
    }
    text.push_str(LAST_LINE);
    text.push('\n');
    Ok(text)
}

fn parse(text: &str) -> Option<Stored> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    if lines.next() != Some(FIRST_LINE) || lines.next_back() != Some(LAST_LINE) {
        return None;
    }
    let (mut revision, mut refresh_token, mut access_token, mut expires_at) = (None, None, None, None);
    for line in lines {
        let (name, value) = line.split_once(' ')?;
        match name {
            "revision" => revision = Some(Revision::new(value)),
            "refresh_token" => refresh_token = Some(Secret::new(value)),
            "access_token" => access_token = Some(Secret::new(value)),
            "expires_at" => expires_at = Some(parse_time(value)?),
            _ => return None,
        }
    }
    let tokens = PortalTokens {
        access_token,
        expires_at,
        ..PortalTokens::new(refresh_token?)
    };
    Some(Stored::new(tokens, revision?))
}

fn parse_time(text: &str) -> Option<SystemTime> {
    let (seconds, nanos) = text.split_once('.')?;
    let nanos = nanos.parse().ok().filter(|nanos| *nanos < 1_000_000_000)?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::new(seconds.parse().ok()?, nanos))
}
