//! The lock on a file, which only one process has, and which ends with that process however it ends.
//!
//! The file itself is replaced whenever it is saved, so the lock is on an empty file beside it, `.NAME.lock`. That one stays:
//! taken away, it could be locked by one process while the next makes another.

use std::{
    ffi::{OsStr, OsString},
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// How many links may lead from one to the next.
const MOST_LINKS: usize = 40;

/// Held, nobody else has the file.
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    /// It lasts as long as this is open.
    _file: File,
}

/// Why there is no lock.
#[derive(Debug)]
pub(crate) enum Error {
    /// Another process has it.
    Taken,
    Failed(io::Error),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::Failed(error)
    }
}

impl Lock {
    /// Takes the lock on this file, which need not be there yet.
    pub(crate) fn take(path: &Path) -> Result<Self, Error> {
        let path = real(path)?;
        let file = lock(&beside(&path, ".lock")?)?;
        Ok(Lock { path, _file: file })
    }

    /// The file that is locked: where links led when it was. Where they lead later, others may have the file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(unix)]
fn lock(path: &Path) -> Result<File, Error> {
    use rustix::{
        fs::{FlockOperation, flock},
        io::Errno,
    };

    let file = open(path).map_err(|error| if is_other(path) { no_lock(path) } else { error })?;
    if !file.metadata()?.is_file() {
        return Err(no_lock(path).into());
    }
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(Errno::WOULDBLOCK) => Err(Error::Taken),
        Err(error) => Err(Error::Failed(error.into())),
    }
}

/// Follows no link, which may be somebody else's, and waits for nobody at the other end of a pipe.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};

    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR)?.into())
}

/// Whether there is something that is no file of its own.
#[cfg(unix)]
fn is_other(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| !found.is_file())
}

#[cfg(unix)]
fn no_lock(path: &Path) -> io::Error {
    let path = path.display();
    invalid(&format!("{path}, which locks it, is a link or no ordinary file, and was left alone: take it away"))
}

#[cfg(windows)]
fn lock(path: &Path) -> Result<File, Error> {
    use std::os::windows::fs::OpenOptionsExt as _;

    const SHARING_VIOLATION: i32 = 32;

    // Nobody else can open it as long as this is open.
    fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .share_mode(0)
        .open(path)
        .map_err(|error| match error.raw_os_error() {
            Some(SHARING_VIOLATION) => Error::Taken,
            _ => Error::Failed(error),
        })
}

/// Where the file is, behind links; where there is none yet, where it will be.
fn real(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..=MOST_LINKS {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = fs::canonicalize(folder.unwrap_or(Path::new(".")))?;
        let place = folder.join(name(&path)?);
        match fs::symlink_metadata(&place) {
            Ok(found) if found.is_symlink() => path = folder.join(fs::read_link(&place)?),
            Ok(found) if found.is_file() => return Ok(place),
            Ok(_) => return Err(invalid("this is no ordinary file")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(place),
            Err(error) => return Err(error),
        }
    }
    Err(invalid("too many links lead on from one another, or in a circle"))
}

/// A hidden file beside this one, named after it.
pub(crate) fn beside(path: &Path, ending: &str) -> io::Result<PathBuf> {
    let mut hidden = OsString::from(".");
    hidden.push(name(path)?);
    hidden.push(ending);
    Ok(path.with_file_name(hidden))
}

fn name(path: &Path) -> io::Result<&OsStr> {
    path.file_name().ok_or_else(|| invalid("this names no file"))
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}
