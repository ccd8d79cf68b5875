//! The program as a process, and who it talks to.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]
#![allow(dead_code, unreachable_pub, reason = "each test uses some of it")]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Output, Stdio},
    thread::{self, JoinHandle},
};

use serde_json::Value;

pub const TOKEN: &str = "pat-eu1-not-to-be-seen";

pub fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_hubchannel"));
    for variable in [
        "HUBSPOT_ACCESS_TOKEN",
        "HUBSPOT_CHANNEL_ID",
        "HUBSPOT_CHANNEL_ACCOUNT_ID",
        "HUBSPOT_CLIENT_SECRET",
    ] {
        program.env_remove(variable);
    }
    program
}

pub fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

pub fn with_input(arguments: &[&str], input: &str) -> Output {
    spawn(program().args(arguments), input).wait_with_output().unwrap()
}

/// Starts the program, which has this on its standard input and nothing more.
pub fn spawn(program: &mut Command, input: &str) -> Child {
    let program = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child
}

/// Arguments that have no space in them.
pub fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[track_caller]
pub fn succeeded(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}{}", out(output), err(output));
    assert_eq!(err(output), "");
    out(output)
}

#[track_caller]
pub fn failed(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{}{}", out(output), err(output));
    assert_eq!(out(output), "", "a failure prints nothing that looks like a message");
    err(output)
}

/// The emulator as a process of its own.
pub struct Emulator {
    pub process: Child,
    pub started: Value,
}

impl Emulator {
    pub fn start() -> Self {
        Emulator::start_with(&[])
    }

    pub fn start_with(more: &[&str]) -> Self {
        let mut process = program()
            .args(["emulate", "--listen", "127.0.0.1:0", "--json"])
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        Emulator {
            process,
            started: serde_json::from_str(&line).unwrap(),
        }
    }

    pub fn text(&self, name: &str) -> &str {
        self.started[name].as_str().unwrap()
    }

    pub fn run(&self, token: &str, arguments: &[&str]) -> Output {
        program()
            .env("HUBSPOT_ACCESS_TOKEN", token)
            .env("HUBSPOT_CHANNEL_ID", self.text("channelId"))
            .env("HUBSPOT_CHANNEL_ACCOUNT_ID", self.text("channelAccountId"))
            .args(["--base-url", self.text("baseUrl")])
            .args(arguments)
            .output()
            .unwrap()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads a request on each connection, and hangs up or answers; tells what came.
pub fn server(
    answers: impl IntoIterator<Item = Option<&'static str>> + Send + 'static,
) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let heard = thread::spawn(move || {
        let answer = |answer: Option<&'static str>| {
            let (mut stream, _) = listener.accept().unwrap();
            let seen = request(&mut stream);
            if let Some(answer) = answer {
                stream.write_all(answer.as_bytes()).unwrap();
            }
            seen
        };
        answers.into_iter().map(answer).collect()
    });
    (base_url, heard)
}

/// Reads one request and says nothing; hands over the connection, which lasts until that is dropped, and what came.
pub fn silent_server() -> (String, JoinHandle<(TcpStream, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let taken = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let seen = request(&mut stream);
        (stream, seen)
    });
    (base_url, taken)
}

fn request(stream: &mut TcpStream) -> String {
    let mut input = BufReader::new(stream);
    let (mut text, mut length) = (String::new(), 0);
    while !text.ends_with("\r\n\r\n") {
        let mut line = String::new();
        input.read_line(&mut line).unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
        text.push_str(&line);
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body).unwrap();
    text + std::str::from_utf8(&body).unwrap()
}

/// Reads one request whole and answers that it is taken.
pub fn take_one(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().unwrap();
    let seen = request(&mut stream);
    stream
        .write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        .unwrap();
    seen
}
