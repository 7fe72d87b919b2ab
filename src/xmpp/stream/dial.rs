//! Opens TCP connections: happy eyeballs (RFC 8305) and SOCKS5 (RFC 1928).
//! Knows nothing of TLS and XML.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use futures::{StreamExt, stream::FuturesUnordered};
use tokio::{net::TcpStream, time::timeout};
use tokio_socks::tcp::Socks5Stream;

use super::{Patience, transport::Transport};
use crate::model::{Failure, FailureKind, Proxy};

/// Head start of each address before the next one is tried too (RFC 8305, section 5).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Most addresses tried of one name.
const MAX_ADDRESSES: usize = 12;

/// Connects to a host, through the proxy if there is one; the proxy is given the name, so that nothing is asked of DNS here.
///
/// # Errors
/// [`FailureKind::NoSuchServer`], [`FailureKind::Unreachable`], [`FailureKind::Proxy`] or [`FailureKind::Timeout`].
pub(super) async fn dial(
    host: &str,
    port: u16,
    proxy: Option<&Proxy>,
    patience: &Patience,
) -> Result<Box<dyn Transport>, Failure> {
    match proxy {
        None => Ok(Box::new(tcp(host, port, patience).await?)),
        Some(proxy) => {
            let socket = tcp(&proxy.host, proxy.port, patience)
                .await
                .map_err(|_| FailureKind::Proxy)?;
            let connected = timeout(patience.proxy, socks(socket, host, port, &proxy.username))
                .await
                .map_err(|_| FailureKind::Timeout)?;
            Ok(Box::new(connected?))
        }
    }
}

async fn socks(
    socket: TcpStream,
    host: &str,
    port: u16,
    username: &str,
) -> Result<Socks5Stream<TcpStream>, Failure> {
    let target = (host, port);
    let connected = if username.is_empty() {
        Socks5Stream::connect_with_socket(socket, target).await
    } else {
        // RFC 1929 wants a password too; Tor keeps circuits apart by both and checks neither.
        Socks5Stream::connect_with_password_and_socket(socket, target, username, username).await
    };
    connected.map_err(|error| {
        use tokio_socks::Error;
        tracing::debug!(%error, "the proxy did not connect");
        match error {
            Error::HostUnreachable
            | Error::NetworkUnreachable
            | Error::ConnectionRefused
            | Error::TtlExpired => FailureKind::Unreachable.into(),
            _ => FailureKind::Proxy.into(),
        }
    })
}

async fn tcp(host: &str, port: u16, patience: &Patience) -> Result<TcpStream, Failure> {
    let addresses = match host.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, port)],
        Err(_) => {
            let found = timeout(patience.dns, tokio::net::lookup_host((host, port)))
                .await
                .map_err(|_| FailureKind::Timeout)?
                .map_err(|_| FailureKind::NoSuchServer)?;
            interleave(found.collect())
        }
    };
    if addresses.is_empty() {
        return Err(FailureKind::NoSuchServer.into());
    }
    let stream = timeout(patience.tcp, race(addresses))
        .await
        .map_err(|_| FailureKind::Timeout)?
        .map_err(|error| {
            tracing::debug!(%error, "no address accepted a connection");
            FailureKind::Unreachable
        })?;
    // Stanzas are small and each is awaited by somebody.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

/// Alternates between the address families, beginning with the one that the system prefers (RFC 8305, section 4).
fn interleave(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (preferred, other): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv6() == first_is_v6);
    let mut other = other.into_iter();
    let mut mixed = Vec::new();
    for address in preferred {
        mixed.push(address);
        mixed.extend(other.next());
    }
    mixed.extend(other);
    mixed.truncate(MAX_ADDRESSES);
    mixed
}

/// The first address that accepts wins; each has a head start before the next is tried, a refusal starts the next at once.
async fn race(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut waiting = addresses.into_iter();
    let mut attempts = FuturesUnordered::new();
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    attempts.extend(waiting.next().map(TcpStream::connect));
    loop {
        let head_start = tokio::time::sleep(ATTEMPT_DELAY);
        tokio::select! {
            finished = attempts.next() => match finished {
                Some(Ok(stream)) => return Ok(stream),
                Some(Err(error)) => {
                    last = error;
                    attempts.extend(waiting.next().map(TcpStream::connect));
                }
                None => return Err(last),
            },
            () = head_start, if waiting.len() > 0 => {
                attempts.extend(waiting.next().map(TcpStream::connect));
            }
        }
    }
}

#[cfg(test)]
mod tests;
