//! Who is asking, and what may they know: the rules that all extensions share.

use xmpp_parsers::{
    iq::Iq,
    jid::{BareJid, Jid},
    stanza_error::{DefinedCondition, ErrorType, StanzaError},
};

use super::Cx;
use crate::{
    model::{FailureKind, RequestId, Subscription},
    store::StoreError,
};

impl Cx<'_, '_> {
    /// Whether a stanza comes from our own account on our own server: no `from`, or our bare JID (RFC 6120, section
    /// 8.1.2.1; RFC 6121, section 2.1.6). One of our other devices is not the server.
    pub fn is_from_own_account(&self, from: Option<&Jid>) -> bool {
        from.is_none_or(|from| *from == self.account.jid)
    }

    /// Whether an address is ours, with or without resource.
    pub fn is_own(&self, jid: &Jid) -> bool {
        jid.to_bare() == self.account.jid
    }

    /// Whether somebody may learn that we are here: ourselves, our server and contacts who see our presence; never somebody who is blocked.
    ///
    /// # Errors
    /// Only the store's.
    pub fn may_see_us(&self, from: Option<&Jid>) -> Result<bool, StoreError> {
        let Some(from) = from else { return Ok(true) };
        let bare = from.to_bare();
        if bare == self.account.jid || bare.as_str() == self.account.jid.domain().as_str() {
            return Ok(true);
        }
        if self.txn.is_blocked(self.account.id, &bare)? {
            return Ok(false);
        }
        if bare.node().is_none() && from.is_bare() {
            // Servers ask in the name of their users what these want to be told (XEP-0163, section 4.2).
            return self.txn.has_watcher_at(self.account.id, bare.as_str());
        }
        Ok(self.subscription(&bare)?.they_see_us())
    }

    /// Whether what somebody shows is of interest: a contact whose presence we see, not blocked.
    ///
    /// # Errors
    /// Only the store's.
    pub fn is_watched(&self, jid: &BareJid) -> Result<bool, StoreError> {
        Ok(self.subscription(jid)?.we_see_them() && !self.txn.is_blocked(self.account.id, jid)?)
    }

    /// How we and somebody see each other; nobody sees anybody when it is no contact.
    ///
    /// # Errors
    /// Only the store's.
    pub fn subscription(&self, jid: &BareJid) -> Result<Subscription, StoreError> {
        let item = self.txn.roster_item(self.account.id, jid)?;
        Ok(item.map(|item| item.subscription).unwrap_or_default())
    }

    /// Answers a request.
    pub fn answer(&mut self, iq: &Iq, payload: Option<minidom::Element>) {
        self.transmit(Iq::Result {
            from: None,
            to: iq.from().cloned(),
            id: iq.id().to_owned(),
            payload,
        });
    }

    /// Refuses a request of somebody who may see us. To strangers extensions say [`super::Handled::No`]: the session
    /// then gives the same answer to whatever they ask.
    pub fn refuse(&mut self, iq: &Iq, type_: ErrorType, condition: DefinedCondition) {
        self.transmit(Iq::Error {
            from: None,
            to: iq.from().cloned(),
            id: iq.id().to_owned(),
            error: StanzaError {
                type_,
                by: None,
                defined_condition: condition,
                texts: Default::default(),
                other: None,
            },
            payload: None,
        });
    }

    /// Whether there is a connection; if not, the request ends here with [`FailureKind::Offline`].
    pub fn is_online_for(&mut self, request: RequestId) -> bool {
        let online = self.link.jid.is_some();
        if !online {
            self.finish(request, Err(FailureKind::Offline.into()));
        }
        online
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        model::Subscription,
        xmpp::{testing::Stage, xep0191_blocking::Blocking, xep0199_ping::Ping},
    };

    /// Whether a sender is taken for our own account, and whether it may know that we are here.
    fn taken(from: &str) -> (bool, bool) {
        let mut stage = Stage::new(vec![Box::new(Ping), Box::new(Blocking::default())]);
        stage.has_contact("bob@example.net", Subscription::From);
        let push = "<block xmlns='urn:xmpp:blocking'><item jid='x@y.z'/></block>";
        let push = stage.receive(&format!("<iq type='set' id='1' {from}>{push}</iq>"));
        let ping = "<ping xmlns='urn:xmpp:ping'/>";
        let ping = stage.receive(&format!("<iq type='get' id='2' {from}>{ping}</iq>"));
        (push.handled, ping.handled)
    }

    #[test]
    fn b12_senders_are_who_they_are_and_nobody_who_looks_alike() {
        for (from, expected) in [
            ("", (true, true)),
            ("from='alice@example.org'", (true, true)),
            ("from='ALICE@EXAMPLE.ORG'", (true, true)),
            ("from='alice@example.org/tessera.1'", (false, true)),
            ("from='alice@example.org/phone'", (false, true)),
            ("from='example.org'", (false, true)),
            ("from='bob@example.net/x'", (false, true)),
            ("from='example.net'", (false, true)),
            ("from='example.org.evil.example'", (false, false)),
            ("from='alice@example.org.evil.example'", (false, false)),
            ("from='alice@sub.example.org'", (false, false)),
            ("from='alice@exаmple.org'", (false, false)), // A Cyrillic letter.
            ("from='аlice@example.org'", (false, false)),
            ("from='alicе@example.org/tessera.1'", (false, false)),
            ("from='bob@example.org'", (false, false)),
            ("from='example.org/alice'", (false, true)), // A resource of our own server.
            ("from='example.net/bob'", (false, false)),
        ] {
            assert_eq!(taken(from), expected, "{from}");
        }
    }
}
