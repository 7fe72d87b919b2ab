//! Authenticates on an encrypted stream and hands over to binding (RFC 6120, section 6).

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use minidom::Element;
use xmpp_parsers::{jid::FullJid, ns};

use super::{
    Action, Machine,
    binding::{Begun, Binding, Extras},
    options::{Bound, LoginOptions, is_bound},
    sasl2::{self, Granted, Offered, SASL2, TokenWish, Wishes},
    unexpected,
};
use crate::{
    model::{ConnectStep, Failure, FailureKind},
    xmpp::stream::{
        Enabled, Halt, Resume, Resumption, Token,
        sasl::{self, Choice, Exchange, HashedToken, Offer, ScramError, TokenMechanism},
        stream_error,
        token::Inline,
    },
};

/// Namespace of channel binding types (XEP-0440).
const CHANNEL_BINDING: &str = "urn:xmpp:sasl-cb:0";

/// Where the login is.
enum State {
    /// The features that offer mechanisms are awaited.
    Offered,
    /// A token was sent with the stream header; the features that came since.
    Trusting {
        exchange: HashedToken,
        token: Box<Token>,
        features: Option<Box<Element>>,
    },
    /// The exchange is under way.
    Authenticating {
        exchange: Exchange,
        answered: bool,
        proven: bool,
        profile: Profile,
    },
    /// Authenticated: features of the new stream, then resumption or binding.
    Binding(Box<Binding>),
}

/// How SASL is carried.
#[derive(Clone, Copy)]
enum Profile {
    /// As RFC 6120, section 6 says.
    Classic,
    /// SASL2: what was asked for together with the login.
    Sasl2 {
        /// What the server does together with the login.
        inline: Inline,
        /// The mechanism of the token that was asked for.
        token: Option<TokenMechanism>,
    },
}

impl Profile {
    fn namespace(self) -> &'static str {
        match self {
            Self::Classic => ns::SASL,
            Self::Sasl2 { .. } => SASL2,
        }
    }
}

/// The login.
pub(in crate::xmpp::stream) struct Login {
    options: LoginOptions,
    mechanism: &'static str,
    state: State,
}

type Actions = Vec<Action<Bound>>;

impl Login {
    /// A login that awaits the features of the encrypted stream.
    pub(in crate::xmpp::stream) fn new(options: LoginOptions) -> Self {
        Self {
            options,
            mechanism: "",
            state: State::Offered,
        }
    }

    fn begin(&mut self, features: &Element) -> Result<Actions, Halt> {
        let bindings = binding_types(features);
        let classic = Offer {
            mechanisms: features
                .get_child("mechanisms", ns::SASL)
                .map_or_else(Vec::new, |offered| sasl2::mechanisms(offered, ns::SASL)),
            bindings: bindings.clone(),
            binding_types_required: false,
        };
        let Some(offered) = Offered::read(features, bindings) else {
            let choice = self.choose(&classic)?;
            return Ok(self.begin_classic(choice));
        };
        match self.choose(&offered.offer) {
            Ok(choice) => Ok(self.begin_sasl2(choice, &offered)),
            // The older way may still offer what this account needs; the same policy decides.
            Err(halt) if classic.mechanisms.is_empty() => Err(halt),
            Err(_) => {
                let choice = self.choose(&classic)?;
                Ok(self.begin_classic(choice))
            }
        }
    }

    fn choose(&self, offer: &Offer) -> Result<Choice, Halt> {
        sasl::choose(
            offer,
            &self.options.bindings,
            &sasl::Policy {
                allow_plain: self.options.allow_plain,
                strongest: self.options.strongest.as_deref(),
            },
            self.options.username(),
            &self.options.password,
        )
        .map_err(|kind| Halt::Failed(kind.into()))
    }

    fn begin_classic(&mut self, choice: Choice) -> Actions {
        let first = choice.exchange.first();
        let auth = Element::builder("auth", ns::SASL)
            .attr(rxml::xml_ncname!("mechanism").to_owned(), choice.name)
            .append(BASE64.encode(first.reveal()))
            .build();
        self.exchange(choice, Profile::Classic, auth)
    }

    fn begin_sasl2(&mut self, choice: Choice, offered: &Offered) -> Actions {
        let unbound_allowed = !self.options.was_bound() && !is_bound(choice.name);
        let token = TokenMechanism::best(
            |name| offered.takes(name),
            &self.options.bindings,
            unbound_allowed,
        );
        let wish = token.map_or(TokenWish::None, TokenWish::Request);
        let first = choice.exchange.first();
        let request = sasl2::authenticate(
            choice.name,
            first.reveal().as_bytes(),
            &self.wishes(offered.inline, wish),
        );
        let inline = offered.inline;
        self.exchange(choice, Profile::Sasl2 { inline, token }, request)
    }

    fn exchange(&mut self, choice: Choice, profile: Profile, request: Element) -> Actions {
        self.mechanism = choice.name;
        self.state = State::Authenticating {
            exchange: choice.exchange,
            answered: false,
            proven: false,
            profile,
        };
        vec![
            Action::Step(ConnectStep::Authenticating),
            Action::Send(request),
        ]
    }

    fn wishes(&self, inline: Inline, token: TokenWish) -> Wishes<'_> {
        Wishes {
            device: &self.options.device,
            inline,
            resume: self.options.resume.as_ref(),
            inactive: self.options.inactive,
            token,
        }
    }

    /// Takes one element after the token was sent.
    fn trust(&mut self, element: Element) -> Result<Actions, Halt> {
        let State::Trusting {
            exchange,
            token,
            features,
        } = &mut self.state
        else {
            return Err(unexpected(&element));
        };
        let Some(features) = features else {
            let offered = Offered::read(&element, None);
            if !element.is("features", ns::STREAM) {
                return Err(unexpected(&element));
            }
            if !offered.is_some_and(|offered| offered.takes(token.mechanism().name())) {
                // What becomes of our request here cannot be foreseen: log in on another connection.
                return Err(Halt::Again);
            }
            *features = Box::new(element).into();
            return Ok(vec![Action::Step(ConnectStep::Authenticating)]);
        };
        if element.is("failure", SASL2) {
            tracing::debug!("the token was refused");
            let features = std::mem::replace(features, Box::new(element));
            self.state = State::Offered;
            return self.begin(&features);
        }
        if element.is("success", SASL2) {
            let granted = Granted::read(&element, &self.options.jid, self.options.resume.as_ref())?;
            let last = decode(granted.additional_data.as_deref().unwrap_or_default())?;
            exchange.finish(&last).map_err(not_authentic)?;
            let inline = Offered::read(features, None).map_or(token.inline(), |o| o.inline);
            let asked = token.inline();
            let token = token.as_ref().clone().with_inline(inline);
            let mechanism = token.mechanism();
            return Ok(self.grant(granted, asked, inline, Some(mechanism), Some(token)));
        }
        if element.is("continue", SASL2) {
            return Err(Halt::Failed(sasl2::more_is_wanted(&element)));
        }
        Err(unexpected(&element))
    }

    fn authenticate(&mut self, element: &Element) -> Result<Actions, Halt> {
        let State::Authenticating {
            exchange,
            answered,
            proven,
            profile,
        } = &mut self.state
        else {
            return Err(unexpected(element));
        };
        let profile = *profile;
        let namespace = profile.namespace();
        if element.is("failure", namespace) {
            return Err(Halt::Failed(sasl_failure(element)));
        }
        if element.is("challenge", namespace) {
            let challenge = decode(&element.text())?;
            let answer = if *answered {
                // The server's proof may come as a last challenge, answered with nothing (RFC 4422, section 3.6).
                exchange.finish(&challenge).map_err(not_authentic)?;
                if std::mem::replace(proven, true) {
                    return Err(unexpected(element));
                }
                Vec::new()
            } else {
                *answered = true;
                exchange.answer(&challenge).map_err(not_authentic)?
            };
            let response = match profile {
                Profile::Classic => Element::builder("response", ns::SASL)
                    .append(BASE64.encode(answer))
                    .build(),
                Profile::Sasl2 { .. } => sasl2::response(&answer),
            };
            return Ok(vec![Action::Send(response)]);
        }
        if element.is("continue", SASL2) && namespace == SASL2 {
            return Err(Halt::Failed(sasl2::more_is_wanted(element)));
        }
        if !element.is("success", namespace) {
            return Err(unexpected(element));
        }
        let must_prove = exchange.wants_proof() && !*proven;
        match profile {
            Profile::Classic => {
                if must_prove {
                    exchange
                        .finish(&decode(&element.text())?)
                        .map_err(not_authentic)?;
                }
                let resume = self.options.resume.take();
                self.bind(resume, Resumption::New, None, Extras::default());
                Ok(vec![Action::Restart, Action::Step(ConnectStep::Binding)])
            }
            Profile::Sasl2 { inline, token } => {
                let options = &self.options;
                let granted = Granted::read(element, &options.jid, options.resume.as_ref())?;
                if must_prove {
                    let last = decode(granted.additional_data.as_deref().unwrap_or_default())?;
                    exchange.finish(&last).map_err(not_authentic)?;
                }
                Ok(self.grant(granted, inline, inline, token, None))
            }
        }
    }

    /// Goes on with what came with the login. `asked` and `inline`: what the server was thought to do together with
    /// it, and does; `mechanism`: the one that a new token would be for; `token`: the one that was used.
    fn grant(
        &mut self,
        granted: Granted,
        asked: Inline,
        inline: Inline,
        mechanism: Option<TokenMechanism>,
        token: Option<Token>,
    ) -> Actions {
        let must_bind = self.options.was_bound();
        let issued = granted
            .token
            .zip(mechanism)
            .and_then(|((text, expiry), mechanism)| {
                Token::issued(
                    &text,
                    &expiry,
                    mechanism,
                    self.options.place(must_bind),
                    inline,
                )
            });
        if let Some(used) = &token {
            self.mechanism = used.mechanism().name();
        }
        let is_new = !matches!(granted.resumption, Some(Resumption::Resumed(_)));
        let is_bound = is_new && granted.session.is_some();
        let extras = Extras {
            carbons: is_bound && asked.carbons,
            inactive: is_bound && asked.client_state && self.options.inactive,
            client_state: inline.client_state,
            token: issued.or(token),
        };
        let resume = self.options.resume.take();
        let (resume, resumption) = match (granted.resumption, resume) {
            (Some(resumption), _) => (None, resumption),
            // Not tried yet, and there is still no session: in the older way.
            (None, Some(resume)) if granted.session.is_none() => (Some(resume), Resumption::New),
            (None, Some(_)) => (None, Resumption::Refused(None)),
            (None, None) => (None, Resumption::New),
        };
        let session = granted
            .session
            .map(|session| (session.jid, session.management, asked.management));
        self.bind(resume, resumption, session, extras);
        vec![Action::Step(ConnectStep::Binding)]
    }

    fn bind(
        &mut self,
        resume: Option<Resume>,
        resumption: Resumption,
        session: Option<(FullJid, Option<Enabled>, bool)>,
        extras: Extras,
    ) {
        self.state = State::Binding(Box::new(Binding::new(Begun {
            jid: self.options.jid.clone(),
            resource: self.options.resource.clone(),
            mechanism: self.mechanism,
            resume,
            resumption,
            session,
            extras,
        })));
    }
}

impl Machine for Login {
    type Outcome = Bound;

    fn opening(&mut self) -> Option<Element> {
        let token = self.options.token.take()?;
        // A login that leaves no trace in the ledger may only follow one that did.
        self.options.strongest.as_ref()?;
        let place = self.options.place(self.options.was_bound());
        let exchange = token.exchange(self.options.username(), place)?;
        let request = sasl2::authenticate(
            token.mechanism().name(),
            exchange.first(),
            &self.wishes(token.inline(), TokenWish::Use(token.count())),
        );
        self.state = State::Trusting {
            exchange,
            token: Box::new(token),
            features: None,
        };
        Some(request)
    }

    fn receive(&mut self, element: Element) -> Result<Actions, Halt> {
        if stream_error::is_stream_error(&element) {
            return Err(match (stream_error::meaning(&element), &self.state) {
                // It may be about what was sent ahead.
                (Halt::Failed(_), State::Trusting { .. }) => Halt::Again,
                (halt, _) => halt,
            });
        }
        match &mut self.state {
            State::Offered if element.is("features", ns::STREAM) => self.begin(&element),
            State::Offered => Err(unexpected(&element)),
            State::Trusting { .. } => self.trust(element),
            State::Authenticating { .. } => self.authenticate(&element),
            State::Binding(binding) => binding.receive(element),
        }
    }

    fn is_slow(&self, element: &Element) -> bool {
        element.is("challenge", ns::SASL) || element.is("challenge", SASL2)
    }
}

/// The types of channel binding that the server names (XEP-0440), if it does.
fn binding_types(features: &Element) -> Option<Vec<String>> {
    features
        .get_child("sasl-channel-binding", CHANNEL_BINDING)
        .map(|types| {
            types
                .children()
                .filter(|child| child.is("channel-binding", CHANNEL_BINDING))
                .filter_map(|child| child.attr("type").map(ToOwned::to_owned))
                .collect()
        })
}

/// Base64 as SASL carries it: `=` alone stands for nothing (RFC 6120, section 6.4.2).
fn decode(text: &str) -> Result<Vec<u8>, Halt> {
    let text = text.trim();
    if text == "=" {
        return Ok(Vec::new());
    }
    BASE64
        .decode(text)
        .map_err(|_| Halt::Failed(FailureKind::Protocol.into()))
}

fn not_authentic(error: ScramError) -> Halt {
    tracing::warn!(%error, "the server did not prove itself");
    Halt::Failed(FailureKind::ServerNotAuthentic.into())
}

fn sasl_failure(failure: &Element) -> Failure {
    let condition = failure
        .children()
        .find(|child| child.has_ns(ns::SASL) && child.name() != "text")
        .map_or("not-authorized", Element::name);
    let kind = match condition {
        "not-authorized" => FailureKind::WrongPassword,
        "account-disabled" | "credentials-expired" => FailureKind::AccountDisabled,
        "temporary-auth-failure" => FailureKind::ServerBusy,
        "invalid-mechanism" | "mechanism-too-weak" => FailureKind::NoMechanism,
        "encryption-required" => FailureKind::NoEncryption,
        "aborted" | "incorrect-encoding" | "invalid-authzid" | "malformed-request" => {
            FailureKind::Protocol
        }
        other => FailureKind::Refused(other.chars().take(60).collect()),
    };
    let text = failure.children().find(|child| child.name() == "text");
    match text.map(Element::text) {
        Some(text) if !text.trim().is_empty() => Failure::with_text(kind, text),
        _ => Failure::new(kind),
    }
}
