//! Where events leave the worker, and where answers to requests find the one who asked.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use tokio::sync::{broadcast, oneshot};

use super::session::coalesce;
use crate::{
    event::Event,
    model::{Failure, RequestId},
};

/// Events that a slow reader may be behind before it has to reload; at 16 ms a batch this is never reached.
const BACKLOG: usize = 4096;

type Outcome = Result<(), Failure>;

/// A cheap handle on the way out of the worker.
#[derive(Clone)]
pub(super) struct Outlet {
    events: broadcast::Sender<Event>,
    waiting: Arc<Mutex<HashMap<RequestId, oneshot::Sender<Outcome>>>>,
    last: Arc<AtomicI64>,
}

impl Outlet {
    pub(super) fn new() -> Self {
        let (events, _) = broadcast::channel(BACKLOG);
        Self {
            events,
            waiting: Arc::default(),
            last: Arc::default(),
        }
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Tells the window; an answer goes to the one who asked, if anybody waits for it.
    pub(super) fn emit(&self, event: Event) {
        if let Event::Finished { request, outcome } = event {
            if let Some(asker) = self.lock().remove(&request) {
                // Whoever asked may have gone in the meantime.
                let _ = asker.send(outcome);
            }
        } else {
            // Without a window nobody listens.
            let _ = self.events.send(event);
        }
    }

    /// Tells the window what one batch changed.
    pub(super) fn emit_all(&self, events: Vec<Event>) {
        coalesce(events)
            .into_iter()
            .for_each(|event| self.emit(event));
    }

    /// A request that nobody waits for.
    pub(super) fn request(&self) -> RequestId {
        RequestId(self.last.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// A request with somebody waiting for its end.
    pub(super) fn awaited_request(&self) -> (RequestId, oneshot::Receiver<Outcome>) {
        let (asker, answer) = oneshot::channel();
        let request = self.request();
        self.lock().insert(request, asker);
        (request, answer)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<RequestId, oneshot::Sender<Outcome>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
