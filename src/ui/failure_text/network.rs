//! Failures on the way to the server, and those that the server ends a connection with.

use super::Explanation;
use crate::{
    i18n::{gettext, gettext_f},
    model::CertificateProblem,
    ui::untrusted_text::isolated,
};

/// Longest domain that is shown, in characters; DNS has at most 253.
const MAX_DOMAIN: usize = 253;

pub(super) fn certificate(problem: &CertificateProblem) -> Explanation {
    Explanation::new(
        gettext("The server's identity cannot be confirmed"),
        gettext_f(
            "What the server showed does not prove that it is {domain}. Nothing was sent to it.",
            &[("domain", &isolated(&problem.domain, MAX_DOMAIN))],
        ),
        gettext("Look at the certificate before you decide."),
    )
}

pub(super) fn no_encryption() -> Explanation {
    Explanation::new(
        gettext("The server offers no encryption"),
        gettext(
            "Everything, your password included, would be readable on the way. Tessera never connects like that.",
        ),
        gettext("Ask those who run the server to switch on TLS, or try another network."),
    )
}

pub(super) fn tls() -> Explanation {
    Explanation::new(
        gettext("No secure connection"),
        gettext(
            "The server and Tessera found no common encryption. The server may be too old, or something on the way interferes.",
        ),
        gettext("Try another network, or ask those who run the server for TLS 1.2 or newer."),
    )
}

pub(super) fn no_such_server() -> Explanation {
    Explanation::new(
        gettext("No such server"),
        gettext("The name after the @ is not known in the network."),
        gettext("Check how it is written, and whether you are connected to the internet."),
    )
}

pub(super) fn unreachable() -> Explanation {
    Explanation::new(
        gettext("The server cannot be reached"),
        gettext("Its address is known, but nothing answers there."),
        gettext("Check your network; if it works, the server may be down. Try again later."),
    )
}

pub(super) fn proxy() -> Explanation {
    Explanation::new(
        gettext("The proxy does not work"),
        gettext("The proxy did not answer, or it refused to connect to the server."),
        gettext("Check that it runs, and the host and port in the connection settings."),
    )
}

pub(super) fn timeout() -> Explanation {
    Explanation::new(
        gettext("No answer"),
        gettext("The other side did not answer in time."),
        gettext("Try again; if it happens often, the network or the server is slow."),
    )
}

pub(super) fn connection_lost() -> Explanation {
    Explanation::new(
        gettext("Connection lost"),
        gettext("The connection to the server ended without a goodbye."),
        gettext("Tessera connects again as soon as it can."),
    )
}

pub(super) fn host_unknown() -> Explanation {
    Explanation::new(
        gettext("The server does not serve this domain"),
        gettext("A server answered, but it has no accounts for the name after the @."),
        gettext("Check how the address is written, and the host under “More options”."),
    )
}

pub(super) fn conflict() -> Explanation {
    Explanation::new(
        gettext("Logged in elsewhere"),
        gettext("Another program took over this session of your account."),
        gettext("Connect again here if that was you; otherwise change your password."),
    )
}

pub(super) fn policy_violation() -> Explanation {
    Explanation::new(
        gettext("The server ended the session over a rule of its own"),
        gettext("It says that a rule was broken, for example by too many tries in a short time."),
        gettext("Wait a while before you connect again, or ask those who run the server."),
    )
}

pub(super) fn redirect_loop() -> Explanation {
    Explanation::new(
        gettext("The server sends us in circles"),
        gettext("It named another server to go to, again and again or without a usable name."),
        gettext("Ask those who run the server; its settings are wrong."),
    )
}

pub(super) fn server_busy() -> Explanation {
    Explanation::new(
        gettext("The server is busy or shutting down"),
        gettext("It cannot serve you at the moment."),
        gettext("Try again in a few minutes."),
    )
}

pub(super) fn protocol() -> Explanation {
    Explanation::new(
        gettext("This is not a chat server"),
        gettext("Something answered, but not in the language of XMPP."),
        gettext(
            "Check the host and port under “More options”, and whether the network needs a login page first.",
        ),
    )
}

pub(super) fn stream(meaning: String) -> Explanation {
    Explanation::new(
        gettext("The server ended the connection"),
        meaning,
        gettext("Connect again; if it happens again, ask those who run the server."),
    )
}
