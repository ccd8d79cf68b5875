use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::schema::contract::tests::{CHECKED_IN, checked_in};
use crate::schema::contract::{Combination, Content, How, Member, Object, Rest, Schema, Shape};
use crate::schema::files::{contract_in, openapi_in};
use crate::schema::mutate::{self, mutants};

fn v3() -> Contract {
    contract_in(CHECKED_IN[0].1).unwrap()
}

/// What is said of the v3 contract after it was changed.
fn changes(change: impl FnOnce(&mut Contract)) -> Vec<Change> {
    let mut changed = v3();
    change(&mut changed);
    diff(&v3(), &changed)
}

fn lines(changes: &[Change]) -> Vec<String> {
    changes
        .iter()
        .map(|change| format!("{} | {} | {}", change.item, what(change), change.verdict.name()))
        .collect()
}

fn member<'c>(contract: &'c mut Contract, record: &str, member: &str) -> &'c mut Member {
    match &mut contract.records.get_mut(record).unwrap().shape {
        Shape::Object(object) => object.members.get_mut(member).unwrap(),
        _ => panic!("{record} is no object"),
    }
}

#[test]
fn a_contract_does_not_differ_from_itself() {
    for contract in checked_in() {
        assert_eq!(diff(&contract, &contract), []);
    }
}

#[test]
fn every_single_mutation_is_reported_and_nothing_else() {
    for contract in checked_in() {
        let mutants = mutants(&contract);
        assert!(mutants.len() > 500, "{}: only {} mutants", contract.version, mutants.len());
        for mutant in mutants {
            let found = diff(&contract, &mutant.contract);
            let places: BTreeSet<&Item> = found.iter().map(|change| &change.item).collect();
            let item = Item {
                root: match mutant.root {
                    mutate::Root::Operation(id) => Root::Operation(id),
                    mutate::Root::Record(name) => Root::Record(name),
                },
                steps: mutant.steps,
            };
            assert_eq!(places, BTreeSet::from([&item]), "{}", mutant.what);
            let reports: Vec<_> = found
                .iter()
                .map(|change| (change.kind, change.was.clone(), change.now.clone()))
                .collect();
            assert_eq!(reports, mutant.reports, "{}", mutant.what);
        }
    }
}

#[test]
fn back_and_forth_a_mutation_is_the_same_facts() {
    let contract = v3();
    for mutant in mutants(&contract) {
        let facts = |changes: Vec<Change>, forth: bool| -> BTreeSet<_> {
            let facts = changes.into_iter().map(|change| match forth {
                true => (change.item, change.kind, change.was, change.now),
                false => (change.item, change.kind, change.now, change.was),
            });
            facts.collect()
        };
        assert_eq!(
            facts(diff(&contract, &mutant.contract), true),
            facts(diff(&mutant.contract, &contract), false),
            "{}",
            mutant.what
        );
    }
}

#[test]
fn a_renamed_record_is_no_change() {
    let text = CHECKED_IN[0].1;
    for name in v3().records.keys() {
        let renamed = text.replace(&format!("\"{name}\""), &format!("\"Renamed{name}\""));
        assert_ne!(renamed, text);
        assert_eq!(diff(&v3(), &contract_in(&renamed).unwrap()), [], "{name}");
    }
}

#[test]
fn a_record_that_is_spelt_out_in_place_is_no_change() {
    let spelt_out = changes(|contract| {
        let client = contract.records.remove("PublicClient").unwrap();
        member(contract, "PublicConversationsMessage", "client").schema = client;
    });
    assert_eq!(spelt_out, []);
}

#[test]
fn a_record_that_is_described_in_parts_is_no_change() {
    let in_parts = changes(|contract| {
        let whole = contract.records["PublicClient"].clone();
        let Shape::Object(mut rest) = whole.shape else {
            panic!("no object")
        };
        let kind = rest.members.remove("clientType").unwrap();
        let base = Object {
            members: [("clientType".to_owned(), kind)].into(),
            rest: Rest::Open,
        };
        let part = |shape| Schema {
            shape,
            ..Schema::default()
        };
        contract.records.insert("Base".to_owned(), part(Shape::Object(base)));
        let parts = vec![part(Shape::Named("Base".to_owned())), part(Shape::Object(rest))];
        let all = Combination::new(How::All, parts, None);
        contract
            .records
            .insert("PublicClient".to_owned(), part(Shape::Combination(all)));
    });
    assert_eq!(in_parts, []);
}

#[test]
fn order_and_prose_are_no_change() {
    let description = |required: &str, values: &str, prose: &str| {
        let text = format!(
            r##"{{"openapi":"3.0.1","info":{{"title":"{prose}","version":"v3"}},"paths":{{
            "/v3/custom-channels":{{"post":{{"operationId":"{prose}","requestBody":{{"content":{{"application/json":{{
            "schema":{{"$ref":"#/components/schemas/A"}},"example":"{prose}"}}}}}},"responses":{{"200":{{
            "description":"{prose}"}}}}}}}}}},"components":{{"schemas":{{"A":{{"type":"object","description":"{prose}",
            "required":[{required}],"properties":{{"x":{{"type":"string","enum":[{values}]}},"y":{{"type":"string"}}}}}}}}}}}}"##
        );
        openapi_in(&text).unwrap()
    };
    let one = description(r#""x","y""#, r#""P","Q""#, "one");
    let other = description(r#""y","x""#, r#""Q","P""#, "other");
    assert_eq!(diff(&one, &other), []);
    assert_ne!(diff(&one, &description(r#""y""#, r#""Q","P""#, "other")), []);
}

#[test]
fn what_a_client_sends_is_judged_otherwise_than_what_it_receives() {
    let required = changes(|contract| {
        member(contract, "PublicChannelAccountUpdateRequest", "name").required = true;
        member(contract, "PublicConversationsMessage", "subject").required = true;
    });
    assert_eq!(
        lines(&required),
        [
            "PublicChannelAccountUpdateRequest.name | required changed: optional -> required | breaking",
            "PublicConversationsMessage.subject | required changed: optional -> required | harmless",
        ]
    );
    let values = changes(|contract| {
        member(contract, "PublicClient", "clientType")
            .schema
            .values
            .insert("ROBOT".to_owned());
        member(contract, "PublicClient", "clientType")
            .schema
            .values
            .remove("SYSTEM");
        member(contract, "PublicChannelIntegrationMessageUpdateRequest", "statusType")
            .schema
            .values
            .remove("READ");
    });
    assert_eq!(
        lines(&values),
        [
            "PublicChannelIntegrationMessageUpdateRequest.statusType | enum value removed: READ | breaking",
            "PublicClient.clientType | enum value added: ROBOT | worth adopting",
            "PublicClient.clientType | enum value removed: SYSTEM | harmless",
        ]
    );
}

#[test]
fn a_shared_record_is_one_change_that_travels_in_both_directions() {
    let found = changes(|contract| member(contract, "PublicDeliveryIdentifier", "value").required = false);
    assert_eq!(lines(&found).len(), 1);
    assert_eq!(found[0].directions, BTreeSet::from([Direction::Sent, Direction::Received]));
    assert_eq!(found[0].verdict, Verdict::Harmless);
}

#[test]
fn credentials_are_compared_by_what_is_asked_for() {
    let asked = changes(|contract| {
        for (id, operation) in &mut contract.operations {
            match (id.method.as_str(), id.path.ends_with("/messages")) {
                ("POST", true) => {
                    let requirement = operation.security.pop_first().unwrap();
                    let scopes = [("private_apps".to_owned(), BTreeSet::new())];
                    operation.security = BTreeSet::from([requirement, scopes.into()]);
                }
                ("DELETE", _) => {
                    operation.security = BTreeSet::from([[("developer_hapikey".to_owned(), BTreeSet::new())].into()]);
                }
                ("GET", _) => operation.security = BTreeSet::new(),
                _ => {}
            }
        }
        contract
            .schemes
            .get_mut("developer_hapikey")
            .unwrap()
            .facts
            .insert("in".to_owned(), "header".to_owned());
    });
    let told: Vec<String> = lines(&asked)
        .into_iter()
        .map(|line| line.replace("/conversations/v3/custom-channels/{channelId}", "…"))
        .collect();
    assert_eq!(
        told,
        [
            "DELETE … security | security added: developer_hapikey | breaking",
            "GET …/channel-accounts security | security removed: oauth2[conversations.custom_channels.read] | harmless",
            "GET …/channel-accounts security | security removed: oauth2[conversations.custom_channels.write] | harmless",
            "GET …/channel-accounts/{channelAccountId} security | security removed: \
             oauth2[conversations.custom_channels.read] | harmless",
            "GET …/channel-accounts/{channelAccountId} security | security removed: \
             oauth2[conversations.custom_channels.write] | harmless",
            "POST …/messages security | security added: private_apps | worth adopting",
            "GET …/messages/{messageId} security | security removed: oauth2[conversations.custom_channels.read] | harmless",
            "scheme developer_hapikey | security added: in header | breaking",
            "scheme developer_hapikey | security removed: in query | breaking",
        ]
    );
}

#[test]
fn a_moved_operation_is_the_same_operation() {
    let moved = changes(|contract| {
        let operations = std::mem::take(&mut contract.operations);
        for (mut id, operation) in operations {
            id.path = id
                .path
                .replace("/conversations/custom-channels/v3", "/conversations/v3/custom-channels/");
            id.path = id.path.replace("{messageId}", "{message}");
            contract.operations.insert(id, operation);
        }
    });
    let of_kind = |kind| moved.iter().filter(|change| change.kind == kind).count();
    assert_eq!(of_kind(Kind::Operation), 0);
    // Two that were moved, and two with a parameter of another name.
    assert_eq!(of_kind(Kind::Path), 4);
    assert!(
        moved
            .iter()
            .all(|change| change.verdict == Verdict::Breaking || change.kind != Kind::Path)
    );
}

#[test]
fn versions_differ_by_their_paths_and_little_else() {
    let found = diff(&v3(), &contract_in(CHECKED_IN[2].1).unwrap());
    assert!(
        found
            .iter()
            .all(|change| change.kind == Kind::Path && change.verdict == Verdict::Adopt),
        "{found:#?}"
    );
    // The two that list and create have their version at the end in both.
    assert_eq!(found.len(), 11);
}

#[test]
fn a_map_that_becomes_a_record_is_another_type() {
    let found = changes(|contract| {
        let schema = contract.records["PublicClient"].clone();
        member(contract, "PublicChannelIntegrationChannel", "capabilities").schema = schema;
    });
    assert_eq!(
        lines(&found),
        [
            "PublicChannelIntegrationChannel.capabilities | type changed: map to object -> \
          object with clientType, integrationAppId | breaking"
        ]
    );
}

#[test]
fn members_of_any_name_may_come_and_go() {
    let found = changes(|contract| match &mut contract.records.get_mut("PublicClient").unwrap().shape {
        Shape::Object(object) => object.rest = Rest::Closed,
        _ => panic!("no object"),
    });
    assert_eq!(
        lines(&found),
        ["PublicClient{} | type changed: any other members -> no other members | worth adopting"]
    );
}

#[test]
fn people_read_the_worst_first_and_a_repeated_change_once() {
    let found = changes(|contract| {
        for operation in contract.operations.values_mut() {
            for (id, parameter) in &mut operation.parameters {
                if id.name == "messageId" {
                    parameter.schema = Schema::default();
                }
            }
        }
        member(contract, "PublicConversationsMessage", "subject").required = true;
    });
    assert_eq!(
        to_text(&found),
        "\
breaking:
  path messageId: type changed: string -> any value (sent), in 2 operations:
    GET /conversations/v3/custom-channels/{channelId}/messages/{messageId}
    PATCH /conversations/v3/custom-channels/{channelId}/messages/{messageId}

harmless:
  PublicConversationsMessage.subject: required changed: optional -> required (received)

3 changes on the wire: 2 breaking, 0 worth adopting, 1 harmless
"
    );
    assert_eq!(to_text(&[]), "nothing changed on the wire\n");
}

#[test]
fn machines_read_every_change_by_itself() {
    let found = changes(|contract| member(contract, "PublicConversationsMessage", "subject").required = true);
    let json: Value = serde_json::from_str(&to_json(&found)).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "breaking": 0, "worthAdopting": 0, "harmless": 1,
            "changes": [{
                "item": "PublicConversationsMessage.subject", "kind": "required", "directions": ["received"],
                "verdict": "harmless", "was": "optional", "now": "required",
            }],
        })
    );
}

fn named(name: &str) -> Schema {
    Schema {
        shape: Shape::Named(name.to_owned()),
        ..Schema::default()
    }
}

fn object(members: &[(&str, Schema)]) -> Schema {
    let member = |(name, schema): &(&str, Schema)| {
        let member = Member {
            required: false,
            schema: schema.clone(),
        };
        ((*name).to_owned(), member)
    };
    Schema {
        shape: Shape::Object(Object {
            members: members.iter().map(member).collect(),
            rest: Rest::Open,
        }),
        ..Schema::default()
    }
}

/// The v3 contract with a member of this schema, and with these records.
fn with(member: Schema, records: impl IntoIterator<Item = (String, Schema)>) -> Contract {
    let mut contract = v3();
    self::member(&mut contract, "PublicClient", "clientType").schema = member;
    contract.records.extend(records);
    contract
}

#[test]
fn names_and_what_is_spelt_out_may_take_turns() {
    let old = object(&[("x", object(&[("x", named("Old"))]))]);
    let new = object(&[("x", named("New"))]);
    let old = with(named("Old"), [("Old".to_owned(), old)]);
    let outer = object(&[("x", new.clone())]);
    let new = with(outer, [("New".to_owned(), object(&[("x", object(&[("x", named("New"))]))]))]);
    assert_eq!(diff(&old, &new), []);
    assert_eq!(diff(&new, &old), []);
}

#[test]
fn what_leads_to_one_record_on_very_many_ways_is_compared_once() {
    // Two to the sixtieth ways, each through a name that only one of the two has.
    let chain = |turn: usize, last: Shape| {
        let end = Schema {
            shape: last,
            ..Schema::default()
        };
        let mut records = vec![("R60".to_owned(), object(&[("end", end)]))];
        for at in 0..60 {
            let next = named(&format!("R{}", at + 1));
            let inner = object(&[("l", next.clone()), ("r", next)]);
            let name = format!("R{at}");
            match at % 2 == turn {
                true => records.push((name, object(&[("l", inner.clone()), ("r", inner)]))),
                false => {
                    records.push((format!("{name}In"), inner));
                    let inner = named(&format!("{name}In"));
                    records.push((name, object(&[("l", inner.clone()), ("r", inner)])));
                }
            }
        }
        with(named("R0"), records)
    };
    let found = diff(&chain(0, Shape::String), &chain(1, Shape::Boolean));
    assert_eq!(lines(&found), ["R60.end | type changed: string -> boolean | breaking"]);
}

#[test]
fn parts_that_are_named_again_and_again_are_put_together_once() {
    let all = |parts: &[&str]| Schema {
        shape: Shape::Combination(Combination::new(How::All, parts.iter().map(|name| named(name)).collect(), None)),
        ..Schema::default()
    };
    let text = |name: &str| {
        let text = Schema {
            shape: Shape::String,
            ..Schema::default()
        };
        object(&[(name, text)])
    };
    let doubled = |last: &str| {
        let chain = (0..60).map(|at| {
            let next = format!("P{}", at + 1);
            (format!("P{at}"), all(&[&next, &next]))
        });
        with(all(&["P0", "P0"]), chain.chain([("P60".to_owned(), text(last))]))
    };
    assert_eq!(diff(&doubled("a"), &with(text("a"), [])), []);
    assert_eq!(
        lines(&diff(&doubled("a"), &doubled("b"))),
        [
            "PublicClient.clientType.a | member removed: optional string | breaking",
            "PublicClient.clientType.b | member added: optional string | worth adopting",
        ]
    );
}

#[test]
fn a_media_type_that_is_gone_may_break_and_what_came_for_it_is_compared() {
    let of = |contract: &mut Contract, change: &dyn Fn(&mut Content)| {
        for (id, operation) in &mut contract.operations {
            if id.method == "PATCH" && id.path.ends_with("{messageId}") {
                change(&mut operation.body.as_mut().unwrap().content);
            }
        }
    };
    let told = |change: &dyn Fn(&mut Content)| {
        let found = changes(|contract| of(contract, change));
        let line = |line: String| {
            line.split_once("{messageId}")
                .map(|(_, line)| line.trim().to_owned())
                .unwrap()
        };
        lines(&found).into_iter().map(line).collect::<Vec<_>>()
    };
    let replaced = told(&|content| {
        content.clear();
        content.insert("application/xml".to_owned(), Schema::default());
    });
    assert_eq!(
        replaced,
        [
            "body | type added: application/xml | worth adopting",
            "body | type changed: PublicChannelIntegrationMessageUpdateRequest -> any value | breaking",
            "body | type removed: application/json | breaking",
        ]
    );
    let added = told(&|content| {
        content.insert("application/xml".to_owned(), Schema::default());
    });
    assert_eq!(added, ["body | type added: application/xml | worth adopting"]);
    let spelt = told(&|content| {
        let schema = content.remove("application/json").unwrap();
        content.insert("Application/JSON; charset=UTF-8".to_owned(), schema);
    });
    assert_eq!(spelt, [""; 0]);
}

#[test]
fn what_is_described_in_parts_is_told_of_with_the_record_that_it_is_in() {
    let of = |member: &str| {
        let parts = vec![named("Part"), object(&[(member, Schema::default())])];
        let all = Schema {
            shape: Shape::Combination(Combination::new(How::All, parts, None)),
            ..Schema::default()
        };
        with(all, [("Part".to_owned(), object(&[("shared", Schema::default())]))])
    };
    let found = diff(&of("a"), &of("b"));
    assert_eq!(
        lines(&found),
        [
            "PublicClient.clientType.a | member removed: optional any value | breaking",
            "PublicClient.clientType.b | member added: optional any value | worth adopting",
        ]
    );
    for change in found {
        assert_eq!(change.called, BTreeSet::from(["PublicClient".to_owned()]));
    }
}
