//! What a bridge needs beside channels: inboxes, actors, threads and files. Whole bodies, read and written again.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel_model::{
    Actor, ActorBatch, ActorBatchResult, ActorId, ActorType, Attachment, BatchStatus, ClientType,
    DuplicateValidationScope, DuplicateValidationStrategy, Field, FileAccess, FileFolder, FileUploadOptions, Inbox,
    InboxQuery, InboxType, NewFile, Number, Page, PortalChannelAccountQuery, SignedUrl, SignedUrlQuery, Thread,
    ThreadEntry, ThreadEntryQuery, ThreadQuery, ThreadStatus, ThreadUpdate, UploadedFile, decode,
};
use hubchannel_testkit::assert_same_json;
use serde::{Serialize, de::DeserializeOwned};

#[track_caller]
fn read<T: DeserializeOwned + Serialize>(json: &str) -> T {
    let value: T = decode(json.as_bytes()).unwrap();
    assert_same_json(&serde_json::to_string(&value).unwrap(), json);
    value
}

#[test]
fn inboxes_are_read_whole_and_their_total_is_not_believed() {
    let page: Page<Inbox> = read(
        r#"{"total":9,"results":[
            {"id":"1431487401","name":"Harbour desk","createdAt":"2025-07-06T21:18:14.342Z",
                "updatedAt":"2026-01-02T03:04:05.678Z","type":"HELP_DESK","archived":true,
                "archivedAt":"2026-02-01T00:00:00.000Z","colour":"blue"},
            {"id":1431487402,"type":"INBOX"},{"type":"SHOEBOX"}]}"#,
    );
    assert_eq!((page.items().len(), page.next_cursor()), (3, None));
    let [desk, inbox, other] = page.items() else {
        panic!("{page:?}")
    };
    assert_eq!(desk.id, "1431487401".into());
    assert_eq!(desk.name.as_deref(), Some("Harbour desk"));
    assert_eq!(desk.created_at, "2025-07-06T21:18:14.342Z".into());
    assert_eq!(desk.updated_at, "2026-01-02T03:04:05.678Z".into());
    assert_eq!(desk.r#type, InboxType::HelpDesk.into());
    assert_eq!(desk.archived, true.into());
    assert_eq!(desk.archived_at, "2026-02-01T00:00:00Z".into());
    assert_eq!(desk.extra.get("colour"), Some(r#""blue""#));
    assert_eq!((&inbox.r#type, inbox.id.as_ref().unwrap().is_number()), (&InboxType::Inbox.into(), true));
    assert_eq!(other.r#type, "SHOEBOX".into());
}

#[test]
fn actors_of_every_kind_are_read() {
    for (kind, letter) in [
        (ActorType::Agent, "A"),
        (ActorType::Bot, "B"),
        (ActorType::Email, "E"),
        (ActorType::Integrator, "I"),
        (ActorType::Llm, "L"),
        (ActorType::System, "S"),
        (ActorType::Visitor, "V"),
    ] {
        let actor: Actor = read(&format!(
            r#"{{"type":"{kind}","id":"{letter}-a-7","name":"Grace","email":"grace@example.com",
                "avatar":"https://example.com/grace.png","mood":null}}"#
        ));
        assert!(kind.is_named());
        assert_eq!(actor.r#type, kind.clone().into());
        assert_eq!(actor.name.as_deref(), Some("Grace"));
        assert_eq!(actor.email.as_deref(), Some("grace@example.com"));
        assert_eq!(actor.avatar.as_deref(), Some("https://example.com/grace.png"));
        assert_eq!(actor.extra.get("mood"), Some("null"));
        let id = actor.id.as_ref().unwrap();
        assert_eq!((id.actor_type(), id.key()), (Some(kind), Some("a-7")));
    }
    for odd in ["", "7", "-7", "X-7", "a-7"] {
        assert_eq!((ActorId::new(odd).actor_type(), ActorId::new(odd).key()), (None, None), "{odd}");
    }
}

#[test]
fn actors_are_read_in_batches() {
    ActorBatch::new(["A-1"]).check().unwrap();
    assert_eq!(ActorBatch::default().check().unwrap_err().to_string(), "inputs: is required (name the actors)");
    let batch: ActorBatch = read(r#"{"inputs":["A-1","V-2"]}"#);
    assert_eq!(batch, ActorBatch::new(["A-1", "V-2"]));

    let result: ActorBatchResult = read(
        r#"{"status":"COMPLETE","results":[{"type":"AGENT","id":"A-1","name":"Grace"}],
            "requestedAt":"2026-01-01T00:00:00Z","startedAt":"2026-01-01T00:00:01Z",
            "completedAt":"2026-01-01T00:00:02Z","links":{"docs":"https://example.com"},"numErrors":1,
            "errors":[{"message":"no such actor","subCategory":"A.B","context":{"ids":["V-2"]}}],"took":2}"#,
    );
    assert_eq!(result.status, BatchStatus::Complete.into());
    assert_eq!(result.get(&"A-1".into()).unwrap().name.as_deref(), Some("Grace"));
    assert!(result.get(&"V-2".into()).is_none());
    assert_eq!(result.requested_at, "2026-01-01T00:00:00Z".into());
    assert_eq!(result.started_at, "2026-01-01T00:00:01Z".into());
    assert_eq!(result.completed_at, "2026-01-01T00:00:02Z".into());
    assert_eq!(result.links.as_ref().unwrap()["docs"], "https://example.com");
    assert_eq!(result.num_errors, Field::Value(Number::from(1)));
    assert_eq!(result.errors.as_deref().unwrap()[0].message.as_deref(), Some("no such actor"));
    for status in ["PENDING", "PROCESSING", "CANCELED", "COMPLETE"] {
        assert!(BatchStatus::from(status).is_named());
    }
}

#[test]
fn a_thread_is_read_whole() {
    let thread: Thread = read(
        r#"{"id":"19615248623","createdAt":"2026-05-27T12:15:00.000Z","closedAt":"2026-05-28T12:15:00.000Z",
            "status":"CLOSED","originalChannelId":"2930388","originalChannelAccountId":"3307400689",
            "latestMessageTimestamp":"2026-05-27T12:20:00.000Z",
            "latestMessageSentTimestamp":"2026-05-27T12:20:00.000Z",
            "latestMessageReceivedTimestamp":"2026-05-27T12:15:00.000Z","assignedTo":"A-2620022","spam":false,
            "inboxId":"1431487401","associatedContactId":"1401","archived":false,
            "threadAssociations":{"associatedTicketId":"57774743","x":1},"y":2}"#,
    );
    assert_eq!(thread.id, "19615248623".into());
    assert_eq!(thread.created_at, "2026-05-27T12:15:00Z".into());
    assert_eq!(thread.closed_at, "2026-05-28T12:15:00Z".into());
    assert_eq!(thread.status, ThreadStatus::Closed.into());
    assert_eq!(thread.original_channel_id, "2930388".into());
    assert_eq!(thread.original_channel_account_id, "3307400689".into());
    assert_eq!(thread.latest_message_timestamp, "2026-05-27T12:20:00Z".into());
    assert_eq!(thread.latest_message_sent_timestamp, "2026-05-27T12:20:00Z".into());
    assert_eq!(thread.latest_message_received_timestamp, "2026-05-27T12:15:00Z".into());
    assert_eq!(thread.assigned_to, "A-2620022".into());
    assert_eq!((&thread.spam, &thread.archived), (&false.into(), &false.into()));
    assert_eq!(thread.inbox_id, "1431487401".into());
    assert_eq!(thread.associated_contact_id, "1401".into());
    let associations = thread.thread_associations.as_ref().unwrap();
    assert_eq!(associations.associated_ticket_id, "57774743".into());
    assert_eq!((associations.extra.len(), thread.extra.len()), (1, 1));
}

#[test]
fn a_thread_is_closed_opened_and_restored() {
    for (update, json) in [
        (ThreadUpdate::close(), r#"{"status":"CLOSED"}"#),
        (ThreadUpdate::reopen(), r#"{"status":"OPEN"}"#),
        (ThreadUpdate::restore(), r#"{"archived":false}"#),
    ] {
        update.check().unwrap();
        assert_eq!(serde_json::to_string(&update).unwrap(), json);
    }
    let nothing = ThreadUpdate::default().check().unwrap_err();
    assert_eq!(nothing.to_string(), "must change something (set status or archived)");
    let empty: ThreadUpdate = read(r#"{"status":""}"#);
    assert_eq!(empty.check().unwrap_err().to_string(), "status: must not be empty (use OPEN or CLOSED)");
}

#[test]
fn every_kind_of_thread_entry_is_read_whole() {
    const COMMON: &str = r#""id":"8a7b","conversationsThreadId":"19615248623","createdAt":"2026-05-27T12:15:00Z",
        "updatedAt":"2026-05-27T12:16:00Z","createdBy":"S-hubspot","client":{"clientType":"SYSTEM"},
        "senders":[{"actorId":"S-hubspot"}],"recipients":[{"actorId":"V-1"}],"archived":false,"x":1"#;
    let page: Page<ThreadEntry> = read(&format!(
        r#"{{"results":[
            {{"type":"MESSAGE",{COMMON},"text":"hello","status":{{"statusType":"READ"}}}},
            {{{COMMON},"type":"COMMENT","text":"grumpy","richText":"<b>grumpy</b>","attachments":[{{"type":"FILE"}}]}},
            {{"type":"WELCOME_MESSAGE",{COMMON},"text":"welcome","richText":"<i>welcome</i>"}},
            {{"type":"ASSIGNMENT",{COMMON},"assignedTo":"A-1","assignedFrom":"A-2"}},
            {{"type":"THREAD_STATUS_CHANGE",{COMMON},"newStatus":"CLOSED"}},
            {{"type":"THREAD_INBOX_CHANGE",{COMMON},"fromInboxId":"1","toInboxId":"2"}},
            {{"type":"SEANCE",{COMMON}}},
            {{"type":"ASSIGNMENT","assignedTo":false}}],
          "paging":{{"next":{{"after":"MQ"}}}}}}"#
    ));
    let texts: Vec<Option<&str>> = page.items().iter().map(ThreadEntry::text).collect();
    assert_eq!(
        texts,
        [
            Some("hello"),
            Some("grumpy"),
            Some("welcome"),
            None,
            None,
            None,
            None,
            None
        ]
    );
    let kinds: Vec<&str> = page.items().iter().filter_map(ThreadEntry::kind).collect();
    assert_eq!(kinds[..6], *ThreadEntry::NAMED);
    assert_eq!(kinds[..6], *hubchannel_model::ThreadEntryType::NAMED);
    let [
        ThreadEntry::Message(message),
        ThreadEntry::Comment(comment),
        ThreadEntry::WelcomeMessage(welcome),
        ThreadEntry::Assignment(assignment),
        ThreadEntry::ThreadStatusChange(status),
        ThreadEntry::ThreadInboxChange(inbox),
        unknown,
        broken,
    ] = page.items()
    else {
        panic!("{page:?}")
    };
    assert_eq!(message.id, "8a7b".into());
    assert_eq!(comment.id, "8a7b".into());
    assert_eq!(comment.conversations_thread_id, "19615248623".into());
    assert_eq!(comment.created_at, "2026-05-27T12:15:00Z".into());
    assert_eq!(comment.updated_at, "2026-05-27T12:16:00Z".into());
    assert_eq!(comment.created_by, "S-hubspot".into());
    assert_eq!(comment.client.as_ref().unwrap().client_type, ClientType::System.into());
    assert_eq!(comment.senders.as_deref().unwrap()[0].actor_id, "S-hubspot".into());
    assert_eq!(comment.recipients.as_deref().unwrap()[0].actor_id, "V-1".into());
    assert_eq!(comment.archived, false.into());
    assert_eq!(comment.extra.len(), 1);
    assert_eq!(comment.rich_text.as_deref(), Some("<b>grumpy</b>"));
    assert!(matches!(comment.attachments.as_deref().unwrap(), [Attachment::File(_)]));
    assert_eq!(welcome.rich_text.as_deref(), Some("<i>welcome</i>"));
    assert_eq!((&assignment.assigned_to, &assignment.assigned_from), (&"A-1".into(), &"A-2".into()));
    assert_eq!(status.new_status, ThreadStatus::Closed.into());
    assert_eq!((&inbox.from_inbox_id, &inbox.to_inbox_id), (&"1".into(), &"2".into()));
    assert!(unknown.as_unrecognized().unwrap().decode_error().is_none());
    assert_eq!(broken.as_unrecognized().unwrap().decode_error().unwrap().path(), "assignedTo");
}

#[test]
fn an_upload_names_its_folder_and_its_options() {
    let options = FileUploadOptions::new(FileAccess::Private)
        .set_ttl("P3M")
        .set_overwrite(false)
        .set_duplicate_validation(DuplicateValidationStrategy::ReturnExisting, DuplicateValidationScope::ExactFolder);
    options.check().unwrap();
    let fields = NewFile::new("lamp.png", FileFolder::Id("77".into()), options)
        .set_charset_hunch("UTF-8")
        .to_fields()
        .unwrap();
    assert_eq!(
        fields[..3],
        [("fileName", "lamp.png"), ("folderId", "77"), ("charsetHunch", "UTF-8")]
            .map(|(name, value)| (name, value.to_owned()))
    );
    assert_eq!(fields[3].0, "options");
    assert_same_json(
        &fields[3].1,
        r#"{"access":"PRIVATE","ttl":"P3M","overwrite":false,"duplicateValidationStrategy":"RETURN_EXISTING",
            "duplicateValidationScope":"EXACT_FOLDER"}"#,
    );
    assert_eq!(
        FileUploadOptions::default().check().unwrap_err().to_string(),
        "access: is required (say who may see the file)"
    );
    assert_eq!(DuplicateValidationStrategy::NAMED, ["NONE", "REJECT", "RETURN_EXISTING"]);
    assert_eq!(DuplicateValidationScope::NAMED, ["ENTIRE_PORTAL", "EXACT_FOLDER"]);
}

#[test]
fn an_uploaded_file_is_read_whole() {
    let file: UploadedFile = read(
        r#"{"id":"122692044085","createdAt":"2026-05-27T12:15:00Z","updatedAt":"2026-05-27T12:16:00Z","archived":true,
            "archivedAt":"2026-05-27T12:17:00Z","expiresAt":1787660100123,"parentFolderId":"77","name":"lamp",
            "path":"/bridge/lamp.png","size":48213,"height":300,"width":400,"encoding":"png","type":"IMG",
            "extension":"png","defaultHostingUrl":"https://example.com/d","url":"https://example.com/u",
            "isUsableInContent":true,"access":"HIDDEN_PRIVATE","fileMd5":"d41d8cd9","sourceGroup":"CONTENT","x":1}"#,
    );
    assert_eq!(file.id, "122692044085".into());
    assert_eq!(file.created_at, "2026-05-27T12:15:00Z".into());
    assert_eq!(file.updated_at, "2026-05-27T12:16:00Z".into());
    assert_eq!(file.archived, true.into());
    assert_eq!(file.archived_at, "2026-05-27T12:17:00Z".into());
    assert_eq!(file.expires_at, Field::Value(Number::from(1_787_660_100_123)));
    assert_eq!(file.parent_folder_id, "77".into());
    assert_eq!(file.name.as_deref(), Some("lamp"));
    assert_eq!(file.path.as_deref(), Some("/bridge/lamp.png"));
    assert_eq!(file.size, Field::Value(Number::from(48213)));
    assert_eq!((&file.height, &file.width), (&Field::Value(300.into()), &Field::Value(400.into())));
    assert_eq!(file.encoding.as_deref(), Some("png"));
    assert_eq!(file.r#type.as_deref(), Some("IMG"));
    assert_eq!(file.extension.as_deref(), Some("png"));
    assert_eq!(file.default_hosting_url.as_deref(), Some("https://example.com/d"));
    assert_eq!(file.url.as_deref(), Some("https://example.com/u"));
    assert_eq!(file.is_usable_in_content, true.into());
    assert_eq!(file.access, FileAccess::HiddenPrivate.into());
    assert_eq!(file.file_md5.as_deref(), Some("d41d8cd9"));
    assert_eq!(file.source_group.as_deref(), Some("CONTENT"));
    assert_eq!(file.extra.len(), 1);
    assert!(FileAccess::NAMED.len() == 8);
}

#[test]
fn a_signed_address_is_read_whole_and_does_not_print() {
    let signed: SignedUrl = read(
        r#"{"url":"https://example.com/lamp.png?Signature=hush","expiresAt":"2026-05-27T13:15:00Z","name":"lamp",
            "extension":"png","type":"IMG","size":48213,"height":300,"width":400,"Signature":"hush"}"#,
    );
    assert_eq!(signed.url.as_ref().unwrap().expose(), "https://example.com/lamp.png?Signature=hush");
    assert_eq!(signed.expires_at, "2026-05-27T13:15:00Z".into());
    assert_eq!((signed.name.as_deref(), signed.extension.as_deref()), (Some("lamp"), Some("png")));
    assert_eq!(signed.r#type.as_deref(), Some("IMG"));
    assert_eq!(signed.size, Field::Value(48213.into()));
    assert_eq!((&signed.height, &signed.width), (&Field::Value(300.into()), &Field::Value(400.into())));
    assert!(!format!("{signed:?}").contains("hush"));
}

#[test]
fn an_uploads_form_is_read_back() {
    let options = FileUploadOptions::new(FileAccess::Private).set_ttl("P3M");
    for folder in [FileFolder::Id("77".into()), FileFolder::Path("/bridge".into())] {
        let file = NewFile::new("lamp.png", folder, options.clone()).set_charset_hunch("utf-8");
        assert_eq!(NewFile::from_fields(file.to_fields().unwrap()).unwrap(), file);
    }
    let fields = [
        ("fileName", "lamp.png"),
        ("folderId", "77"),
        ("options", "{}"),
        ("new", "x"),
    ];
    assert_eq!(NewFile::from_fields(fields).unwrap().file_name, "lamp.png");
    for (without, path) in [
        ("fileName", "fileName"),
        ("folderId", "folderPath"),
        ("options", "options"),
    ] {
        let fields = fields.into_iter().filter(|(name, _)| *name != without);
        assert_eq!(NewFile::from_fields(fields).unwrap_err().path(), path);
    }
    let both = fields.into_iter().chain([("folderPath", "/bridge")]);
    assert_eq!(NewFile::from_fields(both).unwrap_err().path(), "folderPath");
    let broken = fields.into_iter().chain([("options", "{")]);
    assert_eq!(NewFile::from_fields(broken).unwrap_err().path(), "options");
}

#[test]
fn queries_are_read_as_they_are_written_and_with_commas() {
    let threads = ThreadQuery::default()
        .set_after("MQ==")
        .set_limit(500)
        .add_inbox_id("7")
        .add_inbox_id("8")
        .set_associated_contact_id("1401")
        .set_thread_status(ThreadStatus::Open)
        .sort_by_latest_message_after("2026-05-01T00:00:00Z")
        .add_association("TICKET")
        .set_archived(true);
    assert_eq!(ThreadQuery::from_pairs(threads.to_pairs()).unwrap(), threads);
    let joined = ThreadQuery::from_pairs([("inboxId", "7,8"), ("sort", "a,b"), ("new", "x")]).unwrap();
    assert_eq!(
        joined,
        ThreadQuery::default()
            .add_inbox_id("7")
            .add_inbox_id("8")
            .add_sort("a")
            .add_sort("b")
    );
    let accounts = PortalChannelAccountQuery::default()
        .set_default_page_length(20)
        .add_channel_id("1")
        .add_inbox_id("7");
    assert_eq!(PortalChannelAccountQuery::from_pairs(accounts.to_pairs()).unwrap(), accounts);
    for (name, value) in [
        ("limit", "many"),
        ("limit", "-1"),
        ("limit", "2147483648"),
        ("archived", "yes"),
    ] {
        assert_eq!(InboxQuery::from_pairs([(name, value)]).unwrap_err().path(), name);
        assert_eq!(ThreadEntryQuery::from_pairs([(name, value)]).unwrap_err().path(), name);
    }
    let inboxes = InboxQuery::default().set_default_page_length(20);
    assert_eq!(inboxes.to_pairs(), [("defaultPageLength", "20".to_owned())]);
    assert_eq!(InboxQuery::from_pairs(inboxes.to_pairs()).unwrap(), inboxes);
    for value in ["x", "2147483648"] {
        let pairs = [("defaultPageLength", value)];
        assert_eq!(InboxQuery::from_pairs(pairs).unwrap_err().path(), "defaultPageLength");
        assert_eq!(PortalChannelAccountQuery::from_pairs(pairs).unwrap_err().path(), "defaultPageLength");
    }
    // Of 64 bits, as described.
    let long = SignedUrlQuery::default().set_expiration_seconds(1 << 40);
    assert_eq!(SignedUrlQuery::from_pairs(long.to_pairs()).unwrap(), long);
    for (name, value) in [("expirationSeconds", "soon"), ("upscale", "2")] {
        assert_eq!(SignedUrlQuery::from_pairs([(name, value)]).unwrap_err().path(), name);
    }
}
