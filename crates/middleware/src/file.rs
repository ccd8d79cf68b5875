//! Files to upload.

use std::{
    fmt,
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use bytes::Bytes;
use hubchannel_api::{Body, BodySource, BodyStream, Reach, TransportError, TransportErrorKind};
use tokio::runtime::Handle;

/// A file on disk as the body of a request: read piece by piece while it is sent, and again from the beginning for each
/// attempt.
///
/// ```no_run
/// use hubchannel_api::Body;
/// use hubchannel_middleware::FileSource;
///
/// # async fn example() -> std::io::Result<()> {
/// let video = Body::from(FileSource::open("/var/spool/bridge/tour.mp4").await?);
/// assert!(video.is_repeatable());
/// # Ok(())
/// # }
/// ```
///
/// The length is that at the time of [`open`](FileSource::open). When the file has another one as it is read, or was
/// written to since then, the request fails with [`TransportErrorKind::Source`] before its last piece is sent. That it was
/// written to is told by the time that the system keeps of it, if it keeps one and as fine as that is. Never more
/// than a few pieces of 64 KiB are in memory. It needs a Tokio runtime, whatever the transport, and reads on the
/// threads which that keeps for blocking work; outside of one it fails. `Debug` shows the length only.
#[derive(Clone)]
pub struct FileSource {
    path: Arc<PathBuf>,
    state: State,
}

/// What tells a file from what it was before.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    length: u64,
    /// When it was last written to, where the system knows.
    modified: Option<SystemTime>,
}

impl State {
    fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        Ok(State {
            length: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }

    fn differs(self, now: State) -> io::Error {
        let (before, after) = (self.length, now.length);
        io::Error::other(if before == after {
            "it has changed meanwhile".to_owned()
        } else {
            format!("it had {before} bytes, and has changed meanwhile: it has {after} now")
        })
    }
}

/// How much is read at once.
const PIECE: usize = 64 << 10;

impl FileSource {
    /// The file at this path.
    ///
    /// # Errors
    /// When there is none, or when it is no ordinary file; and outside of a Tokio runtime.
    pub async fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = Arc::new(path.into());
        let (_, state) = blocking({
            let path = Arc::clone(&path);
            move || opened(&path)
        })
        .await?;
        Ok(FileSource { path, state })
    }
}

impl BodySource for FileSource {
    fn length(&self) -> u64 {
        self.state.length
    }

    fn open(&self) -> BodyStream {
        let FileSource { path, state } = self.clone();
        BodyStream::unfold(Reading::At(path), move |reading| async move {
            blocking(move || reading.piece(state)).await.map_err(|error| {
                TransportError::new(TransportErrorKind::Source, Reach::NotSent, format!("the file to send: {error}"))
                    .with_source(error)
            })
        })
    }
}

impl From<FileSource> for Body {
    fn from(file: FileSource) -> Self {
        Body::from_source(file)
    }
}

impl fmt::Debug for FileSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileSource({} bytes)", self.state.length)
    }
}

/// How far a file has been read.
enum Reading {
    At(Arc<PathBuf>),
    Open { file: File, read: u64 },
}

impl Reading {
    fn piece(self, state: State) -> io::Result<Option<(Bytes, Self)>> {
        let (mut file, read) = match self {
            Reading::Open { file, read } => (file, read),
            Reading::At(path) => match opened(&path)? {
                (file, now) if now == state => (file, 0),
                (_, now) => return Err(state.differs(now)),
            },
        };
        let mut piece = vec![0; PIECE];
        let count = loop {
            match file.read(&mut piece) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        piece.truncate(count);
        let read = read + count as u64;
        let ended = count == 0;
        if ended || read > state.length {
            let now = State::of(&file)?;
            if now != state || read != state.length {
                return Err(state.differs(now));
            }
        }
        Ok((count > 0).then(|| (piece.into(), Reading::Open { file, read })))
    }
}

fn opened(path: &Path) -> io::Result<(File, State)> {
    // Before it is opened, because opening a pipe waits for somebody at its other end.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("no ordinary file"));
    }
    let file = File::open(path)?;
    let state = State::of(&file)?;
    Ok((file, state))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    let Ok(runtime) = Handle::try_current() else {
        return Err(io::Error::other("a file is read on threads of Tokio's, and this is outside of a Tokio runtime"));
    };
    runtime.spawn_blocking(work).await.map_err(io::Error::other)?
}
