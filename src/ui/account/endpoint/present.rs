//! Reads the typed server and proxy.

use crate::{
    i18n::gettext,
    model::{Endpoint, Proxy},
};

/// Standard port for STARTTLS (RFC 6120, section 3.2.2).
const STARTTLS_PORT: u16 = 5222;

/// Usual port for TLS from the first byte (XEP-0368).
const DIRECT_TLS_PORT: u16 = 5223;

/// What stands in the fields.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Typed {
    /// Host of the server, empty to let DNS say.
    pub host: String,
    /// Its port, empty for the usual one.
    pub port: String,
    /// Whether TLS starts with the first byte.
    pub direct_tls: bool,
    /// Host of the proxy, empty for none.
    pub proxy_host: String,
    /// Its port.
    pub proxy_port: String,
    /// User name for the proxy, may be empty.
    pub proxy_user: String,
}

/// Which field is wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EndpointError {
    /// The host of the server is no host name.
    Host,
    /// The port of the server is no port.
    Port,
    /// A port was typed without a host.
    PortAlone,
    /// The host of the proxy is no host name.
    ProxyHost,
    /// The port of the proxy is no port, or missing.
    ProxyPort,
    /// A port or user name was typed without a proxy.
    ProxyAlone,
}

impl EndpointError {
    /// What is wrong, as one sentence.
    pub fn describe(self) -> String {
        match self {
            Self::Host => gettext("The host is not a name or address of a server."),
            Self::Port => gettext("A port is a number from 1 to 65535."),
            Self::PortAlone => {
                gettext("Enter the host that the port belongs to, or leave both empty.")
            }
            Self::ProxyHost => gettext("The proxy's host is not a name or address."),
            Self::ProxyPort => gettext("Enter the port of the proxy, such as 9050 for Tor."),
            Self::ProxyAlone => {
                gettext("Enter the host of the proxy, or leave all its fields empty.")
            }
        }
    }
}

impl Typed {
    /// What the fields show for a server and proxy that are set.
    pub fn from_parts(endpoint: Option<&Endpoint>, proxy: Option<&Proxy>) -> Self {
        Self {
            host: endpoint.map(|e| e.host.clone()).unwrap_or_default(),
            port: endpoint.map(|e| e.port.to_string()).unwrap_or_default(),
            direct_tls: endpoint.is_some_and(|e| e.direct_tls),
            proxy_host: proxy.map(|p| p.host.clone()).unwrap_or_default(),
            proxy_port: proxy.map(|p| p.port.to_string()).unwrap_or_default(),
            proxy_user: proxy.map(|p| p.username.clone()).unwrap_or_default(),
        }
    }

    /// Server and proxy that the fields mean.
    ///
    /// # Errors
    /// Says which field is wrong.
    pub fn read(&self) -> Result<(Option<Endpoint>, Option<Proxy>), EndpointError> {
        Ok((self.endpoint()?, self.proxy()?))
    }

    fn endpoint(&self) -> Result<Option<Endpoint>, EndpointError> {
        let (host, port) = (self.host.trim(), self.port.trim());
        if host.is_empty() {
            return if port.is_empty() {
                Ok(None)
            } else {
                Err(EndpointError::PortAlone)
            };
        }
        if !is_host(host) {
            return Err(EndpointError::Host);
        }
        let port = match (port, self.direct_tls) {
            ("", false) => STARTTLS_PORT,
            ("", true) => DIRECT_TLS_PORT,
            (text, _) => parse_port(text).ok_or(EndpointError::Port)?,
        };
        Ok(Some(Endpoint {
            host: bare_host(host).to_owned(),
            port,
            direct_tls: self.direct_tls,
        }))
    }

    fn proxy(&self) -> Result<Option<Proxy>, EndpointError> {
        let host = self.proxy_host.trim();
        let (port, username) = (self.proxy_port.trim(), self.proxy_user.trim());
        if host.is_empty() {
            return if port.is_empty() && username.is_empty() {
                Ok(None)
            } else {
                Err(EndpointError::ProxyAlone)
            };
        }
        if !is_host(host) {
            return Err(EndpointError::ProxyHost);
        }
        Ok(Some(Proxy {
            host: bare_host(host).to_owned(),
            port: parse_port(port).ok_or(EndpointError::ProxyPort)?,
            username: username.to_owned(),
        }))
    }
}

fn parse_port(text: &str) -> Option<u16> {
    text.parse().ok().filter(|port| *port != 0)
}

/// An address of IPv6 may stand in brackets, as in links.
fn bare_host(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host)
}

fn is_host(host: &str) -> bool {
    let host = bare_host(host);
    host.parse::<std::net::IpAddr>().is_ok()
        || host
            .strip_suffix('.')
            .unwrap_or(host)
            .split('.')
            .all(|label| {
                (1..=63).contains(&label.len())
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label
                        .chars()
                        .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: &str, port: &str, direct_tls: bool) -> Typed {
        Typed {
            host: host.into(),
            port: port.into(),
            direct_tls,
            ..Typed::default()
        }
    }

    fn proxy(host: &str, port: &str, user: &str) -> Typed {
        Typed {
            proxy_host: host.into(),
            proxy_port: port.into(),
            proxy_user: user.into(),
            ..Typed::default()
        }
    }

    #[test]
    fn empty_fields_leave_it_to_dns() {
        assert_eq!(Typed::default().read(), Ok((None, None)));
        assert_eq!(server("  ", " ", true).read(), Ok((None, None)));
    }

    #[test]
    fn ports_have_their_usual_values() {
        for (typed, host, port) in [
            (
                server("xmpp.example.org", "", false),
                "xmpp.example.org",
                5222,
            ),
            (
                server("xmpp.example.org", "", true),
                "xmpp.example.org",
                5223,
            ),
            (server(" 127.0.0.1 ", " 443 ", true), "127.0.0.1", 443),
            (server("[::1]", "5222", false), "::1", 5222),
            (
                server("xn--mller-kva.example.", "1", false),
                "xn--mller-kva.example.",
                1,
            ),
        ] {
            let endpoint = typed.read().unwrap().0.unwrap();
            assert_eq!((endpoint.host.as_str(), endpoint.port), (host, port));
        }
    }

    #[test]
    fn says_which_field_is_wrong() {
        for (typed, error) in [
            (server("a b", "", false), EndpointError::Host),
            (server("-a.org", "", false), EndpointError::Host),
            (server("https://a.org", "", false), EndpointError::Host),
            (server("a.org", "0", false), EndpointError::Port),
            (server("a.org", "65536", false), EndpointError::Port),
            (server("a.org", "http", false), EndpointError::Port),
            (server("", "5222", false), EndpointError::PortAlone),
            (proxy("a/b", "1", ""), EndpointError::ProxyHost),
            (proxy("localhost", "", ""), EndpointError::ProxyPort),
            (proxy("localhost", "-1", ""), EndpointError::ProxyPort),
            (proxy("", "9050", ""), EndpointError::ProxyAlone),
            (proxy("", "", "me"), EndpointError::ProxyAlone),
        ] {
            assert_eq!(typed.read(), Err(error), "{typed:?}");
            assert!(error.describe().ends_with('.'));
        }
    }

    #[test]
    fn what_is_set_is_shown_and_read_back() {
        let mut typed = proxy("localhost", "9050", "alice");
        typed.host = "example.org".into();
        typed.port = "5223".into();
        typed.direct_tls = true;
        let (endpoint, proxy) = typed.read().unwrap();
        assert_eq!(Typed::from_parts(endpoint.as_ref(), proxy.as_ref()), typed);
    }
}
