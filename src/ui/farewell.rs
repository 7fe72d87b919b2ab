//! The end of a component: its widgets still speak for a moment after they were taken out of the window, and Relm4
//! panics when they speak to nobody.

use std::time::Duration;

use gtk::glib;
use relm4::prelude::*;

/// Long enough for the focus to have left and for the last frame to be drawn.
const MOMENT: Duration = Duration::from_secs(1);

/// Ends a component whose widgets were just taken out of the window, as soon as they have nothing left to say.
pub fn retire<C: Component>(controller: Controller<C>) {
    glib::timeout_add_local_once(MOMENT, move || drop(controller));
}
