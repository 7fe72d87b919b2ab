//! The TLS handshake, with a certificate that must be valid for the domain of the account, whatever name DNS gave.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use sha2::{Digest, Sha256};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        self, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
        client::{
            WebPkiServerVerifier,
            danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        },
        crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
        pki_types::{CertificateDer, ServerName, UnixTime},
    },
};

use super::{certificate, sasl::Bindings, transport::Transport};
use crate::model::{CertificateProblem, CertificateReason, Failure, FailureKind, Fingerprint};

/// Protocol name for TLS from the first byte (XEP-0368, section 3).
const ALPN: &[u8] = b"xmpp-client";

/// Label of the channel binding `tls-exporter` (RFC 9266, section 4.2).
const EXPORTER_LABEL: &[u8] = b"EXPORTER-Channel-Binding";

/// Whom the certificate must be for.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    /// The domain of the account.
    pub(super) domain: String,
    /// The certificate that was pinned by hand.
    pub(super) pin: Option<Fingerprint>,
}

/// Makes a TLS connection over `transport`.
///
/// # Errors
/// [`FailureKind::Certificate`] with everything that a person must see to decide, [`FailureKind::Tls`], or a lost connection.
pub(super) async fn secure(
    transport: Box<dyn Transport>,
    identity: &Identity,
    direct: bool,
) -> Result<(TlsStream<Box<dyn Transport>>, Bindings), Failure> {
    let roots = tokio::task::spawn_blocking(platform_roots)
        .await
        .map_err(|_| FailureKind::Tls)?;
    secure_with(transport, identity, direct, roots).await
}

/// The authorities that the platform trusts, or those of `SSL_CERT_FILE` and `SSL_CERT_DIR`.
fn platform_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let loaded = rustls_native_certs::load_native_certs();
    for error in &loaded.errors {
        tracing::warn!(%error, "some certificate authorities could not be read");
    }
    roots.add_parsable_certificates(loaded.certs);
    roots
}

async fn secure_with(
    transport: Box<dyn Transport>,
    identity: &Identity,
    direct: bool,
    roots: RootCertStore,
) -> Result<(TlsStream<Box<dyn Transport>>, Bindings), Failure> {
    let ascii = super::resolve::ascii_domain(&identity.domain).ok_or(FailureKind::NoSuchServer)?;
    let name = ServerName::try_from(ascii).map_err(|_| FailureKind::NoSuchServer)?;
    let provider = Arc::new(ring::default_provider());
    let verifier = Arc::new(Verifier::new(
        identity.clone(),
        roots,
        Arc::clone(&provider),
    ));
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| FailureKind::Tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::<Verifier>::clone(&verifier))
        .with_no_client_auth();
    // A ticket would let the server recognise us on another network.
    config.resumption = rustls::client::Resumption::disabled();
    if direct {
        config.alpn_protocols = vec![ALPN.to_vec()];
    }
    match TlsConnector::from(Arc::new(config))
        .connect(name, transport)
        .await
    {
        Ok(stream) => {
            let bindings = bindings(&stream);
            Ok((stream, bindings))
        }
        Err(error) => Err(match verifier.take_problem() {
            Some(problem) => FailureKind::Certificate(Box::new(problem)).into(),
            None => handshake_failure(&error),
        }),
    }
}

fn handshake_failure(error: &io::Error) -> Failure {
    tracing::debug!(%error, "TLS handshake failed");
    let of_tls = error
        .get_ref()
        .is_some_and(|inner| inner.is::<rustls::Error>());
    if of_tls {
        FailureKind::Tls.into()
    } else {
        FailureKind::ConnectionLost.into()
    }
}

fn bindings(stream: &TlsStream<Box<dyn Transport>>) -> Bindings {
    let connection = stream.get_ref().1;
    let is_tls13 = connection.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_3);
    // Of older versions the exporter is only unique with the extended master secret, which we cannot see (RFC 9266, section 4.2).
    let exporter = is_tls13
        .then(|| {
            connection
                .export_keying_material(vec![0; 32], EXPORTER_LABEL, None)
                .ok()
        })
        .flatten();
    let certificate = connection.peer_certificates().and_then(<[_]>::first);
    Bindings {
        exporter,
        server_end_point: certificate.and_then(|der| certificate::end_point_hash(der)),
        certificate: certificate.map(|der| Fingerprint(Sha256::digest(der).into())),
    }
}

/// Checks the certificate against the platform's authorities and the account's domain; only what fails there may be let in by a pin.
#[derive(Debug)]
struct Verifier {
    identity: Identity,
    /// `None` when there is no authority at all.
    webpki: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    problem: Mutex<Option<CertificateProblem>>,
}

impl Verifier {
    fn new(identity: Identity, roots: RootCertStore, provider: Arc<CryptoProvider>) -> Self {
        let webpki =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()
                .ok();
        Self {
            identity,
            webpki,
            provider,
            problem: Mutex::new(None),
        }
    }

    fn take_problem(&self) -> Option<CertificateProblem> {
        self.problem
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    fn check(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match &self.webpki {
            Some(webpki) => webpki.verify_server_cert(end_entity, intermediates, name, ocsp, now),
            None => Err(rustls::CertificateError::UnknownIssuer.into()),
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let error = match self.check(end_entity, intermediates, name, ocsp, now) {
            Ok(verified) => return Ok(verified),
            Err(error) => error,
        };
        let problem = certificate::problem(
            &self.identity.domain,
            end_entity,
            intermediates,
            &error,
            self.identity.pin,
        );
        let can_be_pinned = problem.reason != CertificateReason::Unusable;
        if can_be_pinned && self.identity.pin == Some(problem.sha256) {
            return Ok(ServerCertVerified::assertion());
        }
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
        Err(error)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

#[cfg(test)]
mod tests;
