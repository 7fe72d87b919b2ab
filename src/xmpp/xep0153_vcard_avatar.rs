//! XEP-0153: pictures inside vCards, announced by hashes in presence: for contacts whose program or server knows
//! nothing newer, and for theirs to see ours.

use std::collections::BTreeMap;

use minidom::Element;
use xmpp_parsers::{
    jid::Jid,
    ns,
    presence::{Presence, Type},
};

use super::{
    Cx, Extension, Handled, QueryId, Reply, fetches::Fetches, picture, xep0054_vcard as vcard,
    xep0084_avatar as avatar, xep0398_conversion,
};
use crate::{model::BareJid, store::StoreError};

/// Its name as owner of queries.
const XEP: &str = "XEP-0153";

/// Learns pictures of contacts from their presence, and announces ours.
#[derive(Debug, Default)]
pub struct VcardAvatars {
    fetches: Fetches<(BareJid, String)>,
    asked: BTreeMap<QueryId, Asked>,
}

#[derive(Debug)]
enum Asked {
    /// Our own vCard, to know what we may announce (section 3.1).
    OwnCard,
    /// Whether a contact who announces no picture really has none.
    Metadata(BareJid),
}

/// What the update element of a presence says.
#[derive(Debug, Eq, PartialEq)]
enum Update {
    /// There is no such element: the program does not know of it.
    Unknown,
    /// The program does not know the picture yet.
    NotReady,
    /// There is no picture.
    NoPicture,
    /// The picture has this hash.
    Picture(String),
}

impl Extension for VcardAvatars {
    fn xep(&self) -> &'static str {
        XEP
    }

    fn discovered(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        if !xep0398_conversion::is_offered(cx.link) {
            self.read_own_card(cx);
        }
        Ok(())
    }

    fn offline(&mut self, _cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        self.fetches.clear();
        Ok(())
    }

    fn decorate_presence(&self, cx: &Cx<'_, '_>, outgoing: &mut Presence) {
        let photo = |hash: &str| {
            Element::builder("photo", ns::VCARD_UPDATE)
                .append(hash)
                .build()
        };
        let update = Element::builder("x", ns::VCARD_UPDATE);
        // An empty element says "not ready"; a server that converts puts the hash in (XEP-0398, section 4).
        let update = match &cx.link.card_photo {
            _ if xep0398_conversion::is_offered(cx.link) => update,
            None => update,
            Some(None) => update.append(Element::bare("photo", ns::VCARD_UPDATE)),
            Some(Some(hash)) => update.append(photo(hash)),
        };
        outgoing.payloads.push(update.build());
    }

    fn presence(
        &mut self,
        cx: &mut Cx<'_, '_>,
        presence: &Presence,
    ) -> Result<Handled, StoreError> {
        let (Some(from), Type::None) = (&presence.from, &presence.type_) else {
            return Ok(Handled::No);
        };
        let (bare, update) = (from.to_bare(), update(presence));
        if bare == cx.account.jid {
            if cx.link.jid.as_ref().is_none_or(|own| *own != *from) {
                self.other_device(cx, &update);
            }
        } else if cx.is_watched(&bare)? && !cx.link.pep_avatars.contains(&bare) {
            self.contact(cx, bare, update)?;
        }
        Ok(Handled::No)
    }

    fn reply(
        &mut self,
        cx: &mut Cx<'_, '_>,
        query: QueryId,
        reply: Reply,
    ) -> Result<(), StoreError> {
        if let Some((jid, sha1)) = self.fetches.take(query) {
            if let Ok(Some(card)) = reply.into_result()
                && let Some(bytes) = picture_of(&card)
                && let Some(found) = avatar::checked(&bytes, &sha1)
                && !cx.link.pep_avatars.contains(&jid)
            {
                self.fetches.done(&(jid.clone(), sha1));
                cx.txn.set_avatar(cx.account.id, &jid, &found)?;
                avatar::tell(cx, &jid)?;
            }
            self.fetches.ask(cx, ask);
            return Ok(());
        }
        match self.asked.remove(&query) {
            Some(Asked::OwnCard) => own_card(cx, reply),
            Some(Asked::Metadata(jid)) => no_picture(cx, &jid, &reply),
            None => Ok(()),
        }
    }
}

impl VcardAvatars {
    fn read_own_card(&mut self, cx: &mut Cx<'_, '_>) {
        let is_reading = |asked: &Asked| matches!(asked, Asked::OwnCard);
        if !self.asked.values().any(is_reading) {
            let query = cx.get(XEP, None, vcard::empty_card());
            self.asked.insert(query, Asked::OwnCard);
        }
    }

    /// What another device of ours announces decides whether we still know what our vCard holds (section 3.3).
    fn other_device(&mut self, cx: &mut Cx<'_, '_>, update: &Update) {
        if xep0398_conversion::is_offered(cx.link) {
            return;
        }
        let agrees = match (update, &cx.link.card_photo) {
            (Update::NotReady, _) | (_, None) => true,
            (Update::Unknown, Some(_)) => false,
            (Update::NoPicture, Some(known)) => known.is_none(),
            (Update::Picture(hash), Some(known)) => known.as_ref() == Some(hash),
        };
        if agrees {
            return;
        }
        cx.link.card_photo = None;
        cx.link.presence_due = cx.link.announced;
        if *update != Update::Unknown {
            self.read_own_card(cx);
        }
    }

    fn contact(
        &mut self,
        cx: &mut Cx<'_, '_>,
        jid: BareJid,
        update: Update,
    ) -> Result<(), StoreError> {
        let known = cx.txn.avatar_of(cx.account.id, &jid)?;
        match update {
            Update::Unknown | Update::NotReady => {}
            Update::NoPicture => {
                let is_asked = |asked: &Asked| matches!(asked, Asked::Metadata(of) if *of == jid);
                if known.is_some() && !self.asked.values().any(is_asked) {
                    // A program that sets no picture in the vCard may still publish one.
                    let to = Some(Jid::from(jid.clone()));
                    let query = cx.get(XEP, to, avatar::metadata_request());
                    self.asked.insert(query, Asked::Metadata(jid));
                }
            }
            Update::Picture(sha1) if known.as_ref() == Some(&sha1) => {}
            Update::Picture(sha1) => {
                if cx.txn.link_avatar(cx.account.id, &jid, &sha1)? {
                    return avatar::tell(cx, &jid);
                }
                self.fetches.want((jid, sha1));
                self.fetches.ask(cx, ask);
            }
        }
        Ok(())
    }
}

fn own_card(cx: &mut Cx<'_, '_>, reply: Reply) -> Result<(), StoreError> {
    let text = match reply.into_result() {
        Ok(Some(card)) if vcard::is_card(&card) => vcard::photo(&card),
        Ok(_) => None,
        Err(failure) if vcard::is_absence(&failure) => None,
        Err(_) => return Ok(()),
    };
    let bytes = text.as_deref().map(avatar::read_base64);
    if bytes == Some(None) {
        return Ok(()); // There is one that we cannot read, so we do not know.
    }
    let bytes = bytes.flatten();
    let sha1 = bytes.as_ref().map(|bytes| picture::sha1_hex(bytes));
    if let (Some(bytes), Some(sha1)) = (&bytes, &sha1)
        && !cx.link.pep_avatars.contains(&cx.account.jid)
        && let Some(found) = avatar::checked(bytes, sha1)
    {
        let own = cx.account.jid.clone();
        cx.txn.set_avatar(cx.account.id, &own, &found)?;
        avatar::tell(cx, &own)?;
    }
    // That there is none is worth no broadcast of its own, unless another one was announced before.
    let is_news = sha1.is_some() || cx.link.card_photo.is_some();
    let now = Some(sha1);
    if cx.link.card_photo != now {
        cx.link.card_photo = now;
        cx.link.presence_due |= is_news && cx.link.announced;
    }
    Ok(())
}

fn no_picture(cx: &mut Cx<'_, '_>, jid: &BareJid, reply: &Reply) -> Result<(), StoreError> {
    let has_none = match reply {
        Reply::Result(answer) => !answer.as_ref().is_some_and(avatar::has_picture),
        Reply::Error(_) => true,
        Reply::Lost => false,
    };
    if has_none && !cx.link.pep_avatars.contains(jid) {
        avatar::forget(cx, jid)?;
    }
    Ok(())
}

fn ask(cx: &mut Cx<'_, '_>, (jid, _): &(BareJid, String)) -> QueryId {
    cx.get(XEP, Some(Jid::from(jid.clone())), vcard::empty_card())
}

fn picture_of(card: &Element) -> Option<Vec<u8>> {
    if !vcard::is_card(card) {
        return None;
    }
    avatar::read_base64(&vcard::photo(card)?)
}

fn update(presence: &Presence) -> Update {
    let mut all = presence
        .payloads
        .iter()
        .filter(|payload| payload.is("x", ns::VCARD_UPDATE));
    let (Some(x), None) = (all.next(), all.next()) else {
        return Update::Unknown;
    };
    let Some(photo) = x.get_child("photo", ns::VCARD_UPDATE) else {
        return Update::NotReady;
    };
    let text = photo.text();
    match picture::parse_sha1(&text) {
        Some(hash) => Update::Picture(hash),
        None if text.trim().is_empty() => Update::NoPicture,
        None => Update::NotReady,
    }
}

#[cfg(test)]
mod tests;
