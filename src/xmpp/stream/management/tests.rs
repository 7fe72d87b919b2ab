//! Stories of counting, acknowledging and resuming.

use super::*;

fn stanza(number: i64) -> Unacked {
    Unacked {
        stanza: Element::bare("message", "jabber:client"),
        outbox: Some(OutboxId(number)),
    }
}

fn sending(count: i64) -> Management {
    let mut management = Management::default();
    for number in 1..=count {
        management.sent(stanza(number));
    }
    management
}

fn arrived(management: &mut Management, h: u32) -> Option<Vec<i64>> {
    match management.acknowledge(h) {
        Ack::Arrived(stanzas) => Some(
            stanzas
                .iter()
                .map(|unacked| unacked.outbox.unwrap().0)
                .collect(),
        ),
        Ack::Impossible => None,
    }
}

fn waiting(management: &Management) -> Vec<i64> {
    management
        .unacknowledged()
        .map(|unacked| unacked.outbox.unwrap().0)
        .collect()
}

#[test]
fn each_stanza_arrives_once_and_in_order() {
    let mut management = sending(5);
    assert_eq!(arrived(&mut management, 2), Some(vec![1, 2]));
    assert_eq!(arrived(&mut management, 2), Some(vec![]));
    assert_eq!(waiting(&management), [3, 4, 5]);
    assert_eq!(arrived(&mut management, 5), Some(vec![3, 4, 5]));
    assert_eq!(waiting(&management), [0; 0]);
}

#[test]
fn a_count_ahead_of_what_was_sent_changes_nothing() {
    let mut management = sending(3);
    for h in [4, 1000, u32::MAX] {
        assert_eq!(arrived(&mut management, h), None, "{h}");
    }
    assert_eq!(waiting(&management), [1, 2, 3]);
}

#[test]
fn a_count_that_goes_back_changes_nothing() {
    let mut management = sending(3);
    arrived(&mut management, 2);
    for h in [1, 0] {
        assert_eq!(arrived(&mut management, h), None, "{h}");
    }
    assert_eq!(waiting(&management), [3]);
}

#[test]
fn counts_wrap_around() {
    let mut management = Management {
        acked: u32::MAX - 1,
        handled: u32::MAX,
        ..Management::default()
    };
    for number in 1..=3 {
        management.sent(stanza(number));
    }
    assert_eq!(arrived(&mut management, 0), Some(vec![1, 2]));
    assert_eq!(arrived(&mut management, u32::MAX), None);
    assert_eq!(arrived(&mut management, 1), Some(vec![3]));
    management.committed();
    assert_eq!(management.handled(), 0);
}

#[test]
fn after_a_resumption_only_what_did_not_arrive_is_sent_again() {
    let mut management = sending(4);
    arrived(&mut management, 1);
    // The connection breaks; the server says in `<resumed/>` how far it came.
    assert_eq!(arrived(&mut management, 3), Some(vec![2, 3]));
    assert_eq!(waiting(&management), [4]);
    assert_eq!(arrived(&mut management, 4), Some(vec![4]));
}

#[test]
fn what_is_handled_is_counted_by_ones() {
    let mut management = Management::default();
    assert_eq!(management.handled(), 0);
    management.committed();
    management.committed();
    assert_eq!(management.handled(), 2);
}
