//! Chooses the strongest mechanism that both sides can use, and refuses less than was once seen.

use super::{Binding, Bindings, Exchange, Hash, Scram, fresh_nonce, scram::SignedOffer};
use crate::model::{FailureKind, Secret};

/// What the server offers.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Offer {
    /// SASL mechanisms, in the server's order.
    pub(crate) mechanisms: Vec<String>,
    /// Types of channel binding (XEP-0440); `None` when the server does not say.
    pub(crate) bindings: Option<Vec<String>>,
    /// Whether the server must name binding types exactly when it offers mechanisms that bind (XEP-0440, section 4; SASL2).
    pub(crate) binding_types_required: bool,
}

/// What this account allows and remembers.
pub(crate) struct Policy<'a> {
    /// Whether the password itself may be sent.
    pub(crate) allow_plain: bool,
    /// The strongest mechanism ever used.
    pub(crate) strongest: Option<&'a str>,
}

/// The mechanism that will be used.
pub(crate) struct Choice {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its exchange.
    pub(crate) exchange: Exchange,
}

/// Mechanisms from the weakest to the strongest; binding to the TLS channel counts more than the hash,
/// because it is what stops somebody in the middle.
const BY_STRENGTH: [&str; 7] = [
    "PLAIN",
    "SCRAM-SHA-1",
    "SCRAM-SHA-256",
    "SCRAM-SHA-512",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-256-PLUS",
    "SCRAM-SHA-512-PLUS",
];

fn strength(name: &str) -> Option<usize> {
    BY_STRENGTH.iter().position(|known| *known == name)
}

/// Whether `now` protects less than `before`; a name that this version does not know is never weaker.
pub(crate) fn is_weaker(now: &str, before: &str) -> bool {
    match (strength(now), strength(before)) {
        (Some(now), Some(before)) => now < before,
        (None, Some(_)) => true,
        (_, None) => false,
    }
}

/// Chooses, or says why nothing can be chosen; nothing has been sent then.
///
/// # Errors
/// [`FailureKind::WeakerLogin`], [`FailureKind::PlainRefused`] or [`FailureKind::NoMechanism`].
pub(crate) fn choose(
    offer: &Offer,
    bindings: &Bindings,
    policy: &Policy<'_>,
    username: &str,
    password: &Secret,
) -> Result<Choice, FailureKind> {
    let bound = usable_binding(offer, bindings);
    let offered = |name: &str| offer.mechanisms.iter().any(|mechanism| mechanism == name);
    let best = BY_STRENGTH
        .into_iter()
        .rev()
        .find(|name| offered(name) && (!name.ends_with("-PLUS") || bound.is_some()))
        .ok_or(FailureKind::NoMechanism)?;
    if let Some(before) = policy.strongest
        && is_weaker(best, before)
    {
        return Err(FailureKind::WeakerLogin {
            before: before.to_owned(),
            now: best.to_owned(),
        });
    }
    if best == "PLAIN" {
        if !policy.allow_plain {
            return Err(FailureKind::PlainRefused);
        }
        let message = Secret::new(format!("\0{username}\0{}", password.reveal()));
        return Ok(Choice {
            name: best,
            exchange: Exchange::Plain(message),
        });
    }
    let server_binds = offer.mechanisms.iter().any(|name| name.ends_with("-PLUS"));
    let binding = match bound {
        Some(binding) if best.ends_with("-PLUS") => binding,
        // The server offers binding, but of no type that we can: `y` would look like a downgrade to it.
        _ if server_binds => Binding::Unable,
        _ if bindings.are_none() => Binding::Unable,
        _ => Binding::NotOffered,
    };
    // XEP-0474, new rule 6: types that we cannot use may be an attacker's list; only the signed hash of the list excludes that.
    let types_are_named = offer
        .bindings
        .as_ref()
        .is_some_and(|types| !types.is_empty());
    let offer_must_be_signed = (server_binds
        && offer.bindings.is_some()
        && binding == Binding::Unable)
        // XEP-0440, section 4: one without the other is an error or an attack, which the signed hash tells apart.
        || (offer.binding_types_required && server_binds != types_are_named);
    let hash = match best {
        "SCRAM-SHA-512-PLUS" | "SCRAM-SHA-512" => Hash::Sha512,
        "SCRAM-SHA-256-PLUS" | "SCRAM-SHA-256" => Hash::Sha256,
        _ => Hash::Sha1,
    };
    let nonce = fresh_nonce().ok_or(FailureKind::NoMechanism)?;
    let scram = Scram::new(
        hash,
        binding,
        username,
        password.clone(),
        nonce,
        SignedOffer {
            text: offer_text(offer),
            required: offer_must_be_signed,
        },
    );
    Ok(Choice {
        name: best,
        exchange: Exchange::Scram(Box::new(scram)),
    })
}

/// The binding that both sides can do, if any. Without XEP-0440 nothing can be assumed: the servers that offer `-PLUS`
/// and do not say with what (ejabberd before 24.02) take `tls-unique` even over TLS 1.3, where it is not defined (RFC 9266).
fn usable_binding(offer: &Offer, bindings: &Bindings) -> Option<Binding> {
    let offered = |name: &str| {
        let types = offer.bindings.as_deref().unwrap_or_default();
        types.iter().any(|offered| offered == name)
    };
    if offered("tls-exporter")
        && let Some(data) = &bindings.exporter
    {
        return Some(Binding::Bound {
            name: "tls-exporter",
            data: data.clone(),
        });
    }
    if offered("tls-server-end-point")
        && let Some(data) = &bindings.server_end_point
    {
        return Some(Binding::Bound {
            name: "tls-server-end-point",
            data: data.clone(),
        });
    }
    None
}

/// The offer as XEP-0474 hashes it: sorted, separated by control characters that no name can have.
fn offer_text(offer: &Offer) -> String {
    let mut mechanisms = offer.mechanisms.clone();
    mechanisms.sort();
    let mut text = mechanisms.join("\u{1e}");
    if let Some(bindings) = &offer.bindings {
        let mut bindings = bindings.clone();
        bindings.sort();
        text.push('\u{1f}');
        text.push_str(&bindings.join("\u{1e}"));
    }
    text
}
