//! Pure list logic: what the rows of a chat are, and how one list of rows becomes the next.
//! Knows nothing of widgets, of the store or of translations.

mod splice;

pub use splice::{Changes, Keyed, Splice, changes};
