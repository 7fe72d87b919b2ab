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
