//! Everything that reads what others sent, as functions of bytes. A target fails by panicking.
//! Shared by the deterministic run in `make test` and by libFuzzer (see `tests/fuzz/Cargo.toml`).

mod certificate;
mod files;
mod forms;
mod login;
mod omemo;
mod picture;
mod session;
mod stream;
mod text;

/// One target.
pub(crate) struct Target {
    /// Its name and that of its folder in the corpus.
    pub(crate) name: &'static str,
    /// What it does with bytes.
    pub(crate) run: fn(&[u8]),
    /// How many mutations of each corpus file the deterministic run tries; slow targets try fewer.
    pub(crate) mutations: u32,
}

/// All targets.
pub(crate) const TARGETS: &[Target] = &[
    target("address", text::address, 2000),
    target("certificate", certificate::run, 1000),
    target("database_file", files::database, 10),
    target("forms", forms::run, 1000),
    target("links", text::links, 1000),
    target("login", login::run, 300),
    target("omemo_envelope", omemo::envelope, 2000),
    target("omemo_keys", omemo::keys, 100),
    target("omemo_xml", omemo::xml, 300),
    target("picture", picture::run, 100),
    target("session", session::run, 60),
    target("stream", stream::run, 1000),
    target("styling", text::styling, 1000),
    target("uri", text::uri, 2000),
];

const fn target(name: &'static str, run: fn(&[u8]), mutations: u32) -> Target {
    Target {
        name,
        run,
        mutations,
    }
}

/// Finds a target by name.
pub(crate) fn named(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
