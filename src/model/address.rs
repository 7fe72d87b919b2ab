//! XMPP addresses, and how a typed one becomes a bare JID.

pub use xmpp_parsers::jid::{BareJid, FullJid, Jid};

/// Why a typed address cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AddressError {
    /// Nothing was typed.
    #[error("empty address")]
    Empty,
    /// There is no part before the `@`.
    #[error("no user name before the @")]
    NoLocalPart,
    /// There is no server after the `@`, or it is not a host name.
    #[error("no valid server name")]
    Domain,
    /// The part before the `@` has characters that an address cannot have (RFC 7622, section 3.3).
    #[error("invalid user name")]
    LocalPart,
    /// A resource was typed where only an address is wanted.
    #[error("an address with a resource")]
    Resource,
}

/// Reads the address of a person as typed or pasted: surrounding blanks and an `xmpp:` prefix are dropped.
///
/// # Errors
/// Says which part is wrong, so that the form can point at it.
pub fn parse_address(typed: &str) -> Result<BareJid, AddressError> {
    let text = typed.trim();
    let text = text.strip_prefix("xmpp:").unwrap_or(text);
    if text.is_empty() {
        return Err(AddressError::Empty);
    }
    let Some((local, domain)) = text.split_once('@') else {
        return Err(AddressError::NoLocalPart);
    };
    if local.is_empty() {
        return Err(AddressError::NoLocalPart);
    }
    if domain.contains('/') {
        return Err(AddressError::Resource);
    }
    if !is_host_name(domain) {
        return Err(AddressError::Domain);
    }
    let jid = BareJid::new(text).map_err(|_| AddressError::LocalPart)?;
    // Preparation (RFC 7622, section 3.2) can turn one character into several that no host name has: `¼` into `1⁄4`.
    if is_host_name(jid.domain().as_str()) {
        Ok(jid)
    } else {
        Err(AddressError::Domain)
    }
}

/// Whether a server name has only labels that DNS or IDNA could carry, or is an IP address.
fn is_host_name(domain: &str) -> bool {
    if domain.parse::<std::net::IpAddr>().is_ok() {
        return true;
    }
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    !domain.is_empty()
        && domain.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
}

#[cfg(test)]
mod tests {
    use super::{AddressError, parse_address};

    #[test]
    fn reads_what_people_paste() {
        for typed in [
            "bob@example.org",
            "  bob@example.org \n",
            "xmpp:bob@example.org",
        ] {
            assert_eq!(
                parse_address(typed).map(|j| j.to_string()).as_deref(),
                Ok("bob@example.org")
            );
        }
        assert!(parse_address("bob@localhost").is_ok());
        assert!(parse_address("bob@müller.example").is_ok());
        assert!(parse_address("bob@127.0.0.1").is_ok());
    }

    #[test]
    fn says_which_part_is_wrong() {
        for (typed, error) in [
            ("", AddressError::Empty),
            ("bob", AddressError::NoLocalPart),
            ("@example.org", AddressError::NoLocalPart),
            ("bob@", AddressError::Domain),
            ("bob@exa mple.org", AddressError::Domain),
            ("bob@-x.org", AddressError::Domain),
            ("bob@a@b", AddressError::Domain),
            ("bob@m¼ller.example", AddressError::Domain),
            ("b ob@example.org", AddressError::LocalPart),
            ("bob@example.org/phone", AddressError::Resource),
        ] {
            assert_eq!(parse_address(typed), Err(error), "{typed:?}");
        }
    }
}
