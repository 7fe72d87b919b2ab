//! Getting the stream encrypted, or not going on.

use super::*;

#[test]
fn asks_and_proceeds() {
    let mut machine = StartTls::default();
    let offer = "<features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></features>";
    let asked = machine.receive(element(offer)).unwrap();
    assert_eq!(
        shown(&asked),
        ["<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"]
    );
    let proceed = element("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    assert_eq!(shown(&machine.receive(proceed).unwrap()), ["secure"]);
}

#[test]
fn without_an_offer_there_is_no_session() {
    let stripped = offers(&["SCRAM-SHA-1", "PLAIN"]);
    assert_eq!(
        failed(StartTls::default().receive(stripped)),
        FailureKind::NoEncryption
    );
}

#[test]
fn a_refusal_ends_it() {
    let mut machine = StartTls::default();
    let offer = "<features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></features>";
    machine.receive(element(offer)).unwrap();
    let refusal = element("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    assert_eq!(failed(machine.receive(refusal)), FailureKind::NoEncryption);
}

#[test]
fn nothing_else_moves_it() {
    for strange in [
        "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
        "<iq xmlns='jabber:client' type='get' id='1'/>",
        "<proceed xmlns='jabber:client'/>",
    ] {
        let result = StartTls::default().receive(element(strange));
        assert_eq!(failed(result), FailureKind::Protocol, "{strange}");
    }
}
