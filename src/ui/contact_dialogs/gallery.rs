//! Gallery pages of the dialogs about contacts.

use adw::prelude::*;
use relm4::prelude::*;

use super::{
    add::{self, AddContact, Prefill},
    edit::{self, EditContact},
    questions,
};
use crate::{
    model::{
        AccountId, Ask, BareJid, NewAccount, PasswordStorage, RosterItem, Subscription,
        parse_address,
    },
    store::{Store, StoreError},
    ui::gallery::{Page, handle, keep},
    worker::Handle,
};

/// The pages.
pub const PAGES: &[Page] = &[
    Page {
        name: "contact-add",
        open: || open_add(Prefill::default()),
    },
    Page {
        name: "contact-add-link",
        open: || {
            open_add(Prefill {
                address: "dana@example.net".into(),
                name: "Dana <b>".into(),
                group: "Choir".into(),
            })
        },
    },
    Page {
        name: "contact-edit",
        open: open_edit,
    },
    Page {
        name: "contact-remove",
        open: || question(questions::remove),
    },
    Page {
        name: "contact-block",
        open: || question(questions::block),
    },
    Page {
        name: "stranger-accept",
        open: || question(questions::accept),
    },
    Page {
        name: "stranger-deny",
        open: || question(questions::deny),
    },
];

fn jid(address: &str) -> BareJid {
    parse_address(address).expect("addresses of the gallery are valid")
}

/// Two accounts, the first with a contact.
fn people() -> Handle {
    let store = Store::in_memory().expect("SQLite can always keep something in memory");
    let written: Result<(), StoreError> = store.write(|txn| {
        for address in ["alice@example.org", "alice@work.example"] {
            let account = NewAccount {
                jid: jid(address),
                endpoint: None,
                proxy: None,
                password_storage: PasswordStorage::Ask,
                allow_plain: false,
                pin: None,
            };
            txn.add_account(&account, "gallery")?;
        }
        for (address, groups) in [
            ("bob@example.org", vec!["Friends", "Work"]),
            ("carol@example.org", vec!["Family"]),
        ] {
            let item = RosterItem {
                jid: jid(address),
                name: String::new(),
                groups: groups.into_iter().map(String::from).collect(),
                subscription: Subscription::Both,
                ask: Ask::None,
            };
            txn.put_roster_item(AccountId(1), &item)?;
        }
        txn.set_nickname(AccountId(1), &jid("bob@example.org"), "Bobby")
    });
    written.expect("a new store can be written");
    Handle::for_gallery(store)
}

fn open_add(prefill: Prefill) -> gtk::Window {
    let dialog = AddContact::builder().launch(add::Init {
        handle: people(),
        account: None,
        prefill,
    });
    keep(dialog.detach())
}

fn open_edit() -> gtk::Window {
    let dialog = EditContact::builder().launch(edit::Init {
        handle: people(),
        account: AccountId(1),
        jid: jid("bob@example.org"),
    });
    keep(dialog.detach())
}

fn question(question: fn(AccountId, &BareJid) -> questions::Question) -> gtk::Window {
    questions::dialog(
        question(AccountId(1), &jid("mallory@example.net")),
        &handle(),
    )
    .upcast()
}
