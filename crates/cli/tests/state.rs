//! A file that an emulator goes on from.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]
#![cfg(unix)]

mod common;

use std::{
    fs,
    io::Write as _,
    net::TcpListener,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use self::common::{Emulator, TOKEN, failed, run, succeeded};

/// A directory of the test's own, which goes with it.
struct Room(TempDir);

impl Room {
    fn new() -> Self {
        Room(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self) -> PathBuf {
        self.path().join("state.json")
    }

    fn start(&self, more: &[&str]) -> Emulator {
        start(&self.file(), more)
    }

    fn saved(&self) -> Value {
        serde_json::from_slice(&fs::read(self.file()).unwrap()).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn start(file: &Path, more: &[&str]) -> Emulator {
    Emulator::start_with(&[&["--state", file.to_str().unwrap()], more].concat())
}

/// What an emulator says that does not start with this file.
#[track_caller]
fn refused(file: &Path) -> String {
    let arguments = ["emulate", "--listen", "127.0.0.1:0", "--state", file.to_str().unwrap()];
    failed(&run(&arguments), 2)
}

/// Ctrl-C.
fn interrupt(emulator: &mut Emulator) {
    end(emulator, "-INT");
}

#[track_caller]
fn end(emulator: &mut Emulator, signal: &str) {
    let id = emulator.process.id().to_string();
    assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    assert_eq!(emulator.process.wait().unwrap().code(), Some(0));
}

fn publish(emulator: &Emulator, text: &str) -> Value {
    let token = emulator.text("accessToken");
    let arguments = [
        "--json", "publish", "--from", "x", "--thread", "chat-42", "--text", text,
    ];
    serde_json::from_str(&succeeded(&emulator.run(token, &arguments))).unwrap()
}

fn read(emulator: &Emulator, message: &Value) -> Value {
    let id = message["message"]["id"].as_str().unwrap();
    let token = emulator.text("accessToken");
    serde_json::from_str(&succeeded(&emulator.run(token, &["--json", "read", id]))).unwrap()
}

#[test]
fn an_emulator_that_is_started_again_goes_on() {
    for signal in ["-INT", "-TERM"] {
        let room = Room::new();
        let mut first = room.start(&[]);
        for name in ["state.json", ".state.json.lock"] {
            let mode = fs::metadata(room.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        let hello = publish(&first, "Hello");
        end(&mut first, signal);
        assert_eq!(room.names(), [".state.json.lock", "state.json"]);

        let second = room.start(&[]);
        assert_eq!(read(&second, &hello)["message"], hello["message"], "after {signal}");
        let more = publish(&second, "Anybody there?");
        assert_ne!(more["message"]["id"], hello["message"]["id"]);
        assert_eq!(more["message"]["conversationsThreadId"], hello["message"]["conversationsThreadId"]);
    }
}

#[test]
fn a_second_emulator_on_the_same_file_is_refused_as_long_as_the_first_runs() {
    let room = Room::new();
    let link = room.path().join("link.json");
    symlink(room.file(), &link).unwrap();
    let first = room.start(&[]);
    let hello = publish(&first, "Hello");
    for file in [&room.file(), &link, &room.path().join(".").join("state.json")] {
        let text = refused(file);
        assert!(text.contains("in use by another emulator") && text.contains("--state"), "{text}");
        assert!(text.contains(file.to_str().unwrap()), "{text}");
    }
    assert_eq!(read(&first, &hello)["message"], hello["message"]);
    // Another file beside it is another emulator's.
    let other = start(&room.path().join("other.json"), &[]);
    drop(other);
    // Killed, it cannot give anything back.
    drop(first);
    room.start(&[]);
}

#[test]
fn changes_are_saved_before_the_end() {
    let room = Room::new();
    let first = room.start(&[]);
    let hello = publish(&first, "Hello");
    // Each look is a process of its own, and so takes a while.
    let saved = (0..2_000).any(|_| {
        read(&first, &hello);
        room.saved()["state"]["messages"]["all"]["kept"][0]["message"]["id"] == hello["message"]["id"]
    });
    assert!(saved);
    // Without a chance to save anything more.
    drop(first);
    let second = room.start(&[]);
    assert_eq!(read(&second, &hello)["message"], hello["message"]);
}

#[test]
fn a_webhook_that_waits_comes_from_the_next_emulator_where_the_bridge_is_now() {
    let room = Room::new();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{closed}/events");
    let mut first = room.start(&["--webhook-url", &url, "--retry-within", "1"]);
    publish(&first, "Hello");
    let mut input = first.process.stdin.take().unwrap();
    input.write_all(b"reply chat-42 Yes\n").unwrap();
    assert!((0..2_000).any(|_| {
        publish(&first, "More");
        room.saved()["webhooks"]["deliveries"][0].is_object()
    }));
    interrupt(&mut first);

    let bridge = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/moved", bridge.local_addr().unwrap());
    let second = room.start(&["--webhook-url", &url, "--retry-within", "1"]);
    let request = common::take_one(&bridge);
    assert!(request.starts_with("POST /moved HTTP/1.1\r\n"), "{request}");
    assert!(request.contains(r#""text":"Yes""#), "{request}");
    drop(second);
}

#[test]
fn what_cannot_be_gone_on_from_is_refused_and_not_touched() {
    let room = Room::new();
    interrupt(&mut room.start(&[]));
    let whole = fs::read(room.file()).unwrap();
    let mut later: Value = serde_json::from_slice(&whole).unwrap();
    later["version"] = json!(99);
    let later = later.to_string().into_bytes();
    for (content, expected) in [
        (&whole[..whole.len() / 2], "EOF"),
        (&later[..], "version 99"),
        (b"", "EOF"),
        (b"{}", "format"),
        (b"\xff", "line 1 column 1"),
    ] {
        fs::write(room.file(), content).unwrap();
        let text = refused(&room.file());
        assert!(text.contains(expected) && text.contains("state.json"), "{text}");
        assert!(text.contains("was not touched") && text.contains("move it away"), "{text}");
        assert_eq!(fs::read(room.file()).unwrap(), content);
        assert_eq!(room.names(), [".state.json.lock", "state.json"]);
    }
}

#[test]
fn where_no_file_can_be_the_emulator_does_not_start() {
    let room = Room::new();
    let nowhere = room.path().join("no").join("state.json");
    for path in [nowhere.as_path(), room.path()] {
        let text = refused(path);
        assert!(text.contains("cannot") && text.contains(path.to_str().unwrap()), "{text}");
    }
}

#[test]
fn a_client_secret_that_somebody_brings_is_not_in_the_file() {
    let room = Room::new();
    let mut emulator = room.start(&["--client-secret", TOKEN]);
    publish(&emulator, "Hello");
    interrupt(&mut emulator);
    let saved = fs::read_to_string(room.file()).unwrap();
    assert!(saved.contains("Hello") && !saved.contains(TOKEN));
    let second = room.start(&["--client-secret", TOKEN]);
    assert_eq!(second.started.get("clientSecret"), None);
}

#[test]
fn a_link_stays_one_and_a_file_that_was_open_to_others_is_closed_to_them() {
    let room = Room::new();
    let file = room.path().join("there.json");
    // It leads nowhere yet, by two steps.
    symlink("step.json", room.file()).unwrap();
    symlink("there.json", room.path().join("step.json")).unwrap();
    let mut first = room.start(&[]);
    for name in [&room.file(), &file] {
        let text = refused(name);
        assert!(text.contains("in use by another emulator"), "{text}");
    }
    interrupt(&mut first);
    assert_eq!(room.names(), [".there.json.lock", "state.json", "step.json", "there.json"]);
    assert!(fs::symlink_metadata(&file).unwrap().is_file());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    interrupt(&mut room.start(&[]));
    for name in ["state.json", "step.json"] {
        assert!(fs::symlink_metadata(room.path().join(name)).unwrap().is_symlink(), "{name}");
    }
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_link_that_leads_elsewhere_later_leads_no_emulator_to_a_file_it_has_not_locked() {
    let room = Room::new();
    let (one, two) = (room.path().join("one.json"), room.path().join("two.json"));
    symlink(&one, room.file()).unwrap();
    let mut first = room.start(&[]);
    fs::remove_file(room.file()).unwrap();
    symlink(&two, room.file()).unwrap();
    let mut second = room.start(&[]);
    publish(&second, "Of the second");
    interrupt(&mut second);
    publish(&first, "Of the first");
    interrupt(&mut first);
    for (file, own, other) in [
        (one, "Of the first", "Of the second"),
        (two, "Of the second", "Of the first"),
    ] {
        let saved = fs::read_to_string(file).unwrap();
        assert!(saved.contains(own) && !saved.contains(other), "{own}");
    }
    assert!(fs::symlink_metadata(room.file()).unwrap().is_symlink());
}

#[test]
fn links_in_a_circle_and_what_is_no_file_are_refused() {
    let room = Room::new();
    let other = room.path().join("other.json");
    symlink(&other, room.file()).unwrap();
    symlink(room.file(), &other).unwrap();
    let text = refused(&room.file());
    assert!(text.contains("in a circle") && text.contains("state.json"), "{text}");
    fs::remove_file(&other).unwrap();
    make_pipe(&other);
    let text = refused(&room.file());
    assert!(text.contains("no ordinary file") && text.contains("state.json"), "{text}");
    assert_eq!(room.names(), ["other.json", "state.json"]);
}

#[test]
fn a_lock_that_somebody_has_put_there_as_a_link_or_a_pipe_is_refused() {
    let room = Room::new();
    let lock = room.path().join(".state.json.lock");
    let theirs = room.path().join("theirs");
    let check = || {
        let text = refused(&room.file());
        assert!(text.contains(lock.to_str().unwrap()) && text.contains("take it away"), "{text}");
    };
    symlink(&theirs, &lock).unwrap();
    check();
    assert_eq!(room.names(), [".state.json.lock"]);
    fs::write(&theirs, "theirs").unwrap();
    check();
    fs::remove_file(&lock).unwrap();
    make_pipe(&lock);
    check();
    // Somebody waits at its other end.
    let reader = fs::OpenOptions::new().read(true).write(true).open(&lock).unwrap();
    check();
    drop(reader);
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    check();
    fs::remove_dir(&lock).unwrap();
    interrupt(&mut room.start(&[]));
    assert_eq!(room.names(), [".state.json.lock", "state.json", "theirs"]);
    assert_eq!(fs::read_to_string(&theirs).unwrap(), "theirs");
}

#[track_caller]
fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}
