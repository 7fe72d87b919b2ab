//! XEP-0199: answering the question whether we are there. Asking it is part of the connection.

use xmpp_parsers::{iq::Iq, ns};

use super::{Cx, Extension, Handled};
use crate::store::StoreError;

/// Answers pings of those who may know that we are here.
#[derive(Debug, Default)]
pub struct Ping;

impl Extension for Ping {
    fn xep(&self) -> &'static str {
        "XEP-0199"
    }

    fn features(&self) -> &'static [&'static str] {
        &[ns::PING]
    }

    fn iq(&mut self, cx: &mut Cx<'_, '_>, iq: &Iq) -> Result<Handled, StoreError> {
        let Iq::Get { payload, .. } = iq else {
            return Ok(Handled::No);
        };
        if !payload.is("ping", ns::PING) || !cx.may_see_us(iq.from())? {
            return Ok(Handled::No);
        }
        cx.answer(iq, None);
        Ok(Handled::Yes)
    }
}

#[cfg(test)]
mod tests {
    use super::Ping;
    use crate::{model::Subscription, xmpp::testing::Stage};

    #[test]
    fn who_may_see_us_gets_an_answer_and_k87_strangers_do_not() {
        let mut stage = Stage::with(Ping);
        stage.has_contact("bob@example.net", Subscription::From);
        let mut ping = |from: &str| {
            stage.receive(&format!(
                "<iq type='get' id='1' {from}><ping xmlns='urn:xmpp:ping'><odd/></ping></iq>"
            ))
        };
        for from in ["", "from='example.org'", "from='bob@example.net/x'"] {
            assert!(ping(from).sent[0].contains("type='result'"), "{from}");
        }
        assert!(!ping("from='mallory@evil.example/x'").handled);
        let odd = "<iq type='get' id='1'><odd xmlns='urn:xmpp:ping'/></iq>";
        assert!(!stage.receive(odd).handled);
    }
}
