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
