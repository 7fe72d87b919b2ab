//! What the dialog shows at each stage.

use std::path::Path;

use adw::prelude::*;

use super::{super::present, Input};
use crate::{
    i18n::{gettext, ngettext_f},
    transfer::import::{Report, Source},
    ui::untrusted_text::one_line,
};

/// Longest path and address that is shown, in characters.
const MAX_TEXT: usize = 200;
/// Most chats listed one by one.
const MAX_CHATS: usize = 100;

/// Where to take it from. Answers what gets the keyboard focus.
pub(super) fn choosing(
    page: &gtk::Box,
    places: &[Source],
    input: &relm4::Sender<Input>,
) -> gtk::Widget {
    page.append(&paragraph(&gettext(
        "Messages that Gajim, Dino or Pidgin have kept, or that Tessera has exported. Those programs and their files stay as they are.",
    )));
    let found = adw::PreferencesGroup::new();
    let mut first: Option<gtk::Widget> = None;
    if !places.is_empty() {
        found.set_title(&gettext("On this computer"));
        for source in places {
            let row = row(
                &present::program(source.program()),
                &source.path().display().to_string(),
            );
            row.set_activatable(true);
            row.set_widget_name("place");
            row.add_suffix(&gtk::Image::from_icon_name("go-next-symbolic"));
            let (input, path) = (input.clone(), source.path().to_owned());
            row.connect_activated(move |_| input.emit(Input::Chosen(path.clone())));
            found.add(&row);
            first.get_or_insert_with(|| row.upcast());
        }
        page.append(&found);
    }
    let other = adw::PreferencesGroup::builder()
        .title(gettext("Elsewhere"))
        .build();
    let mut choice = |title: &str, subtitle: &str, name: &str, chosen: fn() -> Input| {
        let row = row(title, subtitle);
        row.set_activatable(true);
        row.set_widget_name(name);
        row.add_suffix(&gtk::Image::from_icon_name("document-open-symbolic"));
        let input = input.clone();
        row.connect_activated(move |_| input.emit(chosen()));
        other.add(&row);
        first.get_or_insert_with(|| row.upcast());
    };
    choice(
        &gettext("Choose a File…"),
        &gettext("logs.db of Gajim, dino.db of Dino, or a JSON file of Tessera"),
        "choose-file",
        || Input::ChooseFile,
    );
    choice(
        &gettext("Choose a Folder…"),
        &gettext("The folder .purple of Pidgin, or a folder with one of those files"),
        "choose-folder",
        || Input::ChooseFolder,
    );
    page.append(&other);
    first.unwrap_or_else(|| page.clone().upcast())
}

/// Something takes its time.
pub(super) fn working(
    page: &gtk::Box,
    bar: &gtk::ProgressBar,
    path: &Path,
    words: &str,
) -> gtk::Widget {
    page.append(&place(path));
    page.append(bar);
    page.append(&paragraph(words));
    page.clone().upcast()
}

/// What would come.
pub(super) fn looked(page: &gtk::Box, source: &Source, report: &Report) -> gtk::Widget {
    head(page, source);
    let group = counts(report, &gettext("Would be imported"));
    page.append(&group);
    details(page, report);
    page.append(&paragraph(&gettext(
        "Imported messages are marked as such: nobody vouches for them, and nothing of them counts as encrypted.",
    )));
    group.upcast()
}

/// What has come.
pub(super) fn done(page: &gtk::Box, report: &Report) -> gtk::Widget {
    let group = counts(report, &gettext("Imported"));
    page.append(&group);
    details(page, report);
    group.upcast()
}

fn head(page: &gtk::Box, source: &Source) {
    let title = gtk::Label::builder()
        .label(present::program(source.program()))
        .css_classes(["title-3"])
        .build();
    page.append(&title);
    page.append(&place(source.path()));
}

fn place(path: &Path) -> gtk::Label {
    gtk::Label::builder()
        .label(one_line(&path.display().to_string(), MAX_TEXT))
        .css_classes(["dim-label", "caption"])
        .wrap(true)
        .wrap_mode(gtk::pango::WrapMode::Char)
        .justify(gtk::Justification::Center)
        .build()
}

fn counts(report: &Report, new: &str) -> adw::PreferencesGroup {
    let group = adw::PreferencesGroup::new();
    let news = row(new, &present::news(report));
    news.set_widget_name("new");
    group.add(&news);
    if report.known_messages() > 0 {
        let known = row(
            &gettext("Here already"),
            &present::messages(report.known_messages()),
        );
        known.set_widget_name("known");
        group.add(&known);
    }
    if report.skipped_total() > 0 {
        let skipped = adw::ExpanderRow::builder()
            .title(gettext("Left out"))
            .subtitle(present::messages(report.skipped_total()))
            .name("skipped")
            .build();
        for (why, count) in &report.skipped {
            skipped.add_row(&row(&present::skipped(*why), &count.to_string()));
        }
        group.add(&skipped);
    }
    group
}

/// What else is to be known: accounts that are not here, and every chat.
fn details(page: &gtk::Box, report: &Report) {
    if !report.missing_accounts.is_empty() {
        let group = adw::PreferencesGroup::builder()
            .title(gettext("Accounts that are not here"))
            .build();
        for (account, count) in report.missing_accounts.iter().take(MAX_CHATS) {
            group.add(&row(account.as_str(), &present::missing_account(*count)));
        }
        page.append(&group);
    }
    let chats: Vec<_> = report.chats.iter().filter(|chat| chat.new > 0).collect();
    if chats.is_empty() {
        return;
    }
    let expander = adw::ExpanderRow::builder()
        .title(gettext("Chats"))
        .name("chats")
        .build();
    for chat in chats.iter().take(MAX_CHATS) {
        expander.add_row(&row(chat.peer.as_str(), &present::messages(chat.new)));
    }
    if let Some(more) = chats.len().checked_sub(MAX_CHATS).filter(|more| *more > 0) {
        let n = u32::try_from(more).unwrap_or(u32::MAX);
        let words = ngettext_f("and {n} more", "and {n} more", n, &[]);
        expander.add_row(&row(&words, ""));
    }
    let group = adw::PreferencesGroup::new();
    group.add(&expander);
    page.append(&group);
}

/// A row whose words are never markup.
fn row(title: &str, subtitle: &str) -> adw::ActionRow {
    let row = adw::ActionRow::new();
    row.set_use_markup(false);
    row.set_title(&one_line(title, MAX_TEXT));
    row.set_subtitle(&one_line(subtitle, MAX_TEXT));
    row.set_title_lines(2);
    row.set_subtitle_lines(3);
    row
}

fn paragraph(words: &str) -> gtk::Label {
    gtk::Label::builder()
        .label(words)
        .wrap(true)
        .xalign(0.0)
        .css_classes(["dim-label"])
        .build()
}
