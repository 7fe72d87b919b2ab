//! Opens any component with made-up data, and paints it into a file.
//!
//! A page is a name and a function that makes a window. Each part of the window has its list of pages, and all lists
//! stand in `PARTS`; data comes from an in-memory store:
//! `Handle::for_gallery(store)`.

mod paint;
pub mod sample;

use std::path::PathBuf;

use adw::prelude::*;
use relm4::prelude::*;

use crate::{store::Store, ui::farewell::retire, worker::Handle};

/// One page of the gallery.
pub struct Page {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Makes the window; whatever must live as long as it does is kept by the window.
    pub open: fn() -> gtk::Window,
}

/// The pages of all parts of the window.
const PARTS: &[&[Page]] = &[
    super::app::gallery::PAGES,
    super::first_run::gallery::PAGES,
    super::startup::opening::gallery::PAGES,
    super::sidebar::gallery::PAGES,
    super::conversation::gallery::PAGES,
    super::conversation::gallery_actions::PAGES,
    super::conversation::find_bar::gallery::PAGES,
    super::account::gallery::PAGES,
    super::contact_dialogs::gallery::PAGES,
    super::settings::PAGES,
    super::console::gallery::PAGES,
    super::history::gallery::PAGES,
];

/// One and a half times the usual 96 dots per inch, in 1024ths.
const LARGE_TEXT: i32 = 144 * 1024;

/// How a page is shown.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// Where to paint it, instead of leaving it open.
    pub screenshot: Option<PathBuf>,
    /// Dark instead of light.
    pub dark: bool,
    /// One column (360 pixels) instead of two.
    pub narrow: bool,
    /// Text at one and a half times its size.
    pub large: bool,
}

/// All pages, in the order of `--gallery list`.
pub fn pages() -> impl Iterator<Item = &'static Page> {
    PARTS.iter().copied().flatten()
}

/// The window of the page of this name.
pub fn page(name: &str) -> Option<gtk::Window> {
    pages()
        .find(|page| page.name == name)
        .map(|page| (page.open)())
}

/// A handle on a store with nothing in it and no worker behind it.
///
/// # Panics
/// When SQLite cannot be used at all.
pub fn handle() -> Handle {
    Handle::for_gallery(Store::in_memory().expect("SQLite can always keep something in memory"))
}

/// The window of a component that then lives as long as its window.
pub fn keep<C: Component>(controller: Controller<C>) -> gtk::Window
where
    C::Root: IsA<gtk::Window>,
{
    let window: gtk::Window = controller.widget().clone().upcast();
    let controller = std::cell::RefCell::new(Some(controller));
    window.connect_destroy(move |_| {
        if let Some(controller) = controller.take() {
            retire(controller);
        }
    });
    window
}

/// A window around the widget of a component that then lives as long as the window.
pub fn frame<C: Component>(controller: Controller<C>, width: i32, height: i32) -> gtk::Window
where
    C::Root: IsA<gtk::Widget>,
{
    let window = adw::Window::builder()
        .default_width(width)
        .default_height(height)
        .content(controller.widget())
        .build();
    let controller = std::cell::RefCell::new(Some(controller));
    window.connect_destroy(move |_| {
        if let Some(controller) = controller.take() {
            retire(controller);
        }
    });
    window.upcast()
}

/// Opens a page for a person to look at, or paints it and ends the program.
pub fn show(app: &adw::Application, name: &str, look: &Look) -> Result<(), String> {
    adw::StyleManager::default().set_color_scheme(if look.dark {
        adw::ColorScheme::ForceDark
    } else {
        adw::ColorScheme::ForceLight
    });
    if let (true, Some(settings)) = (look.large, gtk::Settings::default()) {
        settings.set_gtk_xft_dpi(LARGE_TEXT);
    }
    let window =
        page(name).ok_or_else(|| format!("no gallery page {name:?}; see --gallery list"))?;
    if look.narrow {
        window.set_default_size(360, 640);
    }
    window.set_application(Some(app));
    window.present();
    if let Some(file) = look.screenshot.clone() {
        paint::when_settled(&window, file);
    }
    Ok(())
}
