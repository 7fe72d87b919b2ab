//! Stories and properties of the loaded part of a chat, against a made-up store.

use chrono::{DateTime, NaiveDate};
use proptest::prelude::*;

use super::{GiveUp, MAX_LOADED, PageRequest, Paged, Timeline};
use crate::{
    model::{ConversationId, Delivery, Direction, Message, MessageId, Route, Security, Timestamp},
    timeline::{Changes, Place, Row, Start},
};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

fn utc_day(at: Timestamp) -> NaiveDate {
    DateTime::from_timestamp_millis(at.0).unwrap().date_naive()
}

fn incoming(id: i64, at: i64) -> Message {
    Message {
        id: MessageId(id),
        conversation: ConversationId(1),
        direction: Direction::Incoming,
        author: "bob@example.org".parse().unwrap(),
        resource: None,
        body: format!("message {id}"),
        at: Timestamp(at),
        stored_at: Timestamp(at),
        route: Route::Live,
        imported: None,
        security: Security::Clear,
        delivery: Delivery::Sent,
        origin_id: None,
        stanza_id: None,
        markable: false,
        corrected: None,
        retracted: None,
        reply_to: None,
        spoiler: None,
        reactions: vec![],
    }
}

fn outgoing(id: i64, at: i64, delivery: Delivery) -> Message {
    Message {
        direction: Direction::Outgoing,
        author: "alice@example.org".parse().unwrap(),
        route: Route::Local,
        delivery,
        ..incoming(id, at)
    }
}

/// Rows in short: `[start]`, `day`, `new`, `H1` (message 1 with header), `2` (message 2 without), `typing`.
fn drawn(rows: &[Row]) -> String {
    rows.iter()
        .map(|row| match row {
            Row::Start(start) => format!("[{start:?}]"),
            Row::Day(_) => "day".to_owned(),
            Row::Unread => "new".to_owned(),
            Row::Message(row) if row.header => format!("H{}", row.message.id.0),
            Row::Message(row) => row.message.id.0.to_string(),
            Row::Typing => "typing".to_owned(),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

fn apply(rows: &mut Vec<Row>, changes: Changes<Row>) {
    for splice in changes.splices {
        let at = splice.position as usize;
        rows.splice(at..at + splice.removed as usize, splice.added);
    }
    for (position, row) in changes.updates {
        rows[position as usize] = row;
    }
}

fn splices(changes: &Changes<Row>) -> Vec<(u32, u32, usize)> {
    changes
        .splices
        .iter()
        .map(|splice| (splice.position, splice.removed, splice.added.len()))
        .collect()
}

fn loaded(messages: Vec<Message>) -> Timeline {
    let mut timeline = Timeline::new(utc_day);
    let _ = timeline.load(messages, false, false);
    timeline
}

#[test]
fn messages_within_five_minutes_share_a_header() {
    let timeline = loaded(vec![
        incoming(1, 0),
        incoming(2, 4 * MINUTE),
        incoming(3, 6 * MINUTE),
        outgoing(4, 7 * MINUTE, Delivery::Sent),
        outgoing(5, 8 * MINUTE, Delivery::Read),
        incoming(6, DAY),
    ]);
    assert_eq!(drawn(timeline.rows()), "day H1 2 H3 H4 5 day H6");
}

#[test]
fn the_line_stands_before_the_first_new_incoming_message() {
    let mut timeline = loaded(vec![
        incoming(1, 0),
        outgoing(2, MINUTE, Delivery::Sent),
        incoming(3, 2 * MINUTE),
        incoming(4, 3 * MINUTE),
    ]);
    let seen = |id, at| {
        Some(Some(Place {
            at: Timestamp(at),
            id: MessageId(id),
        }))
    };
    let changes = timeline.set_line(seen(1, 0));
    assert_eq!(drawn(timeline.rows()), "day H1 H2 new H3 4");
    assert_eq!(splices(&changes), [(3, 0, 1)]);
    let _ = timeline.set_line(seen(3, 2 * MINUTE));
    assert_eq!(drawn(timeline.rows()), "day H1 H2 H3 new H4");
    let _ = timeline.set_line(Some(None));
    assert_eq!(drawn(timeline.rows()), "day new H1 H2 H3 4");
    let _ = timeline.set_line(seen(4, 3 * MINUTE));
    assert_eq!(drawn(timeline.rows()), "day H1 H2 H3 4");
}

#[test]
fn a_line_above_what_is_loaded_is_not_drawn() {
    let mut timeline = Timeline::new(utc_day);
    let _ = timeline.load(vec![incoming(10, 0), incoming(11, 1)], true, false);
    let _ = timeline.set_line(Some(Some(Place {
        at: Timestamp(-5),
        id: MessageId(2),
    })));
    assert_eq!(drawn(timeline.rows()), "day H10 11");
}

#[test]
fn an_echo_never_stands_above_what_is_stored() {
    // The clock of this machine is an hour slow.
    let mut timeline = loaded(vec![incoming(1, 0), incoming(2, 60 * MINUTE)]);
    let echo = outgoing(3, MINUTE, Delivery::Waiting);
    let changes = timeline.merge(&[MessageId(3)], vec![echo], GiveUp::Oldest);
    assert_eq!(drawn(timeline.rows()), "day H1 H2 H3");
    assert_eq!(splices(&changes), [(3, 0, 1)]);
    // An older day begins nothing below a newer one.
    let old = outgoing(4, -DAY, Delivery::Waiting);
    let _ = timeline.merge(&[MessageId(4)], vec![old], GiveUp::Oldest);
    assert_eq!(drawn(timeline.rows()), "day H1 H2 H3 H4");
    // Once the server has it, it takes its place.
    let sent = outgoing(3, MINUTE, Delivery::Sent);
    let _ = timeline.merge(&[MessageId(3)], vec![sent], GiveUp::Oldest);
    assert_eq!(drawn(timeline.rows()), "day H1 H3 H2 H4");
}

#[test]
fn a_receipt_touches_one_row_in_place() {
    let mut timeline = loaded(vec![
        incoming(1, 0),
        outgoing(2, MINUTE, Delivery::Sent),
        incoming(3, 2 * MINUTE),
    ]);
    let delivered = outgoing(2, MINUTE, Delivery::Delivered);
    let changes = timeline.merge(&[MessageId(2)], vec![delivered], GiveUp::Oldest);
    assert!(changes.splices.is_empty());
    assert_eq!(changes.updates.len(), 1);
    assert_eq!(changes.updates[0].0, 2);
}

#[test]
fn a_message_that_is_gone_from_the_store_goes() {
    let mut timeline = loaded(vec![incoming(1, 0), incoming(2, 1)]);
    let _ = timeline.merge(&[MessageId(1)], vec![], GiveUp::Oldest);
    assert_eq!(drawn(timeline.rows()), "day H2");
}

#[test]
fn typing_and_start_have_places_of_their_own() {
    let mut timeline = loaded(vec![incoming(1, 0)]);
    let _ = timeline.set_typing(true);
    let _ = timeline.set_start(Start::Fetching);
    let _ = timeline.merge(
        &[MessageId(2)],
        vec![outgoing(2, -1, Delivery::Waiting)],
        GiveUp::Oldest,
    );
    assert_eq!(drawn(timeline.rows()), "[Fetching] day H1 H2 typing");
    let changes = timeline.set_typing(false);
    assert_eq!(splices(&changes), [(4, 1, 0)]);
}

#[test]
fn an_older_page_only_adds_above() {
    let mut timeline = Timeline::new(utc_day);
    let _ = timeline.load(
        vec![incoming(5, 5 * MINUTE), incoming(6, 6 * MINUTE)],
        true,
        false,
    );
    let request = timeline.older_page().unwrap();
    let page = vec![incoming(3, MINUTE), incoming(4, 2 * MINUTE)];
    let Paged::Taken(changes) = timeline.take_older(request, page, false) else {
        panic!("the page fits");
    };
    assert_eq!(drawn(timeline.rows()), "day H3 4 5 H6");
    // The day row stays, the page comes below it; headers that change are updates in place.
    assert_eq!(splices(&changes), [(1, 0, 2)]);
    assert_eq!(timeline.older_page(), None);
}

#[test]
fn a_page_that_no_longer_fits_is_asked_for_again() {
    let mut timeline = Timeline::new(utc_day);
    let _ = timeline.load(vec![incoming(5, 50)], true, false);
    let request = timeline.older_page().unwrap();
    // Something older arrives from the archive while the page is on its way, perhaps too late for it.
    let _ = timeline.merge(&[MessageId(9)], vec![incoming(9, 10)], GiveUp::Oldest);
    assert_eq!(drawn(timeline.rows()), "day H5");
    assert_eq!(timeline.take_older(request, vec![], false), Paged::Stale);
    let request: PageRequest = timeline.older_page().unwrap();
    let page = vec![incoming(9, 10)];
    assert!(matches!(
        timeline.take_older(request, page, false),
        Paged::Taken(_)
    ));
    assert_eq!(drawn(timeline.rows()), "day H9 5");
}

#[derive(Clone, Debug)]
enum Step {
    Arrives { at: i64 },
    Writes { at: i64 },
    Acknowledged,
    Older,
    Newer,
    Typing(bool),
    Line(usize),
    Start,
    Jump(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..4 * DAY).prop_map(|at| Step::Arrives { at }),
        3 => (0..4 * DAY).prop_map(|at| Step::Writes { at }),
        2 => Just(Step::Acknowledged),
        6 => Just(Step::Older),
        4 => Just(Step::Newer),
        1 => any::<bool>().prop_map(Step::Typing),
        1 => (0usize..600).prop_map(Step::Line),
        1 => Just(Step::Start),
        1 => (0usize..600).prop_map(Step::Jump),
    ]
}

/// What a store would answer.
struct Stored(Vec<Message>);

impl Stored {
    const PAGE: usize = 37;

    fn before(&self, place: Place) -> (Vec<Message>, bool) {
        let end = self.0.partition_point(|m| Place::of(m) < place);
        let start = end.saturating_sub(Self::PAGE);
        (self.0[start..end].to_vec(), start > 0)
    }

    fn after(&self, place: Place) -> (Vec<Message>, bool) {
        let start = self.0.partition_point(|m| Place::of(m) <= place);
        let end = (start + Self::PAGE).min(self.0.len());
        (self.0[start..end].to_vec(), end < self.0.len())
    }

    fn put(&mut self, message: Message) -> MessageId {
        let id = message.id;
        self.0.retain(|m| m.id != id);
        let at = self
            .0
            .partition_point(|m| Place::of(m) < Place::of(&message));
        self.0.insert(at, message);
        id
    }
}

/// What must hold after every step.
fn check(timeline: &Timeline, rows: &[Row], store: &Stored) {
    assert_eq!(rows, timeline.rows(), "applied changes give the rows");
    assert!(timeline.stored.len() <= MAX_LOADED);

    let sure = |m: &&Message| !super::waits(m);
    let all: Vec<&Message> = store.0.iter().filter(sure).collect();
    if let (Some(first), Some(last)) = (timeline.stored.first(), timeline.stored.last()) {
        let from = all.iter().position(|m| m.id == first.id).unwrap();
        let to = all.iter().position(|m| m.id == last.id).unwrap();
        let loaded: Vec<&Message> = timeline.stored.iter().map(AsRef::as_ref).collect();
        assert_eq!(loaded, all[from..=to], "what is loaded has no gaps");
        assert!(
            timeline.has_older() || from == 0,
            "nothing older is forgotten"
        );
        assert!(
            timeline.has_newer() || to + 1 == all.len(),
            "nothing newer is forgotten"
        );
    }
    if !timeline.has_newer() {
        let waiting = store.0.iter().filter(|m| super::waits(m)).count();
        let shown = timeline.waiting.len();
        assert!(shown <= waiting);
    }
    let mut below = false;
    let mut keys = std::collections::HashSet::new();
    for row in rows {
        assert!(
            keys.insert(super::super::Keyed::key(row)),
            "keys are unique"
        );
        if let Row::Message(row) = row {
            let waits = super::waits(&row.message);
            assert!(waits || !below, "nothing stored stands below what waits");
            below |= waits;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_happens_the_rows_are_those_of_the_store(
        count in 0usize..500,
        steps in proptest::collection::vec(step(), 1..60),
    ) {
        let mut store = Stored(Vec::new());
        for id in 0..count as i64 {
            let _ = store.put(incoming(id + 1, id * 9 * MINUTE / 2));
        }
        let mut next = count as i64 + 1;
        let mut timeline = Timeline::new(utc_day);
        let mut rows = Vec::new();
        let newest = store.0[count.saturating_sub(50)..].to_vec();
        apply(&mut rows, timeline.load(newest, count > 50, false));
        for step in steps {
            match step {
                Step::Arrives { at } => {
                    let id = store.put(incoming(next, at));
                    next += 1;
                    let found = store.0.iter().filter(|m| m.id == id).cloned().collect();
                    apply(&mut rows, timeline.merge(&[id], found, GiveUp::Newest));
                }
                Step::Writes { at } => {
                    let id = store.put(outgoing(next, at, Delivery::Waiting));
                    next += 1;
                    let found = store.0.iter().filter(|m| m.id == id).cloned().collect();
                    apply(&mut rows, timeline.merge(&[id], found, GiveUp::Oldest));
                }
                Step::Acknowledged => {
                    let Some(mut message) = store.0.iter().find(|m| super::waits(m)).cloned() else {
                        continue;
                    };
                    message.delivery = Delivery::Sent;
                    let id = store.put(message.clone());
                    apply(&mut rows, timeline.merge(&[id], vec![message], GiveUp::Oldest));
                }
                Step::Older => {
                    let Some(request) = timeline.older_page() else { continue };
                    let (page, more) = store.before(request.beside);
                    let Paged::Taken(changes) = timeline.take_older(request, page, more) else {
                        panic!("nothing came between");
                    };
                    apply(&mut rows, changes);
                }
                Step::Newer => {
                    let Some(request) = timeline.newer_page() else { continue };
                    let (page, more) = store.after(request.beside);
                    let Paged::Taken(changes) = timeline.take_newer(request, page, more) else {
                        panic!("nothing came between");
                    };
                    apply(&mut rows, changes);
                }
                Step::Typing(typing) => apply(&mut rows, timeline.set_typing(typing)),
                Step::Line(at) => {
                    let place = store.0.get(at).map(Place::of);
                    apply(&mut rows, timeline.set_line(Some(place)));
                }
                Step::Start => apply(&mut rows, timeline.set_start(Start::Complete)),
                Step::Jump(at) => {
                    let from = at.min(store.0.len());
                    let to = (from + 40).min(store.0.len());
                    let part = store.0[from..to].to_vec();
                    if part.is_empty() {
                        continue;
                    }
                    let changes = timeline.load(part, from > 0, to < store.0.len());
                    apply(&mut rows, changes);
                }
            }
            check(&timeline, &rows, &store);
        }
    }
}
