//! An independent client (slixmpp), driven over a pipe.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::OnceLock,
    thread,
};

use serde_json::{Value, json};

use crate::{
    certificates,
    prosody::{DOMAIN, password_of},
    waiting::{Log, PATIENCE},
};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live/peer.py");

/// One session of the other client; ends when dropped.
pub(crate) struct Peer {
    name: String,
    child: Child,
    stdin: Option<ChildStdin>,
    events: Log<Value>,
    commands: u64,
    messages: u64,
}

impl Peer {
    /// Logs in with an account of the server at this port and waits until that is done.
    pub(crate) fn login(name: &str, port: u16) -> Self {
        let mut peer = Self::start(name);
        peer.ask(json!({
            "do": "connect",
            "jid": peer.address(),
            "password": password_of(name),
            "host": "127.0.0.1",
            "port": port,
            "authority": certificates::authority_file(),
        }));
        peer.sees("being online", |event| event["event"] == "online");
        peer
    }

    /// The part before the `@`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The bare address.
    pub(crate) fn address(&self) -> String {
        format!("{}@{DOMAIN}", self.name)
    }

    /// Sends a chat message that asks for receipt and marker; answers its id.
    pub(crate) fn sends(&mut self, to: &str, body: &str) -> String {
        self.messages += 1;
        let id = format!("{}-{}", self.name, self.messages);
        self.ask(json!({
            "do": "send", "to": to, "body": body, "id": id, "receipt": true, "markable": true,
        }));
        id
    }

    /// Says that a message was shown.
    pub(crate) fn has_read(&mut self, to: &str, id: &str) {
        self.ask(json!({"do": "displayed", "to": to, "id": id}));
    }

    /// Sends a presence, to one or to all.
    pub(crate) fn presence(&mut self, to: Option<&str>, kind: Option<&str>, status: Option<&str>) {
        self.ask(json!({"do": "presence", "to": to, "type": kind, "status": status}));
    }

    /// Sends XML as it is.
    pub(crate) fn raw(&mut self, xml: &str) {
        self.ask(json!({"do": "raw", "xml": xml}));
    }

    /// Waits for a message with this text; answers the event.
    pub(crate) fn reads(&self, from: &str, body: &str) -> Value {
        self.sees(&format!("message {body:?} of {from}"), |event| {
            event["event"] == "message" && event["from"] == from && event["body"] == body
        })
    }

    /// Waits for an event that fits; answers it.
    pub(crate) fn sees(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let found = self.events.wait(PATIENCE, |events| {
            events.iter().find(|event| fits(event)).cloned()
        });
        found.unwrap_or_else(|| panic!("{} never saw {what}:\n{}", self.name, self.history()))
    }

    /// All texts of chat messages from somebody so far, in order.
    pub(crate) fn texts_of(&self, from: &str) -> Vec<String> {
        self.events.look(|events| {
            events
                .iter()
                .filter(|event| event["event"] == "message" && event["from"] == from)
                .filter_map(|event| event["body"].as_str().map(str::to_owned))
                .collect()
        })
    }

    /// Everything that fits among what came so far.
    pub(crate) fn find_all(&self, fits: impl Fn(&Value) -> bool) -> Vec<Value> {
        self.events
            .look(|events| events.iter().filter(|event| fits(event)).cloned().collect())
    }

    /// Performs a command of the script and answers its value.
    pub(crate) fn ask(&mut self, command: Value) -> Value {
        self.try_ask(command.clone())
            .unwrap_or_else(|error| panic!("{command}: {error}\n{}", self.history()))
    }

    /// Performs a command of the script and answers its value or its error.
    pub(crate) fn try_ask(&mut self, mut command: Value) -> Result<Value, String> {
        self.commands += 1;
        let number = self.commands;
        command["number"] = number.into();
        let stdin = self.stdin.as_mut().expect("stdin is open until the end");
        writeln!(stdin, "{command}").expect("the other client listens");
        let done = self.sees(&format!("the end of {command}"), |event| {
            event["event"] == "done" && event["number"] == number
        });
        match done["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(done["value"].clone()),
        }
    }

    fn start(name: &str) -> Self {
        let mut child = Command::new(python())
            .arg(SCRIPT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let events = Log::default();
        let lines = BufReader::new(child.stdout.take().expect("stdout is a pipe")).lines();
        let sink = events.clone();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                sink.push(serde_json::from_str(&line).unwrap_or(Value::String(line)));
            }
        });
        Self {
            name: name.to_owned(),
            stdin: child.stdin.take(),
            child,
            events,
            commands: 0,
            messages: 0,
        }
    }

    fn history(&self) -> String {
        self.events.look(|events| {
            let from = events.len().saturating_sub(40);
            let lines: Vec<String> = events[from..].iter().map(Value::to_string).collect();
            lines.join("\n")
        })
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first Python that has slixmpp: the system's, or the one that is called so.
fn python() -> &'static str {
    static PYTHON: OnceLock<&'static str> = OnceLock::new();
    PYTHON.get_or_init(|| {
        ["/usr/bin/python3", "python3"]
            .into_iter()
            .find(|python| {
                Command::new(python)
                    .args(["-c", "import slixmpp"])
                    .stderr(Stdio::null())
                    .status()
                    .is_ok_and(|status| status.success())
            })
            .expect("slixmpp is missing: sudo apt-get install python3-slixmpp")
    })
}
