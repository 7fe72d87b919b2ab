//! Scripted servers: elements in, elements out, no network.

mod binding;
mod login;
mod resumption;
mod starttls;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

use super::*;
use crate::{
    model::{BareJid, Failure, Secret},
    xmpp::stream::{
        Enabled, Resume, Resumption,
        sasl::{Bindings, Hash, ScramServer},
    },
};

const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";

fn element(xml: &str) -> Element {
    xml.replace(
        "<features>",
        "<features xmlns='http://etherx.jabber.org/streams'>",
    )
    .parse()
    .unwrap_or_else(|error| panic!("{error}: {xml}"))
}

fn options() -> LoginOptions {
    LoginOptions {
        jid: BareJid::new("anna@chat.example").unwrap(),
        resource: "desk".into(),
        allow_plain: false,
        strongest: None,
        resume: None,
        password: Secret::new("pencil"),
        bindings: Bindings {
            exporter: Some(b"exported".to_vec()),
            server_end_point: Some(b"hashed".to_vec()),
        },
    }
}

fn offers(mechanisms: &[&str]) -> Element {
    let list: String = mechanisms
        .iter()
        .map(|name| format!("<mechanism>{name}</mechanism>"))
        .collect();
    element(&format!(
        "<features><mechanisms xmlns='{SASL}'>{list}</mechanisms></features>"
    ))
}

fn offers_with_bindings(mechanisms: &[&str], bindings: &[&str]) -> Element {
    let list: String = bindings
        .iter()
        .map(|name| format!("<channel-binding type='{name}'/>"))
        .collect();
    let types =
        format!("<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'>{list}</sasl-channel-binding>");
    let mut features = offers(mechanisms);
    features.append_child(types.parse().unwrap());
    features
}

/// What is to be sent; everything else of the actions as words.
fn shown<T: fmt::Debug>(actions: &[Action<T>]) -> Vec<String> {
    actions
        .iter()
        .map(|action| match action {
            Action::Send(element) => String::from(element),
            Action::Secure => "secure".into(),
            Action::Restart => "restart".into(),
            Action::Step(step) => format!("{step:?}"),
            Action::Done(outcome) => format!("done: {outcome:?}"),
        })
        .collect()
}

fn failed<T: fmt::Debug>(result: Result<Vec<Action<T>>, Halt>) -> FailureKind {
    match result {
        Err(Halt::Failed(Failure { kind, .. })) => kind,
        other => panic!("{other:?}"),
    }
}

/// What the client sends in an element, decoded.
fn said(actions: &[Action<Bound>]) -> (Element, String) {
    let element = actions
        .iter()
        .find_map(|action| match action {
            Action::Send(element) => Some(element.clone()),
            _ => None,
        })
        .unwrap();
    let text = String::from_utf8(BASE64.decode(element.text()).unwrap()).unwrap();
    (element, text)
}

fn sasl(name: &str, text: &str) -> Element {
    element(&format!(
        "<{name} xmlns='{SASL}'>{}</{name}>",
        BASE64.encode(text)
    ))
}

/// Logs in with SCRAM-SHA-256; the machine then awaits the features of the new stream.
fn logged_in(options: LoginOptions) -> Login {
    let mut login = Login::new(options);
    let mut server = ScramServer::new(Hash::Sha256, "pencil", None);
    let first = login.receive(offers(&["SCRAM-SHA-256"])).unwrap();
    let challenge = server.challenge(&said(&first).1);
    let second = login.receive(sasl("challenge", &challenge)).unwrap();
    let last = server.finish(&said(&second).1);
    let third = login.receive(sasl("success", &last)).unwrap();
    assert_eq!(shown(&third), ["restart", "Binding"]);
    login
}

fn bound(actions: Vec<Action<Bound>>) -> Bound {
    match actions.into_iter().next() {
        Some(Action::Done(bound)) => bound,
        other => panic!("{other:?}"),
    }
}

const FEATURES: &str = "<features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>\
    <sm xmlns='urn:xmpp:sm:3'/><csi xmlns='urn:xmpp:csi:0'/>\
    <ver xmlns='urn:xmpp:features:rosterver'/><sub xmlns='urn:xmpp:features:pre-approval'/></features>";

const BOUND: &str = "<iq xmlns='jabber:client' type='result' id='bind'>\
    <bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>anna@chat.example/desk</jid></bind></iq>";
