//! How each account fares, one below the other.

use gtk::prelude::*;

use super::{Input, present::Seen};
use crate::{
    i18n::gettext_f,
    model::{AccountId, Timestamp},
    ui::{accessible, presence, untrusted_text::one_line},
};

/// Most characters of the own name.
const MAX_NAME: usize = 60;

/// The rows of all accounts; rebuilt only when accounts come or go.
pub(super) struct AccountRows {
    container: gtk::Box,
    rows: Vec<Row>,
    input: relm4::Sender<Input>,
}

struct Row {
    account: AccountId,
    root: gtk::Box,
    dot: gtk::Image,
    title: gtk::Label,
    address: gtk::Label,
    state: gtk::Label,
    remedy: gtk::Button,
}

impl AccountRows {
    pub(super) fn new(input: relm4::Sender<Input>) -> Self {
        Self {
            container: gtk::Box::default(),
            rows: vec![],
            input,
        }
    }

    pub(super) fn widget(&self) -> &gtk::Box {
        &self.container
    }

    /// Shows how these accounts fare.
    pub(super) fn show(&mut self, accounts: &[Seen], now: Timestamp) {
        let ids = accounts.iter().map(|seen| seen.account.id);
        if !ids.eq(self.rows.iter().map(|row| row.account)) {
            for row in self.rows.drain(..) {
                self.container.remove(&row.root);
            }
            for seen in accounts {
                let row = Row::new(seen.account.id, &self.input);
                self.container.append(&row.root);
                self.rows.push(row);
            }
        }
        for (row, seen) in self.rows.iter().zip(accounts) {
            row.show(seen, now);
        }
    }
}

impl Row {
    fn new(account: AccountId, input: &relm4::Sender<Input>) -> Self {
        let label = |class: &'static str| {
            gtk::Label::builder()
                .xalign(0.0)
                .wrap(true)
                .wrap_mode(gtk::pango::WrapMode::WordChar)
                .width_chars(18)
                .max_width_chars(26)
                .css_classes([class])
                .build()
        };
        let (title, address, state) = (label("heading"), label("caption"), label("caption"));
        address.add_css_class("dim-label");
        let lines = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .hexpand(true)
            .build();
        lines.append(&title);
        lines.append(&address);
        lines.append(&state);
        let dot = gtk::Image::new();
        dot.set_pixel_size(12);
        dot.set_valign(gtk::Align::Start);
        dot.set_margin_top(4);
        let remedy = gtk::Button::builder().valign(gtk::Align::Center).build();
        let input = input.clone();
        remedy.connect_clicked(move |_| {
            let _ = input.send(Input::Remedy(account));
        });
        let root = gtk::Box::new(gtk::Orientation::Horizontal, 9);
        root.append(&dot);
        root.append(&lines);
        root.append(&remedy);
        Self {
            account,
            root,
            dot,
            title,
            address,
            state,
            remedy,
        }
    }

    fn show(&self, seen: &Seen, now: Timestamp) {
        let title = one_line(seen.title(), MAX_NAME);
        let address = seen.account.jid.as_str();
        presence::show_in(&self.dot, seen.shown());
        self.title.set_label(&title);
        self.address.set_label(address);
        self.address.set_visible(title != address);
        self.state.set_label(&seen.state_text(now));
        self.remedy.set_visible(seen.remedy().is_some());
        if let Some(remedy) = seen.remedy() {
            let label = remedy.label();
            self.remedy.set_label(&label);
            let spoken = gettext_f(
                "{action}: {account}",
                &[("action", &label), ("account", address)],
            );
            accessible::set_label(&self.remedy, &spoken);
        }
    }
}
