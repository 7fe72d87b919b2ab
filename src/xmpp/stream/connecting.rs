//! Tries the servers of a domain one after the other until one is bound, following redirections a few times.

use std::collections::VecDeque;

use tokio::time::timeout;

use super::{
    ConnectOptions, Connected, Console, ElementStream, Halt, Patience, Token, dial,
    negotiation::{Action, Bound, Login, LoginOptions, Machine, Revocation, StartTls},
    resolve::{self, Candidate},
    sasl::{self, Bindings},
    stream_error,
    tls::{self, Identity},
    transport::{Wire, wire},
};
use crate::model::{
    BareJid, ConnectStep, Endpoint, Failure, FailureKind, Fingerprint, Proxy, Secret,
};

/// Most redirections followed in one attempt to connect.
const MAX_REDIRECTS: usize = 3;

/// Where and how to reach a domain.
pub(super) struct Route<'a> {
    /// The domain, which the certificate must be for.
    pub(super) domain: &'a str,
    /// An explicit server.
    pub(super) endpoint: Option<&'a Endpoint>,
    /// The proxy, if any.
    pub(super) proxy: Option<&'a Proxy>,
    /// The certificate that was pinned by hand.
    pub(super) pin: Option<Fingerprint>,
    /// A place to try first (XEP-0198, `location`).
    pub(super) first: Option<&'a str>,
    /// Time limits.
    pub(super) patience: &'a Patience,
    /// Where elements are shown to who reads along.
    pub(super) console: Console,
}

impl Route<'_> {
    /// The servers to try, in order.
    async fn candidates(&self) -> Result<VecDeque<Candidate>, Failure> {
        let direct_tls = self.endpoint.is_some_and(|endpoint| endpoint.direct_tls);
        let mut candidates: VecDeque<Candidate> = match self.endpoint {
            Some(endpoint) => VecDeque::from([Candidate {
                host: endpoint.host.clone(),
                port: endpoint.port,
                direct_tls,
            }]),
            None => resolve::resolve(self.domain, self.proxy.is_some(), self.patience)
                .await?
                .into(),
        };
        if let Some((host, port)) = self.first.and_then(stream_error::parse_host) {
            candidates.push_front(Candidate {
                host,
                port: port.unwrap_or(resolve::DEFAULT_PORT),
                direct_tls,
            });
        }
        Ok(candidates)
    }

    /// Makes an encrypted connection with one server.
    async fn secure(&self, candidate: &Candidate) -> Result<(Wire, Bindings), Halt> {
        let mut transport =
            dial::dial(&candidate.host, candidate.port, self.proxy, self.patience).await?;
        if !candidate.direct_tls {
            let plain = ElementStream::open(
                wire(transport, self.patience),
                self.domain,
                None,
                self.patience,
            );
            let mut driver = Driver {
                stream: plain.await?,
                domain: self.domain,
                from: None,
            };
            driver = driver.run(StartTls::default(), &mut |_| {}).await?.0;
            transport = driver.stream.into_transport()?;
        }
        let identity = Identity {
            domain: self.domain.to_owned(),
            pin: self.pin,
        };
        let securing = tls::secure(transport, &identity, candidate.direct_tls);
        let (encrypted, bindings) = timeout(self.patience.tls, securing)
            .await
            .map_err(|_| Failure::new(FailureKind::Timeout))??;
        Ok((wire(Box::new(encrypted), self.patience), bindings))
    }

    /// Opens an encrypted stream with the first server that lets us, and runs a negotiation on it.
    pub(super) async fn negotiate<M: Machine>(
        &self,
        from: Option<&BareJid>,
        mut machine: impl FnMut(Bindings) -> M,
        on_step: &mut (impl FnMut(ConnectStep) + Send),
    ) -> Result<(ElementStream, M::Outcome), Failure> {
        on_step(ConnectStep::Resolving);
        let mut candidates = self.candidates().await?;
        on_step(ConnectStep::Connecting);
        let mut redirects = 0;
        let mut telling = Failure::new(FailureKind::NoSuchServer);
        while let Some(candidate) = candidates.pop_front() {
            tracing::debug!(host = %candidate.host, port = candidate.port, "trying a server");
            let mut sent_ahead = false;
            let attempt = async {
                let (io, bindings) = self.secure(&candidate).await?;
                let mut machine = machine(bindings);
                let first = machine.opening();
                sent_ahead = first.is_some();
                let opening = ElementStream::open_with(
                    io,
                    self.domain,
                    from,
                    first.as_ref(),
                    &self.console,
                    self.patience,
                );
                let stream = opening.await?;
                let driver = Driver {
                    stream,
                    domain: self.domain,
                    from,
                };
                let (driver, outcome) = timeout(self.patience.login, driver.run(machine, on_step))
                    .await
                    .map_err(|_| Failure::new(FailureKind::Timeout))??;
                Ok((driver.stream, outcome.ok_or(FailureKind::Protocol)?))
            };
            match attempt.await {
                Ok(done) => return Ok(done),
                Err(Halt::Redirect { .. }) if redirects == MAX_REDIRECTS => {
                    return Err(FailureKind::RedirectLoop.into());
                }
                Err(Halt::Redirect { host, port }) => {
                    redirects += 1;
                    candidates.push_front(Candidate {
                        host,
                        port: port.unwrap_or(candidate.port),
                        direct_tls: candidate.direct_tls,
                    });
                }
                Err(Halt::Again) => candidates.push_front(candidate),
                Err(Halt::Failed(failure)) => match weight(&failure.kind) {
                    None => return Err(failure),
                    // A server that does not understand what was sent ahead may break off in any way.
                    Some(_) if sent_ahead => candidates.push_front(candidate),
                    Some(now) if Some(now) >= weight(&telling.kind) => telling = failure,
                    Some(_) => {}
                },
            }
        }
        Err(telling)
    }
}

/// How much a failure of one server tells, when another server of the domain may still do; `None` when no other server would help.
fn weight(kind: &FailureKind) -> Option<u8> {
    match kind {
        FailureKind::NoSuchServer => Some(0),
        FailureKind::Unreachable | FailureKind::Proxy => Some(1),
        FailureKind::Timeout | FailureKind::ConnectionLost => Some(2),
        FailureKind::ServerBusy => Some(3),
        FailureKind::Protocol | FailureKind::Tls | FailureKind::HostUnknown => Some(4),
        FailureKind::NoEncryption => Some(5),
        FailureKind::Certificate(_) => Some(6),
        _ => None,
    }
}

/// Moves elements between a stream and a negotiation.
struct Driver<'a> {
    stream: ElementStream,
    domain: &'a str,
    from: Option<&'a BareJid>,
}

impl Driver<'_> {
    /// Runs a negotiation until it is done, or until TLS is to begin (then without outcome).
    async fn run<M: Machine>(
        mut self,
        mut machine: M,
        on_step: &mut (impl FnMut(ConnectStep) + Send),
    ) -> Result<(Self, Option<M::Outcome>), Halt> {
        loop {
            let element = self.stream.negotiate().await?;
            let actions = if machine.is_slow(&element) {
                let (back, actions) = tokio::task::spawn_blocking(move || {
                    let actions = machine.receive(element);
                    (machine, actions)
                })
                .await
                .map_err(|_| Failure::new(FailureKind::Cancelled))?;
                machine = back;
                actions
            } else {
                machine.receive(element)
            };
            let actions = match actions {
                Ok(actions) => actions,
                Err(halt) => {
                    self.stream.close().await;
                    return Err(halt);
                }
            };
            for action in actions {
                match action {
                    Action::Send(element) => self.stream.send(&element).await?,
                    Action::Step(step) => on_step(step),
                    Action::Restart => {
                        self.stream = self.stream.restart(self.domain, self.from).await?;
                    }
                    Action::Secure => return Ok((self, None)),
                    Action::Done(outcome) => return Ok((self, Some(outcome))),
                }
            }
        }
    }
}

/// Connects, logs in and binds, with time limits of the caller's.
///
/// # Errors
/// See [`super::connect`].
pub async fn connect_with(
    options: &ConnectOptions,
    password: &Secret,
    patience: &Patience,
    mut on_step: impl FnMut(ConnectStep) + Send,
) -> Result<Connected, Failure> {
    let route = Route {
        domain: options.jid.domain().as_str(),
        endpoint: options.endpoint.as_ref(),
        proxy: options.proxy.as_ref(),
        pin: options.pin,
        first: options
            .resume
            .as_ref()
            .and_then(|resume| resume.location.as_deref()),
        patience,
        console: options.console.clone(),
    };
    // Each token goes out once: what has become of it on a connection that broke, nobody knows.
    let mut token = options.token.clone();
    let machine = |bindings| Login::new(login_options(options, password, bindings, token.take()));
    let (stream, bound) = route
        .negotiate(Some(&options.jid), machine, &mut on_step)
        .await?;
    stream.trust();
    Ok(connected(options, stream, bound))
}

/// Logs in with the token of these options only to make it worthless (XEP-0484, section 3.6); no session begins.
///
/// # Errors
/// Why it may still be worth something.
pub async fn revoke_token(options: &ConnectOptions, patience: &Patience) -> Result<(), Failure> {
    let route = Route {
        domain: options.jid.domain().as_str(),
        endpoint: options.endpoint.as_ref(),
        proxy: options.proxy.as_ref(),
        pin: options.pin,
        first: None,
        patience,
        console: options.console.clone(),
    };
    let mut token = options.token.clone();
    let machine = |bindings| {
        // There is nothing to log in with but the token.
        let password = Secret::new("");
        Revocation::new(login_options(options, &password, bindings, token.take()))
    };
    let (stream, ()) = route
        .negotiate(Some(&options.jid), machine, &mut |_| {})
        .await?;
    stream.close().await;
    Ok(())
}

fn login_options(
    options: &ConnectOptions,
    password: &Secret,
    bindings: Bindings,
    token: Option<Token>,
) -> LoginOptions {
    LoginOptions {
        jid: options.jid.clone(),
        resource: options.resource.clone(),
        allow_plain: options.allow_plain,
        strongest: options.strongest.clone(),
        resume: options.resume.clone(),
        password: password.clone(),
        bindings,
        pin: options.pin,
        token,
        device: options.device.clone(),
        inactive: options.inactive,
    }
}

fn connected(options: &ConnectOptions, mut stream: ElementStream, bound: Bound) -> Connected {
    let strongest = match &options.strongest {
        Some(before) if sasl::is_weaker(bound.mechanism, before) => before.clone(),
        _ => bound.mechanism.to_owned(),
    };
    stream.give_back(bound.ahead);
    Connected {
        stream,
        jid: bound.jid,
        resumption: bound.resumption,
        management: bound.management,
        mechanism: bound.mechanism.to_owned(),
        strongest,
        client_state: bound.features.client_state || bound.extras.client_state,
        roster_versions: bound.features.roster_versions,
        pre_approval: bound.features.pre_approval,
        carbons: bound.extras.carbons,
        inactive: bound.extras.inactive,
        token: bound.extras.token,
        early: bound.early,
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod token_tests;
