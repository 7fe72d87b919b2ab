//! What the chat says, as text: pure decisions without widgets.

pub(crate) mod face;
pub(crate) mod markup;
pub(crate) mod time;
pub(crate) mod words;
