//! Several messages chosen together: copied, and forwarded.

use adw::prelude::*;
use gtk::{gdk, gio};
use relm4::prelude::*;
use tessera::{
    model::{AccountId, Delivery, MessageId},
    ui::{conversation::Input, gallery::sample},
};

use crate::{
    chat_scene::ChatScene,
    message_menu::{choose, row_of},
    stage::{all, by_name, settle, wait},
};

/// The messages that are chosen.
fn selected(scene: &ChatScene) -> Vec<String> {
    let is_chosen = |body: &String| {
        let checks = all::<gtk::CheckButton>(&row_of(scene, body));
        checks.first().is_some_and(|check| check.is_active())
    };
    scene.bodies().into_iter().filter(is_chosen).collect()
}

#[gtk::test]
fn several_messages_are_chosen_and_copied_with_names_and_times() {
    let scene = ChatScene::with_messages(6);
    let (none, shift) = (gdk::ModifierType::empty(), gdk::ModifierType::SHIFT_MASK);
    scene.alice_said("mine", Delivery::Sent);
    choose(&scene, "message 2", "Select");
    assert_eq!(selected(&scene), ["message 2"]);
    let bar: gtk::ActionBar = by_name(scene.conversation.widget(), "selection");
    assert!(bar.is_mapped() && !scene.text().is_mapped());
    // Shift+Space takes everything up to the one with the focus, Space only that one.
    assert!(row_of(&scene, "mine").grab_focus());
    scene.press(scene.conversation.widget(), gdk::Key::space, shift);
    assert_eq!(selected(&scene).len(), 5);
    assert!(row_of(&scene, "message 4").grab_focus());
    scene.press(scene.conversation.widget(), gdk::Key::space, none);
    assert_eq!(
        selected(&scene),
        ["message 2", "message 3", "message 5", "mine"]
    );
    let count: gtk::Label = by_name(&bar, "selected-count");
    assert_eq!(count.label(), "4 messages");
    by_name::<gtk::Button>(&bar, "copy-selected").emit_clicked();
    wait("the end of choosing", || !bar.is_mapped());
    assert!(scene.text().is_mapped());
    let text = std::rc::Rc::new(std::cell::RefCell::new(None));
    let read = text.clone();
    let clipboard = scene.conversation.widget().clipboard();
    clipboard.read_text_async(gio::Cancellable::NONE, move |found| {
        read.replace(found.ok().flatten());
    });
    wait("the clipboard", || text.borrow().is_some());
    let text = text.borrow().as_ref().unwrap().to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(lines[0].starts_with("[20") && lines[0].ends_with("] Bob: message 2"));
    assert!(lines[3].ends_with("] alice: mine"));
}

#[gtk::test]
fn escape_and_another_chat_end_the_choosing() {
    let scene = ChatScene::with_messages(3);
    choose(&scene, "message 1", "Select");
    let none = gdk::ModifierType::empty();
    scene.press(scene.conversation.widget(), gdk::Key::Escape, none);
    assert_eq!(selected(&scene), Vec::<String>::new());
    wait("the composer", || scene.text().is_mapped());
    choose(&scene, "message 1", "Select");
    scene.conversation.emit(Input::Close);
    settle();
    let bar: gtk::ActionBar = by_name(scene.conversation.widget(), "selection");
    assert!(!bar.is_visible());
}

#[gtk::test]
fn messages_are_forwarded_to_a_chat_that_is_searched_for() {
    let scene = ChatScene::with_messages(3);
    let carol = scene.write(|txn| {
        sample::contact(txn, AccountId(1), "carol@example.org", "Carol", &[])?;
        sample::chat(txn, AccountId(1), "carol@example.org")
    });
    let ids: Vec<MessageId> = (scene
        .store
        .reader()
        .newest_messages(scene.bob, 3)
        .unwrap()
        .iter())
    .map(|message| message.id)
    .collect();
    choose(&scene, "message 2", "Select");
    for body in ["message 0", "message 1"] {
        assert!(row_of(&scene, body).grab_focus());
        let none = gdk::ModifierType::empty();
        scene.press(scene.conversation.widget(), gdk::Key::space, none);
    }
    by_name::<gtk::Button>(scene.conversation.widget(), "forward-selected").emit_clicked();
    settle();
    let dialog = gtk::Window::list_toplevels()
        .into_iter()
        .filter_map(|window| window.downcast::<adw::Window>().ok())
        .find(|window| window.title().as_deref() == Some("Forward to"))
        .unwrap();
    let entry: gtk::SearchEntry = by_name(&dialog, "jump-entry");
    entry.set_text("car");
    settle();
    entry.emit_by_name::<()>("activate", &[]);
    let order = |id: MessageId| format!("Forward {{ message: {id:?}, to: {carol:?} }}");
    wait("the last of them", || scene.notebook.has(&order(ids[2])));
    let commands = scene.notebook.commands();
    let forwarded: Vec<&String> = commands
        .iter()
        .filter(|c| c.contains("Forward {"))
        .collect();
    assert_eq!(forwarded.len(), 3);
    assert!(
        forwarded[0].contains(&order(ids[0])),
        "in the order of the chat"
    );
}

#[gtk::test]
fn choosing_can_begin_with_nothing() {
    let scene = ChatScene::with_messages(3);
    scene.conversation.emit(Input::SelectionWanted);
    settle();
    let copy: gtk::Button = by_name(scene.conversation.widget(), "copy-selected");
    assert!(copy.is_mapped() && !copy.is_sensitive());
    assert!(row_of(&scene, "message 1").grab_focus());
    let none = gdk::ModifierType::empty();
    scene.press(scene.conversation.widget(), gdk::Key::space, none);
    assert!(copy.is_sensitive());
}
