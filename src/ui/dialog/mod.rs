//! What all dialogs have in common: they stand over a window, live as long as they are open, and close on Escape.
//! Knows nothing of what is in them.

mod news;
mod problem_box;
// The macro makes a type without documentation.
#[allow(missing_docs)]
mod sheet;

use std::cell::{Cell, RefCell};

use adw::prelude::*;
use gtk::glib;
use relm4::prelude::*;

pub use news::listen;
pub use problem_box::ProblemBox;
pub use sheet::Sheet;

use super::{accessible, farewell::retire};
use crate::i18n::gettext;

/// Opens the window of a component over another window; the component lives until the window is closed.
pub fn open<C: Component>(controller: Controller<C>, parent: Option<&gtk::Window>) -> gtk::Window
where
    C::Root: IsA<gtk::Window>,
{
    let window: gtk::Window = controller.widget().clone().upcast();
    keep(controller, &window);
    place(&window, parent);
    window
}

/// Opens a component that is no window in a window of its own; the component lives until the window is closed.
pub fn open_framed<C: Component>(
    controller: Controller<C>,
    title: &str,
    parent: Option<&gtk::Window>,
) -> gtk::Window
where
    C::Root: IsA<gtk::Widget>,
{
    let window = framed(controller, title);
    place(&window, parent);
    window
}

/// Does something when everything that was just changed has its place: only then can what scrolls bring into view what
/// gets the focus.
pub fn when_laid_out(widget: &impl IsA<gtk::Widget>, act: impl Fn() + 'static) {
    let has_place = Cell::new(false);
    widget.add_tick_callback(move |_, _| {
        // Ticks come before the layout of their frame.
        if !has_place.replace(true) {
            return glib::ControlFlow::Continue;
        }
        act();
        glib::ControlFlow::Break
    });
}

/// A window with a title bar around a component, not yet shown.
pub fn framed<C: Component>(controller: Controller<C>, title: &str) -> gtk::Window
where
    C::Root: IsA<gtk::Widget>,
{
    let content = gtk::Box::new(gtk::Orientation::Vertical, 0);
    content.append(&adw::HeaderBar::new());
    let widget: gtk::Widget = controller.widget().clone().upcast();
    widget.set_vexpand(true);
    content.append(&widget);
    let window: gtk::Window = adw::Window::builder()
        .title(title)
        .default_width(460)
        .default_height(600)
        .width_request(340)
        .height_request(300)
        .content(&content)
        .build()
        .upcast();
    close_on_escape(&window);
    keep(controller, &window);
    window
}

/// Makes Escape close a window, which is always the harmless answer.
pub fn close_on_escape(window: &impl IsA<gtk::Widget>) {
    let shortcuts = gtk::ShortcutController::new();
    shortcuts.add_shortcut(gtk::Shortcut::new(
        gtk::ShortcutTrigger::parse_string("Escape"),
        Some(gtk::NamedAction::new("window.close")),
    ));
    window.add_controller(shortcuts);
}

/// Shows that the content of a field cannot be used, to the eye and to screen readers.
pub fn mark_invalid(field: &impl IsA<gtk::Widget>, invalid: bool) {
    if field.has_css_class("error") == invalid {
        return;
    }
    if invalid {
        field.add_css_class("error");
    } else {
        field.remove_css_class("error");
    }
    accessible::set_invalid(field, invalid);
}

/// The window that a widget stands in.
pub fn window_of(widget: &impl IsA<gtk::Widget>) -> Option<gtk::Window> {
    widget.root().and_downcast()
}

/// A day in the person's language; the time is in milliseconds since 1970-01-01 UTC.
pub fn date(millis: i64) -> String {
    glib::DateTime::from_unix_local(millis.div_euclid(1000))
        // Translators: a date such as 3 May 2026, see strftime(3).
        .and_then(|time| time.format(&gettext("%-d %B %Y")))
        .map_or_else(|_| "–".into(), Into::into)
}

fn keep<C: Component>(controller: Controller<C>, window: &gtk::Window) {
    let controller = RefCell::new(Some(controller));
    window.connect_destroy(move |_| {
        if let Some(controller) = controller.take() {
            retire(controller);
        }
    });
}

/// Puts a window over another one. GTK 4.8 leaves one that is closed but still held somewhere with a parent that is
/// gone, and touches it at its end: it is taken back here.
pub fn stand_over(window: &impl IsA<gtk::Window>, parent: Option<&gtk::Window>) {
    let window: &gtk::Window = window.as_ref();
    window.set_transient_for(parent);
    if let Some(parent) = parent {
        parent.connect_closure(
            "destroy",
            false,
            glib::closure_local!(
                #[watch]
                window,
                move |_: gtk::Window| window.set_transient_for(gtk::Window::NONE)
            ),
        );
    }
}

fn place(window: &gtk::Window, parent: Option<&gtk::Window>) {
    stand_over(window, parent);
    window.set_modal(parent.is_some());
    window.present();
}
