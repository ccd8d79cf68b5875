//! Every operation on inboxes, actors and threads, held against requests and answers written by hand.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use common::{Wire, now};
use hubchannel_api::{
    ApiVersion, Call, Conversations, ConversationsClient, Credential, Error, GetActor, GetInbox, GetThread,
    GetThreadMessage, ListInboxes, ListPortalChannelAccounts, ListThreadMessages, ListThreads, ReadActors, Reply,
    UpdateThread,
    model::{
        ActorBatch, InboxQuery, PortalChannelAccountQuery, ThreadEntryQuery, ThreadQuery, ThreadStatus, ThreadUpdate,
    },
};
use serde::Serialize;
use serde_json::{Value, json};

struct Case {
    /// Name, method, and what follows the base in the address.
    line: &'static str,
    /// The request's body; null for none.
    body: Value,
    answer: Value,
    call: fn(&ConversationsClient) -> Result<Value, Error>,
}

fn shown<T: Serialize>(reply: impl Future<Output = Result<Reply<T>, Error>>) -> Result<Value, Error> {
    now(reply).map(|reply| serde_json::to_value(reply.into_inner()).unwrap())
}

fn cases() -> Vec<Case> {
    let mut cases = of_inboxes();
    cases.extend(of_actors());
    cases.extend(of_threads());
    cases
}

fn of_inboxes() -> Vec<Case> {
    let inbox = json!({"id": "1431487401", "name": "Support", "type": "HELP_DESK", "new": 1});
    vec![
        Case {
            line: "list_inboxes GET /inboxes?after=MQ%3D%3D&limit=50&sort=name&archived=true&defaultPageLength=20",
            body: Value::Null,
            answer: json!({"total": 3, "results": [inbox]}),
            call: |client| {
                let query = InboxQuery::default()
                    .set_after("MQ==")
                    .set_limit(50)
                    .add_sort("name")
                    .set_archived(true)
                    .set_default_page_length(20);
                shown(client.list_inboxes(ListInboxes::new(query)))
            },
        },
        Case {
            line: "get_inbox GET /inboxes/1431487401?archived=false",
            body: Value::Null,
            answer: inbox,
            call: |client| shown(client.get_inbox(GetInbox::new("1431487401").set_archived(false))),
        },
        Case {
            line: "list_portal_channel_accounts GET /channel-accounts?limit=5&defaultPageLength=9&channelId=2930388&channelId=1000&inboxId=7",
            body: Value::Null,
            answer: json!({"results": [{"id": "3307400689", "channelId": "2930388", "name": "Harbour website"}]}),
            call: |client| {
                let query = PortalChannelAccountQuery::default()
                    .set_limit(5)
                    .set_default_page_length(9)
                    .add_channel_id("2930388")
                    .add_channel_id("1000")
                    .add_inbox_id("7");
                shown(client.list_portal_channel_accounts(ListPortalChannelAccounts::new(query)))
            },
        },
    ]
}

fn of_actors() -> Vec<Case> {
    let actor = json!({"type": "AGENT", "id": "A-2620022", "name": "Grace"});
    vec![
        Case {
            line: "get_actor GET /actors/E-ada%40example.com",
            body: Value::Null,
            answer: json!({"type": "EMAIL", "id": "E-ada@example.com"}),
            call: |client| shown(client.get_actor(GetActor::new("E-ada@example.com"))),
        },
        Case {
            line: "read_actors POST /actors/batch/read",
            body: json!({"inputs": ["A-2620022", "V-1401"]}),
            answer: json!({"status": "COMPLETE", "results": [actor], "numErrors": 1, "errors": [{"message": "gone"}]}),
            call: |client| shown(client.read_actors(ReadActors::new(ActorBatch::new(["A-2620022", "V-1401"])))),
        },
    ]
}

fn of_threads() -> Vec<Case> {
    let thread = json!({"id": "19615248623", "status": "CLOSED", "assignedTo": "A-2620022"});
    let message = json!({"type": "MESSAGE", "id": "5c1f", "text": "hello"});
    vec![
        Case {
            line: "list_threads GET /threads?limit=500&sort=latestMessageTimestamp&inboxId=7&inboxId=8&associatedContactId=1401&\
                   threadStatus=OPEN&latestMessageTimestampAfter=2026-05-01T00%3A00%3A00Z&association=TICKET",
            body: Value::Null,
            answer: json!({"results": [thread], "paging": {"next": {"after": "Mg=="}}}),
            call: |client| {
                let query = ThreadQuery::default()
                    .set_limit(500)
                    .add_inbox_id("7")
                    .add_inbox_id("8")
                    .set_associated_contact_id("1401")
                    .set_thread_status(ThreadStatus::Open)
                    .sort_by_latest_message_after("2026-05-01T00:00:00Z")
                    .add_association("TICKET");
                shown(client.list_threads(ListThreads::new(query)))
            },
        },
        Case {
            line: "get_thread GET /threads/19615248623?association=TICKET",
            body: Value::Null,
            answer: thread.clone(),
            call: |client| shown(client.get_thread(GetThread::new("19615248623").add_association("TICKET"))),
        },
        Case {
            line: "update_thread PATCH /threads/19615248623?archived=true",
            body: json!({"archived": false}),
            answer: thread,
            call: |client| {
                let call = UpdateThread::new("19615248623", ThreadUpdate::restore()).set_archived(true);
                shown(client.update_thread(call))
            },
        },
        Case {
            line: "list_thread_messages GET /threads/19615248623/messages?sort=-createdAt",
            body: Value::Null,
            answer: json!({"results": [message, {"type": "ASSIGNMENT", "assignedTo": "A-1"}, {"type": "NEW", "x": [1]}]}),
            call: |client| {
                let query = ThreadEntryQuery::default().add_sort("-createdAt");
                shown(client.list_thread_messages(ListThreadMessages::new("19615248623", query)))
            },
        },
        Case {
            line: "get_thread_message GET /threads/19615248623/messages/5c1f",
            body: Value::Null,
            answer: message,
            call: |client| shown(client.get_thread_message(GetThreadMessage::new("19615248623", "5c1f"))),
        },
    ]
}

fn client(wire: &Wire, version: ApiVersion) -> ConversationsClient {
    ConversationsClient::builder(wire.clone()).api_version(version).build()
}

#[test]
fn every_operation_is_written_as_hubspot_wants_it_and_its_answer_is_read_without_loss() {
    for version in ApiVersion::ALL {
        for case in cases() {
            let wire = Wire::answering(200, &[], &case.answer.to_string());
            let answer = (case.call)(&client(&wire, version)).unwrap();
            assert_eq!(answer, case.answer, "{}", case.line);
            let sent = wire.only();
            let call = sent.extensions().get::<Call>().unwrap();
            let address = sent.uri().to_string();
            let base = match version {
                ApiVersion::V2026_09 => "https://api.hubapi.com/conversations/conversations/2026-09",
                _ => "https://api.hubapi.com/conversations/v3/conversations",
            };
            let rest = address.strip_prefix(base).unwrap();
            assert_eq!(format!("{} {} {rest}", call.operation.name, sent.method()), case.line);
            let body: Value = serde_json::from_slice(sent.body().as_bytes().unwrap()).unwrap_or_default();
            assert_eq!(body, case.body, "{}", case.line);
            assert_eq!(call.operation.credential, Credential::PortalToken);
            assert!(call.may_repeat(), "{}", case.line);
            let writes = call.operation.name == "update_thread";
            assert_eq!(call.operation.effect.is_some(), writes);
            assert_eq!(
                call.operation.scopes,
                [if writes {
                    "conversations.write"
                } else {
                    "conversations.read"
                }]
            );
        }
    }
}

#[test]
fn lists_go_on_from_page_to_page() {
    let pages = std::sync::Mutex::new(vec![
        r#"{"results":[{"id":"3"}]}"#,
        r#"{"results":[{"id":"1"},{"id":"2"}],"paging":{"next":{"after":"Mg=="}}}"#,
    ]);
    let wire = Wire::new(move || Ok(http::Response::new(pages.lock().unwrap().pop().unwrap().into())));
    let mut threads = ConversationsClient::new(wire.clone()).threads(ThreadQuery::default().add_inbox_id("7"));
    let mut ids = Vec::new();
    while let Some(thread) = now(threads.next()) {
        ids.push(thread.unwrap().id.as_ref().unwrap().to_string());
    }
    assert_eq!(ids, ["1", "2", "3"]);
    let queries: Vec<String> = wire
        .sent()
        .iter()
        .map(|sent| sent.uri().query().unwrap().to_owned())
        .collect();
    assert_eq!(queries, ["inboxId=7", "after=Mg%3D%3D&inboxId=7"]);
}

#[test]
fn what_is_not_as_it_must_be_is_not_sent() {
    let wire = Wire::ok();
    let client = client(&wire, ApiVersion::V3);
    let errors = [
        now(client.update_thread(UpdateThread::new("1", ThreadUpdate::default()))).unwrap_err(),
        now(client.get_thread(GetThread::new("no number"))).unwrap_err(),
        now(client.get_actor(GetActor::new(".."))).unwrap_err(),
        now(client.read_actors(ReadActors::new(ActorBatch::default()))).unwrap_err(),
    ];
    for error in errors {
        assert!(error.is_invalid(), "{error}");
    }
    assert!(wire.sent().is_empty());
}

#[test]
fn a_page_longer_than_hubspot_counts_is_not_sent() {
    let wire = Wire::answering(200, &[], "{}");
    let client = client(&wire, ApiVersion::V3);
    let most = i32::MAX.cast_unsigned();
    let (inboxes, accounts) = (InboxQuery::default(), PortalChannelAccountQuery::default());
    let (threads, entries) = (ThreadQuery::default(), ThreadEntryQuery::default());
    for error in [
        now(client.list_inboxes(ListInboxes::new(inboxes.clone().set_limit(most + 1)))).map(drop),
        now(client.list_inboxes(ListInboxes::new(inboxes.set_default_page_length(u32::MAX)))).map(drop),
        now(client.list_portal_channel_accounts(ListPortalChannelAccounts::new(accounts.clone().set_limit(u32::MAX))))
            .map(drop),
        now(client
            .list_portal_channel_accounts(ListPortalChannelAccounts::new(accounts.set_default_page_length(most + 1))))
        .map(drop),
        now(client.list_threads(ListThreads::new(threads.clone().set_limit(most + 1)))).map(drop),
        now(client.list_thread_messages(ListThreadMessages::new("7", entries.set_limit(u32::MAX)))).map(drop),
    ]
    .map(Result::unwrap_err)
    {
        assert!(error.is_invalid() && error.to_string().contains("must be at most 2147483647"), "{error}");
    }
    assert!(wire.sent().is_empty());

    now(client.list_threads(ListThreads::new(threads.set_limit(most)))).unwrap();
    assert_eq!(wire.only().uri().query(), Some("limit=2147483647"));
}

#[test]
fn a_double_names_only_what_it_needs() {
    #[derive(Debug)]
    struct Nothing;

    impl Conversations for Nothing {}

    let error = now(ConversationsClient::from_api(Nothing).get_thread(GetThread::new("1"))).unwrap_err();
    assert_eq!(error.kind(), hubchannel_api::ErrorKind::Unsupported);
    assert!(error.to_string().starts_with("get_thread: "), "{error}");
}

#[cfg(feature = "server")]
#[test]
fn every_operation_is_read_as_the_call_that_was_written() {
    use hubchannel_api::{
        Area,
        server::{AnyCall, OPERATIONS, route},
    };

    let known = OPERATIONS.iter().filter(|known| known.area == Area::Conversations);
    let known: Vec<&str> = known.map(|operation| operation.name).collect();
    let cases = cases();
    let called: Vec<&str> = cases.iter().filter_map(|case| case.line.split(' ').next()).collect();
    assert_eq!(known, called, "each operation has its case");
    for case in cases {
        let wire = Wire::answering(200, &[], &case.answer.to_string());
        let client = client(&wire, ApiVersion::V3);
        (case.call)(&client).unwrap();
        let sent = wire.only();
        let done = match route(&sent).unwrap().read(&sent).unwrap() {
            AnyCall::ListInboxes(call) => now(client.list_inboxes(call)).map(drop),
            AnyCall::GetInbox(call) => now(client.get_inbox(call)).map(drop),
            AnyCall::ListPortalChannelAccounts(call) => now(client.list_portal_channel_accounts(*call)).map(drop),
            AnyCall::GetActor(call) => now(client.get_actor(call)).map(drop),
            AnyCall::ReadActors(call) => now(client.read_actors(call)).map(drop),
            AnyCall::ListThreads(call) => now(client.list_threads(*call)).map(drop),
            AnyCall::GetThread(call) => now(client.get_thread(call)).map(drop),
            AnyCall::UpdateThread(call) => now(client.update_thread(call)).map(drop),
            AnyCall::ListThreadMessages(call) => now(client.list_thread_messages(*call)).map(drop),
            AnyCall::GetThreadMessage(call) => now(client.get_thread_message(call)).map(drop),
            other => panic!("{other:?} is no conversation"),
        };
        done.unwrap();
        let repeated = wire.sent().pop().unwrap();
        assert_eq!((repeated.method(), repeated.uri()), (sent.method(), sent.uri()));
        assert_eq!(repeated.body().as_bytes(), sent.body().as_bytes(), "{}", case.line);
    }
}
