//! One stranger who waits: who, what for, in which words, and three answers.

use gtk::prelude::*;

use super::{Answer, Input, answers::parts};
use crate::{
    i18n::{gettext, gettext_f},
    model::{AccountId, BareJid, Request},
    timeline::Keyed,
    ui::{
        accessible,
        untrusted_text::{isolated, one_line},
    },
};

/// Most characters of the words of a stranger that are shown.
const MAX_WORDS: usize = 300;

/// Most characters of a name that a stranger gave itself.
const MAX_NAME: usize = 60;

/// A stranger who waits, and the address of the account that is asked, where there are several.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Waiting {
    pub(super) request: Request,
    pub(super) account: Option<String>,
}

impl Keyed for Waiting {
    type Key = (AccountId, BareJid);

    fn key(&self) -> Self::Key {
        (self.request.account, self.request.jid.clone())
    }
}

/// The widget of one stranger. Nothing in it was fetched: no picture, no profile.
pub(super) fn row(waiting: &Waiting, answer: &relm4::Sender<Input>) -> gtk::ListBoxRow {
    let request = &waiting.request;
    let address = request.jid.as_str();
    let lines = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(3)
        .css_classes(["stranger"])
        .build();
    lines.append(&label(address, &["heading"]));
    // The name is the stranger's own claim, so it never stands in the place of the address.
    if !request.nickname.trim().is_empty() {
        let name = isolated(&request.nickname, MAX_NAME);
        let claim = gettext_f("Calls itself {name}", &[("name", &name)]);
        lines.append(&label(&claim, &["caption", "dim-label"]));
    }
    lines.append(&label(&wish(request), &["caption"]));
    let words = one_line(&request.text, MAX_WORDS);
    if !words.is_empty() {
        lines.append(&label(&format!("“{words}”"), &["dim-label"]));
    }
    if let Some(account) = &waiting.account {
        let to = gettext_f("To {account}", &[("account", account)]);
        lines.append(&label(&to, &["caption", "dim-label"]));
    }
    let buttons = gtk::Box::builder()
        .spacing(6)
        .homogeneous(true)
        .margin_top(6)
        .build();
    for (text, kind) in [
        (gettext("Accept"), Answer::Accept),
        (gettext("Refuse"), Answer::Refuse),
        (gettext("Block"), Answer::Block),
    ] {
        buttons.append(&button(&text, kind, request, answer));
    }
    lines.append(&buttons);
    let row = gtk::ListBoxRow::builder()
        .activatable(false)
        .focusable(false)
        .child(&lines)
        .name(format!("stranger-{address}"))
        .build();
    accessible::set_label(&row, &format!("{address}, {}", wish(request)));
    row
}

/// What a stranger wants, in one sentence.
fn wish(request: &Request) -> String {
    match parts(request.kind) {
        (true, None) => gettext("Wants to be a contact and see when you are online"),
        (false, _) => gettext("Wrote to you"),
        (true, Some(_)) => gettext("Wrote to you, and wants to be a contact"),
    }
}

fn label(text: &str, classes: &[&str]) -> gtk::Label {
    gtk::Label::builder()
        .label(text)
        .xalign(0.0)
        .wrap(true)
        .wrap_mode(gtk::pango::WrapMode::WordChar)
        .width_chars(20)
        .max_width_chars(40)
        .lines(4)
        .ellipsize(gtk::pango::EllipsizeMode::End)
        .css_classes(classes.to_vec())
        .build()
}

fn button(
    text: &str,
    kind: Answer,
    request: &Request,
    answer: &relm4::Sender<Input>,
) -> gtk::Button {
    let button = gtk::Button::with_label(text);
    let address = request.jid.as_str();
    if kind == Answer::Block {
        button.set_tooltip_text(Some(&gettext(
            "Refuse, and hear nothing of this address again",
        )));
    }
    // Three buttons of each row sound alike without the address.
    accessible::set_label(&button, &format!("{text}: {address}"));
    let (answer, request) = (answer.clone(), request.clone());
    button.connect_clicked(move |button| {
        button.set_sensitive(false);
        let _ = answer.send(Input::Answer(Box::new(request.clone()), kind));
    });
    button
}
