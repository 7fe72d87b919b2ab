//! XEP-0172: the name a person gives itself: an untrusted word, never a sign of who it is (section 7).

use minidom::Element;
use xmpp_parsers::{message::Message, nick::Nick, ns};

use super::{
    Cx, Extension, Handled, QueryId, Reply,
    envelope::Envelope,
    text,
    xep0060_pubsub::{self, Access, Progress, Publication, Publisher},
};
use crate::{
    command::{AccountCommand, Command},
    event::Event,
    model::{BareJid, Direction, FailureKind, MessageId, RequestId},
    store::StoreError,
};

/// Its name as owner of queries.
const XEP: &str = "XEP-0172";

/// Publishes our nickname and learns those of contacts.
#[derive(Debug, Default)]
pub struct Nicknames {
    publisher: Publisher<(RequestId, String)>,
}

impl Extension for Nicknames {
    fn xep(&self) -> &'static str {
        XEP
    }

    fn features(&self) -> &'static [&'static str] {
        &["http://jabber.org/protocol/nick+notify"]
    }

    fn command(
        &mut self,
        cx: &mut Cx<'_, '_>,
        command: &Command,
        request: RequestId,
    ) -> Result<Handled, StoreError> {
        let Command::Account(AccountCommand::SetNickname { account, nickname }) = command else {
            return Ok(Handled::No);
        };
        if *account != cx.account.id {
            return Ok(Handled::No);
        }
        if !cx.is_online_for(request) {
            return Ok(Handled::Yes);
        }
        if !cx.link.pep {
            cx.finish(request, Err(FailureKind::Unsupported.into()));
            return Ok(Handled::Yes);
        }
        let nickname = text::bounded(nickname, text::MAX_NAME);
        let publication = Publication {
            node: ns::NICK.into(),
            item: "current".to_owned(),
            payload: Nick(nickname.clone()).into(),
            access: Access::Contacts,
        };
        self.publisher
            .publish(cx, XEP, publication, (request, nickname));
        Ok(Handled::Yes)
    }

    fn reply(
        &mut self,
        cx: &mut Cx<'_, '_>,
        query: QueryId,
        reply: Reply,
    ) -> Result<(), StoreError> {
        if let Progress::Done((request, nickname), outcome) =
            self.publisher.reply(cx, XEP, query, reply)
        {
            if outcome.is_ok() {
                keep_own(cx, &nickname)?;
            }
            cx.finish(request, outcome);
        }
        Ok(())
    }

    fn message(&mut self, cx: &mut Cx<'_, '_>, message: &Message) -> Result<Handled, StoreError> {
        let Some(event) = xep0060_pubsub::event(cx, message, ns::NICK) else {
            return Ok(Handled::No);
        };
        let nickname = event.payload.as_ref().map(name).unwrap_or_default();
        if event.from == cx.account.jid {
            keep_own(cx, &nickname)?;
        } else if cx.is_watched(&event.from)? {
            keep(cx, &event.from, &nickname)?;
        }
        Ok(Handled::Yes)
    }

    fn received(
        &mut self,
        cx: &mut Cx<'_, '_>,
        envelope: &Envelope,
        stored: Option<MessageId>,
    ) -> Result<(), StoreError> {
        let named = envelope
            .message
            .payloads
            .iter()
            .find(|p| p.is("nick", ns::NICK));
        // Strangers introduce themselves in their first words (section 4.2); contacts publish their name.
        if let (Some(nick), Some(_), Direction::Incoming) = (named, stored, envelope.direction)
            && cx.txn.roster_item(cx.account.id, &envelope.peer)?.is_none()
            && envelope.peer != cx.account.jid
        {
            keep(cx, &envelope.peer, &name(nick))?;
            cx.emit(Event::Requests);
        }
        Ok(())
    }
}

fn name(nick: &Element) -> String {
    if nick.is("nick", ns::NICK) {
        text::bounded(&nick.text(), text::MAX_NAME)
    } else {
        String::new()
    }
}

fn keep(cx: &mut Cx<'_, '_>, jid: &BareJid, nickname: &str) -> Result<(), StoreError> {
    let account = cx.account.id;
    cx.txn.set_nickname(account, jid, nickname)?;
    let jid = jid.clone();
    if let Some(conversation) = cx.txn.find_conversation(account, &jid)? {
        cx.emit(Event::Conversations(vec![conversation]));
    }
    cx.emit(Event::Profile { account, jid });
    Ok(())
}

fn keep_own(cx: &mut Cx<'_, '_>, nickname: &str) -> Result<(), StoreError> {
    let mut account = cx.txn.account(cx.account.id)?;
    if account.nickname != nickname {
        account.nickname = nickname.to_owned();
        cx.txn.update_account(&account)?;
        cx.emit(Event::Accounts);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
