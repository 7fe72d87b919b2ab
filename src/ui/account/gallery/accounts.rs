//! Accounts and everything that can be changed of them.

use gtk::prelude::GtkWindowExt;
use relm4::prelude::*;

use crate::{
    i18n::gettext,
    model::{
        Account, AccountId, BareJid, ConnectionState, Failure, FailureKind, NewAccount,
        PasswordStorage, Profile, SyncState, Timestamp, parse_address,
    },
    store::{Store, StoreError},
    ui::{
        account::{
            account_page::AccountPage,
            accounts::AccountsWindow,
            blocked::BlockedDialog,
            change_password::ChangePassword,
            history::HistoryGroup,
            profile::ProfileDialog,
            remove_account::{self, RemoveAccount},
        },
        dialog::framed,
        gallery::keep,
    },
    worker::Handle,
};

const FIRST: AccountId = AccountId(1);
const SECOND: AccountId = AccountId(2);

fn jid(address: &str) -> BareJid {
    parse_address(address).expect("addresses of the gallery are valid")
}

/// Two accounts: one connected, one that stopped.
fn accounts() -> Handle {
    let store = Store::in_memory().expect("SQLite can always keep something in memory");
    let written: Result<(), StoreError> = store.write(|txn| {
        for address in ["alice@example.org", "alice@work.example"] {
            let account = NewAccount {
                jid: jid(address),
                endpoint: None,
                proxy: None,
                password_storage: PasswordStorage::Keyring,
                allow_plain: false,
                pin: None,
            };
            txn.add_account(&account, "gallery")?;
        }
        let now = Timestamp(1_790_000_000_000);
        let pin = super::certificates::problem().sha256;
        txn.pin_certificate(FIRST, pin, now)?;
        txn.set_strongest_mechanism(FIRST, "SCRAM-SHA-256-PLUS", now)?;
        let blocked = ["spam@example.net", "ads.example"].map(String::from);
        txn.replace_blocked(FIRST, &blocked)?;
        let profile = Profile {
            full_name: "Alice Liddell".into(),
            url: "https://alice.example".into(),
            note: "Down the rabbit hole,\nmostly on weekdays.".into(),
            ..Profile::default()
        };
        txn.set_profile(FIRST, &jid("alice@example.org"), &profile)
    });
    written.expect("a new store can be written");
    let handle = Handle::for_gallery(store);
    let online = ConnectionState::Online {
        jid: "alice@example.org/Tessera"
            .parse()
            .expect("this address is valid"),
    };
    handle.live().set_connection(FIRST, online);
    let stopped = ConnectionState::Stopped(Failure::new(FailureKind::WrongPassword));
    handle.live().set_connection(SECOND, stopped);
    handle
}

fn account(handle: &Handle) -> Account {
    let account = handle.reader().account(FIRST);
    account.expect("the account was just written")
}

pub(super) fn list() -> gtk::Window {
    keep(AccountsWindow::builder().launch(accounts()).detach())
}

pub(super) fn page() -> gtk::Window {
    let page = AccountPage::builder().launch((accounts(), FIRST)).detach();
    framed(page, &gettext("Account"))
}

pub(super) fn history() -> gtk::Window {
    let handle = accounts();
    let filling = SyncState::Filling {
        fetched: 14_350,
        reached: Some(Timestamp(1_750_000_000_000)),
        missing: Some(38_210),
    };
    handle.live().set_sync(FIRST, filling);
    history_of(handle)
}

pub(super) fn history_stopped() -> gtk::Window {
    let made = alice_forgets();
    history_of(made)
}

/// The history of an account that was stopped, and that forgets.
fn alice_forgets() -> Handle {
    let (store, ()) = crate::ui::gallery::sample::store(|txn| {
        let account = crate::ui::gallery::sample::account(txn, "alice@example.org")?;
        txn.set_history_paused(account, true)?;
        txn.set_forget_after(account, Some(90))
    });
    Handle::for_gallery(store)
}

fn history_of(handle: Handle) -> gtk::Window {
    let group = HistoryGroup::builder().launch((handle, FIRST)).detach();
    let window = framed(group, &gettext("Account"));
    window.set_default_size(460, 320);
    window
}

pub(super) fn profile() -> gtk::Window {
    let handle = accounts();
    let account = account(&handle);
    keep(ProfileDialog::builder().launch((handle, account)).detach())
}

pub(super) fn blocked() -> gtk::Window {
    keep(
        BlockedDialog::builder()
            .launch((accounts(), FIRST))
            .detach(),
    )
}

pub(super) fn change_password() -> gtk::Window {
    let handle = accounts();
    let account = account(&handle);
    keep(ChangePassword::builder().launch((handle, account)).detach())
}

pub(super) fn remove() -> gtk::Window {
    let handle = accounts();
    let account = account(&handle);
    let dialog = RemoveAccount::builder().launch((handle, account)).detach();
    dialog.emit(remove_account::Input::OnServer(true));
    keep(dialog)
}
