//! The proof of XEP-0115: which text a disco#info answer stands for, and whether its hash is the one shown.
//! Knows nothing of presence or of the store.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use minidom::Element;
use rxml::xml_ncname;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use xmpp_parsers::ns;

use crate::{store::CapsEntry, xmpp::text as clean};

/// Parts (identities, features, values) of one answer; the largest known has about a hundred.
const MAX_PARTS: usize = 1000;
/// Longest part, in bytes.
const MAX_PART: usize = 1024;

/// Whether hashes of this algorithm can be checked.
pub(super) fn is_known(algorithm: &str) -> bool {
    digest(algorithm, b"").is_some()
}

/// What an answer says, if its hash is this one.
pub(super) fn proved(info: &Element, algorithm: &str, ver: &str) -> Option<CapsEntry> {
    if !info.is("query", ns::DISCO_INFO) {
        return None;
    }
    let found = digest(algorithm, text(info)?.as_bytes())?;
    // Compared as bytes: base64 has several spellings.
    if BASE64.decode(ver).ok()? != found {
        return None;
    }
    Some(CapsEntry {
        features: sorted(features(info)?)?,
        client: client(info),
    })
}

/// The text that is hashed (section 5.1); `None` when the answer is ill-formed (section 5.4) or could be read as
/// another one with the same text.
pub(super) fn text(info: &Element) -> Option<String> {
    let mut parts = sorted(identities(info)?)?;
    parts.extend(sorted(features(info)?)?);
    let mut forms = vec![];
    for form in info
        .children()
        .filter(|child| child.is("x", ns::DATA_FORMS))
    {
        forms.extend(form_parts(form)?);
    }
    forms.sort();
    if forms.windows(2).any(|two| two[0].0 == two[1].0) {
        return None;
    }
    parts.extend(
        forms
            .into_iter()
            .flat_map(|(kind, rest)| [vec![kind], rest].concat()),
    );
    let fits = parts.len() <= MAX_PARTS
        && parts
            .iter()
            .all(|part| part.len() <= MAX_PART && !part.contains('<'));
    fits.then(|| parts.iter().flat_map(|part| [part, "<"]).collect())
}

/// `category/type/lang/name` of every identity. Category and type are plain words, else a feature with slashes could
/// be passed off as an identity.
fn identities(info: &Element) -> Option<Vec<String>> {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let mut all = vec![];
    for identity in children(info, "identity") {
        let category = identity.attr(xml_ncname!("category"))?;
        let kind = identity.attr(xml_ncname!("type"))?;
        let lang = identity
            .attr_ns(rxml::Namespace::xml(), xml_ncname!("lang"))
            .unwrap_or("");
        let name = identity.attr(xml_ncname!("name")).unwrap_or("");
        if !is_word(category) || !is_word(kind) || lang.contains('/') {
            return None;
        }
        all.push(format!("{category}/{kind}/{lang}/{name}"));
    }
    (!all.is_empty()).then_some(all)
}

fn features(info: &Element) -> Option<Vec<String>> {
    children(info, "feature")
        .map(|feature| feature.attr(xml_ncname!("var")).map(str::to_owned))
        .collect()
}

/// Kind and text of a form (XEP-0128), nothing for one that is to be ignored; `None` when it spoils the whole answer.
fn form_parts(form: &Element) -> Option<Option<(String, Vec<String>)>> {
    let fields = || {
        form.children()
            .filter(|child| child.is("field", ns::DATA_FORMS))
    };
    let name = |field: &Element| field.attr(xml_ncname!("var")).map(str::to_owned);
    let mut kinds = fields().filter(|field| name(field).as_deref() == Some("FORM_TYPE"));
    let Some(kind_field) = kinds.next() else {
        return Some(None);
    };
    if kinds.next().is_some() {
        return None;
    }
    if kind_field.attr(xml_ncname!("type")) != Some("hidden") {
        return Some(None);
    }
    let mut kind = values(kind_field);
    kind.dedup();
    let [kind] = kind.as_slice() else {
        return None;
    };
    let mut rest: Vec<(String, Vec<String>)> = vec![];
    for field in fields().filter(|field| name(field).as_deref() != Some("FORM_TYPE")) {
        let name = name(field)?;
        // Field names are short words; one like a feature, or a form without values, would let somebody move the last
        // features of another program into a form without changing the text.
        if name.contains([':', '/']) {
            return None;
        }
        rest.push((name, values(field)));
    }
    if rest.iter().all(|(_, values)| values.is_empty()) {
        return None;
    }
    rest.sort();
    let rest = rest
        .into_iter()
        .flat_map(|(name, values)| [vec![name], values].concat())
        .collect();
    Some(Some((kind.clone(), rest)))
}

fn values(field: &Element) -> Vec<String> {
    let mut values: Vec<String> = field
        .children()
        .filter(|child| child.is("value", ns::DATA_FORMS))
        .map(Element::text)
        .collect();
    values.sort();
    values
}

/// Sorted by bytes; `None` when two are equal.
fn sorted(mut parts: Vec<String>) -> Option<Vec<String>> {
    parts.sort();
    let unique = parts.windows(2).all(|two| two[0] != two[1]);
    unique.then_some(parts)
}

fn children<'e>(info: &'e Element, name: &'static str) -> impl Iterator<Item = &'e Element> {
    info.children()
        .filter(move |child| child.is(name, ns::DISCO_INFO))
}

/// The program's own name, for people.
fn client(info: &Element) -> String {
    let is_client = |e: &&Element| e.attr(xml_ncname!("category")) == Some("client");
    let identity = children(info, "identity")
        .find(is_client)
        .or_else(|| children(info, "identity").next());
    let name = identity.and_then(|identity| identity.attr(xml_ncname!("name")));
    clean::bounded(name.unwrap_or(""), clean::MAX_NAME)
}

fn digest(algorithm: &str, text: &[u8]) -> Option<Vec<u8>> {
    match algorithm {
        "sha-1" => Some(Sha1::digest(text).to_vec()),
        "sha-256" => Some(Sha256::digest(text).to_vec()),
        "sha-512" => Some(Sha512::digest(text).to_vec()),
        _ => None,
    }
}
