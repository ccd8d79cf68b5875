mod parts;
mod places;
mod same;
mod unions;
mod verdicts;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::schema::contract::tests::{CHECKED_IN, checked_in};
use crate::schema::contract::{Combination, Content, How, Member, Object, OperationId, Rest, Schema, Shape};
use crate::schema::files::{contract_in, openapi_in};
use crate::schema::mutate::mutants;

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
    let mut kinds = BTreeSet::new();
    for contract in checked_in() {
        let mutants = mutants(&contract);
        assert!(mutants.len() > 1_500, "{}: only {} mutants", contract.version, mutants.len());
        for mutant in mutants {
            let found = diff(&contract, &mutant.contract);
            let item = Item {
                root: mutant.root,
                steps: mutant.steps,
            };
            assert!(found.iter().all(|change| change.item == item), "{}: {found:#?}", mutant.what);
            let text = |said: &Option<Said>| said.as_ref().map(|said| said.text.clone());
            let reports: Vec<_> = found
                .iter()
                .map(|change| (change.kind, text(&change.was), text(&change.now)))
                .collect();
            assert_eq!(reports, mutant.reports, "{}", mutant.what);
            kinds.extend(found.iter().map(|change| change.kind));
        }
    }
    // A record that nothing leads to is found by the check; a path is one operation less and one more.
    let never = Kind::ALL.into_iter().filter(|kind| !kinds.contains(kind));
    assert_eq!(never.collect::<Vec<_>>(), [Kind::Path, Kind::Record]);
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
            "scheme developer_hapikey | security changed: in query -> in header | breaking",
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
    // Two that were moved, and two with a parameter of another name, which does not matter.
    assert_eq!((of_kind(Kind::Path), of_kind(Kind::Parameter)), (2, 2));
    assert_eq!(moved.len(), 4);
    let verdicts = |kind| {
        moved
            .iter()
            .filter(move |change| change.kind == kind)
            .map(|change| change.verdict)
    };
    assert!(verdicts(Kind::Path).all(|verdict| verdict == Verdict::Breaking));
    assert!(verdicts(Kind::Parameter).all(|verdict| verdict == Verdict::Harmless));
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
                    parameter.schema = scalar(Shape::Boolean);
                }
            }
        }
        member(contract, "PublicConversationsMessage", "subject").required = true;
    });
    assert_eq!(
        to_text(&found),
        "\
breaking:
  path messageId: type changed: string -> boolean (sent), in 2 operations:
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
                "item": "PublicConversationsMessage.subject",
                "places": ["PublicConversationsMessage.subject"], "kind": "required", "directions": ["received"],
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
            "body | type changed: PublicChannelIntegrationMessageUpdateRequest -> any value | worth adopting",
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
        assert_eq!(change.called(), BTreeSet::from(["PublicClient"]));
    }
}

fn scalar(shape: Shape) -> Schema {
    Schema {
        shape,
        ..Schema::default()
    }
}

fn union(how: How, alternatives: impl IntoIterator<Item = Schema>) -> Schema {
    let alternatives = alternatives.into_iter().collect();
    scalar(Shape::Combination(Combination::new(how, alternatives, None)))
}

/// An object with a `type` of one value, and a member.
fn kind(tag: &str, member: &str, schema: Schema) -> Schema {
    let mut tag_of = scalar(Shape::String);
    tag_of.values.insert(tag.to_owned());
    object(&[("type", tag_of), (member, schema)])
}

/// What is said of a member that was this and is that.
fn told(old: Schema, new: Schema) -> Vec<String> {
    told_with(old, new, &[])
}

fn told_with(old: Schema, new: Schema, records: &[(&str, Schema)]) -> Vec<String> {
    let records = || {
        records
            .iter()
            .map(|(name, schema)| ((*name).to_owned(), schema.clone()))
    };
    lines(&diff(&with(old, records()), &with(new, records())))
        .into_iter()
        .map(|line| line.replace("PublicClient.clientType", "…"))
        .collect()
}

#[test]
fn what_is_said_beside_a_name_and_behind_it_is_the_same_as_in_place() {
    let mut inner = scalar(Shape::Integer);
    inner.format = Some("int32".to_owned());
    inner.rules.insert("minimum".to_owned(), "1".to_owned());
    let mut outer = named("Inner");
    outer.nullable = true;
    outer.rules.insert("maximum".to_owned(), "9".to_owned());
    let mut in_place = inner.clone();
    in_place.nullable = true;
    in_place.rules.insert("maximum".to_owned(), "9".to_owned());
    let records = [("Inner", inner), ("Outer", outer)];
    assert_eq!(told_with(named("Outer"), in_place.clone(), &records), [""; 0]);
    in_place.rules.insert("minimum".to_owned(), "0".to_owned());
    in_place.nullable = false;
    in_place.format = None;
    assert_eq!(
        told_with(named("Outer"), in_place, &records),
        [
            "… | format removed: int32 | worth adopting",
            "… | nullable changed: yes -> no | harmless",
            "… | rule changed: minimum 1 -> minimum 0 | harmless",
        ]
    );
}

#[test]
fn what_parts_say_of_a_value_holds_of_the_whole() {
    let mut short = scalar(Shape::String);
    short.rules.insert("maxLength".to_owned(), "9".to_owned());
    short.nullable = true;
    let mut whole = scalar(Shape::Any);
    whole.rules.insert("minLength".to_owned(), "1".to_owned());
    let parts = union(How::All, [short, whole]);
    let mut in_place = scalar(Shape::String);
    in_place.rules = [("maxLength", "9"), ("minLength", "1")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    // Null is allowed only where all parts allow it.
    assert_eq!(told(parts.clone(), in_place.clone()), [""; 0]);
    in_place.nullable = true;
    assert_eq!(told(parts, in_place), ["… | nullable changed: no -> yes | harmless"]);
}

#[test]
fn alternatives_that_are_spelt_out_are_told_apart() {
    let text = || scalar(Shape::String);
    let yes = || scalar(Shape::Boolean);
    let old = union(How::One, [kind("A", "x", text()), kind("B", "x", text()), kind("C", "x", text())]);
    let new = union(How::One, [kind("A", "x", yes()), kind("B", "x", yes()), kind("C", "x", text())]);
    assert_eq!(
        told(old.clone(), new),
        [
            "…|A.x | type changed: string -> boolean | breaking",
            "…|B.x | type changed: string -> boolean | breaking",
        ]
    );
    // Two that look alike in short are two.
    let more = [kind("D", "x", text()), kind("E", "x", yes())];
    let Shape::Combination(known) = &old.shape else {
        panic!()
    };
    let new = union(How::One, known.alternatives.iter().cloned().chain(more));
    assert_eq!(
        told(old, new),
        [
            "…|D | alternative added: object with type, x | worth adopting",
            "…|E | alternative added: object with type, x | worth adopting",
        ]
    );
}

#[test]
fn the_last_alternatives_left_are_one_only_where_they_may_be() {
    let old = union(How::One, [kind("A", "x", Schema::default()), kind("B", "y", Schema::default())]);
    let renamed = union(How::One, [kind("A", "x", Schema::default()), kind("C", "y", Schema::default())]);
    let other = union(How::One, [kind("A", "x", Schema::default()), kind("C", "z", Schema::default())]);
    assert_eq!(
        told(old.clone(), renamed),
        [
            "…|B.type | enum value added: C | worth adopting",
            "…|B.type | enum value removed: B | harmless",
        ]
    );
    assert_eq!(
        told(old, other),
        [
            "…|B | alternative removed: object with type, y | harmless",
            "…|C | alternative added: object with type, z | worth adopting",
        ]
    );
}

#[test]
fn one_of_or_any_of_is_the_same_where_each_has_a_type_of_its_own() {
    let kinds = || [kind("A", "x", Schema::default()), kind("B", "x", Schema::default())];
    assert_eq!(told(union(How::One, kinds()), union(How::Any, kinds())), [""; 0]);
    let plain = || [scalar(Shape::String), scalar(Shape::Boolean)];
    assert_eq!(
        told(union(How::One, plain()), union(How::Any, plain())),
        ["… | type changed: oneOf of boolean, string -> anyOf of boolean, string | breaking"]
    );
}

#[test]
fn what_may_only_be_one_thing_is_a_choice_of_one() {
    let a = || kind("A", "x", Schema::default());
    assert_eq!(told(a(), union(How::One, [a()])), [""; 0]);
    assert_eq!(told_with(named("Kind"), union(How::Any, [named("Kind")]), &[("Kind", a())]), [""; 0]);
    let more = union(How::One, [named("Kind"), kind("B", "x", Schema::default())]);
    assert_eq!(
        told_with(a(), more, &[("Kind", a())]),
        ["…|B | alternative added: object with type, x | worth adopting"]
    );
}

#[test]
fn a_credential_that_asks_for_nothing_is_none() {
    let asked = |requirements: &[&[&str]]| {
        let mut contract = v3();
        let requirement = |names: &&[&str]| names.iter().map(|name| ((*name).to_owned(), BTreeSet::new())).collect();
        contract.operations.first_entry().unwrap().get_mut().security = requirements.iter().map(requirement).collect();
        contract
    };
    let told = |old: &[&[&str]], new: &[&[&str]]| -> Vec<String> {
        let changes = diff(&asked(old), &asked(new));
        let words = |change: &Change| format!("{} | {}", what(change), change.verdict.name());
        changes.iter().map(words).collect()
    };
    assert_eq!(told(&[], &[&[]]), [""; 0]);
    assert_eq!(told(&[&[]], &[&["oauth2"]]), ["security added: oauth2 | breaking"]);
    assert_eq!(told(&[&["oauth2"]], &[&[], &["oauth2"]]), ["security added: no credential | worth adopting"]);
}

#[test]
fn operations_that_differ_in_what_stands_beside_a_parameter_are_two() {
    let with_verb = changes(|contract| {
        let publish = contract
            .operations
            .iter()
            .find(|(id, _)| id.path.ends_with("/{messageId}"));
        let (id, operation) = publish.map(|(id, of)| (id.clone(), of.clone())).unwrap();
        let id = OperationId {
            path: format!("{}:archive", id.path),
            method: id.method,
        };
        contract.operations.insert(id, operation);
    });
    let told = lines(&with_verb);
    assert_eq!(told.len(), 1);
    assert!(told[0].ends_with("/{messageId}:archive | operation added: there | worth adopting"), "{told:?}");
}

#[test]
fn a_change_knows_every_place_of_the_new_contract() {
    // One record of the old contract is spelt out twice in the new one.
    let spelt = || object(&[("x", scalar(Shape::Boolean))]);
    let record = object(&[("x", scalar(Shape::String))]);
    let old = with(object(&[("a", named("Old")), ("b", named("Old"))]), [("Old".to_owned(), record)]);
    let new = with(object(&[("a", spelt()), ("b", spelt())]), []);
    let found = diff(&old, &new);
    assert_eq!(lines(&found), ["Old.x | type changed: string -> boolean | breaking"]);
    let there: Vec<String> = found[0].there.iter().map(ToString::to_string).collect();
    assert_eq!(there, ["PublicClient.clientType.a.x", "PublicClient.clientType.b.x"]);
}

fn text() -> Value {
    json!({ "type": "string" })
}

/// An object with these members, as OpenAPI writes it.
fn described(members: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": members, "required": required })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// A description of these paths and schemas.
fn description(paths: &Value, schemas: &Value) -> Contract {
    let description = json!({
        "openapi": "3.0.1", "info": { "version": "v3" }, "servers": [{ "url": "https://api.example" }],
        "paths": paths, "components": { "schemas": schemas },
    });
    openapi_in(&description.to_string()).unwrap()
}

/// A description in which this is sent.
fn sent(schema: &Value, schemas: &Value) -> Contract {
    let body = json!({ "content": { "application/json": { "schema": schema } } });
    let post = json!({ "requestBody": body, "responses": {} });
    description(&json!({ "/custom-channels": { "post": post } }), schemas)
}

/// A description in which this is received.
fn received(schema: &Value, schemas: &Value) -> Contract {
    let response = json!({ "content": { "application/json": { "schema": schema } } });
    let get = json!({ "responses": { "200": response } });
    description(&json!({ "/custom-channels": { "get": get } }), schemas)
}

/// What differs, with the body or the response as `…`.
fn between(old: &Contract, new: &Contract) -> Vec<String> {
    let lines = lines(&diff(old, new)).into_iter();
    lines
        .map(|line| {
            line.replace("POST /custom-channels body", "…")
                .replace("GET /custom-channels response 200", "…")
        })
        .collect()
}

const SAME: [&str; 0] = [];
