//! Pure list logic: what the rows of a chat are, and how one list of rows becomes the next.
//! Knows nothing of widgets, of the store or of translations.

mod rows;
mod splice;
mod stick;
pub mod text;
mod window;

pub use rows::{DayOf, MessageRow, Place, Row, RowKey, Start};
pub use splice::{Changes, Keyed, Splice, changes};
pub use stick::Stick;
pub use window::{FIRST_PAGE, GiveUp, MAX_LOADED, PAGE, PageRequest, Paged, Timeline};
