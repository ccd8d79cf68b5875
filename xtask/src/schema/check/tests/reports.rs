//! What a report tells those who have to do something about it.

use super::*;

#[test]
fn a_report_says_what_and_where_and_what_to_do() {
    let told = report(|contract| {
        let boolean = Schema::from(Shape::Boolean);
        let member = Member {
            required: false,
            schema: boolean,
        };
        object(contract, "PublicChannelIntegrationChannel").insert("muted".to_owned(), member);
    });
    let (place, told): (Vec<&str>, Vec<&str>) = told.lines().partition(|line| line.contains("crates/"));
    assert_eq!(
        told,
        [
            "v3: 1 not accounted for, 32 facts as deviations",
            "  Channel.muted: HubSpot has a member that the code has not: optional boolean",
            "      HubSpot calls it PublicChannelIntegrationChannel",
        ]
    );
    let [place] = *place else { panic!("{place:?}") };
    let (file, todo) = place.trim().split_once(": ").unwrap();
    assert_eq!(todo, "add the member, or list it as a deviation with its reason in xtask/contracts/deviations.json");
    let (file, line) = file.split_once(':').unwrap();
    assert_eq!(declared_at(file, line.parse().unwrap()), "Channel");
}

#[test]
fn a_report_on_a_long_list_of_values_says_which_came_and_went() {
    let told = report(|contract| {
        let member = object(contract, "PreResolvedContact")
            .get_mut("contactPropertiesLeadingToMatch")
            .unwrap();
        let Shape::Array(items) = &mut member.schema.shape else {
            panic!("no array")
        };
        items.values.insert("favourite_colour".to_owned());
        items.values.remove("firstname");
    });
    assert!(told.contains("      enum value added: favourite_colour\n      enum value removed: firstname\n"), "{told}");
    assert!(told.contains("a deviation is listed for PreResolvedContact.contactPropertiesLeadingToMatch[]"), "{told}");
    assert!(told.starts_with("v3: 1 not accounted for, 31 facts"), "{told}");
}

/// The type that the macro declares which begins at a line.
pub(super) fn declared_at(file: &str, line: u32) -> String {
    let source = std::fs::read_to_string(crate::cargo::root().join(file)).unwrap();
    let mut lines = source.lines().skip(line as usize - 1);
    let first = lines.next().unwrap();
    assert!(first.ends_with("! {"), "{file}:{line} is no declaration: {first}");
    let name = lines.find_map(|line| {
        let words = line.trim().strip_prefix("pub ")?;
        words.strip_prefix("enum ").or_else(|| words.strip_prefix("struct "))
    });
    name.unwrap().split([' ', '{', '<']).next().unwrap().to_owned()
}

/// What a report says is to be done: the line that begins with a file.
fn todo(report: &str) -> &str {
    let mut places = report.lines().filter(|line| line.starts_with("      crates/"));
    let place = places.next().unwrap_or_else(|| panic!("{report}"));
    assert_eq!(places.next(), None, "{report}");
    place.split_once(": ").unwrap().1
}

/// What comes before and after the enum of this name that a text points to.
fn around<'t>(todo: &'t str, name: &str) -> [&'t str; 2] {
    let (before, rest) = todo
        .split_once(&format!("the enum `{name}` ("))
        .unwrap_or_else(|| panic!("{todo}"));
    let (place, after) = rest.split_once(')').unwrap();
    let (file, line) = place.rsplit_once(':').unwrap();
    assert_eq!(declared_at(file, line.parse().unwrap()), name);
    [before, after]
}

const OR_LIST: &str = ", or list it as a deviation with its reason in xtask/contracts/deviations.json";

/// The values of a schema, or of what it is a list of.
fn values(schema: &mut Schema) -> &mut BTreeSet<String> {
    match schema {
        Schema {
            shape: Shape::Array(items),
            ..
        } => values(items),
        other => &mut other.values,
    }
}

/// The report on the v3 contract after the values of a member were changed.
fn with_values(record: &str, member: &str, change: impl FnOnce(&mut BTreeSet<String>)) -> String {
    report(|contract| change(values(&mut object(contract, record).get_mut(member).unwrap().schema)))
}

#[test]
fn a_value_that_came_or_went_is_told_with_its_enum() {
    let told = with_values("PublicConversationsMessage", "direction", |values| {
        values.insert("SIDEWAYS".to_owned());
    });
    assert_eq!(around(todo(&told), "MessageDirection"), ["add the value in ", OR_LIST]);
    let told = with_values("PublicConversationsMessage", "direction", |values| {
        values.remove("INCOMING");
    });
    assert_eq!(around(todo(&told), "MessageDirection"), ["remove the value in ", OR_LIST]);
}

#[test]
fn a_value_of_a_parameter_is_told_with_its_enum() {
    let told = report(|contract| {
        let parameters = contract
            .operations
            .values_mut()
            .flat_map(|operation| &mut operation.parameters);
        let mut kinds = parameters.filter(|(id, _)| id.name == "deliveryIdentifierType");
        values(&mut kinds.next().unwrap().1.schema).insert("PIGEON".to_owned());
    });
    assert_eq!(around(todo(&told), "DeliveryIdentifierType"), ["add the value in ", OR_LIST]);
}

#[test]
fn a_kind_that_came_or_went_is_told_with_its_enum() {
    let with = |change: &dyn Fn(&mut Vec<Schema>)| {
        report(|contract| {
            let attachments = object(contract, "ChannelIntegrationMessageEgg")
                .get_mut("attachments")
                .unwrap();
            let Shape::Array(items) = &mut attachments.schema.shape else {
                panic!("no list")
            };
            let Shape::Combination(union) = &mut items.shape else {
                panic!("no union")
            };
            change(&mut union.alternatives);
        })
    };
    let told = with(&|kinds| kinds.push(Schema::from(Shape::Boolean)));
    assert_eq!(around(todo(&told), "Attachment"), ["add the kind in ", OR_LIST]);
    let told = with(&|kinds| kinds.truncate(kinds.len() - 1));
    assert_eq!(around(todo(&told), "Attachment"), ["remove the kind in ", OR_LIST]);
}

#[test]
fn the_name_of_a_kind_is_told_with_the_enum_of_the_kinds() {
    let told = with_values("PublicFile", "type", |values| {
        values.insert("FILM".to_owned());
    });
    assert_eq!(around(todo(&told), "Attachment"), ["add the value in ", OR_LIST]);
}

#[test]
fn a_member_that_becomes_a_union_of_other_things_is_in_no_enum_of_values() {
    let told = report(|contract| {
        let direction = &mut object(contract, "PublicConversationsMessage")
            .get_mut("direction")
            .unwrap()
            .schema;
        let text = std::mem::replace(direction, Schema::from(Shape::Boolean));
        let other = Schema::from(Shape::Object(crate::schema::contract::Object::default()));
        let how = crate::schema::contract::How::One;
        let union = crate::schema::contract::Combination::new(how, vec![text, other], None);
        direction.shape = Shape::Combination(union);
    });
    assert!(told.contains("  Message.direction|1: HubSpot has an alternative that the code has not: object"), "{told}");
    assert_eq!(todo(&told), format!("add the kind in the type of the member{OR_LIST}"));
}

#[test]
fn a_union_that_becomes_a_list_of_values_is_told_without_the_enum_of_its_kinds() {
    let item = Item::new(Root::Record("NewMessage".to_owned())).step(".attachments[]|x");
    let (code, _) = v3();
    let of = |kind| code.enum_at(&item, kind).map(|of| of.name);
    assert_eq!((of(Kind::Alternative), of(Kind::EnumValue)), (Some("Attachment"), None));
}

#[test]
fn a_rule_is_told_with_what_to_do_about_it_and_is_listed() {
    for (record, item, [keyword, value], advice) in [
        (
            "ChannelIntegrationMessageEgg",
            "NewMessage.text",
            ["maxLength", "9"],
            "say it in the docs of the member, hold it in preflight if it bounds what is sent",
        ),
        (
            "PublicConversationsMessage",
            "Message.text",
            ["readOnly", "true"],
            "say `only_received` of the member if it is sent",
        ),
        (
            "ChannelIntegrationMessageEgg",
            "NewMessage.text",
            ["writeOnly", "true"],
            "say in the docs of the member that it never comes",
        ),
        (
            "ChannelIntegrationMessageEgg",
            "NewMessage.text",
            ["default", "\"\""],
            "say in the docs of the member what it means to leave it out",
        ),
        (
            "PublicConversationsMessage",
            "Message.text",
            ["deprecated", "true"],
            "say in the docs of the member that it is deprecated, and what takes its place",
        ),
    ] {
        let told = report(|contract| {
            let text = object(contract, record).get_mut("text").unwrap();
            text.schema.rules.insert(keyword.to_owned(), value.to_owned());
        });
        let line = format!("  {item}: HubSpot has a rule that the code has not: {keyword} {value}\n");
        assert!(told.contains(&line), "{told}");
        let listed = "and list it with its reason in xtask/contracts/deviations.json";
        assert_eq!(todo(&told), format!("{advice}, {listed}"));
    }
}

#[test]
fn a_schema_that_got_a_name_keeps_its_place_in_the_code() {
    // A list that has a name of its own from now on, and one more kind.
    let told = report(|contract| {
        let plain = |shape| Schema {
            shape,
            ..Schema::default()
        };
        let attachments = object(contract, "ChannelIntegrationMessageEgg")
            .get_mut("attachments")
            .unwrap();
        let mut list = std::mem::replace(&mut attachments.schema, plain(Shape::Named("Attachments".to_owned())));
        let Shape::Array(items) = &mut list.shape else {
            panic!("no list")
        };
        let Shape::Combination(union) = &mut items.shape else {
            panic!("no union")
        };
        union.alternatives.push(plain(Shape::Boolean));
        contract.records.insert("Attachments".to_owned(), list);
    });
    assert!(told.starts_with("v3: 1 not accounted for"), "{told}");
    let place = "  NewMessage.attachments[]|";
    assert!(told.contains(place), "{told}");
    assert!(told.contains("      HubSpot calls it Attachments\n"), "{told}");
    assert!(
        told.lines()
            .any(|line| line.contains("crates/model/src/") && line.contains(": add the kind")),
        "{told}"
    );
}
