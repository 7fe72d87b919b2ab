//! Networks and servers that fail: nothing is lost, and nobody has to do anything.

use std::time::Duration;

use tessera::{
    command::Command,
    model::{ConnectionState, Delivery, FailureKind, SyncState},
    worker::Handle,
    xmpp::stream::Patience,
};

use crate::{
    client::{Client, Session},
    contacts::befriend_peer,
    peer::Peer,
    prosody::{Prosody, endpoint},
    proxy::{Cut, Proxy, Way},
};

/// Time limits of somebody in a hurry, so that these stories are short.
fn hasty() -> Patience {
    Patience {
        quiet: Duration::from_secs(1),
        dead: Duration::from_secs(1),
        ..Patience::default()
    }
}

pub(crate) fn a_cut_connection_is_resumed_without_a_word() {
    let server = Prosody::with(&["alice", "bob"]);
    let proxy = Proxy::before(server.port());
    let alice = Session::login("alice", endpoint(proxy.port()));
    let mut bob = Peer::login("bob", server.port());
    befriend_peer(&alice, &mut bob);
    for (round, how) in [Cut::Close, Cut::Reset].into_iter().enumerate() {
        proxy.cut(how);
        alice.reaches("noticing the cut", is_waiting);
        let text = format!("while cut {round}");
        bob.sends(&alice.address(), &text);
        let ours = alice.sends("bob", &format!("typed while cut {round}"));
        alice.client.handle().send(Command::NetworkChanged);
        alice.is_online();
        bob.reads(&alice.address(), &format!("typed while cut {round}"));
        alice.learns(ours, &Delivery::Delivered);
    }
    alice.sees("bob", &["while cut 0", "while cut 1"]);
    server.logs(&["RECV: <resume"]);
    server.logs(&["SEND: <resumed"]);
    let gone = bob.find_all(|event| event["event"] == "presence" && event["type"] == "unavailable");
    assert_eq!(gone.len(), 0, "contacts saw the cut: {gone:?}");
}

pub(crate) fn a_restarted_server_is_found_again() {
    let mut server = Prosody::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let bob = Session::login("bob", server.endpoint());
    crate::contacts::befriend(&alice, &bob);
    alice.sends("bob", "before");
    bob.sees("alice", &["before"]);
    server.kill();
    alice.reaches("noticing it", is_waiting);
    let waiting = alice.sends("bob", "while it was down");
    alice.learns(waiting, &Delivery::Waiting);
    server.run();
    alice.learns(waiting, &Delivery::Delivered);
    bob.sees("alice", &["before", "while it was down"]);
    alice.has_sent_everything();
}

pub(crate) fn a_half_open_connection_is_noticed() {
    let server = Prosody::with(&["alice", "bob"]);
    let proxy = Proxy::before(server.port());
    let alice = Session::login_with("alice", endpoint(proxy.port()), hasty());
    let mut bob = Peer::login("bob", server.port());
    befriend_peer(&alice, &mut bob);
    proxy.go_silent();
    let into_the_void = alice.sends("bob", "into the void");
    bob.sends(&alice.address(), "from the other side");
    let kind = alice.reaches("noticing the silence", |state| match state {
        ConnectionState::Waiting { failure, .. } => Some(failure.kind.clone()),
        ConnectionState::Offline
        | ConnectionState::Connecting(_)
        | ConnectionState::Online { .. }
        | ConnectionState::Stopped(_) => None,
    });
    assert_eq!(kind, FailureKind::Timeout);
    proxy.cut(Cut::Reset);
    proxy.speak();
    alice.client.handle().send(Command::NetworkChanged);
    alice.is_online();
    alice.learns(into_the_void, &Delivery::Delivered);
    alice.sees("bob", &["from the other side"]);
    assert_eq!(bob.texts_of(&alice.address()), ["into the void"]);
}

pub(crate) fn a_quiet_connection_that_lives_is_kept() {
    let server = Prosody::with(&["alice"]);
    let proxy = Proxy::before(server.port());
    let alice = Session::login_with("alice", endpoint(proxy.port()), hasty());
    // Silence is answered by asking for signs of life; several of them pass.
    server.logs_times(&["RECV: <r "], 4);
    assert!(alice.state().is_online());
    assert_eq!(proxy.connections(), 1);
}

pub(crate) fn a_changed_network_is_checked_at_once() {
    let server = Prosody::with(&["alice"]);
    let proxy = Proxy::before(server.port());
    let alice = Session::login("alice", endpoint(proxy.port()));
    proxy.cut(Cut::Close);
    proxy.refuse();
    alice.reaches("noticing the cut", is_waiting);
    proxy.sees_connections(2);
    proxy.admit();
    alice.client.handle().send(Command::NetworkChanged);
    alice.is_online();
}

pub(crate) fn a_slow_line_is_enough() {
    let server = Prosody::with(&["alice", "bob"]);
    let proxy = Proxy::before(server.port());
    proxy.slow_down(4_000);
    let alice = Session::login("alice", endpoint(proxy.port()));
    let mut bob = Peer::login("bob", server.port());
    befriend_peer(&alice, &mut bob);
    let long = "slow but sure ".repeat(300);
    let ours = alice.sends("bob", long.trim());
    bob.reads(&alice.address(), long.trim());
    alice.learns(ours, &Delivery::Delivered);
    bob.sends(&alice.address(), "received");
    alice.sees("bob", &["received"]);
}

pub(crate) fn a_login_that_is_cut_at_any_byte_is_tried_again() {
    let server = Prosody::with(&["alice"]);
    let proxy = Proxy::before(server.port());
    let alice = Session::begin(Client::start(), "alice", endpoint(proxy.port()));
    alice.is_online();
    let whole = proxy.passed(Way::ToClient);
    for at in (1..whole).step_by(usize::try_from(whole / 12).expect("small")) {
        let cuts = proxy.cuts();
        proxy.cut_after_on_next(Way::ToClient, at, Cut::Reset);
        proxy.cut(Cut::Close);
        assert!(proxy.sees_cuts(cuts + 1, Duration::from_secs(20)));
        // A resumed session may need fewer bytes than that: then something is said.
        while !proxy.sees_cuts(cuts + 2, Duration::from_millis(300)) {
            alice.client.handle().send(Command::NetworkChanged);
            alice.sends("alice", "a note to myself");
        }
        is_online_again(&alice);
    }
}

/// Waits until a session is online and has its history; whenever that takes long, the network changes.
fn is_online_again(session: &Session) {
    let is_there = |handle: &Handle| {
        let idle = handle.live().sync(session.account) == SyncState::Idle;
        (idle && handle.live().connection(session.account).is_online()).then_some(())
    };
    for _ in 0..200 {
        if session
            .client
            .within(Duration::from_millis(300), is_there)
            .is_some()
        {
            return;
        }
        session.client.handle().send(Command::NetworkChanged);
    }
    panic!("{} does not come back: {:?}", session.jid, session.state());
}

fn is_waiting(state: &ConnectionState) -> Option<()> {
    matches!(state, ConnectionState::Waiting { .. }).then_some(())
}
