//! What the archive is asked, a page at a time (XEP-0059).

use minidom::Element;
use xmpp_parsers::{
    data_forms::{DataForm, DataFormType, Field},
    mam::{Query, QueryId},
    ns,
    rsm::SetQuery,
};

use crate::model::{BareJid, Timestamp};

/// Messages per page: large enough that round trips do not matter, small enough for one quick transaction.
pub(super) const PAGE: usize = 100;

/// One question.
#[derive(Debug, Default)]
pub(super) struct Question {
    /// Only messages with this peer.
    pub(super) with: Option<BareJid>,
    /// Only messages from this time on.
    pub(super) start: Option<Timestamp>,
    /// Only messages up to this time.
    pub(super) end: Option<Timestamp>,
    /// The page after the message with this id.
    pub(super) after: Option<String>,
    /// The page before the message with this id; empty: the last page.
    pub(super) before: Option<String>,
}

impl Question {
    /// The newest page.
    pub(super) fn newest() -> Self {
        Self::before(String::new())
    }

    /// The page before this id; empty: the last page.
    pub(super) fn before(id: String) -> Self {
        Self {
            before: Some(id),
            ..Self::default()
        }
    }

    /// As it is sent; results carry `queryid`.
    pub(super) fn element(self, queryid: String) -> Element {
        let time = |time: Timestamp| chrono::DateTime::from_timestamp_millis(time.0);
        let stamp = |time: chrono::DateTime<chrono::Utc>| {
            time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
        };
        let fields: Vec<Field> = [
            ("with", self.with.map(|with| with.to_string())),
            ("start", self.start.and_then(time).map(stamp)),
            ("end", self.end.and_then(time).map(stamp)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some(Field::text_single(name, &value?)))
        .collect();
        let form =
            (!fields.is_empty()).then(|| DataForm::new(DataFormType::Submit, ns::MAM, fields));
        Element::from(Query {
            queryid: Some(QueryId(queryid)),
            node: None,
            form,
            set: Some(SetQuery {
                max: Some(PAGE),
                after: self.after,
                before: self.before,
                index: None,
            }),
            flip_page: false,
        })
    }
}
