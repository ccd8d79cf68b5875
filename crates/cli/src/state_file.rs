//! The file that an emulator goes on from.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hubchannel::{clock::Clock as _, middleware::TokioClock};
use hubchannel_emulator::{Emulator, Snapshot};

use crate::{
    failure::Failure,
    lock::{self, Lock},
    output,
};

/// How long changes are gathered before they are saved.
const PAUSE: Duration = Duration::from_millis(200);

/// Where an emulator is kept. Clones are the same file.
#[derive(Clone, Debug)]
pub(crate) struct StateFile(Arc<Inside>);

#[derive(Debug)]
struct Inside {
    /// Which names the file, and of which another emulator on it has none.
    lock: Lock,
    /// Whether the client secret is somebody's own, which is nothing for a file.
    foreign_secret: bool,
    /// Held from looking at the emulator until that is written, so that what is older never comes later.
    writing: Mutex<()>,
}

impl StateFile {
    /// The file is this emulator's alone until the last clone is dropped, or the process ends however it does.
    pub(crate) fn open(path: &Path, foreign_secret: bool) -> Result<Self, Failure> {
        let lock = Lock::take(path).map_err(|error| {
            let path = path.display();
            Failure::usage(match error {
                lock::Error::Taken => format!(
                    "{path} is in use by another emulator, so this one did not start: end the other one, or name another \
                     file with --state"
                ),
                lock::Error::Failed(error) => format!("cannot keep the state in {path}: {error}"),
            })
        })?;
        Ok(StateFile(Arc::new(Inside {
            lock,
            foreign_secret,
            writing: Mutex::new(()),
        })))
    }

    /// What is in the file; `None` where there is none.
    pub(crate) fn load(&self) -> Result<Option<Snapshot>, Failure> {
        let path = self.0.lock.path();
        let found = fs::read(path);
        let path = path.display();
        let json = match found {
            Ok(json) => json,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::usage(format!("cannot read the state in {path}: {error}"))),
        };
        Snapshot::from_json(&json).map(Some).map_err(|error| {
            Failure::usage(format!(
                "cannot go on from {path}: {error}. The file was not touched: take another one, mend it, move it away to \
                 begin anew, or go on with the version of this program that wrote it"
            ))
        })
    }

    /// Puts all that the emulator holds now into the file.
    pub(crate) fn save(&self, emulator: &Emulator) -> Result<(), String> {
        let _writing = self.0.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut snapshot = emulator.snapshot();
        if self.0.foreign_secret {
            snapshot = snapshot.with_client_secret(Emulator::new().oauth_app().client_secret);
        }
        let path = self.0.lock.path();
        replace(path, &snapshot.to_json())
            .map_err(|error| format!("cannot save the state in {}: {error}", path.display()))
    }

    /// Saves after changes, and does not end.
    pub(crate) async fn keep_saving(&self, emulator: &Emulator) {
        let mut feed = emulator.changes_after(0);
        loop {
            feed.next().await;
            TokioClock.sleep(PAUSE).await;
            // What changes from here on is heard next.
            feed = emulator.changes();
            let (file, emulator) = (self.clone(), emulator.clone());
            let saved = tokio::task::spawn_blocking(move || file.save(&emulator)).await;
            if let Ok(Err(error)) = saved {
                output::note(&error);
            }
        }
    }
}

/// Puts this into the file at once or not at all; nobody but its owner may read it.
fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = lock::beside(path, &format!(".{}.tmp", std::process::id()))?;
    // One that an earlier process of this number has left behind.
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let written = create(&temporary).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()
    });
    let replaced = written.and_then(|()| fs::rename(&temporary, path));
    if replaced.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&temporary);
    }
    replaced
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
