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
