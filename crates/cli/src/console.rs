//! What is done in the emulator's inbox, line by line.

use std::io;

use hubchannel::model::ThreadId;
use hubchannel_emulator::Emulator;

use crate::output;

/// One line.
#[derive(Debug, PartialEq, Eq)]
enum Order<'l> {
    Reply { thread: &'l str, text: &'l str },
    Close(&'l str),
    Reopen(&'l str),
}

/// Does what stands on the standard input, until that ends.
pub(crate) fn listen(emulator: &Emulator) {
    for line in io::stdin().lines().map_while(Result::ok) {
        if line.trim().is_empty() {
            continue;
        }
        output::note(&obey(emulator, &line).unwrap_or_else(|problem| format!("not done: {problem}")));
    }
}

fn obey(emulator: &Emulator, line: &str) -> Result<String, String> {
    let order = read(line)?;
    let (thread, done) = match order {
        Order::Reply { thread, .. } => (thread, "replied in"),
        Order::Close(thread) => (thread, "closed"),
        Order::Reopen(thread) => (thread, "opened"),
    };
    let id = thread_id(emulator, thread)?;
    match order {
        Order::Reply { text, .. } => emulator.agent_replies(id.clone(), text).map(|_| ()),
        Order::Close(_) => emulator.close_thread(id.clone()),
        Order::Reopen(_) => emulator.reopen_thread(id.clone()),
    }
    .map_err(|error| error.to_string())?;
    Ok(format!("{done} thread {id}"))
}

fn read(line: &str) -> Result<Order<'_>, String> {
    let line = line.trim();
    let (what, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let (thread, text) = match rest.trim().split_once(char::is_whitespace) {
        Some((thread, text)) => (thread, text.trim()),
        None => (rest.trim(), ""),
    };
    match (what, thread, text) {
        (_, "", _) => Err("say what and where: reply THREAD TEXT, close THREAD, or reopen THREAD".to_owned()),
        ("reply", thread, text) if !text.is_empty() => Ok(Order::Reply { thread, text }),
        ("reply", ..) => Err("say what to reply: reply THREAD TEXT".to_owned()),
        ("close", thread, "") => Ok(Order::Close(thread)),
        ("reopen", thread, "") => Ok(Order::Reopen(thread)),
        _ => Err(format!("{what} is nothing that can be done: reply THREAD TEXT, close THREAD, or reopen THREAD")),
    }
}

/// The thread that has this id in HubSpot, or else the latest one that has it in the bridge.
fn thread_id(emulator: &Emulator, text: &str) -> Result<ThreadId, String> {
    let threads = emulator.threads();
    let known = threads.iter().find(|thread| thread.id == *text);
    let own = || {
        let mut latest = threads.iter().rev();
        latest.find(|thread| thread.integration_thread_ids.iter().any(|own| own == text))
    };
    let found = known.or_else(own).map(|thread| thread.id.clone());
    found.ok_or_else(|| format!("there is no thread {text}; publish a message first"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_to_do_and_where() {
        let reply = Order::Reply {
            thread: "chat-42",
            text: "Yes, the  blue one",
        };
        assert_eq!(read("  reply chat-42   Yes, the  blue one "), Ok(reply));
        assert_eq!(read("close 1"), Ok(Order::Close("1")));
        assert_eq!(read("reopen\t1"), Ok(Order::Reopen("1")));
        for line in ["reply", "reply 1", "close", "close 1 2", "dance 1"] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
