//! Waiting for something to happen, with a deadline and without sleeping blindly.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Far longer than anything takes on a busy machine; only a test that fails waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A list that one thread fills and others wait on.
pub(crate) struct Log<T>(Arc<(Mutex<Vec<T>>, Condvar)>);

impl<T> Clone for Log<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self(Arc::new((Mutex::new(vec![]), Condvar::new())))
    }
}

impl<T> Log<T> {
    /// Adds an entry and wakes whoever waits.
    pub(crate) fn push(&self, entry: T) {
        self.lock().push(entry);
        self.0.1.notify_all();
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Waits until `find` makes something of the entries; `None` when it took too long.
    pub(crate) fn wait<R>(
        &self,
        patience: Duration,
        find: impl Fn(&[T]) -> Option<R>,
    ) -> Option<R> {
        let end = Instant::now() + patience;
        let mut entries = self.lock();
        loop {
            if let Some(found) = find(&entries) {
                return Some(found);
            }
            let left = end.checked_duration_since(Instant::now())?;
            entries = self
                .0
                .1
                .wait_timeout(entries, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Looks at the entries as they are now.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&[T]) -> R) -> R {
        look(&self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<T>> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
