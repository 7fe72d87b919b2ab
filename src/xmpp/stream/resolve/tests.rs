//! Which servers are tried, in which order.

use std::net::Ipv4Addr;

use hickory_resolver::{
    config::{NameServerConfig, ResolverConfig},
    net::runtime::TokioRuntimeProvider,
    proto::{
        op::{Message, MessageType, OpCode, ResponseCode},
        rr::{Name, RData, Record, RecordType, rdata::SRV},
    },
};
use tokio::net::UdpSocket;

use super::*;

fn service(priority: u16, weight: u16, host: &str, direct_tls: bool) -> Service {
    Service {
        priority,
        weight,
        candidate: Candidate {
            host: host.to_owned(),
            port: 5000,
            direct_tls,
        },
    }
}

fn hosts(direct: Answer, starttls: Answer, random: u32) -> Vec<String> {
    combine("chat.example", direct, starttls, |bound| {
        random.min(bound - 1)
    })
    .unwrap()
    .into_iter()
    .map(|candidate| candidate.host)
    .collect()
}

#[test]
fn both_services_are_one_list_by_priority() {
    let direct = Answer::Services(vec![service(20, 0, "d20", true), service(5, 0, "d5", true)]);
    let starttls = Answer::Services(vec![
        service(10, 0, "s10", false),
        service(1, 0, "s1", false),
    ]);
    assert_eq!(hosts(direct, starttls, 0), ["s1", "d5", "s10", "d20"]);
}

#[test]
fn weights_share_the_load_within_a_priority() {
    let answer = || {
        Answer::Services(vec![
            service(1, 10, "light", false),
            service(1, 90, "heavy", false),
            service(1, 0, "spare", false),
        ])
    };
    let first = |random| hosts(Answer::None, answer(), random).remove(0);
    assert_eq!(first(0), "spare");
    let heavy = (1..=100).filter(|random| first(*random) == "heavy").count();
    assert_eq!(heavy, 90);
    let all = hosts(Answer::None, answer(), 50);
    assert_eq!(all.len(), 3);
}

#[test]
fn without_records_it_is_the_domain_itself() {
    let expected = [the_domain_itself("chat.example")];
    assert_eq!(
        combine("chat.example", Answer::None, Answer::None, |_| 0).unwrap(),
        expected
    );
    assert_eq!(expected[0].port, 5222);
    assert!(!expected[0].direct_tls);
}

#[test]
fn a_dot_says_that_there_is_no_such_service() {
    let nothing = || Answer::Services(vec![]);
    let some = || Answer::Services(vec![service(1, 0, "there", false)]);
    let no_xmpp = |direct, starttls| {
        combine("chat.example", direct, starttls, |_| 0)
            .err()
            .map(|failure| failure.kind)
    };
    assert_eq!(
        no_xmpp(Answer::None, nothing()),
        Some(FailureKind::NoSuchServer)
    );
    assert_eq!(
        no_xmpp(nothing(), nothing()),
        Some(FailureKind::NoSuchServer)
    );
    assert_eq!(hosts(nothing(), some(), 0), ["there"]);
    assert_eq!(hosts(some(), nothing(), 0), ["there"]);
    assert_eq!(hosts(nothing(), Answer::None, 0), ["chat.example"]);
}

#[test]
fn a_flood_of_records_is_bounded() {
    let many = Answer::Services((0..1000).map(|i| service(i, i, "h", false)).collect());
    assert_eq!(hosts(Answer::None, many, 7).len(), MAX_CANDIDATES);
}

#[test]
fn domains_become_ascii() {
    for (domain, ascii) in [
        ("chat.example", Some("chat.example")),
        ("Chat.Example", Some("chat.example")),
        ("chat.example.", Some("chat.example")),
        ("bücher.example", Some("xn--bcher-kva.example")),
        ("192.0.2.1", Some("192.0.2.1")),
        ("[2001:db8::1]", Some("2001:db8::1")),
        ("", None),
        (".", None),
        ("a b", None),
        ("a/b", None),
        ("a..b", None),
    ] {
        assert_eq!(ascii_domain(domain).as_deref(), ascii, "{domain}");
    }
}

#[tokio::test]
async fn nothing_is_asked_of_dns_where_that_would_tell_or_mean_nothing() {
    // No time at all for DNS: whatever is answered was not asked for there.
    let patience = Patience {
        dns: std::time::Duration::ZERO,
        ..Patience::default()
    };
    for (domain, behind_proxy, host) in [
        ("chat.example", true, "chat.example"),
        ("abcdef.onion", true, "abcdef.onion"),
        ("192.0.2.1", false, "192.0.2.1"),
        ("localhost", false, "localhost"),
    ] {
        let found = resolve(domain, behind_proxy, &patience).await.unwrap();
        assert_eq!(found, [the_domain_itself(host)]);
    }
    let onion = resolve("abcdef.onion", false, &patience).await;
    assert_eq!(onion.unwrap_err().kind, FailureKind::NoSuchServer);
}

/// A name server on loopback that knows these services; answers, and gives back what it was asked.
async fn serve_dns(socket: &UdpSocket, known: &[(&str, u16, u16, &str)]) -> String {
    let mut buffer = [0; 1500];
    let (length, client) = socket.recv_from(&mut buffer).await.unwrap();
    let query = Message::from_vec(&buffer[..length]).unwrap();
    let asked = query.queries[0].clone();
    let mut response = Message::response(query.metadata.id, OpCode::Query);
    response.metadata.message_type = MessageType::Response;
    response.metadata.recursion_available = true;
    for (name, priority, port, target) in known {
        if asked.name().to_ascii() == *name && asked.query_type() == RecordType::SRV {
            let target = Name::from_ascii(target).unwrap();
            let data = RData::SRV(SRV::new(*priority, 0, *port, target));
            response.add_answer(Record::from_rdata(asked.name().clone(), 60, data));
        }
    }
    if response.answers.is_empty() {
        response.metadata.response_code = ResponseCode::NXDomain;
    }
    response.add_query(asked.clone());
    let bytes = response.to_vec().unwrap();
    socket.send_to(&bytes, client).await.unwrap();
    format!("{} {}", asked.query_type(), asked.name().to_ascii())
}

async fn resolved(
    known: &[(&str, u16, u16, &str)],
) -> (Result<Vec<Candidate>, Failure>, Vec<String>) {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let mut server = NameServerConfig::udp(Ipv4Addr::LOCALHOST.into());
    server.connections[0].port = socket.local_addr().unwrap().port();
    let config = ResolverConfig::from_parts(None, vec![], vec![server]);
    let resolver = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        .build()
        .unwrap();
    let patience = Patience::default();
    let asked = std::sync::Mutex::new(Vec::new());
    let serve = async {
        loop {
            let question = serve_dns(&socket, known).await;
            asked.lock().unwrap().push(question);
        }
    };
    let found = tokio::select! {
        found = resolve_with(&resolver, "chat.example", &patience) => found,
        () = serve => unreachable!(),
    };
    let mut asked = asked.into_inner().unwrap();
    asked.sort();
    asked.dedup();
    (found, asked)
}

#[tokio::test]
async fn records_of_a_name_server_are_read() {
    let (found, asked) = resolved(&[
        ("_xmpp-client._tcp.chat.example.", 20, 5222, "b.example."),
        ("_xmpps-client._tcp.chat.example.", 10, 443, "a.example."),
    ])
    .await;
    let candidate = |host: &str, port, direct_tls| Candidate {
        host: host.to_owned(),
        port,
        direct_tls,
    };
    assert_eq!(
        found.unwrap(),
        [
            candidate("a.example", 443, true),
            candidate("b.example", 5222, false)
        ]
    );
    // Nothing else: no TXT record of `_xmppconnect`, no search domain.
    assert_eq!(
        asked,
        [
            "SRV _xmpp-client._tcp.chat.example.",
            "SRV _xmpps-client._tcp.chat.example."
        ]
    );
}

#[tokio::test]
async fn a_name_server_that_knows_nothing_leaves_the_domain_itself() {
    let (found, _) = resolved(&[]).await;
    assert_eq!(found.unwrap(), [the_domain_itself("chat.example")]);
}

#[tokio::test]
async fn a_domain_that_says_it_has_no_xmpp_is_believed() {
    let (found, _) = resolved(&[("_xmpp-client._tcp.chat.example.", 0, 0, ".")]).await;
    assert_eq!(found.unwrap_err().kind, FailureKind::NoSuchServer);
}
