//! What an `xmpp:` link is about; a link never acts, it only proposes.

use super::Resolved;
use crate::{
    model::{Account, AccountId, UriAction, XmppUri, parse_uri},
    store::{Reader, StoreError},
};

/// Finds out what to show for a link; reads the store, changes nothing.
///
/// # Errors
/// Those of the store.
pub(super) fn resolve(reader: &Reader, link: String) -> Result<Resolved, StoreError> {
    let accounts = reader.accounts()?;
    let Some(first) = accounts.first().map(|account| account.id) else {
        return Ok(Resolved::NoAccount);
    };
    let Ok(uri) = parse_uri(&link) else {
        return Ok(Resolved::Dialog {
            account: first,
            link,
        });
    };
    let wanted = accounts
        .iter()
        .find(|account| Some(&account.jid) == uri.account.as_ref());
    let proposed = match &uri.action {
        UriAction::Open => Some(String::new()),
        UriAction::Message { body } => Some(body.clone()),
        UriAction::AddContact { .. } | UriAction::RemoveContact | UriAction::Unsupported(_) => None,
    };
    if let Some(body) = proposed {
        for account in candidates(&accounts, wanted) {
            if let Some(chat) = reader.conversation_with(account, &uri.address)? {
                return Ok(Resolved::Chat { chat, body });
            }
        }
    }
    let account = match knows(reader, &accounts, wanted, &uri)? {
        Some(account) => account,
        None => wanted.map_or(first, |account| account.id),
    };
    Ok(Resolved::Dialog { account, link })
}

/// The account that the link names, else all.
fn candidates<'a>(
    accounts: &'a [Account],
    wanted: Option<&'a Account>,
) -> impl Iterator<Item = AccountId> {
    accounts
        .iter()
        .map(|account| account.id)
        .filter(move |account| wanted.is_none_or(|wanted| wanted.id == *account))
}

/// The account that has this address among its contacts.
fn knows(
    reader: &Reader,
    accounts: &[Account],
    wanted: Option<&Account>,
    uri: &XmppUri,
) -> Result<Option<AccountId>, StoreError> {
    for account in candidates(accounts, wanted) {
        if reader.contact(account, &uri.address)?.is_some() {
            return Ok(Some(account));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ui::gallery::sample, worker::Handle};

    /// What a link leads to, in a word; Bob has a chat, Heidi is a contact without one.
    fn leads_to(link: &str) -> String {
        let handle = sample::alice();
        match resolve(&handle.reader(), link.to_owned()).unwrap() {
            Resolved::Chat { body, .. } => format!("chat {body}"),
            Resolved::Dialog { account, .. } => format!("dialog {}", account.0),
            Resolved::NoAccount => "no account".into(),
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
            ("xmpp:heidi@example.com", "dialog 1"),
            ("xmpp:new@example.org?message;body=x", "dialog 1"),
            ("xmpp:bob@example.org?roster;name=Bobby", "dialog 1"),
            ("xmpp:bob@example.org?remove", "dialog 1"),
            ("xmpp:room@example.org?join", "dialog 1"),
            ("https://example.org", "dialog 1"),
        ] {
            assert_eq!(leads_to(link), shown, "{link}");
        }
    }

    #[test]
    fn a_link_changes_nothing() {
        let handle = sample::alice();
        let before = handle.reader().conversations().unwrap();
        let link = "xmpp:new@example.org?message;body=x".to_owned();
        resolve(&handle.reader(), link).unwrap();
        assert_eq!(handle.reader().conversations().unwrap(), before);
    }

    #[test]
    fn without_an_account_there_is_nobody_to_ask() {
        let (store, ()) = sample::store(|_| Ok(()));
        let reader = Handle::for_gallery(store).reader();
        let resolved = resolve(&reader, "xmpp:bob@example.org".to_owned()).unwrap();
        assert!(matches!(resolved, Resolved::NoAccount));
    }
}
