//! Pictures and profiles of people.

/// One avatar, already decoded and re-encoded by us.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Avatar {
    /// SHA-1 of the original bytes, in hex (XEP-0084, section 4.2).
    pub sha1: String,
    /// PNG of at most 256 × 256 pixels, made by us.
    pub png: Vec<u8>,
}

/// What a vCard says, bounded and as plain text (XEP-0054).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Profile {
    /// Full name, empty when none.
    pub full_name: String,
    /// Nickname, empty when none.
    pub nickname: String,
    /// Organisation, empty when none.
    pub organisation: String,
    /// E-mail address, empty when none.
    pub email: String,
    /// Home page, empty when none.
    pub url: String,
    /// Telephone number, empty when none.
    pub phone: String,
    /// Free text, empty when none.
    pub note: String,
}
