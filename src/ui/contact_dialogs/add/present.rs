//! What is typed into the dialog, and what it means.

use crate::{
    model::{BareJid, UriAction, parse_address, parse_uri},
    ui::failure_text::{describe_address_error, describe_uri_error},
};

/// What a dialog is filled with before the person looks at it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Prefill {
    /// The address, or what was typed elsewhere.
    pub address: String,
    /// The name.
    pub name: String,
    /// The group, empty for none.
    pub group: String,
}

/// What stands in the address field.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Typed {
    /// An address.
    Address(BareJid),
    /// A link, which fills other fields, too.
    Link(Prefill),
    /// Neither; what is wrong with it.
    Wrong(String),
}

/// Reads the address field, into which people also paste links.
pub(super) fn read(text: &str) -> Typed {
    let is_link = text.trim().to_lowercase().starts_with("xmpp:");
    if !is_link {
        return match parse_address(text) {
            Ok(jid) => Typed::Address(jid),
            Err(error) => Typed::Wrong(describe_address_error(error)),
        };
    }
    match parse_uri(text) {
        Ok(uri) => {
            let (name, group) = match uri.action {
                UriAction::AddContact { name, group } => (name, group),
                UriAction::Open
                | UriAction::Message { .. }
                | UriAction::RemoveContact
                | UriAction::Unsupported(_) => (String::new(), String::new()),
            };
            Typed::Link(Prefill {
                address: uri.address.to_string(),
                name,
                group,
            })
        }
        Err(error) => Typed::Wrong(describe_uri_error(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_an_address_and_a_link_fills_more() {
        assert!(matches!(read(" bob@example.org "), Typed::Address(_)));
        assert_eq!(
            read("XMPP:bob@example.org?roster;name=Bob;group=Work"),
            Typed::Link(Prefill {
                address: "bob@example.org".into(),
                name: "Bob".into(),
                group: "Work".into(),
            })
        );
        assert!(matches!(read("xmpp:bob"), Typed::Wrong(_)));
        assert!(matches!(read("bob"), Typed::Wrong(_)));
    }
}
