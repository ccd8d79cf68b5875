//! How changes are shown.

use super::*;

#[test]
fn people_read_the_worst_first_and_a_repeated_change_once() {
    let found = changes(|contract| {
        for operation in contract.operations.values_mut() {
            for (id, parameter) in &mut operation.parameters {
                if id.name == "messageId" {
                    parameter.schema = Schema::from(Shape::Boolean);
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
