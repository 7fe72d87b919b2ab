//! Resumes a former session, or binds a resource and enables stream management (RFC 6120, section 7; XEP-0198).

use minidom::Element;
use xmpp_parsers::{
    jid::{BareJid, FullJid},
    ns,
};

use super::{Action, options::Bound, unexpected};
use crate::{
    model::{Failure, FailureKind},
    xmpp::stream::{Enabled, Halt, Resume, Resumption, Token},
};

/// Namespace of the session that RFC 3921 wanted after binding.
const SESSION: &str = "urn:ietf:params:xml:ns:xmpp-session";

/// Namespace of client state (XEP-0352).
const CLIENT_STATE: &str = "urn:xmpp:csi:0";

/// Namespace of the feature of roster versions (RFC 6121, section 2.6.1).
const ROSTER_VERSIONS: &str = "urn:xmpp:features:rosterver";

/// Namespace of the feature of approval beforehand (RFC 6121, section 3.4).
const PRE_APPROVAL: &str = "urn:xmpp:features:pre-approval";

/// Most stanzas that are kept while binding; a server has no reason to send any.
const MAX_EARLY: usize = 100;

/// Most elements of a session that are kept until its features come.
const MAX_AHEAD: usize = 10_000;

/// What the server can do on a stream that is authenticated.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(in crate::xmpp::stream) struct Features {
    /// Stream management (XEP-0198).
    pub(in crate::xmpp::stream) management: bool,
    /// Client state (XEP-0352).
    pub(in crate::xmpp::stream) client_state: bool,
    /// Roster versions (RFC 6121, section 2.6).
    pub(in crate::xmpp::stream) roster_versions: bool,
    /// Approval beforehand (RFC 6121, section 3.4).
    pub(in crate::xmpp::stream) pre_approval: bool,
    session: bool,
    bind: bool,
}

impl Features {
    fn read(features: &Element) -> Self {
        let session = features
            .get_child("session", SESSION)
            .is_some_and(|session| !session.has_child("optional", SESSION));
        Self {
            management: features.has_child("sm", ns::SM),
            client_state: features.has_child("csi", CLIENT_STATE),
            roster_versions: features.has_child("ver", ROSTER_VERSIONS),
            pre_approval: features.has_child("sub", PRE_APPROVAL),
            session,
            bind: features.has_child("bind", ns::BIND),
        }
    }
}

/// Where the binding is.
#[derive(Debug)]
enum State {
    /// The features of the authenticated stream are awaited.
    Features,
    /// Resumption was asked for.
    Resuming(Resume),
    /// A resource was asked for; whether one of our choice.
    Binding { by_name: bool },
    /// The old session request was sent.
    Session(FullJid),
    /// Stream management was asked for.
    Enabling(FullJid),
    /// Nothing is to come any more.
    Finished,
}

/// What is known of a session before it is bound.
#[derive(Debug)]
pub(super) struct Begun {
    /// Whose it is.
    pub(super) jid: BareJid,
    /// Resource to ask for.
    pub(super) resource: String,
    /// The mechanism that logged it in.
    pub(super) mechanism: &'static str,
    /// A former session to resume.
    pub(super) resume: Option<Resume>,
    /// What became of resumption so far.
    pub(super) resumption: Resumption,
    /// The session that came with the login (XEP-0386), with its stream management, and whether that was asked for.
    pub(super) session: Option<(FullJid, Option<Enabled>, bool)>,
    /// What else came with the login.
    pub(super) extras: Extras,
}

/// What came with a login beside the session.
#[derive(Clone, Debug, Default)]
pub(in crate::xmpp::stream) struct Extras {
    /// Whether carbons are on (XEP-0280).
    pub(in crate::xmpp::stream) carbons: bool,
    /// Whether the server has been told that nobody looks (XEP-0352).
    pub(in crate::xmpp::stream) inactive: bool,
    /// Whether the server understands client state.
    pub(in crate::xmpp::stream) client_state: bool,
    /// The token to log in with the next time.
    pub(in crate::xmpp::stream) token: Option<Token>,
}

/// The binding of one stream.
#[derive(Debug)]
pub(super) struct Binding {
    begun: Begun,
    features: Features,
    early: Vec<Element>,
    ahead: Vec<Element>,
    state: State,
}

type Actions = Vec<Action<Bound>>;

impl Binding {
    /// A binding that awaits the features of the authenticated stream.
    pub(super) fn new(begun: Begun) -> Self {
        Self {
            begun,
            features: Features::default(),
            early: Vec::new(),
            ahead: Vec::new(),
            state: State::Features,
        }
    }

    /// Takes one element of the server.
    pub(super) fn receive(&mut self, element: Element) -> Result<Actions, Halt> {
        match std::mem::replace(&mut self.state, State::Finished) {
            State::Features => self.choose(&element),
            State::Resuming(resume) => self.resumed(&element, resume),
            State::Binding { by_name } => self.bound(element, by_name),
            State::Session(jid) => self.session(element, jid),
            State::Enabling(jid) => self.enabled(element, jid),
            State::Finished => Err(unexpected(&element)),
        }
    }

    fn choose(&mut self, element: &Element) -> Result<Actions, Halt> {
        if !element.is("features", ns::STREAM) {
            return self.before_features(element);
        }
        self.features = Features::read(element);
        if let Some((jid, management, asked)) = self.begun.session.take() {
            return Ok(if management.is_some() || asked {
                self.done(jid, management)
            } else {
                self.enable(jid)
            });
        }
        match self.begun.resume.take() {
            Some(resume) if self.features.management => {
                let request = self::resume(&resume);
                self.state = State::Resuming(resume);
                Ok(vec![Action::Send(request)])
            }
            Some(_) => {
                self.begun.resumption = Resumption::Refused(None);
                self.bind(true)
            }
            None => self.bind(true),
        }
    }

    /// Some servers send what a resumed session has missed before the features; it counts like all that follows.
    fn before_features(&mut self, element: &Element) -> Result<Actions, Halt> {
        let is_of_session = element.has_ns(ns::JABBER_CLIENT) || element.has_ns(ns::SM);
        if self.begun.session.is_none() || !is_of_session || self.ahead.len() >= MAX_AHEAD {
            return Err(unexpected(element));
        }
        self.state = State::Features;
        self.ahead.push(element.clone());
        Ok(Vec::new())
    }

    fn resumed(&mut self, element: &Element, resume: Resume) -> Result<Actions, Halt> {
        if element.is("resumed", ns::SM) {
            self.begun.resumption = Resumption::Resumed(resumed(element, &resume)?);
            let management = still_enabled(&resume);
            return Ok(self.done(resume.jid, Some(management)));
        }
        if element.is("failed", ns::SM) {
            self.begun.resumption = Resumption::Refused(count(element));
            return self.bind(true);
        }
        Err(unexpected(element))
    }

    fn bind(&mut self, by_name: bool) -> Result<Actions, Halt> {
        if !self.features.bind {
            return Err(Halt::Failed(FailureKind::Protocol.into()));
        }
        let mut bind = Element::builder("bind", ns::BIND);
        if by_name && !self.begun.resource.is_empty() {
            bind = bind.append(
                Element::builder("resource", ns::BIND).append(self.begun.resource.as_str()),
            );
        }
        self.state = State::Binding { by_name };
        Ok(vec![Action::Send(request("bind", bind.build()))])
    }

    fn bound(&mut self, element: Element, by_name: bool) -> Result<Actions, Halt> {
        if !answers(&element, "bind") {
            self.state = State::Binding { by_name };
            return self.keep(element);
        }
        if element.attr("type") != Some("result") {
            let failure = refusal(&element);
            // Another session holds the resource: take one of the server's choice (RFC 6120, section 7.7.2.2).
            if by_name && failure.kind == FailureKind::Refused("conflict".to_owned()) {
                return self.bind(false);
            }
            return Err(Halt::Failed(failure));
        }
        let jid = element
            .get_child("bind", ns::BIND)
            .and_then(|bind| bind.get_child("jid", ns::BIND))
            .and_then(|jid| FullJid::new(jid.text().trim()).ok())
            .filter(|jid| jid.to_bare() == self.begun.jid)
            .ok_or_else(|| unexpected(&element))?;
        if self.features.session {
            let session = Element::builder("session", SESSION).build();
            self.state = State::Session(jid);
            return Ok(vec![Action::Send(request("session", session))]);
        }
        Ok(self.enable(jid))
    }

    fn session(&mut self, element: Element, jid: FullJid) -> Result<Actions, Halt> {
        if !answers(&element, "session") {
            self.state = State::Session(jid);
            return self.keep(element);
        }
        if element.attr("type") != Some("result") {
            return Err(Halt::Failed(refusal(&element)));
        }
        Ok(self.enable(jid))
    }

    fn enable(&mut self, jid: FullJid) -> Actions {
        if !self.features.management {
            return self.done(jid, None);
        }
        self.state = State::Enabling(jid);
        vec![Action::Send(enable())]
    }

    fn enabled(&mut self, element: Element, jid: FullJid) -> Result<Actions, Halt> {
        if element.is("enabled", ns::SM) {
            return Ok(self.done(jid, Some(enabled(&element))));
        }
        if element.is("failed", ns::SM) {
            return Ok(self.done(jid, None));
        }
        self.state = State::Enabling(jid);
        self.keep(element)
    }

    fn done(&mut self, jid: FullJid, management: Option<Enabled>) -> Actions {
        self.state = State::Finished;
        vec![Action::Done(Bound {
            jid,
            resumption: self.begun.resumption.clone(),
            management,
            mechanism: self.begun.mechanism,
            features: self.features,
            extras: std::mem::take(&mut self.begun.extras),
            early: std::mem::take(&mut self.early),
            ahead: std::mem::take(&mut self.ahead),
        })]
    }

    /// Keeps a stanza that came while something else is awaited.
    fn keep(&mut self, element: Element) -> Result<Actions, Halt> {
        let is_stanza = element.has_ns(ns::JABBER_CLIENT)
            && matches!(element.name(), "iq" | "message" | "presence");
        if !is_stanza || self.early.len() >= MAX_EARLY {
            return Err(unexpected(&element));
        }
        self.early.push(element);
        Ok(Vec::new())
    }
}

/// Asks for a former session.
pub(super) fn resume(resume: &Resume) -> Element {
    Element::builder("resume", ns::SM)
        .attr(rxml::xml_ncname!("previd").to_owned(), resume.id.as_str())
        .attr(
            rxml::xml_ncname!("h").to_owned(),
            resume.handled.to_string(),
        )
        .build()
}

/// How many of our stanzas the server of a resumed session has.
pub(super) fn resumed(element: &Element, resume: &Resume) -> Result<u32, Halt> {
    // A server that resumes another session than the one asked for would mix up two people's stanzas.
    let same = element.attr("previd") == Some(resume.id.as_str());
    match count(element) {
        Some(handled) if same => Ok(handled),
        _ => Err(unexpected(element)),
    }
}

/// The count of stanzas that an element of stream management tells.
pub(super) fn count(element: &Element) -> Option<u32> {
    element.attr("h").and_then(|h| h.parse().ok())
}

/// The stream management of a session that was resumed.
pub(super) fn still_enabled(resume: &Resume) -> Enabled {
    Enabled {
        id: Some(resume.id.clone()),
        max_seconds: None,
        location: resume.location.clone(),
    }
}

/// Asks for stream management.
pub(super) fn enable() -> Element {
    Element::builder("enable", ns::SM)
        .attr(rxml::xml_ncname!("resume").to_owned(), "true")
        .build()
}

/// Stream management as the server has enabled it.
pub(super) fn enabled(element: &Element) -> Enabled {
    let can_resume = matches!(element.attr("resume"), Some("true" | "1"));
    let id = element.attr("id").filter(|id| can_resume && !id.is_empty());
    Enabled {
        id: id.map(ToOwned::to_owned),
        max_seconds: element.attr("max").and_then(|max| max.parse().ok()),
        location: element.attr("location").map(ToOwned::to_owned),
    }
}

fn request(id: &str, payload: Element) -> Element {
    Element::builder("iq", ns::JABBER_CLIENT)
        .attr(rxml::xml_ncname!("type").to_owned(), "set")
        .attr(rxml::xml_ncname!("id").to_owned(), id)
        .append(payload)
        .build()
}

fn answers(element: &Element, id: &str) -> bool {
    element.is("iq", ns::JABBER_CLIENT)
        && element.attr("id") == Some(id)
        && matches!(element.attr("type"), Some("result" | "error"))
}

fn refusal(iq: &Element) -> Failure {
    /// Namespace of the conditions of stanza errors (RFC 6120, section 8.3.3).
    const CONDITIONS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";
    let error = iq.get_child("error", ns::JABBER_CLIENT);
    let condition = error
        .into_iter()
        .flat_map(Element::children)
        .find(|child| child.has_ns(CONDITIONS) && child.name() != "text")
        .map_or("undefined-condition", Element::name);
    let kind = FailureKind::Refused(condition.chars().take(60).collect());
    match error.and_then(|error| error.get_child("text", CONDITIONS)) {
        Some(text) => Failure::with_text(kind, text.text()),
        None => Failure::new(kind),
    }
}
