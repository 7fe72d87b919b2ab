//! The menus in the header of the sidebar.

use gtk::gio;

use crate::i18n::gettext;

/// What the program can do, beside what can be begun.
pub(super) fn main() -> gio::Menu {
    let view = gio::Menu::new();
    view.append(
        Some(&gettext("Only Contacts Who Are Online")),
        Some("win.online-only"),
    );
    let dialogs = gio::Menu::new();
    dialogs.append(Some(&gettext("Accounts…")), Some("win.accounts"));
    dialogs.append(Some(&gettext("Settings…")), Some("win.settings"));
    dialogs.append(Some(&gettext("Keyboard Shortcuts")), Some("win.shortcuts"));
    dialogs.append(Some(&gettext("About Tessera")), Some("win.about"));
    let end = gio::Menu::new();
    end.append(Some(&gettext("Quit")), Some("app.quit"));
    let menu = gio::Menu::new();
    for section in [view, dialogs, end] {
        menu.append_section(None, &section);
    }
    menu
}

/// What can be begun.
pub(super) fn new() -> gio::Menu {
    let menu = gio::Menu::new();
    menu.append(Some(&gettext("Start a Chat…")), Some("win.new-chat"));
    menu.append(Some(&gettext("Add a Contact…")), Some("win.add-contact"));
    menu
}
