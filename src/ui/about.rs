//! What this program is.

use gtk::prelude::*;

use super::dialog;
use crate::{config, i18n::gettext};

/// Opens the window that tells it.
pub fn open(parent: &gtk::Window) {
    let window = window();
    dialog::stand_over(&window, Some(parent));
    window.present();
}

/// The window that tells it.
pub fn window() -> adw::AboutWindow {
    adw::AboutWindow::builder()
        .application_name(config::APP_NAME)
        .application_icon(config::APP_ID)
        .version(config::VERSION)
        .comments(gettext(
            "Chat with people on any XMPP server, and know who you are talking to.",
        ))
        .website(config::WEBSITE)
        .developer_name(gettext("The Tessera developers"))
        .license_type(gtk::License::Gpl30)
        // Translators: your names and addresses, one on each line.
        .translator_credits(translators())
        .modal(true)
        .build()
}

/// The translators of this language, or nothing: the untranslated text is not a name.
fn translators() -> String {
    let names = gettext("translator-credits");
    if names == "translator-credits" {
        String::new()
    } else {
        names
    }
}
