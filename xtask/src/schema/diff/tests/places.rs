//! Where a change is told of.

use super::*;

/// Two operations that send these.
fn two(one: &Value, other: &Value, schemas: &Value) -> Contract {
    let post = |schema: &Value| {
        let body = json!({ "content": { "application/json": { "schema": schema } } });
        json!({ "post": { "requestBody": body, "responses": {} } })
    };
    description(&json!({ "/custom-channels/one": post(one), "/custom-channels/two": post(other) }), schemas)
}

#[test]
fn what_stands_at_two_places_is_told_at_both() {
    let schemas = json!({ "A": described(json!({ "a": text() }), &[]) });
    let of = |members: Value| {
        let all = json!({ "allOf": [reference("A"), described(members, &[])] });
        two(&all, &all, &schemas)
    };
    let found = diff(&of(json!({ "b": text(), "c": text() })), &of(json!({ "b": text() })));
    assert_eq!(
        to_text(&found),
        "\
breaking:
  POST /custom-channels/one body.c: member removed: optional string (sent)
    also at POST /custom-channels/two body.c

1 change on the wire: 1 breaking, 0 worth adopting, 0 harmless
"
    );
    let json: Value = serde_json::from_str(&to_json(&found)).unwrap();
    let places = json!(["POST /custom-channels/one body.c", "POST /custom-channels/two body.c"]);
    assert_eq!(json["changes"][0]["places"], places);
}

#[test]
fn what_got_a_name_keeps_its_old_places() {
    let list = |items: &Value| json!({ "type": "array", "items": items });
    let old = list(&described(json!({ "b": text(), "c": text() }), &[]));
    let schemas = json!({ "List": list(&described(json!({ "b": text() }), &[])) });
    let named = reference("List");
    let found = diff(&two(&old, &old, &json!({})), &two(&named, &named, &schemas));
    let [change] = &*found else { panic!("{found:?}") };
    assert_eq!(change.item.to_string(), "POST /custom-channels/one body[].c");
    let also: Vec<String> = change.also.iter().map(ToString::to_string).collect();
    assert_eq!(also, ["POST /custom-channels/two body[].c"]);
    let there: Vec<String> = change.there.iter().map(ToString::to_string).collect();
    assert_eq!(there, ["List[].c"]);
}

#[test]
fn no_name_is_taken_for_a_step() {
    let old = described(json!({ "a.b": text(), "a": described(json!({ "b": text() }), &[]) }), &[]);
    let new = described(json!({ "a": described(json!({}), &[]) }), &[]);
    assert_eq!(
        between(&sent(&old, &json!({})), &sent(&new, &json!({}))),
        [
            "….a.b | member removed: optional string | breaking",
            r"….a\.b | member removed: optional string | breaking",
        ]
    );
}

#[test]
fn a_name_cannot_write_lines_of_its_own() {
    let old = described(json!({}), &[]);
    let new = described(json!({ "x\n\nnothing changed\u{1b}[2J\u{202e}": text() }), &[]);
    let text = to_text(&diff(&sent(&old, &json!({})), &sent(&new, &json!({}))));
    assert_eq!(text.lines().count(), 4, "{text}");
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()) && !text.contains('\u{202e}'), "{text}");
}

#[test]
fn a_shared_record_is_one_change_that_travels_in_both_directions() {
    let found = changes(|contract| member(contract, "PublicDeliveryIdentifier", "value").required = false);
    assert_eq!(lines(&found).len(), 1);
    assert_eq!(found[0].directions, BTreeSet::from([Direction::Sent, Direction::Received]));
    assert_eq!(found[0].verdict, Verdict::Harmless);
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
fn a_change_knows_every_place_of_the_new_contract() {
    // One record of the old contract is spelt out twice in the new one.
    let spelt = || object(&[("x", Schema::from(Shape::Boolean))]);
    let record = object(&[("x", Schema::from(Shape::String))]);
    let old = with(object(&[("a", named("Old")), ("b", named("Old"))]), [("Old".to_owned(), record)]);
    let new = with(object(&[("a", spelt()), ("b", spelt())]), []);
    let found = diff(&old, &new);
    assert_eq!(lines(&found), ["Old.x | type changed: string -> boolean | breaking"]);
    let there: Vec<String> = found[0].there.iter().map(ToString::to_string).collect();
    assert_eq!(there, ["PublicClient.clientType.a.x", "PublicClient.clientType.b.x"]);
}

#[test]
fn a_type_that_changed_beneath_the_same_words_is_told_itself() {
    let of = |kind: &str| {
        let all = json!({ "allOf": [reference("A"), { "maxLength": 9 }] });
        sent(&all, &json!({ "A": { "type": kind } }))
    };
    assert_eq!(between(&of("string"), &of("boolean")), ["… | type changed: string -> boolean | breaking"]);
}
