//! XEP-0060, as far as accounts use it for themselves (XEP-0163): publishing, fetching one item, and events that are
//! really from whom they are about. Knows nothing of what is published.

use std::{borrow::Cow, collections::BTreeMap};

use minidom::Element;
use rxml::xml_ncname;
use xmpp_parsers::{
    data_forms::{DataForm, DataFormType, Field, FieldType},
    message::{Message, MessageType},
    ns,
};

use super::{Cx, QueryId, Reply};
use crate::model::{BareJid, Failure};

/// Items of one event that are read: our nodes have one item each.
const MAX_ITEMS: usize = 16;

/// Items read of a node that has one for each chat.
const MAX_MANY: usize = 10_000;

/// Items that servers allow which do not know `max`.
const FEW: &str = "10";

/// One item of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// What it says; nothing when it was taken back.
    pub payload: Option<Element>,
}

/// Something that happened at a node of somebody's account.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeEvent {
    /// Whose account; our own, too.
    pub from: BareJid,
    /// The newest item's payload; `None` when the node is empty now.
    pub payload: Option<Element>,
}

/// The event of this node in a message, if there is exactly one and the account itself sent it.
pub fn event(cx: &Cx<'_, '_>, message: &Message, node: &str) -> Option<NodeEvent> {
    let (from, change) = change(cx, message, node)?;
    let payload = match change.name() {
        "items" => newest(change, ns::PUBSUB_EVENT)?,
        "purge" | "delete" => None,
        _ => return None,
    };
    Some(NodeEvent { from, payload })
}

/// The items of an event of this node, if there is exactly one event and the account itself sent it.
pub fn event_items(cx: &Cx<'_, '_>, message: &Message, node: &str) -> Option<(BareJid, Vec<Item>)> {
    let (from, change) = change(cx, message, node)?;
    Some((from, items(change)))
}

/// What happened at this node, and whose it is.
fn change<'m>(cx: &Cx<'_, '_>, message: &'m Message, node: &str) -> Option<(BareJid, &'m Element)> {
    match message.type_ {
        MessageType::Headline | MessageType::Normal => {}
        MessageType::Chat | MessageType::Error | MessageType::Groupchat => return None,
    }
    // The service is the account (XEP-0163, section 4.3.1): a device cannot speak for it.
    let from = match &message.from {
        None => cx.account.jid.clone(),
        Some(from) => from.clone().try_into_full().err()?,
    };
    let mut events = message
        .payloads
        .iter()
        .filter(|payload| payload.is("event", ns::PUBSUB_EVENT));
    let (event, None) = (events.next()?, events.next()) else {
        return None;
    };
    let mut children = event.children();
    let (change, None) = (children.next()?, children.next()) else {
        return None;
    };
    if change.ns() != ns::PUBSUB_EVENT || change.attr(xml_ncname!("node")) != Some(node) {
        return None;
    }
    Some((from, change))
}

fn items(container: &Element) -> Vec<Item> {
    container
        .children()
        .filter(|child| matches!(child.name(), "item" | "retract"))
        .take(MAX_MANY)
        .filter_map(|child| {
            Some(Item {
                id: child.attr(xml_ncname!("id"))?.to_owned(),
                payload: child.children().next().cloned(),
            })
        })
        .collect()
}

/// Asks for all items of a node.
pub fn request_all(node: &str) -> Element {
    let items = Element::builder("items", ns::PUBSUB).attr(xml_ncname!("node").to_owned(), node);
    Element::builder("pubsub", ns::PUBSUB)
        .append(items.build())
        .build()
}

/// The items of an answer to [`request_all`] for this node.
pub fn answered_items(payload: &Element, node: &str) -> Vec<Item> {
    payload
        .get_child("items", ns::PUBSUB)
        .filter(|items| {
            payload.is("pubsub", ns::PUBSUB) && items.attr(xml_ncname!("node")) == Some(node)
        })
        .map(items)
        .unwrap_or_default()
}

/// The payload of the last item; inner `None` when items were only taken back.
fn newest(items: &Element, namespace: &str) -> Option<Option<Element>> {
    let published = items
        .children()
        .take(MAX_ITEMS)
        .filter(|child| child.is("item", namespace))
        .last();
    match published {
        Some(item) => item.children().next().cloned().map(Some),
        None => items
            .children()
            .any(|child| child.is("retract", namespace))
            .then_some(None),
    }
}

/// Asks for an item of a node, or for the newest one.
pub fn request(node: &str, item: Option<&str>) -> Element {
    let mut items =
        Element::builder("items", ns::PUBSUB).attr(xml_ncname!("node").to_owned(), node);
    if let Some(id) = item {
        items = items.append(
            Element::builder("item", ns::PUBSUB)
                .attr(xml_ncname!("id").to_owned(), id)
                .build(),
        );
    } else {
        items = items.attr(xml_ncname!("max_items").to_owned(), "1");
    }
    Element::builder("pubsub", ns::PUBSUB)
        .append(items.build())
        .build()
}

/// The newest item's payload of an answer to [`request`] for this node, if there is one.
pub fn answered(payload: &Element, node: &str) -> Option<Element> {
    if !payload.is("pubsub", ns::PUBSUB) {
        return None;
    }
    let items = payload.get_child("items", ns::PUBSUB)?;
    if items.attr(xml_ncname!("node")) != Some(node) {
        return None;
    }
    newest(items, ns::PUBSUB)?
}

/// Who may read what is published.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// Those who may see our presence; the node has one item.
    Contacts,
    /// Nobody but our own devices; the node has many items (XEP-0223).
    OwnDevices,
    /// Everybody; the node has one item.
    Everybody,
    /// Everybody; the node has as many items as the server allows.
    EverybodyMany,
    /// Everybody; the node has some items.
    EverybodyFew,
}

/// Something to publish at a node of our own account.
#[derive(Clone, Debug)]
pub struct Publication {
    /// The node.
    pub node: Cow<'static, str>,
    /// The id of the item.
    pub item: String,
    /// What it says.
    pub payload: Element,
    /// Who may read it.
    pub access: Access,
}

/// How far something that takes several questions has come.
#[derive(Debug)]
pub enum Progress<T> {
    /// The answer belongs to somebody else.
    Unrelated(Reply),
    /// More answers are awaited.
    Underway,
    /// It has ended.
    Done(T, Result<(), Failure>),
}

/// Publications under way, each with what its owner wants to remember of it.
#[derive(Debug)]
pub struct Publisher<T> {
    open: BTreeMap<QueryId, (Step, Publication, T)>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Step {
    Publishing,
    Configuring,
    PublishingAgain,
    PublishingFew,
}

impl<T> Default for Publisher<T> {
    fn default() -> Self {
        Self {
            open: BTreeMap::new(),
        }
    }
}

impl<T> Publisher<T> {
    /// Publishes, making the node when there is none. `owner` must bring the answers to [`Self::reply`].
    pub fn publish(
        &mut self,
        cx: &mut Cx<'_, '_>,
        owner: &'static str,
        publication: Publication,
        tag: T,
    ) {
        let query = cx.set(owner, None, publish(&publication));
        self.open
            .insert(query, (Step::Publishing, publication, tag));
    }

    /// Goes on with an answer.
    pub fn reply(
        &mut self,
        cx: &mut Cx<'_, '_>,
        owner: &'static str,
        query: QueryId,
        reply: Reply,
    ) -> Progress<T> {
        let Some((step, publication, tag)) = self.open.remove(&query) else {
            return Progress::Unrelated(reply);
        };
        let next = match (step, &reply) {
            // The node is there with other rules: change them first (XEP-0060, section 7.1.5).
            (Step::Publishing, Reply::Error(error)) if is_precondition(error.other.as_ref()) => {
                (Step::Configuring, configure(&publication))
            }
            (Step::Configuring, Reply::Result(_)) => (Step::PublishingAgain, publish(&publication)),
            // Servers from before 2023 do not know that items can be as many as possible.
            (Step::Publishing | Step::Configuring, Reply::Error(_))
                if publication.access == Access::EverybodyMany =>
            {
                let few = Publication {
                    access: Access::EverybodyFew,
                    ..publication.clone()
                };
                (Step::PublishingFew, publish(&few))
            }
            (
                Step::Publishing | Step::Configuring | Step::PublishingAgain | Step::PublishingFew,
                Reply::Result(_) | Reply::Error(_) | Reply::Lost,
            ) => return Progress::Done(tag, reply.into_result().map(|_| ())),
        };
        let query = cx.set(owner, None, next.1);
        self.open.insert(query, (next.0, publication, tag));
        Progress::Underway
    }
}

fn is_precondition(detail: Option<&Element>) -> bool {
    detail.is_some_and(|detail| detail.is("precondition-not-met", ns::PUBSUB_ERRORS))
}

fn publish(publication: &Publication) -> Element {
    let item = Element::builder("item", ns::PUBSUB)
        .attr(xml_ncname!("id").to_owned(), publication.item.as_str())
        .append(publication.payload.clone());
    let publish = Element::builder("publish", ns::PUBSUB)
        .attr(xml_ncname!("node").to_owned(), publication.node.as_ref())
        .append(item.build());
    let options = Element::builder("publish-options", ns::PUBSUB).append(rules(
        "http://jabber.org/protocol/pubsub#publish-options",
        publication.access,
    ));
    Element::builder("pubsub", ns::PUBSUB)
        .append(publish.build())
        .append(options.build())
        .build()
}

fn configure(publication: &Publication) -> Element {
    let configure = Element::builder("configure", ns::PUBSUB_OWNER)
        .attr(xml_ncname!("node").to_owned(), publication.node.as_ref())
        .append(rules(ns::PUBSUB_CONFIGURE, publication.access));
    Element::builder("pubsub", ns::PUBSUB_OWNER)
        .append(configure.build())
        .build()
}

/// Items are kept, and only those who may read them.
fn rules(form_type: &str, access: Access) -> Element {
    let field = |name, kind, value| Field::new(name, kind).with_value(value);
    let mut fields = vec![
        field("FORM_TYPE", FieldType::Hidden, form_type),
        field("pubsub#persist_items", FieldType::Boolean, "true"),
    ];
    let model = |model| field("pubsub#access_model", FieldType::ListSingle, model);
    let many = field("pubsub#max_items", FieldType::TextSingle, "max");
    match access {
        Access::Contacts => fields.push(model("presence")),
        Access::OwnDevices => fields.extend([
            model("whitelist"),
            many,
            field(
                "pubsub#send_last_published_item",
                FieldType::ListSingle,
                "never",
            ),
        ]),
        Access::Everybody => fields.push(model("open")),
        Access::EverybodyMany => fields.extend([model("open"), many]),
        Access::EverybodyFew => {
            let few = field("pubsub#max_items", FieldType::TextSingle, FEW);
            fields.extend([model("open"), few]);
        }
    }
    DataForm {
        type_: DataFormType::Submit,
        title: None,
        instructions: None,
        fields,
    }
    .into()
}

#[cfg(test)]
mod tests;
