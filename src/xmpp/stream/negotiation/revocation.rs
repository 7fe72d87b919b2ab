//! Logs in with a token only to make it worthless (XEP-0484, section 3.6).

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use minidom::Element;
use xmpp_parsers::ns;

use super::{
    Action, Machine,
    options::LoginOptions,
    sasl2::{self, Granted, Offered, SASL2, TokenWish, Wishes},
    unexpected,
};
use crate::{
    model::FailureKind,
    xmpp::stream::{Halt, sasl::HashedToken, token::Inline},
};

/// The login that is the last one with its token.
pub(in crate::xmpp::stream) struct Revocation {
    options: LoginOptions,
    /// The mechanism that was used and what the server has to prove; nothing where the token must not be used.
    sent: Option<(&'static str, HashedToken)>,
    has_features: bool,
}

impl Revocation {
    pub(in crate::xmpp::stream) fn new(options: LoginOptions) -> Self {
        Self {
            options,
            sent: None,
            has_features: false,
        }
    }
}

impl Machine for Revocation {
    type Outcome = ();

    fn opening(&mut self) -> Option<Element> {
        let token = self.options.token.take()?;
        let place = self.options.place(self.options.was_bound());
        let exchange = token.exchange(self.options.username(), place)?;
        let request = sasl2::authenticate(
            token.mechanism().name(),
            exchange.first(),
            &Wishes {
                device: &self.options.device,
                // No session is wanted.
                inline: Inline::default(),
                resume: None,
                inactive: false,
                token: TokenWish::Revoke(token.count()),
            },
        );
        self.sent = Some((token.mechanism().name(), exchange));
        Some(request)
    }

    fn receive(&mut self, element: Element) -> Result<Vec<Action<()>>, Halt> {
        let Some((mechanism, exchange)) = &mut self.sent else {
            return Err(FailureKind::Unsupported.into());
        };
        if !self.has_features {
            let offered = Offered::read(&element, None);
            if !element.is("features", ns::STREAM) || offered.is_none_or(|o| !o.takes(mechanism)) {
                return Err(unexpected(&element));
            }
            self.has_features = true;
            return Ok(vec![]);
        }
        // What is refused is worth nothing already.
        if element.is("failure", SASL2) {
            return Ok(vec![Action::Done(())]);
        }
        if !element.is("success", SASL2) {
            return Err(unexpected(&element));
        }
        let granted = Granted::read(&element, &self.options.jid, None)?;
        let proof = BASE64.decode(granted.additional_data.unwrap_or_default().trim());
        let proof = proof.map_err(|_| FailureKind::Protocol)?;
        if exchange.finish(&proof).is_err() {
            return Err(FailureKind::ServerNotAuthentic.into());
        }
        Ok(vec![Action::Done(())])
    }
}
