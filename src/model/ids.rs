//! Row ids as distinct types, so that one kind can never be passed for another.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(pub i64);
    )* };
}

ids! {
    /// One account of the profile.
    AccountId
    /// One chat: an account and the bare JID it talks to.
    ConversationId
    /// One stored message; grows in the order of storing and is never reused.
    MessageId
    /// One stanza waiting to be acknowledged by the server.
    OutboxId
    /// One question of the window to the worker, answered by exactly one [`crate::event::Event::Finished`].
    RequestId
}
