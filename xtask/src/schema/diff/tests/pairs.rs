//! Two changes at once: each is told, or is in what the other one has taken away.

use super::*;
use crate::schema::contract::OperationId;
use crate::schema::mutate::{Mutant, Pair, pairs};

type Facts = BTreeSet<(Item, Kind, Option<String>, Option<String>)>;

fn facts(changes: &[Change]) -> Facts {
    let text = |said: &Option<Said>| said.as_ref().map(|said| said.text.clone());
    let fact = |change: &Change| (change.item.clone(), change.kind, text(&change.was), text(&change.now));
    changes.iter().map(fact).collect()
}

fn reports(mutant: &Mutant) -> Facts {
    let report =
        |(kind, was, now): &(Kind, Option<String>, Option<String>)| (mutant.item(), *kind, was.clone(), now.clone());
    mutant.reports.iter().map(report).collect()
}

/// Whether the record that a change is in is still compared with one.
fn is_reached(mutant: &Mutant, pairs: &Pairs) -> bool {
    match &mutant.root {
        Root::Record(name) => pairs.keys().any(|(old, _)| old == name),
        _ => true,
    }
}

#[test]
fn of_two_changes_none_hides_the_other_but_by_taking_away_what_it_is_in() {
    let (mut apart, mut hidden, mut touching) = (0, 0, 0);
    for contract in checked_in() {
        for Pair { first, second, both } in pairs(&contract, 96) {
            let (found, reached) = diff_with_pairs(&contract, &both);
            let what = format!("{}, {}", first.what, second.what);
            if first.touches(&second) {
                touching += 1;
                // Both together may be nothing only where the second is the first turned back.
                let back = facts(&diff(&first.contract, &contract));
                assert!(!found.is_empty() || facts(&diff(&first.contract, &both)) == back, "{what}");
                continue;
            }
            let there = [&first, &second].map(|mutant| is_reached(mutant, &reached));
            let wanted = [&first, &second].into_iter().zip(there).filter(|(_, there)| *there);
            let wanted: Facts = wanted.flat_map(|(mutant, _)| reports(mutant)).collect();
            assert_eq!(facts(&found), wanted, "{what}");
            assert_ne!(there, [false, false], "{what}");
            match there {
                [true, true] => apart += 1,
                _ => hidden += 1,
            }
        }
    }
    assert!(apart > 200 && hidden > 50 && touching > 10, "{apart} apart, {hidden} hidden, {touching} touching");
}

/// The operation that publishes a message.
fn publish(contract: &Contract) -> OperationId {
    let mut all = contract.operations.keys();
    all.find(|id| id.method == "POST" && id.path.ends_with("/messages"))
        .unwrap()
        .clone()
}

#[test]
fn what_is_taken_away_hides_what_changes_in_it() {
    let both = changes(|contract| {
        let id = publish(contract);
        let operation = contract.operations.get_mut(&id).unwrap();
        operation.deprecated = true;
        operation.parameters.clear();
        contract.operations.remove(&id);
    });
    assert_eq!(both.len(), 1, "{both:#?}");
    let both = changes(|contract| {
        member(contract, "PublicClient", "integrationAppId").required ^= true;
        member(contract, "PublicConversationsMessage", "client").schema = Shape::Boolean.into();
    });
    assert_eq!(lines(&both), ["PublicConversationsMessage.client | type changed: PublicClient -> boolean | breaking"]);
}

#[test]
fn an_operation_that_goes_and_comes_under_another_version_is_one_that_moved() {
    let moved = changes(|contract| {
        let id = publish(contract);
        let operation = contract.operations.remove(&id).unwrap();
        let path = id.path.replace("/v3/", "/2031-03/");
        contract.operations.insert(OperationId { path, ..id }, operation);
    });
    assert_eq!(moved.iter().map(|change| change.kind).collect::<Vec<_>>(), [Kind::Path], "{moved:#?}");
}
