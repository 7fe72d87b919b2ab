//! What the person changes of messages that were sent: corrects, takes back, reacts. Rows first, as with messages.

use uuid::Uuid;
use xmpp_parsers::{
    jid::Jid,
    message::{Id, Lang, Message as Stanza},
};

use super::chats::{
    MAX_OUTGOING_BODY, Outcome, message_changed, protection, push, sendable, stanza,
};
use crate::{
    model::{BareJid, Delivery, Direction, FailureKind, Message, MessageId, Route},
    store::{Change, NewMessage, StoreError},
    xmpp::{
        Cx, Extension, hint, xep0308_correction as correction, xep0382_spoiler as spoiler,
        xep0424_retraction as retraction, xep0428_fallback as fallback,
        xep0444_reactions as reactions,
    },
};

/// What those see whose program knows no retractions (XEP-0424, section 3); the same for everybody, thus not translated.
const RETRACTION_FALLBACK: &str =
    "I took back an earlier message, but this program cannot show that.";

/// Replaces the text of a message of ours, here and for the peer.
pub(super) fn correct(
    cx: &mut Cx<'_, '_>,
    extensions: &[Box<dyn Extension>],
    id: MessageId,
    body: &str,
) -> Result<Outcome, StoreError> {
    let body = sendable(body);
    let Some((message, peer, target)) = own(cx, id)? else {
        return Ok(Err(FailureKind::BadInput.into()));
    };
    if body.trim().is_empty() || body.len() > MAX_OUTGOING_BODY {
        return Ok(Err(FailureKind::BadInput.into()));
    }
    if body == message.body {
        return Ok(Ok(()));
    }
    let new_id = Uuid::new_v4().to_string();
    let by = NewMessage {
        conversation: message.conversation,
        direction: Direction::Outgoing,
        author: message.author,
        resource: message.resource,
        body: body.clone(),
        at: cx.now,
        stored_at: cx.now,
        route: Route::Local,
        security: protection(cx, message.conversation)?,
        delivery: Delivery::Waiting,
        origin_id: Some(new_id.clone()),
        stanza_id: None,
        markable: false,
        reply_to: None,
        spoiler: None,
    };
    if !matches!(cx.txn.correct(&target, &by)?, Change::Applied(_)) {
        return Ok(Err(FailureKind::BadInput.into()));
    }
    let mut stanza = stanza(cx, extensions, &peer, &new_id, body);
    correction::mark(&mut stanza, &target);
    if let Some(hint) = &message.spoiler {
        spoiler::mark(&mut stanza, hint);
    }
    push(cx, None, stanza)?;
    message_changed(cx, id)?;
    Ok(Ok(()))
}

/// Takes back a message of ours: what still waits is not sent at all.
pub(super) fn retract(cx: &mut Cx<'_, '_>, id: MessageId) -> Result<Outcome, StoreError> {
    let Some((message, peer, target)) = own(cx, id)? else {
        return Ok(Err(FailureKind::BadInput.into()));
    };
    cx.txn
        .retract(message.conversation, &message.author, &target, cx.now)?;
    let in_flight = !cx.txn.is_unsealed(id)?
        && cx
            .txn
            .outbox_of(id)?
            .is_none_or(|row| row <= cx.link.flushed);
    if in_flight {
        let mut stanza = bare_message(&peer).with_body(Lang::new(), RETRACTION_FALLBACK.to_owned());
        stanza.payloads.push(retraction::retract(&target));
        stanza.payloads.push(fallback::of_all(retraction::NS));
        stanza.payloads.push(hint("store"));
        push(cx, None, stanza)?;
    } else {
        cx.txn.remove_outbox_of(id)?;
    }
    message_changed(cx, id)?;
    Ok(Ok(()))
}

/// Puts one of our emojis under a message, or takes it away.
pub(super) fn react(
    cx: &mut Cx<'_, '_>,
    id: MessageId,
    emoji: &str,
    on: bool,
) -> Result<Outcome, StoreError> {
    let message = cx.txn.message(id)?;
    let (_, peer, _) = cx.txn.conversation_peer(message.conversation)?;
    let may = reactions::is_emoji(emoji)
        && message.retracted.is_none()
        && !cx.txn.is_blocked(cx.account.id, &peer)?;
    let Some(target) = message.origin_id.filter(|_| may) else {
        return Ok(Err(FailureKind::BadInput.into()));
    };
    let me = cx.account.jid.clone();
    let mut emojis = cx.txn.reactions_of(message.conversation, &me, &target)?;
    emojis.retain(|present| present != emoji);
    if on {
        emojis.push(emoji.to_owned());
    }
    if let Change::Applied(_) = cx
        .txn
        .react(message.conversation, &me, &target, &emojis, cx.now)?
    {
        let mut stanza = bare_message(&peer);
        stanza.payloads.push(reactions::reactions(&target, &emojis));
        stanza.payloads.push(hint("store"));
        push(cx, None, stanza)?;
        message_changed(cx, id)?;
    }
    Ok(Ok(()))
}

/// A message of ours that may be changed, whom it went to, and the id it is known by.
fn own(cx: &Cx<'_, '_>, id: MessageId) -> Result<Option<(Message, BareJid, String)>, StoreError> {
    let message = cx.txn.message(id)?;
    let ours = message.direction == Direction::Outgoing && message.retracted.is_none();
    let failed = matches!(message.delivery, Delivery::Failed(_));
    let (_, peer, _) = cx.txn.conversation_peer(message.conversation)?;
    let blocked = cx.txn.is_blocked(cx.account.id, &peer)?;
    let target = message.origin_id.clone();
    Ok(target
        .filter(|_| ours && !failed && !blocked)
        .map(|target| (message, peer, target)))
}

/// A message that carries only payloads.
fn bare_message(to: &BareJid) -> Stanza {
    let mut stanza = Stanza::chat(Jid::from(to.clone()));
    stanza.id = Some(Id(Uuid::new_v4().to_string()));
    stanza
}
