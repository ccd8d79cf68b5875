//! A folder for the files of one run, which goes with it.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

use super::failed;
use crate::error::Result;

#[derive(Debug)]
pub(super) struct Room(PathBuf);

impl Room {
    pub(super) fn new() -> Result<Self> {
        let path = env::temp_dir().join(format!("hubchannel-load-{}", process::id()));
        fs::create_dir(&path).map_err(failed("cannot make a folder for temporary files"))?;
        Ok(Room(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.0.join(name);
        fs::write(&path, text).map_err(failed("cannot write a temporary file"))?;
        Ok(path)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // What is left behind is in the folder of temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}
