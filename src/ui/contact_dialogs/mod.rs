//! Dialogs about contacts and strangers.

pub mod add;
pub mod edit;
pub mod gallery;
pub mod group_choice;
mod links;
mod questions;

use adw::prelude::*;
use relm4::prelude::*;

pub use links::{LinkedChat, open_link};

use crate::{
    model::{AccountId, BareJid},
    ui::dialog,
    worker::Handle,
};
use add::AddContact;
use edit::EditContact;

/// Opens the dialog that adds somebody; `address` is what is known, an address or a link.
pub fn add_contact(
    parent: &gtk::Window,
    handle: &Handle,
    account: Option<AccountId>,
    address: Option<&str>,
) {
    let prefill = add::Prefill {
        address: address.unwrap_or_default().to_owned(),
        ..add::Prefill::default()
    };
    open_add(parent, handle, account, prefill);
}

/// Opens name and groups of a contact.
pub fn rename_contact(parent: &gtk::Window, handle: &Handle, account: AccountId, jid: &BareJid) {
    let edit = EditContact::builder().launch(edit::Init {
        handle: handle.clone(),
        account,
        jid: jid.clone(),
    });
    dialog::open(edit.detach(), Some(parent));
}

/// Asks whether to remove a contact.
pub fn remove_contact(parent: &gtk::Window, handle: &Handle, account: AccountId, jid: &BareJid) {
    ask(questions::remove(account, jid), parent, handle);
}

/// Asks whether to block somebody.
pub fn block_contact(parent: &gtk::Window, handle: &Handle, account: AccountId, jid: &BareJid) {
    ask(questions::block(account, jid), parent, handle);
}

/// Asks whether a stranger may see when one is there.
pub fn accept_stranger(parent: &gtk::Window, handle: &Handle, account: AccountId, jid: &BareJid) {
    ask(questions::accept(account, jid), parent, handle);
}

/// Asks whether to refuse a stranger.
pub fn deny_stranger(parent: &gtk::Window, handle: &Handle, account: AccountId, jid: &BareJid) {
    ask(questions::deny(account, jid), parent, handle);
}

fn open_add(
    parent: &gtk::Window,
    handle: &Handle,
    account: Option<AccountId>,
    prefill: add::Prefill,
) {
    let dialog = AddContact::builder().launch(add::Init {
        handle: handle.clone(),
        account,
        prefill,
    });
    dialog::open(dialog.detach(), Some(parent));
}

fn ask(question: questions::Question, parent: &gtk::Window, handle: &Handle) {
    let dialog = questions::dialog(question, handle);
    dialog::stand_over(&dialog, Some(parent));
    dialog.present();
}
