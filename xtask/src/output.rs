//! What a part says on its way: every line goes to standard output through here.

use std::io::{self, ErrorKind, Write as _};

use crate::error::{Error, Result};

/// Writes the text as it is.
///
/// A reader that has gone away, such as `head` in a pipe, has seen enough: that is no error, and how the part ends is
/// told by its exit code all the same.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::failed(format!("cannot write: {error}"))),
        _ => Ok(()),
    }
}
