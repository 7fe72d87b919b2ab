//! Scripted proxies and servers on loopback.

use std::net::{Ipv4Addr, Ipv6Addr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// A port on which nobody listens.
async fn closed_port() -> u16 {
    listen().await.1
}

fn v4(last: u8) -> SocketAddr {
    (Ipv4Addr::new(192, 0, 2, last), 1).into()
}

fn v6(last: u16) -> SocketAddr {
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, last), 1).into()
}

#[test]
fn address_families_alternate_and_the_first_stays_first() {
    assert_eq!(
        interleave(vec![v6(1), v6(2), v6(3), v4(1), v4(2)]),
        [v6(1), v4(1), v6(2), v4(2), v6(3)]
    );
    assert_eq!(
        interleave(vec![v4(1), v6(1), v6(2), v6(3)]),
        [v4(1), v6(1), v6(2), v6(3)]
    );
    assert_eq!(interleave((0..100).map(v4).collect()).len(), MAX_ADDRESSES);
    assert!(interleave(vec![]).is_empty());
}

#[tokio::test]
async fn a_refusal_starts_the_next_address_at_once() {
    let (listener, port) = listen().await;
    let dead = closed_port().await;
    let addresses = vec![
        (Ipv4Addr::LOCALHOST, dead).into(),
        (Ipv6Addr::LOCALHOST, dead).into(),
        (Ipv4Addr::LOCALHOST, port).into(),
    ];
    let (stream, _) = tokio::join!(race(addresses), listener.accept());
    assert_eq!(stream.unwrap().peer_addr().unwrap().port(), port);
}

#[tokio::test]
async fn failures_are_told_apart() {
    let patience = Patience::default();
    let dead = closed_port().await;
    let refused = dial("127.0.0.1", dead, None, &patience).await;
    assert_eq!(refused.err().unwrap().kind, FailureKind::Unreachable);
    let proxy = proxy(dead, "");
    let no_proxy = dial("chat.example", 1, Some(&proxy), &patience).await;
    assert_eq!(no_proxy.err().unwrap().kind, FailureKind::Proxy);
}

fn proxy(port: u16, username: &str) -> Proxy {
    Proxy {
        host: "127.0.0.1".into(),
        port,
        username: username.into(),
    }
}

/// A SOCKS5 proxy for one connection: answers with `reply` and gives back what it was asked for.
async fn serve_proxy(listener: TcpListener, reply: u8) -> (Option<String>, Vec<u8>) {
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut head = [0; 2];
    socket.read_exact(&mut head).await.unwrap();
    let mut methods = vec![0; usize::from(head[1])];
    socket.read_exact(&mut methods).await.unwrap();
    let mut user = None;
    if methods.contains(&2) {
        socket.write_all(&[5, 2]).await.unwrap();
        socket.read_exact(&mut head).await.unwrap();
        let mut name = vec![0; usize::from(head[1])];
        socket.read_exact(&mut name).await.unwrap();
        let length = socket.read_u8().await.unwrap();
        let mut password = vec![0; usize::from(length)];
        socket.read_exact(&mut password).await.unwrap();
        user = Some(String::from_utf8(name).unwrap());
        socket.write_all(&[1, 0]).await.unwrap();
    } else {
        socket.write_all(&[5, 0]).await.unwrap();
    }
    let mut request = vec![0; 4];
    socket.read_exact(&mut request).await.unwrap();
    let rest = match request[3] {
        3 => usize::from(socket.read_u8().await.unwrap()) + 2,
        1 => 6,
        _ => 18,
    };
    let mut target = vec![0; rest];
    socket.read_exact(&mut target).await.unwrap();
    request.extend(target);
    socket
        .write_all(&[5, reply, 0, 1, 0, 0, 0, 0, 0, 0])
        .await
        .unwrap();
    if reply == 0 {
        socket.write_all(b"hello").await.unwrap();
    }
    (user, request)
}

#[tokio::test]
async fn the_proxy_is_given_the_name_and_not_an_address() {
    for (username, user) in [("", None), ("circuit-1", Some("circuit-1".to_owned()))] {
        let (listener, port) = listen().await;
        let proxy = proxy(port, username);
        let patience = Patience {
            dns: Duration::ZERO,
            ..Patience::default()
        };
        let dialled = dial("hidden.onion", 5222, Some(&proxy), &patience);
        let (dialled, (seen, request)) = tokio::join!(dialled, serve_proxy(listener, 0));
        let mut hello = [0; 5];
        dialled.unwrap().read_exact(&mut hello).await.unwrap();
        assert_eq!(&hello, b"hello");
        assert_eq!(seen, user);
        assert_eq!(
            request,
            [&[5, 1, 0, 3][..], b"hidden.onion", &[0x14, 0x66]].concat()
        );
    }
}

#[tokio::test]
async fn refusals_of_the_proxy_are_told_apart() {
    for (reply, kind) in [
        (1, FailureKind::Proxy),
        (2, FailureKind::Proxy),
        (3, FailureKind::Unreachable),
        (4, FailureKind::Unreachable),
        (5, FailureKind::Unreachable),
        (6, FailureKind::Unreachable),
        (99, FailureKind::Proxy),
    ] {
        let (listener, port) = listen().await;
        let proxy = proxy(port, "");
        let patience = Patience::default();
        let dialled = dial("chat.example", 5222, Some(&proxy), &patience);
        let (dialled, _) = tokio::join!(dialled, serve_proxy(listener, reply));
        assert_eq!(dialled.err().unwrap().kind, kind, "{reply}");
    }
}

#[tokio::test]
async fn a_silent_proxy_is_given_up() {
    let (listener, port) = listen().await;
    let hasty = Patience {
        proxy: Duration::ZERO,
        ..Patience::default()
    };
    let proxy = proxy(port, "");
    let dialled = dial("chat.example", 5222, Some(&proxy), &hasty).await;
    assert_eq!(dialled.err().unwrap().kind, FailureKind::Timeout);
    drop(listener);
}

#[tokio::test]
async fn a_name_too_long_for_the_proxy_is_refused() {
    let (listener, port) = listen().await;
    let proxy = proxy(port, "");
    let patience = Patience::default();
    let long = "a".repeat(300);
    let dialled = dial(&long, 5222, Some(&proxy), &patience).await;
    assert_eq!(dialled.err().unwrap().kind, FailureKind::Proxy);
    drop(listener);
}
