//! Everything that is known of one message, and the whole text of a long one.

use adw::prelude::*;

use super::present::{time, words};
use crate::{
    i18n::gettext,
    model::{Delivery, Direction, Message},
    timeline::text::clean,
    ui::{dialog, failure_text},
};

/// Longest paragraph of the whole text, in characters: a text view lays out whole paragraphs, and one of a megabyte
/// would stop the window for seconds.
const PARAGRAPH: usize = 2_000;
/// Longest id or address shown, in characters.
const MAX_VALUE: usize = 300;

/// Opens the details of a message.
pub(crate) fn open(parent: Option<&gtk::Window>, message: &Message, peer: &str) {
    let window = window(message, peer);
    dialog::stand_over(&window, parent);
    window.set_modal(parent.is_some());
    window.present();
}

/// Opens the whole text of a message.
pub(crate) fn open_text(parent: Option<&gtk::Window>, body: &str) {
    let window = text_window(body);
    dialog::stand_over(&window, parent);
    window.set_modal(parent.is_some());
    window.present();
}

/// One line of the details: what it is about and what is known.
type Fact = (String, String);

/// The window with the details of a message.
pub(crate) fn window(message: &Message, peer: &str) -> adw::Window {
    let page = adw::PreferencesPage::new();
    page.add(&group(&gettext("How it travelled"), &facts(message, peer)));
    page.add(&technical(message));
    frame(&gettext("Message Details"), &page)
}

/// A window about a message.
pub(super) fn frame(title: &str, content: &impl IsA<gtk::Widget>) -> adw::Window {
    let column = gtk::Box::new(gtk::Orientation::Vertical, 0);
    column.append(&adw::HeaderBar::new());
    column.append(content);
    content.set_vexpand(true);
    let window = adw::Window::builder()
        .title(title)
        .default_width(480)
        .default_height(560)
        .width_request(340)
        .height_request(300)
        .content(&column)
        .build();
    dialog::close_on_escape(&window);
    // Otherwise the first text that can be selected is.
    window.connect_map(|window| GtkWindowExt::set_focus(window, gtk::Widget::NONE));
    window
}

/// What everybody understands of a message.
fn facts(message: &Message, peer: &str) -> Vec<Fact> {
    let is_own = message.direction == Direction::Outgoing;
    let from = if is_own {
        gettext("You")
    } else {
        clean::line(peer, clean::MAX_NAME)
    };
    let way = message
        .imported
        .map_or_else(|| words::route(message.route), words::imported);
    let mut facts = vec![
        (gettext("From"), from),
        (gettext("Sent"), time::full(message.at)),
        (gettext("Stored here"), time::full(message.stored_at)),
        (gettext("Way"), way),
        (gettext("Protection"), words::protection(message)),
    ];
    if is_own {
        let state = words::delivery_in_full(&message.delivery);
        facts.push((gettext("State"), state));
    }
    if let Some(at) = message.corrected {
        facts.push((gettext("Edited"), time::full(at)));
    }
    if let Some(at) = message.retracted {
        facts.push((gettext("Taken back"), time::full(at)));
    }
    if let Delivery::Failed(failure) = &message.delivery {
        let explanation = failure_text::describe_send_failure(failure);
        let words = format!("{}. {}", explanation.title, explanation.paragraph());
        facts.push((gettext("Reason"), words));
    }
    facts
}

/// What helps those who look for a fault.
fn technical_facts(message: &Message) -> Vec<Fact> {
    let address = match &message.resource {
        Some(resource) => format!("{}/{resource}", message.author),
        None => message.author.to_string(),
    };
    let value = |id: &Option<String>| match id {
        Some(id) => clean::line(id, MAX_VALUE),
        None => gettext("none"),
    };
    vec![
        (gettext("Full address"), clean::line(&address, MAX_VALUE)),
        (gettext("Id of the author"), value(&message.origin_id)),
        (gettext("Id of the archive"), value(&message.stanza_id)),
        (gettext("Row"), message.id.0.to_string()),
    ]
}

fn technical(message: &Message) -> adw::PreferencesGroup {
    let expander = adw::ExpanderRow::builder()
        .title(gettext("Technical"))
        .build();
    for fact in technical_facts(message) {
        expander.add_row(&row(&fact));
    }
    let group = adw::PreferencesGroup::new();
    group.add(&expander);
    group
}

fn group(title: &str, facts: &[Fact]) -> adw::PreferencesGroup {
    let list = gtk::ListBox::builder()
        .selection_mode(gtk::SelectionMode::None)
        .css_classes(["boxed-list"])
        .build();
    for fact in facts {
        list.append(&row(fact));
    }
    let group = adw::PreferencesGroup::builder().title(title).build();
    group.add(&list);
    group
}

fn row((title, value): &Fact) -> gtk::ListBoxRow {
    fact_row(title, value)
}

/// A row with something that can be selected; titles of AdwActionRow are markup, values here never are.
pub(crate) fn fact_row(title: &str, value: &str) -> gtk::ListBoxRow {
    let title = gtk::Label::builder()
        .label(title)
        .xalign(0.0)
        .css_classes(["caption", "dim-label"])
        .build();
    let value = gtk::Label::builder()
        .label(value)
        .xalign(0.0)
        .wrap(true)
        .wrap_mode(gtk::pango::WrapMode::WordChar)
        .selectable(true)
        .width_chars(20)
        .max_width_chars(60)
        .build();
    let content = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(3)
        .margin_top(9)
        .margin_bottom(9)
        .margin_start(12)
        .margin_end(12)
        .build();
    content.append(&title);
    content.append(&value);
    gtk::ListBoxRow::builder()
        .child(&content)
        .activatable(false)
        .build()
}

/// The window with the whole text of a message.
pub(crate) fn text_window(body: &str) -> adw::Window {
    let buffer = gtk::TextBuffer::new(None);
    buffer.set_text(&in_paragraphs(&clean::whole(body)));
    let view = gtk::TextView::builder()
        .buffer(&buffer)
        .editable(false)
        .cursor_visible(false)
        .wrap_mode(gtk::WrapMode::WordChar)
        .left_margin(12)
        .right_margin(12)
        .top_margin(12)
        .bottom_margin(12)
        .name("whole-text")
        .build();
    let scroller = gtk::ScrolledWindow::builder().child(&view).build();
    frame(&gettext("Whole Message"), &scroller)
}

/// Breaks paragraphs that are too long to be laid out at once.
fn in_paragraphs(text: &str) -> String {
    let mut broken = String::with_capacity(text.len() + text.len() / PARAGRAPH);
    let mut length = 0;
    for c in text.chars() {
        if c == '\n' {
            length = 0;
        } else if length == PARAGRAPH {
            broken.push('\n');
            length = 1;
        } else {
            length += 1;
        }
        broken.push(c);
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::{PARAGRAPH, facts, in_paragraphs, technical_facts};
    use crate::{
        model::{Delivery, Direction, ImportedFrom, SendFailure},
        ui::conversation::sample,
    };

    #[test]
    fn long_paragraphs_are_broken_and_nothing_is_lost() {
        let text = "é".repeat(3 * PARAGRAPH + 1);
        let broken = in_paragraphs(&text);
        assert!(broken.lines().all(|line| line.chars().count() <= PARAGRAPH));
        assert_eq!(broken.replace('\n', ""), text);
        assert_eq!(in_paragraphs("a\nb"), "a\nb");
    }

    #[test]
    fn an_imported_message_says_where_from_and_claims_nothing() {
        let mut message = sample::message(1, "hello");
        message.imported = Some(ImportedFrom::Gajim);
        let values: Vec<String> = facts(&message, "Bob").into_iter().map(|(_, v)| v).collect();
        assert!(values.iter().any(|value| value.contains("Gajim")));
        assert!(values.iter().any(|value| value.starts_with("Not known")));
        assert!(!values.iter().any(|value| value.contains("Arrived at once")));
    }

    #[test]
    fn a_failed_message_says_why() {
        let mut message = sample::message(1, "hello");
        message.direction = Direction::Outgoing;
        message.delivery = Delivery::Failed(SendFailure::Blocked);
        let facts = facts(&message, "Bob");
        assert!(
            facts
                .iter()
                .any(|(title, words)| title == "Reason" && words.contains("blocked"))
        );
        assert_eq!(facts[0].1, "You");
    }

    #[test]
    fn ids_of_others_are_bounded_and_harmless() {
        let mut message = sample::message(1, "hello");
        message.origin_id = Some("\u{202e}<b>x</b>\n".repeat(1_000));
        message.resource = Some("phone\n\u{202e}".into());
        let facts = technical_facts(&message);
        assert_eq!(facts[0].1, "bob@example.org/phone");
        let id = &facts[1].1;
        assert!(id.chars().count() <= 301 && !id.contains(['\n', '\u{202e}']));
    }
}
