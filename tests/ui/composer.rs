//! The composer: keys, drafts, and what contacts learn of it.

use gtk::{gdk, prelude::*};
use relm4::prelude::*;
use tessera::{
    event::Event,
    model::{AccountId, Settings},
    ui::{conversation::Input, gallery::sample},
};

use crate::{
    chat_scene::{ChatScene, press},
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
    let lock: gtk::Image = by_name(scene.conversation.widget(), "security");
    assert!(lock.is_visible() && lock.tooltip_text().unwrap().contains("Not encrypted"));
    scene.type_text("x");
    assert!(!placeholder.is_visible());
}
