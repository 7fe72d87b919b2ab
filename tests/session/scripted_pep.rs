//! Nodes of personal events (XEP-0163) on the scripted server: what is published is kept, and can be fetched.

use std::collections::BTreeMap;

use minidom::Element;

use crate::script::attr;

const NS: &str = "http://jabber.org/protocol/pubsub";

/// Items by owner (empty: ourselves), node and id.
#[derive(Default)]
pub(crate) struct Nodes(BTreeMap<(String, String), BTreeMap<String, Element>>);

impl Nodes {
    /// Puts an item there.
    pub(crate) fn put(&mut self, owner: &str, node: &str, item: &str, payload: Element) {
        let items = self.0.entry((owner.into(), node.into())).or_default();
        items.insert(item.into(), payload);
    }

    /// The payload of an item.
    pub(crate) fn get(&self, owner: &str, node: &str, item: &str) -> Option<&Element> {
        self.0.get(&(owner.into(), node.into()))?.get(item)
    }

    /// Takes a node away.
    pub(crate) fn remove(&mut self, owner: &str, node: &str) {
        self.0.remove(&(owner.into(), node.into()));
    }

    /// Keeps what is published.
    pub(crate) fn publish(&mut self, pubsub: &Element) {
        let Some(publish) = pubsub.get_child("publish", NS) else {
            return;
        };
        let (Some(node), Some(item)) = (attr(publish, "node"), publish.children().next()) else {
            return;
        };
        if let (Some(id), Some(payload)) = (attr(item, "id"), item.children().next()) {
            self.put("", node, id, payload.clone());
        }
    }

    /// The answer to a question for items, if there are any.
    pub(crate) fn answer(&self, owner: &str, pubsub: &Element) -> Option<String> {
        let question = pubsub.get_child("items", NS)?;
        let node = attr(question, "node")?;
        let wanted = question.children().next().and_then(|item| attr(item, "id"));
        let items = self.0.get(&(owner.into(), node.into()))?;
        let items: String = items
            .iter()
            .filter(|(id, _)| wanted.is_none_or(|wanted| wanted == *id))
            .map(|(id, payload)| format!("<item id='{id}'>{}</item>", String::from(payload)))
            .collect();
        Some(format!(
            "<pubsub xmlns='{NS}'><items node='{node}'>{items}</items></pubsub>"
        ))
    }
}
