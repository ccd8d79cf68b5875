//! What happens when a test's own script is wrong.

use std::fmt;

/// Stops the test at the line that wrote the script.
#[track_caller]
#[expect(
    clippy::panic,
    reason = "a script that cannot be meant is the test's fault, and the test must fail"
)]
pub(crate) fn misuse(what: impl fmt::Display) -> ! {
    panic!("{what}")
}
