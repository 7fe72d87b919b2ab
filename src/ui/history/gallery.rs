//! Gallery pages of exports and imports.

use std::path::Path;

use relm4::prelude::*;

use super::{Chat, ExportWindow, ImportStage, ImportWindow};
use crate::{
    model::{BareJid, ConversationId, ImportedFrom, parse_address},
    transfer::import::{ChatReport, Report, Skipped, Source},
    ui::gallery::{Page, handle, keep},
};

/// The pages.
pub const PAGES: &[Page] = &[
    Page {
        name: "import",
        open: || open(ImportStage::Choosing(places())),
    },
    Page {
        name: "import-looked",
        open: || open(ImportStage::Looked(gajim(), report())),
    },
    Page {
        name: "import-running",
        open: || open(ImportStage::Importing(gajim())),
    },
    Page {
        name: "import-done",
        open: || open(ImportStage::Done(report())),
    },
    Page {
        name: "export",
        open: || keep(ExportWindow::builder().launch((handle(), None)).detach()),
    },
    Page {
        name: "export-chat",
        open: || {
            let chat = Chat {
                conversation: ConversationId(1),
                address: "bob@example.org".to_owned(),
            };
            keep(
                ExportWindow::builder()
                    .launch((handle(), Some(chat)))
                    .detach(),
            )
        },
    },
];

fn open(stage: ImportStage) -> gtk::Window {
    keep(ImportWindow::builder().launch((handle(), stage)).detach())
}

fn gajim() -> Source {
    let path = Path::new("/home/alice/.local/share/gajim/logs.db");
    Source::for_gallery(ImportedFrom::Gajim, path)
}

fn places() -> Vec<Source> {
    let dino = Path::new("/home/alice/.local/share/dino/dino.db");
    let pidgin = Path::new("/home/alice/.purple/logs");
    vec![
        gajim(),
        Source::for_gallery(ImportedFrom::Dino, dino),
        Source::for_gallery(ImportedFrom::Pidgin, pidgin),
    ]
}

fn jid(address: &str) -> BareJid {
    parse_address(address).expect("addresses of the gallery are valid")
}

fn report() -> Report {
    let chat = |peer: &str, new, known| ChatReport {
        account: jid("alice@example.org"),
        peer: jid(peer),
        conversation: None,
        is_new: known == 0,
        new,
        known,
    };
    Report {
        chats: vec![
            chat("bob@example.org", 12_408, 310),
            chat("carol@example.net", 1_733, 0),
            chat("dana@example.net", 5, 0),
        ],
        skipped: [
            (Skipped::NoAccount, 240),
            (Skipped::Room, 8_112),
            (Skipped::NoText, 96),
            (Skipped::NotSent, 1),
        ]
        .into(),
        missing_accounts: [(jid("alice@old.example"), 240)].into(),
    }
}
