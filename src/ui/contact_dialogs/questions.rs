//! Questions about a contact or a stranger, and what each answer means for both sides.

use adw::prelude::*;

use crate::{
    command::{Command, ContactCommand},
    i18n::{gettext, gettext_f},
    model::{AccountId, BareJid, Failure},
    ui::{dialog, failure_text::describe, untrusted_text::isolated},
    worker::Handle,
};

/// Longest name or address in a sentence, in characters.
const MAX_NAME: usize = 100;

/// The harmless answer.
const CANCEL: &str = "cancel";

/// A question: a heading, what it means, and answers beside Cancel.
pub(super) struct Question {
    heading: String,
    body: String,
    answers: Vec<Answer>,
}

/// One answer and what it asks of the worker.
pub(super) struct Answer {
    label: String,
    is_harmful: bool,
    commands: Vec<ContactCommand>,
}

impl Answer {
    fn harmful(label: String, commands: Vec<ContactCommand>) -> Self {
        Self {
            label,
            is_harmful: true,
            commands,
        }
    }

    fn good(label: String, commands: Vec<ContactCommand>) -> Self {
        Self {
            label,
            is_harmful: false,
            commands,
        }
    }
}

/// Whether to remove a contact.
pub(super) fn remove(account: AccountId, jid: &BareJid) -> Question {
    let remove = ContactCommand::Remove {
        account,
        jid: jid.clone(),
    };
    Question {
        heading: gettext_f("Remove {name}?", &[("name", &shown(jid))]),
        body: gettext(
            "They leave your contacts on all your devices. You no longer see when they are there, and they no longer see when you are. They may notice.\n\nThe messages stay, and they can still write to you as a stranger.",
        ),
        answers: vec![Answer::harmful(gettext("Remove"), vec![remove])],
    }
}

/// Whether to block somebody.
pub(super) fn block(account: AccountId, jid: &BareJid) -> Question {
    let block = ContactCommand::Block {
        account,
        jid: jid.clone(),
    };
    Question {
        heading: gettext_f("Block {name}?", &[("name", &shown(jid))]),
        body: gettext(
            "Your server keeps everything from this address away from all your devices: messages, requests, and whether they are there. To them you look like somebody who is never there; they are not told.\n\nNothing of what is here is deleted. You can unblock the address in the settings of the account.",
        ),
        answers: vec![Answer::harmful(gettext("Block"), vec![block])],
    }
}

/// Whether a stranger may see when one is there.
pub(super) fn accept(account: AccountId, jid: &BareJid) -> Question {
    let approve = |add| ContactCommand::Approve {
        account,
        jid: jid.clone(),
        add,
    };
    Question {
        heading: gettext_f(
            "Let {name} see when you are there?",
            &[("name", &shown(jid))],
        ),
        body: gettext(
            "They then see whether you are there and your status, and learn when messages arrive and are read if you allow that in the settings. Anybody can choose any name: look at the address.",
        ),
        answers: vec![
            Answer::good(gettext("Only let them see"), vec![approve(false)]),
            Answer::good(gettext("Accept and add to contacts"), vec![approve(true)]),
        ],
    }
}

/// Whether to refuse a stranger.
pub(super) fn deny(account: AccountId, jid: &BareJid) -> Question {
    let deny = ContactCommand::Deny {
        account,
        jid: jid.clone(),
    };
    let block = ContactCommand::Block {
        account,
        jid: jid.clone(),
    };
    Question {
        heading: gettext_f("Refuse {name}?", &[("name", &shown(jid))]),
        body: gettext(
            "They do not see when you are there. They may be told that you refused, and can ask again. If you block them, too, nothing of theirs reaches you any more.",
        ),
        answers: vec![
            Answer::harmful(gettext("Refuse"), vec![deny.clone()]),
            Answer::harmful(gettext("Refuse and block"), vec![deny, block]),
        ],
    }
}

/// The dialog of a question, not yet shown.
pub(super) fn dialog(question: Question, handle: &Handle) -> adw::MessageDialog {
    let dialog = adw::MessageDialog::builder()
        .heading(&question.heading)
        .body(&question.body)
        .close_response(CANCEL)
        .default_response(CANCEL)
        .modal(true)
        .build();
    dialog.add_response(CANCEL, &gettext("Cancel"));
    for (place, answer) in question.answers.iter().enumerate() {
        let id = place.to_string();
        dialog.add_response(&id, &answer.label);
        dialog.set_response_appearance(
            &id,
            if answer.is_harmful {
                adw::ResponseAppearance::Destructive
            } else {
                adw::ResponseAppearance::Suggested
            },
        );
    }
    let handle = handle.clone();
    let answers = question.answers;
    dialog.connect_response(None, move |dialog, response| {
        let place = response.parse::<usize>().ok();
        if let Some(answer) = place.and_then(|place| answers.get(place)) {
            carry_out(answer.commands.clone(), &handle, dialog.transient_for());
        }
    });
    dialog
}

/// Asks the worker, and tells the person when it could not be done: the question has gone by then.
fn carry_out(commands: Vec<ContactCommand>, handle: &Handle, parent: Option<gtk::Window>) {
    let handle = handle.clone();
    relm4::spawn_local(async move {
        for command in commands {
            if let Err(failure) = handle.request(Command::Contact(command)).await {
                tell(&failure, parent.as_ref());
                return;
            }
        }
    });
}

fn tell(failure: &Failure, parent: Option<&gtk::Window>) {
    let text = describe(failure);
    let dialog = adw::MessageDialog::builder()
        .heading(&text.title)
        .body(text.paragraph())
        .modal(parent.is_some())
        .build();
    dialog::stand_over(&dialog, parent);
    dialog.add_response(CANCEL, &gettext("Close"));
    dialog.present();
}

/// The address, never a name that its owner chose: these questions are about who somebody really is.
fn shown(jid: &BareJid) -> String {
    isolated(jid.as_str(), MAX_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_address;

    #[test]
    fn every_question_names_the_address_and_what_it_means() {
        let jid = parse_address("mallory@example.org").unwrap();
        let account = AccountId(1);
        for question in [
            remove(account, &jid),
            block(account, &jid),
            accept(account, &jid),
            deny(account, &jid),
        ] {
            assert!(question.heading.contains("mallory@example.org"));
            assert!(question.body.ends_with('.'));
            assert!(!question.answers.is_empty());
            assert!(question.answers.iter().all(|a| !a.commands.is_empty()));
        }
    }
}
