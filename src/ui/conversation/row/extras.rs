//! What only some messages have around their text. Each part is made when a row first needs it, since rows are many.

use std::{
    cell::{Cell, OnceCell},
    rc::Rc,
};

use gtk::{pango, prelude::*};

use super::{RowContext, TimelineRow, reactions::Reactions};
use crate::{
    i18n::{gettext, gettext_f},
    model::{MessageId, Reaction, SendFailure},
    ui::{accessible, conversation::Input, failure_text},
};

/// The parts; which of them are seen changes from message to message.
pub(super) struct Extras {
    context: Rc<RowContext>,
    /// Around the text, inside the bubble.
    inside: gtk::Box,
    /// Around the bubble.
    around: gtk::Box,
    /// Beside the bubble.
    beside: gtk::Box,
    is_hovered: Cell<bool>,
    quote: OnceCell<gtk::Button>,
    reveal: OnceCell<gtk::Button>,
    show_all: OnceCell<gtk::Button>,
    edited: OnceCell<gtk::Button>,
    reactions: OnceCell<Reactions>,
    failure: OnceCell<Failure>,
    actions: OnceCell<gtk::Button>,
    check: OnceCell<gtk::CheckButton>,
}

/// What stands under a message that was not sent.
struct Failure {
    root: gtk::Box,
    reason: gtk::Label,
}

impl Extras {
    pub(super) fn new(
        context: &Rc<RowContext>,
        inside: &gtk::Box,
        around: &gtk::Box,
        beside: &gtk::Box,
    ) -> Self {
        Self {
            context: Rc::clone(context),
            inside: inside.clone(),
            around: around.clone(),
            beside: beside.clone(),
            is_hovered: Cell::new(false),
            quote: OnceCell::new(),
            reveal: OnceCell::new(),
            show_all: OnceCell::new(),
            edited: OnceCell::new(),
            reactions: OnceCell::new(),
            failure: OnceCell::new(),
            actions: OnceCell::new(),
            check: OnceCell::new(),
        }
    }

    /// The beginning of the message that this one replies to; pressed, it leads there.
    pub(super) fn show_quote(&self, words: Option<&str>) {
        if let Some(button) = wanted(&self.quote, words.is_some(), || {
            let button = self.button("", "quote", Input::QuotePressed);
            button.set_child(Some(&one_line(&["caption"])));
            button.set_halign(gtk::Align::Fill);
            button.set_css_classes(&["flat", "quote"]);
            self.inside.prepend(&button);
            button
        }) {
            let words = words.unwrap_or_default();
            if let Some(label) = button.child().and_downcast::<gtk::Label>() {
                label.set_label(words);
            }
            // Translators: what a screen reader says of the quotation above a reply; it is a button
            let spoken = gettext_f("Reply to: {words}", &[("words", words)]);
            accessible::set_label(button, &spoken);
        }
    }

    /// The button that shows a hidden text.
    pub(super) fn show_reveal(&self, is_hidden: bool) {
        wanted(&self.reveal, is_hidden, || {
            let button = self.button(&gettext("Show"), "reveal", Input::RevealPressed);
            self.inside.append(&button);
            button
        });
    }

    /// The button that shows the rest of a long text.
    pub(super) fn show_rest(&self, has_more: bool) {
        wanted(&self.show_all, has_more, || {
            let button = self.button(&gettext("Show All"), "show-all", Input::ShowAllPressed);
            self.around.append(&button);
            button
        });
    }

    /// The mark of a message whose author changed it; pressed, it shows the earlier texts.
    pub(super) fn show_edited(&self, is_edited: bool) {
        wanted(&self.edited, is_edited, || {
            // Translators: a mark beside a message whose author changed it
            let button = self.button(&gettext("edited"), "edited", Input::VersionsPressed);
            button.set_valign(gtk::Align::End);
            button.set_css_classes(&["flat", "caption", "edited"]);
            accessible::name_button(&button, &gettext("Edited: show the earlier texts"));
            if let Some(bubble) = self.inside.parent() {
                button.insert_after(&bubble, Some(&self.inside));
            }
            button
        });
    }

    /// What people reacted with.
    pub(super) fn show_reactions(&self, reactions: &[Reaction]) {
        if reactions.is_empty() && self.reactions.get().is_none() {
            return;
        }
        let part = self.reactions.get_or_init(|| {
            let part = Reactions::new(&self.context);
            self.around.append(part.widget());
            part
        });
        part.show(reactions, self.context.may_write.get());
        part.widget().set_visible(!reactions.is_empty());
    }

    /// Why the message was not sent, and the button that sends it again.
    pub(super) fn show_failure(&self, failure: Option<&SendFailure>) {
        if let Some(failure) = failure {
            let explanation = failure_text::describe_send_failure(failure);
            let part = self.failure.get_or_init(|| self.build_failure());
            part.reason.set_label(&explanation.title);
            part.reason.set_tooltip_text(Some(&explanation.paragraph()));
            part.root.set_visible(true);
        } else if let Some(part) = self.failure.get() {
            part.root.set_visible(false);
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
        let retry = self.button(&gettext("Retry"), "retry-message", Input::RetryPressed);
        root.append(&reason);
        root.append(&retry);
        self.around.append(&root);
        Failure { root, reason }
    }

    /// Shows whether the message is chosen, while messages are chosen: in the place of the button for the actions.
    pub(super) fn show_check(&self, selected: Option<bool>) {
        if let Some(check) = wanted(&self.check, selected.is_some(), || {
            let check = gtk::CheckButton::builder()
                .name("selected")
                .valign(gtk::Align::Center)
                .halign(gtk::Align::Center)
                // The row says it in words, and takes clicks and keys.
                .accessible_role(gtk::AccessibleRole::Presentation)
                .can_target(false)
                .can_focus(false)
                .focusable(false)
                .build();
            self.beside.prepend(&check);
            check
        }) {
            check.set_active(selected == Some(true));
        }
        if let Some(button) = self.actions.get() {
            button.set_visible(selected.is_none());
        }
    }

    /// Shows or hides the button for the actions; it is made when the pointer comes here first.
    pub(super) fn set_hovered(&self, hovered: bool) {
        if self.is_hovered.replace(hovered) == hovered || self.context.selected.borrow().is_some() {
            return;
        }
        let button = self.actions.get_or_init(|| {
            let button = self.button("", "message-actions", Input::ActionsPressed);
            button.set_icon_name("view-more-symbolic");
            button.set_valign(gtk::Align::Center);
            button.set_focusable(false);
            button.set_css_classes(&["flat", "circular", "message-actions"]);
            accessible::name_button(&button, &gettext("What can be done with this message"));
            self.beside.append(&button);
            button
        });
        // Its room is kept while it is away: nothing moves under the pointer.
        button.set_opacity(if hovered { 1.0 } else { 0.0 });
        button.set_can_target(hovered);
    }

    /// A small button about the message that is shown at that moment; rows are used for many.
    fn button(&self, label: &str, name: &str, input: fn(MessageId) -> Input) -> gtk::Button {
        let button = gtk::Button::builder()
            .label(label)
            .name(name)
            .halign(gtk::Align::Start)
            .css_classes(["caption", "pill-small"])
            .build();
        let sender = self.context.sender.clone();
        button.connect_clicked(move |button| {
            let row = button.ancestor(TimelineRow::static_type());
            if let Some(id) = row.and_downcast::<TimelineRow>().and_then(|r| r.message()) {
                sender.emit(input(id));
            }
        });
        button
    }
}

/// Shows or hides a part, which is made when it is shown first; answers it when it is shown.
fn wanted<W: IsA<gtk::Widget>>(
    part: &OnceCell<W>,
    is_wanted: bool,
    make: impl FnOnce() -> W,
) -> Option<&W> {
    if is_wanted {
        let widget = part.get_or_init(make);
        widget.set_visible(true);
        return Some(widget);
    }
    if let Some(widget) = part.get() {
        widget.set_visible(false);
    }
    None
}

fn one_line(classes: &[&str]) -> gtk::Label {
    gtk::Label::builder()
        .xalign(0.0)
        .ellipsize(pango::EllipsizeMode::End)
        .single_line_mode(true)
        .width_chars(4)
        .max_width_chars(50)
        .css_classes(classes.to_vec())
        .build()
}
