//! XEP-0490: what was seen on one own device is seen on all, without a word to anybody else.
//!
//! What is seen here is remembered as due with the read state itself, and published a moment later, so that reading
//! without a connection is told, too, and reading fast is told once. Chats of strangers are never published, nor is
//! what others claim about them believed.

use std::collections::HashMap;

use minidom::Element;
use rxml::xml_ncname;
use xmpp_parsers::{message::Message, ns, stanza_id::StanzaId};

use super::{
    Cx, Effect, Extension, Handled, QueryId, Reply,
    envelope::Envelope,
    xep0060_pubsub::{self, Access, Item, Progress, Publication, Publisher},
};
use crate::{
    command::{ChatCommand, Command},
    event::Event,
    model::{BareJid, ConversationId, ConversationKind, MessageId, RequestId},
    store::StoreError,
};

/// Its name as owner of queries.
const XEP: &str = "XEP-0490";
/// What a server must know for the node to be kept from others (XEP-0490, section 9).
const OPTIONS: &str = "http://jabber.org/protocol/pubsub#publish-options";
/// Publications open at the same time.
const MAX_OPEN: usize = 4;
/// Chats of which own devices may have seen messages that are not here yet.
const MAX_PENDING: usize = 10_000;

/// Tells own devices what was seen here, and learns it from them.
#[derive(Debug, Default)]
pub struct DisplayedSync {
    publisher: Publisher<(ConversationId, String)>,
    publishing: Vec<ConversationId>,
    fetching: Option<QueryId>,
    /// Seen elsewhere, and not here yet.
    pending: HashMap<BareJid, String>,
    due: bool,
}

impl Extension for DisplayedSync {
    fn xep(&self) -> &'static str {
        XEP
    }

    fn features(&self) -> &'static [&'static str] {
        &["urn:xmpp:mds:displayed:0+notify"]
    }

    fn discovered(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        if is_supported(cx) {
            let all = xep0060_pubsub::request_all(ns::MDS);
            self.fetching = Some(cx.get(XEP, None, all));
        }
        Ok(())
    }

    fn offline(&mut self, _cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        *self = Self::default();
        Ok(())
    }

    fn command(
        &mut self,
        _cx: &mut Cx<'_, '_>,
        command: &Command,
        _request: RequestId,
    ) -> Result<Handled, StoreError> {
        if let Command::Chat(ChatCommand::MarkRead { .. }) = command {
            self.due = true;
        }
        Ok(Handled::No) // The read state itself is changed by another extension.
    }

    fn message(&mut self, cx: &mut Cx<'_, '_>, message: &Message) -> Result<Handled, StoreError> {
        let Some((from, items)) = xep0060_pubsub::event_items(cx, message, ns::MDS) else {
            return Ok(Handled::No);
        };
        if from == cx.account.jid {
            self.learn_all(cx, &items)?;
        }
        Ok(Handled::Yes)
    }

    fn received(
        &mut self,
        cx: &mut Cx<'_, '_>,
        envelope: &Envelope,
        _stored: Option<MessageId>,
    ) -> Result<(), StoreError> {
        if self.pending.is_empty() || envelope.stanza_id.is_none() {
            return Ok(());
        }
        if self.pending.get(&envelope.peer) == envelope.stanza_id.as_ref()
            && let Some(id) = self.pending.remove(&envelope.peer)
        {
            self.learn(cx, &envelope.peer, id)?;
        }
        Ok(())
    }

    fn reply(
        &mut self,
        cx: &mut Cx<'_, '_>,
        query: QueryId,
        reply: Reply,
    ) -> Result<(), StoreError> {
        if self.fetching == Some(query) {
            self.fetching = None;
            if let Ok(Some(payload)) = reply.into_result() {
                let items = xep0060_pubsub::answered_items(&payload, ns::MDS);
                self.learn_all(cx, &items)?;
            }
            self.due = !cx.txn.displayed_due(cx.account.id)?.is_empty();
            return Ok(());
        }
        if let Progress::Done((conversation, id), outcome) =
            self.publisher.reply(cx, XEP, query, reply)
        {
            self.publishing.retain(|other| *other != conversation);
            match outcome {
                Ok(()) if cx.txn.seen_archive_id(conversation)?.as_ref() == Some(&id) => {
                    cx.txn.set_displayed_due(conversation, false)?;
                }
                Ok(()) => self.due = true,
                // It stays due until the next session.
                Err(failure) => {
                    tracing::warn!(kind = ?failure.kind, "own devices are not told what was seen");
                }
            }
        }
        Ok(())
    }

    fn waits(&self) -> bool {
        self.due
    }

    fn tick(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        if !std::mem::take(&mut self.due) || !is_supported(cx) {
            return Ok(());
        }
        if self.fetching.is_some() {
            self.due = true;
            return Ok(());
        }
        for conversation in cx.txn.displayed_due(cx.account.id)? {
            if self.publishing.contains(&conversation) {
                continue;
            }
            if self.publishing.len() >= MAX_OPEN {
                self.due = true;
                break;
            }
            self.publish(cx, conversation)?;
        }
        Ok(())
    }
}

impl DisplayedSync {
    fn publish(
        &mut self,
        cx: &mut Cx<'_, '_>,
        conversation: ConversationId,
    ) -> Result<(), StoreError> {
        let id = cx.txn.seen_archive_id(conversation)?;
        let known = cx.txn.displayed(conversation)?;
        let Some(id) = id.filter(|id| known.as_ref() != Some(id)) else {
            return cx.txn.set_displayed_due(conversation, false);
        };
        let (_, peer, _) = cx.txn.conversation_peer(conversation)?;
        let seen = StanzaId {
            id: id.clone(),
            by: cx.account.jid.clone().into(),
        };
        let publication = Publication {
            node: ns::MDS.into(),
            item: peer.to_string(),
            payload: Element::builder("displayed", ns::MDS)
                .append(Element::from(seen))
                .build(),
            access: Access::OwnDevices,
        };
        // Its own echo is no news.
        cx.txn.set_displayed(conversation, &id)?;
        self.publishing.push(conversation);
        self.publisher
            .publish(cx, XEP, publication, (conversation, id));
        Ok(())
    }

    fn learn_all(&mut self, cx: &mut Cx<'_, '_>, items: &[Item]) -> Result<(), StoreError> {
        for item in items {
            if let (Ok(peer), Some(id)) = (BareJid::new(&item.id), seen(cx, item)) {
                self.learn(cx, &peer, id)?;
            }
        }
        Ok(())
    }

    /// Own devices have seen a chat up to this archive id. What is not here is ignored until it comes (section 5.1).
    fn learn(&mut self, cx: &mut Cx<'_, '_>, peer: &BareJid, id: String) -> Result<(), StoreError> {
        let Some(conversation) = cx.txn.find_conversation(cx.account.id, peer)? else {
            self.wait_for(peer, id);
            return Ok(());
        };
        let (_, _, kind) = cx.txn.conversation_peer(conversation)?;
        if kind == ConversationKind::Stranger || cx.txn.displayed(conversation)? == Some(id.clone())
        {
            return Ok(());
        }
        let Some(message) = cx.txn.find_archived(conversation, &id)? else {
            self.wait_for(peer, id);
            return Ok(());
        };
        cx.txn.set_displayed(conversation, &id)?;
        if cx.txn.mark_read(conversation, message)? {
            // What this same input was about to announce has been seen elsewhere.
            cx.effects.retain(|effect| {
                !matches!(effect, Effect::Emit(Event::Announce { conversation: of, .. }) if *of == conversation)
            });
            cx.emit(Event::Conversations(vec![conversation]));
        }
        Ok(())
    }

    fn wait_for(&mut self, peer: &BareJid, id: String) {
        if self.pending.len() < MAX_PENDING || self.pending.contains_key(peer) {
            self.pending.insert(peer.clone(), id);
        }
    }
}

/// Whether the node can be kept, and kept from others.
fn is_supported(cx: &Cx<'_, '_>) -> bool {
    let knows = cx.link.own.contains(OPTIONS) || cx.link.server.contains(OPTIONS);
    cx.link.jid.is_some() && cx.link.pep && knows
}

/// The archive id in an item: one, and of our own archive.
fn seen(cx: &Cx<'_, '_>, item: &Item) -> Option<String> {
    let payload = item.payload.as_ref()?;
    if !payload.is("displayed", ns::MDS) {
        return None;
    }
    let mut ids = payload
        .children()
        .filter(|child| child.is("stanza-id", ns::SID));
    let (one, None) = (ids.next()?, ids.next()) else {
        return None;
    };
    let by = one.attr(xml_ncname!("by"))?;
    let id = one.attr(xml_ncname!("id"))?;
    (by == cx.account.jid.as_str() && !id.is_empty() && id.len() <= 1024).then(|| id.to_owned())
}
