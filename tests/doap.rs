//! What `data/tessera.doap` tells the world is what the program has, no more and no less.

use std::{collections::BTreeSet, fs, path::Path};

use minidom::Element;
use rxml::xml_ncname;
use tessera::xmpp::registry;

const DOAP: &str = "http://usefulinc.com/ns/doap#";
const XMPP: &str = "https://linkmauve.fr/ns/xmpp-doap#";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn doap() -> Element {
    let text = fs::read_to_string(root().join("data/tessera.doap")).expect("the file is there");
    text.parse().expect("it is well-formed")
}

/// `implements` elements of the project.
fn implemented(doap: &Element) -> impl Iterator<Item = &Element> {
    let project = doap.get_child("Project", DOAP).expect("it has a project");
    project
        .children()
        .filter(|child| child.is("implements", DOAP))
}

fn resource(element: &Element) -> Option<&str> {
    let namespace = rxml::Namespace::from(RDF.to_owned());
    element.attr_ns(&namespace, xml_ncname!("resource"))
}

/// `RFC 6120` or `XEP-0030` from the address of the specification.
fn name(implements: &Element) -> String {
    if let Some(rfc) = resource(implements) {
        let number = rfc.strip_prefix("https://www.rfc-editor.org/info/rfc");
        return format!("RFC {}", number.expect("only RFCs are named directly"));
    }
    let xep = implements
        .get_child("SupportedXep", XMPP)
        .and_then(|supported| supported.get_child("xep", XMPP))
        .and_then(resource)
        .expect("an extension has an address");
    let number = xep
        .strip_prefix("https://xmpp.org/extensions/xep-")
        .and_then(|rest| rest.strip_suffix(".html"));
    format!("XEP-{}", number.expect("a well-known address"))
}

fn told() -> BTreeSet<String> {
    implemented(&doap()).map(name).collect()
}

fn present() -> BTreeSet<String> {
    let extensions = registry::extensions();
    let elsewhere = registry::ELSEWHERE.iter().map(|(name, _)| *name);
    let all = extensions.iter().map(|extension| extension.xep());
    all.chain(elsewhere).map(str::to_owned).collect()
}

#[test]
fn the_file_tells_exactly_what_is_there() {
    let (told, present) = (told(), present());
    let only_told: Vec<_> = told.difference(&present).collect();
    let only_present: Vec<_> = present.difference(&told).collect();
    assert!(only_told.is_empty(), "told, but not there: {only_told:?}");
    assert!(
        only_present.is_empty(),
        "there, but not told: {only_present:?}"
    );
}

#[test]
fn nothing_is_told_twice() {
    assert_eq!(implemented(&doap()).count(), told().len());
    let extensions = registry::extensions().len() + registry::ELSEWHERE.len();
    assert_eq!(extensions, present().len());
}

#[test]
fn every_protocol_elsewhere_is_named_in_its_file() {
    for (name, file) in registry::ELSEWHERE {
        let text = fs::read_to_string(root().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert!(text.contains(name), "{file} does not name {name}");
    }
}

#[test]
fn every_file_of_an_extension_is_told() {
    let told = told();
    let mut files = 0;
    for entry in fs::read_dir(root().join("src/xmpp")).expect("the folder is there") {
        let file = entry.expect("it can be read").file_name();
        let file = file.to_string_lossy();
        if let Some(number) = file.strip_prefix("xep").and_then(|rest| rest.get(..4)) {
            files += 1;
            assert!(told.contains(&format!("XEP-{number}")), "{file}");
        }
    }
    assert!(files >= 20, "only {files} files of extensions were found");
}

#[test]
fn every_entry_has_status_version_and_a_note_when_it_is_partial() {
    for implements in implemented(&doap()) {
        let Some(supported) = implements.get_child("SupportedXep", XMPP) else {
            continue;
        };
        let text = |name| supported.get_child(name, XMPP).map(Element::text);
        let status = text("status").expect("a status");
        assert!(
            matches!(status.as_str(), "complete" | "partial"),
            "{status}"
        );
        let version = text("version").expect("a version");
        let numbers = version.split('.').all(|part| part.parse::<u32>().is_ok());
        assert!(numbers && version.contains('.'), "{version}");
        assert_eq!(text("since").as_deref(), Some("0.1.0"));
        let is_explained = text("note").is_some_and(|note| !note.is_empty());
        assert!(status == "complete" || is_explained, "{}", name(implements));
    }
}
