//! Elements in and out of a stream: the one place through which all of them pass.

use std::{borrow::Cow, collections::VecDeque, time::Duration};

use futures::{SinkExt, StreamExt};
use minidom::{Element, Node};
use tokio::time::timeout;
use tokio_xmpp::xmlstream::{ReadError, StreamHeader, Timeouts, XmlStream, initiate_stream};
use xmpp_parsers::{ns, stream_features::StreamFeatures};

use super::{
    Halt, Patience,
    limits::{BYTES_AFTER_LOGIN, Bounded, Exceeded},
    stream_error,
    transport::{Wire, wire},
};
use crate::{
    model::{BareJid, Failure, FailureKind},
    xmpp::{
        console::{Console, Way},
        text,
    },
};

/// Elements in and out of a bound stream. Dropping it cuts the connection without a word, so that the session can be resumed.
pub struct ElementStream {
    xml: XmlStream<Wire, Bounded>,
    patience: Patience,
    console: Console,
    /// Elements that were read ahead.
    ahead: VecDeque<Element>,
    ended: Option<Failure>,
}

/// What comes out of a bound stream.
#[derive(Debug)]
pub enum Incoming {
    /// A stanza or nonza.
    Element(Element),
    /// Nothing has come for a while: ask for a sign of life.
    Quiet,
    /// The stream has ended; why, as far as it said so.
    Ended(Failure),
}

impl ElementStream {
    /// Exchanges stream headers; features come as the first element.
    pub(super) async fn open(
        io: Wire,
        domain: &str,
        from: Option<&BareJid>,
        patience: &Patience,
    ) -> Result<Self, Failure> {
        Self::open_with(io, domain, from, None, &Console::default(), patience).await
    }

    /// Exchanges stream headers; `first` follows ours without waiting for the other side's.
    pub(super) async fn open_with(
        mut io: Wire,
        domain: &str,
        from: Option<&BareJid>,
        first: Option<&Element>,
        console: &Console,
        patience: &Patience,
    ) -> Result<Self, Failure> {
        if let Some(first) = first {
            console.record(Way::Sent, first);
            io.send_behind_header(String::from(sendable(first).as_ref()));
        }
        let timeouts = Timeouts {
            read_timeout: patience.quiet,
            response_timeout: patience.dead,
        };
        let header = header(domain, from);
        let opening = initiate_stream(io, ns::JABBER_CLIENT, header, timeouts);
        let pending = timeout(patience.answer, opening)
            .await
            .map_err(|_| FailureKind::Timeout)?
            .map_err(|error| io_failure(&error, false))?;
        Ok(Self {
            xml: pending.skip_features(),
            patience: *patience,
            console: console.clone(),
            ahead: VecDeque::new(),
            ended: None,
        })
    }

    /// Begins a new stream on the same connection (RFC 6120, section 4.3.3).
    pub(super) async fn restart(
        self,
        domain: &str,
        from: Option<&BareJid>,
    ) -> Result<Self, Failure> {
        self.xml.get_stream().reset();
        let restarting = self.xml.initiate_reset().send_header(header(domain, from));
        let pending = timeout(self.patience.answer, restarting)
            .await
            .map_err(|_| FailureKind::Timeout)?
            .map_err(|error| io_failure(&error, false))?;
        Ok(Self {
            xml: pending.skip_features(),
            patience: self.patience,
            console: self.console,
            ahead: VecDeque::new(),
            ended: None,
        })
    }

    /// The connection under the stream, if nothing has been read from it beyond the last element.
    pub(super) fn into_transport(self) -> Result<Box<dyn super::transport::Transport>, Failure> {
        let buffered = self.xml.into_inner().into_inner();
        if buffered.buffer().is_empty() {
            Ok(buffered.into_inner())
        } else {
            // Somebody put bytes before the encrypted ones, to have them believed after (CVE-2011-0411 and its kin).
            Err(FailureKind::Protocol.into())
        }
    }

    /// Gives elements back that [`Self::next`] is to give again, in order.
    pub(super) fn give_back(&mut self, elements: Vec<Element>) {
        self.ahead.extend(elements);
    }

    /// Lets elements be as large as they may be from a server that has proved itself.
    pub(super) fn trust(&self) {
        self.xml.get_stream().allow(BYTES_AFTER_LOGIN);
    }

    /// Waits for the next element. Cancel-safe.
    pub async fn next(&mut self) -> Incoming {
        if let Some(element) = self.ahead.pop_front() {
            return Incoming::Element(element);
        }
        if let Some(failure) = &self.ended {
            return Incoming::Ended(failure.clone());
        }
        let failure = match self.xml.next().await {
            Some(Ok(Bounded::Exceeded)) => FailureKind::Protocol.into(),
            Some(Ok(Bounded::Element(element))) => {
                self.xml.get_stream().reset();
                self.console.record(Way::Received, &element);
                match end_of_stream(&element) {
                    None => return Incoming::Element(element),
                    Some(failure) => failure,
                }
            }
            Some(Err(ReadError::SoftTimeout)) => return Incoming::Quiet,
            Some(Err(error)) => read_failure(&error, self.xml.get_stream().at_end()),
            None => FailureKind::ConnectionLost.into(),
        };
        self.ended = Some(failure.clone());
        Incoming::Ended(failure)
    }

    /// The next element of a negotiation, in which stream errors are elements like others.
    pub(super) async fn negotiate(&mut self) -> Result<Element, Failure> {
        let next = async {
            loop {
                match self.xml.next().await {
                    Some(Ok(Bounded::Element(element))) => return Ok(element),
                    Some(Ok(Bounded::Exceeded)) => return Err(FailureKind::Protocol.into()),
                    Some(Err(ReadError::SoftTimeout)) => {}
                    Some(Err(error)) => {
                        return Err(read_failure(&error, self.xml.get_stream().at_end()));
                    }
                    None => return Err(FailureKind::ConnectionLost.into()),
                }
            }
        };
        let element = timeout(self.patience.answer, next)
            .await
            .map_err(|_| FailureKind::Timeout)??;
        self.xml.get_stream().reset();
        self.console.record(Way::Received, &element);
        Ok(element)
    }

    /// Sends one element; gives up after a time-out. Characters that XML cannot carry become U+FFFD.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn send(&mut self, element: &Element) -> Result<(), Failure> {
        if let Some(failure) = &self.ended {
            return Err(failure.clone());
        }
        let element = sendable(element);
        self.console.record(Way::Sent, element.as_ref());
        let failure: Failure =
            match timeout(self.patience.send, self.xml.send(element.as_ref())).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(error)) => {
                    tracing::debug!(%error, "cannot send");
                    FailureKind::ConnectionLost.into()
                }
                Err(_) => FailureKind::Timeout.into(),
            };
        self.ended = Some(failure.clone());
        Err(failure)
    }

    /// Says goodbye (`</stream:stream>`), waits a moment for the other side's, closes.
    pub async fn close(mut self) {
        let goodbye = async {
            if self.xml.shutdown().await.is_err() || self.ended.is_some() {
                return;
            }
            while matches!(
                self.xml.next().await,
                Some(Ok(Bounded::Element(_)) | Err(ReadError::SoftTimeout))
            ) {
                self.xml.get_stream().reset();
            }
        };
        let _ = timeout(self.patience.goodbye, goodbye).await;
    }

    /// Two ends of one stream in memory, as if bound, for tests of what is built on it.
    ///
    /// # Errors
    /// None are expected: nothing is in between.
    #[doc(hidden)]
    pub async fn pair() -> Result<(Self, Self), Failure> {
        let (here, there) = tokio::io::duplex(64 * 1024);
        let patience = Patience::default();
        let timeouts = Timeouts {
            read_timeout: Duration::from_secs(3600),
            response_timeout: Duration::from_secs(3600),
        };
        let client = Self::open(
            wire(Box::new(here), &patience),
            "memory.example",
            None,
            &patience,
        );
        let server = async {
            let accepted = tokio_xmpp::xmlstream::accept_stream(
                wire(Box::new(there), &patience),
                ns::JABBER_CLIENT,
                timeouts,
            )
            .await?;
            let pending = accepted.send_header(StreamHeader::default()).await?;
            pending.send_features(&StreamFeatures::default()).await
        };
        let (client, server) = tokio::join!(client, server);
        let mut client = client?;
        client.negotiate().await?;
        client.trust();
        let server = Self {
            xml: server.map_err(|error| io_failure(&error, false))?,
            patience,
            console: Console::default(),
            ahead: VecDeque::new(),
            ended: None,
        };
        server.trust();
        Ok((client, server))
    }
}

/// The element without characters that XML cannot carry: the encoder would stop in its middle and spoil all that follows.
fn sendable(element: &Element) -> Cow<'_, Element> {
    if is_sendable(element) {
        return Cow::Borrowed(element);
    }
    tracing::warn!(
        name = element.name(),
        "replaced characters that XML cannot carry"
    );
    let mut mended = element.clone();
    mend(&mut mended);
    Cow::Owned(mended)
}

fn is_sendable(element: &Element) -> bool {
    element
        .attrs()
        .into_iter()
        .all(|(_, value)| text::is_sendable(value))
        && element.nodes().all(|node| match node {
            Node::Text(content) => text::is_sendable(content),
            Node::Element(child) => is_sendable(child),
        })
}

fn mend(element: &mut Element) {
    let replace = |content: &str| -> String {
        content
            .chars()
            .map(|c| {
                if text::is_sendable(c.encode_utf8(&mut [0; 4])) {
                    c
                } else {
                    char::REPLACEMENT_CHARACTER
                }
            })
            .collect()
    };
    for (_, value) in element.attrs_mut() {
        *value = replace(value);
    }
    for node in element.nodes_mut() {
        match node {
            Node::Text(content) => *content = replace(content),
            Node::Element(child) => mend(child),
        }
    }
}

fn header<'a>(domain: &'a str, from: Option<&'a BareJid>) -> StreamHeader<'a> {
    StreamHeader {
        to: Some(domain.into()),
        from: from.map(|jid| jid.as_str().into()),
        id: None,
    }
}

/// What ends a bound stream: a stream error, or a stream inside the stream (CVE-2022-20917).
fn end_of_stream(element: &Element) -> Option<Failure> {
    if stream_error::is_stream_error(element) {
        return Some(match stream_error::meaning(element) {
            Halt::Failed(failure) => failure,
            // On a bound stream this only says: come back, DNS or the server will tell where.
            Halt::Redirect { .. } | Halt::Again => FailureKind::ServerBusy.into(),
        });
    }
    let is_strange = element.has_ns(ns::STREAM) && element.name() != "features";
    is_strange.then(|| FailureKind::Protocol.into())
}

fn read_failure(error: &ReadError, at_end: bool) -> Failure {
    match error {
        ReadError::HardError(error) => io_failure(error, at_end),
        ReadError::ParseError(_) => FailureKind::Protocol.into(),
        ReadError::SoftTimeout | ReadError::StreamFooterReceived => {
            FailureKind::ConnectionLost.into()
        }
    }
}

fn io_failure(error: &std::io::Error, at_end: bool) -> Failure {
    use std::io::ErrorKind;
    tracing::debug!(%error, "the stream ended");
    let inner = error.get_ref();
    let is_too_large = inner.is_some_and(|inner| inner.is::<Exceeded>());
    let is_cut = inner.is_some_and(|inner| {
        matches!(
            inner.downcast_ref::<rxml::Error>(),
            Some(rxml::Error::InvalidEof(_))
        )
    });
    match error.kind() {
        ErrorKind::TimedOut => FailureKind::Timeout,
        ErrorKind::InvalidData if is_too_large || !(at_end || is_cut) => FailureKind::Protocol,
        _ => FailureKind::ConnectionLost,
    }
    .into()
}

#[cfg(test)]
mod tests;
