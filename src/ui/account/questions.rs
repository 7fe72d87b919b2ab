//! Short questions about how an account logs in. Escape and Enter are always the harmless answer.

use adw::prelude::*;

use crate::{
    i18n::{gettext, gettext_f},
    model::FailureKind,
    ui::{
        dialog,
        failure_text::{Explanation, describe},
        untrusted_text::isolated,
    },
};

/// Longest domain that is shown, in characters.
const MAX_DOMAIN: usize = 253;

/// The answer that changes something.
const GO_ON: &str = "go-on";

/// The harmless answer.
const STAY: &str = "stay";

/// Asks whether the password itself may be sent to this server inside TLS.
pub fn ask_plain(parent: &gtk::Window, domain: &str, answer: impl FnOnce(bool) + 'static) {
    ask(Some(parent), &plain_question(domain), answer);
}

/// Asks whether to accept that the server now offers less than before.
pub fn ask_weaker(
    parent: &gtk::Window,
    before: &str,
    now: &str,
    answer: impl FnOnce(bool) + 'static,
) {
    ask(Some(parent), &weaker_question(before, now), answer);
}

/// A question with a harmless and a deliberate answer.
pub(super) struct Question {
    title: String,
    text: String,
    go_on: String,
}

pub(super) fn plain_question(domain: &str) -> Question {
    Question {
        title: gettext("Send the password itself?"),
        text: gettext_f(
            "{domain} offers only logins in which your password is sent to it. It is encrypted on the way, but the server, and whoever has broken into it, can read it. Better servers never need to see it.\n\nAllow this only if you trust those who run the server, and use this password nowhere else.",
            &[("domain", &isolated(domain, MAX_DOMAIN))],
        ),
        go_on: gettext("Allow for this account"),
    }
}

pub(super) fn weaker_question(before: &str, now: &str) -> Question {
    let Explanation {
        title,
        meaning,
        advice,
        ..
    } = describe(
        &FailureKind::WeakerLogin {
            before: before.to_owned(),
            now: now.to_owned(),
        }
        .into(),
    );
    Question {
        title,
        text: format!("{meaning}\n\n{advice}"),
        go_on: gettext("Accept the weaker login"),
    }
}

/// The dialog of a question, not yet shown.
pub(super) fn dialog(question: &Question) -> adw::MessageDialog {
    let dialog = adw::MessageDialog::builder()
        .heading(&question.title)
        .body(&question.text)
        .close_response(STAY)
        .default_response(STAY)
        .modal(true)
        .build();
    dialog.add_response(STAY, &gettext("Stay disconnected"));
    dialog.add_response(GO_ON, &question.go_on);
    dialog.set_response_appearance(GO_ON, adw::ResponseAppearance::Destructive);
    dialog
}

fn ask(parent: Option<&gtk::Window>, question: &Question, answer: impl FnOnce(bool) + 'static) {
    let dialog = dialog(question);
    dialog::stand_over(&dialog, parent);
    let answer = std::cell::Cell::new(Some(answer));
    dialog.connect_response(None, move |_, response| {
        if let Some(answer) = answer.take() {
            answer(response == GO_ON);
        }
    });
    dialog.present();
}
