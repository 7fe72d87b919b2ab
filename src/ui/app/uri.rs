//! What an `xmpp:` link is about; a link never acts, it only proposes.

use super::Resolved;
use crate::{
    i18n::gettext_f,
    model::{Account, ConversationId, UriAction, XmppUri, parse_uri},
    store::{Reader, StoreError},
    ui::failure_text::describe_uri_error,
};

/// Finds out what to show for a link; reads the store, changes nothing.
///
/// # Errors
/// Those of the store.
pub(super) fn resolve(reader: &Reader, link: &str) -> Result<Resolved, StoreError> {
    let uri = match parse_uri(link) {
        Ok(uri) => uri,
        Err(error) => return Ok(Resolved::Refused(describe_uri_error(error))),
    };
    let accounts = reader.accounts()?;
    let wanted = accounts
        .iter()
        .find(|account| Some(&account.jid) == uri.account.as_ref());
    Ok(match &uri.action {
        UriAction::Open => open(reader, &accounts, wanted, &uri, "")?,
        UriAction::Message { body } => open(reader, &accounts, wanted, &uri, body)?,
        UriAction::AddContact { .. } => Resolved::Add {
            account: wanted.map(|account| account.id),
            jid: uri.address,
        },
        UriAction::RemoveContact => remove(reader, &accounts, wanted, &uri)?,
        UriAction::Unsupported(name) => Resolved::Refused(gettext_f(
            "This link wants something that Tessera cannot do yet: {name}.",
            &[("name", name)],
        )),
    })
}

/// The chat with somebody who is known already; a stranger's address only fills the dialog that adds somebody.
fn open(
    reader: &Reader,
    accounts: &[Account],
    wanted: Option<&Account>,
    uri: &XmppUri,
    body: &str,
) -> Result<Resolved, StoreError> {
    for account in candidates(accounts, wanted) {
        if let Some(chat) = known_chat(reader, account, uri)? {
            return Ok(Resolved::Chat {
                chat,
                body: body.to_owned(),
            });
        }
    }
    Ok(Resolved::Add {
        account: wanted.map(|account| account.id),
        jid: uri.address.clone(),
    })
}

fn remove(
    reader: &Reader,
    accounts: &[Account],
    wanted: Option<&Account>,
    uri: &XmppUri,
) -> Result<Resolved, StoreError> {
    for account in candidates(accounts, wanted) {
        if reader.contact(account.id, &uri.address)?.is_some() {
            return Ok(Resolved::Remove {
                account: account.id,
                jid: uri.address.clone(),
            });
        }
    }
    Ok(Resolved::Refused(gettext_f(
        "{address} is not among your contacts.",
        &[("address", uri.address.as_str())],
    )))
}

/// The account that the link names, else all.
fn candidates<'a>(
    accounts: &'a [Account],
    wanted: Option<&'a Account>,
) -> impl Iterator<Item = &'a Account> {
    accounts
        .iter()
        .filter(move |account| wanted.is_none_or(|wanted| wanted.id == account.id))
}

fn known_chat(
    reader: &Reader,
    account: &Account,
    uri: &XmppUri,
) -> Result<Option<ConversationId>, StoreError> {
    reader.conversation_with(account.id, &uri.address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::gallery::sample;

    /// What a link leads to, in a word; Bob has a chat, Heidi is a contact without one.
    fn leads_to(link: &str) -> String {
        let handle = sample::alice();
        match resolve(&handle.reader(), link).unwrap() {
            Resolved::Chat { body, .. } => format!("chat {body}"),
            Resolved::Add { account, jid } => format!("add {jid} {}", account.is_some()),
            Resolved::Remove { jid, .. } => format!("remove {jid}"),
            Resolved::Refused(_) => "refused".into(),
        }
    }

    #[test]
    fn links_only_propose() {
        for (link, shown) in [
            ("xmpp:bob@example.org", "chat "),
            (
                "xmpp:bob@example.org?message;body=Hi%20there",
                "chat Hi there",
            ),
            ("xmpp://alice@example.org/bob@example.org", "chat "),
            ("xmpp:new@example.org", "add new@example.org false"),
            (
                "xmpp://alice@example.org/new@example.org",
                "add new@example.org true",
            ),
            (
                "xmpp:new@example.org?message;body=x",
                "add new@example.org false",
            ),
            (
                "xmpp:bob@example.org?roster;name=Bobby",
                "add bob@example.org false",
            ),
            ("xmpp:bob@example.org?remove", "remove bob@example.org"),
            ("xmpp:new@example.org?remove", "refused"),
            ("xmpp:room@example.org?join", "refused"),
            ("https://example.org", "refused"),
        ] {
            assert_eq!(leads_to(link), shown, "{link}");
        }
    }

    #[test]
    fn a_link_changes_nothing() {
        let handle = sample::alice();
        let before = handle.reader().conversations().unwrap();
        resolve(&handle.reader(), "xmpp:new@example.org?message;body=x").unwrap();
        assert_eq!(handle.reader().conversations().unwrap(), before);
    }
}
