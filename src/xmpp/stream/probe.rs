//! Entrances for the fuzz targets, which see the library only from outside: bytes of a server, without a server.
//! Decides nothing.

use minidom::Element;
use tokio::io::AsyncWriteExt;
use tokio_rustls::rustls::{self, CertificateError, pki_types::CertificateDer};

use super::{
    ConnectOptions, ElementStream, Incoming, Patience, certificate,
    negotiation::{Action, Login, LoginOptions, Machine},
    sasl::Bindings,
    transport::wire,
};
use crate::model::{CertificateProblem, Secret};

/// Everything of a stream that comes before its elements.
const HEADER: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
     xmlns:stream='http://etherx.jabber.org/streams' from='memory.example' id='1' version='1.0'>\
     <stream:features/>";

/// Most elements that one run answers.
const MAX_ELEMENTS: usize = 1000;

/// Reads bytes as what a server sends on a bound stream, until it ends or is refused.
pub async fn elements(bytes: &[u8]) -> Vec<Element> {
    let (here, mut there) = tokio::io::duplex(64 * 1024);
    let serve = async {
        let _ = there.write_all(HEADER.as_bytes()).await;
        let _ = there.write_all(bytes).await;
        let _ = there.shutdown().await;
        // Kept, so that what we write has somewhere to go.
        there
    };
    let read = async {
        let mut elements = vec![];
        let patience = Patience::default();
        let io = wire(Box::new(here), &patience);
        let opened = ElementStream::open(io, "memory.example", None, &patience).await;
        let Ok(mut stream) = opened else {
            return elements;
        };
        if stream.negotiate().await.is_err() {
            return elements;
        }
        stream.trust();
        while elements.len() < MAX_ELEMENTS {
            match stream.next().await {
                Incoming::Element(element) => elements.push(element),
                Incoming::Quiet | Incoming::Ended(_) => break,
            }
        }
        elements
    };
    tokio::join!(serve, read).1
}

/// Logs in against these elements of a server; answers whether that ended in a bound stream.
pub fn login(options: &ConnectOptions, password: &Secret, elements: Vec<Element>) -> bool {
    let mut machine = Login::new(LoginOptions {
        jid: options.jid.clone(),
        resource: options.resource.clone(),
        allow_plain: options.allow_plain,
        strongest: options.strongest.clone(),
        resume: options.resume.clone(),
        password: password.clone(),
        bindings: Bindings::default(),
        pin: options.pin,
        token: options.token.clone(),
        device: options.device.clone(),
        inactive: options.inactive,
    });
    let _ = machine.opening();
    for element in elements {
        match machine.receive(element) {
            Ok(actions) => {
                if actions
                    .iter()
                    .any(|action| matches!(action, Action::Done(_)))
                {
                    return true;
                }
            }
            Err(_) => return false,
        }
    }
    false
}

/// What a person is told of a certificate that does not validate.
pub fn certificate(der: &[u8]) -> CertificateProblem {
    let error = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
    certificate::problem(
        "memory.example",
        &CertificateDer::from(der),
        &[],
        &error,
        None,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_server_sends_arrives() {
        let found = elements(b"<iq id='1' type='result'/><message/>").await;
        let names: Vec<&str> = found.iter().map(Element::name).collect();
        assert_eq!(names, ["iq", "message"]);
    }
}
