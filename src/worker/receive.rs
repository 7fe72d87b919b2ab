//! The life of an incoming message, top to bottom.

use xmpp_parsers::{
    message::{Message, MessageType},
    ns,
    stanza_error::StanzaError,
};

use super::session::first_taker;
use crate::{
    event::Event,
    model::{
        ConversationId, ConversationKind, Delivery, Direction, MessageId, Notifications, Route,
        Security, SendFailure, Timestamp,
    },
    store::{Inserted, NewMessage, StoreError},
    xmpp::{
        Arrived, Cx, Extension, Handled,
        envelope::{Envelope, Recipient},
        refusal, xep0333_markers as markers,
    },
};

/// Longest text that is kept of one message, in bytes: more than any server passes on.
const MAX_BODY: usize = 1 << 20;

/// Handles a message as it came over the stream.
pub(super) fn message(
    cx: &mut Cx<'_, '_>,
    extensions: &mut [Box<dyn Extension>],
    message: Message,
) -> Result<(), StoreError> {
    if first_taker(extensions, |e| e.message(cx, &message))? == Handled::Yes {
        return Ok(());
    }
    if message.type_ == MessageType::Error {
        return bounced(cx, &message);
    }
    let account = cx.account.jid.clone();
    let stamps = cx.link.own.contains(ns::SID) || cx.link.own.contains(ns::MAM);
    let me = Recipient {
        account: &account,
        server_stamps_ids: stamps,
    };
    match Envelope::unwrap(message, me, cx.now) {
        Ok(envelope) => chat_message(
            cx,
            extensions,
            Arrived {
                envelope,
                history: false,
            },
        ),
        Err(refused) => {
            tracing::debug!(?refused, "a message was ignored");
            Ok(())
        }
    }
}

/// Stores a chat message, and tells the extensions and the window.
pub(super) fn chat_message(
    cx: &mut Cx<'_, '_>,
    extensions: &mut [Box<dyn Extension>],
    arrived: Arrived,
) -> Result<(), StoreError> {
    let Arrived { envelope, history } = arrived;
    let incoming = envelope.direction == Direction::Incoming;
    if incoming && cx.txn.is_blocked(cx.account.id, &envelope.peer)? {
        return Ok(());
    }
    let stored = match content(&envelope.message) {
        Some((body, security)) => store(cx, &envelope, body, security, history)?,
        None => None,
    };
    if cx.link.caught_up
        && envelope.route != Route::Archive
        && let Some(id) = &envelope.stanza_id
    {
        cx.txn.set_archive_cursor(cx.account.id, id)?;
    }
    // Nobody is told that something from before this device's time has arrived.
    let news = stored.filter(|_| !history);
    for extension in extensions {
        extension.received(cx, &envelope, news)?;
    }
    Ok(())
}

/// What a message says, and what protected it; nothing when there is nothing to show.
fn content(message: &Message) -> Option<(String, Security)> {
    if message
        .payloads
        .iter()
        .any(|p| ENCRYPTED.iter().any(|(name, ns)| p.is(*name, *ns)))
    {
        return Some((String::new(), Security::Unreadable));
    }
    // One canonical rule for several bodies: the one without a language, else the first.
    let (_, body) = message.get_best_body(vec![])?;
    if body.is_empty() {
        return None;
    }
    let end = body.floor_char_boundary(MAX_BODY);
    Some((body[..end].to_owned(), Security::Clear))
}

/// Payloads that are encrypted end to end, in forms that are not read here yet.
const ENCRYPTED: &[(&str, &str)] = &[
    ("encrypted", "eu.siacs.conversations.axolotl"),
    ("encrypted", "urn:xmpp:omemo:1"),
    ("encrypted", "urn:xmpp:omemo:2"),
    ("openpgp", "urn:xmpp:openpgp:0"),
    ("x", "jabber:x:encrypted"),
];

/// Stores a message; answers its row if it is new.
fn store(
    cx: &mut Cx<'_, '_>,
    envelope: &Envelope,
    body: String,
    security: Security,
    history: bool,
) -> Result<Option<MessageId>, StoreError> {
    let incoming = envelope.direction == Direction::Incoming;
    let conversation = conversation(cx, envelope)?;
    let new = NewMessage {
        conversation,
        direction: envelope.direction,
        author: envelope.from.to_bare(),
        resource: envelope.from.resource().map(|r| r.to_string()),
        body,
        at: place(cx, conversation, envelope)?,
        stored_at: cx.now,
        route: envelope.route,
        security,
        delivery: Delivery::Sent,
        origin_id: envelope.origin_id(),
        stanza_id: envelope.stanza_id.clone(),
        markable: incoming && markers::is_markable(&envelope.message),
    };
    let id = match cx.txn.insert_message(&new)? {
        Inserted::New(id) => id,
        Inserted::Known(id) => {
            if !incoming {
                already_arrived(cx, conversation, id)?;
            }
            return Ok(None);
        }
    };
    cx.txn.set_conversation_open(conversation, true)?;
    if history || !incoming {
        // Whoever wrote, or was elsewhere at that time, has seen what came before.
        cx.txn.mark_read(conversation, id)?;
    }
    cx.emit(Event::Messages {
        conversation,
        changed: vec![id],
    });
    cx.emit(Event::Conversations(vec![conversation]));
    if incoming && !history {
        announce(cx, conversation, id, envelope.route)?;
    }
    Ok(Some(id))
}

/// The chat a message belongs to; somebody we do not know gets one in the inbox of strangers.
fn conversation(cx: &mut Cx<'_, '_>, envelope: &Envelope) -> Result<ConversationId, StoreError> {
    let account = cx.account.id;
    let own = envelope.peer == *cx.account.jid
        || envelope.peer.as_str() == cx.account.jid.domain().as_str();
    let known = own
        || envelope.direction == Direction::Outgoing
        || cx.txn.roster_item(account, &envelope.peer)?.is_some();
    let kind = if known {
        ConversationKind::Person
    } else {
        ConversationKind::Stranger
    };
    let conversation = cx.txn.conversation_with(account, &envelope.peer, kind)?;
    if envelope.direction == Direction::Outgoing {
        // Another own device has answered: no stranger any more.
        cx.txn
            .set_conversation_kind(conversation, ConversationKind::Person)?;
    }
    Ok(conversation)
}

/// The time a message is sorted by: what comes live is never sorted before what is there already.
fn place(
    cx: &Cx<'_, '_>,
    conversation: ConversationId,
    envelope: &Envelope,
) -> Result<Timestamp, StoreError> {
    match envelope.route {
        Route::Archive | Route::Local => Ok(envelope.at),
        Route::Live | Route::Offline | Route::Carbon => {
            let newest = cx.txn.newest_time(conversation)?;
            Ok(newest.map_or(envelope.at, |newest| newest.max(envelope.at)))
        }
    }
}

/// A message of ours was seen in the archive or in a copy: the server has it, it need not be sent again.
fn already_arrived(
    cx: &mut Cx<'_, '_>,
    conversation: ConversationId,
    id: MessageId,
) -> Result<(), StoreError> {
    cx.txn.remove_outbox_of(id)?;
    cx.txn.set_delivery(id, &Delivery::Sent)?;
    cx.emit(Event::Messages {
        conversation,
        changed: vec![id],
    });
    Ok(())
}

fn announce(
    cx: &mut Cx<'_, '_>,
    conversation: ConversationId,
    message: MessageId,
    route: Route,
) -> Result<(), StoreError> {
    let (_, _, kind) = cx.txn.conversation_peer(conversation)?;
    if kind == ConversationKind::Stranger {
        cx.emit(Event::Requests);
        return Ok(());
    }
    let loud = cx.txn.notifications(conversation)? == Notifications::All;
    if loud && route != Route::Carbon {
        cx.emit(Event::Announce {
            conversation,
            message,
        });
    }
    Ok(())
}

/// A message of ours came back: it will not arrive (RFC 6120, section 8.3).
fn bounced(cx: &mut Cx<'_, '_>, message: &Message) -> Result<(), StoreError> {
    let (Some(from), Some(id)) = (&message.from, &message.id) else {
        return Ok(());
    };
    let error = message
        .payloads
        .iter()
        .find(|p| p.is("error", ns::DEFAULT_NS))
        .and_then(|p| StanzaError::try_from(p.clone()).ok());
    let condition = error
        .as_ref()
        .map_or_else(|| "undefined-condition".to_owned(), refusal::condition);
    let Some(conversation) = cx.txn.find_conversation(cx.account.id, &from.to_bare())? else {
        return Ok(());
    };
    let Some(ours) = cx.txn.find_outgoing(conversation, &id.0)? else {
        return Ok(());
    };
    // Somebody's device that has gone does not undo that another one has it.
    let arrived = matches!(
        cx.txn.message(ours)?.delivery,
        Delivery::Delivered | Delivery::Read
    );
    if !arrived
        && cx
            .txn
            .set_delivery(ours, &Delivery::Failed(SendFailure::Refused(condition)))?
    {
        cx.txn.remove_outbox_of(ours)?;
        cx.emit(Event::Messages {
            conversation,
            changed: vec![ours],
        });
        cx.emit(Event::Conversations(vec![conversation]));
    }
    Ok(())
}
