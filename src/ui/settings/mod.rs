//! The settings of the profile.

use crate::worker::Handle;

/// Opens the settings of the profile.
pub fn open(_parent: &gtk::Window, _handle: &Handle) {}
