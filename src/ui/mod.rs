//! The window: components that send commands, receive events that carry ids, and read snapshots of the store.
//! Knows nothing of stanzas, of SQL or of the network.
//!
//! # How the parts fit together
//!
//! [`app::App`] owns the main window, the worker's [`Handle`](crate::worker::Handle) and the only subscription to its
//! events. Events are collected for 16 ms and handed on as one [`News`]; components ask the store again for what they
//! show, in `sender.oneshot_command`, never on the main thread.
//!
//! | component | init | input from the window | output to the window |
//! |---|---|---|---|
//! | [`sidebar::Sidebar`] | `Handle` | `News`, `Select`, `Folded`, `FocusSearch`, … | `Open(conversation)`, … |
//! | [`conversation::Conversation`] | `Handle` | `Open(conversation)`, `Close`, `News`, `Folded(bool)`, `Focus`, `Search` | `Back`, `Opened`, … |
//!
//! The conversation draws everything right of the sidebar: its own header bar (with a back button while `Folded(true)`),
//! the timeline, the composer and the details pane.
//!
//! Dialogs are plain functions that open a window of their own, transient for the one they are given, and need no
//! answer: what they change comes back as an event. They live in [`account`], [`contact_dialogs`] and [`settings`]:
//!
//! | function | opens |
//! |---|---|
//! | `account::fix_problem(parent, handle, account)` | whatever helps a stopped account on: password, certificate, weaker login, … |
//! | `account::ask_certificate(parent, problem, answer)` | the certificate page for an account that is not added yet; `answer(true)` means pin |
//! | `account::ask_plain(parent, domain, answer)` | the question whether the password itself may be sent inside TLS |
//! | `account::open_accounts(parent, handle)` | the list of accounts and their settings |
//! | `account::open_registration(parent, handle)` | the form of a server that creates an account |
//! | `contact_dialogs::add_contact(parent, handle, account, address)` | the dialog that adds somebody (both optional: only prefilled; a link will do) |
//! | `contact_dialogs::rename_contact(parent, handle, account, jid)` | name and groups of a contact |
//! | `contact_dialogs::remove_contact(parent, handle, account, jid)` | the question whether to remove a contact |
//! | `contact_dialogs::block_contact(parent, handle, account, jid)` | the question whether to block somebody |
//! | `contact_dialogs::accept_stranger`, `deny_stranger` (same arguments) | the questions about a stranger's request |
//! | `contact_dialogs::open_link(parent, handle, account, link)` | what an `xmpp:` link proposes; answers the chat to open, if that is it |
//! | `account::open_login(parent, handle)` | the log in form in a window of its own, for one more account |
//! | `history::open_export(parent, handle, chat)` | the dialog that writes one chat or all into a file |
//! | `history::open_import(parent, handle)` | the dialog that brings in history of other programs |
//! | `settings::open(parent, handle)` | the settings of the profile; `settings::apply_color_scheme` makes them seen |
//! | `shortcuts::open(parent)` | all keyboard shortcuts, which `shortcuts::bind(app)` binds from the same table |
//! | `about::open(parent)` | what this program is |
//! | `failure_text::describe(&Failure)` | (pure) the sentences of a failure |
//!
//! Two components stand in windows of others, too: [`account::login_form::LoginForm`] (in the first run; tries the login,
//! then adds the account) and [`account::passphrase::PassphraseDialog`] (at the start, for a profile with a passphrase).
//!
//! Words of others stand in our sentences only through [`untrusted_text`].
//!
//! The bindings have no `update_property` before GTK 4.10: names for those who do not see go through [`accessible`].
//!
//! Every component has pages in the [`gallery`]: `tessera --gallery list`.

pub mod about;
pub mod accessible;
pub mod account;
pub mod app;
pub mod composer;
pub(crate) mod console;
pub mod contact_dialogs;
pub mod conversation;
pub mod details;
pub mod dialog;
pub mod failure_text;
pub mod farewell;
pub mod first_run;
pub mod gallery;
pub mod history;
pub mod jump;
pub mod list;
pub mod notifications;
pub(crate) mod open_chat;
pub mod presence;
pub mod resources;
pub(crate) mod search;
pub mod settings;
pub mod shortcuts;
pub mod sidebar;
pub mod startup;
pub mod untrusted_text;
pub mod widgets;

use std::rc::Rc;

use crate::event::Event;

/// What happened since the last time, shared by all components of the window.
pub type News = Rc<[Event]>;
