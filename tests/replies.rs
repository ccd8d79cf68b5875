//! Every handle gives the response's status and headers beside the value, and beside the error.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel::{
    CallEndpoint, Client, ConversationsClient, DownloadFile, EndpointsClient, Error, FilesClient, GetActor, GetMessage,
    OAuthApp, OAuthClient, Reply, UploadFile,
    middleware::Stack,
    mock::{Answer, MockTransport, when},
    model::{FileAccess, FileFolder, FileUploadOptions, NewFile},
};
use serde_json::json;

/// What of a response is beside its value.
#[derive(Debug, PartialEq)]
struct Beside {
    status: u16,
    header: String,
    attempts: u32,
}

fn of_reply<T>(reply: &Reply<T>) -> Beside {
    Beside {
        status: reply.status().unwrap().as_u16(),
        header: reply.headers()["x-more"].to_str().unwrap().to_owned(),
        attempts: reply.attempts().count,
    }
}

fn of<T>(result: Result<Reply<T>, Error>) -> Beside {
    match result {
        Ok(reply) => of_reply(&reply),
        Err(error) => Beside {
            status: error.status().unwrap().as_u16(),
            header: error.headers().unwrap()["x-more"].to_str().unwrap().to_owned(),
            attempts: error.attempts().count,
        },
    }
}

async fn all(stack: &Stack) -> Vec<Beside> {
    let options = FileUploadOptions::new(FileAccess::Private);
    let file = NewFile::new("lamp.png", FileFolder::Path("/bridge".into()), options);
    let files = FilesClient::new(stack.clone());
    let oauth = OAuthClient::new(stack.clone(), OAuthApp::new("client", "secret"));
    vec![
        of(Client::new(stack.clone()).get_message(GetMessage::new("1", "2")).await),
        of(ConversationsClient::new(stack.clone())
            .get_actor(GetActor::new("A-1"))
            .await),
        of(files.upload_file(UploadFile::new(file, "a lamp")).await),
        of(files
            .download_file(DownloadFile::new("https://cdn.example.com/x"))
            .await),
        of(oauth.introspect_access_token("token").await),
        of(EndpointsClient::new(stack.clone())
            .call_endpoint(CallEndpoint::get("/x"))
            .await),
    ]
}

#[tokio::test]
async fn status_headers_and_attempts_are_beside_every_answer() {
    for status in [200, 404] {
        let answer = Answer::json(status, json!({})).header("x-more", "1");
        let transport = MockTransport::new().with(when().always(answer));
        let stack = Stack::new(transport).access_token("pat-na1-0123").build();
        for beside in all(&stack).await {
            let expected = Beside {
                status,
                header: "1".to_owned(),
                attempts: 1,
            };
            assert_eq!(beside, expected);
        }
    }
}
