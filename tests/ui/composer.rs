//! The composer: keys, drafts, and what contacts learn of it.

use adw::prelude::*;
use gtk::gdk;
use relm4::prelude::*;
use tessera::{
    event::Event,
    model::{
        AccountId, BareJid, DeviceId, Encryption, IdentityPrint, OmemoVersion, Settings, Timestamp,
    },
    ui::{conversation::Input, gallery::sample},
};

use crate::{
    chat_scene::{BOB, ChatScene, press},
    stage::{by_name, settle, wait},
};

#[gtk::test]
fn enter_sends_and_shift_enter_breaks() {
    let scene = ChatScene::with_messages(3);
    let text = scene.text();
    scene.type_text("hello");
    let shift = gdk::ModifierType::SHIFT_MASK;
    assert!(!press(&text, gdk::Key::Return, shift), "left to the text");
    scene.type_text("\nthere");
    scene.press(&text, gdk::Key::Return, gdk::ModifierType::empty());
    wait("the message", || {
        scene
            .notebook
            .has("Send { conversation: ConversationId(1), body: \"hello\\nthere\" }")
    });
    assert_eq!(scene.typed(), "");
    // Nothing is sent twice, and nothing empty.
    scene.press(&text, gdk::Key::Return, gdk::ModifierType::empty());
    let sent = scene
        .notebook
        .commands()
        .iter()
        .filter(|c| c.contains("Send {"))
        .count();
    assert_eq!(sent, 1);
}

#[gtk::test]
fn enter_breaks_when_the_person_chose_so() {
    let scene = ChatScene::made(|scene| {
        let settings = Settings {
            enter_sends: false,
            ..Settings::default()
        };
        scene.write(|txn| txn.set_settings(&settings));
    });
    scene.open();
    let text = scene.text();
    scene.type_text("hello");
    assert!(!press(&text, gdk::Key::Return, gdk::ModifierType::empty()));
    scene.press(&text, gdk::Key::Return, gdk::ModifierType::CONTROL_MASK);
    wait("the message", || scene.notebook.has("body: \"hello\""));
}

#[gtk::test]
fn what_was_typed_stays_in_its_chat() {
    let scene = ChatScene::with_messages(3);
    let carol = scene.write(|txn| {
        sample::contact(txn, AccountId(1), "carol@example.org", "Carol", &[])?;
        let carol = sample::chat(txn, AccountId(1), "carol@example.org")?;
        txn.set_draft(carol, "kept from yesterday")?;
        Ok(carol)
    });
    scene.type_text("for Bob only");
    scene.conversation.emit(Input::Open(carol));
    wait("the draft for Carol", || {
        scene.typed() == "kept from yesterday"
    });
    let kept = "SaveDraft { conversation: ConversationId(1), text: \"for Bob only\" }";
    wait("that it is kept", || scene.notebook.has(kept));
    scene.conversation.emit(Input::Open(scene.bob));
    wait("the draft for Bob", || scene.typed() == "for Bob only");
}

#[gtk::test]
fn what_was_typed_survives_news() {
    let scene = ChatScene::with_messages(3);
    scene.type_text("half a sent");
    scene.bob_says("hurry");
    scene.tell(vec![Event::Resync]);
    assert_eq!(scene.typed(), "half a sent");
}

#[gtk::test]
fn typing_is_told_to_contacts_once() {
    let scene = ChatScene::with_messages(3);
    scene.type_text("a");
    scene.type_text("b");
    let told = |composing: bool| {
        let words = format!("composing: {composing}");
        scene
            .notebook
            .commands()
            .iter()
            .filter(|c| c.contains(&words))
            .count()
    };
    assert_eq!(told(true), 1);
    scene.text().buffer().set_text("");
    settle();
    assert_eq!(told(false), 1);
}

#[gtk::test]
fn it_says_to_whom_and_how_a_message_goes() {
    let scene = ChatScene::with_messages(3);
    let placeholder: gtk::Label = by_name(scene.conversation.widget(), "placeholder");
    assert_eq!(
        placeholder.text(),
        "Message \u{2068}Bob\u{2069} — not encrypted"
    );
    let lock: gtk::MenuButton = by_name(scene.conversation.widget(), "security");
    assert!(lock.is_visible() && lock.tooltip_text().unwrap().contains("Not encrypted"));
    scene.type_text("x");
    assert!(!placeholder.is_visible());
}

/// What the composer says about a chat whose peer has a device that was accepted.
fn with_device(encryption: Encryption) -> ChatScene {
    let scene = ChatScene::made(|scene| {
        scene.write(|txn| {
            let (account, bob) = (AccountId(1), BareJid::new(BOB).unwrap());
            let device = DeviceId::new(27).unwrap();
            let at = Timestamp::now();
            txn.set_omemo_list(account, &bob, OmemoVersion::V03, &[(device, None)], at)?;
            let key = IdentityPrint([7; 32]);
            let _ = txn.sight_identity(account, &bob, device, &key, at)?;
            txn.set_encryption(scene.bob, encryption)
        });
    });
    scene.open();
    scene
}

#[gtk::test]
fn an_encrypted_chat_says_so_and_to_whom() {
    let scene = with_device(Encryption::Omemo);
    let root = scene.conversation.widget();
    let placeholder: gtk::Label = by_name(root, "placeholder");
    assert_eq!(
        placeholder.text(),
        "Encrypted to 1 device of \u{2068}Bob\u{2069}"
    );
    let lock: gtk::MenuButton = by_name(root, "security");
    assert!(
        lock.tooltip_text()
            .unwrap()
            .starts_with("Encrypted end to end")
    );
    assert_eq!(lock.icon_name().unwrap(), "security-sealed-symbolic");
    // Leaving encryption is a question, not a click.
    lock.popup();
    let clear: gtk::CheckButton = by_name(root, "encrypt-none");
    clear.set_active(true);
    settle();
    assert!(!clear.is_active(), "nothing has changed yet");
    assert!(!scene.notebook.has("Encrypt {"));
    let question = gtk::Window::list_toplevels()
        .into_iter()
        .find_map(|window| window.downcast::<adw::MessageDialog>().ok())
        .expect("it asks");
    assert!(question.body().contains("example.org"), "who can read it");
    assert_eq!(question.default_response().as_deref(), Some("cancel"));
    question.response("yes");
    wait("the change", || scene.notebook.has("encryption: None"));
    question.close();
    assert!(
        placeholder.text().starts_with("Encrypted"),
        "the store decides"
    );
    scene.write(|txn| txn.set_encryption(scene.bob, Encryption::None));
    scene.tell(vec![Event::Conversations(vec![scene.bob])]);
    wait("the truth", || placeholder.text().contains("not encrypted"));
}

#[gtk::test]
fn encryption_begins_at_once() {
    let scene = with_device(Encryption::None);
    let root = scene.conversation.widget();
    let lock: gtk::MenuButton = by_name(root, "security");
    lock.popup();
    let words: gtk::Label = by_name(root, "lock-devices");
    assert!(words.text().starts_with("1 device of"));
    by_name::<gtk::CheckButton>(root, "encrypt-omemo").set_active(true);
    wait("the change", || scene.notebook.has("encryption: Omemo"));
}
