//! What a stream error means (RFC 6120, section 4.9.3).

use minidom::Element;
use xmpp_parsers::ns;

use super::Halt;
use crate::model::{Failure, FailureKind};

/// Namespace of the conditions inside a stream error.
const CONDITIONS: &str = "urn:ietf:params:xml:ns:xmpp-streams";

/// Whether this element is a stream error.
pub(super) fn is_stream_error(element: &Element) -> bool {
    element.is("error", ns::STREAM)
}

/// Turns a stream error into the failure it means, or into the host that the server names instead.
pub(super) fn meaning(error: &Element) -> Halt {
    let condition = error
        .children()
        .find(|child| child.has_ns(CONDITIONS) && child.name() != "text");
    let text = error
        .get_child("text", CONDITIONS)
        .map(Element::text)
        .filter(|text| !text.trim().is_empty());
    let name = condition.map_or("undefined-condition", Element::name);
    if name == "see-other-host" {
        let host = condition.map(Element::text).unwrap_or_default();
        return match parse_host(host.trim()) {
            Some((host, port)) => Halt::Redirect { host, port },
            None => Halt::Failed(FailureKind::RedirectLoop.into()),
        };
    }
    let kind = kind(name);
    Halt::Failed(match text {
        Some(text) => Failure::with_text(kind, text),
        None => Failure::new(kind),
    })
}

fn kind(condition: &str) -> FailureKind {
    match condition {
        "conflict" => FailureKind::Conflict,
        "host-unknown" | "host-gone" => FailureKind::HostUnknown,
        "policy-violation" => FailureKind::PolicyViolation,
        "system-shutdown" | "resource-constraint" | "internal-server-error" | "reset" => {
            FailureKind::ServerBusy
        }
        "connection-timeout" | "remote-connection-failed" => FailureKind::ConnectionLost,
        "not-authorized" => FailureKind::WrongPassword,
        "bad-format"
        | "bad-namespace-prefix"
        | "invalid-namespace"
        | "invalid-xml"
        | "not-well-formed"
        | "restricted-xml"
        | "unsupported-encoding"
        | "unsupported-version" => FailureKind::Protocol,
        other => FailureKind::Stream(other.chars().take(60).collect()),
    }
}

/// Reads `host`, `host:port`, `[IPv6]` or `[IPv6]:port` (RFC 6120, section 4.9.3.19).
pub(super) fn parse_host(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let (address, rest) = rest.split_once(']')?;
        address.parse::<std::net::Ipv6Addr>().ok()?;
        match rest.strip_prefix(':') {
            Some(port) => (address, Some(port)),
            None if rest.is_empty() => (address, None),
            None => return None,
        }
    } else if text.parse::<std::net::Ipv6Addr>().is_ok() {
        (text, None)
    } else {
        match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        }
    };
    let port = match port {
        Some(port) => Some(port.parse::<u16>().ok().filter(|port| *port != 0)?),
        None => None,
    };
    let usable = !host.is_empty()
        && host.len() <= 253
        && host
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | ':'));
    usable.then(|| (host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(inner: &str) -> Element {
        format!("<error xmlns='http://etherx.jabber.org/streams'>{inner}</error>")
            .parse()
            .unwrap()
    }

    fn failed(inner: &str) -> Failure {
        match meaning(&error(inner)) {
            Halt::Failed(failure) => failure,
            Halt::Redirect { host, .. } => panic!("redirected to {host}"),
            Halt::Again => panic!("again"),
        }
    }

    #[test]
    fn every_condition_has_its_meaning() {
        for (condition, kind) in [
            ("conflict", FailureKind::Conflict),
            ("host-unknown", FailureKind::HostUnknown),
            ("policy-violation", FailureKind::PolicyViolation),
            ("system-shutdown", FailureKind::ServerBusy),
            ("not-well-formed", FailureKind::Protocol),
            ("connection-timeout", FailureKind::ConnectionLost),
            (
                "undefined-condition",
                FailureKind::Stream("undefined-condition".into()),
            ),
        ] {
            let failure = failed(&format!("<{condition} xmlns='{CONDITIONS}'/>"));
            assert_eq!(failure, Failure::new(kind));
        }
        assert_eq!(
            failed("").kind,
            FailureKind::Stream("undefined-condition".into())
        );
    }

    #[test]
    fn the_text_of_the_server_is_kept_and_bounded() {
        let long = "x".repeat(10_000);
        let failure = failed(&format!(
            "<policy-violation xmlns='{CONDITIONS}'/><text xmlns='{CONDITIONS}'>{long}</text>"
        ));
        assert_eq!(failure.text.unwrap().len(), 300);
    }

    #[test]
    fn another_host_is_read_in_all_forms() {
        for (text, host, port) in [
            ("other.example", "other.example", None),
            ("other.example:5269", "other.example", Some(5269)),
            ("192.0.2.1:80", "192.0.2.1", Some(80)),
            ("[2001:db8::1]:80", "2001:db8::1", Some(80)),
            ("[2001:db8::1]", "2001:db8::1", None),
            ("2001:db8::1", "2001:db8::1", None),
        ] {
            assert_eq!(parse_host(text), Some((host.to_owned(), port)), "{text}");
        }
        for text in [
            "", ":80", "a:0", "a:99999", "[::1", "[::1]x", "[a]:1", "a b", "a/b", "a@b:1",
        ] {
            assert_eq!(parse_host(text), None, "{text}");
        }
    }

    #[test]
    fn another_host_without_a_usable_name_is_no_host() {
        let failure = failed(&format!(
            "<see-other-host xmlns='{CONDITIONS}'>a/b</see-other-host>"
        ));
        assert_eq!(failure.kind, FailureKind::RedirectLoop);
    }
}
