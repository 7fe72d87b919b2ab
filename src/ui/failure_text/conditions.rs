//! Error conditions of XMPP in words.
//! Knows only the standard names; any other name gets a sentence that promises nothing.

use crate::i18n::gettext;

/// What a stanza error (RFC 6120, section 8.3.3) means for a message.
pub(super) fn of_message(condition: &str) -> String {
    match condition {
        "item-not-found" | "recipient-unavailable" | "gone" => {
            gettext("The server of this address says that there is nobody of this name.")
        }
        "service-unavailable" => gettext(
            "The message was refused: the address does not exist, or it does not take messages from you.",
        ),
        "remote-server-not-found" => gettext("The server of this address could not be found."),
        "remote-server-timeout" => {
            gettext("The server of this address does not answer at the moment.")
        }
        "forbidden"
        | "not-allowed"
        | "not-authorized"
        | "subscription-required"
        | "registration-required" => {
            gettext("You are not allowed to send messages to this address.")
        }
        "policy-violation" => gettext(
            "The message breaks a rule of the server, or looks like unwanted advertising to it.",
        ),
        "not-acceptable" => {
            gettext("The message was refused; perhaps you have blocked this address on the server.")
        }
        "resource-constraint" => gettext("The server is too busy, or their mailbox is full."),
        "jid-malformed" => gettext("The server does not take this address for a valid one."),
        _ => gettext("The message was refused for a reason that Tessera does not know."),
    }
}

/// What a stanza error means for something that was asked of the server or a contact.
pub(super) fn of_request(condition: &str) -> String {
    match condition {
        "item-not-found" => gettext("What was asked for does not exist there."),
        "service-unavailable" | "feature-not-implemented" => {
            gettext("The other side does not offer this.")
        }
        "forbidden" | "not-allowed" => gettext("The server does not allow this."),
        "not-authorized" => gettext("The server does not allow this over this connection."),
        "conflict" => gettext("It contradicts something that is there already."),
        "not-acceptable" | "bad-request" => gettext("The server does not accept what was sent."),
        "remote-server-not-found" | "remote-server-timeout" => {
            gettext("The server of the other side cannot be reached.")
        }
        "resource-constraint" => {
            gettext("The server is too busy, or there were too many requests in a short time.")
        }
        "policy-violation" => gettext("It breaks a rule of the server."),
        "internal-server-error" => gettext("The server has a problem of its own."),
        _ => gettext("It was refused for a reason that Tessera does not know."),
    }
}

/// What a stream error (RFC 6120, section 4.9.3) means.
pub(super) fn of_stream(condition: &str) -> String {
    match condition {
        "host-gone" => gettext("The server no longer serves this domain."),
        "not-authorized" => {
            gettext("The server ended the session: the account was logged out or removed.")
        }
        "connection-timeout" => gettext("The server heard nothing from here for too long."),
        "reset" => gettext("The server wants a new login, usually after a change of its settings."),
        "remote-connection-failed" => {
            gettext("The server cannot reach another system that it needs for the login.")
        }
        "internal-server-error" => gettext("The server has a problem of its own."),
        _ => gettext("The server ended the connection for a reason that Tessera does not know."),
    }
}
