//! Asks for TLS on a plain stream (RFC 6120, section 5.4); there is no way on without it.

use minidom::Element;
use xmpp_parsers::ns;

use super::{Action, Machine, unexpected};
use crate::{
    model::FailureKind,
    xmpp::stream::{Halt, stream_error},
};

/// The negotiation of TLS.
#[derive(Debug, Default)]
pub(in crate::xmpp::stream) struct StartTls {
    asked: bool,
}

impl Machine for StartTls {
    type Outcome = ();

    fn receive(&mut self, element: Element) -> Result<Vec<Action<()>>, Halt> {
        if stream_error::is_stream_error(&element) {
            return Err(stream_error::meaning(&element));
        }
        if !self.asked && element.is("features", ns::STREAM) {
            if !element.has_child("starttls", ns::TLS) {
                return Err(Halt::Failed(FailureKind::NoEncryption.into()));
            }
            self.asked = true;
            let request = Element::builder("starttls", ns::TLS).build();
            return Ok(vec![Action::Send(request)]);
        }
        if self.asked && element.is("proceed", ns::TLS) {
            return Ok(vec![Action::Secure]);
        }
        if self.asked && element.is("failure", ns::TLS) {
            return Err(Halt::Failed(FailureKind::NoEncryption.into()));
        }
        Err(unexpected(&element))
    }
}
