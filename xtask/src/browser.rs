//! The tests that need a browser, and what to do where there is none.

use std::process::{Command, Stdio};

use crate::cargo::Cargo;
use crate::error::{Error, Result};

/// The package of these tests. Nothing else runs it, so that everything else can be run without a browser.
pub(crate) const PACKAGE: &str = "hubchannel-browser-tests";

/// The program that starts the browser, and the browser under the names that it has.
const DRIVER: &str = "chromedriver";
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome", "chrome"];

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if !starts(DRIVER) || !BROWSERS.iter().any(|browser| starts(browser)) {
        return Err(missing());
    }
    Cargo::new(["test", "--package", PACKAGE]).args(arguments).run()
}

fn starts(program: &str) -> bool {
    let started = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    started.is_ok_and(|status| status.success())
}

fn missing() -> Error {
    Error::failed(format!(
        "these tests need Chromium and {DRIVER} on the PATH, which were not found.\n\
         Debian and Ubuntu: apt-get install chromium chromium-driver\n\
         Fedora: dnf install chromium chromedriver\n\
         macOS: brew install --cask chromium chromedriver"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_browser_is_told_with_the_way_to_get_one() {
        assert!(!starts("a-program-that-is-nowhere"));
        let told = missing().to_string();
        assert!(told.contains("apt-get install chromium chromium-driver"), "{told}");
    }
}
