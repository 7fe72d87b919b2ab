//! One message: picture and name of the sender, the text in a bubble, time and state.

use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
};

use gtk::{glib, pango, prelude::*};

use super::{
    People, RowContext, TimelineRow,
    layout::{BubbleLayout, MessageLayout},
};
use crate::{
    i18n::gettext,
    model::{Delivery, Direction, Message, MessageId, Security},
    timeline::{
        MessageRow,
        text::{MessageText, clean},
    },
    ui::{
        accessible,
        conversation::{
            Input,
            present::{markup, time, words},
        },
        failure_text,
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
    /// Beside the bubble, for the button that opens the actions.
    beside: gtk::Box,
    avatar: Avatar,
    column: gtk::Box,
    name: gtk::Label,
    frame: gtk::Box,
    body: gtk::Label,
    time: gtk::Label,
    state: gtk::Image,
    shown: Cell<Option<MessageId>>,
    markup: RefCell<String>,
    hovered: Cell<bool>,
    context: Rc<RowContext>,
    show_all: OnceCell<gtk::Button>,
    failure: OnceCell<Failure>,
    actions: OnceCell<gtk::Button>,
}

/// What stands under a message that was not sent.
struct Failure {
    root: gtk::Box,
    reason: gtk::Label,
}

impl Bubble {
    pub(super) fn new(context: &Rc<RowContext>) -> Self {
        let bubble = Self {
            root: gtk::Box::default(),
            layout: MessageLayout::new(),
            beside: gtk::Box::builder().width_request(28).build(),
            avatar: Avatar::new(avatar::MESSAGE_SIZE),
            column: gtk::Box::new(gtk::Orientation::Vertical, 2),
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
            body: gtk::Label::builder()
                .xalign(0.0)
                .wrap(true)
                .wrap_mode(pango::WrapMode::WordChar)
                .natural_wrap_mode(gtk::NaturalWrapMode::Word)
                .selectable(true)
                .max_width_chars(MAX_WIDTH_CHARS)
                .build(),
            time: gtk::Label::builder()
                .valign(gtk::Align::End)
                .css_classes(["message-time", "caption", "numeric"])
                .build(),
            state: gtk::Image::builder()
                .valign(gtk::Align::End)
                .pixel_size(14)
                .css_classes(["message-state"])
                .build(),
            shown: Cell::default(),
            markup: RefCell::default(),
            hovered: Cell::new(false),
            context: Rc::clone(context),
            show_all: OnceCell::new(),
            failure: OnceCell::new(),
            actions: OnceCell::new(),
        };
        bubble.build();
        bubble
    }

    fn build(&self) {
        self.avatar.set_valign(gtk::Align::Start);
        self.body.set_widget_name("message-body");
        let sender = self.context.sender.clone();
        self.body.connect_activate_link(move |_, target| {
            sender.emit(Input::LinkActivated(target.to_owned()));
            glib::Propagation::Stop
        });
        self.frame.append(&self.body);
        self.frame.append(&self.time);
        self.frame.append(&self.state);
        self.column.append(&self.name);
        self.column.append(&self.frame);
        self.root.append(&self.avatar);
        self.root.append(&self.column);
        self.root.append(&self.beside);
        self.root.set_layout_manager(Some(self.layout.clone()));
        self.frame.set_layout_manager(Some(BubbleLayout::new()));
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

    pub(super) fn show(&self, around: &TimelineRow, row: &MessageRow, text: &MessageText) {
        let message = &row.message;
        let people = self.context.people.borrow();
        let is_own = message.direction == Direction::Outgoing;
        let is_new = self.shown.replace(Some(message.id)) != Some(message.id);
        self.show_sender(row, &people, is_own);
        self.show_text(message, text, &people, is_own);
        let time = time::clock(message.at);
        self.time.set_label(&time);
        self.show_state(message, is_own);
        accessible::set_label(around, &words::spoken(message, text, &people.peer, &time));
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

    fn show_text(&self, message: &Message, text: &MessageText, people: &People, is_own: bool) {
        let unreadable = message.security == Security::Unreadable;
        let actor = if is_own { &people.own } else { &people.peer };
        let markup = if unreadable {
            glib::markup_escape_text(&words::unreadable()).into()
        } else {
            markup::of(text, actor)
        };
        if *self.markup.borrow() != markup {
            let width = if unreadable {
                WIDTH_CHARS
            } else {
                least_width(text)
            };
            self.body.set_width_chars(width);
            self.body.set_markup(&markup);
            self.markup.replace(markup);
        }
        // Only links are worth a stop of the Tab key; text is selected with the pointer.
        let has_link = text.pieces.iter().any(|piece| piece.is_link) && !unreadable;
        self.body.set_focusable(has_link);
        let class = "unreadable";
        if unreadable {
            self.frame.add_css_class(class);
        } else {
            self.frame.remove_css_class(class);
        }
        self.show_rest_button(text.cut && !unreadable);
    }

    fn show_state(&self, message: &Message, is_own: bool) {
        let unreadable = message.security == Security::Unreadable;
        self.state.set_visible(is_own || unreadable);
        if is_own {
            let (icon, words) = words::delivery(&message.delivery);
            self.state.set_icon_name(Some(icon));
            self.state.set_tooltip_text(Some(&words));
        } else if unreadable {
            self.state
                .set_icon_name(Some("security-unreadable-symbolic"));
            self.state.set_tooltip_text(Some(&words::unreadable()));
        }
        match &message.delivery {
            Delivery::Failed(failure) if is_own => {
                let explanation = failure_text::describe_send_failure(failure);
                let part = self.failure.get_or_init(|| self.build_failure());
                part.reason.set_label(&explanation.title);
                part.reason.set_tooltip_text(Some(&explanation.paragraph()));
                part.root.set_visible(true);
            }
            Delivery::Failed(_)
            | Delivery::Waiting
            | Delivery::Sent
            | Delivery::Delivered
            | Delivery::Read => {
                if let Some(part) = self.failure.get() {
                    part.root.set_visible(false);
                }
            }
        }
    }

    fn build_failure(&self) -> Failure {
        let root = gtk::Box::builder()
            .spacing(9)
            .halign(gtk::Align::End)
            .css_classes(["message-failure"])
            .build();
        let reason = gtk::Label::builder()
            .wrap(true)
            .xalign(1.0)
            .width_chars(10)
            .max_width_chars(40)
            .css_classes(["error", "caption"])
            .build();
        let retry = gtk::Button::builder()
            .label(gettext("Retry"))
            .name("retry-message")
            .css_classes(["caption", "pill-small"])
            .build();
        let sender = self.context.sender.clone();
        let shown = self.shown_id();
        retry.connect_clicked(move |_| {
            if let Some(id) = shown() {
                sender.emit(Input::RetryPressed(id));
            }
        });
        root.append(&reason);
        root.append(&retry);
        self.column.append(&root);
        Failure { root, reason }
    }

    fn show_rest_button(&self, visible: bool) {
        if !visible && self.show_all.get().is_none() {
            return;
        }
        let button = self.show_all.get_or_init(|| {
            let button = gtk::Button::builder()
                .label(gettext("Show All"))
                .name("show-all")
                .halign(gtk::Align::Start)
                .css_classes(["caption", "pill-small"])
                .build();
            let sender = self.context.sender.clone();
            let shown = self.shown_id();
            button.connect_clicked(move |_| {
                if let Some(id) = shown() {
                    sender.emit(Input::ShowAllPressed(id));
                }
            });
            self.column.append(&button);
            button
        });
        button.set_visible(visible);
    }

    /// Shows or hides the button for the actions; it is made when the pointer comes here first.
    pub(super) fn set_hovered(&self, hovered: bool) {
        if self.hovered.replace(hovered) == hovered && self.actions.get().is_none() {
            return;
        }
        if !hovered && self.actions.get().is_none() {
            return;
        }
        let button = self.actions.get_or_init(|| {
            let button = gtk::Button::builder()
                .icon_name("view-more-symbolic")
                .valign(gtk::Align::Center)
                .focusable(false)
                .css_classes(["flat", "circular", "message-actions"])
                .build();
            accessible::name_button(&button, &gettext("What can be done with this message"));
            let sender = self.context.sender.clone();
            let shown = self.shown_id();
            button.connect_clicked(move |_| {
                if let Some(id) = shown() {
                    sender.emit(Input::ActionsPressed(id));
                }
            });
            button
        });
        if button.parent().is_none() {
            self.beside.append(button);
        }
        // Its room is kept while it is away: nothing moves under the pointer.
        button.set_opacity(if hovered { 1.0 } else { 0.0 });
        button.set_can_target(hovered);
    }

    /// Asks which message is shown at that moment; rows are used for many.
    fn shown_id(&self) -> impl Fn() -> Option<MessageId> + 'static {
        let column = self.column.downgrade();
        move || {
            let column = column.upgrade()?;
            let row = column.ancestor(TimelineRow::static_type());
            row.and_downcast::<TimelineRow>()?.message()
        }
    }
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
