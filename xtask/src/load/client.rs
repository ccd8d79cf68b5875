//! One connection to a server, over which one message after the other is published.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

use super::{MESSAGES, failed};
use crate::error::{Error, Result};

/// The emulator's own token.
pub(super) const TOKEN: &str = "emulated-access-token";

/// How many threads the messages are in.
pub(super) const THREADS: u64 = 10_000;

#[derive(Debug)]
pub(super) struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    pub(super) fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).map_err(failed("cannot connect"))?;
        stream.set_nodelay(true).map_err(failed("cannot connect"))?;
        Ok(Client {
            stream: BufReader::new(stream),
        })
    }

    /// Publishes a message with this key; its id and the whole answer's body.
    pub(super) fn publish_one(mut self, key: &str) -> Result<(String, String)> {
        let body = self.publish(key, 0)?;
        let message: Value = serde_json::from_slice(&body).unwrap_or_default();
        match message["id"].as_str() {
            Some(id) => Ok((id.to_owned(), message.to_string())),
            None => Err(Error::failed("the emulator's answer to a publish has no id")),
        }
    }

    /// Publishes the message of this number, in one of the threads; the answer's body.
    pub(super) fn publish(&mut self, run: &str, number: u64) -> Result<Vec<u8>> {
        let body = body(&format!("{run}-{number}"), &(number % THREADS).to_string());
        let head = format!(
            "POST {MESSAGES} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {TOKEN}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let request = head + &body;
        let sent = self.stream.get_mut().write_all(request.as_bytes());
        sent.map_err(failed("cannot send a request"))?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Vec<u8>> {
        let (mut status, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            self.stream
                .read_line(&mut line)
                .map_err(failed("cannot read an answer"))?;
            let line = line.trim_end();
            if status.is_empty() {
                line.clone_into(&mut status);
            } else if let Some((name, value)) = line.split_once(':') {
                if name.eq_ignore_ascii_case("content-length") {
                    length = value.trim().parse().unwrap_or(0);
                }
            } else {
                break;
            }
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream
            .read_exact(&mut body)
            .map_err(failed("cannot read an answer"))?;
        match status.split(' ').nth(1) {
            Some("201") => Ok(body),
            _ => Err(Error::failed(format!(
                "a publish was answered with `{status}`: {}",
                String::from_utf8_lossy(&body)
            ))),
        }
    }
}

/// A message with this key in this thread.
pub(super) fn body(key: &str, thread: &str) -> String {
    format!(
        r#"{{"channelAccountId":"3307400689","messageDirection":"INCOMING","integrationThreadId":"chat-{thread}",{}}}"#,
        format_args!(
            concat!(
                r#""integrationIdempotencyId":"{key}","senders":[{{"name":"Ada","deliveryIdentifier":"#,
                r#"{{"type":"CHANNEL_SPECIFIC_OPAQUE_ID","value":"visitor-{thread}"}}}}],"recipients":[],"#,
                r#""text":"Is the blue one in stock?","attachments":[],"timestamp":"2026-05-27T12:15:00Z""#
            ),
            key = key,
            thread = thread
        )
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_a_message_with_its_own_key() {
        let body: Value = serde_json::from_str(&body("run-7", "8")).unwrap();
        assert_eq!(
            (&body["integrationIdempotencyId"], &body["integrationThreadId"]),
            (&"run-7".into(), &"chat-8".into())
        );
        assert_eq!(body["senders"][0]["deliveryIdentifier"]["value"], "visitor-8");
    }
}
