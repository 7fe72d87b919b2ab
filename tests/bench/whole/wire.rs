//! What goes over the wire: the archive, a burst, logins.

use std::{
    thread,
    time::{Duration, Instant},
};

use tessera::{
    model::{Endpoint, SyncState},
    worker::Patience,
};

use crate::{
    Sizes,
    client::{Client, Session, address},
    data,
    prosody::{Prosody, Wishes, endpoint},
    raw::Raw,
    relay::Relay,
    table::{Goal, Table},
};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(900);
/// Without a byte for so long a login is over.
const QUIET: Duration = Duration::from_millis(700);

/// A server with an archive, and who talks on it.
pub(crate) struct Ground {
    pub(crate) server: Prosody,
    pub(crate) relay: Relay,
    bob: Raw,
    /// The profile that has everything.
    pub(crate) alice: Option<Session>,
}

/// Starts the server and fills it.
pub(crate) fn prepare(sizes: &Sizes) -> Ground {
    let began = Instant::now();
    let server = Wishes::default()
        .accounts(&["alice", "bob"])
        .fleeting_archive()
        .without("offline")
        .without("stanza_debug")
        .line("log = { { levels = { min = \"info\" }, to = \"stdout\" } };")
        .line("c2s_require_encryption = false;")
        .line("allow_unencrypted_plain_auth = true;")
        .start();
    Raw::login("alice", server.port()).fill_roster(sizes.contacts);
    let mut bob = Raw::login("bob", server.port());
    bob.send("alice", sizes.archive);
    eprintln!(
        "the server has {} contacts and {} messages after {:.0} s",
        sizes.contacts,
        sizes.archive,
        began.elapsed().as_secs_f64()
    );
    Ground {
        relay: Relay::before(server.port()),
        server,
        bob,
        alice: None,
    }
}

/// Measures the archive, the burst and logins; leaves a profile that has everything.
pub(crate) fn measure(mut ground: Ground, sizes: &Sizes, table: &mut Table) -> Ground {
    let mut rates = Vec::new();
    for _ in 1..sizes.runs {
        let (_, rate) = fetched(ground.server.endpoint(), sizes.fetched);
        rates.push(rate);
    }
    let (alice, rate) = fetched(endpoint(ground.relay.port()), sizes.archive);
    rates.push(rate);
    table.add(
        "archive through Prosody, stored",
        rates,
        "messages/s",
        Goal::AtLeast(2_000.0),
    );
    until("the history is complete", || {
        alice.client.handle().live().sync(alice.account) == SyncState::Idle
    });

    let mut rates = Vec::new();
    for _ in 0..sizes.runs {
        let before = count(&alice);
        let began = Instant::now();
        ground.bob.send("alice", sizes.burst);
        until("the burst has come", || {
            count(&alice) >= before + sizes.burst as u64
        });
        rates.push(sizes.burst as f64 / began.elapsed().as_secs_f64());
    }
    table.add(
        "live burst through Prosody, stored",
        rates,
        "messages/s",
        Goal::AtLeast(2_000.0),
    );

    let mut alice = alice;
    data::fill_other_chats(alice.client.store(), alice.account, sizes);
    let mut bytes = Vec::new();
    let mut times = Vec::new();
    for _ in 0..sizes.runs {
        alice.client.quit();
        thread::sleep(QUIET);
        let before = ground.relay.bytes();
        let began = Instant::now();
        alice.client.run();
        until("it is online", || alice.state().is_online());
        times.push(began.elapsed().as_secs_f64() * 1e3);
        quiet(&ground.relay);
        bytes.push((ground.relay.bytes() - before) as f64);
    }
    table.add("a login of this device again", bytes, "bytes", Goal::None);
    table.add(
        "opening the store and being online",
        times,
        "ms",
        Goal::None,
    );
    ground.alice = Some(alice);
    ground
}

/// A new device that fetches the archive until it has so many messages, and how many that were per second.
fn fetched(endpoint: Endpoint, wanted: usize) -> (Session, f64) {
    let client = Client::start_with(Patience::default());
    let began = Instant::now();
    let alice = Session::begin(client, "alice", endpoint);
    until("the archive is fetched", || count(&alice) >= wanted as u64);
    let rate = wanted as f64 / began.elapsed().as_secs_f64();
    eprintln!("{wanted} messages of the archive: {rate:.0} per second, with the login");
    (alice, rate)
}

fn count(alice: &Session) -> u64 {
    alice.find_chat(&address("bob")).map_or(0, |chat| {
        alice.client.reader().message_count(chat).expect("a number")
    })
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < LONG, "{what}: it does not happen");
        thread::sleep(Duration::from_millis(20));
    }
}

fn quiet(relay: &Relay) {
    loop {
        let before = relay.bytes();
        thread::sleep(QUIET);
        if relay.bytes() == before {
            return;
        }
    }
}
