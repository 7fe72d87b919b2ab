//! The present connection as extensions see it, and the questions asked over it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use minidom::Element;
use xmpp_parsers::{
    jid::{BareJid, FullJid, Jid},
    stanza_error::StanzaError,
};

use super::envelope::Envelope;
use crate::model::{OutboxId, Timestamp};

/// Long enough for a slow server over Tor, short enough that a lost reply is noticed.
pub const QUERY_TIMEOUT: Duration = Duration::from_secs(60);

/// One open question; unique for the life of the process.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct QueryId(pub u64);

/// How a question ended.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A result, with its payload if it had one.
    Result(Option<Element>),
    /// An error of the other side.
    Error(Box<StanzaError>),
    /// No answer in time, or the session ended.
    Lost,
}

/// A chat message that came wrapped in something else, such as a page of the archive.
#[derive(Debug)]
pub struct Arrived {
    /// The message, checked.
    pub envelope: Envelope,
    /// Whether it is from before this device was there: it is not news, and nobody is told that it came.
    pub history: bool,
}

struct Open {
    owner: &'static str,
    to: Option<Jid>,
    asked: Timestamp,
    id: QueryId,
}

/// The present connection.
pub struct Link {
    /// Our own full JID, once bound.
    pub jid: Option<FullJid>,
    /// Features of the server's domain (disco#info), once known.
    pub server: BTreeSet<String>,
    /// Features of our own account (disco#info of the bare JID), once known.
    pub own: BTreeSet<String>,
    /// Whether contacts may be answered now: initial presence was sent.
    pub announced: bool,
    /// Whether `server` and `own` have just become known: the session then calls every
    /// [`super::Extension::discovered`] and clears this.
    pub newly_discovered: bool,
    /// Whether the archive has been read up to now, or cannot be: what waits may be sent.
    pub caught_up: bool,
    /// Whether the archive has been read up to now: its cursor follows live messages.
    pub cursor_follows: bool,
    /// Whether the server understands client state (XEP-0352).
    pub client_state: bool,
    /// Whether the server believes that nobody looks at the window; every stream starts active (XEP-0352, section 5.2).
    pub told_inactive: bool,
    /// Whether carbons are on (XEP-0280).
    pub carbons: bool,
    /// Whether the account has a personal event service (XEP-0163), once known.
    pub pep: bool,
    /// Whether the roster can be asked by version (RFC 6121, section 2.6).
    pub roster_versions: bool,
    /// Whether presence subscriptions can be approved beforehand (RFC 6121, section 3.4).
    pub pre_approval: bool,
    /// Whether our own presence is to be sent (again): [`super::settle::settle`] builds it and clears this.
    pub presence_due: bool,
    /// What our own vCard is known to hold as picture: its SHA-1 in hex, or that it has none (XEP-0153).
    pub card_photo: Option<Option<String>>,
    /// Whose picture is published by the account itself (XEP-0084): vCards are not asked for it then.
    pub pep_avatars: BTreeSet<BareJid>,
    /// How often this session has written our own vCard, so that two changes at once do not undo each other.
    pub card_writes: u64,
    /// Messages that came wrapped in something else; the session stores them in the transaction of this input.
    pub arrived: Vec<Arrived>,
    /// The last row of the outbox that was written to this session's stream.
    pub flushed: OutboxId,
    /// Whether stanzas wait that are to be encrypted.
    pub seal_due: bool,
    account: BareJid,
    prefix: String,
    count: u64,
    open: BTreeMap<String, Open>,
}

impl Link {
    /// A link that is not connected. `prefix` starts every stanza id and must be random outside tests.
    pub fn new(account: BareJid, prefix: impl Into<String>) -> Self {
        Self {
            jid: None,
            server: BTreeSet::new(),
            own: BTreeSet::new(),
            announced: false,
            newly_discovered: false,
            caught_up: false,
            cursor_follows: false,
            client_state: false,
            told_inactive: false,
            carbons: false,
            pep: false,
            roster_versions: false,
            pre_approval: false,
            presence_due: false,
            card_photo: None,
            pep_avatars: BTreeSet::new(),
            card_writes: 0,
            arrived: Vec::new(),
            flushed: OutboxId(0),
            seal_due: false,
            account,
            prefix: prefix.into(),
            count: 0,
            open: BTreeMap::new(),
        }
    }

    /// A stanza id that this process has not used yet.
    pub fn fresh_id(&mut self) -> String {
        self.count += 1;
        format!("{}-{}", self.prefix, self.count)
    }

    /// Registers a question and builds its stanza.
    pub fn open_query(
        &mut self,
        owner: &'static str,
        to: Option<Jid>,
        kind: &'static str,
        payload: Element,
        now: Timestamp,
    ) -> (QueryId, Element) {
        let stanza_id = self.fresh_id();
        let id = QueryId(self.count);
        let mut builder = Element::builder("iq", "jabber:client")
            .attr(rxml::xml_ncname!("type").to_owned(), kind)
            .attr(rxml::xml_ncname!("id").to_owned(), stanza_id.as_str());
        if let Some(to) = &to {
            builder = builder.attr(rxml::xml_ncname!("to").to_owned(), to.as_str());
        }
        self.open.insert(
            stanza_id,
            Open {
                owner,
                to,
                asked: now,
                id,
            },
        );
        (id, builder.append(payload).build())
    }

    /// Whose question this answer belongs to, if it is from whom it was asked (RFC 6120, section 8.1.2.1).
    pub fn close_query(
        &mut self,
        stanza_id: &str,
        from: Option<&Jid>,
    ) -> Option<(&'static str, QueryId)> {
        let asked = self.open.get(stanza_id)?;
        if !self.may_answer(asked.to.as_ref(), from) {
            return None;
        }
        self.open
            .remove(stanza_id)
            .map(|open| (open.owner, open.id))
    }

    /// Questions that were not answered in time.
    pub fn expire(&mut self, now: Timestamp) -> Vec<(&'static str, QueryId)> {
        let limit = i64::try_from(QUERY_TIMEOUT.as_millis()).unwrap_or(i64::MAX);
        self.take(|open| now.millis_since(open.asked) >= limit)
    }

    /// All open questions, because the session ended.
    pub fn abandon(&mut self) -> Vec<(&'static str, QueryId)> {
        self.jid = None;
        self.server.clear();
        self.own.clear();
        self.announced = false;
        self.newly_discovered = false;
        self.caught_up = false;
        self.cursor_follows = false;
        self.client_state = false;
        self.told_inactive = false;
        self.carbons = false;
        self.pep = false;
        self.roster_versions = false;
        self.pre_approval = false;
        self.presence_due = false;
        self.card_photo = None;
        self.pep_avatars.clear();
        self.flushed = OutboxId(0);
        self.take(|_| true)
    }

    /// Whether any question is open.
    pub fn is_waiting(&self) -> bool {
        !self.open.is_empty()
    }

    fn take(&mut self, ended: impl Fn(&Open) -> bool) -> Vec<(&'static str, QueryId)> {
        let ids: Vec<String> = self
            .open
            .iter()
            .filter(|(_, open)| ended(open))
            .map(|(id, _)| id.clone())
            .collect();
        ids.iter()
            .filter_map(|id| self.open.remove(id))
            .map(|open| (open.owner, open.id))
            .collect()
    }

    /// A question to our own account may be answered without `from`, from the bare or from the own full JID.
    fn may_answer(&self, to: Option<&Jid>, from: Option<&Jid>) -> bool {
        let own =
            |jid: &Jid| *jid == self.account || self.jid.as_ref().is_some_and(|full| *jid == *full);
        match (to, from) {
            (None, None) => true,
            (None, Some(from)) => own(from),
            (Some(to), None) => own(to),
            (Some(to), Some(from)) => to == from,
        }
    }
}
