//! Lists of devices: learning those of others, and keeping ourselves on our own.

use xmpp_parsers::message::Message;

use super::{
    devices::{self, Listed},
    extension::Omemo,
    own::{Own, list_publication, random_id},
    version,
};
use crate::{
    crypto::omemo::Profile,
    model::BareJid,
    store::StoreError,
    xmpp::{Cx, Handled, xep0060_pubsub as pubsub},
};

/// How often we put ourselves on our own list again in one connection: two programs that fight would never end.
const MAX_REPAIRS: u32 = 3;

impl Omemo {
    /// A list was published.
    pub(super) fn list_event(
        &mut self,
        cx: &mut Cx<'_, '_>,
        message: &Message,
    ) -> Result<Handled, StoreError> {
        for profile in Profile::ALL {
            let Some(event) = pubsub::event(cx, message, devices::node(profile)) else {
                continue;
            };
            let own = event.from == cx.account.jid;
            // Whoever likes could fill the store with lists otherwise.
            let wanted = own
                || cx.is_watched(&event.from)?
                || cx
                    .txn
                    .find_conversation(cx.account.id, &event.from)?
                    .is_some();
            if wanted {
                let list = event
                    .payload
                    .and_then(|payload| devices::parse(profile, &payload))
                    .unwrap_or_default();
                self.learn_list(cx, &event.from, profile, list)?;
            }
            return Ok(Handled::Yes);
        }
        Ok(Handled::No)
    }

    /// Somebody's devices in one version, as they are now.
    pub(super) fn learn_list(
        &mut self,
        cx: &mut Cx<'_, '_>,
        jid: &BareJid,
        profile: Profile,
        list: Vec<Listed>,
    ) -> Result<(), StoreError> {
        let rows: Vec<_> = list
            .iter()
            .map(|device| {
                let label = device.label.as_ref();
                let label = label.map(|label| (label.text(), label.signature().as_slice()));
                (device.id, label)
            })
            .collect();
        cx.txn
            .set_omemo_list(cx.account.id, jid, version(profile), &rows, cx.now)?;
        self.known.insert((jid.clone(), profile));
        cx.link.seal_due = true;
        if *jid == cx.account.jid {
            self.own_lists.insert(profile, list);
            if self.is_announced {
                self.repair(cx, profile)?;
            } else if Profile::ALL
                .iter()
                .all(|profile| self.own_lists.contains_key(profile))
            {
                self.announce(cx)?;
            }
        }
        Ok(())
    }

    /// Both of our lists are known: puts us on them, under an id that nobody has.
    fn announce(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        let Some(own) = Own::load(cx.txn, cx.account.id)? else {
            return Ok(());
        };
        self.is_announced = true;
        let mut id = own.id;
        let taken = |id| {
            self.own_lists
                .values()
                .flatten()
                .any(|device| device.id == id)
        };
        // One that was published before is ours.
        if !own.is_published && !cx.txn.was_omemo_published(cx.account.id)? {
            while taken(id) {
                id = random_id();
            }
            if id != own.id {
                cx.txn.set_omemo_device(cx.account.id, id)?;
            }
        }
        if own.is_published {
            self.check_bundles(cx)?;
        } else {
            self.publish_bundles(cx)?;
        }
        Ok(())
    }

    /// Puts us on our own list when we are not on it; everybody else stays.
    pub(super) fn repair(
        &mut self,
        cx: &mut Cx<'_, '_>,
        profile: Profile,
    ) -> Result<(), StoreError> {
        if !self.offered.contains(&profile) {
            return Ok(());
        }
        let Some(own) = Own::load(cx.txn, cx.account.id)? else {
            return Ok(());
        };
        let list = self.own_lists.entry(profile).or_default();
        if list.iter().any(|device| device.id == own.id) {
            return Ok(());
        }
        let repairs = self.repairs.entry(profile).or_default();
        if *repairs == MAX_REPAIRS {
            tracing::warn!("another program takes our device off its list again and again");
            return Ok(());
        }
        *repairs += 1;
        list.push(Listed {
            id: own.id,
            label: None,
        });
        let publication = list_publication(profile, list);
        self.publisher.publish(
            cx,
            super::extension::XEP,
            publication,
            super::extension::Published::List,
        );
        Ok(())
    }
}
