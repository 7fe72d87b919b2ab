//! Devices of other programs that encrypt, driven over a pipe.

use std::{
    io::{BufRead, BufReader, Lines, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};
use tessera::crypto::omemo::Profile;

use crate::our_device::Where;

/// Where our device is.
pub(crate) const OURS: Where = ("alice@example.org", 1001);
/// Where theirs is.
pub(crate) const THEIRS: Where = ("bob@example.org", 2002);

/// A device of another program.
pub(crate) struct TheirDevice {
    child: Child,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
    /// What it publishes.
    pub(crate) bundle: String,
}

impl TheirDevice {
    /// A device of oldmemo or twomemo.
    pub(crate) fn of_python(profile: Profile) -> Self {
        let python = tool("bin/python");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live/omemo_device.py");
        Self::start(Command::new(python).arg(script), profile)
    }

    fn start(command: &mut Command, profile: Profile) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the other program starts");
        let mut device = Self {
            stdin: child.stdin.take().expect("stdin is a pipe"),
            stdout: BufReader::new(child.stdout.take().expect("stdout is a pipe")).lines(),
            child,
            bundle: String::new(),
        };
        let version = match profile {
            Profile::Axolotl => "0.3",
            Profile::Omemo2 => "2",
        };
        let created = device.ask(json!({
            "do": "create", "version": version, "device": "d", "jid": THEIRS.0, "id": THEIRS.1,
        }));
        device.bundle = created.expect("a device").expect("a bundle");
        device
    }

    /// Learns our bundle without beginning a session.
    pub(crate) fn knows(&mut self, bundle: &str) {
        let command = json!({"do": "knows", "bundle": bundle});
        self.ask_about_us(command)
            .expect("a bundle that can be read");
    }

    /// Encrypts for us; with our bundle, begins a session.
    pub(crate) fn sends(&mut self, text: Option<&str>, bundle: Option<&str>) -> String {
        let command = json!({"do": "send", "text": text, "bundle": bundle});
        let sent = self.ask_about_us(command).expect("a message");
        sent.expect("a message is sent")
    }

    /// Decrypts what we sent.
    pub(crate) fn reads(&mut self, xml: &str) -> Result<Option<String>, String> {
        self.ask_about_us(json!({"do": "receive", "xml": xml}))
    }

    fn ask_about_us(&mut self, mut command: Value) -> Result<Option<String>, String> {
        command["device"] = "d".into();
        command["jid"] = OURS.0.into();
        command["id"] = OURS.1.into();
        self.ask(command)
    }

    fn ask(&mut self, command: Value) -> Result<Option<String>, String> {
        writeln!(self.stdin, "{command}").expect("the other program listens");
        let line = self.stdout.next().expect("an answer").expect("text");
        let answer: Value = serde_json::from_str(&line).expect("JSON");
        match answer["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(answer["value"].as_str().map(str::to_owned)),
        }
    }
}

impl Drop for TheirDevice {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program that `.ci/omemo-peers` puts there.
fn tool(name: &str) -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("the target folder")
        .join("tools/omemo");
    let path = folder.join(name);
    assert!(
        path.exists(),
        "{} is missing: .ci/omemo-peers",
        path.display()
    );
    path
}
