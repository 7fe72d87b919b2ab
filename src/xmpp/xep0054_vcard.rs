//! XEP-0054: profiles. Somebody's is fetched only when the person looks at it; ours is changed without losing what
//! other programs wrote.

mod card;

use std::collections::BTreeMap;

use minidom::Element;
use xmpp_parsers::{jid::Jid, ns};

use super::{Cx, Extension, Handled, QueryId, Reply, xep0060_pubsub::Progress};
use crate::{
    command::{AccountCommand, Command, ContactCommand},
    event::Event,
    model::{BareJid, Failure, FailureKind, Profile, RequestId},
    store::StoreError,
};

pub(super) use card::photo;

/// Its name as owner of queries.
const XEP: &str = "XEP-0054";

/// Fetches profiles and publishes ours.
#[derive(Debug, Default)]
pub struct Profiles {
    open: BTreeMap<QueryId, (RequestId, BareJid)>,
    cards: CardWriter<(RequestId, Profile)>,
}

impl Extension for Profiles {
    fn xep(&self) -> &'static str {
        XEP
    }

    fn command(
        &mut self,
        cx: &mut Cx<'_, '_>,
        command: &Command,
        request: RequestId,
    ) -> Result<Handled, StoreError> {
        if let Command::Contact(ContactCommand::FetchProfile { account, jid }) = command
            && *account == cx.account.id
        {
            if cx.is_online_for(request) {
                let to = (*jid != cx.account.jid).then(|| Jid::from(jid.clone()));
                let query = cx.get(XEP, to, empty_card());
                self.open.insert(query, (request, jid.clone()));
            }
            return Ok(Handled::Yes);
        }
        if let Command::Account(AccountCommand::SetProfile { account, profile }) = command
            && *account == cx.account.id
        {
            if cx.is_online_for(request) {
                let profile = card::bounded(profile);
                let change = CardChange::Profile(profile.clone());
                self.cards.change(cx, XEP, change, (request, profile));
            }
            return Ok(Handled::Yes);
        }
        Ok(Handled::No)
    }

    fn reply(
        &mut self,
        cx: &mut Cx<'_, '_>,
        query: QueryId,
        reply: Reply,
    ) -> Result<(), StoreError> {
        if let Some((request, jid)) = self.open.remove(&query) {
            let profile = match reply.into_result() {
                Ok(Some(card)) if is_card(&card) => Ok(card::profile(&card)),
                Ok(_) => Ok(Profile::default()), // An empty answer says that there is nothing.
                Err(failure) => Err(failure),
            };
            return finish(cx, request, &jid, profile);
        }
        if let Progress::Done((request, profile), outcome) = self.cards.reply(cx, XEP, query, reply)
        {
            let own = cx.account.jid.clone();
            return finish(cx, request, &own, outcome.map(|()| profile));
        }
        Ok(())
    }
}

fn finish(
    cx: &mut Cx<'_, '_>,
    request: RequestId,
    jid: &BareJid,
    profile: Result<Profile, Failure>,
) -> Result<(), StoreError> {
    let outcome = match profile {
        Ok(profile) => {
            let (account, jid) = (cx.account.id, jid.clone());
            cx.txn.set_profile(account, &jid, &profile)?;
            cx.emit(Event::Profile { account, jid });
            Ok(())
        }
        Err(failure) => Err(failure),
    };
    cx.finish(request, outcome);
    Ok(())
}

/// A question for a vCard.
pub(super) fn empty_card() -> Element {
    Element::bare("vCard", ns::VCARD)
}

/// Whether an answer is a vCard.
pub(super) fn is_card(answer: &Element) -> bool {
    answer.is("vCard", ns::VCARD)
}

/// Whether an error only says that there is no vCard yet (section 3.3; older servers say `item-not-found`).
pub(super) fn is_absence(failure: &Failure) -> bool {
    failure.kind == FailureKind::Unsupported
        || failure.kind == FailureKind::Refused("item-not-found".to_owned())
}

/// A change of our own vCard.
#[derive(Clone, Debug)]
pub(super) enum CardChange {
    /// The fields that we know.
    Profile(Profile),
    /// The picture as PNG, none to remove it (XEP-0153).
    Photo(Option<Vec<u8>>),
}

/// Changes of our own vCard under way: a vCard can only be written as a whole (section 3.2), so it is read, changed and
/// written; everything that is not changed stays as it is.
#[derive(Debug)]
pub(super) struct CardWriter<T> {
    open: BTreeMap<QueryId, Writing<T>>,
}

#[derive(Debug)]
enum Writing<T> {
    Reading {
        change: CardChange,
        tag: T,
        /// How often we had written when we asked.
        writes: u64,
    },
    Writing(T),
}

impl<T> Default for CardWriter<T> {
    fn default() -> Self {
        Self {
            open: BTreeMap::new(),
        }
    }
}

impl<T> CardWriter<T> {
    /// Starts a change. `owner` must bring the answers to [`Self::reply`].
    pub(super) fn change(
        &mut self,
        cx: &mut Cx<'_, '_>,
        owner: &'static str,
        change: CardChange,
        tag: T,
    ) {
        let query = cx.get(owner, None, empty_card());
        let writes = cx.link.card_writes;
        let reading = Writing::Reading {
            change,
            tag,
            writes,
        };
        self.open.insert(query, reading);
    }

    /// Goes on with an answer.
    pub(super) fn reply(
        &mut self,
        cx: &mut Cx<'_, '_>,
        owner: &'static str,
        query: QueryId,
        reply: Reply,
    ) -> Progress<T> {
        let (change, tag, writes) = match self.open.remove(&query) {
            None => return Progress::Unrelated(reply),
            Some(Writing::Writing(tag)) => {
                return Progress::Done(tag, reply.into_result().map(|_| ()));
            }
            Some(Writing::Reading {
                change,
                tag,
                writes,
            }) => (change, tag, writes),
        };
        let mut card = match reply.into_result() {
            Ok(Some(card)) if is_card(&card) => card,
            Ok(_) => empty_card(),
            Err(failure) if is_absence(&failure) => empty_card(),
            Err(failure) => return Progress::Done(tag, Err(failure)),
        };
        if cx.link.card_writes != writes {
            // Another change of ours went out meanwhile: what was read is old.
            self.change(cx, owner, change, tag);
            return Progress::Underway;
        }
        card::apply(&mut card, &change);
        cx.link.card_writes += 1;
        let query = cx.set(owner, None, card);
        self.open.insert(query, Writing::Writing(tag));
        Progress::Underway
    }
}

#[cfg(test)]
mod tests;
