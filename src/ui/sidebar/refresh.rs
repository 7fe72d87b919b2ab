//! When to read the store again: never twice at once, and never too late.
//! Knows nothing of what is read.

/// Whether a list is being read, and whether it must be read once more.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Refresh {
    /// What is shown is what is stored.
    #[default]
    Fresh,
    /// Being read.
    Reading,
    /// Being read, but something changed meanwhile.
    ReadingStale,
}

impl Refresh {
    /// Something changed; answers whether to start reading now.
    #[must_use]
    pub(crate) fn want(&mut self) -> bool {
        let start = *self == Self::Fresh;
        *self = if start {
            Self::Reading
        } else {
            Self::ReadingStale
        };
        start
    }

    /// Reading has ended; answers whether to start again.
    #[must_use]
    pub(crate) fn done(&mut self) -> bool {
        let again = *self == Self::ReadingStale;
        *self = if again { Self::Reading } else { Self::Fresh };
        again
    }
}

#[cfg(test)]
mod tests {
    use super::Refresh;

    #[test]
    fn a_burst_of_news_is_read_twice_at_most() {
        let mut refresh = Refresh::default();
        assert!(refresh.want());
        assert!(!refresh.want());
        assert!(!refresh.want());
        assert!(refresh.done(), "news came while it was read");
        assert!(!refresh.done());
        assert!(refresh.want());
        assert!(!refresh.done());
    }
}
