//! Links to people, from outside or from a message: they fill a dialog and never act.

use adw::prelude::*;

use super::{add, open_add, remove_contact};
use crate::{
    i18n::{gettext, gettext_f},
    model::{AccountId, BareJid, UriAction, parse_uri},
    ui::{dialog, failure_text::describe_uri_error, untrusted_text::isolated},
    worker::Handle,
};

/// Longest name of an action that is shown, in characters.
const MAX_ACTION: usize = 40;

/// A chat that a link wants to be opened; the text goes into the composer and is never sent by itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LinkedChat {
    /// The own account that the link names, if it names one.
    pub account: Option<BareJid>,
    /// Whom to talk to.
    pub peer: BareJid,
    /// What to put into the composer where it is empty; untrusted.
    pub text: String,
}

/// Opens what a link proposes, with `account` chosen where a dialog asks for one. A chat is answered, because the main
/// window opens it.
pub fn open_link(
    parent: &gtk::Window,
    handle: &Handle,
    account: AccountId,
    link: &str,
) -> Option<LinkedChat> {
    let uri = match parse_uri(link) {
        Ok(uri) => uri,
        Err(error) => {
            tell(
                parent,
                &gettext("This link cannot be used"),
                &describe_uri_error(error),
            );
            return None;
        }
    };
    let text = match uri.action {
        UriAction::Open => String::new(),
        UriAction::Message { body } => body,
        UriAction::AddContact { name, group } => {
            let prefill = add::Prefill {
                address: uri.address.to_string(),
                name,
                group,
            };
            open_add(parent, handle, Some(account), prefill);
            return None;
        }
        UriAction::RemoveContact => {
            remove_contact(parent, handle, account, &uri.address);
            return None;
        }
        UriAction::Unsupported(action) => {
            let words = gettext_f(
                "It asks for something that Tessera does not do yet: {action}.",
                &[("action", &isolated(&action, MAX_ACTION))],
            );
            tell(parent, &gettext("This link cannot be used"), &words);
            return None;
        }
    };
    Some(LinkedChat {
        account: uri.account,
        peer: uri.address,
        text,
    })
}

fn tell(parent: &gtk::Window, heading: &str, body: &str) {
    const CLOSE: &str = "close";
    let dialog = adw::MessageDialog::builder()
        .heading(heading)
        .body(body)
        .modal(true)
        .build();
    dialog::stand_over(&dialog, Some(parent));
    dialog.add_response(CLOSE, &gettext("Close"));
    dialog.present();
}
