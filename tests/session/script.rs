//! One session with a scripted server on the other side.

use minidom::Element;
use tessera::{
    command::{ChatCommand, Command},
    event::Event,
    model::{
        Account, AccountId, ConversationId, ConversationKind, Delivery, Message, NewAccount,
        OutboxId, PasswordStorage, RequestId, RosterItem, Settings, Subscription, Timestamp,
    },
    store::{Store, StoreError},
    worker::{
        Live,
        session::{Arrival, Input, Session},
    },
    xmpp::{Effect, stream::Unacked},
};
use xmpp_parsers::jid::{BareJid, FullJid};

use crate::{scripted_archive::Archived, scripted_pep::Nodes};

/// The time at which every script begins.
pub(crate) const START: Timestamp = Timestamp(1_700_000_000_000);

/// Features of a server that can do everything; scripts take some away.
const SERVER: &[&str] = &["urn:xmpp:carbons:2", "urn:xmpp:blocking", "urn:xmpp:ping"];
const OWN: &[&str] = &[
    "urn:xmpp:mam:2",
    "urn:xmpp:sid:0",
    "http://jabber.org/protocol/pubsub#publish",
];

/// A session, its store, and everything it did.
pub(crate) struct Script {
    pub(crate) store: Store,
    pub(crate) live: Live,
    pub(crate) account: AccountId,
    pub(crate) now: Timestamp,
    pub(crate) events: Vec<Event>,
    /// Stanzas that left the session, those of the outbox included, oldest first.
    pub(crate) sent: Vec<Element>,
    /// Questions of kind `set` that the server has answered, oldest first.
    pub(crate) asked: Vec<Element>,
    pub(crate) archive: Vec<Archived>,
    /// Pages that the archive still gives before it falls silent.
    pub(crate) archive_pages: usize,
    /// The condition with which the archive refuses every question, if it does.
    pub(crate) archive_refuses: Option<&'static str>,
    /// Most results that the archive gives at once, however many are asked for.
    pub(crate) archive_page_size: usize,
    /// Results after which the next page breaks off, if it does.
    pub(crate) archive_breaks: Option<usize>,
    /// What own devices know as seen: items of the node, as XML (XEP-0490).
    pub(crate) displayed: String,
    /// What is published by us and by others.
    pub(crate) nodes: Nodes,
    /// The error with which publications are refused, as XML, if they are; each once.
    pub(crate) refusals: Vec<&'static str>,
    pub(crate) own_features: Vec<&'static str>,
    /// Every stanza that left the session, answered or not, oldest first.
    pub(crate) written: Vec<String>,
    /// What programs of others answer to questions about these nodes (XEP-0115), as XML.
    pub(crate) programs: std::collections::BTreeMap<String, String>,
    session: Session,
    in_flight: Vec<Unacked>,
    requests: i64,
}

impl Script {
    /// Alice with an empty profile.
    pub(crate) fn new() -> Self {
        let store = Store::in_memory().expect("a store");
        Self::on(store)
    }

    /// Alice with a store that may have something in it already: the program was started again.
    pub(crate) fn on(store: Store) -> Self {
        let account = first_account(&store);
        let live = Live::default();
        let session = Session::new(account.clone(), Settings::default(), live.clone(), "t");
        Self {
            store,
            live,
            account: account.id,
            now: START,
            events: vec![],
            sent: vec![],
            asked: vec![],
            archive: vec![],
            archive_pages: usize::MAX,
            archive_refuses: None,
            archive_page_size: usize::MAX,
            archive_breaks: None,
            displayed: String::new(),
            nodes: Nodes::default(),
            refusals: vec![],
            own_features: OWN.to_vec(),
            written: vec![],
            programs: std::collections::BTreeMap::new(),
            session,
            in_flight: vec![],
            requests: 0,
        }
    }

    /// Puts somebody on the roster as it is stored.
    pub(crate) fn has_contact(&mut self, jid: &str, subscription: Subscription) -> &mut Self {
        let item = RosterItem {
            jid: bare(jid),
            name: String::new(),
            groups: vec![],
            subscription,
            ask: tessera::model::Ask::None,
        };
        let account = self.account;
        self.store
            .write(|txn| txn.put_roster_item(account, &item))
            .expect("written");
        self
    }

    /// Connects; the server has not answered anything yet.
    pub(crate) fn binds(&mut self) -> &mut Self {
        let jid: FullJid = "alice@example.org/Tessera".parse().expect("JID");
        self.step(vec![Input::Online(Arrival {
            jid,
            resumed: false,
            client_state: true,
            pre_approval: false,
            roster_versions: false,
            carbons: false,
            inactive: false,
        })]);
        self
    }

    /// The person asks for something in a chat, and the server does not answer.
    pub(crate) fn asks_without_answer(&mut self, command: ChatCommand) -> RequestId {
        self.requests += 1;
        let request = RequestId(self.requests);
        self.step(vec![Input::Command(Command::Chat(command), request)]);
        request
    }

    /// Connects and lets the server answer everything.
    pub(crate) fn comes_online(&mut self) -> &mut Self {
        self.binds();
        self.server_answers();
        self
    }

    /// Loses the session for good; what was not acknowledged may or may not have arrived.
    pub(crate) fn loses_the_session(&mut self) -> &mut Self {
        self.in_flight.clear();
        self.step(vec![Input::Offline]);
        self
    }

    /// A stanza comes over the stream, and the server answers what follows from it.
    pub(crate) fn receives(&mut self, xml: &str) -> &mut Self {
        let xml = xml.replacen(' ', " xmlns='jabber:client' ", 1);
        let element: Element = xml
            .parse()
            .unwrap_or_else(|e| panic!("test XML: {e}: {xml}"));
        self.step(vec![Input::Stanza(element)]);
        self.server_answers();
        self
    }

    /// The person does something in a chat.
    pub(crate) fn does(&mut self, command: ChatCommand) -> RequestId {
        self.asks(Command::Chat(command))
    }

    /// The person asks for something.
    pub(crate) fn asks(&mut self, command: Command) -> RequestId {
        self.requests += 1;
        let request = RequestId(self.requests);
        self.step(vec![Input::Command(command, request)]);
        self.server_answers();
        request
    }

    /// The person writes to somebody.
    pub(crate) fn writes(&mut self, peer: &str, body: &str) -> &mut Self {
        let conversation = self.chat_with(peer);
        self.does(ChatCommand::Send {
            conversation,
            body: body.to_owned(),
        });
        self
    }

    /// The person changes the settings.
    pub(crate) fn applies(&mut self, settings: Settings) -> &mut Self {
        self.step(vec![Input::Settings(settings)]);
        self
    }

    /// The server acknowledges everything that was written to the stream (XEP-0198).
    pub(crate) fn server_acknowledges(&mut self) -> &mut Self {
        let arrived = std::mem::take(&mut self.in_flight);
        self.step(vec![Input::Acknowledged(arrived)]);
        self
    }

    /// Time passes, and the server answers what follows from it.
    pub(crate) fn waits(&mut self, seconds: i64) -> &mut Self {
        self.now = self.now.plus_millis(seconds * 1000);
        self.step(vec![Input::Tick]);
        self.server_answers();
        self
    }

    /// Whether time has to pass for the session.
    pub(crate) fn is_waiting(&self) -> bool {
        self.session.waits()
    }

    /// The chat with somebody, made when there is none.
    pub(crate) fn chat_with(&mut self, peer: &str) -> ConversationId {
        let (account, peer) = (self.account, bare(peer));
        self.store
            .write(|txn| txn.conversation_with(account, &peer, ConversationKind::Person))
            .expect("written")
    }

    /// Everything in the chat with somebody, oldest first; empty when there is none.
    pub(crate) fn messages(&self, peer: &str) -> Vec<Message> {
        let reader = self.store.reader();
        reader
            .conversation_with(self.account, &bare(peer))
            .expect("read")
            .map(|id| reader.newest_messages(id, 1000).expect("read"))
            .unwrap_or_default()
    }

    /// The texts in the chat with somebody, oldest first.
    pub(crate) fn texts(&self, peer: &str) -> Vec<String> {
        self.messages(peer).into_iter().map(|m| m.body).collect()
    }

    /// How the messages in the chat with somebody fare.
    pub(crate) fn deliveries(&self, peer: &str) -> Vec<Delivery> {
        self.messages(peer)
            .into_iter()
            .map(|m| m.delivery)
            .collect()
    }

    /// The stanzas sent since the last call that are of this name.
    pub(crate) fn sent(&mut self, name: &str) -> Vec<Element> {
        let (found, rest) = std::mem::take(&mut self.sent)
            .into_iter()
            .partition(|e| e.name() == name);
        self.sent = rest;
        found
    }

    /// How a request ended, if it did.
    pub(crate) fn outcome(
        &self,
        request: RequestId,
    ) -> Option<&Result<(), tessera::model::Failure>> {
        self.events.iter().find_map(|event| match event {
            Event::Finished {
                request: of,
                outcome,
            } if *of == request => Some(outcome),
            _ => None,
        })
    }

    fn step(&mut self, inputs: Vec<Input>) {
        let effects = self
            .session
            .step(&self.store, inputs, self.now)
            .expect("the store works");
        let mut flush = false;
        for effect in effects {
            match effect {
                Effect::Emit(event) => self.events.push(event),
                Effect::Transmit(stanza) => self.write(Unacked {
                    stanza,
                    outbox: None,
                }),
                Effect::FlushOutbox => flush = true,
                Effect::KeepPassword(_) | Effect::AccountDeleted | Effect::Forget => {}
            }
        }
        if flush && self.session.link().caught_up && self.session.link().jid.is_some() {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let (account, after) = (self.account, self.session.link().flushed);
        let rows = self
            .store
            .write(|txn| txn.outbox_after(account, after, 1000))
            .expect("read");
        for row in rows {
            self.session.link_mut().flushed = row.id;
            let stanza = row.xml.parse().expect("our own XML");
            self.write(Unacked {
                stanza,
                outbox: Some(row.id),
            });
        }
    }

    fn write(&mut self, unacked: Unacked) {
        self.written.push(String::from(&unacked.stanza));
        self.sent.push(unacked.stanza.clone());
        self.in_flight.push(unacked);
    }

    /// Answers queries until there are none left; other stanzas stay in `sent`.
    fn server_answers(&mut self) {
        loop {
            self.asked.extend(
                self.sent
                    .iter()
                    .filter(|e| e.name() == "iq" && attr(e, "type") == Some("set"))
                    .cloned(),
            );
            let (queries, rest): (Vec<Element>, Vec<Element>) = std::mem::take(&mut self.sent)
                .into_iter()
                .partition(|e| e.name() == "iq" && matches!(attr(e, "type"), Some("get" | "set")));
            self.sent = rest;
            if queries.is_empty() {
                break;
            }
            for query in queries {
                for answer in self.answers(&query) {
                    let element = answer.parse().unwrap_or_else(|e| panic!("{e}: {answer}"));
                    self.step(vec![Input::Stanza(element)]);
                }
            }
        }
    }

    fn answers(&mut self, query: &Element) -> Vec<String> {
        let payload = query.children().next().expect("a query has a payload");
        let id = attr(query, "id").expect("a query has an id");
        let to = attr(query, "to");
        let from = to.map(|to| format!(" from='{to}'")).unwrap_or_default();
        let result = |content: &str| {
            format!("<iq xmlns='jabber:client' type='result' id='{id}'{from}>{content}</iq>")
        };
        let feature = |names: &[&str]| -> String {
            names
                .iter()
                .map(|name| format!("<feature var='{name}'/>"))
                .collect()
        };
        match &*payload.ns() {
            "jabber:iq:roster" => {
                let items: String = self
                    .store
                    .reader()
                    .roster(self.account)
                    .expect("read")
                    .iter()
                    .map(|c| {
                        let subscription = match c.item.subscription {
                            Subscription::None => "none",
                            Subscription::To => "to",
                            Subscription::From => "from",
                            Subscription::Both => "both",
                        };
                        format!("<item jid='{}' subscription='{subscription}'/>", c.item.jid)
                    })
                    .collect();
                vec![result(&format!(
                    "<query xmlns='jabber:iq:roster'>{items}</query>"
                ))]
            }
            ns @ "http://jabber.org/protocol/disco#info" => {
                if let Some(info) = payload.attr("node").and_then(|n| self.programs.get(n)) {
                    return vec![result(info)];
                }
                let own = to.is_none_or(|to| to == "alice@example.org");
                let features = if own {
                    format!(
                        "<identity category='pubsub' type='pep'/>{}",
                        feature(&self.own_features)
                    )
                } else {
                    feature(SERVER)
                };
                vec![result(&format!("<query xmlns='{ns}'>{features}</query>"))]
            }
            "urn:xmpp:mam:2" => self.archive_answers(payload, id),
            ns @ "http://jabber.org/protocol/pubsub"
                if payload.children().any(|c| c.name() == "items") =>
            {
                if let Some(items) = self.nodes.answer(to.unwrap_or_default(), payload) {
                    return vec![result(&items)];
                }
                vec![result(&format!(
                    "<pubsub xmlns='{ns}'><items node='urn:xmpp:mds:displayed:0'>{}</items></pubsub>",
                    self.displayed
                ))]
            }
            "http://jabber.org/protocol/pubsub" if !self.refusals.is_empty() => {
                let error = self.refusals.remove(0);
                vec![format!(
                    "<iq xmlns='jabber:client' type='error' id='{id}'>{error}</iq>"
                )]
            }
            "http://jabber.org/protocol/pubsub" => {
                self.nodes.publish(payload);
                vec![result("")]
            }
            "urn:xmpp:blocking" => vec![result("<blocklist xmlns='urn:xmpp:blocking'/>")],
            _ => vec![result("")],
        }
    }
}

/// An attribute without a namespace.
pub(crate) fn attr<'e>(element: &'e Element, name: &'e str) -> Option<&'e str> {
    element.attr(name)
}

/// Whether the stanza has this payload.
pub(crate) fn has(element: &Element, name: &str, ns: &str) -> bool {
    element.children().any(|child| child.is(name, ns))
}

fn bare(jid: &str) -> BareJid {
    BareJid::new(jid).expect("JID")
}

fn first_account(store: &Store) -> Account {
    if let Some(account) = store.reader().accounts().expect("read").into_iter().next() {
        return account;
    }
    let new = NewAccount {
        jid: bare("alice@example.org"),
        endpoint: None,
        proxy: None,
        password_storage: PasswordStorage::Ask,
        allow_plain: false,
        pin: None,
    };
    store
        .write(|txn| {
            let id = txn
                .add_account(&new, "Tessera")?
                .ok_or(StoreError::Missing)?;
            txn.account(id)
        })
        .expect("an account")
}

/// How many rows wait in the outbox.
pub(crate) fn outbox_len(script: &Script) -> usize {
    let account = script.account;
    script
        .store
        .write(|txn| txn.outbox_after(account, OutboxId(0), 1000))
        .expect("read")
        .len()
}
