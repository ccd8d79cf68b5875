mod reports;

use std::collections::BTreeSet;

use hubchannel_api::ApiVersion;

use super::{check as try_check, *};
use crate::schema::code::{self, Code};
use crate::schema::contract::tests::checked_in;
use crate::schema::contract::{Member, Schema, Shape};
use crate::schema::deviations;
use crate::schema::mutate::{Mutant, Pair, mutants, pairs};

fn check(code: &Code, contract: &Contract, deviations: &[Deviation], before: Option<&Contract>) -> Report {
    try_check(code, contract, deviations, before).unwrap()
}

fn deviations() -> Vec<Deviation> {
    deviations::parse(include_str!("../../../contracts/deviations.json")).unwrap()
}

/// Each version with what the code says of it and what HubSpot does.
fn versions() -> Vec<(Code, Contract)> {
    ApiVersion::ALL.into_iter().map(code::of).zip(checked_in()).collect()
}

fn v3() -> (Code, Contract) {
    versions().remove(0)
}

fn object<'c>(contract: &'c mut Contract, record: &str) -> &'c mut std::collections::BTreeMap<String, Member> {
    match &mut contract.records.get_mut(record).unwrap().shape {
        Shape::Object(object) => &mut object.members,
        _ => panic!("{record} is no object"),
    }
}

/// The report on the v3 contract after it was changed.
fn report(change: impl FnOnce(&mut Contract)) -> String {
    let (code, contract) = v3();
    let mut changed = contract.clone();
    change(&mut changed);
    to_text(&check(&code, &changed, &deviations(), Some(&contract)))
}

#[test]
fn the_code_accounts_for_every_description() {
    for (code, contract) in versions() {
        let report = check(&code, &contract, &deviations(), None);
        assert!(report.findings.is_empty(), "{}", to_text(&report));
        assert_eq!(code.contract.operations.len(), 13);
    }
}

#[test]
fn every_single_mutation_of_a_description_is_found_and_nothing_else() {
    for (code, contract) in versions() {
        let deviations = deviations();
        for mutant in mutants(&contract) {
            let report = check(&code, &mutant.contract, &deviations, Some(&contract));
            let items: BTreeSet<&str> = report.findings.iter().map(|finding| finding.item.as_str()).collect();
            let deviates = |item: &str| deviations.iter().any(|deviation| deviation.item == item);
            // What the code takes anyway is told of only where a deviation is listed with it.
            if !diff::diff(&contract, &mutant.contract)
                .unwrap()
                .iter()
                .any(|change| matters(&code, change))
            {
                assert!(items.iter().all(|item| deviates(item)), "{}: {}", mutant.what, to_text(&report));
            } else {
                assert_eq!(items.len(), 1, "{}: {}", mutant.what, to_text(&report));
            }
            if items.is_empty() {
                continue;
            }
            for finding in &report.findings {
                names_its_enum(&code, finding);
                let is_there = is_place(&code, finding, &mutant, deviates(&finding.item));
                assert!(is_there, "{}: {}", mutant.what, to_text(&report));
            }
            if !items.iter().any(|item| deviates(item)) {
                let found: Vec<_> = report.findings.iter().map(said).collect();
                let wanted: Vec<_> = mutant
                    .reports
                    .iter()
                    .map(|(kind, was, now)| (*kind, was.is_some(), now.clone()))
                    .collect();
                assert_eq!(found, wanted, "{}", mutant.what);
            }
        }
    }
}

/// Of a value or a kind that differs, the enum is told that names what the code has at its place, and of nothing else.
fn names_its_enum(code: &Code, finding: &Finding) {
    let What::Differs {
        kind: kind @ (Kind::EnumValue | Kind::Alternative),
        code: was,
        hubspot: now,
        ..
    } = &finding.what
    else {
        return assert!(finding.of_enum.is_none(), "{finding:?}");
    };
    let of = finding.of_enum.unwrap_or_else(|| panic!("{finding:?}"));
    assert_eq!(reports::declared_at(of.file, of.line), of.name, "{finding:?}");
    let is_named = |said: &Said| match kind {
        Kind::Alternative => kind_of(code, &said.text).is_some_and(|kind| of.named.contains(&kind)),
        _ => of.named.contains(&said.text.as_str()),
    };
    assert!(was.as_ref().is_none_or(is_named), "{finding:?}");
    assert!(!now.as_ref().is_some_and(is_named), "{finding:?}");
}

/// The `type` of a record of the code.
fn kind_of<'c>(code: &'c Code, record: &str) -> Option<&'c str> {
    match &code.contract.records.get(record)?.shape {
        Shape::Object(object) => object.members["type"].schema.values.first().map(String::as_str),
        _ => None,
    }
}

#[test]
fn of_two_mutations_at_once_each_is_found_or_is_in_what_the_other_took_away() {
    let (mut apart, mut hidden) = (0, 0);
    for (code, contract) in versions() {
        let deviations = deviations();
        let findings = |contract: &Contract| check(&code, contract, &deviations, None).findings;
        for Pair { first, second, both } in pairs(&contract, 64) {
            if first.touches(&second) {
                continue;
            }
            let found = findings(&both);
            let (_, reached) = diff::diff_with_pairs(&code.contract, &both).unwrap();
            let (_, before) = diff::diff_with_pairs(&code.contract, &contract).unwrap();
            // Each deviation that is listed beneath what is gone stands as a note beside it.
            let is_noted = |item: &str| found.iter().any(|of| of.notes.iter().any(|note| note.contains(item)));
            for mutant in [&first, &second] {
                let is_there = match &mutant.root {
                    Root::Record(name) => {
                        let leads = |pairs: &diff::Pairs| pairs.keys().filter(|(_, hubspot)| hubspot == name).count();
                        leads(&reached) == leads(&before)
                    }
                    _ => true,
                };
                for alone in findings(&mutant.contract) {
                    let is_it = |of: &&Finding| of.item == alone.item && kind(of) == kind(&alone);
                    let same = found.iter().find(is_it);
                    match is_there {
                        true => assert!(same.is_some() || is_noted(&alone.item), "{} {}", first.what, second.what),
                        false => assert!(!found.is_empty(), "{} {}", first.what, second.what),
                    }
                    if same.is_some() { apart += 1 } else { hidden += 1 }
                }
            }
        }
    }
    assert!(apart > 200 && hidden > 20, "{apart} apart, {hidden} hidden");
}

fn kind(finding: &Finding) -> (Kind, bool) {
    match &finding.what {
        What::Differs { kind, .. } => (*kind, true),
        What::Stale(kind) => (*kind, false),
    }
}

/// Whether a finding is about the place of a mutation, or about one above it where the code deviates.
fn is_place(code: &Code, finding: &Finding, mutant: &Mutant, deviates: bool) -> bool {
    let is_root = |root: &str| {
        let steps = finding.item.strip_prefix(root);
        steps.is_some_and(|steps| steps == mutant.steps || (deviates && mutant.steps.starts_with(steps)))
    };
    match &mutant.root {
        Root::Api => is_root("the API"),
        Root::Operation(id) => {
            let added = mutant.reports.iter().all(|(_, was, _)| was.is_none()) && mutant.steps.is_empty();
            let of_code = code
                .operations
                .iter()
                .find(|(known, _)| diff::same_operation(known) == diff::same_operation(id));
            match of_code.filter(|_| !added) {
                Some((_, name)) => is_root(name),
                None => is_root(&id.to_string()),
            }
        }
        Root::Record(name) => {
            let called = finding.called.contains(name) || matches!(finding.what, What::Stale(_));
            called && code.contract.records.keys().any(|record| is_root(record))
        }
        Root::Scheme(_) => false,
    }
}

fn said(finding: &Finding) -> (Kind, bool, Option<String>) {
    match &finding.what {
        What::Differs {
            kind, code, hubspot, ..
        } => (*kind, code.is_some(), hubspot.as_ref().map(|said| said.text.clone())),
        What::Stale(_) => panic!("nothing is listed for {}", finding.item),
    }
}

#[test]
fn every_deviation_is_needed_in_each_of_its_versions() {
    for at in 0..deviations().len() {
        let mut left = deviations();
        let dropped = left.remove(at);
        for (code, contract) in versions() {
            let findings = check(&code, &contract, &left, None).findings;
            let items: Vec<&str> = findings.iter().map(|finding| finding.item.as_str()).collect();
            let wanted = match dropped.versions.contains(&contract.version) {
                true => vec![dropped.item.as_str()],
                false => Vec::new(),
            };
            assert_eq!(items, wanted, "{} {}", contract.version, dropped.item);
        }
    }
}

#[test]
fn a_deviation_that_is_none_is_found() {
    let (code, contract) = v3();
    for (item, hubspot) in [
        ("Channel.name", "required"),
        ("Channel.nmae", "optional"),
        ("Chanel.name", "optional"),
    ] {
        let mut deviations = deviations();
        deviations.push(Deviation {
            item: item.to_owned(),
            kind: Kind::Required,
            versions: BTreeSet::from(["v3".to_owned()]),
            code: Some("optional".to_owned()),
            hubspot: Some(hubspot.to_owned()),
            beneath: None,
        });
        let report = to_text(&check(&code, &contract, &deviations, None));
        assert_eq!(
            report,
            format!(
                "v3: 1 not accounted for, 32 facts as deviations\n  {item}: is listed as a deviation (required), and is none\n      \
                 take this version out of its entry in xtask/contracts/deviations.json\n"
            )
        );
    }
}

#[test]
fn a_renamed_record_is_accounted_for_all_the_same() {
    let (code, contract) = v3();
    for name in contract.records.keys() {
        let renamed = contract
            .to_text()
            .replace(&format!("\"{name}\""), &format!("\"Renamed{name}\""));
        let renamed = crate::schema::files::contract_in(&renamed).unwrap();
        let report = check(&code, &renamed, &deviations(), None);
        assert!(report.findings.is_empty(), "{}", to_text(&report));
    }
}

#[test]
fn null_that_comes_has_to_be_accounted_for_unless_it_is_a_member() {
    let told = report(|contract| {
        let members = object(contract, "PublicConversationsMessage");
        members.get_mut("subject").unwrap().schema.nullable = true;
        members.get_mut("senders").unwrap().schema.nullable = true;
    });
    assert_eq!(told, "v3: everything is accounted for, 32 facts as deviations\n");
    let told = report(|contract| {
        let senders = object(contract, "PublicConversationsMessage")
            .get_mut("senders")
            .unwrap();
        match &mut senders.schema.shape {
            Shape::Array(items) => items.nullable = true,
            _ => panic!("no array"),
        }
    });
    assert!(told.contains("  Message.senders[]: nullable: HubSpot says yes, the code says no\n"), "{told}");
}

#[test]
fn a_record_that_is_for_nothing_known_is_found() {
    let told = report(|contract| {
        let copy = contract.records["PublicClient"].clone();
        contract.records.insert("PublicWebhookEvent".to_owned(), copy);
    });
    assert!(told.contains("  PublicWebhookEvent: HubSpot has a record that nothing here leads to\n"), "{told}");
}

#[test]
fn a_record_that_is_for_nothing_known_can_be_listed() {
    let (code, mut contract) = v3();
    let copy = contract.records["PublicClient"].clone();
    contract.records.insert("PublicWebhookEvent".to_owned(), copy);
    let deviations = listing(&code, &contract, "PublicWebhookEvent");
    let report = check(&code, &contract, &deviations, None);
    assert!(report.findings.is_empty(), "{}", to_text(&report));
    // What is listed is this record, and no other of its name.
    object(&mut contract, "PublicWebhookEvent").clear();
    let told = to_text(&check(&code, &contract, &deviations, None));
    assert!(
        told.contains("PublicWebhookEvent: is listed as a deviation, and what is beneath it has changed"),
        "{told}"
    );
    contract.records.remove("PublicWebhookEvent");
    let told = to_text(&check(&code, &contract, &deviations, None));
    assert!(told.contains("PublicWebhookEvent: is listed as a deviation (record), and is none"), "{told}");
}

/// The deviations and those that list what is found at a place.
fn listing(code: &Code, contract: &Contract, item: &str) -> Vec<Deviation> {
    let mut deviations = deviations();
    let found = check(code, contract, &deviations, None).findings;
    for finding in found.into_iter().filter(|finding| finding.item == item) {
        let What::Differs {
            kind, code, hubspot, ..
        } = finding.what
        else {
            panic!("it is listed")
        };
        let text = |said: &Option<Said>| said.as_ref().map(|said| said.text.clone());
        deviations.push(Deviation {
            item: finding.item,
            kind,
            versions: BTreeSet::from([contract.version.clone()]),
            code: text(&code),
            hubspot: text(&hubspot),
            beneath: hubspot.and_then(|said| said.beneath),
        });
    }
    deviations
}

#[test]
fn what_is_beneath_a_deviation_cannot_change_unseen() {
    let (code, mut contract) = v3();
    let publish = contract
        .operations
        .iter()
        .find(|(id, _)| id.method == "POST" && id.path.ends_with("/messages"));
    let (id, publish) = publish.map(|(id, of)| (id.clone(), of.clone())).unwrap();
    let again = crate::schema::contract::OperationId {
        path: format!("{}/again", id.path),
        method: id.method,
    };
    contract.operations.insert(again.clone(), publish);
    let client = object(&mut contract, "PublicClient")["clientType"].clone();
    object(&mut contract, "PublicConversationsMessage").insert("other".to_owned(), client);
    let mut listed = listing(&code, &contract, &again.to_string());
    listed.extend(listing(&code, &contract, "Message.other").pop());
    let report = check(&code, &contract, &listed, None);
    assert!(report.findings.is_empty(), "{}", to_text(&report));

    // A record that only its answer leads to, a parameter, and the insides of the member.
    let mut changed = contract.clone();
    let operation = changed.operations.get_mut(&again).unwrap();
    operation.parameters.values_mut().next().unwrap().deprecated = true;
    let told = to_text(&check(&code, &changed, &listed, None));
    let line = format!("  {again}: is listed as a deviation, and what is beneath it has changed: it was ");
    assert!(told.contains(&line), "{told}");
    assert!(told.starts_with("v3: 1 not accounted for"), "{told}");
}

#[test]
fn a_record_that_is_the_base_of_another_is_for_something() {
    let told = report(|contract| {
        let whole = contract.records["PublicClient"].clone();
        contract.records.insert("PublicClientBase".to_owned(), whole);
        let part = |shape| Schema {
            shape,
            ..Schema::default()
        };
        let named = part(Shape::Named("PublicClientBase".to_owned()));
        let parts = vec![named, part(Shape::Object(crate::schema::contract::Object::default()))];
        let all = crate::schema::contract::Combination::new(crate::schema::contract::How::All, parts, None);
        contract
            .records
            .insert("PublicClient".to_owned(), part(Shape::Combination(all)));
    });
    assert!(told.starts_with("v3: everything is accounted for"), "{told}");
}

#[test]
fn a_deviation_hides_nothing_beneath_it() {
    let told = report(|contract| {
        let member = object(contract, "PublicChannelIntegrationChannelPatch")
            .get_mut("name")
            .unwrap();
        let Shape::Object(object) = &mut member.schema.shape else {
            panic!("no object")
        };
        object.rest = crate::schema::contract::Rest::Closed;
    });
    assert!(told.contains("  ChannelPatch.name: type: HubSpot says object without members"), "{told}");
}

#[test]
fn what_is_not_reached_any_more_is_told_beside_its_cause() {
    let told = report(|contract| {
        contract
            .operations
            .retain(|id, _| !(id.method == "PATCH" && id.path.ends_with("{channelId}")));
    });
    assert!(told.starts_with("v3: 1 not accounted for"), "{told}");
    assert!(told.contains("  update_channel: the code has an operation that HubSpot has not: there\n"), "{told}");
    assert!(told.contains("a deviation is listed for update_channel security (security), which it ends"), "{told}");
    assert!(told.contains("nothing leads to ChannelPatch any more"), "{told}");
    assert!(told.contains("crates/api/src/operation/channels.rs:"), "{told}");
}

#[test]
fn how_a_credential_travels_is_part_of_the_check() {
    let told = report(|contract| {
        let facts = &mut contract.schemes.get_mut("developer_hapikey").unwrap().facts;
        facts.insert("in".to_owned(), "header".to_owned());
    });
    assert!(told.starts_with("v3: 1 not accounted for"), "{told}");
    let line = "  scheme developer_hapikey: security: HubSpot says in header, the code says in query\n";
    assert!(told.contains(line), "{told}");
    let told = report(|contract| {
        let flow = contract
            .schemes
            .get_mut("oauth2")
            .unwrap()
            .flows
            .get_mut("authorizationCode")
            .unwrap();
        flow.urls
            .insert("authorizationUrl".to_owned(), "https://example.com".to_owned());
    });
    assert!(told.contains("HubSpot says flow authorizationCode authorizationUrl https://example.com"), "{told}");
    // One that no operation of the code asks for is nothing to account for.
    let told = report(|contract| {
        let facts = &mut contract.schemes.get_mut("private_apps").unwrap().facts;
        facts.insert("in".to_owned(), "query".to_owned());
    });
    assert!(told.starts_with("v3: everything is accounted for"), "{told}");
}
