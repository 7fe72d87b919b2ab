//! Binding a resource, and what is enabled after it.

use super::*;

#[test]
fn binds_and_enables_stream_management() {
    let mut login = logged_in(options());
    let asked = login.receive(element(FEATURES)).unwrap();
    assert!(shown(&asked)[0].contains("<resource>desk</resource>"));
    let enable = login.receive(element(BOUND)).unwrap();
    assert_eq!(
        shown(&enable),
        ["<enable xmlns='urn:xmpp:sm:3' resume='true'/>"]
    );
    let enabled =
        "<enabled xmlns='urn:xmpp:sm:3' id='s1' resume='true' max='300' location='b.example:99'/>";
    let bound = bound(login.receive(element(enabled)).unwrap());
    assert_eq!(bound.jid.as_str(), "anna@chat.example/desk");
    assert_eq!(bound.resumption, Resumption::New);
    assert_eq!(bound.mechanism, "SCRAM-SHA-256");
    assert!(
        bound.features.client_state
            && bound.features.roster_versions
            && bound.features.pre_approval
    );
    assert_eq!(
        bound.management,
        Some(Enabled {
            id: Some("s1".into()),
            max_seconds: Some(300),
            location: Some("b.example:99".into()),
        })
    );
}

#[test]
fn without_stream_management_it_is_bound_all_the_same() {
    let mut login = logged_in(options());
    let features = "<features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></features>";
    login.receive(element(features)).unwrap();
    let bound = bound(login.receive(element(BOUND)).unwrap());
    assert_eq!(bound.management, None);
    assert!(!bound.features.client_state);

    let mut login = logged_in(options());
    login.receive(element(FEATURES)).unwrap();
    login.receive(element(BOUND)).unwrap();
    let failed = login
        .receive(element("<failed xmlns='urn:xmpp:sm:3'/>"))
        .unwrap();
    assert_eq!(super::bound(failed).management, None);
}

#[test]
fn the_session_of_old_servers_is_asked_for_unless_optional() {
    for (session, asks) in [
        (
            "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>",
            true,
        ),
        (
            "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'><optional/></session>",
            false,
        ),
    ] {
        let mut login = logged_in(options());
        let features = format!(
            "<features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>{session}</features>"
        );
        login.receive(element(&features)).unwrap();
        let next = login.receive(element(BOUND)).unwrap();
        assert_eq!(matches!(&next[..], [Action::Send(_)]), asks);
        if asks {
            let done = login
                .receive(element(
                    "<iq xmlns='jabber:client' type='result' id='session'/>",
                ))
                .unwrap();
            bound(done);
        }
    }
}

#[test]
fn a_taken_resource_is_left_to_the_server() {
    let mut login = logged_in(options());
    login.receive(element(FEATURES)).unwrap();
    let conflict = "<iq xmlns='jabber:client' type='error' id='bind'><error type='modify'>\
        <conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>";
    let again = login.receive(element(conflict)).unwrap();
    assert!(!shown(&again)[0].contains("<resource>"));
    let twice = failed(login.receive(element(conflict)));
    assert_eq!(twice, FailureKind::Refused("conflict".into()));
}

#[test]
fn the_address_of_somebody_else_is_refused() {
    for jid in [
        "mallory@chat.example/desk",
        "anna@other.example/desk",
        "anna@chat.example",
        "",
    ] {
        let mut login = logged_in(options());
        login.receive(element(FEATURES)).unwrap();
        let other = BOUND.replace("anna@chat.example/desk", jid);
        assert_eq!(
            failed(login.receive(element(&other))),
            FailureKind::Protocol,
            "{jid}"
        );
    }
}

#[test]
fn stanzas_in_between_are_kept_and_strangers_end_it() {
    let mut login = logged_in(options());
    login.receive(element(FEATURES)).unwrap();
    let message = "<message xmlns='jabber:client'><body>early</body></message>";
    assert!(login.receive(element(message)).unwrap().is_empty());
    login.receive(element(BOUND)).unwrap();
    assert!(login.receive(element(message)).unwrap().is_empty());
    let bound = bound(
        login
            .receive(element("<enabled xmlns='urn:xmpp:sm:3'/>"))
            .unwrap(),
    );
    assert_eq!(bound.early.len(), 2);
    assert_eq!(bound.management.unwrap().id, None);

    let mut login = logged_in(options());
    login.receive(element(FEATURES)).unwrap();
    let strange = element("<stream xmlns='http://etherx.jabber.org/streams'/>");
    assert_eq!(failed(login.receive(strange)), FailureKind::Protocol);
}

#[test]
fn a_flood_before_the_binding_ends_it() {
    let mut login = logged_in(options());
    login.receive(element(FEATURES)).unwrap();
    let message = element("<message xmlns='jabber:client'/>");
    let floods = (0..1000).any(|_| login.receive(message.clone()).is_err());
    assert!(floods);
}
