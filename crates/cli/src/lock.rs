//! The lock on a file, which only one process has, and which ends with that process however it ends.
//!
//! The file itself is replaced whenever it is saved, so the lock is on an empty file beside it, `.NAME.lock`. That one stays:
//! taken away, it could be locked by one process while the next makes another.

use std::{
    ffi::{OsStr, OsString},
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

/// Held, nobody else has the file.
#[derive(Debug)]
pub(crate) struct Lock {
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
        if path.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let file = lock(&mut options, &beside(&path, ".lock")?)?;
        Ok(Lock { _file: file })
    }
}

#[cfg(unix)]
fn lock(options: &mut OpenOptions, path: &Path) -> Result<File, Error> {
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::{
        fs::{FlockOperation, flock},
        io::Errno,
    };

    let file = options.mode(0o600).open(path)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(Errno::WOULDBLOCK) => Err(Error::Taken),
        Err(error) => Err(Error::Failed(error.into())),
    }
}

#[cfg(windows)]
fn lock(options: &mut OpenOptions, path: &Path) -> Result<File, Error> {
    use std::os::windows::fs::OpenOptionsExt as _;

    const SHARING_VIOLATION: i32 = 32;

    // Nobody else can open it as long as this is open.
    options
        .share_mode(0)
        .open(path)
        .map_err(|error| match error.raw_os_error() {
            Some(SHARING_VIOLATION) => Error::Taken,
            _ => Error::Failed(error),
        })
}

/// Where the file is, behind links; where there is none yet, where it will be.
pub(crate) fn real(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            Ok(fs::canonicalize(folder.unwrap_or(Path::new(".")))?.join(name(path)?))
        }
        found => found,
    }
}

/// A hidden file beside this one, named after it.
pub(crate) fn beside(path: &Path, ending: &str) -> io::Result<PathBuf> {
    let mut hidden = OsString::from(".");
    hidden.push(name(path)?);
    hidden.push(ending);
    Ok(path.with_file_name(hidden))
}

fn name(path: &Path) -> io::Result<&OsStr> {
    path.file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "this names no file"))
}
