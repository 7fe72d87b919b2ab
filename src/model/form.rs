//! Forms that a server asks a person to fill in (XEP-0004, XEP-0077).

/// One form.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Form {
    /// Its title, empty when none; untrusted.
    pub title: String,
    /// What it says above the fields; untrusted.
    pub instructions: String,
    /// Its fields in order.
    pub fields: Vec<Field>,
    /// A page to visit instead (XEP-0066 in XEP-0077), shown, never opened by itself.
    pub url: Option<String>,
}

/// One field.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Field {
    /// Its name on the wire.
    pub var: String,
    /// What to write beside it; untrusted.
    pub label: String,
    /// What it takes.
    pub kind: FieldKind,
    /// Whether it must be filled.
    pub required: bool,
    /// Its value or values.
    pub values: Vec<String>,
}

/// What a field takes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FieldKind {
    /// One line.
    Text,
    /// One line that nobody may read over the shoulder.
    Password,
    /// Several lines.
    Lines,
    /// Yes or no.
    Switch,
    /// One of these.
    Choice(Vec<FieldOption>),
    /// Some of these.
    Choices(Vec<FieldOption>),
    /// One line, with a picture to read it from (CAPTCHA, XEP-0158).
    Captcha(Option<Picture>),
    /// Text to read.
    Fixed,
    /// Sent back as it is; shown among the expert details.
    Hidden,
}

/// One choice of a field.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FieldOption {
    /// What to show.
    pub label: String,
    /// What to send.
    pub value: String,
}

/// A picture inside a form, decoded and re-encoded by us.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Picture {
    /// PNG made by us.
    pub png: Vec<u8>,
}
