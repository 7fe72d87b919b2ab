//! What all tests of components need: a main loop to wait in, widgets by name, and a worker that only writes down.

use std::{
    future::ready,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures::{FutureExt, future::BoxFuture};
use gtk::{glib, prelude::*};
use tessera::{
    command::Command,
    model::Failure,
    store::Store,
    worker::{Handle, StandIn},
};

/// Prepares GTK as the program does; to be called first in every test.
pub(crate) fn prepare() {
    adw::init().expect("there is a display: run the tests under xvfb-run");
    tessera::ui::resources::register();
}

/// Runs the main loop until something is so; a test that waits in vain fails with what it waited for.
#[track_caller]
pub(crate) fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let context = glib::MainContext::default();
    let end = Instant::now() + Duration::from_secs(20);
    while Instant::now() < end {
        if is_so() {
            return;
        }
        if !context.iteration(false) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    panic!("waited in vain: {what}");
}

/// Runs the main loop until nothing is left to do. What a thread answers may come later: that is for [`wait`].
pub(crate) fn settle() {
    // A spinner or a blinking cursor would always have a next picture due.
    if let Some(settings) = gtk::Settings::default() {
        settings.set_gtk_enable_animations(false);
        settings.set_gtk_cursor_blink(false);
    }
    let context = glib::MainContext::default();
    let end = Instant::now() + Duration::from_secs(20);
    let mut quiet = 0;
    while quiet < 50 && Instant::now() < end {
        if context.iteration(false) {
            quiet = 0;
        } else {
            quiet += 1;
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// All widgets of a kind below another one that can be seen, in their order.
pub(crate) fn all<W: IsA<gtk::Widget>>(root: &impl IsA<gtk::Widget>) -> Vec<W> {
    let mut found = vec![];
    collect(root.as_ref(), &mut found);
    found
}

fn collect<W: IsA<gtk::Widget>>(root: &gtk::Widget, found: &mut Vec<W>) {
    if !root.is_visible() {
        return;
    }
    if let Some(widget) = root.downcast_ref::<W>() {
        found.push(widget.clone());
    }
    let mut child = root.first_child();
    while let Some(widget) = child {
        collect(&widget, found);
        child = widget.next_sibling();
    }
}

/// The widget of this name below another one, seen or not.
#[track_caller]
pub(crate) fn by_name<W: IsA<gtk::Widget>>(root: &impl IsA<gtk::Widget>, name: &str) -> W {
    find(root.as_ref(), name)
        .unwrap_or_else(|| panic!("no widget is called {name}"))
        .downcast()
        .unwrap_or_else(|widget| panic!("{name} is a {}", widget.type_()))
}

fn find(root: &gtk::Widget, name: &str) -> Option<gtk::Widget> {
    if root.widget_name() == name {
        return Some(root.clone());
    }
    let mut child = root.first_child();
    while let Some(widget) = child {
        if let Some(found) = find(&widget, name) {
            return Some(found);
        }
        child = widget.next_sibling();
    }
    None
}

/// The texts of all labels of a style class below a widget, in their order.
pub(crate) fn texts(root: &impl IsA<gtk::Widget>, class: &str) -> Vec<String> {
    all::<gtk::Label>(root)
        .iter()
        .filter(|label| label.has_css_class(class) && label.is_mapped())
        .map(|label| label.label().into())
        .collect()
}

/// The button with this text.
#[track_caller]
pub(crate) fn button(root: &impl IsA<gtk::Widget>, text: &str) -> gtk::Button {
    all::<gtk::Button>(root)
        .into_iter()
        .find(|button| button.label().as_deref() == Some(text))
        .unwrap_or_else(|| panic!("no button says {text}"))
}

/// Writes down what the worker is asked for; everything succeeds and nothing happens.
#[derive(Clone, Default)]
pub(crate) struct Notebook(Arc<Mutex<Vec<Command>>>);

impl Notebook {
    /// A handle on a store, with this in the worker's place.
    pub(crate) fn handle(&self, store: &Store) -> Handle {
        Handle::with_stand_in(store.clone(), self.clone())
    }

    /// What the worker was asked for so far, as text.
    pub(crate) fn commands(&self) -> Vec<String> {
        let commands = self.0.lock().unwrap();
        commands
            .iter()
            .map(|command| format!("{command:?}"))
            .collect()
    }

    /// Whether the worker was asked for something with these words in it.
    pub(crate) fn has(&self, words: &str) -> bool {
        self.commands()
            .iter()
            .any(|command| command.contains(words))
    }
}

impl StandIn for Notebook {
    fn command(&self, command: Command) -> BoxFuture<'static, Result<(), Failure>> {
        self.0.lock().unwrap().push(command);
        ready(Ok(())).boxed()
    }
}
