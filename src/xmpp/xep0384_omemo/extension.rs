//! What a session remembers of OMEMO while it is connected, and in which order things are done.

use std::collections::{BTreeMap, BTreeSet};

use xmpp_parsers::message::Message;

use super::{
    bundles,
    devices::{self, Listed},
    own::Own,
    receiving::{self, FollowUp},
    sessions::{self, Place},
};
use crate::{
    command::{ChatCommand, Command},
    crypto::omemo::{Bundle, Profile},
    model::{BareJid, ConversationKind, DeviceId, Failure, RequestId, Standing, Timestamp},
    store::StoreError,
    xmpp::{
        Cx, Extension, Handled, Opened, QueryId, Reply,
        envelope::Envelope,
        xep0060_pubsub::{self as pubsub, Progress, Publisher},
    },
};

/// Its name as owner of queries.
pub(super) const XEP: &str = "XEP-0384";
/// How long changed keys are collected before they are published, in milliseconds.
const DEBOUNCE: i64 = 5_000;
/// How long a device without a usable bundle is left alone, in milliseconds: two hours.
const NO_BUNDLE: i64 = 2 * 60 * 60 * 1000;
/// How often a session is renewed without being asked, in milliseconds: once a day for each device.
const RENEWAL: i64 = 24 * 60 * 60 * 1000;
/// How long opened key messages are remembered, in milliseconds: 60 days.
const SEEN: i64 = 60 * 24 * 60 * 60 * 1000;
/// Devices that are answered after one catch-up.
const MAX_ANSWERS: usize = 500;

/// What is being published.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Published {
    List,
    Bundle(Profile),
}

/// What was asked for.
#[derive(Debug)]
enum Asked {
    List(BareJid, Profile),
    Bundle(Place),
    /// Our own bundle, to compare it with what it should be.
    Check(Profile),
}

/// Encrypts and decrypts by OMEMO, and keeps our device known.
#[derive(Debug, Default)]
pub struct Omemo {
    pub(super) publisher: Publisher<Published>,
    asked: BTreeMap<QueryId, Asked>,
    /// Lists that are as they are now: fetched or pushed in this session.
    pub(super) known: BTreeSet<(BareJid, Profile)>,
    pub(super) own_lists: BTreeMap<Profile, Vec<Listed>>,
    pub(super) is_announced: bool,
    /// Versions in which others find our bundle; only in these we are listed.
    pub(super) offered: BTreeSet<Profile>,
    /// Devices that are listed in version 2 and have no bundle there: version 0.3 serves them.
    pub(super) only_old: BTreeSet<(BareJid, DeviceId)>,
    pub(super) repairs: BTreeMap<Profile, u32>,
    /// Bundles that were fetched and not used yet.
    pub(super) bundles: BTreeMap<Place, Bundle>,
    /// Devices that have to hear from us.
    answers: BTreeSet<Place>,
    /// Devices with whom a new session is to begin.
    renewals: BTreeSet<Place>,
    publish_at: Option<Timestamp>,
    is_caught_up: bool,
}

impl Extension for Omemo {
    fn xep(&self) -> &'static str {
        XEP
    }

    fn features(&self) -> &'static [&'static str] {
        &[
            "eu.siacs.conversations.axolotl.devicelist+notify",
            "urn:xmpp:omemo:2:devices+notify",
        ]
    }

    fn discovered(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        if !cx.link.pep {
            return Ok(());
        }
        Own::ready(cx.txn, cx.account.id, cx.now)?;
        let own = cx.account.jid.clone();
        for profile in Profile::ALL {
            self.ask_list(cx, &own, profile);
        }
        Ok(())
    }

    fn offline(&mut self, _cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        // What has to be said to devices stays due.
        *self = Self {
            answers: std::mem::take(&mut self.answers),
            ..Self::default()
        };
        Ok(())
    }

    fn command(
        &mut self,
        cx: &mut Cx<'_, '_>,
        command: &Command,
        request: RequestId,
    ) -> Result<Handled, StoreError> {
        let Command::Chat(ChatCommand::RenewSessions(conversation)) = command else {
            return Ok(Handled::No);
        };
        if cx.is_online_for(request) {
            let (_, peer, _) = cx.txn.conversation_peer(*conversation)?;
            for device in cx.txn.omemo_devices(cx.account.id, &peer)? {
                let profile = match (device.listed_old, device.listed_new) {
                    (true, _) => Profile::Axolotl,
                    (false, true) => Profile::Omemo2,
                    (false, false) => continue,
                };
                self.renewals.insert(Place {
                    jid: device.jid,
                    device: device.id,
                    profile,
                });
            }
            cx.finish(request, Ok(()));
        }
        Ok(Handled::Yes)
    }

    fn message(&mut self, cx: &mut Cx<'_, '_>, message: &Message) -> Result<Handled, StoreError> {
        self.list_event(cx, message)
    }

    fn reply(
        &mut self,
        cx: &mut Cx<'_, '_>,
        query: QueryId,
        reply: Reply,
    ) -> Result<(), StoreError> {
        let reply = match self.publisher.reply(cx, XEP, query, reply) {
            Progress::Unrelated(reply) => reply,
            Progress::Underway => return Ok(()),
            Progress::Done(what, outcome) => {
                return self.published(cx, what, outcome);
            }
        };
        match self.asked.remove(&query) {
            None => Ok(()),
            Some(Asked::List(jid, profile)) => self.list_came(cx, &jid, profile, reply),
            Some(Asked::Bundle(place)) => self.bundle_came(cx, place, reply),
            Some(Asked::Check(profile)) => self.own_bundle_came(cx, profile, reply),
        }
    }

    fn open(
        &mut self,
        cx: &mut Cx<'_, '_>,
        envelope: &Envelope,
    ) -> Result<Option<Opened>, StoreError> {
        let Some((opened, follow_up)) = receiving::open(cx, envelope)? else {
            return Ok(None);
        };
        self.follow_up(cx, envelope, follow_up)?;
        Ok(Some(opened))
    }

    fn finish(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        if cx.link.jid.is_none() || !cx.link.caught_up || !self.is_announced {
            return Ok(());
        }
        if !self.is_caught_up {
            self.is_caught_up = true;
            cx.link.seal_due = true;
            let account = cx.account.id;
            cx.txn.forget_used_prekeys(account)?;
            cx.txn
                .forget_seen_keys(account, cx.now.plus_millis(-SEEN))?;
        }
        if !self.answers.is_empty() || !self.renewals.is_empty() {
            self.answer_devices(cx)?;
        }
        if std::mem::take(&mut cx.link.seal_due) {
            self.seal_waiting(cx)?;
        }
        Ok(())
    }

    fn waits(&self) -> bool {
        self.publish_at.is_some()
    }

    fn tick(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        let is_due = self
            .publish_at
            .is_some_and(|at| cx.now.millis_since(at) >= 0);
        if is_due && self.is_caught_up {
            self.publish_at = None;
            cx.txn.forget_used_prekeys(cx.account.id)?;
            self.publish_bundles(cx)?;
        }
        Ok(())
    }
}

impl Omemo {
    pub(super) fn ask_list(&mut self, cx: &mut Cx<'_, '_>, jid: &BareJid, profile: Profile) {
        let is_asked =
            |asked: &Asked| matches!(asked, Asked::List(of, p) if of == jid && *p == profile);
        if self.asked.values().any(is_asked) {
            return;
        }
        let to = (*jid != cx.account.jid).then(|| jid.clone().into());
        let query = cx.get(XEP, to, pubsub::request(devices::node(profile), None));
        self.asked.insert(query, Asked::List(jid.clone(), profile));
    }

    fn list_came(
        &mut self,
        cx: &mut Cx<'_, '_>,
        jid: &BareJid,
        profile: Profile,
        reply: Reply,
    ) -> Result<(), StoreError> {
        let list = match reply {
            Reply::Result(payload) => payload
                .and_then(|payload| pubsub::answered(&payload, devices::node(profile)))
                .and_then(|payload| devices::parse(profile, &payload))
                .unwrap_or_default(),
            Reply::Error(error) if is_absent(&error.defined_condition) => Vec::new(),
            Reply::Error(_) | Reply::Lost if *jid == cx.account.jid => {
                tracing::warn!("our own list of devices cannot be read");
                return Ok(());
            }
            // What was known before is all there is.
            Reply::Error(_) | Reply::Lost => {
                self.known.insert((jid.clone(), profile));
                cx.link.seal_due = true;
                return Ok(());
            }
        };
        self.learn_list(cx, jid, profile, list)
    }

    /// Asks for a device's bundle; whether there is hope.
    pub(super) fn ask_bundle(
        &mut self,
        cx: &mut Cx<'_, '_>,
        place: &Place,
    ) -> Result<bool, StoreError> {
        let is_asked = |asked: &Asked| matches!(asked, Asked::Bundle(of) if of == place);
        if self.asked.values().any(is_asked) {
            return Ok(true);
        }
        let failed = cx
            .txn
            .no_bundle_at(cx.account.id, &place.jid, place.device)?;
        if failed.is_some_and(|at| cx.now.millis_since(at) < NO_BUNDLE) {
            return Ok(false);
        }
        let (node, item) = bundles::place(place.profile, place.device);
        let to = (place.jid != cx.account.jid).then(|| place.jid.clone().into());
        let query = cx.get(XEP, to, pubsub::request(&node, item.as_deref()));
        self.asked.insert(query, Asked::Bundle(place.clone()));
        Ok(true)
    }

    fn bundle_came(
        &mut self,
        cx: &mut Cx<'_, '_>,
        place: Place,
        reply: Reply,
    ) -> Result<(), StoreError> {
        let bundle = bundle_of(&place, reply);
        cx.link.seal_due = true;
        if bundle.is_none() && place.profile == Profile::Omemo2 {
            let devices = cx.txn.omemo_devices(cx.account.id, &place.jid)?;
            if devices
                .iter()
                .any(|known| known.id == place.device && known.listed_old)
            {
                self.only_old.insert((place.jid, place.device));
                return Ok(());
            }
        }
        let at = bundle.is_none().then_some(cx.now);
        cx.txn
            .set_no_bundle(cx.account.id, &place.jid, place.device, at)?;
        if let Some(bundle) = bundle {
            self.bundles.insert(place, bundle);
        } else {
            self.renewals.remove(&place);
        }
        Ok(())
    }

    /// Compares what we have published with what is here.
    pub(super) fn check_bundles(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        let Some(own) = Own::load(cx.txn, cx.account.id)? else {
            return Ok(());
        };
        for profile in Profile::ALL {
            let (node, item) = bundles::place(profile, own.id);
            let query = cx.get(XEP, None, pubsub::request(&node, item.as_deref()));
            self.asked.insert(query, Asked::Check(profile));
        }
        Ok(())
    }

    fn own_bundle_came(
        &mut self,
        cx: &mut Cx<'_, '_>,
        profile: Profile,
        reply: Reply,
    ) -> Result<(), StoreError> {
        let Some(own) = Own::load(cx.txn, cx.account.id)? else {
            return Ok(());
        };
        if matches!(reply, Reply::Lost) {
            return Ok(());
        }
        let place = Place {
            jid: cx.account.jid.clone(),
            device: own.id,
            profile,
        };
        let expected = own.bundle(cx.txn, cx.account.id, profile)?;
        if bundle_of(&place, reply) == Some(expected) {
            self.offered.insert(profile);
            return self.repair(cx, profile);
        }
        self.publish_at.get_or_insert(cx.now);
        Ok(())
    }

    /// A publication has ended; who can fetch our bundle may know of our device.
    fn published(
        &mut self,
        cx: &mut Cx<'_, '_>,
        what: Published,
        outcome: Result<(), Failure>,
    ) -> Result<(), StoreError> {
        match (what, outcome) {
            (Published::List, Ok(())) => Ok(()),
            (Published::Bundle(profile), Ok(())) => {
                self.offered.insert(profile);
                self.repair(cx, profile)
            }
            (what, Err(failure)) => {
                tracing::warn!(?what, kind = ?failure.kind, "others cannot encrypt for this device");
                match what {
                    Published::List => Ok(()),
                    Published::Bundle(_) => cx.txn.set_omemo_published(cx.account.id, false),
                }
            }
        }
    }

    pub(super) fn publish_bundles(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        let own = Own::ready(cx.txn, cx.account.id, cx.now)?;
        for profile in Profile::ALL {
            let bundle = own.bundle(cx.txn, cx.account.id, profile)?;
            let publication = own.bundle_publication(&bundle);
            self.publisher
                .publish(cx, XEP, publication, Published::Bundle(profile));
        }
        // What is used from now on changes that again; a failure takes it back.
        cx.txn.set_omemo_published(cx.account.id, true)
    }

    fn follow_up(
        &mut self,
        cx: &mut Cx<'_, '_>,
        envelope: &Envelope,
        follow_up: FollowUp,
    ) -> Result<(), StoreError> {
        let sender = envelope.from.to_bare();
        if let Some(place) = follow_up.answer
            && self.answers.len() < MAX_ANSWERS
        {
            self.answers.insert(place);
        }
        if follow_up.unlisted {
            for profile in Profile::ALL {
                self.known.remove(&(sender.clone(), profile));
            }
        }
        if follow_up.used_prekey {
            self.publish_at.get_or_insert(cx.now.plus_millis(DEBOUNCE));
        }
        if let Some(place) = follow_up.broken
            && self.may_renew(cx, envelope, &place)?
        {
            self.renewals.insert(place);
        }
        Ok(())
    }

    /// Sessions are renewed without being asked in version 0.3 only (XEP-0384 forbids it later), for what comes live
    /// from accepted devices, and once a day.
    fn may_renew(
        &self,
        cx: &Cx<'_, '_>,
        envelope: &Envelope,
        place: &Place,
    ) -> Result<bool, StoreError> {
        if place.profile != Profile::Axolotl
            || envelope.route != crate::model::Route::Live
            || !self.may_answer(cx, place)?
        {
            return Ok(false);
        }
        let devices = cx.txn.omemo_devices(cx.account.id, &place.jid)?;
        let is_accepted = devices.iter().any(|known| {
            known.id == place.device
                && matches!(
                    known.standing,
                    Some(Standing::Accepted | Standing::Verified)
                )
        });
        let since = cx.now.plus_millis(-RENEWAL);
        Ok(is_accepted
            && cx
                .txn
                .may_renew(cx.account.id, &place.jid, place.device, since, cx.now)?)
    }

    /// Strangers learn nothing of us: only our own devices, contacts and those we have written to are answered.
    fn may_answer(&self, cx: &Cx<'_, '_>, place: &Place) -> Result<bool, StoreError> {
        if place.jid == cx.account.jid || cx.txn.roster_item(cx.account.id, &place.jid)?.is_some() {
            return Ok(true);
        }
        let Some(conversation) = cx.txn.find_conversation(cx.account.id, &place.jid)? else {
            return Ok(false);
        };
        let (_, _, kind) = cx.txn.conversation_peer(conversation)?;
        Ok(kind == ConversationKind::Person)
    }

    /// Says a word to devices that need one, by a new session where the old one is out of step.
    fn answer_devices(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        let Some(own) = Own::load(cx.txn, cx.account.id)? else {
            return Ok(());
        };
        for place in std::mem::take(&mut self.answers) {
            let record = sessions::load(cx.txn, cx.account.id, &place)?;
            if record.current().is_some() && self.may_answer(cx, &place)? {
                self.send_empty(cx, &own, &place, record)?;
            }
        }
        for place in self.renewals.clone() {
            if self.bundles.contains_key(&place) {
                self.renewals.remove(&place);
                if let Some((session, _)) = self.begin(cx, &own, &place)? {
                    let record = sessions::load(cx.txn, cx.account.id, &place)?;
                    self.send_empty(cx, &own, &place, record.with(session))?;
                }
            } else if !self.ask_bundle(cx, &place)? {
                self.renewals.remove(&place);
            }
        }
        Ok(())
    }
}

fn bundle_of(place: &Place, reply: Reply) -> Option<Bundle> {
    let Reply::Result(Some(payload)) = reply else {
        return None;
    };
    let (node, _) = bundles::place(place.profile, place.device);
    bundles::parse(place.profile, &pubsub::answered(&payload, &node)?)
}

fn is_absent(condition: &xmpp_parsers::stanza_error::DefinedCondition) -> bool {
    matches!(
        condition,
        xmpp_parsers::stanza_error::DefinedCondition::ItemNotFound
    )
}
