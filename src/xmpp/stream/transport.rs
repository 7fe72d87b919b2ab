//! Byte streams under XML, of whatever kind.

use tokio::io::{AsyncRead, AsyncWrite, BufReader};

use super::{Patience, limits::Metered};

/// TCP, a proxied connection, TLS over either, or memory.
pub(super) trait Transport: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Transport for T {}

/// What XML is read from: buffered and bounded.
pub(super) type Wire = Metered<BufReader<Box<dyn Transport>>>;

/// Prepares a byte stream for XML.
pub(super) fn wire(transport: Box<dyn Transport>, patience: &Patience) -> Wire {
    Metered::new(BufReader::new(transport), patience.element)
}
