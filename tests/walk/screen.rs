//! A screen of its own with a keyring, a window manager and a screen reader's view of the program.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/walk/screen.py");

/// What a person with a keyboard and a screen reader has in front of them.
pub(crate) struct Screen {
    server: Child,
    session: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    pictures: PathBuf,
    shots: usize,
}

impl Screen {
    /// Starts an empty screen; pictures of it go into this folder.
    pub(crate) fn start(pictures: &Path) -> Self {
        std::fs::create_dir_all(pictures).expect("a folder for pictures");
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1100x800x24",
                "-nolisten",
                "tcp",
                // Without a client for a moment it would begin anew, and refuse the next one.
                "-noreset",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is missing: sudo apt-get install xvfb");
        let display = display_of(&mut server);
        let mut session = Command::new("dbus-run-session")
            .args(["--", "/usr/bin/python3", SCRIPT])
            .env("DISPLAY", display)
            .env("GDK_BACKEND", "x11")
            .env("GSK_RENDERER", "cairo")
            .env_remove("GTK_A11Y")
            .env_remove("NO_AT_BRIDGE")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("dbus-run-session is missing: sudo apt-get install dbus-daemon");
        let answers = BufReader::new(session.stdout.take().expect("stdout is a pipe"));
        let mut screen = Self {
            server,
            commands: session.stdin.take(),
            session,
            answers,
            pictures: pictures.to_owned(),
            shots: 0,
        };
        for tool in [
            "gnome-keyring-daemon",
            "openbox",
            "wmctrl",
            "xdotool",
            "import",
        ] {
            let found = Command::new("which")
                .arg(tool)
                .stdout(Stdio::null())
                .status();
            assert!(
                found.is_ok_and(|status| status.success()),
                "{tool} is missing: sudo apt-get install gnome-keyring openbox wmctrl xdotool imagemagick"
            );
        }
        let log = screen.pictures.join("manager.log");
        screen.ask(json!({"do": "prepare", "log": log}));
        screen
    }

    /// Starts the program on this screen and waits for its window.
    pub(crate) fn opens(&mut self, program: &str, arguments: &[&str]) {
        let mut argv = vec![program];
        argv.extend(arguments);
        let log = self.pictures.join("tessera.log");
        self.ask(json!({"do": "start", "argv": argv, "env": {}, "log": log}));
    }

    /// The number of the program's process.
    pub(crate) fn process(&mut self) -> u64 {
        let process = self.ask(json!({"do": "process"}));
        process.as_u64().expect("a number")
    }

    /// Quits by the keyboard, and waits until the program has ended without an error.
    pub(crate) fn quits(&mut self) {
        assert_eq!(self.ask(json!({"do": "quit"})), 0);
    }

    /// Waits until the program has ended by itself, without an error.
    pub(crate) fn is_closed(&mut self) {
        assert_eq!(self.ask(json!({"do": "ended"})), 0);
    }

    /// Waits until something is called exactly this.
    pub(crate) fn sees(&mut self, name: &str) -> Value {
        self.ask(json!({"do": "sees", "name": name}))
    }

    /// Waits until something is called so in part.
    pub(crate) fn sees_part(&mut self, part: &str) -> Value {
        self.ask(json!({"do": "sees", "part": part}))
    }

    /// Presses a button by its name.
    pub(crate) fn presses(&mut self, name: &str) {
        self.ask(json!({"do": "press", "name": name, "role": "push button"}));
    }

    /// Clicks with the mouse on whatever is called so.
    pub(crate) fn clicks(&mut self, name: &str) {
        self.ask(json!({"do": "click", "name": name}));
    }

    /// Fills in an entry by its name.
    pub(crate) fn fills(&mut self, name: &str, text: &str) {
        self.ask(json!({"do": "fill", "role": "text", "name": name, "text": text}));
    }

    /// Waits until the window with this title takes the keys.
    pub(crate) fn is_in(&mut self, title: &str) {
        self.ask(json!({"do": "in_window", "title": title}));
    }

    /// Presses keys, as xdotool names them.
    pub(crate) fn keys(&mut self, keys: &[&str]) {
        self.ask(json!({"do": "keys", "keys": keys}));
    }

    /// Types a text.
    pub(crate) fn types(&mut self, text: &str) {
        self.ask(json!({"do": "types", "text": text}));
    }

    /// What has the keyboard focus, in the words of a screen reader.
    pub(crate) fn focus(&mut self) -> String {
        self.ask(json!({"do": "focus"})).to_string()
    }

    /// Waits until the focus is on something that is called so in part.
    pub(crate) fn has_focus_on(&mut self, part: &str) {
        self.ask(json!({"do": "focused", "part": part}));
    }

    /// Presses a key until the focus is on something that is called so in part.
    pub(crate) fn goes_to(&mut self, key: &str, part: &str) {
        let mut seen = vec![];
        for _ in 0..60 {
            let focus = self.focus();
            if focus.contains(part) {
                return;
            }
            seen.push(focus);
            self.keys(&[key]);
        }
        panic!(
            "{key} never leads to {part:?}, but to:\n{}",
            seen.join("\n")
        );
    }

    /// Everything to press or fill in that has no name.
    pub(crate) fn unnamed(&mut self) -> Value {
        self.ask(json!({"do": "unnamed"}))
    }

    /// Changes the size of the window.
    pub(crate) fn resizes(&mut self, width: u32, height: u32) {
        self.ask(json!({"do": "resize", "width": width, "height": height}));
    }

    /// Takes a picture.
    pub(crate) fn picture(&mut self, name: &str) {
        self.shots += 1;
        let file = self.pictures.join(format!("{:02}-{name}.png", self.shots));
        self.ask(json!({"do": "picture", "file": file}));
    }

    fn ask(&mut self, command: Value) -> Value {
        let pipe = self
            .commands
            .as_mut()
            .expect("the pipe is open until the end");
        writeln!(pipe, "{command}").expect("the screen listens");
        let answer = self.answer();
        if let Some(error) = answer["error"].as_str() {
            let file = self.pictures.join("failed.png");
            if command["do"] != "picture" {
                self.ask(json!({"do": "picture", "file": file}));
            }
            panic!("{command}: {error}\n(picture: {})", file.display());
        }
        answer["value"].clone()
    }

    /// The next answer; services of the bus write to the same pipe.
    fn answer(&mut self) -> Value {
        loop {
            let mut line = String::new();
            self.answers
                .read_line(&mut line)
                .expect("the screen answers");
            assert!(
                !line.is_empty(),
                "the screen is gone; is anything missing? \
                 sudo apt-get install python3-gi gir1.2-atspi-2.0 at-spi2-core gnome-keyring openbox"
            );
            if let Some(answer) = line.strip_prefix('@') {
                return serde_json::from_str(answer).expect("an answer");
            }
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if std::thread::panicking() && self.commands.is_some() {
            let file = self.pictures.join("failed.png");
            let command = json!({"do": "picture", "file": file});
            let sent = self
                .commands
                .as_mut()
                .map(|pipe| writeln!(pipe, "{command}"));
            if matches!(sent, Some(Ok(()))) {
                let _ = self.answers.read_line(&mut String::new());
            }
        }
        // The script ends everything it has started when its input ends, and the bus ends with the script.
        drop(self.commands.take());
        let end = Instant::now() + Duration::from_secs(20);
        while matches!(self.session.try_wait(), Ok(None)) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.session.kill();
        let _ = self.session.wait();
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The number that the display server chose.
fn display_of(server: &mut Child) -> String {
    let mut out = server.stdout.take().expect("stdout is a pipe");
    let mut number = vec![];
    let mut byte = [0];
    while out.read(&mut byte).is_ok_and(|count| count == 1) && byte[0] != b'\n' {
        number.push(byte[0]);
    }
    let number = String::from_utf8(number).expect("a number");
    assert!(!number.is_empty(), "Xvfb did not start");
    format!(":{number}")
}
