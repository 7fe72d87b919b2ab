//! What a profile has beside the big chat.

use tessera::{
    model::{AccountId, ConversationId, ConversationKind, Timestamp},
    store::{Inserted, Store, StoreError},
};

use crate::{
    Sizes,
    client::address,
    corpus::{Random, Words, message},
};

/// The last message of the big chat.
pub(crate) const NEWEST: &str = "the newest of the big chat";
/// Messages of every other chat.
const FEW: usize = 20;

/// The last message of another chat.
pub(crate) fn newest_of(number: usize) -> String {
    format!("the newest of chat number {number}")
}

/// Makes all other chats, and puts all of them onto the list.
pub(crate) fn fill_other_chats(store: &Store, account: AccountId, sizes: &Sizes) {
    let (words, mut random) = (Words::new(), Random(3));
    let now = Timestamp::now().0;
    let done = store.write(|txn| {
        let mut put = |chat: ConversationId, peer: &str, at: i64, last: Option<&str>| {
            let mut message = message(chat, &address(peer), &words, &mut random, at);
            if let Some(last) = last {
                message.body = last.to_owned();
            }
            // All of them have been read: a chat opens at its end.
            match txn.insert_message(&message)? {
                Inserted::New(row) | Inserted::Known(row) => txn.mark_read(chat, row).map(drop),
            }
        };
        for number in 0..sizes.chats - 1 {
            let peer = format!("contact{number}");
            let chat = txn.conversation_with(account, &address(&peer), ConversationKind::Person)?;
            for place in 0..FEW {
                let last = newest_of(number);
                let last = Some(last.as_str()).filter(|_| place == FEW - 1);
                put(
                    chat,
                    &peer,
                    now - ((number + 1) * FEW - place) as i64 * 60_000,
                    last,
                )?;
            }
            txn.set_conversation_open(chat, true)?;
        }
        let big = txn.conversation_with(account, &address("bob"), ConversationKind::Person)?;
        put(big, "bob", now, Some(NEWEST))?;
        txn.set_conversation_kind(big, ConversationKind::Person)?;
        txn.set_conversation_open(big, true)?;
        Ok::<_, StoreError>(())
    });
    done.expect("room for the data");
}
