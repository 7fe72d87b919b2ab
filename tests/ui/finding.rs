//! Going to a message that was found, wherever it is, and back to the newest.

use gtk::prelude::*;
use relm4::prelude::*;
use tessera::{
    model::MessageId,
    timeline::MAX_LOADED,
    ui::{conversation::Input, gallery::sample},
};

use crate::{
    chat_scene::ChatScene,
    stage::{all, by_name, settle, wait},
};

/// The message of Bob's chat with this text.
fn message(scene: &ChatScene, body: &str) -> MessageId {
    let messages = scene.handle.reader().newest_messages(scene.bob, 10_000);
    let found = messages.unwrap().into_iter().find(|m| m.body == body);
    found.unwrap().id
}

/// The texts of the messages that are marked as found.
fn marked(scene: &ChatScene) -> Vec<String> {
    all::<gtk::Box>(&scene.list())
        .iter()
        .filter(|bubble| bubble.has_css_class("found"))
        .flat_map(all::<gtk::Label>)
        .filter(|label| label.widget_name() == "message-body")
        .map(|label| label.text().into())
        .collect()
}

/// How far the bubble with this text is from the middle of the view, as a part of its height.
fn off_the_middle(scene: &ChatScene, body: &str) -> f32 {
    let height = scene.list().height() as f32;
    scene
        .place_of(body)
        .map_or(f32::INFINITY, |place| (place / height - 0.5).abs())
}

#[gtk::test]
fn a_message_far_above_is_shown_among_its_neighbours_and_the_button_leads_back() {
    let scene = ChatScene::with_messages(2000);
    let jump: gtk::Button = by_name(scene.conversation.widget(), "jump");
    let found = message(&scene, "message 700");
    scene.conversation.emit(Input::GoTo {
        message: found,
        focus: true,
    });
    wait("the message in the middle", || {
        off_the_middle(&scene, "message 700") < 0.25
    });
    wait("that it is marked", || marked(&scene) == ["message 700"]);
    assert!(scene.sees("message 699") && scene.sees("message 701"));
    assert!(scene.rows() < MAX_LOADED as u32);
    let focus = || {
        GtkWindowExt::focus(
            &scene
                .list()
                .root()
                .unwrap()
                .downcast::<gtk::Window>()
                .unwrap(),
        )
    };
    wait("the focus on it", || {
        focus().is_some_and(|focus| {
            all::<gtk::Label>(&focus)
                .iter()
                .any(|label| label.text() == "message 700")
        })
    });
    // News at the end does not take the view away.
    scene.bob_says("something new");
    settle();
    assert!(off_the_middle(&scene, "message 700") < 0.25);
    assert!(jump.is_visible());
    jump.emit_clicked();
    wait("the newest message", || scene.sees("something new"));
    wait("the end", || scene.is_at_end());
    assert_eq!(marked(&scene), [""; 0]);
}

#[gtk::test]
fn a_message_that_is_loaded_is_gone_to_without_reading_and_the_mark_moves() {
    let scene = ChatScene::with_messages(40);
    for body in ["message 20", "message 3", "message 39"] {
        scene.conversation.emit(Input::GoTo {
            message: message(&scene, body),
            focus: false,
        });
        wait("the message in view", || scene.sees(body));
        wait("the mark on it alone", || marked(&scene) == [body]);
        assert!(
            !scene.has_focus(&scene.list()),
            "the focus stays where it was"
        );
    }
}

#[gtk::test]
fn another_chat_opens_at_the_message_and_what_is_gone_is_told() {
    let scene = ChatScene::with_messages(10);
    let (carol, wanted) = scene.write(|txn| {
        let account = tessera::model::AccountId(1);
        let carol = sample::chat(txn, account, "carol@example.org")?;
        let now = tessera::model::Timestamp::now();
        let mut wanted = None;
        for n in 0..400 {
            let id = sample::hears(txn, carol, &format!("carol {n}"), now.plus_millis(n * 1000))?;
            if n == 120 {
                wanted = Some(id);
            }
        }
        Ok((carol, wanted.unwrap()))
    });
    scene.conversation.emit(Input::OpenAt(carol, wanted));
    wait("the message in the middle", || {
        off_the_middle(&scene, "carol 120") < 0.25
    });
    wait("that it is marked", || marked(&scene) == ["carol 120"]);
    assert!(
        !scene.notebook.has("MarkRead"),
        "nothing at the end was seen"
    );
    scene.conversation.emit(Input::GoTo {
        message: MessageId(999_999),
        focus: true,
    });
    let toasts = || {
        all::<gtk::Label>(scene.conversation.widget())
            .iter()
            .any(|label| label.label() == "This message is not here any more.")
    };
    wait("words about it", toasts);
    assert_eq!(marked(&scene), [""; 0]);
    // A message of another chat is none of this one.
    let of_bob = message(&scene, "message 5");
    scene.conversation.emit(Input::GoTo {
        message: of_bob,
        focus: false,
    });
    settle();
    assert!(!scene.bodies().contains(&"message 5".to_owned()));
}

#[gtk::test]
fn the_bar_goes_from_one_to_the_next_and_back_to_the_composer() {
    let scene = ChatScene::with_messages(300);
    let root = scene.conversation.widget().clone();
    let search: gtk::Button = by_name(&root, "search-here");
    assert_eq!(
        search.tooltip_text().as_deref(),
        Some("Search in this chat")
    );
    search.emit_clicked();
    settle();
    let entry: gtk::SearchEntry = by_name(&root, "find-text");
    let focus = || GtkWindowExt::focus(&root.root().unwrap().downcast::<gtk::Window>().unwrap());
    let is_inside = |focus: gtk::Widget| focus.is_ancestor(&entry);
    assert!(focus().is_some_and(is_inside), "the person can type");
    let count = || by_name::<gtk::Label>(&root, "find-count").label();
    entry.set_text("message 1");
    wait("the newest that was found", || count() == "1 of 20+");
    wait("its mark", || marked(&scene) == ["message 199"]);
    entry.emit_activate();
    wait("the next older one", || marked(&scene) == ["message 198"]);
    by_name::<gtk::Button>(&root, "find-older").emit_clicked();
    wait("one more", || {
        count() == "3 of 20+" && scene.sees("message 197")
    });
    scene.press(
        &entry,
        gtk::gdk::Key::Return,
        gtk::gdk::ModifierType::SHIFT_MASK,
    );
    wait("back again", || marked(&scene) == ["message 198"]);
    assert!(focus().is_some_and(is_inside), "it stays there");
    // To the last one, which is on another page and far from what is loaded.
    for _ in 0..200 {
        entry.emit_activate();
        settle_quickly();
    }
    wait("the oldest", || count() == "111 of 111");
    wait("its place", || {
        scene.sees("message 1") && marked(&scene) == ["message 1"]
    });
    assert!(!by_name::<gtk::Button>(&root, "find-older").is_sensitive());
    entry.set_text("zeppelin");
    wait("that there is none", || count() == "Nothing found");
    assert_eq!(marked(&scene), [""; 0]);
    entry.emit_stop_search();
    wait("the composer", || {
        focus().is_some_and(|focus| focus == scene.text())
    });
    assert!(!by_name::<gtk::Revealer>(&root, "find-bar").reveals_child());
}

/// Lets what waits happen, without waiting for more.
fn settle_quickly() {
    let context = gtk::glib::MainContext::default();
    for _ in 0..20 {
        if !context.iteration(false) {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }
}

#[gtk::test]
fn a_message_among_long_and_short_ones_comes_into_the_middle() {
    let scene = ChatScene::made(|scene| {
        scene.write(|txn| {
            let start = tessera::model::Timestamp::now().plus_millis(-200_000_000);
            for n in 0..1500_i64 {
                let words = "the quick brown fox jumps over the lazy dog ".repeat(5);
                let length = usize::try_from(n * 37 % 160).unwrap() + 8;
                let body = format!("{n}: {}", words[..length].trim());
                let id = sample::hears(txn, scene.bob, &body, start.plus_millis(n * 100_000))?;
                if n == 1499 {
                    txn.mark_read(scene.bob, id)?;
                }
            }
            Ok(())
        });
    });
    scene.open();
    for n in [1300_i64, 1290, 400, 1450, 0, 1499] {
        let found = scene.handle.reader().newest_messages(scene.bob, 10_000);
        let found = found
            .unwrap()
            .into_iter()
            .find(|m| m.body.starts_with(&format!("{n}: ")));
        let found = found.unwrap();
        scene.conversation.emit(Input::GoTo {
            message: found.id,
            focus: false,
        });
        wait("the message in view", || scene.sees(&found.body));
        wait("its mark", || marked(&scene) == [found.body.clone()]);
        settle();
        scene.frames(5);
        assert!(scene.sees(&found.body), "{n} stays in view");
        if n > 10 && n < 1490 {
            let off = off_the_middle(&scene, &found.body);
            assert!(off < 0.3, "{n} is in the middle, not {off} off it");
        }
    }
}
