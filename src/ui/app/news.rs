//! The only subscription to the worker's events, in batches.

use std::time::Duration;

use relm4::Sender;

use super::CommandOutput;
use crate::{event::Event, worker::Events};

/// One frame at 60 Hz: nothing is shown sooner than that anyway.
const BATCH: Duration = Duration::from_millis(16);

/// Most events in one batch, so that no batch keeps the window busy for longer than a frame.
const MAX_BATCH: usize = 500;

/// Collects events for [`BATCH`] and hands them over at once, until the worker or the window has ended.
pub(super) async fn forward(mut events: Events, out: Sender<CommandOutput>) {
    while let Some(first) = events.next().await {
        let mut batch = vec![first];
        let deadline = tokio::time::Instant::now() + BATCH;
        while batch.len() < MAX_BATCH {
            match tokio::time::timeout_at(deadline, events.next()).await {
                Ok(Some(event)) => add(&mut batch, event),
                Ok(None) | Err(_) => break,
            }
        }
        if out.send(CommandOutput::News(batch)).is_err() {
            return;
        }
    }
}

/// Adds an event unless it says what the last one said.
fn add(batch: &mut Vec<Event>, event: Event) {
    if batch.last() != Some(&event) {
        batch.push(event);
    }
}

#[cfg(test)]
mod tests {
    use super::add;
    use crate::event::Event;

    #[test]
    fn repeated_news_is_told_once() {
        let mut batch = vec![];
        for event in [Event::Accounts, Event::Requests, Event::Requests] {
            add(&mut batch, event);
        }
        assert_eq!(batch, [Event::Accounts, Event::Requests]);
    }
}
