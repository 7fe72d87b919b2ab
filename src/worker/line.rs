//! One connection while it is up: what it has sent, what of it has arrived, and whether it lives.

use std::{
    collections::VecDeque,
    time::{Duration, SystemTime},
};

use minidom::Element;
use tokio::time::Instant;
use xmpp_parsers::{ns, sm};

use crate::{
    model::Failure,
    xmpp::stream::{Ack, ElementStream, Enabled, Management, Unacked},
};

/// How soon a server has to answer when the network may have changed: longer than any round trip, shorter than patience.
const CHECK: Duration = Duration::from_secs(10);

/// A difference between the clocks that only sleep explains; setting the clock costs a check, no more.
const SLEEP: Duration = Duration::from_secs(5);

/// One connection while it is up.
pub(super) struct Line {
    pub(super) stream: ElementStream,
    pub(super) management: Management,
    pub(super) enabled: Option<Enabled>,
    /// Whether nothing has come since the last sign of life was asked for.
    pub(super) quiet: bool,
    /// When the answer to a check is overdue.
    pub(super) overdue: Option<Instant>,
    /// When time last passed, by the clock that stops while the machine sleeps and by the one that does not.
    clocks: (Instant, SystemTime),
    /// Without stream management: pings, and how many stanzas were sent before each.
    probes: VecDeque<(String, u32)>,
    sent: u32,
}

/// What an element is for.
pub(super) enum Sorted {
    Stanza(Element),
    Acknowledged(Vec<Unacked>),
    CountWanted,
    Nothing,
    Broken,
}

impl Line {
    /// A connection that has just come up, with what was not acknowledged on the one before.
    pub(super) fn new(
        stream: ElementStream,
        management: Management,
        enabled: Option<Enabled>,
    ) -> Self {
        Self {
            stream,
            management,
            enabled,
            quiet: false,
            overdue: None,
            clocks: (Instant::now(), SystemTime::now()),
            probes: VecDeque::new(),
            sent: 0,
        }
    }

    pub(super) fn sort(&mut self, element: Element) -> Sorted {
        if element.is("a", ns::SM) {
            let Ok(sm::A { h }) = sm::A::try_from(element) else {
                return Sorted::Broken;
            };
            return self.acknowledged(h);
        }
        if element.is("r", ns::SM) {
            return Sorted::CountWanted;
        }
        if element.ns() != ns::DEFAULT_NS {
            return Sorted::Nothing;
        }
        if let Some(count) = self.probe_answered(&element) {
            return self.acknowledged(count);
        }
        Sorted::Stanza(element)
    }

    pub(super) fn acknowledged(&mut self, h: u32) -> Sorted {
        match self.management.acknowledge(h) {
            Ack::Arrived(stanzas) if stanzas.is_empty() => Sorted::Nothing,
            Ack::Arrived(stanzas) => Sorted::Acknowledged(stanzas),
            Ack::Impossible => Sorted::Broken,
        }
    }

    /// Without stream management: the answer to a ping says that everything before it has arrived.
    pub(super) fn probe_answered(&mut self, element: &Element) -> Option<u32> {
        let id = element.attr(rxml::xml_ncname!("id"))?;
        let place = self.probes.iter().position(|(probe, _)| probe == id)?;
        self.probes
            .drain(..=place)
            .next_back()
            .map(|(_, count)| count)
    }

    pub(super) async fn transmit(&mut self, unacked: Unacked) -> Result<(), Failure> {
        let stanza = unacked.stanza.clone();
        // Counted first: what was written in part has to be sent again.
        self.management.sent(unacked);
        self.sent = self.sent.wrapping_add(1);
        self.stream.send(&stanza).await
    }

    /// Sends again what the server has not acknowledged.
    pub(super) async fn resend(&mut self) -> Result<(), Failure> {
        let again: Vec<Element> = self
            .management
            .unacknowledged()
            .map(|u| u.stanza.clone())
            .collect();
        for stanza in &again {
            self.stream.send(stanza).await?;
        }
        if again.is_empty() {
            Ok(())
        } else {
            self.ask_for_count().await
        }
    }

    pub(super) async fn ask_for_count(&mut self) -> Result<(), Failure> {
        if self.enabled.is_none() {
            return self.probe().await;
        }
        self.stream.send(&Element::from(sm::R)).await
    }

    /// Asks for a sign of life that has to come soon, because the network or the machine may have changed.
    pub(super) async fn check(&mut self) -> Result<(), Failure> {
        if self.overdue.is_none() {
            self.overdue = Some(Instant::now() + CHECK);
            return self.ask_for_count().await;
        }
        Ok(())
    }

    pub(super) fn check_failed(&self) -> bool {
        self.overdue.is_some_and(|overdue| Instant::now() > overdue)
    }

    /// Whether the machine has slept since the last call.
    pub(super) fn slept(&mut self) -> bool {
        let before = std::mem::replace(&mut self.clocks, (Instant::now(), SystemTime::now()));
        let awake = self.clocks.0 - before.0;
        let passed = self.clocks.1.duration_since(before.1).unwrap_or_default();
        passed.saturating_sub(awake) > SLEEP
    }

    pub(super) async fn ask_for_life(&mut self) -> Result<(), Failure> {
        self.quiet = true;
        self.ask_for_count().await
    }

    /// A ping whose answer says that everything before it has arrived (XEP-0199).
    pub(super) async fn probe(&mut self) -> Result<(), Failure> {
        let id = format!("probe-{}", uuid::Uuid::new_v4());
        self.probes.push_back((id.clone(), self.sent));
        let ping = Element::builder("ping", ns::PING).build();
        let stanza = Element::builder("iq", ns::DEFAULT_NS)
            .attr(rxml::xml_ncname!("type").to_owned(), "get")
            .attr(rxml::xml_ncname!("id").to_owned(), id.as_str())
            .append(ping)
            .build();
        self.stream.send(&stanza).await
    }
}
