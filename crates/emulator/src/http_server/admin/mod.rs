//! The admin API over HTTP: it reads what is asked, has the emulator do it, and writes what comes of it.

mod answer;
mod guard;
mod stream;

use std::{
    future::poll_fn,
    net::SocketAddr,
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use axum::{
    body::{Body, HttpBody},
    extract::Request,
    response::Response,
};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
};
use hubchannel_api::{model::Field, server::query_pairs};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;

use self::answer::{Problem, ProblemKind};
use super::{connection::Stop, page};
use crate::{
    Emulator, Snapshot,
    admin::{
        AccountInput, AdminError, AdminErrorKind, AgentInput, AppInput, ChannelInput, ContactInput, FaultInput,
        FileUpload, InboxInput, NewVisitorInput, PortalInput, ReplyInput, VisitorInput, WaitInput, Window, decode,
    },
};

/// What the paths of everything but HubSpot's API start with.
const PATH: &str = "/_emulator";

/// What the paths of the admin API start with.
const API: &str = "/_emulator/api/";

/// The longest body.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// The longest snapshot.
const SNAPSHOT_LIMIT: usize = 256 * 1024 * 1024;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Whether the path is none of HubSpot's API.
pub(super) fn is_for(path: &str) -> bool {
    path.strip_prefix(PATH)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers what is for the emulator itself.
pub(super) async fn answer(emulator: Emulator, address: SocketAddr, stop: Stop, request: Request) -> Response {
    let answered = match guard::check(address, request.method(), request.uri(), request.headers()) {
        Ok(()) => act(emulator, stop, request).await,
        Err(problem) => Err(problem),
    };
    let mut response = answered.unwrap_or_else(Problem::into_response);
    answer::protect(response.headers_mut());
    response
}

async fn act(emulator: Emulator, stop: Stop, request: Request) -> Result<Response, Problem> {
    let path = request.uri().path().to_owned();
    let Some(path) = path.strip_prefix(API) else {
        let page = page::answer(request.method(), &path).ok_or_else(not_found)?;
        return Ok(page.map(Body::from));
    };
    let pieces: Vec<&str> = path.split('/').collect();
    let method = request.method().clone();
    if method == Method::GET {
        return look(&emulator, stop, &request, &pieces);
    }
    if method == Method::PUT && pieces == ["snapshot"] {
        let body = read(request, SNAPSHOT_LIMIT).await?;
        emulator.restore(Snapshot::from_json(&body)?);
        return ok(&emulator.overview());
    }
    if method != Method::POST && method != Method::DELETE {
        return Err(wrong_method(&pieces));
    }
    let body = read(request, BODY_LIMIT).await?;
    if method == Method::DELETE {
        return match *pieces {
            ["faults", id] => {
                let _: Nothing = input(&body)?;
                emulator.delete_fault(number(id, "fault")?)?;
                ok(&json!({ "faults": emulator.fault_list() }))
            }
            _ => Err(wrong_method(&pieces)),
        };
    }
    if let ["wait"] = *pieces {
        let input: WaitInput = input(&body)?;
        let mut found = pin!(emulator.wait_for(input));
        let mut stopped = pin!(stop.wait());
        let found = poll_fn(|context| match found.as_mut().poll(context) {
            Poll::Pending => {
                let stopped = stopped.as_mut().poll(context);
                stopped.map(|()| Err(AdminError::timed_out("the emulator stops")))
            }
            ready => ready,
        });
        return ok(&found.await?);
    }
    change(&emulator, &pieces, &body)
}

/// What only looks.
fn look(emulator: &Emulator, stop: Stop, request: &Request, pieces: &[&str]) -> Result<Response, Problem> {
    match *pieces {
        ["overview"] => ok(&emulator.overview()),
        ["credentials"] => ok(&emulator.credentials()),
        ["conversations", id] => ok(&emulator.conversation(id)?),
        ["requests"] => ok(&json!({ "requests": emulator.request_log(window(request)?) })),
        ["deliveries"] => ok(&json!({ "deliveries": emulator.delivery_log(window(request)?) })),
        ["deliveries", number] => {
            let delivery = emulator.delivery(self::number(number, "delivery")?)?;
            ok(&json!({ "delivery": delivery }))
        }
        ["faults"] => ok(&json!({ "faults": emulator.fault_list() })),
        ["clock"] => ok(&emulator.clock_reading()),
        ["snapshot"] => Ok(answer::with(StatusCode::OK, "application/json", emulator.snapshot().to_json().into())),
        ["files", id, "content"] => Ok(content(emulator.file_content(id)?)),
        ["events"] => {
            let feed = match last_event_id(request.headers())? {
                Some(sequence) => emulator.changes_after(sequence),
                None => emulator.changes(),
            };
            Ok(answer::with(StatusCode::OK, "text/event-stream", stream::body(feed, stop)))
        }
        _ => Err(wrong_method(pieces)),
    }
}

/// What changes something.
fn change(emulator: &Emulator, pieces: &[&str], body: &[u8]) -> Result<Response, Problem> {
    match *pieces {
        ["conversations", id, "replies"] => {
            let input: ReplyInput = input(body)?;
            ok(&json!({ "message": emulator.reply(id, input)? }))
        }
        ["conversations", id, "visitor-messages"] => {
            let input: VisitorInput = input(body)?;
            ok(&json!({ "message": emulator.visitor_says(id, input)? }))
        }
        ["visitor-messages"] => {
            let input: NewVisitorInput = input(body)?;
            ok(&json!({ "message": emulator.new_visitor_says(input)? }))
        }
        ["conversations", id, "assign"] => {
            let input: Assign = input(body)?;
            match input.agent_id {
                Field::Value(agent) => emulator.assign_thread(id, agent).map_err(AdminError::from)?,
                Field::Null => emulator.unassign_thread(id).map_err(AdminError::from)?,
                Field::Absent => {
                    let message = "say who is to answer, such as A-2620022, or null for nobody";
                    return Err(AdminError::invalid("agentId", message).into());
                }
            }
            ok(&emulator.conversation(id)?)
        }
        ["conversations", id, "close"] => {
            let _: Nothing = input(body)?;
            emulator.close_thread(id).map_err(AdminError::from)?;
            ok(&emulator.conversation(id)?)
        }
        ["conversations", id, "reopen"] => {
            let _: Nothing = input(body)?;
            emulator.reopen_thread(id).map_err(AdminError::from)?;
            ok(&emulator.conversation(id)?)
        }
        ["deliveries", number, "replay"] => {
            let _: Nothing = input(body)?;
            let number = self::number(number, "delivery")?;
            emulator.delivery(number)?;
            let new = emulator.replay(number).unwrap_or(number);
            ok(&json!({ "delivery": emulator.delivery(new)? }))
        }
        ["deliveries", number, "retry"] => {
            let _: Nothing = input(body)?;
            let number = self::number(number, "delivery")?;
            emulator.delivery(number)?;
            if !emulator.retry_now(number) {
                return Err(AdminError::refused(format!("delivery {number} does not wait; replay it")).into());
            }
            ok(&json!({ "delivery": emulator.delivery(number)? }))
        }
        ["faults"] => {
            let input: FaultInput = input(body)?;
            ok(&json!({ "fault": emulator.create_fault(&input)? }))
        }
        ["clock", turn] => turn_clock(emulator, turn, body),
        ["files"] => {
            let input: UploadInput = input(body)?;
            let content = decode(&input.base64)?;
            let upload = FileUpload {
                portal_id: input.portal_id,
                name: input.name,
                media_type: input.media_type,
                content,
            };
            ok(&json!({ "file": emulator.upload_file(upload)? }))
        }
        _ => create(emulator, pieces, body),
    }
}

fn create(emulator: &Emulator, pieces: &[&str], body: &[u8]) -> Result<Response, Problem> {
    match *pieces {
        ["portals"] => {
            let input: PortalInput = input(body)?;
            ok(&emulator.create_portal(input)?)
        }
        ["apps"] => {
            let input: AppInput = input(body)?;
            ok(&emulator.create_app(input)?)
        }
        ["channels"] => {
            let input: ChannelInput = input(body)?;
            ok(&json!({ "channel": emulator.create_channel(input)? }))
        }
        ["inboxes"] => {
            let input: InboxInput = input(body)?;
            ok(&json!({ "inbox": emulator.create_inbox(input)? }))
        }
        ["accounts"] => {
            let input: AccountInput = input(body)?;
            ok(&json!({ "account": emulator.create_account(input)? }))
        }
        ["accounts", id] => {
            let input: Switch = input(body)?;
            ok(&json!({ "account": emulator.switch_account(id, input.active)? }))
        }
        ["agents"] => {
            let input: AgentInput = input(body)?;
            ok(&json!({ "agent": emulator.create_agent(input)? }))
        }
        ["contacts"] => {
            let input: ContactInput = input(body)?;
            ok(&json!({ "contact": emulator.create_contact(input)? }))
        }
        _ => Err(wrong_method(pieces)),
    }
}

fn turn_clock(emulator: &Emulator, turn: &str, body: &[u8]) -> Result<Response, Problem> {
    match turn {
        "freeze" => {
            let _: Nothing = input(body)?;
            ok(&emulator.freeze_clock())
        }
        "resume" => {
            let _: Nothing = input(body)?;
            ok(&emulator.resume_clock())
        }
        "advance" => {
            let input: Advance = input(body)?;
            ok(&emulator.advance_clock(Duration::from_millis(input.ms))?)
        }
        _ => Err(not_found()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Assign {
    #[serde(default)]
    agent_id: Field<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    active: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    ms: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct UploadInput {
    #[serde(default)]
    portal_id: Option<u64>,
    name: String,
    media_type: String,
    base64: String,
}

fn ok(value: &impl serde::Serialize) -> Result<Response, Problem> {
    Ok(answer::json(StatusCode::OK, value))
}

/// The whole body.
async fn read(request: Request, limit: usize) -> Result<Vec<u8>, Problem> {
    let mut body = request.into_body();
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(frame) = frame else {
            let message = "the body broke off";
            return Err(Problem::new(ProblemKind::Of(AdminErrorKind::Invalid), message));
        };
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > limit {
            let message = format!("the body has more than {limit} bytes");
            return Err(Problem::new(ProblemKind::TooLarge, message));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

fn input<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // A list would be taken for the members in their order.
    if body.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
        let message = "the body must be an object, such as {}";
        return Err(Problem::new(ProblemKind::Of(AdminErrorKind::Invalid), message));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let message = error.into_inner().to_string();
        match path.as_str() {
            "." => Problem::new(ProblemKind::Of(AdminErrorKind::Invalid), format!("the body: {message}")),
            _ => AdminError::invalid(path, message).into(),
        }
    })?;
    let end = reader.end();
    end.map_err(|error| Problem::new(ProblemKind::Of(AdminErrorKind::Invalid), format!("the body: {error}")))?;
    Ok(read)
}

fn number<T: std::str::FromStr>(text: &str, what: &str) -> Result<T, Problem> {
    let message = || format!("there is no {what} {text:?}: it is known by a number");
    text.parse().map_err(|_| AdminError::not_found(message()).into())
}

fn window(request: &Request) -> Result<Window, Problem> {
    let mut window = Window::default();
    for (name, value) in query_pairs(request) {
        let place = match name.as_str() {
            "after" => &mut window.after,
            "before" => &mut window.before,
            "limit" => &mut window.limit,
            _ => return Err(AdminError::invalid(name, "the query may have after, before and limit").into()),
        };
        let number = value.parse();
        *place = Some(number.map_err(|_| AdminError::invalid(name, "this is no number, such as 100"))?);
    }
    Ok(window)
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(id) = headers.get(LAST_EVENT_ID) else {
        return Ok(None);
    };
    let number = id.to_str().ok().and_then(|id| id.parse().ok());
    match number {
        Some(number) => Ok(Some(number)),
        None => Err(AdminError::invalid("Last-Event-ID", "this is no sequence number").into()),
    }
}

/// A file, which no browser takes for a page of the emulator's own.
fn content(file: FileUpload) -> Response {
    const SHOWN: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];
    let mut response = Response::new(Body::from(file.content));
    let is_shown = SHOWN.contains(&file.media_type.as_str());
    let headers = response.headers_mut();
    let media_type = HeaderValue::try_from(file.media_type)
        .ok()
        .filter(|media_type| !media_type.is_empty());
    headers.insert(CONTENT_TYPE, media_type.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static(if is_shown { "inline" } else { "attachment" }));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(super::SANDBOX));
    response
}

fn not_found() -> Problem {
    AdminError::not_found("there is nothing at this path; the admin API's documentation lists what there is").into()
}

/// Where the path is one with another method, else that there is nothing.
fn wrong_method(pieces: &[&str]) -> Problem {
    match *pieces {
        [
            "overview" | "credentials" | "requests" | "deliveries" | "faults" | "clock" | "events" | "wait" | "portals"
            | "apps" | "channels" | "inboxes" | "accounts" | "agents" | "contacts" | "files" | "snapshot"
            | "visitor-messages",
        ]
        | ["conversations" | "deliveries" | "accounts" | "faults", _]
        | ["clock", "freeze" | "advance" | "resume"]
        | ["files", _, "content"]
        | [
            "conversations",
            _,
            "replies" | "visitor-messages" | "assign" | "close" | "reopen",
        ]
        | ["deliveries", _, "replay" | "retry"] => {
            Problem::new(ProblemKind::MethodNotAllowed, "this path is there, but not with this method")
        }
        _ => not_found(),
    }
}
