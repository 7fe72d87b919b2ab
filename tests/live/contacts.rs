//! Becoming contacts, as the stories need it again and again.

use serde_json::json;
use tessera::model::{BareJid, Contact, Presence, RequestKind, Show, Subscription};

use crate::{
    client::{Session, address},
    peer::Peer,
};

impl Session {
    /// What the roster says of somebody.
    pub(crate) fn contact_named(&self, name: &str) -> Option<Contact> {
        self.client
            .reader()
            .contact(self.account, &address(name))
            .expect("contacts are readable")
    }

    /// Waits until the subscription with somebody is like this.
    pub(crate) fn is_subscribed(&self, name: &str, subscription: Subscription) {
        let what = format!("{} and {name}: {subscription:?}", self.jid);
        self.client.until(&what, |handle| {
            let contact = handle.reader().contact(self.account, &address(name));
            (contact.expect("readable")?.item.subscription == subscription).then_some(())
        });
    }

    /// Waits until somebody asks to see our presence; answers the words of the request.
    pub(crate) fn is_asked_by(&self, name: &str) -> String {
        let what = format!("{} is asked by {name}", self.jid);
        self.client.until(&what, |handle| {
            let requests = handle.reader().requests().expect("readable");
            requests
                .into_iter()
                .find(|request| {
                    request.jid == address(name)
                        && matches!(
                            request.kind,
                            RequestKind::Subscription | RequestKind::Both(_)
                        )
                })
                .map(|request| request.text)
        })
    }

    /// Waits until somebody shows this.
    pub(crate) fn sees_presence(&self, name: &str, show: Show, status: &str) -> Presence {
        let what = format!("{} sees {name} {show:?} {status:?}", self.jid);
        self.client.until(&what, |handle| {
            let presence = handle.live().presence(self.account, &address(name));
            (presence.show == show && presence.status == status).then_some(presence)
        })
    }

    /// The bare address as text.
    pub(crate) fn address(&self) -> String {
        self.jid.to_string()
    }
}

/// Both see each other from now on.
pub(crate) fn befriend(one: &Session, other: &Session) {
    let (first, second) = (name_of(&one.jid), name_of(&other.jid));
    one.adds(&second);
    other.is_asked_by(&first);
    other.approves(&first);
    one.is_subscribed(&second, Subscription::Both);
    other.is_subscribed(&first, Subscription::Both);
}

/// A session and another client see each other from now on.
pub(crate) fn befriend_peer(session: &Session, peer: &mut Peer) {
    let name = peer.name().to_owned();
    session.adds(&name);
    peer.sees("a request", |event| {
        event["event"] == "presence" && event["type"] == "subscribe"
    });
    let to = session.address();
    peer.presence(Some(&to), Some("subscribed"), None);
    peer.presence(Some(&to), Some("subscribe"), None);
    session.is_subscribed(&name, Subscription::Both);
    session.sees_presence(&name, Show::Online, "");
    peer.sees("that it may see us", |event| {
        event["event"] == "presence" && event["from"] == to.as_str() && event["type"] == "available"
    });
    peer.ask(json!({"do": "roster"}));
}

/// The part before the `@`.
pub(crate) fn name_of(jid: &BareJid) -> String {
    jid.node().map(ToString::to_string).unwrap_or_default()
}
