//! Paints a window into a PNG file.

use std::path::{Path, PathBuf};

use gtk::{gdk, glib, prelude::*};

/// Long enough for rows that are read off the main thread and for the animation of a page to end.
const SETTLE: std::time::Duration = std::time::Duration::from_millis(1200);

/// Paints a window into a file as soon as it has come to rest, then ends the program.
pub(super) fn when_settled(window: &gtk::Window, file: PathBuf) {
    let window = window.clone();
    glib::timeout_add_local_once(SETTLE, move || {
        let status = match paint(&window, &file) {
            Ok(()) => 0,
            Err(error) => {
                eprintln!("{}: {error}", file.display());
                1
            }
        };
        std::process::exit(status);
    });
}

/// Paints a window into a file.
fn paint(window: &gtk::Window, file: &Path) -> Result<(), String> {
    let paintable = gtk::WidgetPaintable::new(Some(window));
    let (width, height) = (window.width(), window.height());
    let snapshot = gtk::Snapshot::new();
    paintable.snapshot(&snapshot, f64::from(width), f64::from(height));
    let node = snapshot.to_node().ok_or("nothing to paint")?;
    let renderer = window
        .native()
        .and_then(|native| native.renderer())
        .ok_or("the window is not shown")?;
    let texture: gdk::Texture = renderer.render_texture(&node, None);
    texture.save_to_png(file).map_err(|error| error.to_string())
}
