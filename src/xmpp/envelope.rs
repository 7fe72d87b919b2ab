//! Who really sent a message, by which route: decided once, at the border.
//! Knows nothing of the store, nor of what a message says.

use xmpp_parsers::{
    delay::Delay,
    jid::Jid,
    message::{Message, MessageType},
    ns,
};

use super::{xep0280_carbons as carbons, xep0359_ids as ids};
use crate::model::{BareJid, Direction, Route, Timestamp};

/// A chat message whose provenance has been checked; only this module makes one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Envelope {
    /// The message itself, without its wrapping.
    pub message: Message,
    /// Who wrote it.
    pub from: Jid,
    /// The other end of the chat: never ourselves, unless we talk to ourselves.
    pub peer: BareJid,
    /// Which way it went.
    pub direction: Direction,
    /// How it came here.
    pub route: Route,
    /// When it was sent by the word of our own server, else now; never later than now.
    pub at: Timestamp,
    /// The id our own archive gave it, if our own server said so.
    pub stanza_id: Option<String>,
}

/// Why a message is not a chat message of anybody.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refused {
    /// A carbon that our own server did not make, or that is not one single copy (XEP-0280, section 11).
    ForgedCarbon,
    /// A copy or archive entry of a message that neither came from us nor went to us.
    NotOurs,
    /// Of a type that is not part of a chat.
    OtherType,
}

/// Whose session this is.
#[derive(Clone, Copy, Debug)]
pub struct Recipient<'a> {
    /// The own bare JID.
    pub account: &'a BareJid,
    /// Whether our own server vouches for stanza ids (XEP-0359, section 5).
    pub server_stamps_ids: bool,
}

impl Envelope {
    /// Checks a message as it came over the stream, and takes a carbon out of its wrapping.
    ///
    /// # Errors
    /// Says why it is nobody's chat message; it is to be ignored then.
    pub fn unwrap(message: Message, me: Recipient<'_>, now: Timestamp) -> Result<Self, Refused> {
        let own = Jid::from(me.account.clone());
        // RFC 6120, section 8.1.2.1: without a sender it is our own account's.
        let from = message.from.clone().unwrap_or_else(|| own.clone());
        if !carbons::is_carbon(&message) {
            let at = delay_of(&message, me.account).map_or(now, |stamp| stamp.min(now));
            let route = if at < now {
                Route::Offline
            } else {
                Route::Live
            };
            return Self::addressed(message, from, me, route, at, None);
        }
        if from != own {
            return Err(Refused::ForgedCarbon);
        }
        let carbon = carbons::open(message).ok_or(Refused::ForgedCarbon)?;
        let inner = carbon.forwarded.message;
        if carbons::is_carbon(&inner) {
            return Err(Refused::ForgedCarbon);
        }
        let at = carbon
            .forwarded
            .delay
            .as_ref()
            .map_or(now, |d| stamp(d).min(now));
        let writer = inner.from.clone().ok_or(Refused::NotOurs)?;
        let envelope = Self::addressed(inner, writer, me, Route::Carbon, at, None)?;
        if envelope.direction == carbon.direction || envelope.peer == *me.account {
            Ok(envelope)
        } else {
            Err(Refused::ForgedCarbon)
        }
    }

    /// Checks an entry of our own archive; the caller has checked that the archive is ours and was asked.
    ///
    /// # Errors
    /// Says why it is nobody's chat message; it is to be ignored then.
    pub fn archived(
        message: Message,
        archive_id: &str,
        delay: Option<&Delay>,
        me: Recipient<'_>,
        now: Timestamp,
    ) -> Result<Self, Refused> {
        let from = message.from.clone().ok_or(Refused::NotOurs)?;
        let at = delay.map_or(now, |d| stamp(d).min(now));
        let id = bounded_id(archive_id);
        Self::addressed(message, from, me, Route::Archive, at, id)
    }

    /// The author's own id of the message: origin-id, else the id of the stanza.
    pub fn origin_id(&self) -> Option<String> {
        ids::origin_id(&self.message)
            .or_else(|| self.message.id.as_ref().map(|id| id.0.clone()))
            .and_then(|id| bounded_id(&id))
    }

    fn addressed(
        message: Message,
        from: Jid,
        me: Recipient<'_>,
        route: Route,
        at: Timestamp,
        archive_id: Option<String>,
    ) -> Result<Self, Refused> {
        match message.type_ {
            MessageType::Chat | MessageType::Normal | MessageType::Headline => {}
            MessageType::Error | MessageType::Groupchat => return Err(Refused::OtherType),
        }
        let to = message
            .to
            .as_ref()
            .map_or_else(|| me.account.clone(), Jid::to_bare);
        let (direction, peer) = if from.to_bare() == *me.account {
            (Direction::Outgoing, to)
        } else if to == *me.account {
            (Direction::Incoming, from.to_bare())
        } else {
            return Err(Refused::NotOurs);
        };
        let stanza_id = archive_id.or_else(|| {
            me.server_stamps_ids
                .then(|| ids::stanza_id_by(&message, me.account))
                .flatten()
                .and_then(|id| bounded_id(&id))
        });
        Ok(Self {
            message,
            from,
            peer,
            direction,
            route,
            at,
            stanza_id,
        })
    }
}

/// Longest id that is kept, in bytes; ids in use have 36.
const MAX_ID: usize = 1024;

fn bounded_id(id: &str) -> Option<String> {
    (!id.is_empty() && id.len() <= MAX_ID).then(|| id.to_owned())
}

/// The time of a delay.
fn stamp(delay: &Delay) -> Timestamp {
    Timestamp(delay.stamp.0.timestamp_millis())
}

/// The time our own server says the message was sent, if it says so (XEP-0203, section 3).
fn delay_of(message: &Message, account: &BareJid) -> Option<Timestamp> {
    let domain = account.domain().as_str();
    message
        .payloads
        .iter()
        .filter(|payload| payload.is("delay", ns::DELAY))
        .filter_map(|payload| Delay::try_from(payload.clone()).ok())
        .find(|delay| {
            delay
                .from
                .as_ref()
                .is_some_and(|by| by.as_str() == domain || *by == *account)
        })
        .map(|delay| stamp(&delay))
}

#[cfg(test)]
mod tests {
    use super::*;
    use minidom::Element;

    fn unwrap(xml: &str) -> Result<Envelope, Refused> {
        let element: Element = xml.parse().expect("test XML");
        let message = Message::try_from(element).expect("a message");
        let account = BareJid::new("alice@example.org").expect("JID");
        let me = Recipient {
            account: &account,
            server_stamps_ids: true,
        };
        Envelope::unwrap(message, me, Timestamp(1_700_000_000_000))
    }

    fn carbon(from: &str, kind: &str, inner_from: &str, inner_to: &str) -> String {
        format!(
            "<message xmlns='jabber:client' from='{from}' to='alice@example.org/a'>\
             <{kind} xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>\
             <message xmlns='jabber:client' from='{inner_from}' to='{inner_to}' type='chat'>\
             <body>hi</body></message></forwarded></{kind}></message>"
        )
    }

    #[test]
    fn a_live_message_is_its_senders() {
        let e = unwrap(
            "<message xmlns='jabber:client' from='bob@example.org/x' type='chat'><body>hi</body>\
             <stanza-id xmlns='urn:xmpp:sid:0' by='alice@example.org' id='s1'/>\
             <stanza-id xmlns='urn:xmpp:sid:0' by='bob@example.org' id='forged'/></message>",
        )
        .expect("chat");
        assert_eq!(e.peer.as_str(), "bob@example.org");
        assert_eq!(e.direction, Direction::Incoming);
        assert_eq!(e.route, Route::Live);
        assert_eq!(e.stanza_id.as_deref(), Some("s1"));
    }

    #[test]
    fn c25_two_stanza_ids_of_our_archive_are_none() {
        let e = unwrap(
            "<message xmlns='jabber:client' from='bob@example.org/x' type='chat'><body>hi</body>\
             <stanza-id xmlns='urn:xmpp:sid:0' by='alice@example.org' id='s1'/>\
             <stanza-id xmlns='urn:xmpp:sid:0' by='alice@example.org' id='s2'/></message>",
        )
        .expect("chat");
        assert_eq!(e.stanza_id, None);
    }

    #[test]
    fn a_carbon_of_our_server_is_opened() {
        let e = unwrap(&carbon(
            "alice@example.org",
            "sent",
            "alice@example.org/phone",
            "bob@example.org",
        ))
        .expect("carbon");
        assert_eq!((e.direction, e.route), (Direction::Outgoing, Route::Carbon));
        assert_eq!(e.peer.as_str(), "bob@example.org");
        let e = unwrap(&carbon(
            "alice@example.org",
            "received",
            "bob@example.org/x",
            "alice@example.org/phone",
        ))
        .expect("carbon");
        assert_eq!(
            (e.direction, e.peer.as_str()),
            (Direction::Incoming, "bob@example.org")
        );
    }

    #[test]
    fn c19_carbons_of_others_are_refused() {
        for from in [
            "bob@example.org",
            "bob@example.org/x",
            "alice@example.org/a",
            "example.org",
            "alice@example.org.evil",
        ] {
            let refused = unwrap(&carbon(
                from,
                "received",
                "victim@example.org",
                "alice@example.org/a",
            ));
            assert_eq!(refused.err(), Some(Refused::ForgedCarbon), "{from}");
        }
    }

    #[test]
    fn c19_carbons_that_do_not_concern_us_are_refused() {
        for (kind, from, to) in [
            ("received", "victim@example.org", "bob@example.org"),
            ("sent", "victim@example.org", "bob@example.org"),
            ("sent", "victim@example.org", "alice@example.org"),
            ("received", "alice@example.org/phone", "victim@example.org"),
        ] {
            assert!(
                unwrap(&carbon("alice@example.org", kind, from, to)).is_err(),
                "{kind} {from}"
            );
        }
    }

    #[test]
    fn c19_a_carbon_in_a_carbon_and_two_at_once_are_refused() {
        let inner = carbon(
            "alice@example.org",
            "sent",
            "alice@example.org/p",
            "bob@example.org",
        );
        let nested = format!(
            "<message xmlns='jabber:client' from='alice@example.org'><sent xmlns='urn:xmpp:carbons:2'>\
             <forwarded xmlns='urn:xmpp:forward:0'>{inner}</forwarded></sent></message>"
        );
        assert_eq!(unwrap(&nested).err(), Some(Refused::ForgedCarbon));
        let one = "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' \
                   from='bob@example.org/x' to='alice@example.org' type='chat'><body>x</body></message></forwarded>";
        let both = format!(
            "<message xmlns='jabber:client' from='alice@example.org'>\
             <sent xmlns='urn:xmpp:carbons:2'>{one}</sent><received xmlns='urn:xmpp:carbons:2'>{one}</received></message>"
        );
        assert_eq!(unwrap(&both).err(), Some(Refused::ForgedCarbon));
    }

    #[test]
    fn c20_a_bare_forward_shows_nothing_of_its_content() {
        let e = unwrap(
            "<message xmlns='jabber:client' from='bob@example.org/x' type='chat'>\
             <forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='victim@example.org' \
             to='alice@example.org'><body>forged</body></message></forwarded></message>",
        )
        .expect("an empty chat message");
        assert!(e.message.bodies.is_empty());
        assert_eq!(e.peer.as_str(), "bob@example.org");
    }

    #[test]
    fn b12_the_sender_is_who_the_server_says() {
        for (from, peer) in [
            ("from='example.org'", "example.org"),
            ("from='alice@example.org.evil/x'", "alice@example.org.evil"),
            ("from='BOB@Example.ORG/x'", "bob@example.org"),
        ] {
            let e = unwrap(&format!(
                "<message xmlns='jabber:client' {from} type='chat'><body>x</body></message>"
            ))
            .expect("chat");
            assert_eq!((e.direction, e.peer.as_str()), (Direction::Incoming, peer));
        }
        let e = unwrap("<message xmlns='jabber:client' type='chat'><body>x</body></message>")
            .expect("our own account");
        assert_eq!(e.peer.as_str(), "alice@example.org");
    }

    #[test]
    fn c24_only_our_server_may_back_date() {
        let delayed = |by: &str, stamp: &str| {
            unwrap(&format!(
                "<message xmlns='jabber:client' from='bob@example.org/x' type='chat'><body>x</body>\
                 <delay xmlns='urn:xmpp:delay' {by} stamp='{stamp}'/></message>"
            ))
            .expect("chat")
        };
        let now = Timestamp(1_700_000_000_000);
        assert_eq!(
            delayed("from='bob@example.org'", "2001-01-01T00:00:00Z").at,
            now
        );
        assert_eq!(delayed("", "2001-01-01T00:00:00Z").at, now);
        assert_eq!(
            delayed("from='example.org'", "2099-01-01T00:00:00Z").at,
            now
        );
        let offline = delayed("from='example.org'", "2023-11-14T00:00:00Z");
        assert_eq!(
            (offline.at, offline.route),
            (Timestamp(1_699_920_000_000), Route::Offline)
        );
    }
}
