//! Operations, and what is said of them beside schemas.

use super::*;

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

/// What one operation is said to ask for, when these were enough before and are now: any of them, each of some schemes
/// with some scopes.
fn asked(old: Value, new: Value) -> Vec<String> {
    let of = |requirements: Value| {
        let mut contract = v3();
        let mut operation = contract.operations.first_entry().unwrap();
        operation.get_mut().security = serde_json::from_value(requirements).unwrap();
        contract
    };
    let changes = diff(&of(old), &of(new));
    let words = |change: &Change| format!("{} | {}", what(change), change.verdict.name());
    changes.iter().map(words).collect()
}

#[test]
fn other_scopes_are_one_change_whatever_they_were() {
    for (old, new, told, back) in [
        (json!([{ "o": ["x"] }]), json!([{ "o": ["y"] }]), "o[x] -> o[y] | breaking", "o[y] -> o[x] | breaking"),
        (
            json!([{ "o": ["x"] }]),
            json!([{ "o": ["x", "y"] }]),
            "o[x] -> o[x, y] | breaking",
            "o[x, y] -> o[x] | worth adopting",
        ),
        // One of them is enough, or both are needed.
        (
            json!([{ "o": ["x"] }, { "o": ["y"] }]),
            json!([{ "o": ["x", "y"] }]),
            "o[x] or o[y] -> o[x, y] | breaking",
            "o[x, y] -> o[x] or o[y] | worth adopting",
        ),
        // Who has one of two scopes may have the one that will not do any more.
        (
            json!([{ "o": ["x"] }, { "o": ["y"] }]),
            json!([{ "o": ["x"] }, { "o": ["z"] }]),
            "o[y] -> o[z] | breaking",
            "o[z] -> o[y] | breaking",
        ),
        (
            json!([{ "o": ["x"] }, { "o": ["y"] }]),
            json!([{ "o": ["v"] }, { "o": ["w"] }]),
            "o[x] or o[y] -> o[v] or o[w] | breaking",
            "o[v] or o[w] -> o[x] or o[y] | breaking",
        ),
        // What was enough beside it is enough still.
        (
            json!([{ "o": ["x"] }, { "o": ["x", "y"] }]),
            json!([{ "o": ["x"] }, { "o": ["x", "z"] }]),
            "o[x, y] -> o[x, z] | worth adopting",
            "o[x, z] -> o[x, y] | worth adopting",
        ),
        (
            json!([{}, { "o": ["x"] }]),
            json!([{}, { "o": ["y"] }]),
            "o[x] -> o[y] | worth adopting",
            "o[y] -> o[x] | worth adopting",
        ),
        (
            json!([{ "o": ["x"], "key": [] }]),
            json!([{ "o": ["y"], "key": [] }]),
            "key + o[x] -> key + o[y] | breaking",
            "key + o[y] -> key + o[x] | breaking",
        ),
    ] {
        assert_eq!(asked(old.clone(), new.clone()), [format!("security changed: {told}")]);
        assert_eq!(asked(new, old), [format!("security changed: {back}")]);
    }
}

#[test]
fn scopes_that_came_or_went_beside_others_are_told_by_themselves() {
    let (one, both) = (json!([{ "o": ["x"] }]), json!([{ "o": ["x"] }, { "o": ["y"] }]));
    assert_eq!(asked(one.clone(), both.clone()), ["security added: o[y] | worth adopting"]);
    assert_eq!(asked(both, one.clone()), ["security removed: o[y] | breaking"]);
    // Who has more scopes than are asked for has enough.
    let more = json!([{ "o": ["x"] }, { "o": ["x", "y"] }]);
    assert_eq!(asked(more, one.clone()), ["security removed: o[x, y] | harmless"]);
    // Another scheme is another credential.
    let other = json!([{ "key": [] }]);
    assert_eq!(
        asked(one.clone(), other),
        [
            "security added: key | worth adopting",
            "security removed: o[x] | breaking"
        ]
    );
    let with_more = json!([{ "o": ["x"], "key": [] }]);
    assert_eq!(
        asked(with_more, one),
        [
            "security added: o[x] | worth adopting",
            "security removed: key + o[x] | harmless"
        ]
    );
}

#[test]
fn only_what_will_not_do_any_more_is_told_as_breaking() {
    // No credential did, and does not: the scopes that came cost nobody anything.
    let (open, closed) = (json!([{}, { "o": ["x"] }]), json!([{ "o": ["x"] }, { "o": ["y"] }]));
    assert_eq!(
        asked(open.clone(), closed.clone()),
        [
            "security added: o[y] | worth adopting",
            "security removed: no credential | breaking"
        ]
    );
    assert_eq!(
        asked(closed, open),
        [
            "security added: no credential | worth adopting",
            "security removed: o[y] | harmless"
        ]
    );
    // Of two scopes one is still enough.
    let (two, one) = (json!([{ "o": ["a", "b"] }, { "o": ["c"] }]), json!([{ "o": ["a"] }]));
    assert_eq!(
        asked(two.clone(), one.clone()),
        [
            "security changed: o[a, b] -> o[a] | worth adopting",
            "security removed: o[c] | breaking"
        ]
    );
    assert_eq!(asked(one, two), ["security changed: o[a] -> o[a, b] or o[c] | breaking"]);
}

#[test]
fn what_asks_for_nothing_is_told_only_where_something_was_asked_for() {
    let (none, nothing, some) = (json!([]), json!([{}]), json!([{}, { "o": ["x"] }]));
    for open in [none, nothing] {
        assert_eq!(asked(open.clone(), some.clone()), ["security added: o[x] | worth adopting"]);
        assert_eq!(asked(some.clone(), open.clone()), ["security removed: o[x] | harmless"]);
        assert_eq!(asked(open, json!([{ "o": ["x"] }])), ["security added: o[x] | breaking"]);
    }
    assert_eq!(asked(json!([{ "o": ["x"] }]), json!([])), ["security removed: o[x] | harmless"]);
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
