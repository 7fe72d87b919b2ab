//! Presence of contacts and of oneself.

/// How available somebody is; the order is that of the roster.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Show {
    /// Wants to talk.
    Chat,
    /// There.
    Online,
    /// Away for a while.
    Away,
    /// Away for longer.
    ExtendedAway,
    /// Does not want to be disturbed.
    DoNotDisturb,
    /// Not there, or we may not know.
    #[default]
    Offline,
}

/// What a contact shows: the best of all resources.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Presence {
    /// Availability of the best resource.
    pub show: Show,
    /// Status text of the best resource; untrusted.
    pub status: String,
    /// All resources, best first.
    pub resources: Vec<ResourcePresence>,
}

/// One resource of a contact.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ResourcePresence {
    /// The resource part.
    pub resource: String,
    /// Availability.
    pub show: Show,
    /// Status text; untrusted.
    pub status: String,
    /// Priority, -128 to 127.
    pub priority: i8,
    /// Name of the client (disco identity), when known; untrusted.
    pub client: Option<String>,
}

/// What the person chose to show.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct OwnPresence {
    /// Availability; `Offline` means disconnected by wish.
    pub show: Show,
    /// Status text, empty when none.
    pub status: String,
}
