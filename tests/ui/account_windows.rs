//! Settings, and the windows of accounts.

use adw::prelude::*;
use relm4::prelude::*;
use tessera::{
    command::{AccountCommand, Command, ContactCommand},
    event::Event,
    model::{
        Account, AccountId, ColorScheme, ConnectionState, FailureKind, Fingerprint,
        NotificationText, Profile, Settings, Timestamp,
    },
    ui::{
        about,
        account::{
            account_page::AccountPage, accounts::AccountsWindow, blocked::BlockedDialog,
            change_password::ChangePassword, profile::ProfileDialog, remove_account::RemoveAccount,
        },
        dialog,
        settings::SettingsWindow,
        shortcuts,
    },
    worker::Handle,
};

use crate::{
    script::{Script, click, close_all, find, jid, question, says, store, type_into},
    stage::{by_name, settle, wait},
};

const ACCOUNT: AccountId = AccountId(1);

fn handle(script: &Script) -> Handle {
    script.handle(store(&["alice@example.org"], |txn| {
        txn.pin_certificate(ACCOUNT, Fingerprint([7; 32]), Timestamp(1))?;
        txn.set_strongest_mechanism(ACCOUNT, "SCRAM-SHA-256", Timestamp(1))?;
        txn.replace_blocked(ACCOUNT, &["spam@example.net".into(), "a@b/phone".into()])?;
        let profile = Profile {
            full_name: "Alice".into(),
            ..Profile::default()
        };
        txn.set_profile(ACCOUNT, &jid("alice@example.org"), &profile)
    }))
}

fn account(handle: &Handle) -> Account {
    handle.reader().account(ACCOUNT).unwrap()
}

#[gtk::test]
fn each_setting_holds_at_once() {
    let script = Script::new();
    let window = dialog::open(
        SettingsWindow::builder().launch(handle(&script)).detach(),
        None,
    );
    wait("the settings are loaded", || window.is_sensitive());
    settle();
    assert!(
        script.commands().is_empty(),
        "nothing is changed by looking"
    );
    for name in [
        "receipts",
        "read-markers",
        "typing",
        "notify",
        "sound",
        "enter-sends",
        "background",
    ] {
        let switch: gtk::Switch = by_name(&window, name);
        switch.set_active(!switch.is_active());
        settle();
    }
    by_name::<adw::ComboRow>(&window, "notification-text").set_selected(2);
    settle();
    by_name::<adw::ComboRow>(&window, "color-scheme").set_selected(2);
    settle();
    assert!(adw::StyleManager::default().is_dark());
    let applied: Vec<_> = script
        .commands()
        .into_iter()
        .map(|command| match command {
            Command::ApplySettings(settings) => settings,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(applied.len(), 9);
    let last = applied.last().unwrap();
    let all_changed = Settings {
        send_receipts: false,
        send_read_markers: false,
        send_typing: false,
        notify: false,
        notification_text: NotificationText::Nothing,
        notification_sound: true,
        enter_sends: false,
        color_scheme: ColorScheme::Dark,
        run_in_background: true,
        ..Settings::default()
    };
    assert_eq!(*last, all_changed);
    by_name::<adw::ComboRow>(&window, "color-scheme").set_selected(0);
    settle();
    close_all();
}

#[gtk::test]
fn the_list_shows_states_and_opens_a_page() {
    let script = Script::new();
    let handle = handle(&script);
    let window = dialog::open(
        AccountsWindow::builder().launch(handle.clone()).detach(),
        None,
    );
    wait("the account is listed", || {
        find::<adw::ActionRow>(&window, "account").is_some()
    });
    let row: adw::ActionRow = by_name(&window, "account");
    assert_eq!(row.subtitle().as_deref(), Some("Not connected"));
    let stopped = ConnectionState::Stopped(FailureKind::WrongPassword.into());
    handle.live().set_connection(ACCOUNT, stopped);
    handle.pretend(Event::Connection(ACCOUNT));
    wait("the state is told", || {
        row.subtitle().as_deref() == Some("Wrong address or password")
    });
    row.emit_by_name::<()>("activated", &[]);
    wait("the page is there", || {
        find::<gtk::Widget>(&window, "nickname").is_some()
    });
    click(&window, "back");
    wait("the list is there", || {
        find::<gtk::Widget>(&window, "nickname").is_none()
    });
    assert!(script.commands().is_empty());
    close_all();
}

fn page(script: &Script) -> gtk::Window {
    let page = AccountPage::builder().launch((handle(script), ACCOUNT));
    let window = dialog::open_framed(page.detach(), "Account", None);
    wait("the account is loaded", || {
        by_name::<gtk::Button>(&window, "forget-pin").is_visible()
    });
    settle();
    window
}

#[gtk::test]
fn the_page_shows_the_login_and_forgets_a_pin() {
    let script = Script::new();
    let window = page(&script);
    let pin: adw::ActionRow = by_name(&window, "pin");
    assert!(pin.subtitle().is_some_and(|text| text.contains("07:07:07")));
    let strength: adw::ActionRow = by_name(&window, "strength");
    assert!(
        strength
            .subtitle()
            .is_some_and(|text| text.contains("SCRAM-SHA-256"))
    );
    click(&window, "forget-pin");
    wait("it is forgotten", || !script.commands().is_empty());
    assert!(matches!(
        script.commands().as_slice(),
        [Command::Account(AccountCommand::ForgetPin(ACCOUNT))]
    ));
    close_all();
}

#[gtk::test]
fn plain_passwords_are_allowed_only_after_asking() {
    let script = Script::new();
    let window = page(&script);
    let switch: gtk::Switch = by_name(&window, "allow-plain");
    switch.set_active(true);
    question().response("stay");
    wait("the switch goes back", || !switch.is_active());
    assert!(script.commands().is_empty());
    close_all();
}

#[gtk::test]
fn an_edited_server_is_used_only_when_asked_for() {
    let script = Script::new();
    let window = page(&script);
    assert!(!by_name::<gtk::Button>(&window, "apply-endpoint").is_visible());
    type_into(&window, "port", "70000");
    wait("it can be applied", || {
        by_name::<gtk::Button>(&window, "apply-endpoint").is_visible()
    });
    click(&window, "apply-endpoint");
    wait("it is told", || !says(&window, "problem-text").is_empty());
    assert!(script.commands().is_empty());
    type_into(&window, "host", "xmpp.example.org");
    type_into(&window, "port", "443");
    settle();
    click(&window, "apply-endpoint");
    wait("it is applied", || !script.commands().is_empty());
    let commands = script.commands();
    let [
        Command::Account(AccountCommand::SetEndpoint {
            endpoint: Some(endpoint),
            ..
        }),
    ] = commands.as_slice()
    else {
        panic!("{commands:?}");
    };
    assert_eq!(
        (endpoint.host.as_str(), endpoint.port),
        ("xmpp.example.org", 443)
    );
    close_all();
}

#[gtk::test]
fn a_profile_that_could_not_be_loaded_is_not_written_over() {
    let script = Script::new();
    script.answer_command(Err(FailureKind::Offline.into()));
    let handle = handle(&script);
    let account = account(&handle);
    let window = dialog::open(
        ProfileDialog::builder().launch((handle, account)).detach(),
        None,
    );
    wait("it is told", || {
        says(&window, "problem-title") == "Not connected"
    });
    assert!(!by_name::<gtk::Widget>(&window, "full-name").is_sensitive());
    click(&window, "accept");
    wait("it is loaded", || {
        by_name::<adw::EntryRow>(&window, "full-name").text() == "Alice"
    });
    type_into(&window, "email", "alice@example.org");
    settle();
    click(&window, "accept");
    wait("the dialog closes", || !window.is_visible());
    let commands = script.commands();
    let [
        Command::Contact(ContactCommand::FetchProfile { .. }),
        Command::Contact(ContactCommand::FetchProfile { .. }),
        Command::Account(AccountCommand::SetProfile { profile, .. }),
    ] = commands.as_slice()
    else {
        panic!("{commands:?}");
    };
    assert_eq!(profile.full_name, "Alice");
    assert_eq!(profile.email, "alice@example.org");
    close_all();
}

#[gtk::test]
fn addresses_servers_and_devices_can_be_unblocked() {
    let script = Script::new();
    let window = dialog::open(
        BlockedDialog::builder()
            .launch((handle(&script), ACCOUNT))
            .detach(),
        None,
    );
    let list: gtk::ListBox = by_name(&window, "blocked");
    wait("the list is loaded", || list.row_at_index(1).is_some());
    for place in 0..2 {
        let row = list.row_at_index(place).unwrap();
        let button = first_button(&row).expect("each row can be unblocked");
        button.emit_clicked();
        wait("it is asked", || {
            script.commands().len() == usize::try_from(place).unwrap() + 1 && list.is_sensitive()
        });
    }
    type_into(&window, "block", "ads.example");
    settle();
    by_name::<adw::EntryRow>(&window, "block").emit_by_name::<()>("apply", &[]);
    wait("it is asked", || script.commands().len() == 3);
    let said: Vec<_> = script
        .commands()
        .into_iter()
        .map(|command| match command {
            Command::Contact(ContactCommand::Unblock { jid, .. }) => format!("un {jid}"),
            Command::Contact(ContactCommand::Block { jid, .. }) => format!("block {jid}"),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        said,
        ["un a@b/phone", "un spam@example.net", "block ads.example"]
    );
    close_all();
}

fn first_button(root: &impl IsA<gtk::Widget>) -> Option<gtk::Button> {
    let root: &gtk::Widget = root.upcast_ref();
    if let Some(button) = root.downcast_ref::<gtk::Button>() {
        return Some(button.clone());
    }
    let mut child = root.first_child();
    while let Some(widget) = child {
        if let Some(found) = first_button(&widget) {
            return Some(found);
        }
        child = widget.next_sibling();
    }
    None
}

#[gtk::test]
fn a_new_password_is_sent_only_when_it_is_the_same_twice() {
    let script = Script::new();
    script.answer_command(Err(FailureKind::Refused("not-allowed".into()).into()));
    let handle = handle(&script);
    let account = account(&handle);
    let window = dialog::open(
        ChangePassword::builder().launch((handle, account)).detach(),
        None,
    );
    type_into(&window, "password", "long enough");
    settle();
    click(&window, "accept");
    settle();
    assert!(script.commands().is_empty());
    type_into(&window, "repeated", "long enough");
    settle();
    click(&window, "accept");
    wait("the refusal is told", || {
        says(&window, "problem-title") == "Refused"
    });
    assert!(window.is_visible());
    click(&window, "accept");
    wait("the dialog closes", || !window.is_visible());
    close_all();
}

#[gtk::test]
fn deleting_on_the_server_needs_the_address_typed() {
    let script = Script::new();
    let handle = handle(&script);
    let account = account(&handle);
    let window = dialog::open(
        RemoveAccount::builder().launch((handle, account)).detach(),
        None,
    );
    settle();
    assert_eq!(window.default_widget(), None);
    by_name::<gtk::CheckButton>(&window, "on-server").set_active(true);
    settle();
    let button: gtk::Button = by_name(&window, "accept");
    assert!(!button.is_sensitive());
    type_into(&window, "confirm", "alice@example.or");
    settle();
    assert!(!button.is_sensitive());
    type_into(&window, "confirm", "alice@example.org");
    settle();
    click(&window, "accept");
    wait("the dialog closes", || !window.is_visible());
    assert!(matches!(
        script.commands().as_slice(),
        [Command::Account(AccountCommand::Remove {
            account: ACCOUNT,
            on_server: true
        })]
    ));
    close_all();
}

#[gtk::test]
fn shortcuts_and_about_open() {
    shortcuts::window().present();
    about::window().present();
    settle();
    for shortcut in shortcuts::SHORTCUTS.iter().filter(|s| s.action.is_some()) {
        for key in shortcut.keys {
            assert!(gtk::accelerator_parse(*key).is_some(), "{key}");
        }
    }
    close_all();
}
