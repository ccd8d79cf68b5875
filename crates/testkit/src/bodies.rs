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

/// The report that a message was not delivered.
pub const STATUS_UPDATE: &str = r#"{"statusType":"FAILED","errorMessage":"The recipient has left the chat"}"#;

/// An address in the outside service: the smallest record of the API.
pub const DELIVERY_IDENTIFIER: &str = r#"{"type":"CHANNEL_SPECIFIC_OPAQUE_ID","value":"chat:987654321"}"#;

/// A channel with every capability that there is.
pub const CHANNEL: &str = concat!(
    r#"{"id":"2930388","name":"Harbour chat","capabilities":{"#,
    r#""deliveryIdentifierTypes":["CHANNEL_SPECIFIC_OPAQUE_ID","HS_EMAIL_ADDRESS","HS_PHONE_NUMBER"],"#,
    r#""threadingModel":"INTEGRATION_THREAD_ID","richText":["HYPERLINK","TEXT_ALIGNMENT","BLOCKQUOTE"],"#,
    r#""allowInlineImages":true,"allowOutgoingMessages":true,"allowConversationStart":false,"#,
    r#""allowMultipleRecipients":false,"outgoingAttachmentTypes":["FILE","QUICK_REPLIES"],"#,
    r#""allowedFileAttachmentMimeTypes":["image/png","image/jpeg","application/pdf","text/plain"],"#,
    r#""maxFileAttachmentCount":5,"maxFileAttachmentSizeBytes":1000000,"#,
    r#""maxTotalFileAttachmentSizeBytes":5000000,"allowFileAttachments":true},"#,
    r#""createdAt":"2026-05-27T12:15:00.123Z","webhookUrl":"https://bridge.example.com/hubspot/channel","#,
    r#""channelAccountConnectionRedirectUrl":"https://bridge.example.com/connect","#,
    r#""channelDescription":"Talks to the visitors of the harbour's website","#,
    r#""channelLogoUrl":"https://bridge.example.com/logo.png"}"#,
);

/// A contact card, the deepest attachment.
pub const CONTACT_CARD: &str = concat!(
    r#"{"type":"CONTACT","contactProfile":{"#,
    r#""name":{"firstName":"Ada","middleName":"M.","lastName":"Harbour","prefix":"Dr.","suffix":"Jr."},"#,
    r#""org":{"company":"Harbour Lamps","department":"Workshop","title":"Engineer"},"#,
    r#""addresses":[{"street":"1 Quay Street","city":"Harbourtown","state":"HT","zip":"12345","#,
    r#""country":"Germany","countryCode":"DE","type":"WORK"}],"#,
    r#""emails":[{"email":"ada@example.com","type":"WORK"},{"email":"a.harbour@example.org","type":"HOME"}],"#,
    r#""phones":[{"phone":"+4915112345678","type":"CELL"},{"phone":"+4930123456","type":"MAIN"}],"#,
    r#""urls":[{"url":"https://example.com/ada","type":"HOME"}]}}"#,
);

/// What a channel's webhook brings when an agent has replied, around `message`.
pub fn reply_event(message: &str) -> String {
    format!(
        concat!(
            r#"{{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","portalId":"62515","channelId":"2930388","#,
            r#""eventId":"0c1a5f7e-7d0b-4c37-8a53-2f0a5a9b8d11","eventTimestamp":"2026-05-27T12:20:00.000Z","#,
            r#""channelIntegrationThreadIds":["chat-42"],"message":{}}}"#,
        ),
        message
    )
}

/// A page of a list that goes on, with this item over and over.
pub fn page(item: &str, count: usize) -> String {
    let items = vec![item; count].join(",");
    format!(r#"{{"results":[{items}],"paging":{{"next":{{"after":"MTAw","link":"?after=MTAw"}}}}}}"#)
}

/// The object with a member more that nobody has heard of.
pub fn with_stranger(object: &str) -> String {
    const STRANGER: &str = r#","sentiment":{"score":0.70,"labels":["calm"]}}"#;

    format!("{}{STRANGER}", object.strip_suffix('}').unwrap_or(object))
}

/// The object with its `type`, which comes first, moved to the end.
pub fn with_type_last(object: &str) -> String {
    object
        .strip_prefix('{')
        .and_then(|members| members.strip_suffix('}'))
        .and_then(|members| members.split_once(','))
        .filter(|(first, _)| first.starts_with(r#""type":"#))
        .map_or_else(|| object.to_owned(), |(first, rest)| format!("{{{rest},{first}}}"))
}

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
