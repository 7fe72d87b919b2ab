//! Questions before something that cannot be taken back. The harmless answer is the default, and that of Escape.

use adw::prelude::*;

use super::{Confirmed, Input};
use crate::{
    i18n::{gettext, gettext_f, ngettext_f},
    timeline::text::{
        clean,
        links::{self, Doubt},
    },
    ui::dialog,
};

/// A question with one answer that does something.
pub(super) struct Question {
    heading: String,
    body: String,
    answer: String,
    looks: adw::ResponseAppearance,
}

impl Question {
    /// Asks over the window of a widget; only yes is reported.
    pub(super) fn ask(
        self,
        over: &impl IsA<gtk::Widget>,
        sender: &relm4::Sender<Input>,
        confirmed: Confirmed,
    ) {
        let sender = sender.clone();
        self.then(over, move || {
            sender.emit(Input::Confirmed(confirmed.clone()))
        });
    }

    /// Asks over the window of a widget, and acts after yes.
    pub(super) fn then(self, over: &impl IsA<gtk::Widget>, act: impl Fn() + 'static) {
        let window = dialog::window_of(over);
        let question =
            adw::MessageDialog::new(gtk::Window::NONE, Some(&self.heading), Some(&self.body));
        dialog::stand_over(&question, window.as_ref());
        question.add_response("cancel", &gettext("Cancel"));
        question.add_response("yes", &self.answer);
        question.set_response_appearance("yes", self.looks);
        question.set_default_response(Some("cancel"));
        question.set_close_response("cancel");
        question.connect_response(Some("yes"), move |_, _| act());
        question.present();
    }
}

/// Whether to block somebody.
pub(super) fn block(address: &str) -> Question {
    let address = clean::isolated(address);
    Question {
        heading: gettext_f("Block {address}?", &[("address", &address)]),
        body: gettext(
            "Your server will drop everything they send, and they will see you as offline. They are not told. You can \
             unblock them later.",
        ),
        answer: gettext("Block"),
        looks: adw::ResponseAppearance::Destructive,
    }
}

/// Whether to delete a stranger's chat.
pub(super) fn delete(address: &str) -> Question {
    let address = clean::isolated(address);
    Question {
        heading: gettext_f("Delete what {address} wrote?", &[("address", &address)]),
        body: gettext(
            "The messages are removed from this device. They are not told, and if they write again, that is shown as a \
             new request.",
        ),
        answer: gettext("Delete"),
        looks: adw::ResponseAppearance::Destructive,
    }
}

/// Whether to take back a message for everybody.
pub(super) fn retract(name: &str) -> Question {
    Question {
        heading: gettext("Take this message back?"),
        body: gettext_f(
            "Its text is erased on this device, and the other programs — those of {name} and your own — are asked to \
             erase it, too. Whoever has read it has read it; programs that do not know the request, and servers, may \
             keep it. Both sides still see that a message was taken back.",
            &[("name", name)],
        ),
        answer: gettext("Take Back"),
        looks: adw::ResponseAppearance::Destructive,
    }
}

/// Whether to delete a message on this device.
pub(super) fn delete_message() -> Question {
    Question {
        heading: gettext("Delete this message here?"),
        body: gettext(
            "It is removed from this device only, and does not come back from the archive. The other side, the servers \
             and your other devices keep it.",
        ),
        answer: gettext("Delete"),
        looks: adw::ResponseAppearance::Destructive,
    }
}

/// Whether to delete a chat.
pub(super) fn delete_chat(name: &str, count: u64) -> Question {
    let name = clean::isolated(name);
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let lost = ngettext_f(
        "{n} message is removed from this device for good and does not come back from the archive.",
        "{n} messages are removed from this device for good and do not come back from the archive.",
        count,
        &[],
    );
    let rest = gettext_f(
        "So is what you have begun to write, and what waits to be sent is not sent. {name} and the servers keep what they \
         have, and so do your other devices. Contacts stay contacts.",
        &[("name", &name)],
    );
    Question {
        heading: gettext_f("Delete the chat with {name}?", &[("name", &name)]),
        body: format!("{lost} {rest}"),
        answer: gettext("Delete"),
        looks: adw::ResponseAppearance::Destructive,
    }
}

/// Whether to write to somebody in clear from now on.
pub(super) fn leave_encryption(name: &str, theirs: &str, ours: &str) -> Question {
    let name = clean::isolated(name);
    let servers = [("name", name.as_str()), ("theirs", theirs), ("ours", ours)];
    let body = if theirs == ours {
        gettext_f(
            "From then on those who run the server {ours}, and whoever has broken into it, can read and change what you and \
             {name} write. Earlier messages stay encrypted.",
            &servers,
        )
    } else {
        gettext_f(
            "From then on those who run the servers {ours} and {theirs}, and whoever has broken into them, can read and \
             change what you and {name} write. Earlier messages stay encrypted.",
            &servers,
        )
    };
    Question {
        heading: gettext_f("Write to {name} without encryption?", &[("name", &name)]),
        body,
        answer: gettext("Do Not Encrypt"),
        looks: adw::ResponseAppearance::Destructive,
    }
}

/// Whether to open a link that there is a doubt about.
pub(super) fn open_link(target: &str, doubt: &Doubt) -> Question {
    let shown = clean::line(target, 200);
    let body = match doubt {
        Doubt::Scheme(scheme) => gettext_f(
            "Links that begin with “{scheme}:” are opened by another program, which may do something unexpected.",
            &[("scheme", &clean::isolated(scheme))],
        ),
        Doubt::LookAlike(host) if host.is_empty() => gettext(
            "The address in this link is not a proper one. A browser may take it for another address than you do.",
        ),
        Doubt::LookAlike(host) => gettext_f(
            "The name of the server is written with letters that look like others. It is really {host}, and may imitate \
             another one.",
            &[("host", &clean::isolated(host))],
        ),
        Doubt::HiddenHost(host) => gettext_f(
            "What stands before the “@” is not the server: this link leads to {host}.",
            &[("host", &clean::isolated(host))],
        ),
    };
    let host = links::real_host(target).unwrap_or_default();
    let looks = if host.is_empty() {
        adw::ResponseAppearance::Default
    } else {
        adw::ResponseAppearance::Destructive
    };
    Question {
        heading: gettext("Open this link?"),
        body: format!("{}\n\n{body}", clean::isolated(&shown)),
        answer: gettext("Open"),
        looks,
    }
}
