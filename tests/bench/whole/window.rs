//! The window from outside: starts it, asks it, and reads what the system knows of it.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    Sizes,
    client::address,
    data,
    prosody::password_of,
    shown,
    table::{Goal, Table, millis},
    wire::Ground,
};

/// A screen that nobody sees; ends with this value.
struct Screen {
    child: Child,
    display: String,
}

impl Screen {
    fn start() -> Self {
        let mut child = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x1024x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is missing: sudo apt-get install xvfb");
        let mut line = String::new();
        let out = child.stdout.take().expect("stdout is a pipe");
        BufReader::new(out)
            .read_line(&mut line)
            .expect("the number of the display");
        Self {
            child,
            display: format!(":{}", line.trim()),
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A window in a process of its own.
struct Window {
    child: Child,
    asked: ChildStdin,
    told: BufReader<ChildStdout>,
    began: Instant,
}

impl Window {
    fn start(screen: &Screen, folder: &str, key: &str) -> Self {
        let began = Instant::now();
        let mut child = Command::new(env::current_exe().expect("a program has a file"))
            .env(shown::FOLDER, folder)
            .env("DISPLAY", &screen.display)
            .env("GSK_RENDERER", "cairo")
            .env("GTK_A11Y", "none")
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the window starts");
        let asked = child.stdin.take().expect("stdin is a pipe");
        let told = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
        let mut window = Self {
            child,
            asked,
            told,
            began,
        };
        window.say(key);
        window
    }

    fn say(&mut self, line: &str) {
        writeln!(self.asked, "{line}").expect("the window listens");
    }

    /// The next thing the window tells, and when that was after its start.
    fn hear(&mut self) -> (String, Duration) {
        let mut line = String::new();
        self.told
            .read_line(&mut line)
            .expect("the window tells something");
        assert!(!line.is_empty(), "the window has ended");
        (line.trim().to_owned(), self.began.elapsed())
    }

    fn ask(&mut self, line: &str) -> String {
        self.say(line);
        self.hear().0
    }

    fn quit(mut self) {
        self.say("quit");
        let _ = self.child.wait();
    }

    /// Kilobytes of memory, with the shared parts divided among those who share them.
    fn pss(&self) -> f64 {
        let path = format!("/proc/{}/smaps_rollup", self.child.id());
        let text = fs::read_to_string(path).expect("Linux tells the memory of a process");
        let line = text
            .lines()
            .find(|line| line.starts_with("Pss:"))
            .expect("its PSS");
        let number = line
            .split_whitespace()
            .nth(1)
            .and_then(|number| number.parse().ok());
        number.expect("a number")
    }

    /// Nanoseconds of computing, and how often a thread was woken, so far.
    fn work(&self) -> (u64, u64) {
        let (mut nanos, mut wakes) = (0, 0);
        let tasks = format!("/proc/{}/task", self.child.id());
        for task in fs::read_dir(tasks).expect("threads").map_while(Result::ok) {
            let read = |name: &str| fs::read_to_string(task.path().join(name)).unwrap_or_default();
            let first = |text: &str| {
                text.split_whitespace()
                    .next()
                    .and_then(|n| n.parse::<u64>().ok())
            };
            nanos += first(&read("schedstat")).unwrap_or(0);
            let status = read("status");
            let switches = status
                .lines()
                .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            wakes += switches.and_then(first).unwrap_or(0);
        }
        (nanos, wakes)
    }
}

/// Measures everything that a person sees.
pub(crate) fn measure(mut ground: Ground, sizes: &Sizes, table: &mut Table) {
    let mut alice = ground.alice.take().expect("a profile");
    let store = alice.client.store();
    let chat_of = |peer: &str| {
        let chat = store
            .reader()
            .conversation_with(alice.account, &address(peer));
        chat.expect("chats").expect("a chat").0
    };
    let (big, small) = (chat_of("bob"), chat_of("contact3"));
    let account = alice.account.0;
    let folder = alice.client.folder().display().to_string();
    let key = alice.client.key();
    alice.client.quit();
    let screen = Screen::start();

    let (mut mapped, mut chats, mut roster) = (Vec::new(), Vec::new(), Vec::new());
    let mut last = None;
    // The first start fills the caches of the system.
    for run in 0..=sizes.runs {
        let mut window = Window::start(&screen, &folder, &key);
        let times = ["mapped", "chats", "roster"].map(|what| {
            let (told, after) = window.hear();
            assert_eq!(told, what);
            millis(after)
        });
        if run > 0 {
            mapped.push(times[0]);
            chats.push(times[1]);
            roster.push(times[2]);
        }
        if run < sizes.runs {
            window.quit();
        } else {
            last = Some(window);
        }
    }
    table.add("start: window mapped", mapped, "ms", Goal::AtMost(300.0));
    table.add("start: chats drawn", chats, "ms", Goal::None);
    table.add("start: roster drawn", roster, "ms", Goal::AtMost(500.0));

    let mut window = last.expect("a window");
    assert_eq!(
        window.ask(&format!("connect {account} {}", password_of("alice"))),
        "online"
    );
    thread::sleep(Duration::from_secs(sizes.settle));
    table.add(
        "memory (PSS), idle and online",
        vec![window.pss() / 1000.0],
        "MB",
        Goal::AtMost(110.0),
    );
    let before = window.work();
    thread::sleep(Duration::from_secs(sizes.idle));
    let after = window.work();
    let seconds = sizes.idle as f64;
    let percent = (after.0 - before.0) as f64 / 1e9 / seconds * 100.0;
    table.add("CPU while idle", vec![percent], "%", Goal::AtMost(0.05));
    let wakes = (after.1 - before.1) as f64 / seconds;
    table.add("wake-ups while idle", vec![wakes], "per second", Goal::None);

    let (mut opened, mut others) = (Vec::new(), Vec::new());
    let number = |told: String| told.parse::<f64>().expect("a number");
    for _ in 0..sizes.runs {
        others.push(number(
            window.ask(&format!("open {small} {}", data::newest_of(3))),
        ));
        opened.push(number(window.ask(&format!("open {big} {}", data::NEWEST))));
    }
    table.add("opening the big chat", opened, "ms", Goal::AtMost(100.0));
    table.add("opening a small chat", others, "ms", Goal::None);

    let names = [
        "frames",
        "over 16 ms",
        "over 32 ms",
        "longest frame (ms)",
        "pixels",
    ];
    let mut told: [Vec<f64>; 5] = Default::default();
    for _ in 0..sizes.runs {
        window.ask(&format!("open {small} {}", data::newest_of(3)));
        window.ask(&format!("open {big} {}", data::NEWEST));
        let answer = window.ask("scroll");
        for (place, value) in answer.split_whitespace().enumerate() {
            told[place].push(value.parse().expect("a number"));
        }
    }
    for (name, values) in names.into_iter().zip(told) {
        let goal = if name == "over 32 ms" {
            Goal::AtMost(0.0)
        } else {
            Goal::None
        };
        table.add(&format!("scrolling up: {name}"), values, "", goal);
    }
    table.add(
        "memory (PSS) after all that",
        vec![window.pss() / 1000.0],
        "MB",
        Goal::None,
    );
    window.quit();
    let binary = env!("CARGO_BIN_EXE_tessera");
    let size = fs::metadata(binary).expect("the program is built").len();
    table.add(
        "size of the program",
        vec![size as f64 / 1e6],
        "MB",
        Goal::None,
    );
    drop(alice);
}
