//! One walk through the whole program, as a person with a keyboard and a screen reader takes it: from the first start
//! on an empty machine to the history after a restart, on a display of its own, with a real server and a real partner.
//! Pictures of each step are in `target/walk/`.

#[path = "../live/certificates.rs"]
#[allow(dead_code)]
mod certificates;
mod misfortunes;
#[path = "../live/peer.rs"]
#[allow(dead_code)]
mod peer;
#[path = "../live/prosody.rs"]
#[allow(dead_code)]
mod prosody;
mod screen;
#[path = "../live/waiting.rs"]
#[allow(dead_code)]
mod waiting;
#[path = "../live/world.rs"]
mod world;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use libtest_mimic::{Arguments, Trial};
use serde_json::json;

use peer::Peer;
use prosody::{Prosody, password_of};
use screen::Screen;

const PROGRAM: &str = env!("CARGO_BIN_EXE_tessera");
const ALICE: &str = "alice@tessera.test";
const ADDRESS: &str = "Address, such as name@example.org";
const PORT: &str = "Port (5222, or 5223 with TLS from the start)";

fn main() -> ExitCode {
    if !world::is_entered() {
        return world::enter();
    }
    let stories: [(&str, fn()); 4] = [
        ("the_whole_program", the_whole_program),
        (
            "servers_that_do_not_help",
            misfortunes::servers_that_do_not_help,
        ),
        (
            "profiles_that_cannot_be_opened",
            misfortunes::profiles_that_cannot_be_opened,
        ),
        ("a_full_disk", misfortunes::a_full_disk),
    ];
    let has_disks = misfortunes::has_disks_of_its_own();
    if !has_disks {
        eprintln!(
            "a_full_disk is left out: this kernel lets nobody here mount a small disk (unshare)"
        );
    }
    let trials = stories.map(|(name, story)| {
        let trial = Trial::test(name, move || {
            story();
            Ok(())
        });
        trial.with_ignored_flag(name == "a_full_disk" && !has_disks)
    });
    // One after the other: they are about what is seen, not about speed.
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    libtest_mimic::run(&arguments, trials.into()).exit_code()
}

/// Where pictures go: beside what cargo has built.
fn pictures() -> PathBuf {
    let built = Path::new(PROGRAM).parent().and_then(Path::parent);
    built
        .expect("the program lies in target/debug")
        .join("walk")
}

fn the_whole_program() {
    let server = Prosody::with(&["alice", "bob"]);
    let mut bob = Peer::login("bob", server.port());
    let mut screen = Screen::start(&pictures());
    screen.opens(PROGRAM, &[]);
    logs_in(&mut screen, server.port());
    adds_a_contact(&mut screen, &mut bob);
    talks(&mut screen, &mut bob);
    quits_and_comes_back(&mut screen, &mut bob);
    uses_the_keyboard_only(&mut screen, &mut bob);
    folds_when_narrow(&mut screen);
}

/// First start: a wrong password, then the right one; the keyring keeps it.
fn logs_in(screen: &mut Screen, port: u16) {
    screen.sees("Welcome to Tessera");
    screen.picture("welcome");
    screen.presses("Log In");
    screen.fills(ADDRESS, "alice@tessera.test");
    screen.fills("Password", "wrong");
    screen.clicks("More options");
    screen.fills("Host of the server", "127.0.0.1");
    screen.fills(PORT, &port.to_string());
    screen.picture("login");
    screen.goes_to("Tab", "Log in");
    screen.keys(&["Return"]);
    screen.sees("Wrong address or password");
    screen.picture("wrong-password");
    // The focus is in the password; what is there is selected.
    screen.types(&password_of("alice"));
    screen.keys(&["Return"]);
    screen.sees("No chats yet");
    screen.picture("logged-in");
}

/// A contact is asked, agrees, and shows what it does.
fn adds_a_contact(screen: &mut Screen, bob: &mut Peer) {
    screen.keys(&["ctrl+shift+N"]);
    screen.is_in("Add a contact");
    screen.fills("Address, or a link that begins with xmpp:", &bob.address());
    screen.fills("Name that only you see (optional)", "Bob");
    screen.picture("add-contact");
    screen.presses("Add");
    screen.is_in("Tessera");
    bob.sees("the request", |event| {
        event["event"] == "presence" && event["type"] == "subscribe"
    });
    bob.presence(Some(ALICE), Some("subscribed"), None);
    bob.presence(Some(ALICE), Some("subscribe"), None);
    bob.sees("that alice is there", |event| {
        event["event"] == "presence" && event["from"] == ALICE && event["type"] == "available"
    });
    bob.ask(json!({"do": "presence", "show": "away", "status": "on a train"}));
    screen.keys(&["ctrl+2"]);
    screen.sees_part("on a train");
    screen.picture("contacts");
}

/// Both write; the partner sees a receipt and a read mark.
fn talks(screen: &mut Screen, bob: &mut Peer) {
    screen.keys(&["Return"]);
    screen.has_focus_on("not encrypted");
    screen.types("hello from the window");
    screen.keys(&["Return"]);
    let seen = bob.reads(ALICE, "hello from the window");
    bob.has_read(ALICE, seen["id"].as_str().expect("an id"));
    let id = bob.sends(ALICE, "*welcome* to https://example.org/");
    screen.sees_part("to https://example.org/");
    for kind in ["receipt", "marker"] {
        bob.sees(kind, |event| {
            event["event"] == kind && event["of"] == id.as_str()
        });
    }
    screen.sees_part("read");
    screen.picture("chat");
    // Not a moment is left for it to be kept.
    screen.types("a draft that is not sent");
}

/// Closed and started again: account, history and draft are there, and nothing is asked.
fn quits_and_comes_back(screen: &mut Screen, bob: &mut Peer) {
    screen.quits();
    bob.sees("that alice is gone", |event| {
        event["event"] == "presence" && event["from"] == ALICE && event["type"] == "unavailable"
    });
    bob.sends(ALICE, "while you were away");
    screen.opens(PROGRAM, &[]);
    screen.sees_part("while you were away");
    screen.picture("started-again");
    screen.has_focus_on("Accounts and status");
    screen.keys(&["ctrl+1", "alt+1"]);
    screen.has_focus_on("not encrypted");
    screen.sees_part("hello from the window");
    screen.sees_part("to https://example.org/");
    screen.sees_part("a draft that is not sent");
    screen.picture("history");
}

/// Everything by keys: chats, search, shortcuts, settings, the list of messages and back.
fn uses_the_keyboard_only(screen: &mut Screen, bob: &mut Peer) {
    screen.keys(&["ctrl+a", "BackSpace"]);
    screen.types("typed with the keyboard");
    screen.keys(&["Return"]);
    bob.reads(ALICE, "typed with the keyboard");
    screen.keys(&["ctrl+k"]);
    screen.is_in("Go to a Chat");
    screen.types("bob");
    screen.picture("jump");
    screen.keys(&["Return"]);
    screen.is_in("Tessera");
    screen.keys(&["ctrl+question"]);
    screen.sees("Jump to a chat or contact");
    screen.picture("shortcuts");
    screen.keys(&["Escape"]);
    screen.is_in("Tessera");
    screen.keys(&["ctrl+comma"]);
    screen.is_in("Settings");
    screen.sees("What contacts learn");
    screen.picture("settings");
    assert_eq!(screen.unnamed(), json!([]), "things without a name");
    screen.keys(&["Escape"]);
    screen.is_in("Tessera");
    let mut regions = vec![];
    for _ in 0..4 {
        screen.keys(&["F6"]);
        regions.push(screen.focus());
    }
    assert!(
        regions.iter().any(|region| *region != regions[0]),
        "F6 leads nowhere: {regions:?}"
    );
    assert_eq!(screen.unnamed(), json!([]), "things without a name");
}

/// The window of a telephone's width shows one thing at a time.
fn folds_when_narrow(screen: &mut Screen) {
    screen.resizes(400, 700);
    screen.sees("Back to the chats");
    screen.picture("narrow");
    screen.presses("Back to the chats");
    screen.sees("Bob");
    screen.picture("narrow-chats");
    screen.quits();
}
