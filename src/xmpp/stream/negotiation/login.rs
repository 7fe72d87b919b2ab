//! Authenticates on an encrypted stream and hands over to binding (RFC 6120, section 6).

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use minidom::Element;
use xmpp_parsers::{
    jid::{BareJid, FullJid},
    ns,
};

use super::{
    Action, Machine,
    binding::{Binding, Features},
    unexpected,
};
use crate::{
    model::{ConnectStep, Failure, FailureKind, Secret},
    xmpp::stream::{
        Enabled, Halt, Resume, Resumption,
        sasl::{self, Bindings, Exchange, Offer, ScramError},
        stream_error,
    },
};

/// Namespace of channel binding types (XEP-0440).
const CHANNEL_BINDING: &str = "urn:xmpp:sasl-cb:0";

/// What a login needs to know.
pub(in crate::xmpp::stream) struct LoginOptions {
    /// Whose account.
    pub(in crate::xmpp::stream) jid: BareJid,
    /// Resource to ask for.
    pub(in crate::xmpp::stream) resource: String,
    /// Whether the password itself may be sent.
    pub(in crate::xmpp::stream) allow_plain: bool,
    /// The strongest mechanism ever used.
    pub(in crate::xmpp::stream) strongest: Option<String>,
    /// A former session to resume.
    pub(in crate::xmpp::stream) resume: Option<Resume>,
    /// The password.
    pub(in crate::xmpp::stream) password: Secret,
    /// Channel binding data of this TLS connection.
    pub(in crate::xmpp::stream) bindings: Bindings,
}

/// A stream that is logged in and bound.
#[derive(Debug)]
pub(in crate::xmpp::stream) struct Bound {
    /// The full JID that the server gave.
    pub(in crate::xmpp::stream) jid: FullJid,
    /// Whether a former session goes on.
    pub(in crate::xmpp::stream) resumption: Resumption,
    /// Stream management, if it was enabled.
    pub(in crate::xmpp::stream) management: Option<Enabled>,
    /// The mechanism that was used.
    pub(in crate::xmpp::stream) mechanism: &'static str,
    /// What the server can do on this stream.
    pub(in crate::xmpp::stream) features: Features,
    /// Stanzas that came before stream management counted.
    pub(in crate::xmpp::stream) early: Vec<Element>,
}

/// Where the login is.
enum State {
    /// The features that offer mechanisms are awaited.
    Offered,
    /// The exchange is under way.
    Authenticating {
        exchange: Exchange,
        answered: bool,
        proven: bool,
    },
    /// Authenticated: features of the new stream, then resumption or binding.
    Binding(Box<Binding>),
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
        let offer = offer(features);
        let username = self.options.jid.node().map_or("", |node| node.as_str());
        let choice = sasl::choose(
            &offer,
            &self.options.bindings,
            &sasl::Policy {
                allow_plain: self.options.allow_plain,
                strongest: self.options.strongest.as_deref(),
            },
            username,
            &self.options.password,
        )
        .map_err(|kind| Halt::Failed(kind.into()))?;
        self.mechanism = choice.name;
        let first = choice.exchange.first();
        let auth = Element::builder("auth", ns::SASL)
            .attr(rxml::xml_ncname!("mechanism").to_owned(), choice.name)
            .append(BASE64.encode(first.reveal()))
            .build();
        self.state = State::Authenticating {
            exchange: choice.exchange,
            answered: false,
            proven: false,
        };
        Ok(vec![
            Action::Step(ConnectStep::Authenticating),
            Action::Send(auth),
        ])
    }

    fn authenticate(&mut self, element: &Element) -> Result<Actions, Halt> {
        let State::Authenticating {
            exchange,
            answered,
            proven,
        } = &mut self.state
        else {
            return Err(unexpected(element));
        };
        if element.is("failure", ns::SASL) {
            return Err(Halt::Failed(sasl_failure(element)));
        }
        if element.is("challenge", ns::SASL) {
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
            let response = Element::builder("response", ns::SASL)
                .append(BASE64.encode(answer))
                .build();
            return Ok(vec![Action::Send(response)]);
        }
        if element.is("success", ns::SASL) {
            if exchange.wants_proof() && !*proven {
                let last = decode(&element.text())?;
                exchange.finish(&last).map_err(not_authentic)?;
            }
            let resume = self.options.resume.take();
            self.state = State::Binding(Box::new(Binding::new(
                self.options.jid.clone(),
                self.options.resource.clone(),
                resume,
                self.mechanism,
            )));
            return Ok(vec![Action::Restart, Action::Step(ConnectStep::Binding)]);
        }
        Err(unexpected(element))
    }
}

impl Machine for Login {
    type Outcome = Bound;

    fn receive(&mut self, element: Element) -> Result<Actions, Halt> {
        if stream_error::is_stream_error(&element) {
            return Err(stream_error::meaning(&element));
        }
        match &mut self.state {
            State::Offered if element.is("features", ns::STREAM) => self.begin(&element),
            State::Offered => Err(unexpected(&element)),
            State::Authenticating { .. } => self.authenticate(&element),
            State::Binding(binding) => binding.receive(element),
        }
    }

    fn is_slow(&self, element: &Element) -> bool {
        element.is("challenge", ns::SASL)
    }
}

fn offer(features: &Element) -> Offer {
    let mechanisms = features
        .get_child("mechanisms", ns::SASL)
        .map(|mechanisms| {
            mechanisms
                .children()
                .filter(|child| child.is("mechanism", ns::SASL))
                .map(|child| child.text().trim().to_owned())
                .collect()
        })
        .unwrap_or_default();
    let bindings = features
        .get_child("sasl-channel-binding", CHANNEL_BINDING)
        .map(|types| {
            types
                .children()
                .filter(|child| child.is("channel-binding", CHANNEL_BINDING))
                .filter_map(|child| child.attr("type").map(ToOwned::to_owned))
                .collect()
        });
    Offer {
        mechanisms,
        bindings,
    }
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
        .find(|child| child.name() != "text")
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
    match failure.get_child("text", ns::SASL).map(Element::text) {
        Some(text) if !text.trim().is_empty() => Failure::with_text(kind, text),
        _ => Failure::new(kind),
    }
}
