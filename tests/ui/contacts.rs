//! Dialogs about contacts and strangers, and links.

use adw::prelude::*;
use relm4::prelude::*;
use tessera::{
    command::{Command, ContactCommand},
    model::{AccountId, Ask, FailureKind, RosterItem, Subscription},
    store::Store,
    ui::{
        contact_dialogs::{
            self, LinkedChat,
            add::{self, AddContact, Prefill},
            edit::{self, EditContact},
        },
        dialog,
    },
    worker::Handle,
};

use crate::{
    script::{
        Script, click, close_all, find, jid, question, says, store, type_into, window_with, windows,
    },
    stage::{by_name, settle, wait},
};

const ACCOUNT: AccountId = AccountId(1);

fn people() -> Store {
    store(&["alice@example.org", "alice@work.example"], |txn| {
        let item = RosterItem {
            jid: jid("bob@example.org"),
            name: "Bob".into(),
            groups: vec!["Work".into()],
            subscription: Subscription::Both,
            ask: Ask::None,
        };
        txn.put_roster_item(ACCOUNT, &item)
    })
}

fn open_add(handle: Handle, prefill: Prefill) -> gtk::Window {
    let add = AddContact::builder().launch(add::Init {
        handle,
        account: Some(ACCOUNT),
        prefill,
    });
    let window = dialog::open(add.detach(), None);
    wait("the accounts are known", || {
        by_name::<gtk::Button>(&window, "accept").is_sensitive()
    });
    window
}

fn parent() -> gtk::Window {
    let parent = gtk::Window::new();
    parent.present();
    parent
}

#[gtk::test]
fn a_contact_is_added_with_everything_that_was_typed() {
    let script = Script::new();
    let window = open_add(script.handle(people()), Prefill::default());
    type_into(&window, "address", "carol@example.org");
    type_into(&window, "name", " Carol ");
    type_into(&window, "message", "It is me");
    type_into(&window, "group", "work");
    settle();
    by_name::<adw::EntryRow>(&window, "group").emit_by_name::<()>("apply", &[]);
    settle();
    click(&window, "accept");
    wait("the dialog closes", || !window.is_visible());
    let commands = script.commands();
    let [
        Command::Contact(ContactCommand::Add {
            account,
            jid: whom,
            name,
            groups,
            message,
        }),
    ] = commands.as_slice()
    else {
        panic!("{commands:?}");
    };
    assert_eq!((*account, whom), (ACCOUNT, &jid("carol@example.org")));
    assert_eq!((name.as_str(), message.as_str()), ("Carol", "It is me"));
    assert_eq!(*groups, ["Work"]);
    close_all();
}

#[gtk::test]
fn a_pasted_link_fills_the_dialog_and_sends_nothing() {
    let script = Script::new();
    let window = open_add(script.handle(people()), Prefill::default());
    type_into(
        &window,
        "address",
        "xmpp:dana@example.net?roster;name=Dana%20%3Cb%3E;group=Choir",
    );
    wait("the link is read", || {
        by_name::<adw::EntryRow>(&window, "address").text() == "dana@example.net"
    });
    settle();
    assert_eq!(by_name::<adw::EntryRow>(&window, "name").text(), "Dana <b>");
    assert_eq!(
        by_name::<adw::ExpanderRow>(&window, "groups").subtitle(),
        "Choir"
    );
    assert!(script.commands().is_empty());
    close_all();
}

#[gtk::test]
fn nobody_is_added_twice_and_failures_stay_in_the_dialog() {
    let script = Script::new();
    script.answer_command(Err(FailureKind::Offline.into()));
    let window = open_add(script.handle(people()), Prefill::default());
    for (address, words) in [
        ("bob@example.org", "already"),
        ("alice@example.org", "your own"),
        ("bob", "@"),
    ] {
        type_into(&window, "address", address);
        settle();
        click(&window, "accept");
        wait("it is told", || {
            says(&window, "field-error").contains(words)
        });
    }
    assert!(script.commands().is_empty());
    type_into(&window, "address", "new@example.org");
    settle();
    click(&window, "accept");
    wait("it is told", || {
        says(&window, "problem-title") == "Not connected"
    });
    assert!(window.is_visible());
    close_all();
}

#[gtk::test]
fn a_contact_gets_another_name_and_keeps_its_groups() {
    let script = Script::new();
    let edit = EditContact::builder().launch(edit::Init {
        handle: script.handle(people()),
        account: ACCOUNT,
        jid: jid("bob@example.org"),
    });
    let window = dialog::open(edit.detach(), None);
    wait("the name is loaded", || {
        by_name::<adw::EntryRow>(&window, "name").text() == "Bob"
    });
    type_into(&window, "name", "Robert");
    settle();
    by_name::<adw::EntryRow>(&window, "name").emit_by_name::<()>("entry-activated", &[]);
    wait("the dialog closes", || !window.is_visible());
    let commands = script.commands();
    let [Command::Contact(ContactCommand::Edit { name, groups, .. })] = commands.as_slice() else {
        panic!("{commands:?}");
    };
    assert_eq!(
        (name.as_str(), groups.as_slice()),
        ("Robert", &["Work".to_owned()][..])
    );
    close_all();
}

#[gtk::test]
fn questions_do_nothing_when_they_are_closed() {
    let script = Script::new();
    let handle = script.handle(people());
    let whom = jid("mallory@example.net");
    let ask: [fn(&gtk::Window, &Handle, AccountId, &tessera::model::BareJid); 4] = [
        contact_dialogs::remove_contact,
        contact_dialogs::block_contact,
        contact_dialogs::accept_stranger,
        contact_dialogs::deny_stranger,
    ];
    for ask in ask {
        ask(&parent(), &handle, ACCOUNT, &whom);
        let dialog = question();
        assert_eq!(dialog.default_response(), Some(dialog.close_response()));
        assert!(
            dialog
                .heading()
                .is_some_and(|heading| heading.contains("mallory@example.net"))
        );
        dialog.close();
        settle();
        close_all();
    }
    assert!(script.commands().is_empty());
    contact_dialogs::deny_stranger(&parent(), &handle, ACCOUNT, &whom);
    question().response("1");
    wait("both are done", || script.commands().len() == 2);
    assert!(matches!(
        script.commands().as_slice(),
        [
            Command::Contact(ContactCommand::Deny { .. }),
            Command::Contact(ContactCommand::Block { .. })
        ]
    ));
    close_all();
}

#[gtk::test]
fn links_never_act() {
    let script = Script::new();
    let handle = script.handle(people());
    let open = |link: &str| {
        let answer = contact_dialogs::open_link(&parent(), &handle, ACCOUNT, link);
        settle();
        answer
    };
    assert_eq!(
        open("xmpp:bob@example.org?message;body=Hello%0Athere"),
        Some(LinkedChat {
            account: None,
            peer: jid("bob@example.org"),
            text: "Hello\nthere".into(),
        })
    );
    assert_eq!(open("xmpp:bob@example.org?remove"), None);
    assert!(
        question()
            .heading()
            .is_some_and(|heading| heading.contains("bob@example.org"))
    );
    close_all();
    assert_eq!(open("xmpp:dana@example.net?subscribe"), None);
    assert_eq!(
        by_name::<adw::EntryRow>(&window_with("message"), "address").text(),
        "dana@example.net"
    );
    close_all();
    for link in [
        "xmpp:room@example.org?join",
        "https://example.org",
        "xmpp:%zz",
    ] {
        assert_eq!(open(link), None);
        assert!(!question().body().is_empty());
        close_all();
    }
    assert!(script.commands().is_empty());
    assert!(
        windows()
            .iter()
            .all(|w| find::<gtk::Widget>(w, "address").is_none())
    );
}
