//! What the log in form makes of what was typed.

use crate::{
    i18n::gettext,
    model::{Fingerprint, NewAccount, Secret, parse_address},
    ui::{
        account::{endpoint::Typed, storage_choice::Choice},
        failure_text::describe_address_error,
    },
};

/// Everything that was typed and chosen.
#[derive(Debug)]
pub(super) struct Filled {
    /// The address.
    pub(super) address: String,
    /// The password.
    pub(super) password: Secret,
    /// Where to keep it.
    pub(super) storage: Choice,
    /// Server and proxy.
    pub(super) endpoint: Typed,
    /// What the person allowed for the server of the address.
    pub(super) consent: Consent,
}

/// What the person allowed after being asked; it holds for one domain only.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Consent {
    /// The domain that was shown in the question.
    pub(super) domain: String,
    /// The certificate that was pinned.
    pub(super) pin: Option<Fingerprint>,
    /// Whether the password itself may be sent inside TLS.
    pub(super) allow_plain: bool,
}

/// What stops the form from being used, and where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Gap {
    /// The address is not one.
    Address(String),
    /// There is no password.
    Password(String),
    /// Something else.
    Other(String),
}

impl Filled {
    /// What is wrong with the address so far, if something is.
    pub(super) fn address_error(&self) -> Option<String> {
        parse_address(&self.address)
            .err()
            .map(describe_address_error)
    }

    /// The account that is meant.
    pub(super) fn account(&self) -> Result<NewAccount, Gap> {
        let jid = parse_address(&self.address)
            .map_err(|error| Gap::Address(describe_address_error(error)))?;
        if self.password.is_empty() {
            return Err(Gap::Password(gettext("Enter the password.")));
        }
        if let Some(missing) = &self.storage.missing {
            return Err(Gap::Other(missing.clone()));
        }
        let (endpoint, proxy) = self
            .endpoint
            .read()
            .map_err(|error| Gap::Other(error.describe()))?;
        let consent = if self.consent.domain == jid.domain().as_str() {
            self.consent.clone()
        } else {
            Consent::default()
        };
        Ok(NewAccount {
            jid,
            endpoint,
            proxy,
            password_storage: self.storage.storage,
            allow_plain: consent.allow_plain,
            pin: consent.pin,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PasswordStorage;

    fn filled() -> Filled {
        Filled {
            address: " alice@example.org ".into(),
            password: Secret::new("pw"),
            storage: Choice {
                storage: PasswordStorage::Ask,
                passphrase: None,
                missing: None,
            },
            endpoint: Typed::default(),
            consent: Consent::default(),
        }
    }

    #[test]
    fn a_full_form_is_an_account() {
        let account = filled().account().unwrap();
        assert_eq!(account.jid.as_str(), "alice@example.org");
        assert_eq!(account.password_storage, PasswordStorage::Ask);
        assert!(!account.allow_plain && account.pin.is_none());
    }

    #[test]
    fn every_gap_says_where_it_is() {
        let mut form = filled();
        form.storage.missing = Some("passphrase".into());
        assert_eq!(form.account(), Err(Gap::Other("passphrase".into())));
        form.password = Secret::new("");
        assert!(matches!(form.account(), Err(Gap::Password(_))));
        form.address = "alice".into();
        assert!(matches!(form.account(), Err(Gap::Address(_))));
        let mut form = filled();
        form.endpoint.port = "5222".into();
        assert!(matches!(form.account(), Err(Gap::Other(_))));
    }

    #[test]
    fn consent_for_one_server_is_none_for_another() {
        let mut form = filled();
        form.consent = Consent {
            domain: "example.org".into(),
            pin: Some(Fingerprint([1; 32])),
            allow_plain: true,
        };
        let account = form.account().unwrap();
        assert!(account.allow_plain && account.pin.is_some());
        form.address = "alice@example.net".into();
        let account = form.account().unwrap();
        assert!(!account.allow_plain && account.pin.is_none());
    }
}
