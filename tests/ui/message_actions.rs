//! What can be done with messages: answering, changing, taking back, reacting, selecting, forwarding.

use gtk::prelude::*;
use relm4::prelude::*;
use tessera::{
    model::{Delivery, Direction, MessageId, Route, Security, Timestamp},
    store::{Inserted, NewMessage},
    ui::gallery::sample,
};

use crate::{
    chat_scene::{BOB, ChatScene},
    stage::{by_name, settle, wait},
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
