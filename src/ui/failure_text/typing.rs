//! What is wrong with something that was typed or pasted.

use crate::{
    i18n::gettext,
    model::{AddressError, UriError},
};

/// What is wrong with an address, as one sentence that fits under the field.
pub fn describe_address_error(error: AddressError) -> String {
    match error {
        AddressError::Empty => gettext("Enter an address, such as name@example.org."),
        AddressError::NoLocalPart => {
            gettext("An address has a name before the @, such as name@example.org.")
        }
        AddressError::Domain => {
            gettext("What stands after the @ is not the name of a server, such as example.org.")
        }
        AddressError::LocalPart => {
            gettext("The name before the @ has characters that an address cannot have.")
        }
        AddressError::Resource => {
            gettext("Leave out the slash and what follows it: it names a device, not a person.")
        }
    }
}

/// What is wrong with a link, as one sentence.
pub fn describe_uri_error(error: UriError) -> String {
    match error {
        UriError::NotXmpp => gettext("This is not a link to a person: such links begin with xmpp:"),
        UriError::TooLong => {
            gettext("This link is longer than any honest one, and was not opened.")
        }
        UriError::Encoding => gettext("This link is damaged and was not opened."),
        UriError::Address(error) => describe_address_error(error),
    }
}
