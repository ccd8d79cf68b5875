//! Which kind of body a recorded file holds, and what is expected of it.
//!
//! A manifest is JSON, such as `xtask/payloads.json`. Each of its `rules` names `files` by a pattern and says their `kind`,
//! and where they are expected to fail: `unreadableAt` one member, or `refusedAt` one or several, with the `reason`.
//! Files without a rule are of the kind that their folder is named by, or has among `folders`. Files that hold no body
//! fit a pattern of `prose`.

use std::collections::{BTreeMap, BTreeSet};

use super::json::{self, Node, Result};
use super::kinds::{self, Kind};

/// What is known of files by their names.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    /// The first one that fits counts.
    rules: Vec<Rule>,
    /// For what no rule fits: the kind by the folder that a file is in.
    folders: BTreeMap<String, &'static str>,
    /// Files that hold no bodies: notes, an index.
    prose: Vec<String>,
}

#[derive(Debug)]
struct Rule {
    files: String,
    expected: Expected,
}

/// What is expected of a file.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    pub(crate) kind: &'static str,
    /// The member at which reading it fails, where it is known to.
    pub(crate) unreadable_at: Option<String>,
    /// The members for which it would be refused before it is sent: all of them.
    pub(crate) refused_at: BTreeSet<String>,
}

impl Manifest {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let document = json::parse(text)?;
        let document = Node::document(&document);
        document.only(|name| ["rules", "folders", "prose"].contains(&name))?;
        let mut manifest = Self::default();
        for rule in document.elements_of("rules")? {
            rule.only(|name| ["files", "kind", "unreadableAt", "refusedAt", "reason"].contains(&name))?;
            let expected = Expected {
                kind: kind(&rule.need("kind")?)?.name,
                unreadable_at: rule.text_of("unreadableAt")?.map(str::to_owned),
                refused_at: rule
                    .get("refusedAt")?
                    .map_or_else(|| Ok(BTreeSet::new()), |node| one_or_more(&node))?,
            };
            if expected.unreadable_at.is_some() && !expected.refused_at.is_empty() {
                return rule.refuse("what cannot be read cannot be refused as well");
            }
            let fails = expected.unreadable_at.is_some() || !expected.refused_at.is_empty();
            if fails && rule.text_of("reason")?.unwrap_or_default().is_empty() {
                return rule.refuse("what is expected to fail needs a `reason`");
            }
            let files = rule.need("files")?;
            let pattern = files.text()?.to_owned();
            // Where a star stands for a star, it stands for whatever that star stands for.
            if let Some(before) = manifest.rules.iter().find(|before| fits(&before.files, &pattern)) {
                let before = &before.files;
                return files
                    .refuse(format!("never counts, since the rule for `{before}` comes before it and fits as well"));
            }
            manifest.rules.push(Rule {
                files: pattern,
                expected,
            });
        }
        for (folder, node) in document.members_of("folders")? {
            manifest.folders.insert(folder.to_owned(), kind(&node)?.name);
        }
        for node in document.elements_of("prose")? {
            manifest.prose.push(node.text()?.to_owned());
        }
        Ok(manifest)
    }

    /// The rules that no file fits although there are files in their folder: typing errors, where the manifest was
    /// written for these files.
    pub(crate) fn unused<'a>(&'a self, paths: &'a [String]) -> impl Iterator<Item = &'a str> {
        let unused = |pattern: &&str| {
            !paths.iter().any(|path| fits(pattern, path))
                && paths.iter().any(|path| fits(folder(pattern), folder(path)))
        };
        self.rules.iter().map(|rule| rule.files.as_str()).filter(unused)
    }

    /// Whether a file holds no body, by its path from the folder that was named, with slashes.
    pub(crate) fn is_prose(&self, path: &str) -> bool {
        self.prose.iter().any(|pattern| fits(pattern, path))
    }

    /// What is expected of a file, by its path likewise; nothing where nobody can tell its kind.
    pub(crate) fn find(&self, path: &str) -> Option<Expected> {
        if let Some(rule) = self.rules.iter().find(|rule| fits(&rule.files, path)) {
            return Some(rule.expected.clone());
        }
        let folder = path.split_once('/').map_or("", |(folder, _)| folder);
        let by_name = kinds::kind(folder).map(|kind| kind.name);
        Some(Expected {
            kind: self.folders.get(folder).copied().or(by_name)?,
            unreadable_at: None,
            refused_at: BTreeSet::new(),
        })
    }
}

fn kind(node: &Node<'_>) -> Result<&'static Kind> {
    let name = node.text()?;
    match kinds::kind(name) {
        Some(kind) => Ok(kind),
        None => node.refuse(format!("there is no kind `{name}`; there are {}", kinds::names().join(", "))),
    }
}

/// A text, or a list of texts.
fn one_or_more(node: &Node<'_>) -> Result<BTreeSet<String>> {
    if !node.value.is_array() {
        return Ok(BTreeSet::from([node.text()?.to_owned()]));
    }
    let texts: BTreeSet<String> = node
        .elements()?
        .iter()
        .map(|node| node.text().map(str::to_owned))
        .collect::<Result<_>>()?;
    match texts.is_empty() {
        true => node.refuse("which members?"),
        false => Ok(texts),
    }
}

/// What stands before the last slash.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a name fits a pattern in which `*` stands for any text without a slash.
fn fits(pattern: &str, name: &str) -> bool {
    pattern.split('/').count() == name.split('/').count()
        && pattern
            .split('/')
            .zip(name.split('/'))
            .all(|(pattern, name)| part_fits(pattern, name))
}

fn part_fits(pattern: &str, name: &str) -> bool {
    let Some((start, pattern)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let (middle, end) = pattern.rsplit_once('*').unwrap_or(("", pattern));
    let Some(name) = name.strip_prefix(start).and_then(|name| name.strip_suffix(end)) else {
        return false;
    };
    // What stands between stars is taken where it comes first, which leaves the most for the rest.
    let mut left = name;
    middle.split('*').all(|text| match left.split_once(text) {
        Some((_, after)) => {
            left = after;
            true
        }
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest::parse(
            r#"{
                "rules": [
                    { "files": "channel/*-rejected-*.json", "kind": "channel-create", "refusedAt": "name", "reason": "so" },
                    { "files": "channel/create-*.json", "kind": "channel-create" }
                ],
                "folders": { "oauth": "error" },
                "prose": ["*.md"]
            }"#,
        )
        .unwrap()
    }

    fn kind_of(path: &str) -> Option<&'static str> {
        let manifest = manifest();
        match manifest.is_prose(path) {
            true => Some("prose"),
            false => manifest.find(path).map(|expected| expected.kind),
        }
    }

    #[test]
    fn a_rule_comes_before_the_folder_and_the_first_rule_before_the_others() {
        assert_eq!(kind_of("channel/create-x.json"), Some("channel-create"));
        assert_eq!(kind_of("channel/read-x.json"), Some("channel"));
        assert_eq!(kind_of("oauth/x.json"), Some("error"));
        assert_eq!(kind_of("webhook/2026/x.ndjson"), Some("webhook"));
        assert_eq!(kind_of("notes.md"), Some("prose"));
        let rejected = manifest().find("channel/create-rejected-x.json").unwrap();
        assert_eq!(rejected.refused_at, BTreeSet::from(["name".to_owned()]));
    }

    #[test]
    fn what_nothing_fits_is_unknown() {
        for path in [
            "x.json",
            "else/x.json",
            "create-x.json",
            "webhook.json",
            "folder/notes.md",
        ] {
            assert_eq!(kind_of(path), None, "{path}");
        }
    }

    #[test]
    fn a_star_stands_for_any_text_within_a_name() {
        for (pattern, name, wanted) in [
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("a*c", "abcd", false),
            ("a*c*", "abcd", true),
            ("*", "a/b", false),
            ("*/*", "a/b", true),
            ("*é", "aé", true),
            ("*b*b", "abab", true),
            ("a*a", "a", false),
            ("**", "", true),
            ("a*bc*bc", "abcbc", true),
            ("a*bc*bc", "abc", false),
            ("*ab*ba*", "aba", false),
            ("*/a", "a", false),
            ("a/*", "a/b/c", false),
        ] {
            assert_eq!(fits(pattern, name), wanted, "{pattern} {name}");
        }
    }

    #[test]
    fn a_pattern_of_many_stars_is_no_work() {
        let name = "a".repeat(10_000);
        assert!(!fits(&format!("{}b", "*a".repeat(5_000)), &name));
        assert!(!fits(&format!("{}b*", "*a".repeat(5_000)), &name));
    }

    #[test]
    fn a_rule_is_unused_where_its_folder_is_there_and_no_file_fits() {
        let rule = |files: &str| format!(r#"{{"files":"{files}","kind":"channel"}}"#);
        let patterns = [
            "a/x-*.json",
            "a/y-*.json",
            "b/*.json",
            "*/y-?.json",
            "stray-*.json",
            "a/b/*.json",
        ];
        let manifest = format!(r#"{{"rules":[{}]}}"#, patterns.map(rule).join(","));
        let manifest = Manifest::parse(&manifest).unwrap();
        let unused = |paths: &[&str]| {
            let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
            manifest.unused(&paths).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(unused(&["a/x-1.json"]), ["a/y-*.json", "*/y-?.json"]);
        assert_eq!(unused(&["b/x-1.json", "x.json"]), ["*/y-?.json", "stray-*.json"]);
        assert_eq!(unused(&["a/b/c/x.json"]), [""; 0]);
    }

    #[test]
    fn a_manifest_that_makes_no_sense_is_refused_with_its_place() {
        for (text, said) in [
            (r#"{"rulse":[]}"#, "`rulse` is not understood here"),
            (r#"{"rules":[{"files":"*","kind":"chanel"}]}"#, "/rules/0/kind: there is no kind `chanel`; there are "),
            (r#"{"rules":[{"kind":"channel"}]}"#, "/rules/0: `files` is missing"),
            (
                r#"{"rules":[{"files":"*","kind":"channel","unreadableAt":"id"}]}"#,
                "/rules/0: what is expected to fail needs a `reason`",
            ),
            (
                r#"{"rules":[{"files":"*","kind":"channel","unreadableAt":"id","refusedAt":"id","reason":"so"}]}"#,
                "/rules/0: what cannot be read cannot be refused as well",
            ),
            (r#"{"rules":[{"files":"*","kind":"channel","refusedAt":[]}]}"#, "/rules/0/refusedAt: which members?"),
            (
                r#"{"rules":[{"files":"*","kind":"channel","refusedAt":["a",1]}]}"#,
                "/rules/0/refusedAt/1: expected a string, found a number",
            ),
            (
                r#"{"rules":[{"files":"a/*.json","kind":"channel"},{"files":"a/x-*.json","kind":"channel"}]}"#,
                "/rules/1/files: never counts, since the rule for `a/*.json` comes before it and fits as well",
            ),
            ("[]", "expected an object, found an array"),
            ("", "not JSON"),
        ] {
            let error = Manifest::parse(text).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
