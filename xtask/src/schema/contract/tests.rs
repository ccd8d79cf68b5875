use super::*;
use crate::schema::json::{self, Node};

/// The contracts that are checked in.
pub(crate) const CHECKED_IN: [(&str, &str); 4] = [
    ("v3", include_str!("../../../contracts/v3.json")),
    ("2025-09", include_str!("../../../contracts/2025-09.json")),
    ("2026-03", include_str!("../../../contracts/2026-03.json")),
    ("2026-09", include_str!("../../../contracts/2026-09.json")),
];

pub(crate) fn checked_in() -> Vec<Contract> {
    CHECKED_IN.iter().map(|(_, text)| parsed(text).unwrap()).collect()
}

fn parsed(text: &str) -> Result<Contract> {
    Contract::parse(&Node::document(&json::parse(text)?))
}

/// What is said of the v3 contract after its text was changed.
fn complaint(from: &str, to: &str) -> String {
    let text = CHECKED_IN[0].1.replacen(from, to, 1);
    assert_ne!(text, CHECKED_IN[0].1, "{from}");
    parsed(&text).unwrap_err().to_string()
}

#[test]
fn every_contract_is_printed_as_it_is_checked_in() {
    for (version, text) in CHECKED_IN {
        let contract = parsed(text).unwrap();
        assert_eq!(contract.version, version);
        assert_eq!(contract.to_text(), text, "{version}");
    }
}

#[test]
fn every_version_has_thirteen_operations() {
    for contract in checked_in() {
        assert_eq!(contract.operations.len(), 13, "{}", contract.version);
    }
}

#[test]
fn what_is_not_understood_is_refused() {
    assert_eq!(complaint(r#""contract": 1"#, r#""contract": 2"#), "/contract: a contract of another format than 1");
    assert_eq!(
        complaint(r#""servers""#, r#""sevrers""#),
        "`sevrers` is not understood here, and could matter on the wire"
    );
    assert!(complaint(r#""type": "boolean""#, r#""type": "bool""#).ends_with("there is no type `bool`"));
    assert!(complaint(r#""format": "int32""#, r#""fromat": "int32""#).contains("`fromat`"));
    assert!(complaint(r#""GET /"#, r#""GET/"#).ends_with("an operation is named by its method and its path"));
}

#[test]
fn a_fact_that_is_there_twice_is_refused() {
    let text = r#""format": "int32""#;
    assert!(complaint(text, &format!("{text}, {text}")).contains("the member `format` is given twice"));
}

#[test]
fn names_lead_to_something() {
    assert_eq!(
        complaint(r#"{ "record": "Error" }"#, r#"{ "record": "Eror" }"#),
        "there is no schema `Eror`, though the operation GET /conversations/custom-channels/v3 refers to it; add it, or \
         mend the reference"
    );
    assert_eq!(
        complaint(
            r#""ContactUrl": { "type": "object""#,
            r#""ContactUrl": { "record": "ContactUrl" }, "Other": { "type": "object""#
        ),
        "the schema `ContactUrl` refers only to itself; give it a type"
    );
    assert_eq!(
        complaint(r#""oauth2": [""#, r#""oauth3": [""#),
        "there is no security scheme `oauth3`, though it is asked for"
    );
}
