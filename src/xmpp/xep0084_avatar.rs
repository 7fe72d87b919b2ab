//! XEP-0084: pictures of people, published by their accounts.
//! Only contacts' pictures are fetched, only from their own account, and only what has the announced hash is shown.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use minidom::Element;
use rxml::xml_ncname;
use xmpp_parsers::{
    avatar::{Data, Info, Metadata},
    hashes::Sha1HexAttribute,
    jid::Jid,
    message::Message,
    ns,
};

use super::{
    Cx, Extension, Handled, QueryId, Reply,
    fetches::Fetches,
    picture,
    xep0054_vcard::{CardChange, CardWriter},
    xep0060_pubsub::{self, Access, Progress, Publication, Publisher},
    xep0398_conversion,
};
use crate::{
    command::{AccountCommand, Command},
    event::Event,
    model::{Avatar, BareJid, Failure, FailureKind, RequestId},
    store::StoreError,
};

/// Its name as owner of queries.
const XEP: &str = "XEP-0084";
/// Versions of a picture that are read of one announcement.
const MAX_INFOS: usize = 16;

/// Learns contacts' pictures and publishes ours.
#[derive(Debug, Default)]
pub struct Avatars {
    fetches: Fetches<(BareJid, String)>,
    publisher: Publisher<Upload>,
    cards: CardWriter<Upload>,
}

/// A change of our own picture on its way: data, metadata, and where the server does not convert, the vCard.
#[derive(Debug)]
struct Upload {
    request: RequestId,
    /// The new picture, none to remove it.
    avatar: Option<Avatar>,
    step: Step,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Step {
    Data,
    Metadata,
    Card,
}

impl Extension for Avatars {
    fn xep(&self) -> &'static str {
        XEP
    }

    fn features(&self) -> &'static [&'static str] {
        &["urn:xmpp:avatar:metadata+notify"]
    }

    fn offline(&mut self, _cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        self.fetches.clear();
        Ok(())
    }

    fn command(
        &mut self,
        cx: &mut Cx<'_, '_>,
        command: &Command,
        request: RequestId,
    ) -> Result<Handled, StoreError> {
        let Command::Account(AccountCommand::SetAvatar { account, picture }) = command else {
            return Ok(Handled::No);
        };
        if *account != cx.account.id {
            return Ok(Handled::No);
        }
        if !cx.is_online_for(request) {
            return Ok(Handled::Yes);
        }
        let avatar = match picture.as_ref().map(|file| picture::published(file)) {
            None => None,
            Some(Ok(png)) => Some(Avatar {
                sha1: picture::sha1_hex(&png),
                png,
            }),
            Some(Err(picture::BadPicture)) => {
                cx.finish(request, Err(FailureKind::BadInput.into()));
                return Ok(Handled::Yes);
            }
        };
        let step = match (cx.link.pep, &avatar) {
            (false, _) => Step::Card,
            (true, Some(_)) => Step::Data,
            (true, None) => Step::Metadata,
        };
        let upload = Upload {
            request,
            avatar,
            step,
        };
        self.go(cx, upload);
        Ok(Handled::Yes)
    }

    fn message(&mut self, cx: &mut Cx<'_, '_>, message: &Message) -> Result<Handled, StoreError> {
        let Some(event) = xep0060_pubsub::event(cx, message, ns::AVATAR_METADATA) else {
            return Ok(Handled::No);
        };
        if event.from == cx.account.jid || cx.is_watched(&event.from)? {
            self.announced(cx, event.from, event.payload.as_ref())?;
        }
        Ok(Handled::Yes)
    }

    fn reply(
        &mut self,
        cx: &mut Cx<'_, '_>,
        query: QueryId,
        reply: Reply,
    ) -> Result<(), StoreError> {
        if let Some((jid, sha1)) = self.fetches.take(query) {
            if let Ok(Some(answer)) = reply.into_result()
                && let Some(avatar) = read_data(&answer, &sha1)
            {
                self.fetches.done(&(jid.clone(), sha1));
                cx.txn.set_avatar(cx.account.id, &jid, &avatar)?;
                tell(cx, &jid)?;
            }
            self.fetches.ask(cx, ask);
            return Ok(());
        }
        let (upload, outcome) = match self.publisher.reply(cx, XEP, query, reply) {
            Progress::Underway => return Ok(()),
            Progress::Done(upload, outcome) => (upload, outcome),
            Progress::Unrelated(reply) => match self.cards.reply(cx, XEP, query, reply) {
                Progress::Unrelated(_) | Progress::Underway => return Ok(()),
                Progress::Done(upload, outcome) => (upload, outcome),
            },
        };
        self.went(cx, upload, outcome)
    }
}

impl Avatars {
    /// Somebody announces a picture, or that there is none.
    fn announced(
        &mut self,
        cx: &mut Cx<'_, '_>,
        jid: BareJid,
        metadata: Option<&Element>,
    ) -> Result<(), StoreError> {
        let metadata = metadata.filter(|e| e.is("metadata", ns::AVATAR_METADATA));
        let has_some = metadata.is_some_and(|e| e.children().next().is_some());
        let Some(sha1) = metadata.and_then(best) else {
            // A picture that we cannot fetch (only by HTTP, too large) leaves what was known.
            if !has_some {
                cx.link.pep_avatars.remove(&jid);
                forget(cx, &jid)?;
            }
            return Ok(());
        };
        cx.link.pep_avatars.insert(jid.clone());
        if cx.txn.avatar_of(cx.account.id, &jid)?.as_deref() == Some(&sha1) {
            return Ok(());
        }
        if cx.txn.link_avatar(cx.account.id, &jid, &sha1)? {
            return tell(cx, &jid);
        }
        self.fetches.want((jid, sha1));
        self.fetches.ask(cx, ask);
        Ok(())
    }

    /// Does the next step of a change of our own picture.
    fn go(&mut self, cx: &mut Cx<'_, '_>, upload: Upload) {
        let avatar = upload.avatar.as_ref();
        let (node, payload) = match upload.step {
            Step::Data => {
                let data = avatar.map(|avatar| avatar.png.clone()).unwrap_or_default();
                (ns::AVATAR_DATA, Element::from(Data { data }))
            }
            Step::Metadata => {
                let infos = avatar.and_then(info).into_iter().collect();
                (ns::AVATAR_METADATA, Element::from(Metadata { infos }))
            }
            Step::Card => {
                let photo = CardChange::Photo(avatar.map(|avatar| avatar.png.clone()));
                return self.cards.change(cx, XEP, photo, upload);
            }
        };
        let item = avatar.map_or_else(|| "none".to_owned(), |avatar| avatar.sha1.clone());
        let publication = Publication {
            node: node.into(),
            item,
            payload,
            access: Access::Contacts,
        };
        self.publisher.publish(cx, XEP, publication, upload);
    }

    fn went(
        &mut self,
        cx: &mut Cx<'_, '_>,
        mut upload: Upload,
        outcome: Result<(), Failure>,
    ) -> Result<(), StoreError> {
        if outcome.is_err() {
            cx.finish(upload.request, outcome);
            return Ok(());
        }
        let next = match upload.step {
            Step::Data => Some(Step::Metadata),
            Step::Metadata if !xep0398_conversion::is_offered(cx.link) => Some(Step::Card),
            Step::Metadata | Step::Card => None,
        };
        if upload.step == Step::Card {
            cx.link.card_photo = Some(upload.avatar.as_ref().map(|avatar| avatar.sha1.clone()));
        }
        if let Some(step) = next {
            upload.step = step;
            self.go(cx, upload);
            return Ok(());
        }
        let (account, own) = (cx.account.id, cx.account.jid.clone());
        match &upload.avatar {
            Some(avatar) => cx.txn.set_avatar(account, &own, avatar)?,
            None => cx.txn.remove_avatar(account, &own)?,
        }
        tell(cx, &own)?;
        // Programs that only know vCards learn of it by presence, into which some servers put the hash.
        cx.link.presence_due |= cx.link.announced;
        cx.finish(upload.request, Ok(()));
        Ok(())
    }
}

/// Somebody has no picture any more.
pub(super) fn forget(cx: &mut Cx<'_, '_>, jid: &BareJid) -> Result<(), StoreError> {
    if cx.txn.avatar_of(cx.account.id, jid)?.is_some() {
        cx.txn.remove_avatar(cx.account.id, jid)?;
        tell(cx, jid)?;
    }
    Ok(())
}

/// Tells the window that somebody looks different.
pub(super) fn tell(cx: &mut Cx<'_, '_>, jid: &BareJid) -> Result<(), StoreError> {
    let account = cx.account.id;
    if let Some(conversation) = cx.txn.find_conversation(account, jid)? {
        cx.emit(Event::Conversations(vec![conversation]));
    }
    let jid = jid.clone();
    cx.emit(Event::Profile { account, jid });
    Ok(())
}

/// Asks whether somebody announces a picture; the answer is for [`has_picture`].
pub(super) fn metadata_request() -> Element {
    xep0060_pubsub::request(ns::AVATAR_METADATA, None)
}

/// Whether the answer to [`metadata_request`] announces any picture.
pub(super) fn has_picture(answer: &Element) -> bool {
    xep0060_pubsub::answered(answer, ns::AVATAR_METADATA)
        .is_some_and(|metadata| metadata.children().next().is_some())
}

/// The picture as kept, if these bytes have this hash and are one.
pub(super) fn checked(bytes: &[u8], sha1: &str) -> Option<Avatar> {
    if bytes.len() > picture::MAX_BYTES || picture::sha1_hex(bytes) != sha1 {
        return None;
    }
    let (sha1, png) = (sha1.to_owned(), picture::kept(bytes).ok()?);
    Some(Avatar { sha1, png })
}

/// Bytes in base64 as found in XML, with any blanks in between; `None` when too long.
pub(super) fn read_base64(text: &str) -> Option<Vec<u8>> {
    if text.len() > picture::MAX_BYTES * 2 {
        return None;
    }
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    BASE64.decode(text).ok()
}

fn ask(cx: &mut Cx<'_, '_>, (jid, sha1): &(BareJid, String)) -> QueryId {
    let request = xep0060_pubsub::request(ns::AVATAR_DATA, Some(sha1));
    cx.get(XEP, Some(Jid::from(jid.clone())), request)
}

fn read_data(answer: &Element, sha1: &str) -> Option<Avatar> {
    let data = xep0060_pubsub::answered(answer, ns::AVATAR_DATA)?;
    if !data.is("data", ns::AVATAR_DATA) {
        return None;
    }
    checked(&read_base64(&data.text())?, sha1)
}

/// The hash of the version that can be fetched from the account: no other address is ever asked, since that would
/// tell a third party who looks at whom. PNG first (section 4.2.1).
fn best(metadata: &Element) -> Option<String> {
    let mut usable: Vec<(bool, String)> = metadata
        .children()
        .filter(|child| child.is("info", ns::AVATAR_METADATA))
        .take(MAX_INFOS)
        .filter(|info| info.attr(xml_ncname!("url")).is_none())
        .filter(|info| {
            let bytes = info.attr(xml_ncname!("bytes")).and_then(|b| b.parse().ok());
            bytes.is_none_or(|bytes: usize| bytes <= picture::MAX_BYTES)
        })
        .filter_map(|info| {
            let is_png = info.attr(xml_ncname!("type")) == Some("image/png");
            Some((!is_png, picture::parse_sha1(info.attr(xml_ncname!("id"))?)?))
        })
        .collect();
    usable.sort_by_key(|(rank, _)| *rank);
    usable.into_iter().next().map(|(_, sha1)| sha1)
}

/// What we announce of a picture of ours.
fn info(avatar: &Avatar) -> Option<Info> {
    let picture = image::load_from_memory(&avatar.png).ok()?;
    Some(Info {
        bytes: u32::try_from(avatar.png.len()).ok()?,
        width: u16::try_from(picture.width()).ok(),
        height: u16::try_from(picture.height()).ok(),
        id: avatar.sha1.parse::<Sha1HexAttribute>().ok()?,
        type_: "image/png".to_owned(),
        url: None,
    })
}

#[cfg(test)]
pub(crate) mod tests;
