//! What the window does with chats: works with and without a connection, because rows come first.

use minidom::Element;
use uuid::Uuid;
use xmpp_parsers::{
    jid::Jid,
    message::{Id, Lang, Message},
};

use super::changes;
use crate::{
    command::ChatCommand,
    event::Event,
    model::{
        BareJid, ConversationId, ConversationKind, Delivery, Direction, Encryption, Failure,
        FailureKind, MessageId, ReplyTo, Route, Security, SendFailure,
    },
    store::{Inserted, NewMessage, StoreError},
    xmpp::{Cx, Effect, Extension, text, xep0382_spoiler as spoiler, xep0461_replies as replies},
};

/// Longest message that can be sent, in bytes: most servers refuse stanzas of more than 256 KiB.
pub(super) const MAX_OUTGOING_BODY: usize = 100_000;

/// How a copy of somebody's words begins; the same for everybody, thus not translated.
const FORWARDED: &str = "Forwarded from";

/// What is to be sent.
struct Text<'t> {
    body: &'t str,
    /// Id and author of the message it replies to.
    reply_to: Option<(String, Option<BareJid>)>,
    /// The hint, if the text is to be shown only when asked for.
    spoiler: Option<String>,
    /// Whether it is a copy for a chat that nobody looks at.
    is_copy: bool,
}

impl<'t> Text<'t> {
    fn plain(body: &'t str) -> Self {
        Self {
            body,
            reply_to: None,
            spoiler: None,
            is_copy: false,
        }
    }
}

pub(super) type Outcome = Result<(), Failure>;

/// Does what the window asks; the outer error is the store's, the inner one is shown.
pub(super) fn perform(
    cx: &mut Cx<'_, '_>,
    extensions: &[Box<dyn Extension>],
    command: &ChatCommand,
) -> Result<Outcome, StoreError> {
    match command {
        ChatCommand::Open { peer, .. } => {
            let id = cx
                .txn
                .conversation_with(cx.account.id, peer, ConversationKind::Person)?;
            cx.txn.set_conversation_open(id, true)?;
            accept(cx, id)?;
        }
        ChatCommand::Close(id) => {
            cx.txn.set_conversation_open(*id, false)?;
            list_changed(cx, *id);
        }
        ChatCommand::Archive(id) => {
            cx.txn.archive_conversation(*id)?;
            list_changed(cx, *id);
        }
        ChatCommand::MarkUnread(id) => {
            if cx.txn.mark_unread(*id)? {
                list_changed(cx, *id);
            }
        }
        ChatCommand::Send { conversation, body } => {
            return send(cx, extensions, *conversation, Text::plain(body));
        }
        ChatCommand::SendSpoiler {
            conversation,
            body,
            hint,
        } => {
            let mut text = Text::plain(body);
            text.spoiler = Some(text::bounded(hint, text::MAX_LINE));
            return send(cx, extensions, *conversation, text);
        }
        ChatCommand::Forward { message, to } => return forward(cx, extensions, *message, *to),
        ChatCommand::Reply { to, body } => return reply(cx, extensions, *to, body),
        ChatCommand::Correct { message, body } => {
            return changes::correct(cx, extensions, *message, body);
        }
        ChatCommand::Retract(message) => return changes::retract(cx, *message),
        ChatCommand::React { message, emoji, on } => {
            return changes::react(cx, *message, emoji, *on);
        }
        ChatCommand::Retry(message) => return retry(cx, extensions, *message),
        ChatCommand::Cancel(message) => return cancel(cx, *message),
        ChatCommand::SaveDraft { conversation, text } => {
            cx.txn.set_draft(*conversation, text)?;
            list_changed(cx, *conversation);
        }
        ChatCommand::Pin {
            conversation,
            pinned,
        } => {
            cx.txn.set_pinned(*conversation, *pinned)?;
            list_changed(cx, *conversation);
        }
        ChatCommand::Notify {
            conversation,
            notifications,
        } => {
            cx.txn.set_notifications(*conversation, *notifications)?;
            list_changed(cx, *conversation);
        }
        ChatCommand::Encrypt {
            conversation,
            encryption,
        } => {
            cx.txn.set_encryption(*conversation, *encryption)?;
            list_changed(cx, *conversation);
        }
        ChatCommand::AcceptStranger(id) => accept(cx, *id)?,
        ChatCommand::Delete(id) => {
            cx.txn.delete_conversation(*id)?;
            cx.effects.push(Effect::Forget);
            list_changed(cx, *id);
            cx.emit(Event::Requests);
        }
        ChatCommand::DeleteMessage(id) => {
            let conversation = cx.txn.delete_message(*id)?;
            list_changed(cx, conversation);
            // Nobody can ask for the row any more.
            cx.emit(Event::Resync);
        }
        // Taken by their extensions; without a connection there is nobody to tell.
        ChatCommand::MarkRead { .. }
        | ChatCommand::Typing { .. }
        | ChatCommand::FetchOlder(_)
        | ChatCommand::RenewSessions(_) => {}
    }
    Ok(Ok(()))
}

/// Stores a message, seals it into the outbox in the same commit, and has it sent as soon as there is a connection.
fn send(
    cx: &mut Cx<'_, '_>,
    extensions: &[Box<dyn Extension>],
    conversation: ConversationId,
    text: Text<'_>,
) -> Result<Outcome, StoreError> {
    let body = sendable(text.body);
    if body.trim().is_empty() || body.len() > MAX_OUTGOING_BODY {
        return Ok(Err(FailureKind::BadInput.into()));
    }
    let (_, peer, _) = cx.txn.conversation_peer(conversation)?;
    let blocked = cx.txn.is_blocked(cx.account.id, &peer)?;
    let newest = cx.txn.newest_time(conversation)?;
    let new = NewMessage {
        conversation,
        direction: Direction::Outgoing,
        author: cx.account.jid.clone(),
        resource: cx.link.jid.as_ref().map(|jid| jid.resource().to_string()),
        body,
        at: newest.map_or(cx.now, |newest| newest.max(cx.now)),
        stored_at: cx.now,
        route: Route::Local,
        security: protection(cx, conversation)?,
        delivery: if blocked {
            Delivery::Failed(SendFailure::Blocked)
        } else {
            Delivery::Waiting
        },
        origin_id: Some(Uuid::new_v4().to_string()),
        stanza_id: None,
        markable: false,
        reply_to: text.reply_to,
        spoiler: text.spoiler,
    };
    let (Inserted::New(id) | Inserted::Known(id)) = cx.txn.insert_message(&new)?;
    cx.txn.set_conversation_open(conversation, true)?;
    if !text.is_copy {
        // Whoever writes has seen what came before.
        cx.txn.mark_read(conversation, id)?;
    }
    accept(cx, conversation)?;
    if !blocked {
        seal(cx, extensions, id)?;
    }
    cx.emit(Event::Messages {
        conversation,
        changed: vec![id],
    });
    Ok(Ok(()))
}

/// Stores a message that replies to another one.
fn reply(
    cx: &mut Cx<'_, '_>,
    extensions: &[Box<dyn Extension>],
    to: MessageId,
    body: &str,
) -> Result<Outcome, StoreError> {
    let message = cx.txn.message(to)?;
    // Without an id of its author nobody could find the message that is meant.
    let reply_to = message.origin_id.map(|id| (id, Some(message.author)));
    let text = Text {
        reply_to,
        ..Text::plain(body)
    };
    send(cx, extensions, message.conversation, text)
}

/// Sends a copy of a message to another chat. The first line says who wrote it, by the name that its author goes by,
/// not by the one that the person gave in private; what we wrote ourselves needs none.
fn forward(
    cx: &mut Cx<'_, '_>,
    extensions: &[Box<dyn Extension>],
    id: MessageId,
    to: ConversationId,
) -> Result<Outcome, StoreError> {
    let message = cx.txn.message(id)?;
    if message.body.is_empty() || message.security == Security::Unreadable {
        return Ok(Err(FailureKind::BadInput.into()));
    }
    let body = if message.direction == Direction::Outgoing {
        message.body
    } else {
        let (account, peer, _) = cx.txn.conversation_peer(message.conversation)?;
        let nickname = cx.txn.nickname(account, &peer)?;
        let address = message.author.node().map(|node| node.as_str());
        let name = Some(nickname.trim()).filter(|name| !name.is_empty());
        let name = name.or(address).unwrap_or(message.author.as_str());
        format!("{FORWARDED} {name}:\n{}", message.body)
    };
    let text = Text {
        spoiler: message.spoiler,
        is_copy: true,
        ..Text::plain(&body)
    };
    send(cx, extensions, to, text)
}

/// Builds the stanza of a message once and puts it into the outbox; it is sent with these bytes however often.
fn seal(
    cx: &mut Cx<'_, '_>,
    extensions: &[Box<dyn Extension>],
    id: MessageId,
) -> Result<(), StoreError> {
    let message = cx.txn.message(id)?;
    let Some(origin_id) = message.origin_id else {
        return Err(StoreError::Damaged("a message of ours without an id"));
    };
    let (_, peer, _) = cx.txn.conversation_peer(message.conversation)?;
    let mut stanza = stanza(cx, extensions, &peer, &origin_id, message.body);
    if let Some(ReplyTo {
        id,
        quoted: Some(quoted),
    }) = message.reply_to
    {
        replies::mark(&mut stanza, &id, &quoted.author, &quoted.text);
    }
    if let Some(hint) = &message.spoiler {
        spoiler::mark(&mut stanza, hint);
    }
    push(cx, Some(id), stanza)
}

/// A chat message with everything that extensions add to it.
pub(super) fn stanza(
    cx: &Cx<'_, '_>,
    extensions: &[Box<dyn Extension>],
    to: &BareJid,
    id: &str,
    body: String,
) -> Message {
    let mut stanza = Message::chat(Jid::from(to.clone())).with_body(Lang::new(), body);
    stanza.id = Some(Id(id.to_owned()));
    for extension in extensions {
        extension.decorate(cx, &mut stanza);
    }
    stanza
}

/// What protects what we write in a chat.
pub(super) fn protection(
    cx: &Cx<'_, '_>,
    conversation: ConversationId,
) -> Result<Security, StoreError> {
    Ok(match cx.txn.encryption(conversation)? {
        Encryption::None => Security::Clear,
        Encryption::Omemo => Security::Sealed,
    })
}

/// Puts a stanza into the outbox; it is sent with these bytes however often. In an encrypted chat it waits before that
/// until it has been encrypted: no other way leads out.
pub(super) fn push(
    cx: &mut Cx<'_, '_>,
    message: Option<MessageId>,
    stanza: Message,
) -> Result<(), StoreError> {
    let peer = stanza.to.as_ref().map(Jid::to_bare);
    let xml = String::from(&Element::from(stanza));
    if let Some(peer) = peer
        && let Some(conversation) = cx.txn.find_conversation(cx.account.id, &peer)?
        && cx.txn.encryption(conversation)? == Encryption::Omemo
    {
        cx.txn.push_unsealed(cx.account.id, &peer, message, &xml)?;
        cx.link.seal_due = true;
        return Ok(());
    }
    cx.txn.push_outbox(cx.account.id, message, &xml)?;
    cx.effects.push(Effect::FlushOutbox);
    Ok(())
}

/// A text without the characters that XML cannot carry (XML 1.0, section 2.2).
pub(super) fn sendable(body: &str) -> String {
    body.chars()
        .filter(|c| text::is_sendable(c.encode_utf8(&mut [0; 4])))
        .collect()
}

fn retry(
    cx: &mut Cx<'_, '_>,
    extensions: &[Box<dyn Extension>],
    id: MessageId,
) -> Result<Outcome, StoreError> {
    let message = cx.txn.message(id)?;
    let Delivery::Failed(_) = message.delivery else {
        return Ok(Err(FailureKind::BadInput.into()));
    };
    let (_, peer, _) = cx.txn.conversation_peer(message.conversation)?;
    if cx.txn.is_blocked(cx.account.id, &peer)? {
        return Ok(Err(FailureKind::Refused("blocked".to_owned()).into()));
    }
    cx.txn.set_delivery(id, &Delivery::Waiting)?;
    cx.txn.remove_outbox_of(id)?;
    seal(cx, extensions, id)?;
    message_changed(cx, id)?;
    Ok(Ok(()))
}

/// Gives up a message that has not been written to a stream; what may already have arrived cannot be called back.
fn cancel(cx: &mut Cx<'_, '_>, id: MessageId) -> Result<Outcome, StoreError> {
    let message = cx.txn.message(id)?;
    let in_flight = cx
        .txn
        .outbox_of(id)?
        .is_some_and(|row| row <= cx.link.flushed);
    let may = match message.delivery {
        Delivery::Waiting => !in_flight,
        Delivery::Failed(_) => true,
        Delivery::Sent | Delivery::Delivered | Delivery::Read => false,
    };
    if !may || message.direction == Direction::Incoming {
        return Ok(Err(FailureKind::BadInput.into()));
    }
    cx.txn.remove_outbox_of(id)?;
    cx.txn
        .set_delivery(id, &Delivery::Failed(SendFailure::Cancelled))?;
    message_changed(cx, id)?;
    Ok(Ok(()))
}

/// Takes a stranger's chat out of the inbox.
fn accept(cx: &mut Cx<'_, '_>, conversation: ConversationId) -> Result<(), StoreError> {
    let (_, _, kind) = cx.txn.conversation_peer(conversation)?;
    if kind == ConversationKind::Stranger {
        cx.txn
            .set_conversation_kind(conversation, ConversationKind::Person)?;
        cx.txn.set_conversation_open(conversation, true)?;
        cx.emit(Event::Requests);
    }
    list_changed(cx, conversation);
    Ok(())
}

pub(super) fn list_changed(cx: &mut Cx<'_, '_>, conversation: ConversationId) {
    cx.emit(Event::Conversations(vec![conversation]));
}

/// Tells the window that a message looks different now.
pub(super) fn message_changed(cx: &mut Cx<'_, '_>, id: MessageId) -> Result<(), StoreError> {
    let conversation = cx.txn.message(id)?.conversation;
    cx.emit(Event::Messages {
        conversation,
        changed: vec![id],
    });
    list_changed(cx, conversation);
    Ok(())
}
