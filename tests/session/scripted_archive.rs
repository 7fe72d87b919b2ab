//! The archive of the scripted server (XEP-0313).

use minidom::Element;

use crate::script::{Script, attr};

/// One entry of the scripted server's archive.
pub(crate) struct Archived {
    /// Its archive id.
    pub(crate) id: String,
    /// The message as XML.
    pub(crate) message: String,
    /// When it was stored, as XEP-0082 text.
    pub(crate) stamp: String,
}

impl Script {
    /// What the server answers to a question about the archive.
    pub(crate) fn archive_answers(&mut self, query: &Element, id: &str) -> Vec<String> {
        if self.archive_pages == 0 {
            return vec![];
        }
        self.archive_pages -= 1;
        let error = |condition: &str| {
            vec![format!(
                "<iq xmlns='jabber:client' type='error' id='{id}'><error type='cancel'>\
                 <{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
            )]
        };
        if let Some(condition) = self.archive_refuses {
            return error(condition);
        }
        let queryid = attr(query, "queryid").expect("a queryid");
        let set = query
            .children()
            .find(|c| c.name() == "set")
            .expect("paging");
        let child = |name: &str| set.children().find(|c| c.name() == name).map(Element::text);
        let max: usize = child("max")
            .expect("a page size")
            .parse()
            .expect("a number");
        let max = max.min(self.archive_page_size);
        let filter = |name: &str| {
            query.children().find(|c| c.name() == "x").and_then(|form| {
                let field = form.children().find(|f| attr(f, "var") == Some(name))?;
                Some(field.children().next()?.text())
            })
        };
        let (with, start, end) = (filter("with"), filter("start"), filter("end"));
        let instant = |stamp: &str| chrono::DateTime::parse_from_rfc3339(stamp).expect("a time");
        let all: Vec<&Archived> = self
            .archive
            .iter()
            .filter(|a| with.as_ref().is_none_or(|w| a.message.contains(w)))
            .filter(|a| {
                start
                    .as_ref()
                    .is_none_or(|t| instant(&a.stamp) >= instant(t))
            })
            .filter(|a| end.as_ref().is_none_or(|t| instant(&a.stamp) <= instant(t)))
            .collect();
        let place = |id: &str| all.iter().position(|a| a.id == id);
        let (page, complete) = if let Some(after) = child("after") {
            let Some(place) = place(&after) else {
                return error("item-not-found");
            };
            let rest = &all[place + 1..];
            (&rest[..rest.len().min(max)], rest.len() <= max)
        } else if let Some(before) = child("before") {
            let known = place(&before).or(before.is_empty().then_some(all.len()));
            let Some(before) = known else {
                return error("item-not-found");
            };
            let rest = &all[..before];
            (&rest[rest.len().saturating_sub(max)..], rest.len() <= max)
        } else {
            (&all[..all.len().min(max)], all.len() <= max)
        };
        let mut answers: Vec<String> = page
            .iter()
            .map(|entry| {
                format!(
                    "<message xmlns='jabber:client' to='alice@example.org/Tessera'>\
                     <result xmlns='urn:xmpp:mam:2' queryid='{queryid}' id='{}'>\
                     <forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='{}'/>{}</forwarded>\
                     </result></message>",
                    entry.id, entry.stamp, entry.message
                )
            })
            .collect();
        let ends = match (page.first(), page.last()) {
            (Some(first), Some(last)) => {
                format!(
                    "<first index='0'>{}</first><last>{}</last>",
                    first.id, last.id
                )
            }
            _ => String::new(),
        };
        if let Some(results) = self.archive_breaks.take() {
            answers.truncate(results);
            return answers;
        }
        answers.push(format!(
            "<iq xmlns='jabber:client' type='result' id='{id}'><fin xmlns='urn:xmpp:mam:2' complete='{complete}'>\
             <set xmlns='http://jabber.org/protocol/rsm'>{ends}</set></fin></iq>"
        ));
        answers
    }
}
