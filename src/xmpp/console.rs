//! What goes over the stream of an account, for people who run servers: kept only while somebody reads it, without
//! secrets, and never on disk.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use minidom::{Element, Node};
use tokio::sync::broadcast::{self, error::RecvError};
use xmpp_parsers::ns;

use crate::model::{AccountId, Timestamp};

/// Most elements that are kept of one account.
const MAX_ENTRIES: usize = 1000;

/// Most elements that a reader may be behind.
const MAX_BEHIND: usize = 256;

/// Most text that is kept of one account, in bytes.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Longest text of one element, in bytes.
const MAX_ENTRY: usize = 64 * 1024;

/// Longest piece of text inside an element, in characters.
const MAX_TEXT: usize = 8 * 1024;

/// Longest text of a picture, in characters.
const MAX_PICTURE: usize = 60;

/// Longest stanza that is taken from a person, in bytes.
const MAX_TYPED: usize = 64 * 1024;

/// Most tags in a stanza that is taken from a person.
const MAX_TAGS: usize = 2000;

/// What stands for a secret.
const REDACTED: &str = "…";

/// Which way an element went.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// From the server.
    Received,
    /// To the server.
    Sent,
}

/// One element, as it is shown.
#[derive(Clone, Eq, PartialEq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Which way.
    pub way: Way,
    /// The element without secrets, shortened when it is very long.
    pub xml: Arc<str>,
}

/// Without the words of people.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("at", &self.at)
            .field("way", &self.way)
            .finish_non_exhaustive()
    }
}

/// The consoles of all accounts; cheap to clone, all clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Consoles {
    by_account: Arc<Mutex<HashMap<AccountId, Console>>>,
}

impl Consoles {
    /// The console of one account.
    pub fn of(&self, account: AccountId) -> Console {
        locked(&self.by_account).entry(account).or_default().clone()
    }

    /// Forgets the console of a removed account.
    pub(crate) fn forget(&self, account: AccountId) {
        locked(&self.by_account).remove(&account);
    }
}

/// The console of one account; cheap to clone, all clones are the same.
#[derive(Clone)]
pub struct Console {
    inner: Arc<Inner>,
}

struct Inner {
    live: broadcast::Sender<Entry>,
    ring: Mutex<Ring>,
}

/// The last elements.
#[derive(Default)]
struct Ring {
    entries: VecDeque<Entry>,
    bytes: usize,
}

impl Default for Console {
    fn default() -> Self {
        Self {
            inner: Arc::new(Inner {
                live: broadcast::Sender::new(MAX_BEHIND),
                ring: Mutex::default(),
            }),
        }
    }
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Console")
    }
}

impl Console {
    /// Takes one element, if anybody reads.
    pub fn record(&self, way: Way, element: &Element) {
        if self.inner.live.receiver_count() == 0 {
            return;
        }
        let entry = Entry {
            at: Timestamp::now(),
            way,
            xml: shown(element).into(),
        };
        let mut ring = locked(&self.inner.ring);
        ring.push(entry.clone());
        // Inside the lock, so that a new reader has each element either as kept or as news. Nobody may be left to hear.
        let _ = self.inner.live.send(entry);
    }

    /// Begins to read: from now on elements are kept, until the last reader is gone.
    pub fn read(&self) -> ConsoleReader {
        let ring = locked(&self.inner.ring);
        ConsoleReader {
            kept: ring.entries.iter().cloned().collect(),
            live: self.inner.live.subscribe(),
            console: self.clone(),
        }
    }
}

impl Ring {
    fn push(&mut self, entry: Entry) {
        self.bytes += entry.xml.len();
        self.entries.push_back(entry);
        while self.entries.len() > MAX_ENTRIES || self.bytes > MAX_BYTES {
            let gone = self.entries.pop_front();
            self.bytes -= gone.map_or(self.bytes, |gone| gone.xml.len());
        }
    }
}

/// Somebody who reads the console of an account.
#[derive(Debug)]
pub struct ConsoleReader {
    kept: Vec<Entry>,
    live: broadcast::Receiver<Entry>,
    console: Console,
}

/// What a reader gets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum News {
    /// One element.
    Entry(Entry),
    /// This many elements went by too fast to be read.
    Missed(u64),
}

impl ConsoleReader {
    /// What was kept for other readers before this one came, oldest first; once.
    pub fn take_kept(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.kept)
    }

    /// Waits for the next element. Cancel-safe.
    pub async fn next(&mut self) -> News {
        match self.live.recv().await {
            Ok(entry) => News::Entry(entry),
            Err(RecvError::Lagged(count)) => News::Missed(count),
            // The console lives at least as long as this reader.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

impl Drop for ConsoleReader {
    fn drop(&mut self) {
        let mut ring = locked(&self.console.inner.ring);
        if self.console.inner.live.receiver_count() == 1 {
            *ring = Ring::default();
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why a text cannot be sent.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotAStanza {
    /// It is no XML; the words of the parser.
    #[error("{0}")]
    Malformed(String),
    /// It is not exactly one `message`, `presence` or `iq` of clients.
    #[error("not exactly one message, presence or iq")]
    OtherElement,
    /// It is longer or has more tags than is taken.
    #[error("too long")]
    TooLong,
}

/// Reads a stanza that a person typed; its namespace may be left out.
///
/// # Errors
/// Why it cannot be sent.
pub fn typed_stanza(text: &str) -> Result<Element, NotAStanza> {
    let text = text.trim();
    if text.contains("</typed") {
        return Err(NotAStanza::OtherElement);
    }
    if text.len() > MAX_TYPED || text.matches('<').count() > MAX_TAGS {
        return Err(NotAStanza::TooLong);
    }
    let stream = format!("<typed xmlns='{}'>{text}</typed>", ns::JABBER_CLIENT);
    // Stricter than the parser of minidom, which takes an attribute twice.
    let stream: Element = xso::from_bytes(stream.as_bytes())
        .map_err(|error| NotAStanza::Malformed(error.to_string()))?;
    let is_stanza = |element: &Element| {
        element.has_ns(ns::JABBER_CLIENT) && matches!(element.name(), "message" | "presence" | "iq")
    };
    let mut nodes = stream.nodes();
    match (nodes.next(), nodes.next()) {
        (Some(Node::Element(stanza)), None) if is_stanza(stanza) => Ok(stanza.clone()),
        _ => Err(NotAStanza::OtherElement),
    }
}

/// The element as it is shown.
fn shown(element: &Element) -> String {
    let mut element = element.clone();
    redact(&mut element, false);
    let mut xml = String::from(&element);
    if xml.len() > MAX_ENTRY {
        let whole = xml.len();
        let end = (0..=MAX_ENTRY).rev().find(|end| xml.is_char_boundary(*end));
        xml.truncate(end.unwrap_or_default());
        xml.push_str(&format!("… ({whole} bytes)"));
    }
    xml
}

/// Takes secrets out of an element; all text in it when it is `inside` one.
fn redact(element: &mut Element, inside: bool) {
    let is_secret = inside || is_secret(element);
    let is_picture = matches!(element.name(), "BINVAL")
        || (element.name() == "data"
            && matches!(
                element.ns().as_str(),
                "urn:xmpp:avatar:data" | "urn:xmpp:bob"
            ));
    for ((_, name), value) in element.attrs_mut() {
        if is_secret_name(name.as_str()) {
            REDACTED.clone_into(value);
        }
    }
    for node in element.nodes_mut() {
        match node {
            Node::Element(child) => redact(child, is_secret),
            Node::Text(text) if is_secret => REDACTED.clone_into(text),
            Node::Text(text) if is_picture => shorten(text, MAX_PICTURE),
            // Before it is written: to escape megabytes only to cut them off takes long.
            Node::Text(text) => shorten(text, MAX_TEXT),
        }
    }
}

fn shorten(text: &mut String, most: usize) {
    if text.len() <= most {
        return;
    }
    let whole = text.chars().count();
    if whole > most {
        let begin: String = text.chars().take(most).collect();
        *text = format!("{begin}… ({whole} characters)");
    }
}

/// Whether everything inside an element is secret.
fn is_secret(element: &Element) -> bool {
    let of = |namespaces: &[&str]| namespaces.iter().any(|ns| element.has_ns(*ns));
    match element.name() {
        // What passwords or tokens could be guessed from, and the password itself (PLAIN).
        "auth" | "success" => of(&[ns::SASL]),
        "challenge" | "response" => of(&[ns::SASL, "urn:xmpp:sasl:2"]),
        "initial-response" | "additional-data" => true,
        // A code that shows that somebody may register, or log in in the oldest way.
        "key" | "digest" => of(&["jabber:iq:register", "jabber:iq:auth"]),
        "field" => {
            element.attr("type") == Some("text-private")
                || element.attr("var").is_some_and(is_secret_name)
        }
        // Of an upload (XEP-0363).
        "header" => of(&["urn:xmpp:http:upload:0"]),
        name => is_secret_name(name),
    }
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "passwd", "passphrase", "secret", "token"]
        .iter()
        .any(|word| name.contains(word))
        && name != "request-token"
}

#[cfg(test)]
mod tests;
