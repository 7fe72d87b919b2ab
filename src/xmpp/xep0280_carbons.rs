//! XEP-0280: copies of what other devices of this account send and receive.

use xmpp_parsers::{
    carbons::{Enable, Received, Sent},
    forwarding::Forwarded,
    message::Message,
    ns,
};

use super::{Cx, Extension, QueryId, Reply};
use crate::{model::Direction, store::StoreError};

/// Switches carbons on in every new session of a server that knows them.
#[derive(Debug, Default)]
pub struct Carbons;

impl Extension for Carbons {
    fn xep(&self) -> &'static str {
        "XEP-0280"
    }

    fn discovered(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        if cx.link.server.contains(ns::CARBONS) && !cx.link.carbons {
            cx.set(self.xep(), None, Enable);
        }
        Ok(())
    }

    fn reply(
        &mut self,
        _cx: &mut Cx<'_, '_>,
        _query: QueryId,
        reply: Reply,
    ) -> Result<(), StoreError> {
        if let Err(failure) = reply.into_result() {
            tracing::warn!(kind = ?failure.kind, "the server did not switch carbons on");
        }
        Ok(())
    }
}

/// A copy of a message that another device of this account sent or received.
#[derive(Debug)]
pub struct Carbon {
    /// Whether the other device sent or received it.
    pub direction: Direction,
    /// The copy (XEP-0297).
    pub forwarded: Forwarded,
}

/// Whether a message claims to be a carbon.
pub fn is_carbon(message: &Message) -> bool {
    message
        .payloads
        .iter()
        .any(|p| p.is("sent", ns::CARBONS) || p.is("received", ns::CARBONS))
}

/// Takes the copy out; nothing when there is not exactly one.
pub fn open(message: Message) -> Option<Carbon> {
    let mut wrappings = message
        .payloads
        .into_iter()
        .filter(|p| p.ns() == ns::CARBONS);
    let (wrapping, None) = (wrappings.next()?, wrappings.next()) else {
        return None;
    };
    // More than one forwarded message inside does not parse.
    if wrapping.is("sent", ns::CARBONS) {
        let forwarded = Sent::try_from(wrapping).ok()?.forwarded;
        Some(Carbon {
            direction: Direction::Outgoing,
            forwarded,
        })
    } else {
        let forwarded = Received::try_from(wrapping).ok()?.forwarded;
        Some(Carbon {
            direction: Direction::Incoming,
            forwarded,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Carbons;
    use crate::xmpp::testing::Stage;

    #[test]
    fn they_are_switched_on_once() {
        let mut stage = Stage::with(Carbons);
        stage.connect();
        let asked = stage.discover(&["urn:xmpp:carbons:2"], &[]).sent;
        assert!(
            asked.len() == 1 && asked[0].contains("urn:xmpp:carbons:2"),
            "{asked:?}"
        );
        stage.disconnect();
        stage.connect();
        assert!(stage.discover(&[], &[]).sent.is_empty());
        stage.disconnect();
        // They came with the login (XEP-0386).
        stage.link.carbons = true;
        stage.connect();
        assert!(stage.discover(&["urn:xmpp:carbons:2"], &[]).sent.is_empty());
    }
}
