//! Typical bodies, written by hand.

/// A visitor's message with a picture, as HubSpot returns it after a publish: about 1.2 KB, nothing in it unknown.
pub const MESSAGE: &str = concat!(
    r#"{"type":"MESSAGE","id":"5c1f0b8e4e1a4b0f9f3b2f6d1a7c9e42","conversationsThreadId":"19615248623","#,
    r#""createdAt":"2026-05-27T12:15:00.123Z","updatedAt":"2026-05-27T12:15:00.123Z","createdBy":"V-1401","#,
    r#""client":{"clientType":"INTEGRATION","integrationAppId":40776849},"#,
    r#""senders":[{"actorId":"V-1401","name":"Ada","deliveryIdentifier":"#,
    r#"{"type":"CHANNEL_SPECIFIC_OPAQUE_ID","value":"chat:987654321"}}],"#,
    r#""recipients":[{"name":"Support","deliveryIdentifier":"#,
    r#"{"type":"CHANNEL_SPECIFIC_OPAQUE_ID","value":"webchat"}}],"archived":false,"#,
    r#""text":"Thanks, the parcel arrived this morning and everything in it is fine. Only the lamp is not the one from "#,
    r#"the picture: I ordered the blue one, and this one is green. Can I send it back?","#,
    r#""richText":"<p>Thanks, the parcel arrived this morning and everything in it is fine. Only the lamp is not the "#,
    r#"one from the picture: I ordered the <b>blue</b> one, and this one is green.</p><p>Can I send it back?</p>","#,
    r#""attachments":[{"type":"FILE","fileId":"122692044085","fileUsageType":"IMAGE","name":"lamp.png","#,
    r#""url":"https://files.example.com/a/122692044085/lamp.png"}],"truncationStatus":"NOT_TRUNCATED","#,
    r#""status":{"statusType":"RECEIVED"},"direction":"INCOMING","channelId":"2930388","#,
    r#""channelAccountId":"3307400689"}"#,
);

/// The body that publishes [`MESSAGE`].
pub const NEW_MESSAGE: &str = concat!(
    r#"{"channelAccountId":"3307400689","messageDirection":"INCOMING","#,
    r#""senders":[{"name":"Ada","deliveryIdentifier":"#,
    r#"{"type":"CHANNEL_SPECIFIC_OPAQUE_ID","value":"chat:987654321"}}],"#,
    r#""recipients":[{"name":"Support","deliveryIdentifier":"#,
    r#"{"type":"CHANNEL_SPECIFIC_OPAQUE_ID","value":"webchat"}}],"#,
    r#""text":"Thanks, the parcel arrived this morning and everything in it is fine. Only the lamp is not the one from "#,
    r#"the picture: I ordered the blue one, and this one is green. Can I send it back?","#,
    r#""attachments":[{"type":"FILE","fileId":"122692044085","fileUsageType":"IMAGE"}],"#,
    r#""timestamp":"2026-05-27T12:15:00.123Z","integrationThreadId":"chat-42","#,
    r#""integrationIdempotencyId":"chat-42/7"}"#,
);

/// [`MESSAGE`] from tomorrow: with a member, an enum value and a kind of attachment that nobody has heard of.
pub fn message_from_tomorrow() -> String {
    MESSAGE
        .replace(r#""archived""#, r#""sentiment":{"score":0.70,"labels":["calm"]},"archived""#)
        .replace("NOT_TRUNCATED", "SUMMARIZED")
        .replace("FILE", "HOLOGRAM")
}

/// An error in HubSpot's usual shape.
pub fn error(message: &str, category: &str) -> String {
    use crate::Json;

    Json::object([
        ("status", Json::string("error")),
        ("message", Json::string(message)),
        ("correlationId", Json::string("019db0fe-52a1-7c0e-9a57-6a2f3d1c8b40")),
        ("category", Json::string(category)),
    ])
    .to_string()
}
