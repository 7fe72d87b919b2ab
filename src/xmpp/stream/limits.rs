//! Bounds what one element may cost: bytes, time, depth and number of nodes, inside the one parser that reads the stream.
//! Knows nothing of what elements mean.

use std::{
    fmt, io,
    pin::Pin,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use minidom::Element;
use rxml::parser::EventMetrics;
use tokio::{
    io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf},
    time::Instant,
};
use xso::{FromEventsBuilder, FromXml};
use zeroize::Zeroizing;

/// Largest element before login, in bytes: stream features and SASL messages are far smaller.
pub(super) const BYTES_BEFORE_LOGIN: usize = 256 * 1024;

/// Largest element after login, in bytes: a roster of 50,000 contacts passes, an endless one does not.
pub(super) const BYTES_AFTER_LOGIN: usize = 8 * 1024 * 1024;

/// Deepest nesting inside an element: forwarded messages need about ten; recursion over a tree stays cheap.
const MAX_DEPTH: usize = 100;

/// Most child elements and text pieces in one element; each costs some hundred bytes of memory.
const MAX_NODES: usize = 250_000;

/// Most attributes in one start tag: stanzas have about five.
const MAX_ATTRIBUTES: usize = 100;

/// An element went over a bound.
#[derive(Debug, thiserror::Error)]
#[error("an element is too large or too slow")]
pub(super) struct Exceeded;

/// What was read.
#[derive(Debug)]
pub(super) enum Bounded {
    /// An element that stayed within the bounds.
    Element(Element),
    /// One that did not; the stream is in the middle of it and cannot be read any further.
    Exceeded,
}

/// Parses one element that did not come over a stream, within the same bounds.
pub(in crate::xmpp) fn parse(bytes: &[u8]) -> Option<Element> {
    match xso::from_bytes(bytes) {
        Ok(Bounded::Element(element)) => Some(element),
        Ok(Bounded::Exceeded) | Err(_) => None,
    }
}

/// Builds a [`Bounded`] from parser events, and stops at once when a bound is passed: to skip the rest would cost the
/// parser time that grows with the square of the depth.
pub(super) struct BoundedBuilder {
    inner: <Element as FromXml>::Builder,
    depth: usize,
    nodes: usize,
    attributes: usize,
    /// Text that the parser gave in pieces, kept together so that a later parser of the same bytes makes the same tree.
    text: String,
}

impl BoundedBuilder {
    fn is_exceeded(&self) -> bool {
        self.depth > MAX_DEPTH || self.nodes > MAX_NODES || self.attributes > MAX_ATTRIBUTES
    }
}

impl FromXml for Bounded {
    type Builder = BoundedBuilder;

    fn from_events(
        name: rxml::QName,
        attributes: rxml::AttrMap,
        cx: &xso::Context<'_>,
    ) -> Result<BoundedBuilder, xso::error::FromEventsError> {
        Ok(BoundedBuilder {
            depth: 0,
            nodes: 0,
            attributes: attributes.len(),
            text: String::new(),
            inner: Element::from_events(name, attributes, cx)?,
        })
    }
}

impl FromEventsBuilder for BoundedBuilder {
    type Output = Bounded;

    fn feed(
        &mut self,
        event: rxml::Event,
        cx: &xso::Context<'_>,
    ) -> Result<Option<Bounded>, xso::error::Error> {
        match &event {
            rxml::Event::Text(_, piece) => {
                self.text.push_str(piece);
                return Ok(None);
            }
            rxml::Event::StartElement(_, _, attributes) => {
                self.depth += 1;
                self.nodes += 1;
                self.attributes = self.attributes.max(attributes.len());
            }
            rxml::Event::EndElement(_) => self.depth = self.depth.saturating_sub(1),
            rxml::Event::XmlDeclaration(..) => {}
        }
        if self.is_exceeded() {
            return Ok(Some(Bounded::Exceeded));
        }
        if !self.text.is_empty() {
            self.nodes += 1;
            let text = std::mem::take(&mut self.text);
            self.inner
                .feed(rxml::Event::Text(EventMetrics::zero(), text), cx)?;
        }
        Ok(self.inner.feed(event, cx)?.map(Bounded::Element))
    }
}

/// Counts what is read since the last whole element, and fails when it is too much or takes too long.
pub(super) struct Metered<T> {
    inner: T,
    time: Duration,
    limit: AtomicUsize,
    used: AtomicUsize,
    started: Mutex<Option<Instant>>,
    at_end: AtomicBool,
    /// What is to be written at the first flush, after what is written by then.
    behind: Zeroizing<Vec<u8>>,
}

impl<T> Metered<T> {
    /// Wraps a byte stream, with the bounds that hold before login; `time` is for one element from first to last byte.
    pub(super) fn new(inner: T, time: Duration) -> Self {
        Self {
            inner,
            time,
            limit: AtomicUsize::new(BYTES_BEFORE_LOGIN),
            used: AtomicUsize::new(0),
            started: Mutex::new(None),
            at_end: AtomicBool::new(false),
            behind: Zeroizing::default(),
        }
    }

    /// Writes this as soon as the stream header is written, without waiting for an answer to that.
    pub(super) fn send_behind_header(&mut self, text: String) {
        self.behind = Zeroizing::new(text.into_bytes());
    }

    /// The byte stream inside.
    pub(super) fn into_inner(self) -> T {
        self.inner
    }

    /// Changes the bound, in bytes for one element.
    pub(super) fn allow(&self, bytes: usize) {
        self.limit.store(bytes, Ordering::Relaxed);
    }

    /// A whole element was read: the next one starts with a full allowance.
    pub(super) fn reset(&self) {
        self.used.store(0, Ordering::Relaxed);
        *self.started() = None;
    }

    /// Whether the other side has closed its direction.
    pub(super) fn at_end(&self) -> bool {
        self.at_end.load(Ordering::Relaxed)
    }

    fn started(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.started.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_exceeded(&self) -> bool {
        self.used.load(Ordering::Relaxed) > self.limit.load(Ordering::Relaxed)
            || (*self.started()).is_some_and(|start| start.elapsed() >= self.time)
    }
}

impl<T> fmt::Debug for Metered<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metered").finish_non_exhaustive()
    }
}

impl<T: AsyncBufRead + Unpin> AsyncBufRead for Metered<T> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        if self.is_exceeded() {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, Exceeded)));
        }
        let this = self.get_mut();
        let filled = Pin::new(&mut this.inner).poll_fill_buf(cx);
        if matches!(filled, Poll::Ready(Ok([]))) {
            this.at_end.store(true, Ordering::Relaxed);
        }
        filled
    }

    fn consume(self: Pin<&mut Self>, amount: usize) {
        let this = self.get_mut();
        if amount > 0 {
            this.used.fetch_add(amount, Ordering::Relaxed);
            this.started().get_or_insert_with(Instant::now);
        }
        Pin::new(&mut this.inner).consume(amount);
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Metered<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_read(cx, buffer)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Metered<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while !this.behind.is_empty() {
            let written = ready!(Pin::new(&mut this.inner).poll_write(cx, &this.behind))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            this.behind.drain(..written);
        }
        Pin::new(&mut this.inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}
