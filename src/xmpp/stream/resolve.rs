//! Finds the servers of a domain: SRV records (RFC 6120, section 3.2; XEP-0368), or the domain itself.
//! Never asks for `_xmppconnect` TXT records: they are not authenticated and mean nothing here.

use std::net::IpAddr;

use hickory_resolver::{TokioResolver, proto::rr::RData};
use tokio::time::timeout;

use super::Patience;
use crate::model::{Failure, FailureKind};

/// Port of XMPP clients where DNS names none (RFC 6120, section 3.2).
pub(super) const DEFAULT_PORT: u16 = 5222;

/// Most servers of one domain that are tried.
const MAX_CANDIDATES: usize = 8;

/// One server to try.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Candidate {
    /// Host name or address.
    pub(super) host: String,
    /// Port.
    pub(super) port: u16,
    /// Whether TLS starts with the first byte (XEP-0368).
    pub(super) direct_tls: bool,
}

/// One SRV record.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Service {
    priority: u16,
    weight: u16,
    candidate: Candidate,
}

/// What DNS says of one service.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Answer {
    /// Nothing, or no answer at all.
    None,
    /// These servers; empty when the service is decidedly not available (target `.`, RFC 2782).
    Services(Vec<Service>),
}

/// The domain as DNS and TLS carry it (IDNA); `None` when it is no host name at all.
pub(super) fn ascii_domain(domain: &str) -> Option<String> {
    let bare = domain
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(domain);
    if bare.parse::<IpAddr>().is_ok() {
        return Some(bare.to_owned());
    }
    idna::domain_to_ascii_strict(domain.strip_suffix('.').unwrap_or(domain))
        .ok()
        .filter(|ascii| !ascii.is_empty())
}

/// The server that is tried where DNS is not to be asked, or knows nothing.
fn the_domain_itself(ascii: &str) -> Candidate {
    Candidate {
        host: ascii.to_owned(),
        port: DEFAULT_PORT,
        direct_tls: false,
    }
}

/// The servers of a domain in the order to try them. Behind a proxy nothing is asked of DNS: the proxy gets the domain's name.
///
/// # Errors
/// [`FailureKind::NoSuchServer`] when the domain is no host name or says that it has no XMPP.
pub(super) async fn resolve(
    domain: &str,
    behind_proxy: bool,
    patience: &Patience,
) -> Result<Vec<Candidate>, Failure> {
    let ascii = ascii_domain(domain).ok_or(FailureKind::NoSuchServer)?;
    if behind_proxy || ascii.parse::<IpAddr>().is_ok() {
        return Ok(vec![the_domain_itself(&ascii)]);
    }
    if is_under(&ascii, "onion") {
        // RFC 7686: must not reach DNS, and cannot be reached without the proxy.
        return Err(FailureKind::NoSuchServer.into());
    }
    if is_under(&ascii, "localhost") {
        return Ok(vec![the_domain_itself(&ascii)]);
    }
    let Ok(resolver) = TokioResolver::builder_tokio().and_then(|builder| builder.build()) else {
        return Ok(vec![the_domain_itself(&ascii)]);
    };
    resolve_with(&resolver, &ascii, patience).await
}

/// Asks for both services at once.
async fn resolve_with(
    resolver: &TokioResolver,
    ascii: &str,
    patience: &Patience,
) -> Result<Vec<Candidate>, Failure> {
    let (direct, starttls) = tokio::join!(
        timeout(patience.dns, ask(resolver, "_xmpps-client", ascii, true)),
        timeout(patience.dns, ask(resolver, "_xmpp-client", ascii, false)),
    );
    combine(
        ascii,
        direct.unwrap_or(Answer::None),
        starttls.unwrap_or(Answer::None),
        random_below,
    )
}

fn is_under(domain: &str, top: &str) -> bool {
    domain == top
        || domain
            .strip_suffix(top)
            .is_some_and(|rest| rest.ends_with('.'))
}

async fn ask(resolver: &TokioResolver, service: &str, ascii: &str, direct_tls: bool) -> Answer {
    // The final dot keeps search domains of the local network out.
    let lookup = match resolver
        .srv_lookup(format!("{service}._tcp.{ascii}."))
        .await
    {
        Ok(lookup) => lookup,
        Err(error) => {
            tracing::debug!(service, %error, "no service records");
            return Answer::None;
        }
    };
    let mut services = Vec::new();
    let mut any = false;
    for record in lookup.answers() {
        if let RData::SRV(srv) = &record.data {
            any = true;
            if !srv.target.is_root() && srv.port != 0 {
                services.push(Service {
                    priority: srv.priority,
                    weight: srv.weight,
                    candidate: Candidate {
                        host: srv.target.to_ascii().trim_end_matches('.').to_owned(),
                        port: srv.port,
                        direct_tls,
                    },
                });
            }
        }
    }
    if any {
        Answer::Services(services)
    } else {
        Answer::None
    }
}

/// Both services as one list by priority, weighted at random within each (RFC 2782; XEP-0368, section 3).
fn combine(
    ascii: &str,
    direct: Answer,
    starttls: Answer,
    random_below: impl Fn(u32) -> u32,
) -> Result<Vec<Candidate>, Failure> {
    let mut services = match (direct, starttls) {
        // Only the old service says whether there is XMPP at all; a `.` of the direct one means only: no direct TLS.
        (Answer::None, Answer::None) => return Ok(vec![the_domain_itself(ascii)]),
        (Answer::Services(direct), Answer::None) if direct.is_empty() => {
            return Ok(vec![the_domain_itself(ascii)]);
        }
        (Answer::Services(services), Answer::None) | (Answer::None, Answer::Services(services)) => {
            services
        }
        (Answer::Services(mut direct), Answer::Services(starttls)) => {
            direct.extend(starttls);
            direct
        }
    };
    if services.is_empty() {
        return Err(FailureKind::NoSuchServer.into());
    }
    services.sort_by_key(|service| (service.priority, service.weight != 0));
    let mut ordered = Vec::new();
    while let Some(priority) = services.first().map(|service| service.priority) {
        let group = services
            .iter()
            .take_while(|service| service.priority == priority)
            .count();
        let mut group: Vec<Service> = services.drain(..group).collect();
        while !group.is_empty() {
            let total: u32 = group.iter().map(|service| u32::from(service.weight)).sum();
            let mut left = random_below(total.saturating_add(1));
            let chosen = group
                .iter()
                .position(|service| {
                    let weight = u32::from(service.weight);
                    let reached = left <= weight;
                    left = left.saturating_sub(weight);
                    reached
                })
                .unwrap_or(0);
            ordered.push(group.remove(chosen).candidate);
        }
    }
    ordered.truncate(MAX_CANDIDATES);
    Ok(ordered)
}

/// A random number from zero up to but not including `bound`; the slight bias of the remainder does not matter here.
fn random_below(bound: u32) -> u32 {
    getrandom::u32().unwrap_or(0) % bound.max(1)
}

#[cfg(test)]
mod tests;
