use hubchannel_api::ApiVersion;

use super::print::cell;
use super::*;
use crate::schema::check::check;
use crate::schema::contract::tests::checked_in;
use crate::schema::contract::{Combination, Member};
use crate::schema::mutate::mutants;
use crate::schema::{code, deviations};

fn covered(change: impl Fn(&mut Contract)) -> Vec<Coverage> {
    let deviations = deviations::parse(include_str!("../../../contracts/deviations.json")).unwrap();
    let versions = ApiVersion::ALL.into_iter().zip(checked_in());
    versions
        .map(|(version, mut contract)| {
            change(&mut contract);
            of(&contract, &check(&code::of(version), &contract, &deviations, None).unwrap()).unwrap()
        })
        .collect()
}

#[test]
fn all_thirteen_operations_of_every_version_are_implemented() {
    for coverage in covered(|_| {}) {
        assert_eq!(cell(coverage.operations), "13 of 13", "{}", coverage.version);
        assert_eq!(coverage.alternatives.unlisted + coverage.alternatives.listed, 0);
        for count in [
            coverage.parameters,
            coverage.members,
            coverage.required,
            coverage.values,
        ] {
            assert_eq!(count.unlisted, 0);
            assert!(count.all() > count.listed);
        }
    }
}

#[test]
fn what_is_missing_is_counted() {
    let before = covered(|_| {});
    let after = covered(|contract| match &mut contract.records.get_mut("PublicClient").unwrap().shape {
        Shape::Object(object) => {
            let kind = object.members.get_mut("clientType").unwrap();
            kind.schema.values.insert("ROBOT".to_owned());
            let copy = kind.clone();
            object.members.insert("otherType".to_owned(), copy);
        }
        _ => panic!("no object"),
    });
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(after.members.implemented, before.members.implemented);
        assert_eq!(after.members.unlisted, 1);
        // One that was added, and those of the copy, which are missing with it.
        let copied = after.values.all() - before.values.all() - 1;
        assert_eq!(after.values.unlisted, 1 + copied);
        assert!(copied > 1);
    }
}

#[test]
fn whatever_is_said_of_a_member_counts() {
    let before = covered(|_| {});
    let changes: [fn(&mut Schema); 3] = [
        |schema| schema.format = Some("uuid".to_owned()),
        |schema| schema.nullable ^= true,
        |schema| {
            schema.rules.insert("maxLength".to_owned(), "9".to_owned());
        },
    ];
    for change in changes {
        let after =
            covered(|contract| match &mut contract.records.get_mut("ChannelIntegrationMessageEgg").unwrap().shape {
                Shape::Object(object) => change(&mut object.members.get_mut("text").unwrap().schema),
                _ => panic!("no object"),
            });
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(after.members.unlisted, 1, "{}", after.version);
            assert_eq!(after.members.all(), before.members.all());
        }
    }
}

#[test]
fn what_is_beneath_something_missing_is_missing_too() {
    let whole = covered(|_| {});
    let without = covered(|contract| {
        let publish = contract
            .operations
            .iter()
            .find(|(id, _)| id.method == "POST" && id.path.ends_with("/messages"));
        let (id, publish) = publish.unwrap();
        let (mut id, mut publish) = (id.clone(), publish.clone());
        id.path.push_str("/again");
        // Only this operation leads to a copy of the record.
        let record = contract.records["PublicClient"].clone();
        contract.records.insert("Copy".to_owned(), record);
        let copy = Schema::from(Shape::Named("Copy".to_owned()));
        let response = publish.responses.get_mut("201").unwrap();
        response.content.insert("application/json".to_owned(), copy);
        contract.operations.insert(id, publish);
    });
    for (whole, without) in whole.iter().zip(&without) {
        assert_eq!(without.operations.unlisted, 1);
        assert!(without.parameters.unlisted > 0);
        assert_eq!((without.records.unlisted, without.members.unlisted), (1, 2));
        assert_eq!(without.members.implemented, whole.members.implemented);
    }
}

#[test]
fn what_is_beneath_another_media_type_is_missing_and_nothing_beside_it() {
    let whole = covered(|_| {});
    let with = covered(|contract| {
        let record = contract.records["PublicClient"].clone();
        contract.records.insert("Copy".to_owned(), record);
        let copy = Schema::from(Shape::Named("Copy".to_owned()));
        let operations = contract.operations.iter_mut();
        let mut publish = operations.filter(|(id, _)| id.method == "POST" && id.path.ends_with("/messages"));
        let body = publish.next().unwrap().1.body.as_mut().unwrap();
        body.content.insert("Application/XML".to_owned(), copy);
    });
    for (whole, with) in whole.iter().zip(&with) {
        assert_eq!((with.records.unlisted, with.members.unlisted), (1, 2));
        assert_eq!(with.records.implemented, whole.records.implemented);
        assert_eq!(with.members.implemented, whole.members.implemented);
        assert_eq!(with.values.implemented, whole.values.implemented);
    }
}

#[test]
fn what_is_in_a_part_that_the_code_has_not_is_missing_and_nothing_beside_it() {
    let whole = covered(|_| {});
    let text = |name: &str| (name.to_owned(), Schema::from(Shape::String));
    let with = covered(|contract| {
        let client = contract.records["PublicClient"].clone();
        let choice = Combination::new(How::One, vec![object([text("p")]), object([text("q")])], None);
        let parts = vec![client, Schema::from(Shape::Combination(choice))];
        let parts = Schema::from(Shape::Combination(Combination::new(How::All, parts, None)));
        contract.records.insert("PublicClient".to_owned(), parts);
    });
    for (whole, with) in whole.iter().zip(&with) {
        assert_eq!((with.alternatives.unlisted, with.members.unlisted), (2, 2));
        assert_eq!(with.alternatives.implemented, whole.alternatives.implemented);
        assert_eq!(with.members.implemented, whole.members.implemented);
    }
}

#[test]
fn every_fact_is_counted_once_whatever_changes() {
    let deviations = deviations::parse(include_str!("../../../contracts/deviations.json")).unwrap();
    let (version, contract) = (ApiVersion::V3, checked_in().remove(0));
    let code = code::of(version);
    let facts = |coverage: &Coverage| {
        [
            coverage.operations,
            coverage.parameters,
            coverage.records,
            coverage.members,
            coverage.required,
            coverage.values,
            coverage.alternatives,
        ]
    };
    for mutant in mutants(&contract) {
        let report = check(&code, &mutant.contract, &deviations, None).unwrap();
        let coverage = of(&mutant.contract, &report).unwrap();
        let all = facts(&coverage).map(Count::all);
        assert_eq!(all, facts_in(&mutant.contract), "{}", mutant.what);
        // What HubSpot has no more is no fact to be counted.
        let counted = facts(&coverage).iter().map(|count| count.unlisted).sum::<usize>();
        let new = |change: &&Change| {
            change.now.is_some() && matches!(change.kind, Kind::Operation | Kind::Member | Kind::EnumValue)
        };
        if report.unlisted.iter().any(|change| new(&change)) {
            assert!(counted > 0, "{}", mutant.what);
        }
        if report.unlisted.is_empty() {
            assert_eq!(counted, 0, "{}", mutant.what);
        }
    }
}

/// How many facts there are, counted without a look at the code.
fn facts_in(contract: &Contract) -> [usize; 7] {
    let mut facts = [0; 7];
    facts[0] = contract.operations.len();
    facts[2] = contract.records.len();
    for operation in contract.operations.values() {
        facts[1] += operation.parameters.len();
        facts[4] += operation.parameters.values().filter(|of| of.required).count();
    }
    contract.each_schema(&mut |schema| {
        facts[5] += schema.values.len();
        match &schema.shape {
            Shape::Object(object) => {
                facts[3] += object.members.len();
                facts[4] += object.members.values().filter(|member| member.required).count();
            }
            Shape::Combination(union) => facts[6] += union.alternatives.len(),
            _ => {}
        }
    });
    facts
}

#[test]
fn a_list_of_values_that_the_code_leaves_open_is_counted_whole() {
    assert!(covered(|_| {}).iter().all(|coverage| coverage.values.listed > 300));
}

#[test]
fn the_table_is_easy_to_read() {
    let coverage = Coverage {
        version: "v3".to_owned(),
        operations: Count {
            implemented: 10,
            listed: 2,
            unlisted: 1,
        },
        ..Coverage::default()
    };
    let text = to_text(&[coverage]);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("version  operations      parameters"), "{text}");
    assert!(lines[1].starts_with("v3       10 of 13 +2 !1  0 of 0"), "{text}");
}

#[test]
fn parts_that_are_put_together_at_very_many_places_are_too_much() {
    let mut contract = checked_in().remove(0);
    let whole = |at: usize| {
        let mut own = Schema::from(Shape::String);
        own.rules.insert("maxLength".to_owned(), at.to_string());
        let parts = vec![
            Schema::from(Shape::Named("Part".to_owned())),
            object([("own".to_owned(), own)]),
        ];
        (format!("m{at}"), Schema::from(Shape::Combination(Combination::new(How::All, parts, None))))
    };
    let text = |at: usize| (format!("p{at}"), Schema::from(Shape::String));
    let covered = |contract: &Contract| {
        let report = check(&code::of(ApiVersion::V3), contract, &[], None).unwrap();
        of(contract, &report)
    };
    for (size, is_too_much) in [(30, false), (1_000, true)] {
        // Nothing that the code has leads there.
        contract.records.insert("Part".to_owned(), object((0..size).map(text)));
        contract
            .records
            .insert("Whole".to_owned(), object((0..size).map(whole)));
        assert_eq!(covered(&contract).is_err(), is_too_much, "{size}");
    }
}

fn object(members: impl IntoIterator<Item = (String, Schema)>) -> Schema {
    let member = |(name, schema): (String, Schema)| {
        let member = Member {
            required: false,
            schema,
        };
        (name, member)
    };
    Schema::from(Shape::Object(Object {
        members: members.into_iter().map(member).collect(),
        rest: Rest::Open,
    }))
}
