//! What can be done with messages: answering, changing, taking back, reacting, selecting, forwarding.

use adw::prelude::*;
use gtk::gdk;
use relm4::prelude::*;
use tessera::{
    event::Event,
    model::{AccountId, Delivery, Direction, MessageId, Route, Security, SendFailure, Timestamp},
    store::{Inserted, NewMessage},
    ui::gallery::sample,
};

use crate::{
    chat_scene::{ALICE, BOB, ChatScene},
    message_menu::{answer, choose, entries, row_of},
    stage::{all, by_name, settle, wait},
};

/// A message of Bob that is not stored yet.
fn incoming(scene: &ChatScene, body: &str) -> NewMessage {
    let at = Timestamp::now();
    NewMessage {
        conversation: scene.bob,
        direction: Direction::Incoming,
        author: sample::jid(BOB),
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
        reply_to: None,
        spoiler: None,
    }
}

/// Bob answers a message that has this id.
fn bob_replies(scene: &ChatScene, body: &str, to: &str) -> MessageId {
    let reply = NewMessage {
        reply_to: Some((to.to_owned(), Some(sample::jid(BOB)))),
        ..incoming(scene, body)
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

/// The reactions under the message with this text: what stands on them, whether they are ours, who they are of.
fn reactions(scene: &ChatScene, body: &str) -> Vec<(String, bool, String)> {
    all::<gtk::ToggleButton>(&row_of(scene, body))
        .into_iter()
        .filter(|button| button.widget_name() == "reaction")
        .map(|button| {
            (
                button.label().unwrap_or_default().into(),
                button.is_active(),
                button.tooltip_text().unwrap_or_default().into(),
            )
        })
        .collect()
}

fn origin_id(scene: &ChatScene, message: MessageId) -> String {
    let found = scene.store.reader().messages(&[message]).unwrap();
    found[0].origin_id.clone().unwrap()
}

#[gtk::test]
fn reactions_are_buttons_that_say_who_and_come_and_go() {
    let scene = ChatScene::with_messages(3);
    let id = scene.bob_says("party?");
    let target = origin_id(&scene, id);
    let react = |who: &str, emojis: &[&str]| {
        let emojis: Vec<String> = emojis.iter().map(|emoji| (*emoji).to_owned()).collect();
        let at = Timestamp::now();
        scene.write(|txn| txn.react(scene.bob, &sample::jid(who), &target, &emojis, at));
        scene.tell_messages(&[id]);
    };
    react(BOB, &["🎉", "👍"]);
    react(ALICE, &["👍"]);
    let shown = reactions(&scene, "party?");
    assert_eq!(
        shown,
        [
            ("👍 2".into(), true, "You, \u{2068}Bob\u{2069}".into()),
            ("🎉".into(), false, "\u{2068}Bob\u{2069}".into())
        ]
    );
    let button = |place: usize| all::<gtk::ToggleButton>(&row_of(&scene, "party?"))[place].clone();
    // By the keyboard: the Tab key leads into the row.
    assert!(row_of(&scene, "party?").grab_focus());
    scene.press(&scene.list(), gdk::Key::Tab, gdk::ModifierType::empty());
    assert!(scene.has_focus(&button(0)));
    button(0).emit_clicked();
    let order =
        |emoji: &str, on: bool| format!("React {{ message: {id:?}, emoji: {emoji:?}, on: {on} }}");
    wait("that it goes", || scene.notebook.has(&order("👍", false)));
    button(1).emit_clicked();
    wait("that it comes", || scene.notebook.has(&order("🎉", true)));
    react(ALICE, &["🎉"]);
    assert_eq!(reactions(&scene, "party?")[0].0, "🎉 2");
    assert!(scene.has_focus(&button(0)), "the focus stays where it was");
    react(BOB, &[]);
    react(ALICE, &[]);
    assert!(reactions(&scene, "party?").is_empty());
}

#[gtk::test]
fn a_reaction_is_chosen_in_the_menu_and_offered_first_the_next_time() {
    let scene = ChatScene::with_messages(3);
    let id = scene.bob_says("party?");
    let offered = || -> Vec<gtk::Button> {
        choose(&scene, "party?", "React…");
        let choice = || {
            all::<gtk::Popover>(&row_of(&scene, "party?"))
                .into_iter()
                .find(|popover| popover.widget_name() == "reaction-choice")
        };
        wait("the choice", || choice().is_some_and(|c| c.is_mapped()));
        all::<gtk::Button>(&choice().unwrap())
    };
    let buttons = offered();
    assert_eq!(buttons.len(), 7, "six, and all others");
    assert_eq!(buttons[2].tooltip_text().unwrap(), "React with 😂");
    buttons[2].emit_clicked();
    settle();
    let order = format!("React {{ message: {id:?}, emoji: \"😂\", on: true }}");
    wait("the reaction", || scene.notebook.has(&order));
    assert!(scene.notebook.has("recent-reactions"));
    let buttons = offered();
    assert_eq!(buttons[0].label().unwrap(), "😂");
    buttons[6].emit_clicked();
    wait("all emoji", || {
        !all::<gtk::EmojiChooser>(&row_of(&scene, "party?")).is_empty()
    });
}

#[gtk::test]
fn the_mark_of_an_edited_message_leads_to_its_earlier_texts() {
    let scene = ChatScene::with_messages(3);
    let id = scene.bob_says("At ten at the statoin");
    let target = origin_id(&scene, id);
    let first = scene.store.reader().messages(&[id]).unwrap()[0].clone();
    let by = NewMessage {
        body: "At ten at the station".into(),
        at: first.at.plus_millis(1),
        origin_id: Some("another".into()),
        ..incoming(&scene, "")
    };
    scene.write(|txn| txn.correct(&target, &by));
    scene.tell_messages(&[id]);
    let mark: gtk::Button = by_name(&row_of(&scene, "At ten at the station"), "edited");
    assert!(mark.is_mapped());
    mark.emit_clicked();
    let texts = || -> Vec<String> {
        let windows = gtk::Window::list_toplevels();
        let list = windows
            .iter()
            .flat_map(all::<gtk::ListBox>)
            .find(|list| list.widget_name() == "versions");
        let labels = list
            .map(|list| all::<gtk::Label>(&list))
            .unwrap_or_default();
        labels.iter().map(|label| label.text().into()).collect()
    };
    wait("the texts", || !texts().is_empty());
    let texts = texts();
    assert!(texts[0].starts_with("Now") && texts[2].starts_with("At first"));
    assert_eq!(
        (texts[1].as_str(), texts[3].as_str()),
        ("At ten at the station", "At ten at the statoin")
    );
    let window = gtk::Window::list_toplevels()
        .into_iter()
        .filter_map(|window| window.downcast::<adw::Window>().ok())
        .find(|window| window.title().as_deref() == Some("Earlier Texts"));
    window.unwrap().close();
}
