//! How long each step of a connection may take.

use std::time::Duration;

/// Time limits, one for each step; the defaults suit a slow line and Tor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Patience {
    /// For DNS to answer.
    pub dns: Duration,
    /// For one server to accept a TCP connection, over all its addresses.
    pub tcp: Duration,
    /// For the proxy to connect to the server; Tor may have to build a circuit.
    pub proxy: Duration,
    /// For the TLS handshake.
    pub tls: Duration,
    /// For each answer of the server while logging in.
    pub answer: Duration,
    /// For the whole login, from the first stream header to the bound resource.
    pub login: Duration,
    /// For one element, from its first byte to its last; a slow line moves 100 kB in the default.
    pub element: Duration,
    /// Silence on a bound stream after which a sign of life is asked for.
    pub quiet: Duration,
    /// Silence after that, until the stream counts as dead.
    pub dead: Duration,
    /// For the network to take what is sent.
    pub send: Duration,
    /// For the other side to close after we have.
    pub goodbye: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            dns: Duration::from_secs(10),
            tcp: Duration::from_secs(20),
            proxy: Duration::from_secs(60),
            tls: Duration::from_secs(30),
            answer: Duration::from_secs(30),
            login: Duration::from_secs(90),
            element: Duration::from_secs(300),
            quiet: Duration::from_secs(90),
            dead: Duration::from_secs(30),
            send: Duration::from_secs(30),
            goodbye: Duration::from_secs(2),
        }
    }
}
