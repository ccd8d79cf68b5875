//! Runs a fuzz target on its kept seeds.

use std::{fs, panic, path::Path};

/// Hands every seed of the target to `run`, all of them even when one fails, and then fails by naming those that did.
pub(crate) fn each(target: &str, run: impl Fn(&[u8]) + panic::RefUnwindSafe) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/fuzz/seeds")
        .join(target);
    let mut failed = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(&folder).expect("the folder of the seeds") {
        let file = entry.expect("a seed's name").path();
        let seed = fs::read(&file).expect("a seed");
        count += 1;
        if panic::catch_unwind(|| run(&seed)).is_err() {
            failed.push(file);
        }
    }
    assert!(count > 0, "there are no seeds in {}", folder.display());
    assert!(failed.is_empty(), "seeds that fail, for reasons that stand above: {failed:#?}");
}
