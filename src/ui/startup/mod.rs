//! From the command line to the first window.

use std::process::ExitCode;

use adw::prelude::*;
use relm4::RelmApp;

use super::{
    gallery::{self, Look},
    resources,
};
use crate::{config, i18n};

/// What the command line asked for.
#[derive(Debug)]
pub struct Options {
    /// What to do.
    pub task: Task,
    /// What to log; `None` for the default.
    pub log: Option<String>,
}

/// What to do.
#[derive(Debug)]
pub enum Task {
    /// Open a profile.
    Open {
        /// A name or a folder; `None` for the default one.
        profile: Option<String>,
        /// An `xmpp:` address to show; never acted upon by itself.
        uri: Option<String>,
    },
    /// Play with a private server.
    Demo,
    /// Open one component with made-up data.
    Gallery {
        /// Its name, or `list`.
        page: String,
        /// How to show it.
        look: Look,
    },
}

/// Runs the program until its last window is closed.
pub fn run(options: Options) -> ExitCode {
    i18n::init();
    resources::register();
    match options.task {
        Task::Gallery { page, look } => run_gallery(page, look),
        Task::Open { .. } | Task::Demo => ExitCode::FAILURE,
    }
}

/// Lists, opens or paints pages of the gallery.
fn run_gallery(page: String, look: Look) -> ExitCode {
    if page == "list" {
        for page in gallery::pages() {
            println!("{}", page.name);
        }
        return ExitCode::SUCCESS;
    }
    let app = adw::Application::builder()
        .application_id(config::APP_ID)
        .flags(gtk::gio::ApplicationFlags::NON_UNIQUE)
        .build();
    // Relm4 hands this application to whatever asks for the main one.
    drop(RelmApp::<()>::from_app(app.clone()));
    app.connect_activate(move |app| {
        if let Err(error) = gallery::show(app, &page, &look) {
            eprintln!("{error}");
            std::process::exit(2);
        }
    });
    ExitCode::from(app.run_with_args::<&str>(&[]).get())
}
