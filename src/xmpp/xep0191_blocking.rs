//! XEP-0191: addresses that the server keeps away from us.

use std::collections::BTreeMap;

use minidom::Element;
use rxml::xml_ncname;
use xmpp_parsers::{
    blocking::{Block, BlocklistRequest, Unblock},
    iq::Iq,
    jid::Jid,
    ns,
};

use super::{Cx, Extension, Handled, QueryId, Reply};
use crate::{
    command::{Command, ContactCommand},
    event::Event,
    model::{FailureKind, RequestId},
    store::StoreError,
};

/// Entries that are read: many times what a person blocks by hand.
const MAX_ENTRIES: usize = 20_000;

/// Keeps the block list in step with the server's.
#[derive(Debug, Default)]
pub struct Blocking {
    open: BTreeMap<QueryId, Asked>,
}

#[derive(Debug)]
enum Asked {
    List,
    Change {
        request: RequestId,
        jid: Jid,
        block: bool,
    },
}

impl Extension for Blocking {
    fn xep(&self) -> &'static str {
        "XEP-0191"
    }

    fn discovered(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        if cx.link.server.contains(ns::BLOCKING) {
            let query = cx.get(self.xep(), None, BlocklistRequest);
            self.open.insert(query, Asked::List);
        }
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
        let (account, jid, block) = match command {
            ContactCommand::Block { account, jid } => (account, Jid::from(jid.clone()), true),
            ContactCommand::Unblock { account, jid } => (account, jid.clone(), false),
            ContactCommand::Add { .. }
            | ContactCommand::Edit { .. }
            | ContactCommand::Remove { .. }
            | ContactCommand::Approve { .. }
            | ContactCommand::Deny { .. }
            | ContactCommand::AskAgain { .. }
            | ContactCommand::FetchProfile { .. } => return Ok(Handled::No),
        };
        if *account != cx.account.id {
            return Ok(Handled::No);
        }
        if !cx.is_online_for(request) {
            return Ok(Handled::Yes);
        }
        if !cx.link.server.contains(ns::BLOCKING) {
            cx.finish(request, Err(FailureKind::Unsupported.into()));
            return Ok(Handled::Yes);
        }
        let items = vec![jid.clone()];
        let query = if block {
            cx.set(self.xep(), None, Block { items })
        } else {
            cx.set(self.xep(), None, Unblock { items })
        };
        let asked = Asked::Change {
            request,
            jid,
            block,
        };
        self.open.insert(query, asked);
        Ok(Handled::Yes)
    }

    fn iq(&mut self, cx: &mut Cx<'_, '_>, iq: &Iq) -> Result<Handled, StoreError> {
        let Iq::Set { payload, .. } = iq else {
            return Ok(Handled::No);
        };
        if payload.ns() != ns::BLOCKING || !cx.is_from_own_account(iq.from()) {
            return Ok(Handled::No);
        }
        let jids = entries(payload);
        match payload.name() {
            "block" if !jids.is_empty() => change(cx, &jids, true)?,
            // Without entries: everybody (XEP-0191, section 3.5). But not because none of them could be read.
            "unblock" if !jids.is_empty() || payload.children().next().is_none() => {
                change(cx, &jids, false)?;
            }
            _ => return Ok(Handled::No),
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
            Some(Asked::List) => {
                if let Ok(Some(list)) = reply.into_result()
                    && list.is("blocklist", ns::BLOCKING)
                {
                    let jids = entries(&list);
                    let strings: Vec<String> = jids.iter().map(Jid::to_string).collect();
                    cx.txn.replace_blocked(cx.account.id, &strings)?;
                    hide(cx, &jids)?;
                    cx.emit(Event::Blocked(cx.account.id));
                }
            }
            Some(Asked::Change {
                request,
                jid,
                block,
            }) => {
                let outcome = reply.into_result().map(|_| ());
                if outcome.is_ok() {
                    change(cx, &[jid], block)?;
                }
                cx.finish(request, outcome);
            }
            None => {}
        }
        Ok(())
    }
}

fn change(cx: &mut Cx<'_, '_>, jids: &[Jid], block: bool) -> Result<(), StoreError> {
    let account = cx.account.id;
    let strings: Vec<String> = jids.iter().map(Jid::to_string).collect();
    if block {
        cx.txn.change_blocked(account, &strings, &[])?;
        hide(cx, jids)?;
    } else if strings.is_empty() {
        cx.txn.replace_blocked(account, &[])?;
    } else {
        cx.txn.change_blocked(account, &[], &strings)?;
    }
    cx.emit(Event::Blocked(account));
    Ok(())
}

/// Whoever is blocked shows nothing and waits for nothing any more.
fn hide(cx: &mut Cx<'_, '_>, jids: &[Jid]) -> Result<(), StoreError> {
    let account = cx.account.id;
    let (mut gone, mut requests) = (vec![], false);
    for jid in jids.iter().filter(|jid| jid.is_bare()).map(Jid::to_bare) {
        requests |= cx.txn.remove_subscription_request(account, &jid)?;
    }
    for jid in cx.live.presences(account).into_keys() {
        if cx.txn.is_blocked(account, &jid)? {
            cx.live.set_presence(account, &jid, None);
            gone.push(jid);
        }
    }
    if !gone.is_empty() {
        let changed = gone;
        cx.emit(Event::Presence { account, changed });
    }
    if requests {
        cx.emit(Event::Requests);
    }
    Ok(())
}

/// Addresses of a list, without those that cannot be read.
fn entries(list: &Element) -> Vec<Jid> {
    list.children()
        .filter(|child| child.is("item", ns::BLOCKING))
        .filter_map(|item| Jid::new(item.attr(xml_ncname!("jid"))?).ok())
        .take(MAX_ENTRIES)
        .collect()
}

#[cfg(test)]
mod tests;
