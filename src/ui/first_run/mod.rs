//! What a person sees who has no account here yet: welcome page and log in form.

use crate::worker::Handle;

/// Opens the log in form in a window of its own, for one more account.
pub fn open_login(_parent: &gtk::Window, _handle: &Handle) {}
