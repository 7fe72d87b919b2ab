//! A chat: what it shows, where it stays, and what the person can do in it.

use gtk::{gdk, prelude::*};
use relm4::prelude::*;
use tessera::{
    event::Event,
    model::{AccountId, ConversationKind, Delivery, SendFailure, Timestamp},
    timeline::MAX_LOADED,
    ui::{conversation::Input, gallery::sample},
};

use crate::{
    chat_scene::ChatScene,
    stage::{all, button, by_name, settle, wait},
};

/// Rows that are no messages: days, line, start and typing. The made-up chats last days at most.
const MARKS: u32 = 20;

#[gtk::test]
fn a_chat_opens_at_its_end() {
    let scene = ChatScene::with_messages(500);
    assert!(scene.is_at_end());
    assert!(scene.sees("message 499"));
    assert!(scene.rows() < 120, "only pages around the end are loaded");
}

#[gtk::test]
fn the_view_follows_new_messages() {
    let scene = ChatScene::with_messages(100);
    for n in 0..5 {
        let body = format!("new {n}\nof two lines");
        scene.bob_says(&body);
        wait("the new message in view", || {
            scene.sees(&body) && scene.is_at_end()
        });
    }
    scene.alice_said("and mine", Delivery::Waiting);
    wait("the own message in view", || scene.sees("and mine"));
    scene.handle.live().set_typing(scene.bob, true);
    scene.tell(vec![Event::Typing(scene.bob)]);
    wait("the typing row in view", || scene.is_at_end());
}

#[gtk::test]
fn a_person_who_reads_older_messages_is_left_alone() {
    let scene = ChatScene::with_messages(100);
    let middle = scene.adjustment().value() - 900.0;
    scene.scroll_to(middle);
    let body = scene.visible()[0].clone();
    let place = scene.place_of(&body).unwrap();
    let id = scene.bob_says("something new");
    assert_eq!(scene.place_of(&body), Some(place));
    assert!(!scene.notebook.has(&format!(
        "MarkRead {{ conversation: {:?}, up_to: {id:?}",
        scene.bob
    )));
    let jump: gtk::Button = by_name(scene.conversation.widget(), "jump");
    assert!(jump.is_visible());
    let count: gtk::Label = by_name(&jump, "jump-count");
    wait("the number of new messages", || count.label() == "1");
    jump.emit_clicked();
    wait("the newest message", || scene.sees("something new"));
    wait("that it is marked as seen", || {
        scene.notebook.has(&format!("up_to: {id:?}"))
    });
    wait("no way back any more", || !jump.is_visible());
}

#[gtk::test]
fn older_pages_come_without_a_jump_and_never_too_many() {
    let scene = ChatScene::with_messages(800);
    let number = |body: &String| body.strip_prefix("message ")?.parse::<i64>().ok();
    let mut oldest_seen = 799;
    for _ in 0..200 {
        let before = scene.visible();
        scene
            .adjustment()
            .set_value(scene.adjustment().value() - 450.0);
        scene.frames(3);
        let now = scene.visible();
        // What was at the top is still there, lower down: nothing is skipped.
        assert!(
            before.first().is_none_or(|first| now.contains(first)),
            "{before:?} → {now:?}"
        );
        assert!(scene.rows() <= MAX_LOADED as u32 + MARKS);
        oldest_seen = now.iter().filter_map(number).fold(oldest_seen, i64::min);
        if oldest_seen < 100 {
            break;
        }
    }
    assert!(oldest_seen < 100, "stopped at {oldest_seen}");
    // And back to the end, page by page.
    for _ in 0..200 {
        scene
            .adjustment()
            .set_value(scene.adjustment().value() + 450.0);
        scene.frames(3);
        assert!(scene.rows() <= MAX_LOADED as u32 + MARKS);
        if scene.sees("message 799") {
            return;
        }
    }
    panic!("the end was never reached");
}

#[gtk::test]
fn from_far_above_the_button_leads_to_the_newest_message() {
    let scene = ChatScene::with_messages(1_000);
    for _ in 0..60 {
        scene
            .adjustment()
            .set_value(scene.adjustment().value() - 500.0);
        scene.frames(3);
    }
    assert!(
        !scene.bodies().contains(&"message 999".to_owned()),
        "the end is not loaded"
    );
    by_name::<gtk::Button>(scene.conversation.widget(), "jump").emit_clicked();
    wait("the newest message", || {
        scene.sees("message 999") && scene.is_at_end()
    });
}

#[gtk::test]
fn new_messages_stand_below_a_line_and_are_seen_only_in_front() {
    let scene = ChatScene::made(|scene| {
        scene.write(|txn| {
            let at = Timestamp::now();
            let seen = sample::hears(txn, scene.bob, "seen", at)?;
            txn.mark_read(scene.bob, seen)?;
            sample::hears(txn, scene.bob, "unseen", at.plus_millis(1))
        });
    });
    scene.conversation.emit(Input::WindowActive(false));
    scene.conversation.emit(Input::Open(scene.bob));
    wait("the chat", || scene.sees("unseen"));
    settle();
    assert!(!scene.notebook.has("MarkRead"), "nobody looks");
    let labels = all::<gtk::Label>(&scene.list());
    let place = |text: &str| {
        labels
            .iter()
            .position(|l| l.is_mapped() && l.text() == text)
    };
    assert!(place("seen") < place("New messages") && place("New messages") < place("unseen"));
    scene.conversation.emit(Input::WindowActive(true));
    wait("that it is marked as seen", || {
        scene.notebook.has("MarkRead")
    });
}

#[gtk::test]
fn a_failed_message_says_why_and_can_be_sent_again() {
    let scene = ChatScene::with_messages(3);
    let id = scene.alice_said("lost", Delivery::Failed(SendFailure::Blocked));
    let retry = button(&scene.list(), "Retry");
    assert!(retry.is_mapped());
    let reasons = all::<gtk::Label>(&scene.list());
    assert!(reasons.iter().any(|label| label.text().contains("blocked")));
    retry.emit_clicked();
    wait("the order to send it again", || {
        scene.notebook.has(&format!("Retry({id:?})"))
    });
    scene.write(|txn| txn.set_delivery(id, &Delivery::Waiting));
    scene.tell_messages(&[id]);
    wait("no button any more", || !retry.is_mapped());
}

#[gtk::test]
fn hostile_text_is_shown_letter_by_letter() {
    let bodies = [
        "<b>bold</b> &amp; <span size=\"99999\">big</span>",
        "</span></b></i><a href=\"https://evil.example\">https://good.example</a>",
        "─────── Today ───────",
        "%s %n {name} \\n",
    ];
    let scene = ChatScene::made(|_| {});
    scene.open();
    for body in bodies {
        scene.bob_says(body);
    }
    assert_eq!(scene.bodies(), bodies);
    // A link in it leads where it says.
    let label = all::<gtk::Label>(&scene.list())
        .into_iter()
        .find(|label| label.text().contains("good.example"))
        .unwrap();
    assert!(
        !label
            .label()
            .contains("href=\"https://evil.example\"\u{201d}>https://good")
    );
}

#[gtk::test]
fn a_message_without_an_end_is_cut_and_can_be_had_whole() {
    let scene = ChatScene::made(|_| {});
    scene.open();
    scene.bob_says(&"x".repeat(1_000_000));
    assert!(scene.bodies()[0].chars().count() < 10_000);
    button(&scene.list(), "Show All").emit_clicked();
    settle();
    let windows = gtk::Window::list_toplevels();
    let text = windows
        .iter()
        .flat_map(all::<gtk::TextView>)
        .find(|view| view.widget_name() == "whole-text")
        .unwrap();
    assert!(text.buffer().char_count() >= 1_000_000);
    text.root().and_downcast::<gtk::Window>().unwrap().close();
}

#[gtk::test]
fn a_stranger_learns_nothing_until_accepted() {
    let scene = ChatScene::made(|scene| {
        scene.write(|txn| {
            sample::hears(txn, scene.bob, "Good evening!", Timestamp::now())?;
            txn.remove_roster_item(AccountId(1), &sample::jid("bob@example.org"))?;
            txn.set_conversation_kind(scene.bob, ConversationKind::Stranger)
        });
    });
    scene.open();
    wait("the message", || scene.sees("Good evening!"));
    settle();
    assert!(
        !scene.notebook.has("FetchOlder"),
        "{:?}",
        scene.notebook.commands()
    );
    assert!(!scene.notebook.has("Typing"));
    assert!(!scene.text().is_sensitive());
    let accept = button(scene.conversation.widget(), "Accept");
    scene.conversation.emit(Input::Focus);
    wait("the focus on the question", || scene.has_focus(&accept));
    accept.emit_clicked();
    wait("the order", || scene.notebook.has("AcceptStranger"));
    scene.write(|txn| txn.set_conversation_kind(scene.bob, ConversationKind::Person));
    scene.tell(vec![Event::Conversations(vec![scene.bob])]);
    wait("that one can answer", || scene.text().is_sensitive());
}

#[gtk::test]
fn the_archive_is_asked_once_when_the_top_is_near() {
    let scene = ChatScene::with_messages(3);
    wait("the question", || scene.notebook.has("FetchOlder"));
    settle();
    let questions = scene
        .notebook
        .commands()
        .iter()
        .filter(|c| c.contains("FetchOlder"))
        .count();
    assert_eq!(questions, 1);
    // What the archive brings is news about older messages.
    let old = Timestamp::now().plus_millis(-86_400_000);
    let id = scene.write(|txn| sample::hears(txn, scene.bob, "from the archive", old));
    scene.tell_messages(&[id]);
    assert_eq!(scene.bodies()[0], "from the archive");
}

#[gtk::test]
fn keys_lead_from_the_list_to_the_composer_and_to_the_actions() {
    let scene = ChatScene::with_messages(10);
    let list = scene.list();
    let row = list
        .last_child()
        .and_then(|item| item.first_child())
        .unwrap();
    assert!(row.grab_focus(), "a message takes the focus");
    scene.press(&list, gdk::Key::Menu, gdk::ModifierType::empty());
    let menu = all::<gtk::PopoverMenu>(&row);
    assert_eq!(menu.len(), 1, "the menu key opens the actions");
    menu[0].popdown();
    settle();
    assert!(row.grab_focus());
    scene.press(&list, gdk::Key::Tab, gdk::ModifierType::empty());
    wait("the focus in the composer", || {
        scene.has_focus(&scene.text())
    });
}

#[gtk::test]
fn details_show_what_is_known_and_fetch_only_when_asked() {
    let scene = ChatScene::with_messages(3);
    by_name::<gtk::ToggleButton>(scene.conversation.widget(), "details").set_active(true);
    let pane: gtk::Box = by_name(scene.conversation.widget(), "details-pane");
    let name: gtk::Label = by_name(&pane, "details-name");
    wait("the name", || name.label() == "Bob");
    assert!(!scene.notebook.has("FetchProfile"));
    by_name::<gtk::Button>(&pane, "fetch-profile").emit_clicked();
    wait("the question", || scene.notebook.has("FetchProfile"));
    by_name::<gtk::Switch>(&pane, "mute").set_active(true);
    wait("the order", || scene.notebook.has("notifications: Muted"));
}
