//! RFC 6121, section 2: the contact list, as the server keeps it.
//! Knows nothing of presence, except that asking for it follows adding somebody.

use std::collections::BTreeMap;

use minidom::Element;
use rxml::xml_ncname;
use xmpp_parsers::{
    iq::Iq,
    ns,
    roster::{Group, Item, Roster},
    stanza_error::{DefinedCondition, ErrorType},
};

use super::{Cx, Extension, Handled, QueryId, Reply, rfc6121_presence, text};
use crate::{
    command::{Command, ContactCommand},
    event::Event,
    model::{Ask, BareJid, RequestId, RosterItem, Subscription},
    store::StoreError,
};

/// Items of a roster that are read: many times the largest known; more is an attack.
const MAX_ITEMS: usize = 50_000;
/// Groups of one contact that are read.
const MAX_GROUPS: usize = 64;
/// Longest version of a roster that is kept, in bytes: servers use hashes or numbers.
const MAX_VERSION: usize = 1024;
/// Contacts named in one event; when more have changed, the window reads all of them.
const MAX_NAMED: usize = 200;

/// Fetches the roster, follows the server's pushes and sends the person's changes.
#[derive(Debug, Default)]
pub struct ContactList {
    open: BTreeMap<QueryId, Asked>,
}

#[derive(Debug)]
enum Asked {
    Roster,
    Change {
        request: RequestId,
        /// Whom to ask for the presence then, with which words.
        then_subscribe: Option<(BareJid, String)>,
    },
}

/// One item as it is on the wire.
#[derive(Debug, Eq, PartialEq)]
enum Change {
    Put(RosterItem),
    Remove(BareJid),
}

impl Extension for ContactList {
    fn xep(&self) -> &'static str {
        "XEP-0237"
    }

    fn online(&mut self, cx: &mut Cx<'_, '_>, resumed: bool) -> Result<(), StoreError> {
        if resumed {
            return Ok(());
        }
        let ver = if cx.link.roster_versions {
            Some(cx.txn.roster_version(cx.account.id)?)
        } else {
            None
        };
        let items = vec![];
        let query = cx.get(self.xep(), None, Roster { ver, items });
        self.open.insert(query, Asked::Roster);
        Ok(())
    }

    fn command(
        &mut self,
        cx: &mut Cx<'_, '_>,
        command: &Command,
        request: RequestId,
    ) -> Result<Handled, StoreError> {
        let Command::Contact(command) = command else {
            return Ok(Handled::No);
        };
        let (account, item, then_subscribe) = match command {
            ContactCommand::Add {
                account,
                jid,
                name,
                groups,
                message,
            } => {
                let then = Some((jid.clone(), message.clone()));
                (account, item(jid, name, groups), then)
            }
            ContactCommand::Edit {
                account,
                jid,
                name,
                groups,
            } => (account, item(jid, name, groups), None),
            ContactCommand::Remove { account, jid } => {
                let mut item = item(jid, "", &[]);
                item.subscription = xmpp_parsers::roster::Subscription::Remove;
                (account, item, None)
            }
            ContactCommand::Approve { .. }
            | ContactCommand::Deny { .. }
            | ContactCommand::AskAgain { .. }
            | ContactCommand::Block { .. }
            | ContactCommand::Unblock { .. }
            | ContactCommand::FetchProfile { .. } => return Ok(Handled::No),
        };
        if *account != cx.account.id {
            return Ok(Handled::No);
        }
        if !cx.is_online_for(request) {
            return Ok(Handled::Yes);
        }
        let roster = Roster {
            ver: None,
            items: vec![item],
        };
        let query = cx.set(self.xep(), None, roster);
        let asked = Asked::Change {
            request,
            then_subscribe,
        };
        self.open.insert(query, asked);
        Ok(Handled::Yes)
    }

    fn iq(&mut self, cx: &mut Cx<'_, '_>, iq: &Iq) -> Result<Handled, StoreError> {
        let Iq::Set { payload, .. } = iq else {
            return Ok(Handled::No);
        };
        // Anybody else's push is not a push (RFC 6121, section 2.1.6): it is refused like any unknown request.
        if !payload.is("query", ns::ROSTER) || !cx.is_from_own_account(iq.from()) {
            return Ok(Handled::No);
        }
        let changes = changes(payload);
        let [change] = changes.as_slice() else {
            cx.refuse(iq, ErrorType::Modify, DefinedCondition::BadRequest);
            return Ok(Handled::Yes);
        };
        apply(cx, change)?;
        if let Some(version) = version(payload) {
            cx.txn.set_roster_version(cx.account.id, version)?;
        }
        cx.answer(iq, None);
        Ok(Handled::Yes)
    }

    fn reply(
        &mut self,
        cx: &mut Cx<'_, '_>,
        query: QueryId,
        reply: Reply,
    ) -> Result<(), StoreError> {
        match self.open.remove(&query) {
            Some(Asked::Roster) => {
                match reply.into_result() {
                    Ok(Some(roster)) if roster.is("query", ns::ROSTER) => replace(cx, &roster)?,
                    // Nothing has changed since the version we know (RFC 6121, section 2.6.3).
                    Ok(_) => {}
                    Err(failure) => tracing::warn!(kind = ?failure.kind, "no roster"),
                }
                // The initial presence follows the roster (RFC 6121, section 2.2), whatever came of it.
                cx.link.presence_due |= !cx.link.announced;
            }
            Some(Asked::Change {
                request,
                then_subscribe,
            }) => {
                let outcome = reply.into_result().map(|_| ());
                if let (Ok(()), Some((jid, words))) = (&outcome, &then_subscribe) {
                    rfc6121_presence::allow_in_return(cx, jid)?;
                    if !cx.subscription(jid)?.we_see_them() {
                        rfc6121_presence::subscribe(cx, jid, words)?;
                    }
                }
                cx.finish(request, outcome);
            }
            None => {}
        }
        Ok(())
    }
}

/// An item as we send it: only what a person may change.
fn item(jid: &BareJid, name: &str, groups: &[String]) -> Item {
    let name = text::bounded(name, text::MAX_NAME);
    Item {
        jid: jid.clone(),
        name: (!name.is_empty()).then_some(name),
        subscription: xmpp_parsers::roster::Subscription::None,
        ask: xmpp_parsers::roster::Ask::None,
        groups: bounded_groups(groups.iter().cloned())
            .into_iter()
            .map(Group)
            .collect(),
        approved: None,
    }
}

fn replace(cx: &mut Cx<'_, '_>, roster: &Element) -> Result<(), StoreError> {
    let items: Vec<RosterItem> = changes(roster)
        .into_iter()
        .filter_map(|change| match change {
            Change::Put(item) => Some((item.jid.clone(), item)),
            Change::Remove(_) => None,
        })
        .collect::<BTreeMap<_, _>>()
        .into_values()
        .collect();
    let changed = cx.txn.replace_roster(cx.account.id, &items)?;
    cx.txn
        .set_roster_version(cx.account.id, version(roster).unwrap_or_default())?;
    tell(cx, changed)
}

fn apply(cx: &mut Cx<'_, '_>, change: &Change) -> Result<(), StoreError> {
    let account = cx.account.id;
    let (jid, subscription) = match change {
        Change::Put(item) => {
            cx.txn.put_roster_item(account, item)?;
            (&item.jid, item.subscription)
        }
        Change::Remove(jid) => {
            cx.txn.remove_roster_item(account, jid)?;
            (jid, Subscription::None)
        }
    };
    if !subscription.we_see_them() && cx.live.presence(account, jid) != Default::default() {
        cx.live.set_presence(account, jid, None);
        let changed = vec![jid.clone()];
        cx.emit(Event::Presence { account, changed });
    }
    if subscription.they_see_us() && cx.txn.remove_subscription_request(account, jid)? {
        // Another device of ours has answered.
        cx.emit(Event::Requests);
    }
    tell(cx, vec![jid.clone()])
}

/// Tells the window which contacts changed, and which chats may have another name now.
fn tell(cx: &mut Cx<'_, '_>, mut changed: Vec<BareJid>) -> Result<(), StoreError> {
    if changed.is_empty() {
        return Ok(());
    }
    let mut conversations = vec![];
    if changed.len() > MAX_NAMED {
        changed.clear();
    }
    for jid in &changed {
        conversations.extend(cx.txn.find_conversation(cx.account.id, jid)?);
    }
    if changed.is_empty() || !conversations.is_empty() {
        cx.emit(Event::Conversations(conversations));
        cx.emit(Event::Requests); // A stranger may have become a contact.
    }
    let account = cx.account.id;
    cx.emit(Event::Roster { account, changed });
    Ok(())
}

/// All items that can be read; one that cannot is left out and spoils nothing else.
fn changes(roster: &Element) -> Vec<Change> {
    roster
        .children()
        .filter(|child| child.is("item", ns::ROSTER))
        .take(MAX_ITEMS)
        .filter_map(change)
        .collect()
}

fn change(item: &Element) -> Option<Change> {
    let jid = BareJid::new(item.attr(xml_ncname!("jid"))?).ok()?;
    let subscription = match item.attr(xml_ncname!("subscription")) {
        Some("remove") => return Some(Change::Remove(jid)),
        Some("to") => Subscription::To,
        Some("from") => Subscription::From,
        Some("both") => Subscription::Both,
        Some(_) | None => Subscription::None,
    };
    let groups = item
        .children()
        .filter(|child| child.is("group", ns::ROSTER));
    Some(Change::Put(RosterItem {
        jid,
        name: text::bounded(item.attr(xml_ncname!("name")).unwrap_or(""), text::MAX_NAME),
        groups: bounded_groups(groups.map(Element::text)),
        subscription,
        ask: match item.attr(xml_ncname!("ask")) {
            Some("subscribe") => Ask::Subscribe,
            Some(_) | None => Ask::None,
        },
    }))
}

/// Clean names without duplicates or empty ones, in order.
fn bounded_groups(groups: impl Iterator<Item = String>) -> Vec<String> {
    let mut known = vec![];
    for group in groups.take(MAX_GROUPS) {
        let group = text::bounded(&group, text::MAX_NAME);
        if !group.is_empty() && !known.contains(&group) {
            known.push(group);
        }
    }
    known
}

fn version(roster: &Element) -> Option<&str> {
    roster
        .attr(xml_ncname!("ver"))
        .filter(|version| version.len() <= MAX_VERSION)
}

#[cfg(test)]
mod tests;
