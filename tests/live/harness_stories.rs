//! The tools of these tests do what they say; otherwise the stories would prove nothing.

use std::{
    io::{ErrorKind, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    time::Duration,
};

use crate::{
    ejabberd::Ejabberd,
    peer::Peer,
    prosody::Prosody,
    proxy::{Cut, Proxy, Way},
};

pub(crate) fn two_other_clients_talk() {
    let server = Prosody::with(&["alice", "bob"]);
    let mut alice = Peer::login("alice", server.port());
    let bob = Peer::login("bob", server.port());
    let id = alice.sends(&bob.address(), "hello");
    assert_eq!(bob.reads(&alice.address(), "hello")["id"], id.as_str());
    alice.sees("the receipt", |event| {
        event["event"] == "receipt" && event["of"] == id.as_str()
    });
    server.logs(&["RECV: <message", "hello"]);
}

pub(crate) fn two_other_clients_talk_over_ejabberd() {
    let server = Ejabberd::with(&["alice", "bob"]);
    let mut alice = Peer::login("alice", server.port());
    let bob = Peer::login("bob", server.port());
    alice.sends(&bob.address(), "hello");
    bob.reads(&alice.address(), "hello");
}

pub(crate) fn the_proxy_cuts_at_the_byte() {
    let (mut client, mut server, proxy) = through_a_proxy();
    proxy.cut_after(Way::ToServer, 10, Cut::Close);
    client.write_all(b"0123456").expect("written");
    client.write_all(b"789abcdef").expect("written");
    let mut received = vec![];
    server.read_to_end(&mut received).expect("an end in order");
    assert_eq!(received, b"0123456789");
    assert!(proxy.sees_cuts(1, Duration::from_secs(10)));

    let mut answer = vec![];
    assert_eq!(client.read_to_end(&mut answer).ok().unwrap_or(0), 0);
}

pub(crate) fn the_proxy_goes_silent_and_speaks_again() {
    let (mut client, mut server, proxy) = through_a_proxy();
    client.write_all(b"before").expect("written");
    let mut buffer = [0; 6];
    server.read_exact(&mut buffer).expect("it arrives");
    proxy.go_silent();
    client.write_all(b"during").expect("nobody is told");
    server
        .set_read_timeout(Some(Duration::from_millis(200)))
        .expect("a time-out");
    let silent = server.read(&mut buffer).map_err(|error| error.kind());
    assert!(matches!(
        silent,
        Err(ErrorKind::WouldBlock | ErrorKind::TimedOut)
    ));
    proxy.speak();
    server
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("a time-out");
    server.read_exact(&mut buffer).expect("it arrives late");
    assert_eq!(&buffer, b"during");
    proxy.cut(Cut::Reset);
    let torn = server.read(&mut buffer).map_err(|error| error.kind());
    assert_eq!(torn, Err(ErrorKind::ConnectionReset));
}

pub(crate) fn the_server_keeps_its_accounts_over_a_restart() {
    let mut server = Prosody::with(&["alice"]);
    drop(Peer::login("alice", server.port()));
    server.restart();
    drop(Peer::login("alice", server.port()));
}

fn through_a_proxy() -> (TcpStream, TcpStream, Proxy) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let proxy = Proxy::before(listener.local_addr().expect("a bound port").port());
    let client =
        TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).expect("the proxy listens");
    let (server, _) = listener.accept().expect("the proxy connects");
    (client, server, proxy)
}
