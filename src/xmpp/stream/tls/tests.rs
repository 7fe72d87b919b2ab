//! Handshakes in memory, with certificates made on the spot.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    Issuer, KeyPair, NameConstraints, date_time_ymd,
};
use sha2::{Digest, Sha256};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, SupportedProtocolVersion, pki_types::PrivatePkcs8KeyDer, version},
};

use super::*;

const DOMAIN: &str = "chat.example";

struct Authority {
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        Self::constrained(None)
    }

    fn constrained(constraints: Option<NameConstraints>) -> Self {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.name_constraints = constraints;
        params
            .distinguished_name
            .push(DnType::CommonName, "Test authority");
        let key = KeyPair::generate().unwrap();
        let der = params.self_signed(&key).unwrap().der().clone();
        Self {
            der,
            issuer: Issuer::new(params, key),
        }
    }

    fn issues(&self, params: &CertificateParams) -> Server {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Server::new(certificate.der().clone(), &key)
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        roots
    }
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

fn self_signed(params: &CertificateParams) -> Server {
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Server::new(certificate.der().clone(), &key)
}

struct Server {
    der: CertificateDer<'static>,
    key: Vec<u8>,
    version: &'static SupportedProtocolVersion,
}

impl Server {
    fn new(der: CertificateDer<'static>, key: &KeyPair) -> Self {
        Self {
            der,
            key: key.serialize_der(),
            version: &version::TLS13,
        }
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint(Sha256::digest(&self.der).into())
    }

    fn acceptor(&self) -> TlsAcceptor {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[self.version])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![self.der.clone()],
                PrivatePkcs8KeyDer::from(self.key.clone()).into(),
            )
            .unwrap();
        config.alpn_protocols = vec![ALPN.to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }
}

struct Outcome {
    client: Result<Bindings, Failure>,
    alpn: Option<Vec<u8>>,
    exporter: Option<Vec<u8>>,
    asked_for: Option<String>,
}

async fn handshake_for(
    domain: &str,
    server: &Server,
    pin: Option<Fingerprint>,
    roots: RootCertStore,
    direct: bool,
) -> Outcome {
    let (here, there) = tokio::io::duplex(64 * 1024);
    let identity = Identity {
        domain: domain.to_owned(),
        pin,
    };
    let client = secure_with(Box::new(here), &identity, direct, roots);
    let accept = server.acceptor().accept(there);
    let (client, accepted) = tokio::join!(client, accept);
    let connection = accepted.as_ref().ok().map(|stream| stream.get_ref().1);
    Outcome {
        client: client.map(|(_, bindings)| bindings),
        alpn: connection.and_then(|c| c.alpn_protocol().map(<[u8]>::to_vec)),
        exporter: connection.and_then(|c| {
            c.export_keying_material(vec![0; 32], EXPORTER_LABEL, None)
                .ok()
        }),
        asked_for: connection.and_then(|c| c.server_name().map(ToOwned::to_owned)),
    }
}

async fn problem(
    server: &Server,
    pin: Option<Fingerprint>,
    roots: RootCertStore,
) -> CertificateProblem {
    let outcome = handshake_for(DOMAIN, server, pin, roots, false).await;
    match outcome.client.unwrap_err().kind {
        FailureKind::Certificate(problem) => *problem,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_valid_certificate_lets_both_bind_to_the_same_channel() {
    let authority = Authority::new();
    let server = authority.issues(&params(DOMAIN));
    let outcome = handshake_for(DOMAIN, &server, None, authority.roots(), false).await;
    let bindings = outcome.client.unwrap();
    assert!(bindings.exporter.is_some());
    assert_eq!(bindings.exporter, outcome.exporter);
    assert_eq!(
        bindings.server_end_point,
        Some(Sha256::digest(&server.der).to_vec())
    );
    assert_eq!(outcome.asked_for.as_deref(), Some(DOMAIN));
    assert_eq!(outcome.alpn, None);
}

#[tokio::test]
async fn without_tls_1_3_only_the_end_point_binds() {
    let authority = Authority::new();
    let mut server = authority.issues(&params(DOMAIN));
    server.version = &version::TLS12;
    let outcome = handshake_for(DOMAIN, &server, None, authority.roots(), false).await;
    let bindings = outcome.client.unwrap();
    assert_eq!(bindings.exporter, None);
    assert!(bindings.server_end_point.is_some());
}

#[tokio::test]
async fn direct_tls_names_the_protocol() {
    let authority = Authority::new();
    let server = authority.issues(&params(DOMAIN));
    let outcome = handshake_for(DOMAIN, &server, None, authority.roots(), true).await;
    assert!(outcome.client.is_ok());
    assert_eq!(outcome.alpn.as_deref(), Some(ALPN));
}

#[tokio::test]
async fn international_domains_are_checked_in_their_ascii_form() {
    let authority = Authority::new();
    let server = authority.issues(&params("xn--bcher-kva.example"));
    for (domain, valid) in [
        ("bücher.example", true),
        ("BÜCHER.example", true),
        ("xn--bcher-kva.example", true),
        ("bucher.example", false),
        // A Cyrillic letter that looks the same.
        ("büсher.example", false),
        ("xn--bcher-kva.example.evil.example", false),
    ] {
        let outcome = handshake_for(domain, &server, None, authority.roots(), false).await;
        assert_eq!(outcome.client.is_ok(), valid, "{domain}");
    }
}

#[tokio::test]
async fn only_the_accounts_domain_will_do() {
    let authority = Authority::new();
    for name in [
        "other.example",
        "xmpp.chat.example",
        "chat.example.evil.example",
        "*.example.org",
    ] {
        let server = authority.issues(&params(name));
        let problem = problem(&server, None, authority.roots()).await;
        assert_eq!(
            problem.reason,
            CertificateReason::WrongName {
                names: vec![name.to_owned()]
            }
        );
        assert_eq!(problem.domain, DOMAIN);
    }
    let wildcard = authority.issues(&params("*.chat.example"));
    let outcome = handshake_for("im.chat.example", &wildcard, None, authority.roots(), false).await;
    assert!(outcome.client.is_ok());
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let authority = Authority::new();
    let stranger = Authority::new();

    let unknown = stranger.issues(&params(DOMAIN));
    let found = problem(&unknown, None, authority.roots()).await;
    assert_eq!(found.reason, CertificateReason::UnknownIssuer);
    assert_eq!(found.sha256, unknown.fingerprint());
    assert_eq!(found.chain.len(), 1);
    assert_eq!(found.chain[0].sha256, unknown.fingerprint());
    assert_eq!(found.pinned, None);
    let summary = found.summary.unwrap();
    assert_eq!(summary.names, [DOMAIN]);
    assert!(summary.subject.contains(DOMAIN));
    assert!(summary.issuer.contains("Test authority"));

    let nobody = problem(&unknown, None, RootCertStore::empty()).await;
    assert_eq!(nobody.reason, CertificateReason::UnknownIssuer);

    let mut old = params(DOMAIN);
    old.not_before = date_time_ymd(2000, 1, 1);
    old.not_after = date_time_ymd(2001, 1, 1);
    let found = problem(&authority.issues(&old), None, authority.roots()).await;
    assert_eq!(found.reason, CertificateReason::Expired);
    assert_eq!(
        found.summary.unwrap().not_after,
        crate::model::Timestamp(978_307_200_000)
    );

    let mut young = params(DOMAIN);
    young.not_before = date_time_ymd(4000, 1, 1);
    young.not_after = date_time_ymd(4001, 1, 1);
    let found = problem(&authority.issues(&young), None, authority.roots()).await;
    assert_eq!(found.reason, CertificateReason::NotYetValid);

    let mut own_authority = params(DOMAIN);
    own_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    for own in [self_signed(&params(DOMAIN)), self_signed(&own_authority)] {
        let found = problem(&own, None, authority.roots()).await;
        assert_eq!(found.reason, CertificateReason::UnknownIssuer);
    }

    let mut for_mail = params(DOMAIN);
    for_mail.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
    let found = problem(&authority.issues(&for_mail), None, authority.roots()).await;
    assert!(matches!(found.reason, CertificateReason::Other(_)));
}

#[tokio::test]
async fn an_authority_for_other_names_is_no_authority_here() {
    let constrained = Authority::constrained(Some(NameConstraints {
        permitted_subtrees: vec![GeneralSubtree::DnsName("org".into())],
        excluded_subtrees: vec![],
    }));
    let server = constrained.issues(&params(DOMAIN));
    let outcome = handshake_for(DOMAIN, &server, None, constrained.roots(), false).await;
    assert!(matches!(
        outcome.client.unwrap_err().kind,
        FailureKind::Certificate(_)
    ));
}

#[tokio::test]
async fn a_pin_lets_in_exactly_the_pinned_certificate() {
    let authority = Authority::new();
    let mut old = params("other.example");
    old.not_before = date_time_ymd(2000, 1, 1);
    old.not_after = date_time_ymd(2001, 1, 1);
    for server in [self_signed(&params(DOMAIN)), authority.issues(&old)] {
        let pin = Some(server.fingerprint());
        let outcome = handshake_for(DOMAIN, &server, pin, authority.roots(), false).await;
        assert!(outcome.client.is_ok());
        let outcome = handshake_for(DOMAIN, &server, pin, RootCertStore::empty(), false).await;
        assert!(outcome.client.is_ok());
    }
}

#[tokio::test]
async fn a_pinned_certificate_that_changes_stops_again() {
    let authority = Authority::new();
    let before = self_signed(&params(DOMAIN)).fingerprint();
    let now = self_signed(&params(DOMAIN));
    let found = problem(&now, Some(before), authority.roots()).await;
    assert_eq!(found.reason, CertificateReason::PinChanged);
    assert_eq!(found.pinned, Some(before));
    assert_eq!(found.sha256, now.fingerprint());

    let valid = authority.issues(&params(DOMAIN));
    let outcome = handshake_for(DOMAIN, &valid, Some(before), authority.roots(), false).await;
    assert!(outcome.client.is_ok(), "a valid certificate needs no pin");
}

#[tokio::test]
async fn a_pin_does_not_excuse_a_key_that_the_server_does_not_have() {
    let authority = Authority::new();
    let victim = self_signed(&params(DOMAIN));
    let mut thief = self_signed(&params(DOMAIN));
    let pin = Some(victim.fingerprint());
    thief.der = victim.der;
    // The acceptor of rustls itself refuses a key that does not fit, so that the thief must sign by other means.
    let key = PrivatePkcs8KeyDer::from(thief.key.clone()).into();
    let signing = ring::sign::any_ecdsa_type(&key).unwrap();
    let certified = rustls::sign::CertifiedKey::new(vec![thief.der.clone()], signing);
    let resolver = Arc::new(rustls::sign::SingleCertAndKey::from(certified));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    let (here, there) = tokio::io::duplex(64 * 1024);
    let identity = Identity {
        domain: DOMAIN.to_owned(),
        pin,
    };
    let client = secure_with(Box::new(here), &identity, false, authority.roots());
    let (client, _) = tokio::join!(client, TlsAcceptor::from(Arc::new(config)).accept(there));
    assert_eq!(client.err().unwrap().kind, FailureKind::Tls);
}

#[tokio::test]
async fn what_is_no_tls_is_no_certificate_problem() {
    for (bytes, kind) in [
        (&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], FailureKind::Tls),
        (b"<stream:stream>", FailureKind::Tls),
        (b"", FailureKind::ConnectionLost),
    ] {
        let (here, mut there) = tokio::io::duplex(64 * 1024);
        tokio::io::AsyncWriteExt::write_all(&mut there, bytes)
            .await
            .unwrap();
        tokio::io::AsyncWriteExt::shutdown(&mut there)
            .await
            .unwrap();
        let identity = Identity {
            domain: DOMAIN.to_owned(),
            pin: None,
        };
        let client = secure_with(Box::new(here), &identity, false, RootCertStore::empty()).await;
        assert_eq!(client.err().unwrap().kind, kind);
    }
}
