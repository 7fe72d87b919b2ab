//! The log in form, the certificate page and the dialogs for passwords.

use std::{cell::RefCell, rc::Rc};

use adw::prelude::*;
use relm4::prelude::*;
use tessera::{
    command::{AccountCommand, Command},
    event::Event,
    model::{
        AccountId, CertificateProblem, CertificateReason, ConnectStep, ConnectionState, Failure,
        FailureKind, Fingerprint, PasswordStorage, SealedFile, Secret,
    },
    ui::{
        account::{
            self,
            certificate::{self, CertificatePage},
            login_form::LoginForm,
            passphrase::{self, PassphraseDialog, Purpose},
        },
        dialog,
    },
};

use crate::{
    script::{Script, click, close_all, find, question, says, store, type_into, window_with},
    stage::{all, by_name, settle, wait},
};

const ACCOUNT: AccountId = AccountId(1);

/// The form in a window, and how often it said that it is done.
fn form(script: &Script) -> (gtk::Window, Rc<RefCell<usize>>) {
    let added = Rc::new(RefCell::new(0));
    let told = added.clone();
    let form = LoginForm::builder()
        .launch(script.handle(store(&["taken@example.org"], |_| Ok(()))))
        .connect_receiver(move |_, _| *told.borrow_mut() += 1);
    let window = dialog::open_framed(form, "Log in", None);
    settle();
    (window, added)
}

fn fill(window: &gtk::Window, address: &str, password: &str) {
    type_into(window, "address", address);
    type_into(window, "password", password);
    settle();
}

/// Whether the keyboard focus is on a widget or in a part of it.
fn focus_is_in(window: &gtk::Window, widget: &impl IsA<gtk::Widget>) -> bool {
    let focus = GtkWindowExt::focus(window);
    focus.is_some_and(|focus| focus == *widget.as_ref() || focus.is_ancestor(widget))
}

fn certificate(reason: CertificateReason) -> CertificateProblem {
    CertificateProblem {
        domain: "example.org".into(),
        chain: vec![],
        sha256: Fingerprint([7; 32]),
        reason,
        summary: None,
        pinned: None,
    }
}

#[gtk::test]
fn a_good_login_adds_the_account() {
    let script = Script::new();
    let (window, added) = form(&script);
    fill(&window, " alice@example.org ", "secret");
    click(&window, "log-in");
    wait("the account is added", || *added.borrow() == 1);
    assert_eq!(script.logins().len(), 1);
    let commands = script.commands();
    let [Command::Account(AccountCommand::Add { account, password })] = commands.as_slice() else {
        panic!("{commands:?}");
    };
    assert_eq!(account.jid.as_str(), "alice@example.org");
    assert_eq!(account.password_storage, PasswordStorage::Keyring);
    assert_eq!(*password, Secret::new("secret"));
    close_all();
}

#[gtk::test]
fn a_wrong_address_is_told_at_the_field_and_goes_when_it_is_mended() {
    let script = Script::new();
    let (window, _) = form(&script);
    fill(&window, "alice", "secret");
    click(&window, "log-in");
    settle();
    assert!(says(&window, "field-error").contains('@'));
    assert!(by_name::<adw::EntryRow>(&window, "address").has_css_class("error"));
    type_into(&window, "address", "alice@example.org");
    settle();
    assert_eq!(says(&window, "field-error"), "");
    assert!(script.logins().is_empty());
    fill(&window, "taken@example.org", "secret");
    click(&window, "log-in");
    wait("it is told", || {
        says(&window, "field-error").contains("already")
    });
    assert!(script.logins().is_empty() && script.commands().is_empty());
    close_all();
}

#[gtk::test]
fn a_refused_password_is_told_and_nothing_is_added() {
    let script = Script::new();
    script.answer_login(Err(Failure::with_text(
        FailureKind::WrongPassword,
        "<b>No\u{202e}such user</b>",
    )));
    let (window, added) = form(&script);
    fill(&window, "alice@example.org", "wrong");
    click(&window, "log-in");
    wait("it is told", || {
        says(&window, "problem-title").contains("Wrong")
    });
    let quote: gtk::Label = by_name(&window, "problem-quote");
    assert!(!quote.uses_markup() && quote.label().contains("<b>No"));
    let password: adw::PasswordEntryRow = by_name(&window, "password");
    wait("the focus in the password", || {
        focus_is_in(&window, &password)
    });
    assert!(by_name::<gtk::Button>(&window, "log-in").is_visible());
    assert_eq!((*added.borrow(), script.commands().len()), (0, 0));
    close_all();
}

#[gtk::test]
fn what_went_wrong_is_in_view_and_has_the_focus() {
    let script = Script::new();
    for failure in [FailureKind::WrongPassword, FailureKind::NoSuchServer] {
        script.answer_login(Err(failure.into()));
    }
    let (window, _) = form(&script);
    window.set_default_size(360, 400);
    settle();
    let scroller = all::<gtk::ScrolledWindow>(&window).remove(0);
    let problem: gtk::Box = by_name(&window, "problem");
    let is_in_view = |name: &str| {
        let bounds = by_name::<gtk::Label>(&window, name).compute_bounds(&scroller);
        bounds.is_some_and(|b| b.y() >= 0.0 && b.y() + b.height() <= scroller.height() as f32)
    };
    fill(&window, "alice@example.org", "wrong");
    for told in ["Wrong", "server"] {
        let end = scroller.vadjustment().upper();
        scroller.vadjustment().set_value(end);
        settle();
        assert!(
            scroller.vadjustment().value() > 0.0,
            "there is something to scroll"
        );
        click(&window, "log-in");
        wait("it is told", || {
            says(&window, "problem-title").contains(told)
        });
        wait("it can be seen", || is_in_view("problem-title"));
    }
    wait("the focus on it", || focus_is_in(&window, &problem));
    // A wrong address is told at its field, which comes into view, too.
    type_into(&window, "address", "alice");
    assert!(by_name::<gtk::Button>(&window, "log-in").grab_focus());
    settle();
    assert!(scroller.vadjustment().value() > 0.0);
    click(&window, "log-in");
    let address: adw::EntryRow = by_name(&window, "address");
    wait("the focus in the address", || {
        focus_is_in(&window, &address)
    });
    wait("it can be seen", || is_in_view("field-error"));
    close_all();
}

#[gtk::test]
fn a_login_can_be_stopped() {
    let script = Script::new();
    script.get_stuck();
    let (window, _) = form(&script);
    fill(&window, "alice@example.org", "secret");
    click(&window, "log-in");
    wait("it is tried", || !says(&window, "progress").is_empty());
    click(&window, "stop");
    wait("the form is back", || {
        by_name::<gtk::Button>(&window, "log-in").is_visible()
    });
    assert_eq!(says(&window, "problem-title"), "");
    assert!(script.commands().is_empty());
    close_all();
}

#[gtk::test]
fn a_certificate_is_pinned_only_after_a_tick() {
    let script = Script::new();
    let problem = certificate(CertificateReason::UnknownIssuer);
    script.answer_login(Err(
        FailureKind::Certificate(Box::new(problem.clone())).into()
    ));
    let (window, added) = form(&script);
    fill(&window, "alice@example.org", "secret");
    click(&window, "log-in");
    let page = window_with("pin");
    assert!(!by_name::<gtk::Button>(&page, "pin").is_sensitive());
    let default = page.default_widget().map(|widget| widget.widget_name());
    assert_eq!(default.as_deref(), Some("disconnect"));
    by_name::<gtk::CheckButton>(&page, "compared").set_active(true);
    settle();
    click(&page, "pin");
    wait("it is tried again and added", || *added.borrow() == 1);
    let pins: Vec<_> = script.logins().into_iter().map(|login| login.pin).collect();
    assert_eq!(pins, [None, Some(problem.sha256)]);
    close_all();
}

#[gtk::test]
fn closing_the_certificate_page_stays_away_and_is_told_once() {
    let answers = Rc::new(RefCell::new(vec![]));
    let told = answers.clone();
    let page = CertificatePage::builder()
        .launch(certificate(CertificateReason::PinChanged))
        .connect_receiver(move |_, answer| told.borrow_mut().push(answer));
    let window = dialog::open(page, None);
    settle();
    by_name::<gtk::CheckButton>(&window, "compared").set_active(true);
    window.close();
    settle();
    assert_eq!(*answers.borrow(), [certificate::Output::Disconnect]);
    close_all();
}

#[gtk::test]
fn a_certificate_that_cannot_be_checked_cannot_be_pinned() {
    let page = CertificatePage::builder().launch(certificate(CertificateReason::Unusable));
    let window = dialog::open(page.detach(), None);
    settle();
    assert!(!by_name::<gtk::Button>(&window, "pin").is_visible());
    assert!(!by_name::<gtk::CheckButton>(&window, "compared").is_visible());
    close_all();
}

#[gtk::test]
fn a_changed_certificate_stands_beside_the_pinned_one() {
    let problem = CertificateProblem {
        pinned: Some(Fingerprint([8; 32])),
        ..certificate(CertificateReason::PinChanged)
    };
    let window = dialog::open(CertificatePage::builder().launch(problem).detach(), None);
    settle();
    assert!(says(&window, "fingerprint").starts_with("07:07"));
    assert!(says(&window, "fingerprint-pinned").starts_with("08:08"));
    close_all();
}

#[gtk::test]
fn plain_passwords_are_sent_only_after_asking() {
    let script = Script::new();
    script.answer_login(Err(FailureKind::PlainRefused.into()));
    let (window, added) = form(&script);
    fill(&window, "alice@example.org", "secret");
    click(&window, "log-in");
    let dialog = question();
    assert_eq!(dialog.default_response(), Some(dialog.close_response()));
    dialog.response("go-on");
    wait("it is tried again and added", || *added.borrow() == 1);
    let allowed: Vec<_> = script
        .logins()
        .iter()
        .map(|login| login.allow_plain)
        .collect();
    assert_eq!(allowed, [false, true]);
    close_all();
}

#[gtk::test]
fn without_a_keyring_a_sealed_file_is_made_first() {
    let script = Script::new();
    script.keep_passwords_in(false, SealedFile::Absent);
    let (window, added) = form(&script);
    fill(&window, "alice@example.org", "secret");
    wait("the file is proposed", || {
        by_name::<gtk::Widget>(&window, "storage-passphrase").is_visible()
    });
    click(&window, "log-in");
    settle();
    assert!(says(&window, "problem-text").contains("8 characters"));
    type_into(&window, "storage-passphrase", "four unrelated words here");
    type_into(&window, "storage-repeated", "four unrelated words here");
    settle();
    click(&window, "log-in");
    wait("the account is added", || *added.borrow() == 1);
    let commands = script.commands();
    assert!(matches!(
        commands.as_slice(),
        [
            Command::Account(AccountCommand::UnlockPasswords(_)),
            Command::Account(AccountCommand::Add { .. })
        ]
    ));
    close_all();
}

#[gtk::test]
fn a_new_passphrase_is_entered_twice_and_can_be_refused() {
    let entered = Rc::new(RefCell::new(0));
    let told = entered.clone();
    let dialog = PassphraseDialog::builder()
        .launch(Purpose::NewProfile)
        .connect_receiver(move |_, output| {
            if let passphrase::Output::Entered(_) = output {
                *told.borrow_mut() += 1;
            }
        });
    let input = dialog.sender().clone();
    let window = dialog::open(dialog, None);
    type_into(&window, "passphrase", "long enough");
    type_into(&window, "repeated", "long enougH");
    settle();
    click(&window, "accept");
    settle();
    assert!(says(&window, "field-error").contains("not the same"));
    type_into(&window, "repeated", "long enough");
    settle();
    click(&window, "accept");
    wait("it is told", || *entered.borrow() == 1);
    assert!(!by_name::<gtk::Button>(&window, "accept").is_sensitive());
    input
        .send(passphrase::Input::Refused("The disk is full.".into()))
        .unwrap();
    wait("it can be tried again", || {
        by_name::<gtk::Button>(&window, "accept").is_sensitive()
    });
    assert_eq!(says(&window, "field-error"), "The disk is full.");
    close_all();
}

/// An account that stopped, with the dialog that helps open.
fn helped(script: &Script, kind: FailureKind) -> tessera::worker::Handle {
    let handle = script.handle(store(&["alice@example.org"], |_| Ok(())));
    let stopped = ConnectionState::Stopped(kind.into());
    handle.live().set_connection(ACCOUNT, stopped);
    let parent = gtk::Window::new();
    parent.present();
    account::fix_problem(&parent, &handle, ACCOUNT);
    handle
}

#[gtk::test]
fn a_wrong_password_is_asked_again_until_it_is_right() {
    let script = Script::new();
    let handle = helped(&script, FailureKind::WrongPassword);
    let window = window_with("password");
    type_into(&window, "password", "wrong again");
    settle();
    click(&window, "accept");
    wait("it is handed over", || !script.commands().is_empty());
    let tell = |state| {
        handle.live().set_connection(ACCOUNT, state);
        handle.pretend(Event::Connection(ACCOUNT));
        settle();
    };
    tell(ConnectionState::Connecting(ConnectStep::Authenticating));
    tell(ConnectionState::Stopped(FailureKind::WrongPassword.into()));
    wait("it is told", || {
        by_name::<gtk::Button>(&window, "accept").is_sensitive()
    });
    assert!(window.is_visible());
    type_into(&window, "password", "right");
    settle();
    click(&window, "accept");
    wait("it is handed over", || script.commands().len() == 2);
    tell(ConnectionState::Connecting(ConnectStep::Authenticating));
    let jid = "alice@example.org/x".parse().unwrap();
    tell(ConnectionState::Online { jid });
    wait("the dialog closes", || !window.is_visible());
    close_all();
}

#[gtk::test]
fn a_pin_for_an_account_is_the_certificate_that_was_shown() {
    let script = Script::new();
    let problem = certificate(CertificateReason::UnknownIssuer);
    helped(&script, FailureKind::Certificate(Box::new(problem)));
    let page = window_with("pin");
    by_name::<gtk::CheckButton>(&page, "compared").set_active(true);
    settle();
    click(&page, "pin");
    wait("it is pinned", || !script.commands().is_empty());
    assert!(matches!(
        script.commands().as_slice(),
        [Command::Account(AccountCommand::PinCertificate { account: ACCOUNT, fingerprint })]
            if *fingerprint == Fingerprint([7; 32])
    ));
    close_all();
}

#[gtk::test]
fn locked_passwords_stay_locked_with_a_wrong_passphrase() {
    let script = Script::new();
    script.answer_command(Err(FailureKind::WrongPassphrase.into()));
    helped(&script, FailureKind::PasswordsLocked);
    let window = window_with("passphrase");
    type_into(&window, "passphrase", "wrong");
    settle();
    click(&window, "accept");
    wait("it is told", || !says(&window, "field-error").is_empty());
    type_into(&window, "passphrase", "right");
    settle();
    click(&window, "accept");
    wait("the dialog closes", || !window.is_visible());
    assert_eq!(script.commands().len(), 2);
    close_all();
}

#[gtk::test]
fn a_weaker_login_is_not_accepted_by_closing_the_question() {
    let script = Script::new();
    let kind = FailureKind::WeakerLogin {
        before: "SCRAM-SHA-256".into(),
        now: "PLAIN".into(),
    };
    helped(&script, kind.clone());
    let dialog = question();
    assert_eq!(dialog.default_response(), Some(dialog.close_response()));
    dialog.close();
    settle();
    assert!(script.commands().is_empty());
    close_all();
    helped(&script, kind);
    question().response("go-on");
    wait("it is accepted", || !script.commands().is_empty());
    assert!(matches!(
        script.commands().as_slice(),
        [Command::Account(AccountCommand::AcceptWeakerLogin(ACCOUNT))]
    ));
    close_all();
}

#[gtk::test]
fn other_failures_are_told_with_a_way_on() {
    let script = Script::new();
    helped(&script, FailureKind::NoSuchServer);
    let dialog = question();
    assert!(dialog.body().contains("network"));
    dialog.response("retry");
    wait("it is tried", || !script.commands().is_empty());
    assert!(matches!(
        script.commands().as_slice(),
        [Command::Account(AccountCommand::Connect(ACCOUNT))]
    ));
    assert!(find::<gtk::Widget>(&dialog, "password").is_none());
    close_all();
}

#[gtk::test]
fn enter_in_any_field_logs_in() {
    for (name, fields) in [
        ("host", ("xmpp.example.org", "")),
        ("port", ("xmpp.example.org", "5223")),
    ] {
        let script = Script::new();
        let (window, added) = form(&script);
        fill(&window, "alice@example.org", "secret");
        type_into(&window, "host", fields.0);
        type_into(&window, "port", fields.1);
        let row: adw::EntryRow = by_name(&window, name);
        row.emit_by_name::<()>("entry-activated", &[]);
        wait("the account is added", || *added.borrow() == 1);
        let commands = format!("{:?}", script.commands());
        assert!(commands.contains("xmpp.example.org"), "{commands}");
        window.close();
        settle();
    }
}
