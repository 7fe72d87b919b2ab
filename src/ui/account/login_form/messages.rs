//! What happens to the log in form, and what it tells.

/// What the form tells whoever holds it.
#[derive(Debug)]
pub enum Output {
    /// The account was added and connects.
    Added,
    /// The person wants to go back.
    Cancelled,
}
