//! From the command line to the first window.

mod instance;
mod log;
pub mod opening;
mod running;

use std::process::ExitCode;

use adw::prelude::*;
use relm4::RelmApp;

use super::{
    gallery::{self, Look},
    resources, shortcuts,
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
    if let Err(error) = log::start(options.log.as_deref()) {
        eprintln!("tessera: --log: {error}");
        return ExitCode::from(2);
    }
    i18n::init();
    resources::register();
    match options.task {
        Task::Gallery { page, look } => run_gallery(page, look),
        Task::Open { profile, uri } => running::run(profile, uri),
        Task::Demo => running::run_demo(),
    }
}

/// The application under this id. Icons and style sheet have one place for all profiles.
fn application(id: &str, flags: gtk::gio::ApplicationFlags) -> adw::Application {
    let app = adw::Application::builder()
        .application_id(id)
        .resource_base_path(config::RESOURCES)
        .flags(flags)
        .build();
    // Relm4 hands this application to whatever asks for the main one.
    drop(RelmApp::<()>::from_app(app.clone()));
    app.connect_startup(|app| {
        gtk::Window::set_default_icon_name(config::APP_ID);
        gtk::glib::set_application_name(config::APP_NAME);
        shortcuts::bind(app);
    });
    app
}

/// Lists, opens or paints pages of the gallery.
fn run_gallery(page: String, look: Look) -> ExitCode {
    if page == "list" {
        for page in gallery::pages() {
            println!("{}", page.name);
        }
        return ExitCode::SUCCESS;
    }
    let app = application(config::APP_ID, gtk::gio::ApplicationFlags::NON_UNIQUE);
    app.connect_activate(move |app| {
        if let Err(error) = gallery::show(app, &page, &look) {
            eprintln!("{error}");
            std::process::exit(2);
        }
    });
    ExitCode::from(app.run_with_args::<&str>(&[]).get())
}
