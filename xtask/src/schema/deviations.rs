//! Where the code differs from HubSpot's descriptions on purpose: exact facts, each with its reason.

use std::collections::BTreeSet;

use super::diff::Kind;
use super::files;
use super::json::{self, Node, Result};

/// One fact in which the code differs, in some versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Deviation {
    /// The place, as a report of the check names it. There are no wildcards.
    pub(crate) item: String,
    pub(crate) kind: Kind,
    pub(crate) versions: BTreeSet<String>,
    /// What the code says, in the words of a report; `None` where it says nothing.
    pub(crate) code: Option<String>,
    /// What HubSpot says, likewise.
    pub(crate) hubspot: Option<String>,
    /// The digest of what HubSpot says in full, where the words do not tell it.
    pub(crate) beneath: Option<String>,
}

/// Reads the list. Two entries for one fact are refused.
pub(crate) fn parse(text: &str) -> Result<Vec<Deviation>> {
    let document = json::parse(text)?;
    let mut deviations: Vec<Deviation> = Vec::new();
    for node in Node::document(&document).elements()? {
        node.only(|name| ["item", "kind", "versions", "code", "hubspot", "beneath", "reason"].contains(&name))?;
        let deviation = Deviation {
            item: node.need("item")?.text()?.to_owned(),
            kind: kind(&node.need("kind")?)?,
            versions: versions(&node.need("versions")?)?,
            code: node.text_of("code")?.map(str::to_owned),
            hubspot: node.text_of("hubspot")?.map(str::to_owned),
            beneath: node.text_of("beneath")?.map(str::to_owned),
        };
        if node.need("reason")?.text()?.trim().is_empty() {
            return node.refuse("a deviation needs a reason");
        }
        if deviation.code == deviation.hubspot {
            return node.refuse("`code` and `hubspot` say the same, which is no deviation");
        }
        let same = |other: &Deviation| {
            let facts =
                |of: &Deviation| (of.item.clone(), of.kind, [&of.code, &of.hubspot, &of.beneath].map(Clone::clone));
            facts(other) == facts(&deviation)
        };
        if deviations.iter().any(same) {
            return node.refuse("this deviation is listed before; name all its versions there");
        }
        deviations.push(deviation);
    }
    Ok(deviations)
}

fn kind(node: &Node<'_>) -> Result<Kind> {
    let name = node.text()?;
    match Kind::ALL.into_iter().find(|kind| kind.name() == name) {
        Some(kind) => Ok(kind),
        None => node.refuse(format!("there is no kind `{name}`")),
    }
}

fn versions(node: &Node<'_>) -> Result<BTreeSet<String>> {
    let mut versions = BTreeSet::new();
    for version in node.elements()? {
        let name = version.text()?;
        let known = files::versions();
        if !known.contains(&name) {
            return version.refuse(format!("there is no version `{name}`; there are {}", known.join(", ")));
        }
        if !versions.insert(name.to_owned()) {
            return version.refuse("named twice");
        }
    }
    match versions.is_empty() {
        true => node.refuse("in which versions?"),
        false => Ok(versions),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"item":"A.b","kind":"member","versions":["v3"],"code":"optional string","reason":"so"}"#;

    fn complaint(from: &str, to: &str) -> String {
        let text = format!("[{ONE}]").replace(from, to);
        parse(&text).unwrap_err().to_string()
    }

    #[test]
    fn a_deviation_names_one_fact_and_its_reason() {
        let [deviation] = parse(&format!("[{ONE}]")).unwrap().try_into().unwrap();
        assert_eq!(deviation.item, "A.b");
        assert_eq!((deviation.code.as_deref(), deviation.hubspot), (Some("optional string"), None));
    }

    #[test]
    fn a_list_that_makes_no_sense_is_refused_with_its_place() {
        assert_eq!(complaint("\"so\"", "\" \""), "/0: a deviation needs a reason");
        assert_eq!(complaint(",\"reason\":\"so\"", ""), "/0: `reason` is missing");
        assert_eq!(complaint("member", "membre"), "/0/kind: there is no kind `membre`");
        assert_eq!(complaint("[\"v3\"]", "[]"), "/0/versions: in which versions?");
        assert_eq!(complaint("[\"v3\"]", "[\"v3\",\"v3\"]"), "/0/versions/1: named twice");
        assert!(complaint("\"v3\"", "\"*\"").starts_with("/0/versions/0: there is no version `*`; there are v3, "));
        assert_eq!(
            complaint("\"code\":\"optional string\"", "\"code\":\"x\",\"hubspot\":\"x\""),
            "/0: `code` and `hubspot` say the same, which is no deviation"
        );
        assert_eq!(
            parse(&format!("[{ONE},{ONE}]")).unwrap_err().to_string(),
            "/1: this deviation is listed before; name all its versions there"
        );
        assert!(complaint("\"item\"", "\"itme\"").contains("`itme` is not understood"));
    }
}
