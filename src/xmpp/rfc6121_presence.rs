//! RFC 6121, sections 3 and 4: who is there, what we show, and who asks to see it.
//! Knows nothing of names and groups; see the roster.

use std::cmp::Reverse;

use minidom::Element;
use xmpp_parsers::{
    jid::Jid,
    nick::Nick,
    ns,
    presence::{self, Type},
};

use super::{Cx, Effect, Extension, Handled, text};
use crate::{
    command::{AccountCommand, Command, ContactCommand},
    event::Event,
    model::{Ask, BareJid, FailureKind, OwnPresence, Presence, RequestId, ResourcePresence, Show},
    store::StoreError,
};

/// Resources kept of one contact: far more devices than a person has.
const MAX_RESOURCES: usize = 32;

/// Keeps the table of who is there, and the inbox of those who want to see us.
#[derive(Debug, Default)]
pub struct PresenceTable {
    /// Whether our presence changed since the last connection: it may have been lost then.
    changed: bool,
}

impl Extension for PresenceTable {
    fn xep(&self) -> &'static str {
        "RFC 6121"
    }

    fn online(&mut self, cx: &mut Cx<'_, '_>, resumed: bool) -> Result<(), StoreError> {
        // A new session starts with the roster, which asks for the initial presence (RFC 6121, section 2.2).
        if resumed && self.changed {
            cx.link.presence_due = true;
        }
        self.changed = false;
        Ok(())
    }

    fn offline(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        cx.live.clear_presence(cx.account.id);
        tell(cx, vec![]);
        Ok(())
    }

    fn command(
        &mut self,
        cx: &mut Cx<'_, '_>,
        command: &Command,
        request: RequestId,
    ) -> Result<Handled, StoreError> {
        if let Command::Contact(command) = command {
            return decide(cx, command, request);
        }
        let Command::Account(AccountCommand::SetPresence { account, presence }) = command else {
            return Ok(Handled::No);
        };
        if account.is_some_and(|account| account != cx.account.id) {
            return Ok(Handled::No);
        }
        self.changed = true;
        set_presence(cx, presence)?;
        if account.is_some() {
            cx.finish(request, Ok(()));
        }
        Ok(Handled::Yes)
    }

    fn presence(
        &mut self,
        cx: &mut Cx<'_, '_>,
        presence: &presence::Presence,
    ) -> Result<Handled, StoreError> {
        let Some(from) = &presence.from else {
            return Ok(Handled::Yes);
        };
        let bare = from.to_bare();
        match presence.type_ {
            Type::None | Type::Unavailable | Type::Error => {
                if !cx.is_own(from) && !cx.is_watched(&bare)? {
                    return Ok(Handled::Yes); // Strangers cannot show us anything.
                }
                seen(cx, from, presence);
                Ok(match presence.type_ {
                    Type::None => Handled::No, // Others read capabilities and avatars from it.
                    Type::Unavailable
                    | Type::Error
                    | Type::Probe
                    | Type::Subscribe
                    | Type::Subscribed
                    | Type::Unsubscribe
                    | Type::Unsubscribed => Handled::Yes,
                })
            }
            Type::Subscribe => {
                asked(cx, &bare, presence)?;
                Ok(Handled::Yes)
            }
            Type::Unsubscribe => {
                forget_request(cx, &bare)?;
                Ok(Handled::Yes)
            }
            Type::Unsubscribed => {
                // The roster push tells the rest; what they showed is no longer true.
                if cx.subscription(&bare)?.we_see_them() {
                    cx.live.set_presence(cx.account.id, &bare, None);
                    tell(cx, vec![bare]);
                }
                Ok(Handled::Yes)
            }
            // `subscribed` changes nothing by itself: only the server's roster says who sees whom.
            Type::Subscribed | Type::Probe => Ok(Handled::Yes),
        }
    }
}

/// Our own presence as it is sent to everybody who may see it, before extensions add to it.
pub fn broadcast(own: &OwnPresence) -> presence::Presence {
    let mut presence = presence::Presence::available();
    presence.show = match own.show {
        Show::Chat => Some(presence::Show::Chat),
        Show::Away => Some(presence::Show::Away),
        Show::ExtendedAway => Some(presence::Show::Xa),
        Show::DoNotDisturb => Some(presence::Show::Dnd),
        Show::Online | Show::Offline => None,
    };
    let status = text::bounded(&own.status, text::MAX_LINE);
    if !status.is_empty() {
        presence.set_status("", status);
    }
    presence
}

/// Lets somebody whom the person adds see us in return: now where the server keeps permissions for later, else when
/// they ask. One step makes both see each other, as people expect of adding a contact.
///
/// # Errors
/// Only the store's.
pub fn allow_in_return(cx: &mut Cx<'_, '_>, jid: &BareJid) -> Result<(), StoreError> {
    withhold(cx, jid, false)?;
    let was_asked = forget_request(cx, jid)?;
    if !cx.subscription(jid)?.they_see_us() && (was_asked || cx.link.pre_approval) {
        allow(cx, jid)?;
    }
    Ok(())
}

/// Remembers that the person does not want somebody on the roster to see us, or that this is over.
fn withhold(cx: &mut Cx<'_, '_>, jid: &BareJid, withheld: bool) -> Result<(), StoreError> {
    cx.txn
        .set_value(&withheld_name(cx, jid), if withheld { "yes" } else { "" })
}

fn is_withheld(cx: &Cx<'_, '_>, jid: &BareJid) -> Result<bool, StoreError> {
    Ok(cx.txn.value(&withheld_name(cx, jid))?.is_some())
}

fn withheld_name(cx: &Cx<'_, '_>, jid: &BareJid) -> String {
    format!("presence_withheld.{}.{jid}", cx.account.id.0)
}

/// Whether we asked to see somebody, or do see them: they were added by the person.
fn was_added(cx: &Cx<'_, '_>, jid: &BareJid) -> Result<bool, StoreError> {
    let item = cx.txn.roster_item(cx.account.id, jid)?;
    Ok(item.is_some_and(|item| item.ask == Ask::Subscribe || item.subscription.we_see_them()))
}

/// Asks to see somebody's presence, with some words (RFC 6121, section 3.1.1) and our nickname (XEP-0172, section
/// 4.1); survives a lost connection.
///
/// # Errors
/// Only the store's.
pub fn subscribe(cx: &mut Cx<'_, '_>, jid: &BareJid, words: &str) -> Result<(), StoreError> {
    let mut presence = presence::Presence::subscribe();
    let words = text::bounded(words, text::MAX_LINE);
    if !words.is_empty() {
        presence.set_status("", words);
    }
    let nickname = text::bounded(&cx.account.nickname, text::MAX_NAME);
    if !nickname.is_empty() {
        presence.payloads.push(Nick(nickname).into());
    }
    post(cx, jid, presence)
}

/// Lets somebody see our presence, now or (pre-approval) when asked; survives a lost connection.
///
/// # Errors
/// Only the store's.
fn allow(cx: &mut Cx<'_, '_>, jid: &BareJid) -> Result<(), StoreError> {
    post(cx, jid, presence::Presence::subscribed())
}

/// Puts a directed presence into the outbox.
fn post(
    cx: &mut Cx<'_, '_>,
    jid: &BareJid,
    presence: presence::Presence,
) -> Result<(), StoreError> {
    let presence = presence.with_to(jid.clone()).with_id(cx.link.fresh_id());
    let xml = String::from(&Element::from(presence));
    cx.txn.push_outbox(cx.account.id, None, &xml)?;
    cx.effects.push(Effect::FlushOutbox);
    Ok(())
}

fn set_presence(cx: &mut Cx<'_, '_>, presence: &OwnPresence) -> Result<(), StoreError> {
    let mut account = cx.txn.account(cx.account.id)?;
    account.presence = OwnPresence {
        show: presence.show,
        status: text::bounded(&presence.status, text::MAX_LINE),
    };
    cx.txn.update_account(&account)?;
    cx.emit(Event::Accounts);
    if cx.link.announced && presence.show != Show::Offline {
        cx.link.presence_due = true;
    }
    Ok(())
}

fn decide(
    cx: &mut Cx<'_, '_>,
    command: &ContactCommand,
    request: RequestId,
) -> Result<Handled, StoreError> {
    if let ContactCommand::Approve { account, jid, add } = command
        && *account == cx.account.id
    {
        let subscription = cx.subscription(jid)?;
        if !forget_request(cx, jid)? && !subscription.they_see_us() && !cx.link.pre_approval {
            // The server would drop a permission that nobody asked for (RFC 6121, section 3.4).
            cx.finish(request, Err(FailureKind::Unsupported.into()));
            return Ok(Handled::Yes);
        }
        withhold(cx, jid, false)?;
        allow(cx, jid)?;
        if *add && !subscription.we_see_them() {
            subscribe(cx, jid, "")?;
        }
    } else if let ContactCommand::Deny { account, jid } = command
        && *account == cx.account.id
    {
        withhold(cx, jid, true)?;
        post(cx, jid, presence::Presence::new(Type::Unsubscribed))?;
        forget_request(cx, jid)?;
    } else if let ContactCommand::AskAgain { account, jid } = command
        && *account == cx.account.id
    {
        subscribe(cx, jid, "")?;
    } else {
        return Ok(Handled::No);
    }
    cx.finish(request, Ok(()));
    Ok(Handled::Yes)
}

/// Somebody wants to see our presence: into the inbox, unless there is nothing to decide.
fn asked(
    cx: &mut Cx<'_, '_>,
    bare: &BareJid,
    presence: &presence::Presence,
) -> Result<(), StoreError> {
    if *bare == cx.account.jid || cx.txn.is_blocked(cx.account.id, bare)? {
        return Ok(());
    }
    if cx.subscription(bare)?.they_see_us() {
        // Their server forgot what was granted (RFC 6121, section 3.1.3).
        return allow(cx, bare);
    }
    if was_added(cx, bare)? && !is_withheld(cx, bare)? {
        return allow(cx, bare);
    }
    let nickname = presence
        .payloads
        .iter()
        .find(|payload| payload.is("nick", ns::NICK))
        .map(|nick| text::bounded(&nick.text(), text::MAX_NAME))
        .unwrap_or_default();
    cx.txn
        .add_subscription_request(cx.account.id, bare, &nickname, &status(presence), cx.now)?;
    cx.emit(Event::Requests);
    Ok(())
}

/// Takes a request off the inbox; answers whether there was one.
fn forget_request(cx: &mut Cx<'_, '_>, bare: &BareJid) -> Result<bool, StoreError> {
    let was_there = cx.txn.remove_subscription_request(cx.account.id, bare)?;
    if was_there {
        cx.emit(Event::Requests);
    }
    Ok(was_there)
}

/// Changes the table by what a contact, or another device of ours, shows.
fn seen(cx: &mut Cx<'_, '_>, from: &Jid, presence: &presence::Presence) {
    if cx.link.jid.as_ref().is_some_and(|own| *own == *from) {
        return;
    }
    let bare = from.to_bare();
    let before = cx.live.presence(cx.account.id, &bare);
    let mut resources = before.resources.clone();
    let resource = from.resource().map(|resource| resource.as_str());
    match resource {
        // An error from the bare address speaks for all: nobody can be reached there (RFC 6121, section 4.3.2).
        None => resources.clear(),
        Some(resource) => {
            let old = resources.iter().position(|seen| seen.resource == resource);
            let client = old
                .map(|at| resources.remove(at))
                .and_then(|seen| seen.client);
            if presence.type_ == Type::None {
                resources.insert(0, shown(resource, client, presence));
            }
        }
    }
    let after = best(resources);
    if after != before {
        cx.live.set_presence(
            cx.account.id,
            &bare,
            (!after.resources.is_empty()).then_some(after),
        );
        tell(cx, vec![bare]);
    }
}

fn shown(
    resource: &str,
    client: Option<String>,
    presence: &presence::Presence,
) -> ResourcePresence {
    ResourcePresence {
        resource: resource.to_owned(),
        show: match presence.show {
            None => Show::Online,
            Some(presence::Show::Chat) => Show::Chat,
            Some(presence::Show::Away) => Show::Away,
            Some(presence::Show::Xa) => Show::ExtendedAway,
            Some(presence::Show::Dnd) => Show::DoNotDisturb,
        },
        status: status(presence),
        priority: presence.priority.0,
        client,
    }
}

/// Best resource first: by priority, then by availability, then the newest.
fn best(mut resources: Vec<ResourcePresence>) -> Presence {
    resources.sort_by_key(|seen| (Reverse(seen.priority), seen.show));
    resources.truncate(MAX_RESOURCES);
    let Some(first) = resources.first() else {
        return Presence::default();
    };
    Presence {
        show: first.show,
        status: first.status.clone(),
        resources,
    }
}

fn status(presence: &presence::Presence) -> String {
    let statuses = &presence.statuses;
    let text = statuses.get("").or_else(|| statuses.values().next());
    text.map(|text| text::bounded(text, text::MAX_LINE))
        .unwrap_or_default()
}

fn tell(cx: &mut Cx<'_, '_>, changed: Vec<BareJid>) {
    let account = cx.account.id;
    cx.emit(Event::Presence { account, changed });
}

#[cfg(test)]
mod tests;
