//! The few things that a `Cargo.toml` says and `cargo metadata` does not repeat.
//!
//! A reader of lines, not of TOML: it knows the spellings `key = value` below a `[table]` and `table.key = value`, which
//! is how every manifest here is written. What it does not understand counts as not said, so a check fails rather than
//! passes by mistake.

/// The text of `table.key`, without quotes.
pub(super) fn value(manifest: &str, table: &str, key: &str) -> Option<String> {
    let wanted = format!("{table}.{key}");
    let mut current = String::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[') {
            current = header.trim_end_matches(']').trim().to_owned();
            continue;
        }
        let Some((name, value)) = line.split_once('=') else {
            continue;
        };
        let name = if current.is_empty() {
            name.trim().to_owned()
        } else {
            format!("{current}.{}", name.trim())
        };
        if name == wanted {
            let value = value.split('#').next().unwrap_or_default();
            return Some(value.trim().trim_matches('"').to_owned());
        }
    }
    None
}

/// Whether the package takes the workspace's lints.
pub(super) fn inherits_lints(manifest: &str) -> bool {
    value(manifest, "lints", "workspace").is_some_and(|value| value == "true")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_its_table() {
        let manifest = "[package]\nedition = \"2021\"\n\n[workspace.package]\nedition = \"2024\" # not 2021\n";
        assert_eq!(value(manifest, "workspace.package", "edition").as_deref(), Some("2024"));
        assert_eq!(value(manifest, "workspace.package", "license"), None);
    }

    #[test]
    fn lints_are_inherited_in_either_spelling() {
        assert!(inherits_lints("[lints]\nworkspace = true\n"));
        assert!(inherits_lints("lints.workspace = true\n\n[package]\nname = \"x\"\n"));
    }

    #[test]
    fn own_lints_are_not_inherited_ones() {
        assert!(!inherits_lints("[lints.rust]\nmissing_docs = \"warn\"\n"));
        assert!(!inherits_lints("[dependencies]\nserde.workspace = true\n"));
        assert!(!inherits_lints("[lints]\n# workspace = true\n"));
    }
}
