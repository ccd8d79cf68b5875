//! A package for what needs a browser: the tests beside this file, which `cargo xtask browser` runs.
