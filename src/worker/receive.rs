//! The life of an incoming message, top to bottom.

use xmpp_parsers::{
    message::{Message, MessageType},
    ns,
    stanza_error::StanzaError,
};

use super::{chats, decrypt, session::first_taker};
use crate::{
    event::Event,
    model::{
        BareJid, ConversationId, ConversationKind, Delivery, Direction, MessageId, Notifications,
        Route, Security, SendFailure, Timestamp,
    },
    store::{Change, Inserted, NewMessage, StoreError},
    xmpp::{
        Arrived, Cx, Extension, Handled,
        envelope::{Envelope, Recipient},
        refusal, xep0308_correction as correction, xep0333_markers as markers,
        xep0382_spoiler as spoiler, xep0424_retraction as retraction, xep0428_fallback as fallback,
        xep0444_reactions::{self as reactions_xep, Reacted},
        xep0461_replies as replies,
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
    let Arrived {
        mut envelope,
        history,
    } = arrived;
    let incoming = envelope.direction == Direction::Incoming;
    if incoming && cx.txn.is_blocked(cx.account.id, &envelope.peer)? {
        return Ok(());
    }
    if envelope.route == Route::Archive && is_forgotten(cx, &envelope)? {
        return Ok(());
    }
    let protection = decrypt::open(cx, extensions, &mut envelope)?;
    if let Some(ours) = protection.arrived {
        let conversation = cx.txn.message(ours)?.conversation;
        already_arrived(cx, conversation, ours)?;
    }
    let content = if protection.is_silent {
        Content::Nothing
    } else {
        Content::of(&envelope.message, protection.security())
    };
    let stored = match content {
        Content::Text {
            body,
            security,
            reply_to,
        } => {
            let said = Said {
                body,
                security,
                reply_to,
                spoiler: spoiler::hint(&envelope.message),
            };
            store(cx, &envelope, said, history)?
        }
        Content::Correction { target, body } => {
            let security = protection.security();
            corrected(cx, &envelope, &target, (body, security), history)?
        }
        Content::Retraction { target } => {
            retracted(cx, &envelope, &target)?;
            None
        }
        Content::Reactions(reacted) => {
            reactions(cx, &envelope, &reacted)?;
            None
        }
        Content::Nothing => None,
    };
    if let Some(id) = stored {
        protection.keep(cx, id, !history)?;
    }
    if cx.link.cursor_follows
        && envelope.route != Route::Archive
        && let Some(id) = &envelope.stanza_id
    {
        // Its place, not its stamp: what the archive brings later stands behind that.
        let place = cx.txn.find_in_archive(cx.account.id, Some(id), None)?;
        let at = place.map_or(envelope.at, |place| place.at);
        cx.txn.set_archive_cursor(cx.account.id, id, Some(at))?;
    }
    // Nobody is told that something from before this device's time has arrived.
    let news = stored.filter(|_| !history);
    for extension in extensions {
        extension.received(cx, &envelope, news)?;
    }
    Ok(())
}

/// Whether the archive brings something that is not to be kept here; it has nothing older that is.
fn is_forgotten(cx: &Cx<'_, '_>, envelope: &Envelope) -> Result<bool, StoreError> {
    let account = cx.account.id;
    let forgotten = cx.txn.is_forgotten(account, &envelope.peer, envelope.at)?;
    if forgotten {
        cx.txn.set_archive_complete(account, &envelope.peer)?;
    }
    Ok(forgotten)
}

/// What a message is.
enum Content {
    /// Something to show.
    Text {
        body: String,
        security: Security,
        reply_to: Option<(String, Option<BareJid>)>,
    },
    /// The new text of an earlier message.
    Correction { target: String, body: String },
    /// An earlier message is taken back.
    Retraction { target: String },
    /// Emojis under a message.
    Reactions(Reacted),
    /// Nothing that is shown.
    Nothing,
}

impl Content {
    /// Each message is one thing only, and what changes another one counts before its text.
    fn of(message: &Message, security: Security) -> Self {
        let unreadable = |p: &minidom::Element| ENCRYPTED.iter().any(|(name, ns)| p.is(*name, *ns));
        if message.payloads.iter().any(unreadable) {
            return Self::Text {
                body: String::new(),
                security: Security::Unreadable,
                reply_to: None,
            };
        }
        if let Some(target) = retraction::retracted(message) {
            return Self::Retraction { target };
        }
        if let Some(reacted) = reactions_xep::reacted(message) {
            return Self::Reactions(reacted);
        }
        // One canonical rule for several bodies: the one without a language, else the first.
        let Some((_, body)) = message
            .get_best_body(vec![])
            .filter(|(_, body)| !body.is_empty())
        else {
            return Self::Nothing;
        };
        let reply_to = replies::replied_to(message);
        let body = match &reply_to {
            Some(_) => fallback::without(message, replies::NS, body),
            None => body.clone(),
        };
        let body = body[..body.floor_char_boundary(MAX_BODY)].to_owned();
        match correction::replaced(message) {
            Some(target) => Self::Correction { target, body },
            None => Self::Text {
                body,
                security,
                reply_to,
            },
        }
    }
}

/// What a message that is shown says.
struct Said {
    body: String,
    security: Security,
    reply_to: Option<(String, Option<BareJid>)>,
    spoiler: Option<String>,
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
    said: Said,
    history: bool,
) -> Result<Option<MessageId>, StoreError> {
    let incoming = envelope.direction == Direction::Incoming;
    let new = new_message(cx, envelope, said)?;
    if cx.txn.was_deleted(&new)? {
        return Ok(None);
    }
    let conversation = new.conversation;
    let id = match cx.txn.insert_message(&new)? {
        Inserted::New(id) => id,
        Inserted::Known(id) => {
            if !incoming {
                already_arrived(cx, conversation, id)?;
            }
            return Ok(None);
        }
    };
    cx.txn.apply_what_waited(id, &new)?;
    if !history {
        cx.txn.set_conversation_open(conversation, true)?;
    } else {
        cx.txn.list_old_chat(conversation)?;
        if !incoming && cx.txn.is_before_read(id)? {
            // The marker that said so came before it: the past is read backwards.
            cx.txn.set_delivery(id, &Delivery::Read)?;
        }
    }
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

/// The row of a message as it is to be stored.
fn new_message(
    cx: &mut Cx<'_, '_>,
    envelope: &Envelope,
    said: Said,
) -> Result<NewMessage, StoreError> {
    let incoming = envelope.direction == Direction::Incoming;
    let conversation = conversation(cx, envelope)?;
    Ok(NewMessage {
        conversation,
        direction: envelope.direction,
        author: envelope.from.to_bare(),
        resource: envelope.from.resource().map(|r| r.to_string()),
        body: said.body,
        at: place(cx, conversation, envelope)?,
        stored_at: cx.now,
        route: envelope.route,
        security: said.security,
        delivery: Delivery::Sent,
        origin_id: envelope.origin_id(),
        stanza_id: envelope.stanza_id.clone(),
        markable: incoming && markers::is_markable(&envelope.message),
        reply_to: said.reply_to,
        spoiler: said.spoiler,
    })
}

/// The author has a new text for an earlier message; if that one is not here, the new text stands alone until it is.
fn corrected(
    cx: &mut Cx<'_, '_>,
    envelope: &Envelope,
    target: &str,
    (body, security): (String, Security),
    history: bool,
) -> Result<Option<MessageId>, StoreError> {
    let said = || Said {
        body: body.clone(),
        security,
        reply_to: None,
        spoiler: spoiler::hint(&envelope.message),
    };
    let new = new_message(cx, envelope, said())?;
    match cx.txn.correct(target, &new)? {
        Change::Applied(message) => {
            chats::message_changed(cx, message)?;
            Ok(None)
        }
        Change::Nothing => Ok(None),
        Change::NotHere
            if cx
                .txn
                .was_deleted_of(new.conversation, &new.author, target)? =>
        {
            Ok(None)
        }
        Change::NotHere => {
            let stored = store(cx, envelope, said(), history)?;
            if let Some(message) = stored {
                cx.txn.set_replaces(message, target)?;
            }
            Ok(stored)
        }
    }
}

fn retracted(cx: &mut Cx<'_, '_>, envelope: &Envelope, target: &str) -> Result<(), StoreError> {
    let Some(conversation) = place_of_change(cx, envelope)? else {
        return Ok(());
    };
    let author = envelope.from.to_bare();
    if let Change::Applied(message) = cx.txn.retract(conversation, &author, target, envelope.at)? {
        chats::message_changed(cx, message)?;
    }
    Ok(())
}

fn reactions(
    cx: &mut Cx<'_, '_>,
    envelope: &Envelope,
    reacted: &Reacted,
) -> Result<(), StoreError> {
    let Some(conversation) = place_of_change(cx, envelope)? else {
        return Ok(());
    };
    let author = envelope.from.to_bare();
    let change = cx.txn.react(
        conversation,
        &author,
        &reacted.to,
        &reacted.emojis,
        envelope.at,
    )?;
    if let Change::Applied(message) = change {
        chats::message_changed(cx, message)?;
    }
    Ok(())
}

/// The chat in which a retraction or reaction waits for its message. The past is read backwards, so that the chat of
/// one from the archive may not be there yet.
fn place_of_change(
    cx: &mut Cx<'_, '_>,
    envelope: &Envelope,
) -> Result<Option<ConversationId>, StoreError> {
    if envelope.route == Route::Archive {
        return conversation(cx, envelope).map(Some);
    }
    cx.txn.find_conversation(cx.account.id, &envelope.peer)
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
        // The archive says where it belongs.
        Route::Local | Route::Imported | Route::Archive => Ok(envelope.at),
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
