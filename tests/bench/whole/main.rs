//! Measures the whole program: start, memory, idling, a big chat, the wire, a million messages; prints a table beside the
//! goals. It builds its own data, and brings its own Prosody and its own screen (Xvfb).
//!
//! `QUICK=1 cargo bench --bench whole` takes a tenth of the data and fewer runs. `ONLY=wire,window,search` takes parts.

#[path = "../../live/certificates.rs"]
#[allow(dead_code, unreachable_pub)]
mod certificates;
#[path = "../../live/client.rs"]
#[allow(dead_code, unreachable_pub)]
mod client;
#[path = "../corpus.rs"]
#[allow(dead_code)]
mod corpus;
mod data;
#[path = "../../live/prosody.rs"]
#[allow(dead_code, unreachable_pub)]
mod prosody;
mod raw;
mod relay;
mod search;
mod shown;
mod table;
#[path = "../../live/waiting.rs"]
#[allow(dead_code, unreachable_pub)]
mod waiting;
mod window;
mod wire;
#[path = "../../live/world.rs"]
#[allow(dead_code, unreachable_pub)]
mod world;

use std::process::ExitCode;

use table::Table;

/// How much there is of everything.
pub(crate) struct Sizes {
    /// How often each thing is measured.
    pub(crate) runs: usize,
    pub(crate) contacts: usize,
    pub(crate) chats: usize,
    /// Messages of the big chat, all in the server's archive.
    pub(crate) archive: usize,
    /// Messages fetched in a run that is not the last.
    pub(crate) fetched: usize,
    pub(crate) burst: usize,
    pub(crate) searched: u32,
    /// Seconds of idling that are measured.
    pub(crate) idle: u64,
    /// Seconds before that.
    pub(crate) settle: u64,
}

fn main() -> ExitCode {
    if std::env::var_os(shown::FOLDER).is_some() {
        return shown::run();
    }
    if !world::is_entered() {
        return world::enter();
    }
    let sizes = if std::env::var_os("QUICK").is_some() {
        Sizes {
            runs: 3,
            contacts: 100,
            chats: 20,
            archive: 5_000,
            fetched: 1_000,
            burst: 500,
            searched: 50_000,
            idle: 5,
            settle: 3,
        }
    } else {
        Sizes {
            runs: 5,
            contacts: 1_000,
            chats: 200,
            archive: 100_000,
            fetched: 20_000,
            burst: 5_000,
            searched: 1_000_000,
            idle: 60,
            settle: 30,
        }
    };
    let only = std::env::var("ONLY").unwrap_or_else(|_| "wire,window,search".to_owned());
    let wants = |part: &str| only.split(',').any(|wanted| wanted == part);
    let mut table = Table::new();
    if wants("wire") || wants("window") {
        let ground = wire::prepare(&sizes);
        let ground = wire::measure(ground, &sizes, &mut table);
        if wants("window") {
            window::measure(ground, &sizes, &mut table);
        }
    }
    if wants("search") {
        search::measure(&sizes, &mut table);
    }
    table.print(&sizes);
    ExitCode::SUCCESS
}
