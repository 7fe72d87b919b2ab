//! The running application: one profile, first the window that opens it, then the main window.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    process::ExitCode,
    rc::Rc,
    time::Duration,
};

use adw::prelude::*;
use gtk::{gio, glib};
use relm4::prelude::*;

use super::{
    application, instance,
    opening::{self, Begin, Opening},
};
use crate::{
    command::Command,
    config, demo,
    model::ConversationId,
    ui::{
        app::{self, App, Start},
        farewell::retire,
    },
    worker::Handle,
};

/// How long saying goodbye to servers may take when the program ends.
const FAREWELL: Duration = Duration::from_secs(3);

/// The action that shows what an `xmpp:` link is about.
const OPEN_URI: &str = "open-uri";

/// The action that shows a chat, such as from its notification.
const OPEN_CHAT: &str = "open-chat";

/// What is there at the moment.
#[derive(Default)]
enum Stage {
    /// Nothing yet.
    #[default]
    Nothing,
    /// The profile is being opened.
    Opening(Controller<Opening>),
    /// The main window is there.
    Open(Running),
}

/// The main window, and what must live as long as it does.
struct Running {
    app: Controller<App>,
    handle: Handle,
    /// The lock of the profile, or the demonstration.
    _kept: Box<dyn Any>,
}

/// Everything that the signals of the application share.
#[derive(Default)]
struct Session {
    stage: RefCell<Stage>,
    /// A link that came before the main window was there.
    uri: RefCell<Option<String>>,
}

/// Opens a profile, or brings the window to the front that has it open already.
pub(super) fn run(profile: Option<String>, uri: Option<String>) -> ExitCode {
    let id = instance::application_id(profile.as_deref());
    let app = application(&id, gio::ApplicationFlags::empty());
    let session = Rc::new(Session::default());
    add_actions(&app, &session);
    if let Err(error) = app.register(gio::Cancellable::NONE) {
        // Without a bus nobody can tell whether another one runs; the lock of the profile can.
        tracing::warn!(%error, "running instances cannot be found");
    }
    // Where another one runs already, these go to it.
    if let Some(uri) = uri {
        app.activate_action(OPEN_URI, Some(&uri.to_variant()));
    }
    let activated = session.clone();
    app.connect_activate(move |app| activated.activate(app, profile.as_deref()));
    app.connect_shutdown(move |_| session.end());
    ExitCode::from(app.run_with_args::<&str>(&[]).get())
}

/// Opens the window on a private server, with a throw-away profile.
pub(super) fn run_demo() -> ExitCode {
    let app = application(config::APP_ID, gio::ApplicationFlags::NON_UNIQUE);
    let session = Rc::new(Session::default());
    let has_failed = Rc::new(Cell::new(false));
    add_actions(&app, &session);
    let (activated, failed) = (session.clone(), has_failed.clone());
    app.connect_activate(move |app| {
        if let Err(reason) = activated.show_demo(app) {
            eprintln!("{reason}");
            failed.set(true);
        }
    });
    let ended = session.clone();
    app.connect_shutdown(move |_| ended.end());
    let code = app.run_with_args::<&str>(&[]);
    // The demonstration ends with the last window, not with the process.
    drop(session.stage.take());
    if has_failed.get() {
        ExitCode::FAILURE
    } else {
        ExitCode::from(code.get())
    }
}

fn add_actions(app: &adw::Application, session: &Rc<Session>) {
    let quit = gio::SimpleAction::new("quit", None);
    let quitting = session.clone();
    quit.connect_activate(glib::clone!(
        #[weak]
        app,
        move |_, _| quitting.quit(&app)
    ));
    app.add_action(&quit);
    let open_uri = gio::SimpleAction::new(OPEN_URI, Some(glib::VariantTy::STRING));
    let opening = session.clone();
    open_uri.connect_activate(move |_, link| {
        if let Some(link) = link.and_then(glib::Variant::get::<String>) {
            opening.open_uri(link);
        }
    });
    app.add_action(&open_uri);
    let open_chat = gio::SimpleAction::new(OPEN_CHAT, Some(glib::VariantTy::INT64));
    let showing = session.clone();
    open_chat.connect_activate(move |_, chat| {
        let chat = chat.and_then(glib::Variant::get::<i64>);
        if let (Some(chat), Stage::Open(running)) = (chat, &*showing.stage.borrow()) {
            running.app.emit(app::Input::OpenChat(ConversationId(chat)));
        }
    });
    app.add_action(&open_chat);
}

impl Session {
    /// The program was started, here or a second time.
    fn activate(self: &Rc<Self>, app: &adw::Application, profile: Option<&str>) {
        match &*self.stage.borrow() {
            Stage::Nothing => {}
            Stage::Opening(opening) => return opening.widget().present(),
            Stage::Open(running) => return running.app.widget().present(),
        }
        let session = self.clone();
        let opening = Opening::builder()
            .launch(Begin::Profile(profile.map(str::to_owned)))
            .connect_receiver(glib::clone!(
                #[weak]
                app,
                move |_, opening::Output(opened)| {
                    if let Some(opened) = opened.take() {
                        session.show_main_window(&app, opened.start, Box::new(opened.profile));
                    }
                }
            ));
        opening.widget().set_application(Some(app));
        self.stage.replace(Stage::Opening(opening));
    }

    fn show_main_window(&self, app: &adw::Application, start: Start, kept: Box<dyn Any>) {
        let handle = start.handle.clone();
        let main = App::builder().launch(start).detach();
        main.widget().set_application(Some(app));
        main.widget().present();
        if let Some(link) = self.uri.take() {
            main.emit(app::Input::OpenUri(link));
        }
        watch_network(&handle);
        let before = self.stage.replace(Stage::Open(Running {
            app: main,
            handle,
            _kept: kept,
        }));
        if let Stage::Opening(opening) = before {
            opening.widget().destroy();
            retire(opening);
        }
    }

    /// Starts the demonstration; what is in the way is said in words.
    fn show_demo(&self, app: &adw::Application) -> Result<(), String> {
        let demo = demo::start().map_err(|error| error.describe())?;
        let start = Start::read(demo.handle()).map_err(|error| error.to_string())?;
        let start = Start {
            run_in_background: false,
            ..start
        };
        self.show_main_window(app, start, Box::new(demo));
        Ok(())
    }

    fn open_uri(&self, link: String) {
        if let Stage::Open(running) = &*self.stage.borrow() {
            running.app.widget().present();
            running.app.emit(app::Input::OpenUri(link));
        } else {
            self.uri.replace(Some(link));
        }
    }

    /// Ends the program; the main window keeps how it looks first.
    fn quit(&self, app: &adw::Application) {
        if let Stage::Open(running) = &*self.stage.borrow() {
            running.app.emit(app::Input::Quit);
        } else {
            app.quit();
        }
    }

    /// Says goodbye to servers.
    fn end(&self) {
        if let Stage::Open(running) = &*self.stage.borrow() {
            running.handle.quit(FAREWELL);
        }
    }
}

/// Tells the worker when the network changes.
fn watch_network(handle: &Handle) {
    let handle = handle.clone();
    gio::NetworkMonitor::default().connect_network_changed(move |_, is_there| {
        if is_there {
            handle.send(Command::NetworkChanged);
        }
    });
}
