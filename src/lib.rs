//! Tessera, a desktop XMPP client: the architecture.
//!
//! One **session task per account** takes one input at a time: a stanza, a command, a tick. Each input is handled by plain
//! synchronous code inside **one transaction** of the database, which also collects **effects** (stanzas to send, events to
//! emit). Effects are performed only after the commit. The window holds no protocol state: it sends a [`Command`], receives
//! an [`Event`] that says *what changed*, and reads the store again.
//!
//! ```text
//!             Command                      one input = one transaction = one batch of effects
//!  ui  ──────────────────▶ worker ──▶ session.step(store, input) ──▶ effects ──▶ stream, events
//!   ▲   Event (ids only)     │                  │
//!   └────────────────────────┘                  ▼
//!   └── store::Reader (pages of rows) ──── SQLite: encrypted, WAL, one writer
//! ```
//!
//! # Rules that do not bend
//!
//! 1. **The database is the only truth.** Events carry ids, never values; one that is missed becomes
//!    [`Event::Resync`](event::Event::Resync), and costs a reload.
//! 2. **One input, one transaction, one batch of effects, performed after the commit.** A message and the archive's cursor
//!    are committed together or not at all, and a stanza is counted for stream management (XEP-0198) only then.
//! 3. **Seal once.** What is sent is a row of the outbox first; a retry sends the same bytes.
//! 4. **Provenance is parsed once, at the border**: an [`Envelope`](xmpp::envelope::Envelope) says who really sent a message
//!    and by which route, and nothing later looks at the stanza for that.
//! 5. **Time and the network are arguments.** Sessions and state machines are tested without either.
//! 6. **Layers only look down**, and everything below the window builds and passes its tests without GTK.
//!
//! # Layers
//!
//! | layer | duty | may use |
//! |---|---|---|
//! | [`model`] | plain values: addresses, messages, contacts, failures | nothing |
//! | [`config`] | names, version, where installed files are | nothing |
//! | [`command`], [`event`] | what crosses the border of threads | `model` |
//! | [`secrets`] | keyring, sealed file | `model` |
//! | [`store`] | the database: one writer, a pool of readers, one file per table family | `model` |
//! | [`transfer`] | takes history out into files, and brings that of files and other programs in | `store`, `config` |
//! | [`profile`] | folder, lock and database key of one identity | `secrets`, `store` |
//! | [`crypto`] | end-to-end encryption as pure computing: keys, ratchets, wire formats | nothing |
//! | [`trust`] | who may read what we encrypt | `model`, `store` |
//! | [`xmpp`] | the stream, and one file per extension; no I/O above the stream | `store`, `crypto`, `trust`, `event`, `command` |
//! | [`worker`] | session tasks, outbox, reconnecting; the [`Handle`](worker::Handle) | all above |
//! | [`timeline`] | which rows a chat shows, and the fewest changes of a list | `model` |
//! | `i18n` | translated text | `config` |
//! | `demo` | a private server, an account and people who answer | `worker` and below |
//! | `ui` | components of the window (feature `ui`) | `worker`, `store::Reader`, `timeline`, `i18n` |
//!
//! `tests/tree/layers.rs` holds every file to this table.
//!
//! # Where a thing goes
//!
//! *A message comes:* stream → [`worker::session`] → `Envelope` → known already? stop → row, and what extensions make of it
//! → commit → [`Event::Messages`](event::Event::Messages) → the open chat reads the rows → [`timeline`] → the fewest
//! splices → the list.
//!
//! *A message is sent:* [`ChatCommand::Send`](command::ChatCommand::Send) → row in state *waiting* (shown at once) and row of
//! the outbox in one commit → transmitted, again after every new connection, until the server has acknowledged it → *sent* →
//! *delivered* → *read*.
//!
//! *What nobody stores* (connection, presence, typing) is a snapshot in [`worker::Live`].
//!
//! *An extension of the protocol:* a file `src/xmpp/xepNNNN_name.rs` with its [`Extension`](xmpp::Extension) and its tests, a
//! line in [`xmpp::registry`], a line in `data/tessera.doap`; nothing in `worker` changes.
//!
//! *Something to see:* a component in `src/ui/` with pages in the gallery, its text through `i18n`.
//!
//! [`Command`]: command::Command
//! [`Event`]: event::Event

pub mod command;
pub mod config;
pub mod crypto;
#[cfg(feature = "ui")]
pub mod demo;
pub mod event;
#[cfg(feature = "ui")]
pub mod i18n;
pub mod model;
pub mod profile;
pub mod secrets;
pub mod store;
pub mod timeline;
pub mod transfer;
pub mod trust;
#[cfg(feature = "ui")]
pub mod ui;
pub mod worker;
pub mod xmpp;
