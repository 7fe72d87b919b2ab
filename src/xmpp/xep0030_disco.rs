//! XEP-0030: what this program can do, and what our server and our account can do.

use std::collections::{BTreeMap, BTreeSet};

use minidom::Element;
use rxml::xml_ncname;
use xmpp_parsers::{
    disco::{DiscoInfoQuery, DiscoInfoResult, DiscoItemsResult, Identity},
    iq::Iq,
    jid::Jid,
    ns,
    stanza_error::{DefinedCondition, ErrorType},
};

use super::{Cx, Extension, Handled, QueryId, Reply, Wish, xep0115_caps};
use crate::{model::Settings, store::StoreError};

/// Features that are read of one answer: servers have about a hundred.
const MAX_FEATURES: usize = 1000;
/// Longest feature that is read, in bytes.
const MAX_FEATURE: usize = 512;

/// What this program can do: the same for everybody who may know it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Info {
    features: BTreeSet<String>,
    optional: Vec<(&'static str, Wish)>,
}

/// Answers what we can do, and finds out what our server and our account can do.
#[derive(Debug)]
pub struct Disco {
    info: Info,
    open: BTreeMap<QueryId, Whose>,
}

#[derive(Clone, Copy, Debug)]
enum Whose {
    Server,
    Account,
}

impl Info {
    /// The features of these extensions, with those of disco and caps themselves.
    pub fn of(extensions: &[Box<dyn Extension>]) -> Self {
        let features = extensions.iter().flat_map(|e| e.features()).copied();
        let optional = extensions.iter().flat_map(|e| e.optional_features());
        Self {
            optional: optional.copied().collect(),
            features: [ns::DISCO_INFO, ns::DISCO_ITEMS, ns::CAPS]
                .into_iter()
                .chain(features)
                .map(str::to_owned)
                .collect(),
        }
    }

    /// What this program can do with these settings.
    #[must_use]
    pub fn with(&self, settings: &Settings) -> Self {
        let mut now = self.clone();
        for (feature, wish) in std::mem::take(&mut now.optional) {
            if wish.is_granted(settings) {
                now.features.insert(feature.to_owned());
            }
        }
        now
    }

    /// The answer to a question about this node.
    pub fn result(&self, node: Option<String>) -> DiscoInfoResult {
        DiscoInfoResult {
            node,
            identities: vec![Identity {
                category: "client".to_owned(),
                type_: "pc".to_owned(),
                lang: None,
                name: Some("Tessera".to_owned()),
            }],
            features: self.features.clone(),
            extensions: vec![],
        }
    }
}

impl Disco {
    /// One that answers with this.
    pub fn new(info: Info) -> Self {
        Self {
            info,
            open: BTreeMap::new(),
        }
    }
}

impl Extension for Disco {
    fn xep(&self) -> &'static str {
        "XEP-0030"
    }

    fn online(&mut self, cx: &mut Cx<'_, '_>, resumed: bool) -> Result<(), StoreError> {
        if resumed {
            return Ok(());
        }
        let server = Jid::from(cx.account.jid.domain().to_owned());
        let account = Jid::from(cx.account.jid.clone());
        for (whose, to) in [(Whose::Server, server), (Whose::Account, account)] {
            let query = cx.get(self.xep(), Some(to), DiscoInfoQuery { node: None });
            self.open.insert(query, whose);
        }
        Ok(())
    }

    fn iq(&mut self, cx: &mut Cx<'_, '_>, iq: &Iq) -> Result<Handled, StoreError> {
        let Iq::Get { payload, .. } = iq else {
            return Ok(Handled::No);
        };
        let about_items = payload.is("query", ns::DISCO_ITEMS);
        if !(about_items || payload.is("query", ns::DISCO_INFO)) || !cx.may_see_us(iq.from())? {
            return Ok(Handled::No);
        }
        let node = payload.attr(xml_ncname!("node")).map(str::to_owned);
        let info = self.info.with(cx.settings);
        if about_items && node.is_none() {
            let (node, items, rsm) = (None, vec![], None);
            cx.answer(iq, Some(DiscoItemsResult { node, items, rsm }.into()));
        } else if !about_items
            && node
                .as_ref()
                .is_none_or(|node| *node == xep0115_caps::own_node(&info))
        {
            cx.answer(iq, Some(info.result(node).into()));
        } else {
            cx.refuse(iq, ErrorType::Cancel, DefinedCondition::ItemNotFound);
        }
        Ok(Handled::Yes)
    }

    fn reply(
        &mut self,
        cx: &mut Cx<'_, '_>,
        query: QueryId,
        reply: Reply,
    ) -> Result<(), StoreError> {
        let Some(whose) = self.open.remove(&query) else {
            return Ok(());
        };
        match reply.into_result() {
            Ok(Some(info)) if info.is("query", ns::DISCO_INFO) => {
                // Older servers say of the domain that accounts have the service (XEP-0163, section 6.1).
                cx.link.pep |= has_pep(&info);
                match whose {
                    Whose::Server => cx.link.server = features(&info),
                    Whose::Account => cx.link.own = features(&info),
                }
            }
            Ok(_) => {}
            Err(failure) => tracing::info!(?whose, kind = ?failure.kind, "no disco#info"),
        }
        if self.open.is_empty() && cx.link.jid.is_some() {
            cx.link.newly_discovered = true;
        }
        Ok(())
    }
}

/// The features of an answer, bounded.
fn features(info: &Element) -> BTreeSet<String> {
    info.children()
        .filter(|child| child.is("feature", ns::DISCO_INFO))
        .filter_map(|feature| feature.attr(xml_ncname!("var")))
        .filter(|feature| feature.len() <= MAX_FEATURE)
        .take(MAX_FEATURES)
        .map(str::to_owned)
        .collect()
}

fn has_pep(info: &Element) -> bool {
    info.children().any(|child| {
        child.is("identity", ns::DISCO_INFO)
            && child.attr(xml_ncname!("category")) == Some("pubsub")
            && child.attr(xml_ncname!("type")) == Some("pep")
    })
}

#[cfg(test)]
mod tests;
