//! Stanzas of a server in a session with a store: whatever they are, every input is one transaction that succeeds, and
//! nobody speaks in another's name.
//!
//! In the corpus, `@TO|NAMESPACE` in an attribute stands for the id (`queryid`: the query id) of the newest question of
//! ours to that address (empty: our own account) with a payload of that namespace.

use std::collections::HashMap;

use minidom::{Element, Node};
use tessera::{
    model::{
        Account, BareJid, Direction, FullJid, NewAccount, PasswordStorage, Settings, Timestamp,
    },
    store::{Store, StoreError},
    worker::{
        Live,
        session::{Arrival, Input, Session},
    },
    xmpp::Effect,
};

use super::stream::elements;

const OWN: &str = "alice@memory.example";
const NOW: Timestamp = Timestamp(1_700_000_000_000);

/// A session that remembers what it asked.
struct World {
    store: Store,
    account: Account,
    session: Session,
    asked: HashMap<String, Element>,
    seconds: i64,
}

pub(super) fn run(bytes: &[u8]) {
    let mut world = World::new();
    let jid: FullJid = "alice@memory.example/Tessera".parse().expect("a JID");
    world.step(vec![Input::Online(Arrival {
        jid,
        resumed: false,
        client_state: true,
        pre_approval: true,
        roster_versions: true,
        carbons: false,
        inactive: false,
    })]);
    for element in elements(bytes) {
        let element = world.with_ids(&element);
        world.step(vec![Input::Stanza(element)]);
    }
    world.step(vec![Input::Tick]);
    world.step(vec![Input::Offline]);
    world.nobody_speaks_for_others();
}

impl World {
    fn new() -> Self {
        let store = Store::in_memory().expect("a store");
        let new = NewAccount {
            jid: BareJid::new(OWN).expect("a JID"),
            endpoint: None,
            proxy: None,
            password_storage: PasswordStorage::Ask,
            allow_plain: false,
            pin: None,
        };
        let account = store
            .write(|txn| {
                let id = txn
                    .add_account(&new, "Tessera")?
                    .ok_or(StoreError::Missing)?;
                txn.account(id)
            })
            .expect("an account");
        let session = Session::new(account.clone(), Settings::default(), Live::default(), "t");
        Self {
            store,
            account,
            session,
            asked: HashMap::new(),
            seconds: 0,
        }
    }

    fn now(&self) -> Timestamp {
        NOW.plus_millis(self.seconds * 1000)
    }

    fn step(&mut self, inputs: Vec<Input>) {
        self.seconds += 1;
        let now = self.now();
        let effects = self
            .session
            .step(&self.store, inputs, now)
            .expect("the store takes it");
        for effect in effects {
            if let Effect::Transmit(stanza) = effect {
                self.remember(stanza);
            }
        }
    }

    fn remember(&mut self, stanza: Element) {
        let written = String::from(&stanza);
        let read: Result<Element, _> = written.parse();
        assert!(read.is_ok(), "we send what nobody can read: {written}");
        let Some(payload) = stanza.children().next().filter(|_| stanza.name() == "iq") else {
            return;
        };
        let to = stanza.attr("to").unwrap_or_default();
        self.asked.insert(format!("{to}|{}", payload.ns()), stanza);
    }

    /// The element with the ids that it means.
    fn with_ids(&self, element: &Element) -> Element {
        let attribute = |value: &str, name: &str| -> Option<String> {
            let query = self.asked.get(value.strip_prefix('@')?)?;
            match name {
                "queryid" => query.children().next()?.attr("queryid").map(str::to_owned),
                _ => query.attr("id").map(str::to_owned),
            }
        };
        let mut builder = Element::builder(element.name(), element.ns());
        for ((_, name), value) in element.attrs() {
            let value = attribute(value, name).unwrap_or_else(|| value.to_owned());
            builder = builder.attr(name.clone(), value);
        }
        let mut whole = builder.build();
        for node in element.nodes() {
            match node {
                Node::Element(child) => {
                    whole.append_child(self.with_ids(child));
                }
                Node::Text(text) => whole.append_text(text.clone()),
            }
        }
        whole
    }

    fn nobody_speaks_for_others(&self) {
        let reader = self.store.reader();
        for conversation in reader.conversations().expect("readable") {
            for message in reader
                .newest_messages(conversation.id, 1000)
                .expect("readable")
            {
                let author = match message.direction {
                    Direction::Incoming => &conversation.peer,
                    Direction::Outgoing => &self.account.jid,
                };
                assert_eq!(&message.author, author, "{message:?}");
                assert!(message.at <= self.now(), "{message:?}");
            }
        }
    }
}
