//! Counting stanzas in both directions (XEP-0198). Pure: no I/O, no clock.

use std::collections::VecDeque;

use minidom::Element;

use crate::model::OutboxId;

/// A stanza of ours that the server has not acknowledged.
#[derive(Clone, Debug)]
pub struct Unacked {
    /// The stanza.
    pub stanza: Element,
    /// Its row, if it is one that must survive.
    pub outbox: Option<OutboxId>,
}

/// What an acknowledgement brought.
#[derive(Debug)]
pub enum Ack {
    /// These stanzas have arrived, in order.
    Arrived(Vec<Unacked>),
    /// The server counts stanzas that were never sent: the stream must be closed (XEP-0198, section 4).
    Impossible,
}

/// The counters of one session; survives reconnections while it can be resumed.
#[derive(Debug, Default)]
pub struct Management {
    handled: u32,
    acked: u32,
    queue: VecDeque<Unacked>,
}

impl Management {
    /// Notes that a stanza of ours was written to the stream.
    pub fn sent(&mut self, stanza: Unacked) {
        self.queue.push_back(stanza);
    }

    /// Notes that the effects of one received stanza are committed.
    pub fn committed(&mut self) {
        self.handled = self.handled.wrapping_add(1);
    }

    /// Stanzas received and committed, modulo 2³².
    pub fn handled(&self) -> u32 {
        self.handled
    }

    /// The server has handled our stanzas up to this count (modulo 2³²).
    pub fn acknowledge(&mut self, h: u32) -> Ack {
        let new = h.wrapping_sub(self.acked) as usize;
        if new > self.queue.len() {
            return Ack::Impossible;
        }
        self.acked = h;
        Ack::Arrived(self.queue.drain(..new).collect())
    }

    /// Stanzas not acknowledged yet, in order: to be sent again after a resumption, without [`Self::sent`].
    pub fn unacknowledged(&self) -> impl Iterator<Item = &Unacked> {
        self.queue.iter()
    }
}

#[cfg(test)]
mod tests;
