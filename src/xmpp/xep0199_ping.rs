//! XEP-0199: answering the question whether we are there, and asking it.

use xmpp_parsers::{iq::Iq, jid::Jid, ns, ping};

use super::{Cx, Extension, Handled};
use crate::store::StoreError;

/// Its name as owner of queries.
const XEP: &str = "XEP-0199";

/// Answers pings of those who may know that we are here.
#[derive(Debug, Default)]
pub struct Ping;

impl Extension for Ping {
    fn xep(&self) -> &'static str {
        XEP
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

/// Asks our server for a sign of life. Any answer is one, an error too; the connection is dead when nothing comes.
pub fn ask_server(cx: &mut Cx<'_, '_>) {
    let server = Jid::from(cx.account.jid.domain().to_owned());
    cx.get(XEP, Some(server), ping::Ping);
}

#[cfg(test)]
mod tests {
    use super::{Ping, ask_server};
    use crate::{
        model::Subscription,
        store::StoreError,
        xmpp::{Cx, Extension, testing::Stage},
    };

    /// Asks as soon as it is connected.
    struct Asker;

    impl Extension for Asker {
        fn xep(&self) -> &'static str {
            "asker"
        }
        fn online(&mut self, cx: &mut Cx<'_, '_>, _resumed: bool) -> Result<(), StoreError> {
            ask_server(cx);
            Ok(())
        }
    }

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

    #[test]
    fn any_answer_of_the_server_is_a_sign_of_life() {
        let mut stage = Stage::new(vec![Box::new(Ping), Box::new(Asker)]);
        let asked = stage.connect();
        assert!(asked.sent[0].contains("to='example.org'") && stage.link.is_waiting());
        let id = asked.query_id();
        stage.receive(&format!("<iq type='result' id='{id}' from='example.org'/>"));
        assert!(!stage.link.is_waiting());
    }
}
