//! Scripted servers: elements in, elements out, no network.

mod binding;
mod login;
mod resumption;
mod sasl2;
mod starttls;
mod token;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

use super::*;
use crate::{
    model::{BareJid, Failure, Fingerprint, Secret},
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
            certificate: Some(Fingerprint([1; 32])),
        },
        pin: None,
        token: None,
        device: "d4565fa7-4d72-4749-b3d3-740edbf87770".into(),
        inactive: false,
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

/// Features with SASL2 (with these mechanisms and this inside `inline`) and binding types.
fn offers_sasl2(mechanisms: &[&str], inline: &str, bindings: &[&str]) -> Element {
    let list: String = mechanisms
        .iter()
        .map(|name| format!("<mechanism>{name}</mechanism>"))
        .collect();
    let types: String = bindings
        .iter()
        .map(|name| format!("<channel-binding type='{name}'/>"))
        .collect();
    let types = if bindings.is_empty() {
        String::new()
    } else {
        format!("<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'>{types}</sasl-channel-binding>")
    };
    element(&format!(
        "<features><authentication xmlns='urn:xmpp:sasl:2'>{list}<inline>{inline}</inline>\
         </authentication>{types}</features>"
    ))
}

const BIND2: &str = "<bind xmlns='urn:xmpp:bind:0'><inline><feature var='urn:xmpp:carbons:2'/>\
    <feature var='urn:xmpp:csi:0'/><feature var='urn:xmpp:sm:3'/></inline></bind>\
    <sm xmlns='urn:xmpp:sm:3'/>";

const FAST: &str = "<fast xmlns='urn:xmpp:fast:0'><mechanism>HT-SHA-256-ENDP</mechanism>\
    <mechanism>HT-SHA-256-EXPR</mechanism><mechanism>HT-SHA-256-NONE</mechanism></fast>";

/// What the client sends first, decoded.
fn initial(request: &Element) -> String {
    let initial = request
        .get_child("initial-response", "urn:xmpp:sasl:2")
        .unwrap();
    String::from_utf8(BASE64.decode(initial.text()).unwrap()).unwrap()
}

/// The element that is to be sent.
fn sent(actions: &[Action<Bound>]) -> Element {
    let mut sent = actions.iter().filter_map(|action| match action {
        Action::Send(element) => Some(element.clone()),
        _ => None,
    });
    let (Some(element), None) = (sent.next(), sent.next()) else {
        panic!("{actions:?}")
    };
    element
}

fn challenge2(text: &str) -> Element {
    element(&format!(
        "<challenge xmlns='urn:xmpp:sasl:2'>{}</challenge>",
        BASE64.encode(text)
    ))
}

fn success2(proof: &[u8], jid: &str, more: &str) -> Element {
    element(&format!(
        "<success xmlns='urn:xmpp:sasl:2'><additional-data>{}</additional-data>\
         <authorization-identifier>{jid}</authorization-identifier>{more}</success>",
        BASE64.encode(proof)
    ))
}

const FULL: &str = "anna@chat.example/Tessera/x1";
const AFTER: &str = "<features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>\
    <sm xmlns='urn:xmpp:sm:3'/><ver xmlns='urn:xmpp:features:rosterver'/></features>";

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
