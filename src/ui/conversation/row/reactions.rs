//! What people reacted with, as buttons under a message: pressed, one's own reaction comes or goes.

use std::{cell::RefCell, rc::Rc};

use gtk::prelude::*;

use super::{RowContext, TimelineRow, wrap::WrapLayout};
use crate::{
    model::Reaction,
    timeline::text::clean,
    ui::{
        accessible,
        conversation::{
            Input,
            present::face::{self, Shown},
        },
    },
};

/// The buttons of one message.
pub(super) struct Reactions {
    root: gtk::Box,
    context: Rc<RowContext>,
    /// Made when first needed, and filled again and again so that the one with the focus keeps it.
    buttons: RefCell<Vec<gtk::ToggleButton>>,
    emojis: Rc<RefCell<Vec<String>>>,
}

impl Reactions {
    pub(super) fn new(context: &Rc<RowContext>) -> Self {
        let root = gtk::Box::builder()
            .name("reactions")
            .css_classes(["reactions"])
            .build();
        root.set_layout_manager(Some(WrapLayout::new()));
        Self {
            root,
            context: Rc::clone(context),
            buttons: RefCell::default(),
            emojis: Rc::default(),
        }
    }

    pub(super) fn widget(&self) -> &gtk::Box {
        &self.root
    }

    /// Shows these; `may_react` says whether anything can be sent in this chat.
    pub(super) fn show(&self, reactions: &[Reaction], may_react: bool) {
        let people = self.context.people.borrow();
        let shown = face::shown_reactions(reactions, &people);
        self.emojis
            .replace(shown.iter().map(|shown| shown.emoji.clone()).collect());
        let mut buttons = self.buttons.borrow_mut();
        while buttons.len() < shown.len() {
            let button = self.button(buttons.len());
            self.root.append(&button);
            buttons.push(button);
        }
        for (n, button) in buttons.iter().enumerate() {
            let reaction = shown.get(n);
            button.set_visible(reaction.is_some());
            if let Some(reaction) = reaction {
                fill(button, reaction);
                button.set_sensitive(may_react);
            }
        }
    }

    fn button(&self, place: usize) -> gtk::ToggleButton {
        let button = gtk::ToggleButton::builder()
            .name("reaction")
            .css_classes(["reaction"])
            .build();
        let (sender, emojis) = (self.context.sender.clone(), Rc::clone(&self.emojis));
        button.connect_clicked(move |button| {
            let row = button.ancestor(TimelineRow::static_type());
            let message = row.and_downcast::<TimelineRow>().and_then(|r| r.message());
            let emoji = emojis.borrow().get(place).cloned();
            if let (Some(message), Some(emoji)) = (message, emoji) {
                let on = button.is_active();
                sender.emit(Input::ReactPressed { message, emoji, on });
            }
        });
        button
    }
}

fn fill(button: &gtk::ToggleButton, reaction: &Shown) {
    let emoji = clean::line(&reaction.emoji, 1);
    if reaction.count > 1 {
        button.set_label(&format!("{emoji} {}", reaction.count));
    } else {
        button.set_label(&emoji);
    }
    button.set_active(reaction.is_own);
    button.set_tooltip_text(Some(&reaction.who));
    accessible::set_label(button, &format!("{emoji}, {}", reaction.who));
}
