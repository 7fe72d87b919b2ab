//! From the first stream features to a bound resource: elements in, actions out (RFC 6120, XEP-0198).
//! Knows nothing of sockets and clocks; sends nothing of the password before the stream is encrypted.

mod binding;
mod login;
mod options;
mod revocation;
mod sasl2;
mod starttls;

use std::fmt;

use minidom::Element;

pub(super) use login::Login;
pub(super) use options::{Bound, LoginOptions};
pub(super) use revocation::Revocation;
pub(super) use starttls::StartTls;

use super::Halt;
use crate::model::{ConnectStep, FailureKind};

/// What is to be done next; in order.
pub(super) enum Action<T> {
    /// Send this element.
    Send(Element),
    /// Begin the TLS handshake; nothing may be waiting to be read.
    Secure,
    /// Send a new stream header and forget the old stream.
    Restart,
    /// A step has begun that a person may be told of.
    Step(ConnectStep),
    /// Finished, with this outcome.
    Done(T),
}

/// Names what is to be sent and does not print it: it may hold the password.
impl<T: fmt::Debug> fmt::Debug for Action<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(element) => write!(f, "Send(<{}>)", element.name()),
            Self::Secure => f.write_str("Secure"),
            Self::Restart => f.write_str("Restart"),
            Self::Step(step) => write!(f, "Step({step:?})"),
            Self::Done(outcome) => write!(f, "Done({outcome:?})"),
        }
    }
}

/// A negotiation: reacts to elements of the server, one after the other.
pub(super) trait Machine: Send + 'static {
    /// What the negotiation is for.
    type Outcome: Send;

    /// What to send together with the stream header, before anything of the server is known.
    fn opening(&mut self) -> Option<Element> {
        None
    }

    /// Takes one element.
    ///
    /// # Errors
    /// Why the negotiation cannot go on; nothing more is to be sent then.
    fn receive(&mut self, element: Element) -> Result<Vec<Action<Self::Outcome>>, Halt>;

    /// Whether taking this element may compute for seconds, so that it belongs on another thread.
    fn is_slow(&self, _element: &Element) -> bool {
        false
    }
}

/// The server sent something that has no place here.
fn unexpected(element: &Element) -> Halt {
    tracing::debug!(name = element.name(), "unexpected element");
    Halt::Failed(FailureKind::Protocol.into())
}

#[cfg(test)]
mod tests;
