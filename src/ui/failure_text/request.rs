//! Failures of something that was asked for, and of this machine.

use super::Explanation;
use crate::i18n::gettext;

pub(super) fn refused(meaning: String) -> Explanation {
    Explanation::new(gettext("Refused"), meaning, gettext("Nothing was changed."))
}

pub(super) fn unsupported() -> Explanation {
    Explanation::new(
        gettext("The server cannot do this"),
        gettext("It does not have the feature that this needs."),
        gettext("Ask those who run the server, or look for it on their web page."),
    )
}

pub(super) fn offline() -> Explanation {
    Explanation::new(
        gettext("Not connected"),
        gettext("This needs a connection to the server."),
        gettext("Connect the account, then try again."),
    )
}

pub(super) fn name_taken() -> Explanation {
    Explanation::new(
        gettext("This name is taken"),
        gettext("Somebody else has an account of this name on the server."),
        gettext("Choose another name and send the form again."),
    )
}

pub(super) fn form_rejected() -> Explanation {
    Explanation::new(
        gettext("The server does not accept the form"),
        gettext("Something is missing or does not have the form that the server wants."),
        gettext("Check every field, above all the picture or question, and send it again."),
    )
}

pub(super) fn cancelled() -> Explanation {
    Explanation::new(
        gettext("Stopped"),
        gettext("You stopped this before it was done."),
        gettext("Start it again whenever you like."),
    )
}

pub(super) fn bad_input() -> Explanation {
    Explanation::new(
        gettext("This cannot be used"),
        gettext("It is too large, or not of a kind that can be used here."),
        gettext("Choose something smaller, or of another kind."),
    )
}

pub(super) fn disk_full() -> Explanation {
    Explanation::new(
        gettext("The disk is full"),
        gettext("There is no room to keep new messages, so Tessera stopped taking them."),
        gettext(
            "Make room on the disk, then connect again; what was missed comes from the server.",
        ),
    )
}

pub(super) fn storage() -> Explanation {
    Explanation::new(
        gettext("The stored chats cannot be read or written"),
        gettext("The database of this profile does not answer as it should."),
        gettext("Close Tessera and start it again; if it happens again, look after the disk."),
    )
}
