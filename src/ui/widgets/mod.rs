//! Widgets of our own, which know nothing of the components they stand in.

pub mod avatar;
