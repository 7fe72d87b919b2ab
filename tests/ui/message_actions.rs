//! What can be done with messages: answering, changing, taking back, reacting, selecting, forwarding.

use adw::prelude::*;
use gtk::{gdk, gio};
use relm4::prelude::*;
use tessera::{
    event::Event,
    model::{AccountId, Delivery, Direction, MessageId, Route, Security, SendFailure, Timestamp},
    store::{Inserted, NewMessage},
    ui::gallery::sample,
};

use crate::{
    chat_scene::{BOB, ChatScene},
    stage::{all, by_name, settle, wait},
};

/// Bob answers a message that has this id.
fn bob_replies(scene: &ChatScene, body: &str, to: &str) -> MessageId {
    let bob = sample::jid(BOB);
    let at = Timestamp::now();
    let reply = NewMessage {
        conversation: scene.bob,
        direction: Direction::Incoming,
        author: bob.clone(),
        resource: None,
        body: body.into(),
        at,
        stored_at: at,
        route: Route::Live,
        security: Security::Clear,
        delivery: Delivery::Sent,
        origin_id: Some(format!("id of {body}")),
        stanza_id: None,
        markable: false,
        reply_to: Some((to.to_owned(), Some(bob))),
        spoiler: None,
    };
    let id = match scene.write(|txn| txn.insert_message(&reply)) {
        Inserted::New(id) | Inserted::Known(id) => id,
    };
    scene.tell_messages(&[id]);
    id
}

#[gtk::test]
fn a_quotation_leads_to_its_message_and_back() {
    let scene = ChatScene::with_messages(900);
    let first = scene
        .store
        .reader()
        .newest_messages(scene.bob, 890)
        .unwrap()[0]
        .clone();
    assert_eq!(first.body, "message 10");
    bob_replies(&scene, "that one", first.origin_id.as_deref().unwrap());
    wait("the reply", || scene.sees("that one"));
    assert!(!scene.bodies().contains(&first.body), "not loaded");
    let quote: gtk::Button = by_name(&scene.list(), "quote");
    quote.emit_clicked();
    wait("the message", || scene.sees("message 10"));
    wait("its surroundings", || {
        scene.sees("message 9") && scene.sees("message 11")
    });
    settle();
    let place = f64::from(scene.place_of("message 10").unwrap());
    let page = scene.adjustment().page_size();
    assert!(
        place > page * 0.2 && place < page * 0.8,
        "{place} of {page}"
    );
    by_name::<gtk::Button>(scene.conversation.widget(), "jump").emit_clicked();
    wait("the end", || scene.sees("that one"));
}

/// The row of the message with this text.
fn row_of(scene: &ChatScene, body: &str) -> gtk::Widget {
    let label = all::<gtk::Label>(&scene.list())
        .into_iter()
        .find(|label| label.widget_name() == "message-body" && label.text() == body)
        .unwrap();
    let mut widget: gtk::Widget = label.upcast();
    while widget.type_().name() != "TesseraTimelineRow" {
        widget = widget.parent().unwrap();
    }
    widget
}

/// Chooses something in the menu of a message, by the keyboard.
fn choose(scene: &ChatScene, body: &str, entry: &str) {
    let row = row_of(scene, body);
    assert!(row.grab_focus());
    scene.press(&scene.list(), gdk::Key::Menu, gdk::ModifierType::empty());
    let menu = all::<gtk::PopoverMenu>(&row).pop().unwrap();
    let entries = entries(&menu);
    let place = entries.iter().position(|offered| offered == entry);
    let place = place.unwrap_or_else(|| panic!("{entry} is not among {entries:?}"));
    menu.activate_action(&format!("row.entry-{place}"), None)
        .unwrap();
    menu.popdown();
    settle();
}

/// What a menu offers.
fn entries(menu: &gtk::PopoverMenu) -> Vec<String> {
    let model = menu.menu_model().unwrap();
    let text = |section: &gio::MenuModel, n: i32| {
        let label = section.item_attribute_value(n, gio::MENU_ATTRIBUTE_LABEL, None);
        label.and_then(|label| label.get::<String>()).unwrap()
    };
    (0..model.n_items())
        .filter_map(|n| model.item_link(n, gio::MENU_LINK_SECTION))
        .flat_map(|section| (0..section.n_items()).map(move |n| text(&section, n)))
        .collect()
}

/// Answers the question that is asked now.
fn answer(response: &str) {
    let dialog = gtk::Window::list_toplevels()
        .into_iter()
        .filter_map(|window| window.downcast::<adw::MessageDialog>().ok())
        .find(|dialog| dialog.is_visible())
        .expect("a question");
    dialog.response(response);
    dialog.close();
    settle();
}

fn title_of_aim(scene: &ChatScene) -> Option<String> {
    let bar: gtk::Box = by_name(scene.conversation.widget(), "aim");
    let title: gtk::Label = by_name(&bar, "aim-title");
    bar.is_visible().then(|| title.label().into())
}

#[gtk::test]
fn a_message_is_answered_and_escape_gives_that_up() {
    let scene = ChatScene::with_messages(3);
    let none = gdk::ModifierType::empty();
    let id = scene.bob_says("cake?");
    scene.type_text("half a draft");
    choose(&scene, "cake?", "Answer");
    assert_eq!(title_of_aim(&scene).as_deref(), Some("Your answer to"));
    let words: gtk::Label = by_name(scene.conversation.widget(), "aim-words");
    assert_eq!(words.label(), "Bob: cake?");
    wait("the focus in the composer", || {
        scene.has_focus(&scene.text())
    });
    scene.press(&scene.text(), gdk::Key::Escape, none);
    assert_eq!(title_of_aim(&scene), None);
    assert_eq!(scene.typed(), "half a draft");
    choose(&scene, "cake?", "Answer");
    scene.type_text(", yes");
    scene.press(&scene.text(), gdk::Key::Return, none);
    let order = format!("Reply {{ to: {id:?}, body: \"half a draft, yes\" }}");
    wait("the answer", || scene.notebook.has(&order));
    assert_eq!(title_of_aim(&scene), None);
    scene.type_text("more");
    scene.press(&scene.text(), gdk::Key::Return, none);
    wait("a message of its own", || {
        scene
            .notebook
            .has("Send { conversation: ConversationId(1), body: \"more\" }")
    });
}

#[gtk::test]
fn the_last_own_message_is_edited_with_the_up_key() {
    let scene = ChatScene::with_messages(3);
    let none = gdk::ModifierType::empty();
    let id = scene.alice_said("At ten at the statoin", Delivery::Delivered);
    scene.alice_said("never sent", Delivery::Failed(SendFailure::Cancelled));
    scene.bob_says("where?");
    scene.press(&scene.text(), gdk::Key::Up, none);
    wait("the text of the message", || {
        scene.typed() == "At ten at the statoin"
    });
    assert_eq!(
        title_of_aim(&scene).as_deref(),
        Some("New text of your message")
    );
    scene.text().buffer().set_text("At ten at the station");
    settle();
    scene.press(&scene.text(), gdk::Key::Return, none);
    let order = format!("Correct {{ message: {id:?}, body: \"At ten at the station\" }}");
    wait("the correction", || scene.notebook.has(&order));
    assert_eq!(scene.typed(), "");
    assert_eq!(title_of_aim(&scene), None);
    assert!(
        !scene
            .notebook
            .has("SaveDraft { conversation: ConversationId(1), text: \"At ten")
    );
}

#[gtk::test]
fn a_draft_waits_beside_an_edit() {
    let scene = ChatScene::with_messages(3);
    scene.alice_said("mine", Delivery::Sent);
    scene.type_text("half a draft");
    choose(&scene, "mine", "Edit");
    assert_eq!(scene.typed(), "mine");
    by_name::<gtk::Button>(scene.conversation.widget(), "aim-cancel").emit_clicked();
    settle();
    assert_eq!(scene.typed(), "half a draft");
    assert!(!scene.notebook.has("Correct"));
}

#[gtk::test]
fn taking_back_and_deleting_are_asked_first() {
    let scene = ChatScene::with_messages(3);
    let mine = scene.alice_said("oops", Delivery::Read);
    choose(&scene, "oops", "Take Back…");
    answer("cancel");
    assert!(!scene.notebook.has("Retract"));
    choose(&scene, "oops", "Take Back…");
    answer("yes");
    wait("the order", || {
        scene.notebook.has(&format!("Retract({mine:?})"))
    });
    let theirs = scene.bob_says("theirs");
    choose(&scene, "theirs", "Delete Here…");
    answer("yes");
    wait("the order", || {
        scene.notebook.has(&format!("DeleteMessage({theirs:?})"))
    });
}

#[gtk::test]
fn the_menu_offers_only_what_can_be_done() {
    let scene = ChatScene::with_messages(1);
    let offered = |body: &str| {
        let row = row_of(&scene, body);
        assert!(row.grab_focus());
        scene.press(&scene.list(), gdk::Key::F10, gdk::ModifierType::SHIFT_MASK);
        let menu = all::<gtk::PopoverMenu>(&row).pop().unwrap();
        let entries = entries(&menu);
        menu.popdown();
        settle();
        entries
    };
    scene.bob_says("theirs");
    let theirs = offered("theirs");
    assert!(theirs.contains(&"Answer".to_owned()) && !theirs.contains(&"Edit".to_owned()));
    scene.alice_said("waits", Delivery::Waiting);
    let waits = offered("waits");
    assert!(waits.contains(&"Do Not Send".to_owned()) && !waits.contains(&"Answer".to_owned()));
    // To who is blocked nothing can be sent.
    scene.write(|txn| txn.change_blocked(AccountId(1), &[BOB.to_owned()], &[]));
    scene.tell(vec![Event::Blocked(AccountId(1))]);
    wait("that it is known", || !scene.text().is_sensitive());
    let blocked = offered("theirs");
    assert!(blocked.contains(&"Copy".to_owned()) && !blocked.contains(&"Answer".to_owned()));
}

#[gtk::test]
fn a_text_is_hidden_with_a_hint() {
    let scene = ChatScene::with_messages(3);
    let spoiler: gtk::ToggleButton = by_name(scene.conversation.widget(), "spoiler");
    assert!(!spoiler.is_visible(), "there is nothing to hide yet");
    scene.type_text("It was the gardener");
    assert!(spoiler.is_visible());
    spoiler.emit_clicked();
    settle();
    let hint: gtk::Entry = by_name(scene.conversation.widget(), "hint");
    assert!(hint.is_mapped());
    hint.set_text("the film");
    scene.press(&scene.text(), gdk::Key::Return, gdk::ModifierType::empty());
    wait("the message", || {
        scene
            .notebook
            .has("body: \"It was the gardener\", hint: \"the film\"")
    });
    assert!(!hint.is_mapped() && !spoiler.is_active());
}
