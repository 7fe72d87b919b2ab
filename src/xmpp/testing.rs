//! A stage for tests of extensions: one account on a store in memory, stanzas in, effects out.

use minidom::Element;
use xmpp_parsers::{iq::Iq, jid::FullJid, message::Message, presence::Presence};

use super::{Cx, Effect, Extension, Handled, Link, Live, Reply, settle::settle};
use crate::{
    command::Command,
    event::Event,
    model::{
        AccountId, BareJid, Failure, NewAccount, PasswordStorage, RequestId, RosterItem, Settings,
        Subscription, Timestamp,
    },
    store::{Reader, Store, StoreError, Txn},
};

/// The request of every command on this stage.
pub(crate) const REQUEST: RequestId = RequestId(1);

/// `alice@example.org` with some extensions.
pub(crate) struct Stage {
    pub(crate) store: Store,
    pub(crate) account: AccountId,
    pub(crate) link: Link,
    pub(crate) live: Live,
    pub(crate) now: Timestamp,
    extensions: Vec<Box<dyn Extension>>,
}

/// What one input caused.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// What was sent, as XML.
    pub(crate) sent: Vec<String>,
    /// What the window was told, without [`Event::Finished`].
    pub(crate) events: Vec<Event>,
    /// How the command ended, if it did.
    pub(crate) finished: Option<Result<(), Failure>>,
    /// Everything else.
    pub(crate) effects: Vec<Effect>,
    /// Whether an extension took the input.
    pub(crate) handled: bool,
}

impl Stage {
    /// A stage with one extension.
    pub(crate) fn with(extension: impl Extension + 'static) -> Self {
        Self::new(vec![Box::new(extension)])
    }

    /// A stage with these extensions, not connected.
    pub(crate) fn new(extensions: Vec<Box<dyn Extension>>) -> Self {
        let store = Store::in_memory().unwrap();
        let new = NewAccount {
            jid: BareJid::new("alice@example.org").unwrap(),
            endpoint: None,
            proxy: None,
            password_storage: PasswordStorage::Ask,
            allow_plain: false,
            pin: None,
        };
        let account = store
            .write(|txn| txn.add_account(&new, "tessera.1"))
            .unwrap_or_else(|e: StoreError| panic!("{e}"))
            .unwrap();
        Self {
            store,
            account,
            link: Link::new(new.jid, "q"),
            live: Live::default(),
            now: Timestamp(1_700_000_000_000),
            extensions,
        }
    }

    /// A new connection: bound, nothing known of the server.
    pub(crate) fn connect(&mut self) -> Outcome {
        self.link.jid = Some(FullJid::new("alice@example.org/tessera.1").unwrap());
        self.each(|extension, cx| extension.online(cx, false))
    }

    /// The former session goes on.
    pub(crate) fn resume(&mut self) -> Outcome {
        self.link.told_inactive = false;
        self.each(|extension, cx| extension.online(cx, true))
    }

    /// The server is known to have these features, the account these.
    pub(crate) fn discover(&mut self, server: &[&str], own: &[&str]) -> Outcome {
        self.link.server = server.iter().map(|f| (*f).to_owned()).collect();
        self.link.own = own.iter().map(|f| (*f).to_owned()).collect();
        self.link.newly_discovered = true;
        self.step(|_, _| Ok(Handled::Yes))
    }

    /// The session is lost for good.
    pub(crate) fn disconnect(&mut self) -> Outcome {
        let open = self.link.abandon();
        let mut all = Outcome::default();
        for (owner, query) in open {
            all.add(self.step(|extensions, cx| {
                for extension in extensions.iter_mut().filter(|e| e.xep() == owner) {
                    extension.reply(cx, query, Reply::Lost)?;
                }
                Ok(Handled::Yes)
            }));
        }
        all.add(self.each(|extension, cx| extension.offline(cx)));
        all
    }

    /// A stanza comes; its default namespace need not be written.
    pub(crate) fn receive(&mut self, xml: &str) -> Outcome {
        let element = stanza(xml);
        match element.name() {
            "iq" => self.receive_iq(Iq::try_from(element).unwrap()),
            "presence" => {
                let presence = Presence::try_from(element).unwrap();
                self.first(|extension, cx| extension.presence(cx, &presence))
            }
            "message" => {
                let message = Message::try_from(element).unwrap();
                self.first(|extension, cx| extension.message(cx, &message))
            }
            name => panic!("<{name}> is no stanza"),
        }
    }

    fn receive_iq(&mut self, iq: Iq) -> Outcome {
        let reply = match &iq {
            Iq::Get { .. } | Iq::Set { .. } => {
                return self.first(|extension, cx| extension.iq(cx, &iq));
            }
            Iq::Result { payload, .. } => Reply::Result(payload.clone()),
            Iq::Error { error, .. } => Reply::Error(Box::new(error.clone())),
        };
        let Some((owner, query)) = self.link.close_query(iq.id(), iq.from()) else {
            return Outcome::default();
        };
        self.step(|extensions, cx| {
            for extension in extensions.iter_mut().filter(|e| e.xep() == owner) {
                extension.reply(cx, query, reply.clone())?;
            }
            Ok(Handled::Yes)
        })
    }

    /// The window asks for something.
    pub(crate) fn command(&mut self, command: &Command) -> Outcome {
        self.first(|extension, cx| extension.command(cx, command, REQUEST))
    }

    /// Nothing has answered for more than a minute.
    pub(crate) fn time_out(&mut self) -> Outcome {
        self.now = self.now.plus_millis(61_000);
        let mut all = Outcome::default();
        for (owner, query) in self.link.expire(self.now) {
            all.add(self.step(|extensions, cx| {
                for extension in extensions.iter_mut().filter(|e| e.xep() == owner) {
                    extension.reply(cx, query, Reply::Lost)?;
                }
                Ok(Handled::Yes)
            }));
        }
        all
    }

    /// Puts somebody on the roster.
    pub(crate) fn has_contact(&mut self, jid: &str, subscription: Subscription) {
        self.write(|txn, account| {
            txn.put_roster_item(
                account,
                &RosterItem {
                    jid: BareJid::new(jid).unwrap(),
                    name: String::new(),
                    groups: vec![],
                    subscription,
                    ask: Default::default(),
                },
            )
        });
    }

    /// Changes the store from outside.
    pub(crate) fn write<T>(
        &mut self,
        work: impl FnOnce(&Txn<'_>, AccountId) -> Result<T, StoreError>,
    ) -> T {
        let account = self.account;
        self.store
            .write(|txn| work(txn, account))
            .unwrap_or_else(|e: StoreError| panic!("{e}"))
    }

    /// What is stored.
    pub(crate) fn reader(&self) -> Reader {
        self.store.reader()
    }

    /// What is waiting in the outbox, as XML.
    pub(crate) fn outbox(&mut self) -> Vec<String> {
        self.write(|txn, account| txn.outbox_after(account, crate::model::OutboxId(0), 100))
            .into_iter()
            .map(|row| row.xml)
            .collect()
    }

    /// What an extension adds to our presence now.
    pub(crate) fn own_presence(&mut self) -> String {
        let mut sent = Presence::available();
        self.step(|extensions, cx| {
            for extension in extensions.iter() {
                extension.decorate_presence(cx, &mut sent);
            }
            Ok(Handled::Yes)
        });
        String::from(&Element::from(sent))
    }

    fn each(
        &mut self,
        mut call: impl FnMut(&mut dyn Extension, &mut Cx<'_, '_>) -> Result<(), StoreError>,
    ) -> Outcome {
        self.step(|extensions, cx| {
            for extension in extensions.iter_mut() {
                call(extension.as_mut(), cx)?;
            }
            Ok(Handled::Yes)
        })
    }

    fn first(
        &mut self,
        mut call: impl FnMut(&mut dyn Extension, &mut Cx<'_, '_>) -> Result<Handled, StoreError>,
    ) -> Outcome {
        self.step(|extensions, cx| {
            for extension in extensions.iter_mut() {
                if call(extension.as_mut(), cx)? == Handled::Yes {
                    return Ok(Handled::Yes);
                }
            }
            Ok(Handled::No)
        })
    }

    fn step(
        &mut self,
        work: impl FnOnce(&mut Vec<Box<dyn Extension>>, &mut Cx<'_, '_>) -> Result<Handled, StoreError>,
    ) -> Outcome {
        let (mut effects, settings) = (vec![], Settings::default());
        let Self {
            store,
            account,
            link,
            live,
            now,
            extensions,
        } = self;
        let handled = store
            .write(|txn| {
                let account = txn.account(*account)?;
                let mut cx = Cx {
                    txn,
                    account: &account,
                    now: *now,
                    settings: &settings,
                    link,
                    live,
                    effects: &mut effects,
                };
                let handled = work(extensions, &mut cx)?;
                settle(extensions, &mut cx)?;
                Ok(handled)
            })
            .unwrap_or_else(|e: StoreError| panic!("{e}"));
        let mut outcome = Outcome {
            handled: handled == Handled::Yes,
            ..Outcome::default()
        };
        for effect in effects {
            match effect {
                Effect::Transmit(element) => outcome.sent.push(String::from(&element)),
                Effect::Emit(Event::Finished { outcome: how, .. }) => {
                    assert!(outcome.finished.is_none(), "finished twice");
                    outcome.finished = Some(how);
                }
                Effect::Emit(event) => outcome.events.push(event),
                other @ (Effect::FlushOutbox
                | Effect::KeepPassword(_)
                | Effect::AccountDeleted
                | Effect::Forget) => outcome.effects.push(other),
            }
        }
        outcome
    }
}

impl Outcome {
    fn add(&mut self, other: Self) {
        self.sent.extend(other.sent);
        self.events.extend(other.events);
        self.effects.extend(other.effects);
        self.finished = other.finished.or_else(|| self.finished.take());
        self.handled |= other.handled;
    }

    /// The id of the only request that was sent.
    pub(crate) fn query_id(&self) -> String {
        let ids: Vec<String> = self
            .sent
            .iter()
            .filter_map(|xml| {
                let element: Element = xml.parse().unwrap();
                let kind = element.attr(rxml::xml_ncname!("type"))?;
                matches!(kind, "get" | "set")
                    .then(|| element.attr(rxml::xml_ncname!("id")))?
                    .map(str::to_owned)
            })
            .collect();
        assert_eq!(ids.len(), 1, "{:?}", self.sent);
        ids[0].clone()
    }

    /// Whether the only thing that was sent is an error of this condition.
    pub(crate) fn is_refused_with(&self, condition: &str) -> bool {
        self.sent.len() == 1
            && self.sent[0].contains("type='error'")
            && self.sent[0].contains(&format!("<{condition} "))
    }
}

/// Parses a stanza whose default namespace need not be written.
pub(crate) fn stanza(xml: &str) -> Element {
    let name_end = xml.find([' ', '/', '>']).unwrap_or(xml.len());
    let xml = if xml.contains("xmlns='jabber:client'") {
        xml.to_owned()
    } else {
        format!(
            "{} xmlns='jabber:client'{}",
            &xml[..name_end],
            &xml[name_end..]
        )
    };
    xml.parse().unwrap_or_else(|e| panic!("{e}: {xml:.300}"))
}

/// A bare JID.
pub(crate) fn bare(jid: &str) -> BareJid {
    BareJid::new(jid).unwrap()
}
