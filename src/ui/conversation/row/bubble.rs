//! One message: picture and name of the sender, the text in a bubble, time and state.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gtk::{glib, pango, prelude::*};

use super::{
    People, RowContext, TimelineRow,
    extras::Extras,
    layout::{BubbleLayout, MessageLayout},
};
use crate::{
    i18n::gettext_f,
    model::{Delivery, Direction, Message, MessageId, Security},
    timeline::{
        MessageRow,
        text::{MessageText, clean},
    },
    ui::{
        accessible,
        conversation::{
            Input,
            present::{
                face::{self, Face},
                markup, time, words,
            },
        },
        widgets::avatar::{self, Avatar},
    },
};

/// Narrowest and widest text, in characters: without both hints a wrapping label lays its text out again and again to
/// find its width, which makes scrolling four times as slow.
const WIDTH_CHARS: i32 = 20;
const MAX_WIDTH_CHARS: i32 = 60;

/// The widgets of one message.
pub(super) struct Bubble {
    root: gtk::Box,
    layout: MessageLayout,
    avatar: Avatar,
    name: gtk::Label,
    frame: gtk::Box,
    body: gtk::Label,
    time: gtk::Label,
    state: gtk::Image,
    extras: Extras,
    shown: Cell<Option<MessageId>>,
    markup: RefCell<String>,
    context: Rc<RowContext>,
}

impl Bubble {
    pub(super) fn new(context: &Rc<RowContext>) -> Self {
        let column = gtk::Box::new(gtk::Orientation::Vertical, 2);
        let inside = gtk::Box::new(gtk::Orientation::Vertical, 3);
        // For the button that opens the actions.
        let beside = gtk::Box::builder().width_request(28).build();
        let bubble = Self {
            root: gtk::Box::default(),
            layout: MessageLayout::new(),
            avatar: Avatar::new(avatar::MESSAGE_SIZE),
            name: gtk::Label::builder()
                .xalign(0.0)
                .ellipsize(pango::EllipsizeMode::End)
                .width_chars(6)
                .max_width_chars(40)
                .css_classes(["message-name", "caption-heading"])
                .build(),
            frame: gtk::Box::builder()
                // Towers of marks and other letters that leave their line stay inside.
                .overflow(gtk::Overflow::Hidden)
                .css_classes(["bubble"])
                .build(),
            body: body(context),
            time: gtk::Label::builder()
                .valign(gtk::Align::End)
                .css_classes(["message-time", "caption", "numeric"])
                .build(),
            state: gtk::Image::builder()
                // The row says it in words.
                .accessible_role(gtk::AccessibleRole::Presentation)
                .valign(gtk::Align::End)
                .pixel_size(14)
                .css_classes(["message-state"])
                .build(),
            extras: Extras::new(context, &inside, &column, &beside),
            shown: Cell::default(),
            markup: RefCell::default(),
            context: Rc::clone(context),
        };
        bubble.avatar.set_valign(gtk::Align::Start);
        inside.append(&bubble.body);
        bubble.frame.append(&inside);
        bubble.frame.append(&bubble.time);
        bubble.frame.append(&bubble.state);
        bubble.frame.set_layout_manager(Some(BubbleLayout::new()));
        column.append(&bubble.name);
        column.append(&bubble.frame);
        bubble.root.append(&bubble.avatar);
        bubble.root.append(&column);
        bubble.root.append(&beside);
        bubble.root.set_layout_manager(Some(bubble.layout.clone()));
        bubble
    }

    pub(super) fn widget(&self) -> &gtk::Widget {
        self.root.upcast_ref()
    }

    /// The bubble itself.
    pub(super) fn frame(&self) -> &gtk::Widget {
        self.frame.upcast_ref()
    }

    pub(super) fn selected_text(&self) -> Option<String> {
        let (start, end) = self.body.selection_bounds()?;
        let place = |at: i32| usize::try_from(at).unwrap_or_default();
        let text = self.body.text();
        let selected = text.chars().skip(place(start)).take(place(end - start));
        Some(markup::as_written(&selected.collect::<String>()))
    }

    /// Shows or hides the button for the actions, as the pointer comes and goes.
    pub(super) fn set_hovered(&self, hovered: bool) {
        self.extras.set_hovered(hovered);
    }

    pub(super) fn show(&self, around: &TimelineRow, row: &MessageRow, text: &MessageText) {
        let message = &row.message;
        let people = self.context.people.borrow();
        let is_own = message.direction == Direction::Outgoing;
        let is_new = self.shown.replace(Some(message.id)) != Some(message.id);
        let is_revealed = self.context.revealed.borrow().contains(&message.id);
        let face = face::of(message, is_revealed);
        self.show_sender(row, &people, is_own);
        self.show_text(&face, text, if is_own { &people.own } else { &people.peer });
        self.show_extras(message, &face, text, &people);
        self.show_state(message, is_own);
        let time = time::clock(message.at);
        let mut spoken = words::spoken(message, &face, text, &people, &time);
        if self.context.found.get() == Some(message.id) {
            // Translators: before a message that was searched for, as it is read aloud
            spoken = gettext_f("Found: {what}", &[("what", &spoken)]);
        }
        let selected = self.context.is_selected(message.id);
        if let Some(is_selected) = selected {
            let values = [("what", spoken.as_str())];
            spoken = if is_selected {
                // Translators: before a message as it is read aloud, while messages are chosen
                gettext_f("Chosen: {what}", &values)
            } else {
                gettext_f("Not chosen: {what}", &values)
            };
        }
        self.extras.show_check(selected);
        self.layout.set_choosing(selected.is_some());
        accessible::set_label(around, &spoken);
        self.time.set_label(&time);
        if is_new {
            self.set_hovered(false);
        }
    }

    fn show_sender(&self, row: &MessageRow, people: &People, is_own: bool) {
        self.layout.set_own(is_own);
        let classes: &[&str] = match (is_own, row.header) {
            (true, true) => &["message", "own", "first"],
            (true, false) => &["message", "own"],
            (false, true) => &["message", "first"],
            (false, false) => &["message"],
        };
        self.root.set_css_classes(classes);
        if self.context.found.get() == Some(row.message.id) {
            self.root.add_css_class("found");
        }
        self.avatar.set_visible(!is_own);
        let has_name = row.header && !is_own;
        // The picture keeps its room under the first message of a group, so that bubbles stand in line.
        self.avatar.set_opacity(if has_name { 1.0 } else { 0.0 });
        self.name.set_visible(has_name);
        if has_name {
            self.avatar.set_person(&people.peer, &people.address);
            let picture = people.picture.as_deref();
            self.avatar.set_picture(&self.context.reader, picture);
            self.name
                .set_label(&clean::line(&people.peer, clean::MAX_NAME));
        }
    }

    fn show_text(&self, face: &Face, text: &MessageText, actor: &str) {
        let (markup, width) = match face {
            Face::Text => (markup::of(text, actor), least_width(text)),
            Face::Sentence(words) | Face::Hidden(words) => {
                (glib::markup_escape_text(words).into(), WIDTH_CHARS)
            }
        };
        if *self.markup.borrow() != markup {
            self.body.set_width_chars(width);
            self.body.set_markup(&markup);
            self.markup.replace(markup);
        }
        let is_text = *face == Face::Text;
        // Only links are worth a stop of the Tab key; text is selected with the pointer.
        let has_link = is_text && text.pieces.iter().any(|piece| piece.is_link);
        self.body.set_focusable(has_link);
        // A sentence of ours looks unlike any text of theirs.
        if is_text {
            self.frame.remove_css_class("unreadable");
        } else {
            self.frame.add_css_class("unreadable");
        }
    }

    fn show_extras(&self, message: &Message, face: &Face, text: &MessageText, people: &People) {
        let is_text = *face == Face::Text;
        let is_there = message.retracted.is_none();
        let quote = message.reply_to.as_ref().filter(|_| is_there).map(|reply| {
            let quoted = reply.quoted.as_ref();
            face::quote(
                quoted,
                quoted.is_some_and(|q| people.is_own(&q.author)),
                &people.peer,
            )
        });
        self.extras.show_quote(quote.as_deref());
        self.extras.show_reveal(matches!(face, Face::Hidden(_)));
        self.extras.show_rest(is_text && text.cut);
        self.extras
            .show_edited(message.corrected.is_some() && is_there);
        self.extras.show_reactions(&message.reactions);
        self.extras.show_failure(match &message.delivery {
            Delivery::Failed(failure) if message.direction == Direction::Outgoing => Some(failure),
            Delivery::Failed(_)
            | Delivery::Waiting
            | Delivery::Sent
            | Delivery::Delivered
            | Delivery::Read => None,
        });
    }

    fn show_state(&self, message: &Message, is_own: bool) {
        let is_unreadable = message.security == Security::Unreadable;
        self.state.set_visible(is_own || is_unreadable);
        let (icon, words) = if is_own {
            words::delivery(&message.delivery)
        } else if is_unreadable {
            ("security-unreadable-symbolic", face::unreadable())
        } else {
            return;
        };
        self.state.set_icon_name(Some(icon));
        self.state.set_tooltip_text(Some(&words));
    }
}

/// The label of a text; links in it are opened by the chat around it, if at all.
fn body(context: &Rc<RowContext>) -> gtk::Label {
    let body = gtk::Label::builder()
        .name("message-body")
        .xalign(0.0)
        .wrap(true)
        .wrap_mode(pango::WrapMode::WordChar)
        .natural_wrap_mode(gtk::NaturalWrapMode::Word)
        .selectable(true)
        .max_width_chars(MAX_WIDTH_CHARS)
        .build();
    let sender = context.sender.clone();
    body.connect_activate_link(move |_, target| {
        sender.emit(Input::LinkActivated(target.to_owned()));
        glib::Propagation::Stop
    });
    body
}

/// The least width of a text, in characters. A short one is as narrow as its words; letters are narrower than what a
/// label takes for a character, hence the third less.
fn least_width(text: &MessageText) -> i32 {
    let (mut longest, mut current) = (0, 0);
    for c in text.pieces.iter().flat_map(|piece| piece.text.chars()) {
        current = if c == '\n' { 0 } else { current + 1 };
        longest = longest.max(current);
        if longest >= 2 * WIDTH_CHARS {
            break;
        }
    }
    (longest * 2 / 3).clamp(1, WIDTH_CHARS)
}
