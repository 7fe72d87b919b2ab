//! Items published and fetched.

use minidom::Element;

use super::{NodeEvent, Progress, Publication, Publisher, answered, event, request};
use crate::{
    model::{FailureKind, RequestId},
    store::StoreError,
    xmpp::{
        Cx, Extension, Handled, QueryId, Reply,
        testing::{Stage, bare},
    },
};

/// Publishes one thing when connected, and notes what came.
#[derive(Default)]
struct Probe {
    publisher: Publisher<u8>,
}

static SEEN: std::sync::Mutex<Vec<NodeEvent>> = std::sync::Mutex::new(vec![]);

impl Extension for Probe {
    fn xep(&self) -> &'static str {
        "probe"
    }

    fn online(&mut self, cx: &mut Cx<'_, '_>, _resumed: bool) -> Result<(), StoreError> {
        let publication = Publication {
            node: "n".into(),
            item: "i".into(),
            payload: Element::bare("p", "x"),
            access: crate::xmpp::xep0060_pubsub::Access::Contacts,
        };
        self.publisher.publish(cx, "probe", publication, 7);
        Ok(())
    }

    fn message(
        &mut self,
        cx: &mut Cx<'_, '_>,
        message: &xmpp_parsers::message::Message,
    ) -> Result<Handled, StoreError> {
        let found = event(cx, message, "n");
        let handled = if found.is_some() {
            Handled::Yes
        } else {
            Handled::No
        };
        SEEN.lock().unwrap().extend(found);
        Ok(handled)
    }

    fn reply(
        &mut self,
        cx: &mut Cx<'_, '_>,
        query: QueryId,
        reply: Reply,
    ) -> Result<(), StoreError> {
        if let Progress::Done(tag, outcome) = self.publisher.reply(cx, "probe", query, reply) {
            assert_eq!(tag, 7);
            cx.finish(RequestId(1), outcome);
        }
        Ok(())
    }
}

fn stage() -> Stage {
    Stage::with(Probe::default())
}

const PRECONDITION: &str = "<error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
    <precondition-not-met xmlns='http://jabber.org/protocol/pubsub#errors'/></error>";

#[test]
fn publications_say_who_may_read_them() {
    let sent = stage().connect().sent.remove(0);
    for part in [
        "publish-options",
        "<value>presence</value>",
        "pubsub#persist_items",
        "node='n'",
        "id='i'",
    ] {
        assert!(sent.contains(part), "{part}: {sent}");
    }
    assert!(!sent.contains(" to="));
}

#[test]
fn a_node_with_other_rules_is_changed_first() {
    let mut stage = stage();
    let first = stage.connect().query_id();
    let configure = stage.receive(&format!(
        "<iq type='error' id='{first}'>{PRECONDITION}</iq>"
    ));
    assert!(configure.sent[0].contains("pubsub#owner") && configure.finished.is_none());
    let again = stage.receive(&format!(
        "<iq type='result' id='{}'/>",
        configure.query_id()
    ));
    assert!(again.sent[0].contains("<publish "));
    let refused = stage.receive(&format!(
        "<iq type='error' id='{}'>{PRECONDITION}</iq>",
        again.query_id()
    ));
    assert!(refused.sent.is_empty(), "no loop");
    let failure = refused.finished.unwrap().unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused("conflict".into()));
}

#[test]
fn success_and_other_errors_end_it() {
    let mut stage = stage();
    let query = stage.connect().query_id();
    let done = stage.receive(&format!("<iq type='result' id='{query}'/>"));
    assert_eq!(done.finished, Some(Ok(())));
    stage.connect();
    assert!(stage.time_out().finished.unwrap().is_err());
}

fn answer(inside: &str) -> Option<Element> {
    let xml = format!("<pubsub xmlns='http://jabber.org/protocol/pubsub'>{inside}</pubsub>");
    answered(&xml.parse().unwrap(), "n")
}

#[test]
fn answers_are_read_for_the_node_that_was_asked_for() {
    let item = "<item id='1'><p xmlns='x'/></item>";
    assert!(answer(&format!("<items node='n'>{item}</items>")).is_some());
    assert!(answer(&format!("<items node='other'>{item}</items>")).is_none());
    assert!(answer(&format!("<items>{item}</items>")).is_none());
    assert!(answer("<items node='n'><odd/></items>").is_none());
    assert!(answer("<items node='n'><item/></items>").is_none());
    assert!(answer("").is_none());
    assert!(answered(&Element::bare("odd", "x"), "n").is_none());
}

#[test]
fn questions_name_an_item_or_ask_for_the_newest() {
    assert!(String::from(&request("n", Some("i"))).contains("<item id='i'"));
    assert!(String::from(&request("n", None)).contains("max_items='1'"));
}

/// What an event in a message with these attributes is taken for; one test at a time uses this.
fn arrives(stage: &mut Stage, attributes: &str, inside: &str) -> Option<NodeEvent> {
    SEEN.lock().unwrap().clear();
    stage.receive(&format!("<message {attributes}>{inside}</message>"));
    SEEN.lock().unwrap().pop()
}

#[test]
fn events_are_believed_only_from_the_account_itself() {
    let mut stage = stage();
    let good = "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='n'><item id='1'><p xmlns='x'/></item></items></event>";
    let mut from = |attributes: &str, inside: &str| arrives(&mut stage, attributes, inside);
    let bob = from("from='bob@example.net' type='headline'", good).unwrap();
    assert_eq!(
        (bob.from, bob.payload.is_some()),
        (bare("bob@example.net"), true)
    );
    assert_eq!(from("", good).unwrap().from, bare("alice@example.org"));
    for (attributes, inside) in [
        ("from='bob@example.net/phone'", good.to_owned()),
        ("from='room@muc.example' type='groupchat'", good.to_owned()),
        ("from='bob@example.net' type='error'", good.to_owned()),
        ("from='bob@example.net' type='chat'", good.to_owned()),
        ("from='bob@example.net'", format!("{good}{good}")),
        (
            "from='bob@example.net'",
            good.replace("node='n'", "node='other'"),
        ),
        ("from='bob@example.net'", good.replace("node='n'", "")),
        ("from='bob@example.net'", good.replace("<p xmlns='x'/>", "")),
        (
            "from='bob@example.net'",
            good.replace("<items", "<odd/><items"),
        ),
        ("from='bob@example.net'", good.replace("items", "odd")),
        (
            "from='bob@example.net'",
            format!("<forwarded xmlns='urn:xmpp:forward:0'>{good}</forwarded>"),
        ),
    ] {
        assert_eq!(from(attributes, &inside), None, "{attributes} {inside}");
    }
    let event = "<event xmlns='http://jabber.org/protocol/pubsub#event'>";
    for gone in [
        "<items node='n'><retract id='1'/></items>",
        "<purge node='n'/>",
        "<delete node='n'/>",
    ] {
        let found = from("from='bob@example.net'", &format!("{event}{gone}</event>"));
        assert_eq!(found.unwrap().payload, None);
    }
}
