//! Registers a new account on a stream of its own, over TLS, without logging in (XEP-0077, section 3.1).

mod fields;
mod picture;

use std::collections::BTreeMap;

use minidom::Element;
use tokio::time::timeout;
use xmpp_parsers::{
    jid::{DomainPart, NodePart},
    ns,
};

use super::{
    Console, ElementStream, Halt, Incoming, Patience,
    connecting::Route,
    negotiation::{Action, Machine},
    stream_error,
};
use crate::{
    model::{BareJid, Endpoint, Failure, FailureKind, Fingerprint, Form, Proxy},
    xmpp::{refusal, xep0004_forms},
};

/// Namespace of pages to visit (XEP-0066).
const PAGE: &str = "jabber:x:oob";

/// Namespace of data that comes along (XEP-0231).
const BITS: &str = "urn:xmpp:bob";

/// Most pictures of one form.
const MAX_PICTURES: usize = 4;

/// Longest address of a page, in characters.
const MAX_URL: usize = 1000;

/// A form that a server wants filled, on the connection that it came over.
pub struct Registration {
    stream: ElementStream,
    domain: String,
    form: Form,
    style: Style,
    patience: Patience,
    count: u32,
}

/// How the server wants the answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Style {
    /// As a data form (XEP-0004).
    DataForm,
    /// As elements of `jabber:iq:register`.
    Elements,
}

/// Connects to a server and fetches its registration form.
///
/// # Errors
/// As [`super::connect`]; [`FailureKind::Unsupported`] when the server registers nobody.
pub async fn open_registration(
    domain: &str,
    endpoint: Option<Endpoint>,
    proxy: Option<Proxy>,
    pin: Option<Fingerprint>,
) -> Result<Registration, Failure> {
    let patience = Patience::default();
    let route = Route {
        domain,
        endpoint: endpoint.as_ref(),
        proxy: proxy.as_ref(),
        pin,
        first: None,
        patience: &patience,
        console: Console::default(),
    };
    let ask = |_| Ask {
        domain: domain.to_owned(),
        asked: false,
    };
    let (stream, answer) = route.negotiate(None, ask, &mut |_| {}).await?;
    let (form, style) = read(&answer)?;
    Ok(Registration {
        stream,
        domain: domain.to_owned(),
        form,
        style,
        patience,
        count: 0,
    })
}

impl Registration {
    /// What the server wants to know.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// Sends the filled form; the answer is the new address. After a refusal the form may be corrected and sent again.
    ///
    /// # Errors
    /// [`FailureKind::NameTaken`], [`FailureKind::FormRejected`] or another refusal with the server's words; a lost connection.
    pub async fn submit(&mut self, form: Form) -> Result<BareJid, Failure> {
        let jid = self.address(&form)?;
        let payload = match self.style {
            Style::DataForm => vec![xep0004_forms::submit(&form)],
            Style::Elements => fields::write(&form),
        };
        self.count += 1;
        let id = format!("register-{}", self.count);
        let query = Element::builder("query", ns::REGISTER)
            .append_all(payload)
            .build();
        self.stream
            .send(&request("set", &id, &self.domain, query))
            .await?;
        let answer = timeout(self.patience.answer, self.answer(&id))
            .await
            .map_err(|_| FailureKind::Timeout)??;
        match answer.attr("type") {
            Some("result") => Ok(jid),
            _ => Err(rejection(&answer)),
        }
    }

    /// Ends the connection politely.
    pub async fn close(self) {
        self.stream.close().await;
    }

    async fn answer(&mut self, id: &str) -> Result<Element, Failure> {
        loop {
            match self.stream.next().await {
                Incoming::Element(element) if is_answer(&element, id) => return Ok(element),
                Incoming::Element(_) | Incoming::Quiet => {}
                Incoming::Ended(failure) => return Err(failure),
            }
        }
    }

    /// The address that the filled form asks for.
    fn address(&self, form: &Form) -> Result<BareJid, Failure> {
        let name = form
            .fields
            .iter()
            .find(|field| field.var == "username")
            .and_then(|field| field.values.first())
            .map(|name| name.trim())
            .unwrap_or_default();
        let node = NodePart::new(name).map_err(|_| FailureKind::BadInput)?;
        let domain = DomainPart::new(&self.domain).map_err(|_| FailureKind::NoSuchServer)?;
        Ok(BareJid::from_parts(Some(&node), &domain))
    }
}

/// Asks for the form as soon as the stream is encrypted.
struct Ask {
    domain: String,
    asked: bool,
}

impl Machine for Ask {
    type Outcome = Element;

    fn receive(&mut self, element: Element) -> Result<Vec<Action<Element>>, Halt> {
        if stream_error::is_stream_error(&element) {
            return Err(stream_error::meaning(&element));
        }
        if !self.asked && element.is("features", ns::STREAM) {
            self.asked = true;
            let query = Element::builder("query", ns::REGISTER).build();
            let request = request("get", "form", &self.domain, query);
            return Ok(vec![Action::Send(request)]);
        }
        if self.asked && is_answer(&element, "form") {
            return match element.attr("type") {
                Some("result") => Ok(vec![Action::Done(element)]),
                _ => Err(Halt::Failed(unavailable(&element))),
            };
        }
        Err(Halt::Failed(FailureKind::Protocol.into()))
    }
}

fn request(kind: &str, id: &str, domain: &str, payload: Element) -> Element {
    Element::builder("iq", ns::JABBER_CLIENT)
        .attr(rxml::xml_ncname!("type").to_owned(), kind)
        .attr(rxml::xml_ncname!("id").to_owned(), id)
        .attr(rxml::xml_ncname!("to").to_owned(), domain)
        .append(payload)
        .build()
}

fn is_answer(element: &Element, id: &str) -> bool {
    element.is("iq", ns::JABBER_CLIENT)
        && element.attr("id") == Some(id)
        && matches!(element.attr("type"), Some("result" | "error"))
}

fn read(answer: &Element) -> Result<(Form, Style), Failure> {
    let query = answer
        .get_child("query", ns::REGISTER)
        .ok_or(FailureKind::Protocol)?;
    let (mut form, style) = match query.get_child("x", ns::DATA_FORMS) {
        Some(x) => {
            let bits = bits(answer, query);
            let mut left = MAX_PICTURES;
            let picture = |uri: &str| {
                let data = bits.get(uri.strip_prefix("cid:")?)?;
                left = left.checked_sub(1)?;
                picture::decode(data)
            };
            (xep0004_forms::read(x, picture), Style::DataForm)
        }
        None => (fields::read(query), Style::Elements),
    };
    form.url = query
        .get_child("x", PAGE)
        .and_then(|page| page.get_child("url", PAGE))
        .map(|url| url.text().trim().to_owned())
        .filter(|url| url.chars().count() <= MAX_URL)
        .filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    Ok((form, style))
}

/// Data that came along with the form, by content id.
fn bits<'a>(answer: &'a Element, query: &'a Element) -> BTreeMap<&'a str, &'a Element> {
    answer
        .children()
        .chain(query.children())
        .filter(|child| child.is("data", BITS))
        .filter_map(|data| Some((data.attr("cid")?, data)))
        .collect()
}

/// Why there is no form.
fn unavailable(answer: &Element) -> Failure {
    let failure = refused(answer);
    match &failure.kind {
        FailureKind::Refused(condition)
            if matches!(condition.as_str(), "not-allowed" | "forbidden") =>
        {
            Failure {
                kind: FailureKind::Unsupported,
                text: failure.text,
            }
        }
        _ => failure,
    }
}

/// Why the filled form was not taken (XEP-0077, section 3.1).
fn rejection(answer: &Element) -> Failure {
    let failure = refused(answer);
    let kind = match &failure.kind {
        FailureKind::Refused(condition) => match condition.as_str() {
            "conflict" => FailureKind::NameTaken,
            // Servers answer a wrong CAPTCHA or a reserved name with the last two.
            "not-acceptable" | "bad-request" | "jid-malformed" | "not-allowed" | "forbidden" => {
                FailureKind::FormRejected
            }
            _ => failure.kind.clone(),
        },
        _ => failure.kind.clone(),
    };
    Failure {
        kind,
        text: failure.text,
    }
}

fn refused(answer: &Element) -> Failure {
    answer
        .get_child("error", ns::JABBER_CLIENT)
        .cloned()
        .and_then(|error| error.try_into().ok())
        .map_or_else(
            || FailureKind::Protocol.into(),
            |error| refusal::failure(&error),
        )
}

#[cfg(test)]
mod tests;
