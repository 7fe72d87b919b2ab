//! Resuming a former session, or not.

use super::*;

fn resuming() -> Login {
    let mut options = options();
    options.resume = Some(Resume {
        id: "s1".into(),
        jid: "anna@chat.example/old".parse().unwrap(),
        handled: 7,
        location: None,
    });
    logged_in(options)
}

#[test]
fn goes_on_where_it_was() {
    let mut login = resuming();
    let asked = login.receive(element(FEATURES)).unwrap();
    assert_eq!(
        shown(&asked),
        ["<resume xmlns='urn:xmpp:sm:3' h='7' previd='s1'/>"]
    );
    let resumed = "<resumed xmlns='urn:xmpp:sm:3' previd='s1' h='5'/>";
    let bound = bound(login.receive(element(resumed)).unwrap());
    assert_eq!(bound.resumption, Resumption::Resumed(5));
    assert_eq!(bound.jid.as_str(), "anna@chat.example/old");
    assert_eq!(bound.management.unwrap().id.as_deref(), Some("s1"));
}

#[test]
fn refused_it_binds_anew_and_says_what_arrived() {
    for (failed, handled) in [
        ("<failed xmlns='urn:xmpp:sm:3' h='4'/>", Some(4)),
        ("<failed xmlns='urn:xmpp:sm:3'/>", None),
    ] {
        let mut login = resuming();
        login.receive(element(FEATURES)).unwrap();
        let bind = login.receive(element(failed)).unwrap();
        assert!(shown(&bind)[0].contains("urn:ietf:params:xml:ns:xmpp-bind"));
        login.receive(element(BOUND)).unwrap();
        let bound = bound(
            login
                .receive(element(
                    "<enabled xmlns='urn:xmpp:sm:3' id='s2' resume='1'/>",
                ))
                .unwrap(),
        );
        assert_eq!(bound.resumption, Resumption::Refused(handled));
    }
}

#[test]
fn a_server_that_cannot_any_more_is_a_refusal() {
    let mut login = resuming();
    let features = "<features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></features>";
    login.receive(element(features)).unwrap();
    assert_eq!(
        bound(login.receive(element(BOUND)).unwrap()).resumption,
        Resumption::Refused(None)
    );
}

#[test]
fn another_session_or_no_count_is_no_resumption() {
    for resumed in [
        "<resumed xmlns='urn:xmpp:sm:3' previd='other' h='5'/>",
        "<resumed xmlns='urn:xmpp:sm:3' h='5'/>",
        "<resumed xmlns='urn:xmpp:sm:3' previd='s1'/>",
        "<resumed xmlns='urn:xmpp:sm:3' previd='s1' h='-1'/>",
        "<resumed xmlns='urn:xmpp:sm:3' previd='s1' h='4294967296'/>",
        "<resumed xmlns='urn:xmpp:sm:2' previd='s1' h='5'/>",
    ] {
        let mut login = resuming();
        login.receive(element(FEATURES)).unwrap();
        assert_eq!(
            failed(login.receive(element(resumed))),
            FailureKind::Protocol,
            "{resumed}"
        );
    }
}
