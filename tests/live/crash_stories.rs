//! Killing the program at any moment, and cutting its connection at any byte, loses and duplicates nothing.

use std::{
    env,
    process::{Child, Command as Process, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use tessera::{
    command::{AccountCommand, Command},
    model::{ConnectionState, Delivery, Direction, Message, PasswordStorage, Secret, Security},
    xmpp::stream::Patience,
};

use crate::{
    child::{self, Orders, text},
    client::Session,
    contacts::{befriend, name_of},
    encrypted_stories::encrypts,
    prosody::{Prosody, Wishes, endpoint, password_of},
    proxy::{Cut, Proxy, Way},
    random::Random,
};

/// How often each of the two is killed.
const KILLS: usize = 120;

/// How often each of the two connections is cut.
const CUTS: usize = 120;

/// Messages each of the two sends while being killed or cut.
const MESSAGES: usize = 400;

/// Longest life of a killed process: about as long as logging in and sending twenty messages takes.
const LIFE: u64 = 900;

/// Bytes after which a login is surely over.
const LOGIN_BYTES: usize = 6_000;

/// Both sides are killed again and again, while both send and receive.
pub(crate) fn being_killed_loses_and_duplicates_nothing() {
    let seed = seed();
    let server = server();
    let (alice, bob) = two_friends(&server, &server);
    let (alice, bob) = thread::scope(|scope| {
        let first = scope.spawn(|| live_and_die(alice, "bob", &server, seed));
        let second = scope.spawn(|| live_and_die(bob, "alice", &server, seed + 1));
        (
            first.join().expect("alice survives"),
            second.join().expect("bob survives"),
        )
    });
    everything_arrived_once((&alice, MESSAGES), (&bob, MESSAGES));
}

/// The same in an encrypted chat: no ratchet is turned back, and no message is encrypted twice.
pub(crate) fn being_killed_while_encrypting_loses_and_duplicates_nothing() {
    let seed = seed();
    let server = server();
    let (alice, bob) = two_friends(&server, &server);
    encrypts(&alice, "bob");
    encrypts(&bob, "alice");
    let (alice, bob) = thread::scope(|scope| {
        let first = scope.spawn(|| live_and_die(alice, "bob", &server, seed));
        let second = scope.spawn(|| live_and_die(bob, "alice", &server, seed + 1));
        (
            first.join().expect("alice survives"),
            second.join().expect("bob survives"),
        )
    });
    everything_arrived_once((&alice, MESSAGES), (&bob, MESSAGES));
    for (session, peer) in [(&alice, "bob"), (&bob, "alice")] {
        let messages = session.messages(peer);
        let clear = messages.iter().filter(|m| m.security != Security::Sealed);
        assert_eq!(clear.count(), 0, "something went out in clear");
    }
}

/// Both connections are cut again and again, at bytes of the login and of the messages, in both directions.
pub(crate) fn being_cut_loses_and_duplicates_nothing() {
    let seed = seed();
    let server = server();
    let (first, second) = (Proxy::before(server.port()), Proxy::before(server.port()));
    let (alice, bob) = two_friends(&first, &second);
    let being_cut = AtomicUsize::new(2);
    let goes_on = |_: usize| being_cut.load(Ordering::Relaxed) > 0;
    let (from_alice, from_bob) = thread::scope(|scope| {
        for (proxy, session, seed) in [(&first, &alice, seed), (&second, &bob, seed + 1)] {
            let being_cut = &being_cut;
            scope.spawn(move || {
                let _ended = EndOfCuts(being_cut);
                cut_often(proxy, session, seed);
            });
        }
        let first = scope.spawn(|| talk(&alice, "bob", goes_on));
        let second = scope.spawn(|| talk(&bob, "alice", goes_on));
        (
            first.join().expect("alice talks"),
            second.join().expect("bob talks"),
        )
    });
    everything_arrived_once((&alice, from_alice), (&bob, from_bob));
    assert!(first.cuts() >= CUTS && second.cuts() >= CUTS);
}

/// Says that one connection is cut no more, even when that ended in a panic.
struct EndOfCuts<'a>(&'a AtomicUsize);

impl Drop for EndOfCuts<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The program is killed while its connection goes through a line that is cut as well.
pub(crate) fn being_killed_and_cut_loses_and_duplicates_nothing() {
    let mut random = Random::new(seed());
    let server = server();
    let proxy = Proxy::before(server.port());
    let (alice, mut bob) = two_friends(&proxy, &server);
    bob.client.restart();
    bob.is_online();
    let mut alice = alice;
    alice.client.quit();
    for _ in 0..KILLS / 3 {
        let mut child = spawn(&orders(&alice, "bob", proxy.port()));
        let way = [Way::ToServer, Way::ToClient][random.below(2)];
        proxy.cut_after(way, random.below(LOGIN_BYTES) as u64, Cut::Reset);
        kill_after(&mut child, random.next() % LIFE);
    }
    finish(&orders(&alice, "bob", proxy.port()));
    alice = back(alice);
    let from_bob = talk(&bob, "alice", |sent| sent < 50);
    everything_arrived_once((&alice, MESSAGES), (&bob, from_bob));
}

fn server() -> Prosody {
    Wishes::default()
        .accounts(&["alice", "bob"])
        .fleeting_archive()
        .start()
}

/// Something with a port to connect to.
trait Door {
    fn port(&self) -> u16;
}

impl Door for Prosody {
    fn port(&self) -> u16 {
        self.port()
    }
}

impl Door for Proxy {
    fn port(&self) -> u16 {
        self.port()
    }
}

fn two_friends(first: &impl Door, second: &impl Door) -> (Session, Session) {
    let alice = Session::login_with("alice", endpoint(first.port()), hasty());
    let bob = Session::login_with("bob", endpoint(second.port()), hasty());
    befriend(&alice, &bob);
    (alice, bob)
}

fn hasty() -> Patience {
    Patience {
        answer: Duration::from_secs(5),
        quiet: Duration::from_secs(2),
        dead: Duration::from_secs(2),
        ..Patience::default()
    }
}

/// The seed of this run: a new one each time, or the one that is to be repeated.
fn seed() -> u64 {
    let seed = env::var("TESSERA_TEST_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            now.map_or(1, |now| u64::from(now.subsec_nanos()))
        });
    println!("TESSERA_TEST_SEED={seed}");
    seed
}

/// Lives through many short lives and one that may end in order.
fn live_and_die(mut session: Session, peer: &str, server: &Prosody, seed: u64) -> Session {
    session.client.quit();
    let orders = orders(&session, peer, server.port());
    let mut random = Random::new(seed);
    for _ in 0..KILLS {
        let mut child = spawn(&orders);
        kill_after(&mut child, random.next() % LIFE);
    }
    finish(&orders);
    back(session)
}

fn orders(session: &Session, peer: &str, port: u16) -> Orders {
    Orders {
        folder: session.client.folder().to_owned(),
        key: session.client.key(),
        name: name_of(&session.jid),
        peer: peer.to_owned(),
        port,
        last: MESSAGES,
        pace: 15,
    }
}

fn spawn(orders: &Orders) -> Child {
    Process::new(env::current_exe().expect("a program has a file"))
        .env(child::ORDERS, orders.to_variable())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the test program starts itself")
}

/// Kills a child by its id when it has lived so many milliseconds.
fn kill_after(child: &mut Child, life: u64) {
    thread::sleep(Duration::from_millis(life));
    child.kill().expect("the child can be killed");
    child.wait().expect("the child ends");
}

fn finish(orders: &Orders) {
    let mut child = spawn(orders);
    // `wait` would close the pipe, by which the child notices that we are gone.
    let pipe = child.stdin.take();
    let status = child.wait().expect("the child ends");
    drop(pipe);
    assert!(status.success(), "{} did not finish: {status}", orders.name);
}

/// Starts the program on the profile in this process.
fn back(mut session: Session) -> Session {
    session.client.run();
    session.account(|account| AccountCommand::SupplyPassword {
        account,
        password: Secret::new(password_of(&name_of(&session.jid))),
        storage: PasswordStorage::Keyring,
    });
    session.is_online();
    session
}

/// Sends numbered messages as long as it goes on; answers how many.
fn talk(session: &Session, peer: &str, goes_on: impl Fn(usize) -> bool) -> usize {
    let name = name_of(&session.jid);
    let mut sent = 0;
    while goes_on(sent) {
        sent += 1;
        session.sends_quickly(peer, &text(&name, sent));
        thread::sleep(Duration::from_millis(40));
    }
    sent
}

/// Cuts a connection again and again; each time it is told at once that the network changed.
fn cut_often(proxy: &Proxy, session: &Session, seed: u64) {
    let mut random = Random::new(seed);
    let end = Instant::now() + Duration::from_secs(240);
    for cut in proxy.cuts() + 1..=CUTS {
        let way = [Way::ToServer, Way::ToClient][random.below(2)];
        let how = [Cut::Close, Cut::Reset][random.below(2)];
        // A third of the cuts falls into the login, the rest anywhere.
        let within = [LOGIN_BYTES / 3, LOGIN_BYTES, 2 * LOGIN_BYTES][random.below(3)];
        let bytes = random.below(within);
        proxy.cut_after(way, bytes as u64, how);
        while !proxy.sees_cuts(cut, Duration::from_millis(200)) {
            if matches!(session.state(), ConnectionState::Waiting { .. }) {
                session.client.handle().send(Command::NetworkChanged);
            }
            assert!(
                Instant::now() < end,
                "only {cut} cuts: {:?}",
                session.state()
            );
        }
    }
    // It may not have noticed the last cut yet.
    while !(proxy.came_back() && session.state().is_online()) {
        session.client.handle().send(Command::NetworkChanged);
        thread::sleep(Duration::from_millis(200));
        assert!(Instant::now() < end, "not online: {:?}", session.state());
    }
}

/// Everything that was sent is there once, on both sides and in order, and nothing waits.
fn everything_arrived_once(alice: (&Session, usize), bob: (&Session, usize)) {
    for ((sender, count), (receiver, _)) in [(alice, bob), (bob, alice)] {
        let (from, to) = (name_of(&sender.jid), name_of(&receiver.jid));
        let expected: Vec<String> = (1..=count).map(|n| text(&from, n)).collect();
        sender.has_sent_everything();
        let all = || (receiver.texts_from(&from).len() >= count).then_some(());
        let arrived = receiver.client.within(Duration::from_secs(120), |_| all());
        let received = receiver.texts_from(&from);
        tell_disorder(&receiver.messages(&from), &expected);
        same(&format!("{to} received of {from}"), &received, &expected);
        assert!(arrived.is_some(), "no event told of the last message");
        let sent = sender.texts_to(&to);
        same(&format!("{from} sent to {to}"), &sent, &expected);
        let messages = sender.messages(&to);
        let mut ours = messages
            .iter()
            .filter(|message| message.direction == Direction::Outgoing);
        assert!(
            ours.all(|message| message.delivery != Delivery::Waiting),
            "{from} thinks that messages still wait"
        );
    }
}

/// Prints how the first messages that are out of order came.
fn tell_disorder(messages: &[Message], expected: &[String]) {
    let incoming = |message: &&Message| message.direction == Direction::Incoming;
    let incoming: Vec<&Message> = messages.iter().filter(incoming).collect();
    let wrong = incoming
        .iter()
        .zip(expected)
        .position(|(message, text)| message.body != *text);
    let Some(wrong) = wrong else {
        return;
    };
    let mut by_number = incoming.clone();
    by_number.sort_by_key(|message| message.id);
    for message in incoming.iter().skip(wrong.saturating_sub(3)).take(12) {
        println!(
            "{} at {} stored {} {:?} row {} archive {:?}",
            message.body,
            message.at.0,
            message.stored_at.0,
            message.route,
            message.id.0,
            message.stanza_id,
        );
    }
    println!("as they were stored:");
    let place = by_number
        .iter()
        .position(|message| message.body == incoming[wrong].body);
    for message in by_number
        .iter()
        .skip(place.unwrap_or_default().saturating_sub(6))
        .take(20)
    {
        println!(
            "{} at {} stored {} {:?} row {}",
            message.body, message.at.0, message.stored_at.0, message.route, message.id.0,
        );
    }
}

/// Says what is missing, twice there or out of order, instead of two long lists.
fn same(what: &str, found: &[String], expected: &[String]) {
    if found == expected {
        return;
    }
    let missing: Vec<&String> = expected
        .iter()
        .filter(|text| !found.contains(text))
        .collect();
    let mut seen = std::collections::HashSet::new();
    let twice: Vec<&String> = found.iter().filter(|text| !seen.insert(*text)).collect();
    let place = found.iter().zip(expected).position(|(a, b)| a != b);
    panic!(
        "{what}: {} of {}; missing {missing:?}; twice {twice:?}; first difference at {place:?}: {:?}",
        found.len(),
        expected.len(),
        place.map(|at| &found[at.saturating_sub(2)..(at + 3).min(found.len())])
    );
}
