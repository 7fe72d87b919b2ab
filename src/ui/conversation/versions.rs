//! Every text that a message had.

use adw::prelude::*;
use relm4::prelude::*;

use super::{CommandOutput, Conversation, loading, message_details, present::time};
use crate::{
    i18n::{gettext, gettext_f},
    model::{MessageId, Version},
    timeline::text::clean,
    ui::dialog,
};

impl Conversation {
    /// Reads what a message was before.
    pub(super) fn read_versions(&self, id: MessageId, sender: &ComponentSender<Self>) {
        let reader = self.handle.reader();
        sender.spawn_oneshot_command(move || {
            CommandOutput::Versions(reader.versions(id).map_err(loading::failure))
        });
    }

    pub(super) fn show_versions(&self, versions: &[Version], root: &gtk::Box) {
        let window = window(versions);
        window.set_transient_for(dialog::window_of(root).as_ref());
        window.set_modal(window.transient_for().is_some());
        window.present();
    }
}

/// The window with all texts of a message, the newest first.
pub(crate) fn window(versions: &[Version]) -> adw::Window {
    let list = gtk::ListBox::builder()
        .selection_mode(gtk::SelectionMode::None)
        .css_classes(["boxed-list"])
        .name("versions")
        .build();
    let count = versions.len();
    for (place, version) in versions.iter().enumerate().rev() {
        list.append(&row(version, place + 1 == count, place == 0));
    }
    let group = adw::PreferencesGroup::builder()
        .description(gettext(
            "Who wrote the message changed it. Its earlier texts stay on this device.",
        ))
        .build();
    group.add(&list);
    let page = adw::PreferencesPage::new();
    page.add(&group);
    message_details::frame(&gettext("Earlier Texts"), &page)
}

fn row(version: &Version, is_last: bool, is_first: bool) -> gtk::ListBoxRow {
    let at = time::full(version.at);
    let title = match (is_last, is_first) {
        // Translators: above the text of a message, with the time since which it has it
        (true, _) => gettext_f("Now, since {time}", &[("time", &at)]),
        // Translators: above the first text of a message, with its time
        (false, true) => gettext_f("At first, {time}", &[("time", &at)]),
        (false, false) => at,
    };
    let text = clean::message(&version.body);
    let words = if text.cut {
        format!("{}…", text.text)
    } else {
        text.text
    };
    let row = message_details::fact_row(&title, &words);
    if let (true, Some(content)) = (text.cut, row.child().and_downcast::<gtk::Box>()) {
        let button = gtk::Button::builder()
            .label(gettext("Show All"))
            .halign(gtk::Align::Start)
            .build();
        let body = version.body.clone();
        button.connect_clicked(move |button| {
            message_details::open_text(dialog::window_of(button).as_ref(), &body);
        });
        content.append(&button);
    }
    row
}
