//! A request, read by hand.

use std::{
    io::{self, Read as _},
    net::TcpStream,
};

use serde_json::Value;

/// A request as it came.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) token: String,
    pub(crate) body: Value,
    pub(crate) length: usize,
}

impl Request {
    pub(crate) fn text(&self, member: &str) -> Option<String> {
        self.body[member].as_str().map(str::to_owned)
    }
}

/// Reads a request to its end; `None` where the other side ends before, or where no more than `most` bytes are to be read.
pub(crate) fn read(mut stream: &TcpStream, most: usize) -> io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(request) = parse(&bytes) {
            return Ok(Some(request));
        }
        let room = most.saturating_sub(bytes.len()).min(buffer.len());
        match room {
            0 => return Ok(None),
            _ => match stream.read(&mut buffer[..room])? {
                0 => return Ok(None),
                read => bytes.extend_from_slice(&buffer[..read]),
            },
        }
    }
}

fn parse(bytes: &[u8]) -> Option<Request> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let header = |wanted: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        let mut values = lines.filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        values.next().map(|(_, value)| value.to_owned())
    };
    let length: usize = header("content-length").map_or(0, |length| length.parse().unwrap());
    let body = bytes.get(end..end + length)?;
    Some(Request {
        method,
        path,
        token: header("authorization").unwrap_or_default(),
        body: serde_json::from_slice(body).unwrap_or(Value::Null),
        length: end + length,
    })
}
