//! XEP-0115: what the programs of contacts can do, learnt once for each kind of program.
//! Only what a hash proves is believed and kept (section 5.4).

mod verify;

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use minidom::Element;
use rxml::xml_ncname;
use sha1::{Digest, Sha1};
use xmpp_parsers::{
    disco::DiscoInfoQuery,
    jid::FullJid,
    ns,
    presence::{Presence, Type},
};

use super::{Cx, Extension, Handled, QueryId, Reply, xep0030_disco::Info};
use crate::{event::Event, store::StoreError};

/// Where people find out about the program (XEP-0115, section 4).
const NODE: &str = "https://tessera.im";
/// Questions open at the same time: enough to be done soon, not a flood at login.
const MAX_OPEN: usize = 4;
/// Hashes that wait to be asked for in one session; more are made up.
const MAX_WAITING: usize = 1000;
/// Contacts remembered as showing a hash that is being asked for.
const MAX_SHOWING: usize = 4096;
/// How many contacts are asked about a hash until it is given up.
const MAX_TRIES: u32 = 3;
/// Longest value of `ver` and `node` that is looked at, in bytes.
const MAX_ATTRIBUTE: usize = 256;

/// Shows our own capabilities, and learns those of contacts.
#[derive(Debug)]
pub struct Caps {
    info: Info,
    wanted: BTreeMap<Hash, Wanted>,
    open: BTreeMap<QueryId, Hash>,
    given_up: BTreeSet<Hash>,
}

/// A hash as on the wire, of an algorithm that we know.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Hash {
    algorithm: String,
    ver: String,
}

/// Who shows a hash that is not known yet; the first is asked.
#[derive(Debug, Default)]
struct Wanted {
    showing: Vec<(FullJid, String)>,
    asked: bool,
    tries: u32,
}

impl Caps {
    /// One that shows this.
    pub fn new(info: &Info) -> Self {
        Self {
            info: info.clone(),
            wanted: BTreeMap::new(),
            open: BTreeMap::new(),
            given_up: BTreeSet::new(),
        }
    }
}

impl Extension for Caps {
    fn xep(&self) -> &'static str {
        "XEP-0115"
    }

    fn offline(&mut self, _cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        self.wanted.clear();
        self.open.clear();
        self.given_up.clear();
        Ok(())
    }

    fn decorate_presence(&self, cx: &Cx<'_, '_>, outgoing: &mut Presence) {
        let own_ver = own_ver(&self.info.with(cx.settings));
        let caps = Element::builder("c", ns::CAPS)
            .attr(xml_ncname!("hash").to_owned(), "sha-1")
            .attr(xml_ncname!("node").to_owned(), NODE)
            .attr(xml_ncname!("ver").to_owned(), own_ver.as_str());
        outgoing.payloads.push(caps.build());
    }

    fn presence(
        &mut self,
        cx: &mut Cx<'_, '_>,
        presence: &Presence,
    ) -> Result<Handled, StoreError> {
        let Some(from) = presence
            .from
            .as_ref()
            .and_then(|from| from.try_as_full().ok())
        else {
            return Ok(Handled::No);
        };
        let Some((hash, node)) = shown(presence) else {
            return Ok(Handled::No);
        };
        if cx.link.jid.as_ref() == Some(from)
            || !(cx.is_own(from) || cx.is_watched(&from.to_bare())?)
        {
            return Ok(Handled::No);
        }
        match cx.txn.caps(&hash.algorithm, &hash.ver)? {
            Some(known) => name_client(cx, from, &known.client),
            None => self.want(cx, hash, from, node),
        }
        Ok(Handled::No)
    }

    fn reply(
        &mut self,
        cx: &mut Cx<'_, '_>,
        query: QueryId,
        reply: Reply,
    ) -> Result<(), StoreError> {
        let Some(hash) = self.open.remove(&query) else {
            return Ok(());
        };
        let proved = match reply.into_result() {
            Ok(Some(info)) => verify::proved(&info, &hash.algorithm, &hash.ver),
            Ok(None) | Err(_) => None,
        };
        match proved {
            Some(entry) => {
                cx.txn.set_caps(&hash.algorithm, &hash.ver, &entry)?;
                let wanted = self.wanted.remove(&hash).unwrap_or_default();
                for (jid, _) in wanted.showing {
                    name_client(cx, &jid, &entry.client);
                }
            }
            None => self.failed(hash),
        }
        self.ask(cx);
        Ok(())
    }
}

impl Caps {
    fn want(&mut self, cx: &mut Cx<'_, '_>, hash: Hash, from: &FullJid, node: String) {
        let is_new = !self.wanted.contains_key(&hash);
        if self.given_up.contains(&hash) || (is_new && self.wanted.len() >= MAX_WAITING) {
            return;
        }
        let wanted = self.wanted.entry(hash).or_default();
        if wanted.showing.len() < MAX_SHOWING && wanted.showing.iter().all(|(jid, _)| jid != from) {
            wanted.showing.push((from.clone(), node));
        }
        self.ask(cx);
    }

    /// Asks the next ones (section 6.2), each hash once at a time.
    fn ask(&mut self, cx: &mut Cx<'_, '_>) {
        if cx.link.jid.is_none() {
            return;
        }
        for (hash, wanted) in &mut self.wanted {
            if self.open.len() >= MAX_OPEN {
                return;
            }
            let (false, Some((jid, node))) = (wanted.asked, wanted.showing.first()) else {
                continue;
            };
            let node = Some(format!("{node}#{}", hash.ver));
            let query = cx.get(
                "XEP-0115",
                Some(jid.clone().into()),
                DiscoInfoQuery { node },
            );
            wanted.asked = true;
            wanted.tries += 1;
            self.open.insert(query, hash.clone());
        }
    }

    /// An answer proved nothing: somebody else who shows the hash may be honest (section 5.4).
    fn failed(&mut self, hash: Hash) {
        let Some(wanted) = self.wanted.get_mut(&hash) else {
            return;
        };
        wanted.asked = false;
        wanted.showing.remove(0);
        if wanted.showing.is_empty() || wanted.tries >= MAX_TRIES {
            self.wanted.remove(&hash);
            if self.given_up.len() < MAX_WAITING {
                self.given_up.insert(hash);
            }
        }
    }
}

/// The node under which we answer questions about our hash.
pub fn own_node(info: &Info) -> String {
    format!("{NODE}#{}", own_ver(info))
}

fn own_ver(info: &Info) -> String {
    let text = verify::text(&info.result(None).into()).unwrap_or_default();
    BASE64.encode(Sha1::digest(text))
}

/// Hash and node that a presence shows, when they can be checked.
fn shown(presence: &Presence) -> Option<(Hash, String)> {
    if presence.type_ != Type::None {
        return None;
    }
    let mut all = presence.payloads.iter().filter(|p| p.is("c", ns::CAPS));
    let (caps, None) = (all.next()?, all.next()) else {
        return None;
    };
    let attribute = |name| {
        caps.attr(name)
            .filter(|value: &&str| value.len() <= MAX_ATTRIBUTE)
            .map(str::to_owned)
    };
    let algorithm = attribute(xml_ncname!("hash"))?;
    let ver = attribute(xml_ncname!("ver"))?;
    let node = attribute(xml_ncname!("node"))?;
    verify::is_known(&algorithm).then_some((Hash { algorithm, ver }, node))
}

/// Notes the name of the program in the presence of one resource.
fn name_client(cx: &mut Cx<'_, '_>, jid: &FullJid, client: &str) {
    let (account, bare) = (cx.account.id, jid.to_bare());
    let mut presence = cx.live.presence(account, &bare);
    let client = (!client.is_empty()).then(|| client.to_owned());
    let resource = jid.resource().as_str();
    let seen = presence
        .resources
        .iter_mut()
        .find(|seen| seen.resource == resource && seen.client != client);
    if let Some(seen) = seen {
        seen.client = client;
        cx.live.set_presence(account, &bare, Some(presence));
        let changed = vec![bare];
        cx.emit(Event::Presence { account, changed });
    }
}

#[cfg(test)]
mod tests;
