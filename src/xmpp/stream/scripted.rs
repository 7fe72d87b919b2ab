//! A scripted server on loopback, for tests of whole connections.

use std::{net::Ipv4Addr, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivatePkcs8KeyDer},
    },
};

pub(crate) use super::sasl::{Hash, ScramServer};
use super::{ConnectOptions, Console, transport::Transport};
use crate::model::{BareJid, Endpoint, Fingerprint};

pub(crate) const HEADER: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams' from='chat.example' id='1' version='1.0'>";
pub(crate) const STARTTLS: &str =
    "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>";
pub(crate) const PROCEED: &str = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
pub(crate) const BIND: &str = "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/></stream:features>";

/// A server with a certificate of its own, which the account has pinned.
pub(crate) struct Script {
    pub(crate) listener: TcpListener,
    certificate: CertificateDer<'static>,
    pub(crate) acceptor: TlsAcceptor,
}

impl Script {
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let made = rcgen::generate_simple_self_signed(vec!["chat.example".to_owned()]).unwrap();
        let certificate = made.cert.der().clone();
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key.into())
            .unwrap();
        Self {
            listener,
            certificate,
            acceptor: TlsAcceptor::from(Arc::new(config)),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    pub(crate) fn options(&self) -> ConnectOptions {
        ConnectOptions {
            jid: BareJid::new("anna@chat.example").unwrap(),
            resource: "desk".into(),
            endpoint: Some(Endpoint {
                host: "127.0.0.1".into(),
                port: self.port(),
                direct_tls: false,
            }),
            proxy: None,
            allow_plain: false,
            pin: Some(Fingerprint(Sha256::digest(&self.certificate).into())),
            strongest: None,
            resume: None,
            token: None,
            device: "d4565fa7-4d72-4749-b3d3-740edbf87770".into(),
            inactive: false,
            console: Console::default(),
        }
    }

    /// Channel binding data of this server's certificate.
    pub(crate) fn end_point(&self) -> Vec<u8> {
        super::certificate::end_point_hash(&self.certificate).unwrap()
    }

    pub(crate) async fn accept(&self) -> Peer {
        let (socket, _) = self.listener.accept().await.unwrap();
        Peer::new(socket)
    }

    /// Accepts, offers TLS and makes it; the encrypted stream has not begun.
    pub(crate) async fn accept_secure(&self) -> Peer {
        let mut peer = self.accept().await;
        let opening = peer.hears("version='1.0'>").await;
        assert!(
            !opening.contains("anna"),
            "nothing of the account in the clear: {opening}"
        );
        peer.says(&[HEADER, STARTTLS].concat()).await;
        peer.hears("</starttls>").await;
        peer.says(PROCEED).await;
        self.secures(peer).await
    }

    pub(crate) async fn secures(&self, peer: Peer) -> Peer {
        Peer::new(self.acceptor.accept(peer.io).await.unwrap())
    }
}

/// The server's end of one connection.
pub(crate) struct Peer {
    pub(super) io: Box<dyn Transport>,
    heard: String,
}

impl Peer {
    pub(super) fn new(io: impl Transport + 'static) -> Self {
        Self {
            io: Box::new(io),
            heard: String::new(),
        }
    }

    pub(crate) async fn says(&mut self, text: &str) {
        self.io.write_all(text.as_bytes()).await.unwrap();
        self.io.flush().await.unwrap();
    }

    /// Everything up to and including `end`.
    pub(crate) async fn hears(&mut self, end: &str) -> String {
        while !self.heard.ends_with(end) {
            match self.io.read_u8().await {
                Ok(byte) => self.heard.push(char::from(byte)),
                Err(error) => panic!("{error} after {:?}, waiting for {end}", self.heard),
            }
        }
        std::mem::take(&mut self.heard)
    }

    /// Everything until the client hangs up.
    pub(crate) async fn hears_all(mut self) -> String {
        let mut rest = Vec::new();
        let _ = self.io.read_to_end(&mut rest).await;
        self.heard + &String::from_utf8_lossy(&rest)
    }

    /// Logs the client in with SCRAM; the new stream's header has been exchanged afterwards.
    pub(crate) async fn logs_in(&mut self) {
        let opening = self.hears("version='1.0'>").await;
        assert!(opening.contains("from='anna@chat.example'"));
        self.says(HEADER).await;
        self.says(
            "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
             <mechanism>SCRAM-SHA-256</mechanism></mechanisms></stream:features>",
        )
        .await;
        let mut server = ScramServer::new(Hash::Sha256, "pencil", None);
        let auth = self.hears("</auth>").await;
        let challenge = server.challenge(&content(&auth));
        self.says(&wrapped("challenge", &challenge)).await;
        let response = self.hears("</response>").await;
        self.says(&wrapped("success", &server.finish(&content(&response))))
            .await;
        self.hears("version='1.0'>").await;
        self.says(HEADER).await;
    }

    pub(crate) async fn binds(&mut self) {
        self.says(BIND).await;
        let bind = self.hears("</iq>").await;
        assert!(bind.contains("<resource>desk</resource>"));
        self.says(
            "<iq xmlns='jabber:client' type='result' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
             <jid>anna@chat.example/desk</jid></bind></iq>",
        )
        .await;
        let enable = self.hears("</enable>").await;
        assert!(enable.contains("resume='true'"));
        self.says("<enabled xmlns='urn:xmpp:sm:3' id='s1' resume='true'/>")
            .await;
    }
}

fn content(xml: &str) -> String {
    let inner = xml.rsplit_once("</").unwrap().0.rsplit_once('>').unwrap().1;
    String::from_utf8(BASE64.decode(inner).unwrap()).unwrap()
}

fn wrapped(name: &str, text: &str) -> String {
    format!(
        "<{name} xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{}</{name}>",
        BASE64.encode(text)
    )
}
