//! The elements of SASL2, Bind 2 and FAST (XEP-0388, XEP-0386, XEP-0484): what is offered, asked for and granted.
//! Decides nothing.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use minidom::Element;
use rxml::xml_ncname;
use xmpp_parsers::{
    jid::{BareJid, FullJid, Jid},
    ns,
};

use super::binding;
use crate::{
    model::{Failure, FailureKind},
    xmpp::stream::{
        Enabled, Halt, Resume, Resumption,
        sasl::{Offer, TokenMechanism},
        token::Inline,
    },
};

/// Namespace of SASL2 (XEP-0388).
pub(super) const SASL2: &str = "urn:xmpp:sasl:2";

/// Namespace of Bind 2 (XEP-0386).
const BIND2: &str = "urn:xmpp:bind:0";

/// Namespace of FAST (XEP-0484).
const FAST: &str = "urn:xmpp:fast:0";

/// Namespace of client state (XEP-0352).
const CLIENT_STATE: &str = "urn:xmpp:csi:0";

/// What we call ourselves to the server; part of the resource, so that it says nothing of the person (XEP-0386, section 6).
const SOFTWARE: &str = "Tessera";

/// What a server offers with SASL2.
pub(super) struct Offered {
    /// Mechanisms, with binding types.
    pub(super) offer: Offer,
    /// What can be done together with the login.
    pub(super) inline: Inline,
    /// Mechanisms for tokens.
    pub(super) fast: Vec<String>,
}

impl Offered {
    /// Reads stream features; `None` without SASL2. `bindings`: the types of channel binding that they name.
    pub(super) fn read(features: &Element, bindings: Option<Vec<String>>) -> Option<Self> {
        let authentication = features.get_child("authentication", SASL2)?;
        let inline = authentication.get_child("inline", SASL2);
        let bind = inline.and_then(|inline| inline.get_child("bind", BIND2));
        let with_bind = |var: &str| {
            bind.and_then(|bind| bind.get_child("inline", BIND2))
                .is_some_and(|inline| {
                    let mut features = inline.children().filter(|c| c.is("feature", BIND2));
                    features.any(|feature| feature.attr("var") == Some(var))
                })
        };
        let fast = inline.and_then(|inline| inline.get_child("fast", FAST));
        Some(Self {
            offer: Offer {
                mechanisms: mechanisms(authentication, SASL2),
                bindings,
                binding_types_required: true,
            },
            inline: Inline {
                resume: inline.is_some_and(|inline| inline.has_child("sm", ns::SM)),
                bind: bind.is_some(),
                carbons: with_bind(ns::CARBONS),
                client_state: with_bind(CLIENT_STATE),
                management: with_bind(ns::SM),
            },
            fast: fast.map_or_else(Vec::new, |fast| mechanisms(fast, FAST)),
        })
    }

    /// Whether tokens of this mechanism can be used.
    pub(super) fn takes(&self, mechanism: &str) -> bool {
        self.fast.iter().any(|offered| offered == mechanism)
    }
}

/// The names in the `mechanism` children of an element.
pub(super) fn mechanisms(parent: &Element, namespace: &str) -> Vec<String> {
    parent
        .children()
        .filter(|child| child.is("mechanism", namespace))
        .map(|child| child.text().trim().to_owned())
        .collect()
}

/// What is asked for together with the login.
pub(super) struct Wishes<'a> {
    /// Random id of this account on this device, the same at each login.
    pub(super) device: &'a str,
    /// What the server does together with the login.
    pub(super) inline: Inline,
    /// A former session to resume.
    pub(super) resume: Option<&'a Resume>,
    /// Whether nobody looks at the window.
    pub(super) inactive: bool,
    /// What to do about a token.
    pub(super) token: TokenWish,
}

/// What is asked for about a token.
#[derive(Clone, Copy)]
pub(super) enum TokenWish {
    /// Nothing.
    None,
    /// One for this mechanism.
    Request(TokenMechanism),
    /// The login uses one, for this time.
    Use(u32),
    /// The login uses one, for the last time: it is to be worth nothing any more.
    Revoke(u32),
}

/// Asks for the login and everything that goes with it.
pub(super) fn authenticate(mechanism: &str, first: &[u8], wishes: &Wishes<'_>) -> Element {
    let mut request = Element::builder("authenticate", SASL2)
        .attr(xml_ncname!("mechanism").to_owned(), mechanism)
        .append(Element::builder("initial-response", SASL2).append(BASE64.encode(first)))
        .append(
            Element::builder("user-agent", SASL2)
                .attr(xml_ncname!("id").to_owned(), wishes.device)
                .append(Element::builder("software", SASL2).append(SOFTWARE)),
        );
    if wishes.inline.bind {
        request = request.append(bind(wishes));
    }
    if let Some(resume) = wishes.resume.filter(|_| wishes.inline.resume) {
        request = request.append(binding::resume(resume));
    }
    match wishes.token {
        TokenWish::None => request,
        TokenWish::Request(mechanism) => request.append(
            Element::builder("request-token", FAST)
                .attr(xml_ncname!("mechanism").to_owned(), mechanism.name()),
        ),
        TokenWish::Use(count) => request.append(
            Element::builder("fast", FAST).attr(xml_ncname!("count").to_owned(), count.to_string()),
        ),
        TokenWish::Revoke(count) => request.append(
            Element::builder("fast", FAST)
                .attr(xml_ncname!("count").to_owned(), count.to_string())
                .attr(xml_ncname!("invalidate").to_owned(), "true"),
        ),
    }
    .build()
}

fn bind(wishes: &Wishes<'_>) -> Element {
    let mut bind =
        Element::builder("bind", BIND2).append(Element::builder("tag", BIND2).append(SOFTWARE));
    if wishes.inline.carbons {
        bind = bind.append(Element::builder("enable", ns::CARBONS));
    }
    if wishes.inline.management {
        bind = bind.append(binding::enable());
    }
    if wishes.inline.client_state && wishes.inactive {
        bind = bind.append(Element::builder("inactive", CLIENT_STATE));
    }
    bind.build()
}

/// Answers a challenge.
pub(super) fn response(answer: &[u8]) -> Element {
    Element::builder("response", SASL2)
        .append(BASE64.encode(answer))
        .build()
}

/// What a server grants with success.
pub(super) struct Granted {
    /// The mechanism's last message, in base64.
    pub(super) additional_data: Option<String>,
    /// The session that the stream has now, if it has one yet.
    pub(super) session: Option<Session>,
    /// What became of resumption, if the server says so.
    pub(super) resumption: Option<Resumption>,
    /// A new token and when it ends.
    pub(super) token: Option<(String, String)>,
}

/// A session that came with the login.
pub(super) struct Session {
    /// Its full JID.
    pub(super) jid: FullJid,
    /// Its stream management.
    pub(super) management: Option<Enabled>,
}

impl Granted {
    /// Reads a success. `resume`: what was asked for.
    ///
    /// # Errors
    /// When it is for somebody else, or contradicts itself or what was asked for.
    pub(super) fn read(
        success: &Element,
        account: &BareJid,
        resume: Option<&Resume>,
    ) -> Result<Self, Halt> {
        let unexpected = || super::unexpected(success);
        let jid = success
            .get_child("authorization-identifier", SASL2)
            .and_then(|jid| Jid::new(jid.text().trim()).ok())
            .filter(|jid| jid.to_bare() == *account)
            .ok_or_else(unexpected)?;
        let bound = success.get_child("bound", BIND2);
        let resumed = success.get_child("resumed", ns::SM);
        let (session, resumption) = match (bound, resumed, resume) {
            (None, Some(resumed), Some(resume)) => {
                let handled = binding::resumed(resumed, resume)?;
                let session = Session {
                    jid: resume.jid.clone(),
                    management: Some(binding::still_enabled(resume)),
                };
                (Some(session), Some(Resumption::Resumed(handled)))
            }
            (_, Some(_), _) => return Err(unexpected()),
            (bound, None, _) => {
                let failed = success.get_child("failed", ns::SM);
                let refused = failed.map(|f| Resumption::Refused(binding::count(f)));
                let session = bound
                    .map(|bound| {
                        let jid = jid.try_into_full().map_err(|_| unexpected())?;
                        let management = bound.get_child("enabled", ns::SM).map(binding::enabled);
                        Ok::<_, Halt>(Session { jid, management })
                    })
                    .transpose()?;
                (session, refused)
            }
        };
        let token = success.get_child("token", FAST).and_then(|token| {
            Some((
                token.attr("token")?.to_owned(),
                token.attr("expiry")?.to_owned(),
            ))
        });
        Ok(Self {
            additional_data: success
                .get_child("additional-data", SASL2)
                .map(Element::text),
            session,
            resumption,
            token,
        })
    }
}

/// Most names of steps that are told.
const MAX_STEPS: usize = 4;

/// Longest name of a step that is told, in characters.
const MAX_STEP: usize = 40;

/// The person would have to do more than log in, such as a second factor (XEP-0388, section 2.6.3).
pub(super) fn more_is_wanted(element: &Element) -> Failure {
    let tasks = element.get_child("tasks", SASL2);
    let tasks = tasks.into_iter().flat_map(Element::children);
    let steps: Vec<String> = tasks
        .filter(|task| task.is("task", SASL2))
        .take(MAX_STEPS)
        .map(|task| task.text().trim().chars().take(MAX_STEP).collect())
        .collect();
    let kind = FailureKind::MoreSteps(steps.join(", "));
    match element.get_child("text", SASL2) {
        Some(text) => Failure::with_text(kind, text.text()),
        None => Failure::new(kind),
    }
}
