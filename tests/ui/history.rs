//! Export and import, as a person goes through them.

use std::path::PathBuf;

use adw::prelude::*;
use relm4::prelude::*;
use tessera::{
    model::{
        AccountId, ConversationKind, Delivery, Direction, MessageId, Route, Security, Timestamp,
    },
    store::{NewMessage, Store},
    ui::history::{Chat, ExportInput, ExportWindow, ImportInput, ImportStage, ImportWindow},
};

use crate::{
    script::{Script, click, close_all, find, is_shown, jid, says, store},
    stage::{by_name, wait},
};

const BOB: &str = "bob@example.org";

/// A store of alice with a chat of this many messages.
fn with_messages(count: i64) -> Store {
    store(&["alice@example.org"], |txn| {
        let chat = txn.conversation_with(AccountId(1), &jid(BOB), ConversationKind::Person)?;
        for number in 1..=count {
            txn.insert_message(&NewMessage {
                conversation: chat,
                direction: Direction::Incoming,
                author: jid(BOB),
                resource: None,
                body: format!("message {number}"),
                at: Timestamp(1_700_000_000_000 + number),
                stored_at: Timestamp(1_700_000_000_000),
                route: Route::Live,
                security: Security::Clear,
                delivery: Delivery::Sent,
                origin_id: None,
                stanza_id: None,
                markable: false,
                reply_to: None,
                spoiler: None,
            })?;
        }
        Ok(())
    })
}

fn messages(store: &Store) -> u64 {
    let reader = store.reader();
    let chat = reader.conversation_with(AccountId(1), &jid(BOB)).unwrap();
    chat.map_or(0, |chat| reader.message_count(chat).unwrap())
}

fn export(store: &Store, file: PathBuf, form: u32) -> String {
    let reader = store.reader();
    let chat = Chat {
        conversation: reader
            .conversation_with(AccountId(1), &jid(BOB))
            .unwrap()
            .unwrap(),
        address: BOB.to_owned(),
    };
    let handle = Script::new().handle(store.clone());
    let dialog = ExportWindow::builder()
        .launch((handle, Some(chat)))
        .detach();
    let window = dialog.widget().clone();
    window.present();
    by_name::<adw::ComboRow>(&window, "form").set_selected(form);
    dialog.emit(ExportInput::File(file));
    wait("it is written or fails", || {
        is_shown(&by_name::<gtk::Label>(&window, "done"))
            || find::<gtk::Box>(&window, "problem").is_some_and(|found| is_shown(&found))
    });
    let done = by_name::<gtk::Label>(&window, "done");
    let words = if is_shown(&done) {
        done.label().into()
    } else {
        says(&window, "problem-title")
    };
    close_all();
    words
}

#[gtk::test]
fn a_chat_goes_out_and_comes_back_once() {
    let folder = tempfile::tempdir().unwrap();
    let from = with_messages(1_200);
    let json = folder.path().join("bob.json");
    assert_eq!(
        export(&from, json.clone(), 1),
        "Written: 1200 messages of 1 chat."
    );
    let text = folder.path().join("bob.txt");
    export(&from, text.clone(), 0);
    assert!(
        std::fs::read_to_string(&text)
            .unwrap()
            .contains("message 1200")
    );

    let to = with_messages(10);
    for (new, known, total) in [
        ("1190 messages in 1 chat", "10 messages", 1_200),
        ("", "", 1_200),
    ] {
        let handle = Script::new().handle(to.clone());
        let init = (handle, ImportStage::Choosing(Vec::new()));
        let dialog = ImportWindow::builder().launch(init).detach();
        let window = dialog.widget().clone();
        window.present();
        dialog.emit(ImportInput::Chosen(json.clone()));
        wait("it was looked", || {
            find::<adw::ActionRow>(&window, "new").is_some()
        });
        let row = |name: &str| {
            by_name::<adw::ActionRow>(&window, name)
                .subtitle()
                .unwrap_or_default()
        };
        let accept: gtk::Button = by_name(&window, "accept");
        if new.is_empty() {
            assert!(!accept.is_sensitive(), "nothing is left to import");
            close_all();
            continue;
        }
        assert_eq!((row("new").as_str(), row("known").as_str()), (new, known));
        assert_eq!(messages(&to), 10, "to look changes nothing");
        click(&window, "accept");
        wait("it is imported", || {
            accept.label().is_some_and(|label| label == "Close")
        });
        assert_eq!(messages(&to), total);
        close_all();
    }
    let chat = to
        .reader()
        .conversation_with(AccountId(1), &jid(BOB))
        .unwrap()
        .unwrap();
    let newest = to.reader().newest_messages(chat, 1).unwrap();
    assert!(newest[0].imported.is_some() && newest[0].id > MessageId(10));
}

#[gtk::test]
fn what_is_no_history_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    std::fs::write(&file, "hello").unwrap();
    let handle = Script::new().handle(with_messages(1));
    let init = (handle, ImportStage::Choosing(Vec::new()));
    let dialog = ImportWindow::builder().launch(init).detach();
    let window = dialog.widget().clone();
    window.present();
    dialog.emit(ImportInput::Chosen(file));
    wait("it is explained", || {
        find::<gtk::Box>(&window, "problem").is_some_and(|found| is_shown(&found))
    });
    assert!(says(&window, "problem-title").contains("no history"));
    assert!(
        find::<adw::ActionRow>(&window, "choose-file").is_some(),
        "another one can be chosen"
    );
    close_all();
}

#[gtk::test]
fn a_place_that_cannot_be_written_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("no/such/place.txt");
    assert!(export(&with_messages(1), file, 0).contains("cannot be written"));
}
