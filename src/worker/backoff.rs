//! How long to wait before the next try, and which failures are not tried again by themselves. Pure.

use std::time::Duration;

use crate::model::FailureKind;

/// First wait: a restarting server is back soon.
const FIRST: Duration = Duration::from_secs(1);

/// Longest wait: nobody should have to wait longer after an outage has ended.
const LONGEST: Duration = Duration::from_secs(300);

/// The waits of one account; doubles with every failure.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The wait after one more failure. `jitter` is a random number from 0 to 1: all clients of a server
    /// that restarts must not come back in the same second.
    pub(super) fn next(&mut self, jitter: f64) -> Duration {
        let doubled = FIRST.saturating_mul(1 << self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        doubled
            .min(LONGEST)
            .mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0)
    }

    /// A connection was good: begin anew.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }
}

/// Whether trying again by itself makes sense; else a person has to decide something first.
pub(super) fn is_passing(kind: &FailureKind) -> bool {
    match kind {
        FailureKind::Tls
        | FailureKind::NoSuchServer
        | FailureKind::Unreachable
        | FailureKind::Proxy
        | FailureKind::Timeout
        | FailureKind::ConnectionLost
        | FailureKind::RedirectLoop
        | FailureKind::ServerBusy
        | FailureKind::Protocol
        | FailureKind::Stream(_)
        | FailureKind::Refused(_)
        | FailureKind::Offline
        | FailureKind::DiskFull
        | FailureKind::Storage => true,
        FailureKind::PasswordNeeded
        | FailureKind::WrongPassword
        | FailureKind::AccountDisabled
        // Asking again would only make codes that nobody reads.
        | FailureKind::MoreSteps(_)
        | FailureKind::PlainRefused
        | FailureKind::WeakerLogin { .. }
        | FailureKind::ServerNotAuthentic
        | FailureKind::NoMechanism
        | FailureKind::Certificate(_)
        | FailureKind::NoEncryption
        | FailureKind::HostUnknown
        | FailureKind::Conflict
        | FailureKind::PolicyViolation
        | FailureKind::Unsupported
        | FailureKind::NameTaken
        | FailureKind::FormRejected
        | FailureKind::Keyring
        | FailureKind::WrongPassphrase
        | FailureKind::Cancelled
        | FailureKind::PasswordsLocked
        | FailureKind::BadInput => false,
    }
}

/// A random number from 0 to 1.
pub(super) fn jitter() -> f64 {
    let mut bytes = [0; 4];
    // Without random bytes all waits are the longest of their range.
    getrandom::fill(&mut bytes).map_or(1.0, |()| {
        f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_five_minutes_and_begin_anew() {
        let mut backoff = Backoff::default();
        let waits: Vec<u64> = (0..12).map(|_| backoff.next(1.0).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        backoff.reset();
        assert_eq!(backoff.next(0.0), Duration::from_millis(500));
    }

    #[test]
    fn a_wrong_password_is_final_and_a_lost_connection_is_not() {
        assert!(!is_passing(&FailureKind::WrongPassword));
        assert!(!is_passing(&FailureKind::MoreSteps("TOTP".into())));
        assert!(is_passing(&FailureKind::ConnectionLost));
    }
}
