//! Every single change that can be made.

use super::*;

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
