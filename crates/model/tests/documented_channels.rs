//! Channels, channel accounts and staging tokens: whole bodies, every member of which is read and written again.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel_model::{
    Channel, ChannelAccount, ChannelAccountQuery, ChannelAccountUpdate, ChannelCapabilities, ChannelPatch,
    ChannelQuery, DeliveryIdentifier, DeliveryIdentifierType, Field, NewChannel, NewChannelAccount,
    OutgoingAttachmentType, Page, RichTextFeature, StagingRedirect, StagingToken, StagingTokenUpdate, ThreadingModel,
    decode,
};
use hubchannel_testkit::assert_same_json;
use serde::{Serialize, de::DeserializeOwned};

#[track_caller]
fn read<T: DeserializeOwned + Serialize>(json: &str) -> T {
    let value: T = decode(json.as_bytes()).unwrap();
    assert_same_json(&serde_json::to_string(&value).unwrap(), json);
    value
}

/// The path and the reason for which a document is no `T`.
#[track_caller]
fn refused<T: DeserializeOwned>(json: &str, path: &str, reason: &str) {
    let error = decode::<T>(json.as_bytes()).err().unwrap();
    assert_eq!(error.path(), path, "{error}");
    assert!(error.reason().contains(reason), "{error}");
}

const CAPABILITIES: &str = r#"{
    "deliveryIdentifierTypes": ["CHANNEL_SPECIFIC_OPAQUE_ID", "HS_PHONE_NUMBER", "HS_CARRIER_PIGEON"],
    "threadingModel": "INTEGRATION_THREAD_ID",
    "richText": ["HYPERLINK", "TEXT_ALIGNMENT", "BLOCKQUOTE", "BOLD", "ITALIC", "LISTS", "TEXT_COLOR", "MARQUEE"],
    "allowInlineImages": true,
    "allowOutgoingMessages": true,
    "allowConversationStart": false,
    "allowMultipleRecipients": false,
    "outgoingAttachmentTypes": ["FILE"],
    "allowedFileAttachmentMimeTypes": ["image/*", "application/pdf"],
    "maxFileAttachmentCount": 5,
    "maxFileAttachmentSizeBytes": 10485760,
    "maxTotalFileAttachmentSizeBytes": 3.1457280e7,
    "allowFileAttachments": true,
    "allowHolograms": {"depth": 3}
}"#;

#[test]
fn every_capability_is_read() {
    let capabilities: ChannelCapabilities = read(CAPABILITIES);
    assert_eq!(
        capabilities.delivery_identifier_types.as_deref().unwrap(),
        [
            DeliveryIdentifierType::ChannelSpecificOpaqueId,
            DeliveryIdentifierType::HsPhoneNumber,
            "HS_CARRIER_PIGEON".into(),
        ]
    );
    assert_eq!(capabilities.threading_model, ThreadingModel::IntegrationThreadId.into());
    assert_eq!(
        capabilities.rich_text.as_deref().unwrap(),
        [
            RichTextFeature::Hyperlink,
            RichTextFeature::TextAlignment,
            RichTextFeature::Blockquote,
            RichTextFeature::Bold,
            RichTextFeature::Italic,
            RichTextFeature::Lists,
            RichTextFeature::TextColor,
            "MARQUEE".into(),
        ]
    );
    assert_eq!(capabilities.allow_inline_images, true.into());
    assert_eq!(capabilities.allow_outgoing_messages, true.into());
    assert_eq!(capabilities.allow_conversation_start, false.into());
    assert_eq!(capabilities.allow_multiple_recipients, false.into());
    assert_eq!(capabilities.outgoing_attachment_types.as_deref(), Some(&[OutgoingAttachmentType::File][..]));
    assert_eq!(capabilities.allowed_file_attachment_mime_types.as_deref().unwrap(), ["image/*", "application/pdf"]);
    assert_eq!(capabilities.max_file_attachment_count, Field::Value(5.into()));
    assert_eq!(capabilities.max_file_attachment_size_bytes, Field::Value(10_485_760.into()));
    assert_eq!(capabilities.max_total_file_attachment_size_bytes, Field::Value(31_457_280.into()));
    assert_eq!(capabilities.allow_file_attachments, true.into());
    assert_eq!(capabilities.extra.get("allowHolograms"), Some(r#"{"depth": 3}"#));
}

#[test]
fn capabilities_built_by_hand_are_what_was_said() {
    let built = ChannelCapabilities::new(ThreadingModel::DeliveryIdentifier)
        .add_delivery_identifier_type(DeliveryIdentifierType::HsPhoneNumber)
        .add_delivery_identifier_type("HS_SHORT_CODE")
        .set_rich_text(Vec::<RichTextFeature>::new())
        .set_allow_inline_images(false)
        .set_allow_outgoing_messages(true)
        .set_allow_conversation_start(true)
        .set_allow_multiple_recipients(false)
        .set_outgoing_attachment_types(["FILE"])
        .set_allowed_file_attachment_mime_types(["image/png"])
        .set_max_file_attachment_count(1)
        .set_max_file_attachment_size_bytes(2_000_000)
        .set_max_total_file_attachment_size_bytes(u64::MAX);
    assert_same_json(
        &serde_json::to_string(&built).unwrap(),
        r#"{"deliveryIdentifierTypes":["HS_PHONE_NUMBER","HS_SHORT_CODE"],"threadingModel":"DELIVERY_IDENTIFIER",
            "richText":[],"allowInlineImages":false,"allowOutgoingMessages":true,"allowConversationStart":true,
            "allowMultipleRecipients":false,"outgoingAttachmentTypes":["FILE"],
            "allowedFileAttachmentMimeTypes":["image/png"],"maxFileAttachmentCount":1,
            "maxFileAttachmentSizeBytes":2000000,"maxTotalFileAttachmentSizeBytes":18446744073709551615}"#,
    );
}

#[test]
fn a_channel_is_read_whole() {
    let channel: Channel = read(&format!(
        r#"{{"id":"2930388","name":"Harbour chat","capabilities":{CAPABILITIES},
            "createdAt":"2026-01-15T09:30:00.000Z","webhookUrl":"https://bridge.example.com/hubspot?tenant=7",
            "channelAccountConnectionRedirectUrl":"https://bridge.example.com/connect",
            "channelDescription":"The chat on the harbour's website",
            "channelLogoUrl":"https://bridge.example.com/logo.png","archived":false}}"#
    ));
    assert_eq!(channel.id, "2930388".into());
    assert_eq!(channel.name.as_deref(), Some("Harbour chat"));
    assert_eq!(channel.threading_model(), Some(&ThreadingModel::IntegrationThreadId));
    assert_eq!(channel.created_at, "2026-01-15T09:30:00Z".into());
    assert_eq!(channel.webhook_url.as_deref(), Some("https://bridge.example.com/hubspot?tenant=7"));
    assert_eq!(channel.channel_account_connection_redirect_url.as_deref(), Some("https://bridge.example.com/connect"));
    assert_eq!(channel.channel_description.as_deref(), Some("The chat on the harbour's website"));
    assert_eq!(channel.channel_logo_url.as_deref(), Some("https://bridge.example.com/logo.png"));
    assert_eq!(channel.extra.get("archived"), Some("false"));

    let numeric: Channel = read(r#"{"id":2930388,"capabilities":{}}"#);
    assert!(numeric.id.as_ref().unwrap().is_number());
    assert_eq!(numeric.threading_model(), None);
}

#[test]
fn a_channel_to_register_needs_a_name_and_capabilities_that_hubspot_knows() {
    let body = NewChannel::new("Harbour chat", ChannelCapabilities::new("INTEGRATION_THREAD_ID"))
        .set_webhook_url("https://bridge.example.com/hubspot")
        .set_channel_account_connection_redirect_url("https://bridge.example.com/connect")
        .set_channel_description("The chat")
        .set_channel_logo_url("https://bridge.example.com/logo.png");
    body.check().unwrap();
    assert_same_json(
        &serde_json::to_string(&body).unwrap(),
        r#"{"name":"Harbour chat","capabilities":{"threadingModel":"INTEGRATION_THREAD_ID"},
            "webhookUrl":"https://bridge.example.com/hubspot",
            "channelAccountConnectionRedirectUrl":"https://bridge.example.com/connect",
            "channelDescription":"The chat","channelLogoUrl":"https://bridge.example.com/logo.png"}"#,
    );

    let missing = NewChannel::default().check().unwrap_err();
    let paths: Vec<&str> = missing.iter().map(|violation| &*violation.path).collect();
    assert_eq!(paths, ["name", "capabilities"]);

    let unknown: NewChannel = read(
        r#"{"name":"a","capabilities":{"threadingModel":"DELIVERY_IDENTFIER_BASED_THREADING",
            "deliveryIdentifierTypes":["HS_EMAIL_ADDRESS","EMAIL"]}}"#,
    );
    assert_eq!(
        unknown.check().unwrap_err().to_string(),
        "capabilities.deliveryIdentifierTypes[1]: is a value that HubSpot has refused \
         (use CHANNEL_SPECIFIC_OPAQUE_ID, HS_EMAIL_ADDRESS, HS_PHONE_NUMBER or HS_SHORT_CODE); \
         capabilities.threadingModel: is a value that HubSpot has refused \
         (use INTEGRATION_THREAD_ID or DELIVERY_IDENTIFIER)"
    );
    let json = br#"{"name":"Harbour chat","capabilities":{"deliveryIdentifierTypes":[{"type":"HS_EMAIL_ADDRESS"}]}}"#;
    let odd: NewChannel = decode(json).unwrap();
    assert_eq!(
        odd.check().unwrap_err().to_string(),
        "capabilities.deliveryIdentifierTypes: is a list with objects in it, which HubSpot has refused \
         (list the kinds as strings, such as CHANNEL_SPECIFIC_OPAQUE_ID)"
    );
}

#[test]
fn a_page_has_no_more_items_than_hubspot_counts() {
    for name in ["limit", "defaultPageLength"] {
        for (value, reason) in [
            ("2147483647", None),
            ("0", None),
            ("2147483648", Some("must be at most 2147483647")),
            ("4294967295", Some("must be at most 2147483647")),
            ("4294967296", Some("number too large to fit in target type")),
            ("-1", Some("invalid digit found in string")),
        ] {
            let read = ChannelAccountQuery::from_pairs([(name, value)]);
            let refused = read.as_ref().err().map(|error| (error.path(), error.reason()));
            assert_eq!(refused, reason.map(|reason| (name, reason)), "{value}");
            assert!(read.is_err() || read.is_ok_and(|query| query.check().is_ok()));
        }
    }
    let too_many = ChannelQuery::default()
        .set_limit(2_147_483_648)
        .set_default_page_length(u32::MAX);
    let violations = too_many.check().unwrap_err();
    let paths: Vec<&str> = violations.iter().map(|violation| violation.path.as_str()).collect();
    assert_eq!(paths, ["limit", "defaultPageLength"]);
}

#[test]
fn a_patch_tells_absent_from_null_from_a_value() {
    let patch: ChannelPatch = read(r#"{"webhookUrl":null,"name":"Pier chat","capabilities":{"richText":[]}}"#);
    assert_eq!(patch.webhook_url, Field::Null);
    assert_eq!(patch.name, "Pier chat".into());
    assert_eq!(patch.channel_logo_url, Field::Absent);
    patch.check().unwrap();

    let built = ChannelPatch::new()
        .set_name("Pier chat")
        .set_capabilities(ChannelCapabilities::new(ThreadingModel::DeliveryIdentifier))
        .clear_webhook_url()
        .clear_channel_account_connection_redirect_url()
        .clear_channel_description()
        .clear_channel_logo_url();
    assert_same_json(
        &serde_json::to_string(&built).unwrap(),
        r#"{"name":"Pier chat","capabilities":{"threadingModel":"DELIVERY_IDENTIFIER"},"webhookUrl":null,
            "channelAccountConnectionRedirectUrl":null,"channelDescription":null,"channelLogoUrl":null}"#,
    );
    let refilled = built
        .set_webhook_url("a")
        .set_channel_account_connection_redirect_url("b")
        .set_channel_description("c")
        .set_channel_logo_url("d");
    assert_same_json(
        &serde_json::to_string(&refilled).unwrap(),
        r#"{"name":"Pier chat","capabilities":{"threadingModel":"DELIVERY_IDENTIFIER"},"webhookUrl":"a",
            "channelAccountConnectionRedirectUrl":"b","channelDescription":"c","channelLogoUrl":"d"}"#,
    );

    assert_eq!(serde_json::to_string(&ChannelPatch::new()).unwrap(), "{}");
    let violations = ChannelPatch::new()
        .set_capabilities(ChannelCapabilities::new(""))
        .check()
        .unwrap_err();
    assert_eq!(violations.iter().next().unwrap().path, "capabilities.threadingModel");
    refused::<ChannelPatch>(r#"{"capabilities":{},"webhookUrl":{}}"#, "webhookUrl", "expected a string");
}

#[test]
fn an_account_is_read_whole() {
    let account: ChannelAccount = read(
        r#"{"id":"3307400689","name":"Harbour website","channelId":"2930388","inboxId":"1431487401",
            "createdAt":"2026-01-15T10:00:00.000Z","active":true,"authorized":true,"archived":true,
            "archivedAt":"2026-02-01T00:00:00.000Z",
            "deliveryIdentifier":{"type":"CHANNEL_SPECIFIC_OPAQUE_ID","value":"harbour-website"},"mood":"calm"}"#,
    );
    assert_eq!(account.id, "3307400689".into());
    assert_eq!(account.name.as_deref(), Some("Harbour website"));
    assert_eq!(account.channel_id, "2930388".into());
    assert_eq!(account.inbox_id, "1431487401".into());
    assert_eq!(account.created_at, "2026-01-15T10:00:00Z".into());
    assert_eq!((&account.active, &account.authorized), (&true.into(), &true.into()));
    assert_eq!(account.archived, true.into());
    assert_eq!(account.archived_at, "2026-02-01T00:00:00Z".into());
    assert_eq!(account.delivery_identifier, DeliveryIdentifier::opaque("harbour-website").into());
    assert_eq!(account.extra.get("mood"), Some(r#""calm""#));
    assert!(!account.is_usable());
    assert!(ChannelAccount::default().is_usable());
    assert!(!read::<ChannelAccount>(r#"{"authorized":false}"#).is_usable());
    assert!(!read::<ChannelAccount>(r#"{"active":false,"authorized":null}"#).is_usable());
}

#[test]
fn an_account_to_connect_has_an_inbox_a_name_and_a_whole_identifier() {
    let body = NewChannelAccount::new("1431487401", "Harbour website")
        .set_delivery_identifier(DeliveryIdentifier::phone("+4915112345678"))
        .set_authorized(false);
    body.check().unwrap();
    assert_same_json(
        &serde_json::to_string(&body).unwrap(),
        r#"{"inboxId":"1431487401","name":"Harbour website","authorized":false,
            "deliveryIdentifier":{"type":"HS_PHONE_NUMBER","value":"+4915112345678"}}"#,
    );
    let broken: NewChannelAccount = read(r#"{"inboxId":"","deliveryIdentifier":{"value":""},"accountId":"a"}"#);
    let violations = broken.check().unwrap_err();
    let paths: Vec<&str> = violations.iter().map(|violation| &*violation.path).collect();
    assert_eq!(
        paths,
        [
            "inboxId",
            "name",
            "authorized",
            "deliveryIdentifier.type",
            "deliveryIdentifier.value"
        ]
    );
    refused::<NewChannelAccount>(
        r#"{"deliveryIdentifier":"ada@example.com"}"#,
        "deliveryIdentifier",
        "expected an object (DeliveryIdentifier)",
    );
}

#[test]
fn an_update_of_an_account_changes_something() {
    let update = ChannelAccountUpdate::new().set_name("Pier").set_authorized(true);
    update.check().unwrap();
    assert_eq!(serde_json::to_string(&update).unwrap(), r#"{"name":"Pier","authorized":true}"#);
    let ignored: ChannelAccountUpdate = read(r#"{"inboxId":"7"}"#);
    assert_eq!(ignored.check().unwrap_err().to_string(), "must change something (set name or authorized)");
}

#[test]
fn a_staging_token_has_numbers_for_ids_and_hides_the_token() {
    let token: StagingToken = read(
        r#"{"accountToken":"hush-1","createdAt":"2026-01-15T10:00:00.000Z","genericChannelId":2930388,
            "inboxId":1431487401,"userId":2620022,"accountName":"Harbour website",
            "deliveryIdentifier":{"type":"HS_SHORT_CODE","value":"71717"},"state":"hush-2"}"#,
    );
    assert_eq!(token.account_token.as_ref().unwrap().expose(), "hush-1");
    assert_eq!(token.created_at, "2026-01-15T10:00:00Z".into());
    assert_eq!(token.generic_channel_id, "2930388".into());
    assert_eq!(token.inbox_id, "1431487401".into());
    assert_eq!(token.user_id, "2620022".into());
    assert!(token.user_id.as_ref().unwrap().is_number());
    assert_eq!(token.account_name.as_deref(), Some("Harbour website"));
    assert_eq!(token.delivery_identifier, DeliveryIdentifier::new("HS_SHORT_CODE", "71717").into());
    assert!(!format!("{token:?} {token:#?}").contains("hush"));

    refused::<StagingToken>(r#"{"accountToken":8361}"#, "accountToken", "a number, expected a secret");
    refused::<StagingToken>(r#"{"accountToken":-8.361}"#, "accountToken", "expected a secret");
    refused::<StagingToken>(r#"{"accountToken":true}"#, "accountToken", "a boolean, expected a secret");
    let error = decode::<StagingToken>(br#"{"accountToken":8361}"#).unwrap_err();
    assert!(!error.to_string().contains("8361"));
}

#[test]
fn a_staging_token_is_finished_with_a_name_and_a_whole_identifier() {
    let update = StagingTokenUpdate::new("Harbour website", DeliveryIdentifier::opaque("harbour-website"));
    update.check().unwrap();
    assert_same_json(
        &serde_json::to_string(&update).unwrap(),
        r#"{"accountName":"Harbour website",
            "deliveryIdentifier":{"type":"CHANNEL_SPECIFIC_OPAQUE_ID","value":"harbour-website"}}"#,
    );
    let half: StagingTokenUpdate = read(r#"{"accountName":null,"deliveryIdentifier":{"type":"HS_SHORT_CODE"}}"#);
    assert_eq!(half.check().unwrap_err().to_string(), "deliveryIdentifier.value: is required (give the address)");
    StagingTokenUpdate::default().check().unwrap();
}

#[test]
fn a_redirect_is_read_from_its_query_and_refuses_doubled_names() {
    let pairs = [
        ("utm", "hush-0"),
        ("inboxId", "1431487401"),
        ("accountToken", "hush-1"),
        ("portalId", "62515"),
        ("redirectUrl", "https://app.hubspot.com/x?state=hush-2"),
        ("channelId", "2930388"),
        ("utm", "again"),
    ];
    let redirect = StagingRedirect::from_pairs(pairs).unwrap();
    assert_eq!(redirect.account_token.expose(), "hush-1");
    assert_eq!(redirect.channel_id, Some("2930388".into()));
    assert_eq!(redirect.inbox_id, Some("1431487401".into()));
    assert_eq!(redirect.portal_id, Some("62515".into()));
    assert_eq!(redirect.redirect_url.as_deref(), Some("https://app.hubspot.com/x?state=hush-2"));
    assert_eq!(redirect.get("utm"), Some("hush-0"));
    assert_eq!(redirect.get("accountToken"), None);
    assert_eq!(redirect.other.len(), 2);
    assert!(!format!("{redirect:?}").contains("hush"), "{redirect:?}");
    assert_eq!(StagingRedirect::from_pairs(redirect.to_pairs()).unwrap(), redirect);

    let reason = |pairs: &[(&str, &str)]| {
        StagingRedirect::from_pairs(pairs.iter().copied())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(reason(&[("channelId", "1")]), "accountToken: is required");
    assert_eq!(reason(&[("accountToken", "")]), "accountToken: is required");
    assert_eq!(reason(&[("accountToken", "a"), ("accountToken", "a")]), "accountToken: comes twice");
    assert_eq!(StagingRedirect::from_pairs([("accountToken", "a")]).unwrap(), StagingRedirect::new("a"));
}

#[test]
fn a_page_ends_where_it_has_no_cursor() {
    let page: Page<Channel> = read(
        r#"{"total":3,"results":[{"id":"1"},{"id":"2","name":null}],
            "paging":{"next":{"after":"Mg==","link":"https://api.example.com/?after=Mg%3D%3D","x":1},
                "prev":{"before":"MA==","link":"https://api.example.com/?before=MA%3D%3D"},"y":2},"took":0.10}"#,
    );
    assert_eq!(page.total, Field::Value(3.into()));
    assert_eq!(page.items().len(), 2);
    assert_eq!(page.next_cursor(), Some("Mg=="));
    let paging = page.paging.as_ref().unwrap();
    assert_eq!(paging.next.as_ref().unwrap().link.as_deref(), Some("https://api.example.com/?after=Mg%3D%3D"));
    let previous = paging.prev.as_ref().unwrap();
    assert_eq!(previous.before.as_deref(), Some("MA=="));
    assert_eq!(previous.link.as_deref(), Some("https://api.example.com/?before=MA%3D%3D"));
    assert_eq!(page.extra.get("took"), Some("0.10"));

    let empty: Page<Channel> = read(r#"{"results":[],"paging":{"next":{"after":"3"}}}"#);
    assert!(empty.items().is_empty());
    assert_eq!(empty.next_cursor(), Some("3"));
    for last in [
        "{}",
        r#"{"results":null,"paging":null}"#,
        r#"{"paging":{}}"#,
        r#"{"paging":{"next":null}}"#,
        r#"{"paging":{"next":{"after":""}}}"#,
    ] {
        let page: Page<ChannelAccount> = read(last);
        assert_eq!((page.next_cursor(), page.items().len()), (None, 0));
        assert_eq!(page.into_items(), []);
    }

    let built = Page::new([Channel::default()]).set_next_cursor("3");
    assert_eq!(serde_json::to_string(&built).unwrap(), r#"{"results":[{}],"paging":{"next":{"after":"3"}}}"#);
    refused::<Page<Channel>>(r#"{"results":[{},{"name":5}]}"#, "results[1].name", "expected a string");
    refused::<Page<Channel>>(r#"{"total":1,"total":1}"#, "total", "duplicate field `total`");
    refused::<Page<Channel>>("[]", "", "expected an object (Page)");
}

#[test]
fn a_query_is_written_with_repeated_names_and_read_with_commas_too() {
    let query = ChannelAccountQuery::default()
        .set_after("Mg==")
        .set_limit(100)
        .set_default_page_length(20)
        .add_sort("name")
        .add_sort("-createdAt")
        .set_archived(true)
        .add_delivery_identifier_type(DeliveryIdentifierType::HsPhoneNumber)
        .add_delivery_identifier_type("HS_CARRIER_PIGEON")
        .add_delivery_identifier_value("+4915112345678")
        .add_delivery_identifier_value("a,b");
    let pairs = query.to_pairs();
    let shown: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(
        shown,
        [
            "after=Mg==",
            "limit=100",
            "defaultPageLength=20",
            "sort=name",
            "sort=-createdAt",
            "archived=true",
            "deliveryIdentifierType=HS_PHONE_NUMBER",
            "deliveryIdentifierType=HS_CARRIER_PIGEON",
            "deliveryIdentifierValue=+4915112345678",
            "deliveryIdentifierValue=a,b",
        ]
    );
    assert_eq!(ChannelAccountQuery::from_pairs(pairs).unwrap(), query);

    let joined = [
        ("sort", "name,-createdAt"),
        ("deliveryIdentifierType", "HS_PHONE_NUMBER,HS_CARRIER_PIGEON"),
        ("deliveryIdentifierValue", "+4915112345678"),
        ("deliveryIdentifierValue", "a,b"),
        ("archived", "true"),
        ("after", "Mg=="),
        ("limit", "1"),
        ("limit", "100"),
        ("defaultPageLength", "20"),
        ("unknown", "x"),
    ];
    assert_eq!(ChannelAccountQuery::from_pairs(joined).unwrap(), query);
    for (name, value) in [("limit", "-1"), ("limit", "4294967296"), ("defaultPageLength", "")] {
        assert_eq!(ChannelQuery::from_pairs([(name, value)]).unwrap_err().path(), name);
    }
    assert_eq!(
        ChannelAccountQuery::from_pairs([("archived", "yes")])
            .unwrap_err()
            .path(),
        "archived"
    );
    assert!(ChannelQuery::default().to_pairs().is_empty());
}

#[test]
fn a_token_in_an_address_is_not_printed() {
    for (address, shown) in [
        ("https://bridge.example.com/hook?token=hush", r#""https://bridge.example.com/hook?…""#),
        ("https://bridge.example.com/hook#hush", r#""https://bridge.example.com/hook#…""#),
        ("https://ada:hush@bridge.example.com/a@b", r#""https://…@bridge.example.com/a@b""#),
        ("/hook", r#""/hook""#),
        ("", r#""""#),
    ] {
        assert_eq!(format!("{:?}", hubchannel_model::Url::from(address)), shown);
        let new = NewChannel::new("n", ChannelCapabilities::default())
            .set_webhook_url(address)
            .set_channel_account_connection_redirect_url(address);
        let patch = ChannelPatch::new().set_webhook_url(address);
        let channel = Channel::build(|channel| channel.webhook_url = address.into());
        let page = format!(r#"{{"paging":{{"next":{{"after":"1","link":{address:?}}}}}}}"#);
        let page: Page<Channel> = decode(page.as_bytes()).unwrap();
        let file: hubchannel_model::Attachment =
            decode(format!(r#"{{"type":"FILE","url":{address:?}}}"#).as_bytes()).unwrap();
        for debug in [
            format!("{new:?}"),
            format!("{patch:?}"),
            format!("{channel:?}"),
            format!("{page:?}"),
            format!("{file:?}"),
        ] {
            assert!(!debug.contains("hush"), "{debug}");
        }
        assert!(serde_json::to_string(&channel).unwrap().contains(address));
    }
}

#[test]
fn an_id_that_came_as_a_number_goes_out_as_it_is_described() {
    let token: StagingToken = decode(br#"{"inboxId":1431487401}"#).unwrap();
    let account = NewChannelAccount::new(token.inbox_id.into_option().unwrap(), "Harbour");
    assert_eq!(serde_json::to_value(&account).unwrap()["inboxId"], "1431487401");
    let file: hubchannel_model::UploadedFile = decode(br#"{"id":122692044085}"#).unwrap();
    let attachment = hubchannel_model::FileAttachment::new(file.id.into_option().unwrap());
    assert_eq!(serde_json::to_value(&attachment).unwrap()["fileId"], "122692044085");
}
