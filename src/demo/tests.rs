//! The demonstration with a real server. Without Prosody it fails and says how to get it.

use crate::{
    command::ChatCommand,
    event::Event,
    model::{Delivery, Direction, MessageId},
    worker::Events,
};

use super::{server, *};

/// Reads events until `done` says so.
async fn until<T>(events: &mut Events, mut done: impl FnMut() -> Option<T>) -> T {
    loop {
        if let Some(value) = done() {
            return value;
        }
        let next = tokio::time::timeout(Duration::from_secs(60), events.next());
        assert!(
            next.await.is_ok_and(|event| event != Some(Event::Settings)),
            "nothing happens"
        );
    }
}

#[test]
fn a_newcomer_is_greeted_asked_and_answered_and_nothing_is_left() {
    let demo = match start() {
        Ok(demo) => demo,
        Err(error) => panic!("{}", error.describe()),
    };
    let folder = demo._server.folder().to_owned();
    let handle = demo.handle();
    let mut events = handle.events();
    let account = handle.reader().accounts().unwrap()[0].id;
    runtime().unwrap().block_on(async {
        let robin = server::jid(server::ROBIN);
        let texts = |direction| {
            let reader = handle.reader();
            let chat = reader.conversation_with(account, &robin).unwrap()?;
            let messages = reader.newest_messages(chat, 50).unwrap();
            Some((
                chat,
                messages
                    .into_iter()
                    .filter(|message| message.direction == direction)
                    .collect::<Vec<_>>(),
            ))
        };
        let (chat, _) = until(&mut events, || {
            texts(Direction::Incoming).filter(|(_, heard)| heard.len() == 2)
        })
        .await;
        let stranger = server::jid(server::STRANGER);
        until(&mut events, || {
            let requests = handle.reader().requests().unwrap();
            requests
                .iter()
                .any(|request| request.jid == stranger)
                .then_some(())
        })
        .await;
        let send = ChatCommand::Send {
            conversation: chat,
            body: "hello".into(),
        };
        handle.request(Command::Chat(send)).await.unwrap();
        until(&mut events, || {
            texts(Direction::Incoming).filter(|(_, heard)| heard.len() == 3)
        })
        .await;
        until(&mut events, || {
            let (_, said) = texts(Direction::Outgoing)?;
            (said[0].delivery == Delivery::Read).then_some(said[0].id)
        })
        .await as MessageId
    });
    assert!(folder.exists());
    drop(demo);
    assert!(!folder.exists());
}
