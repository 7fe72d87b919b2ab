//! Random order, loss, repetition and changes on the way.

use proptest::prelude::*;

use super::{Device, device::pair};
use crate::crypto::omemo::{
    DecryptError, HEARTBEAT, Incoming, MAX_AHEAD, MAX_ARCHIVED, MAX_SKIPPED, Profile, SessionRecord,
};

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    /// One of them writes.
    Write { alice: bool },
    /// One of the messages under way to one of them comes.
    Come { alice: bool, pick: usize },
    /// One is lost.
    Lose { alice: bool, pick: usize },
    /// One that came, comes again.
    Again { alice: bool, pick: usize },
    /// One comes changed, and then as it was.
    Changed {
        alice: bool,
        pick: usize,
        at: usize,
        bit: u8,
    },
    /// One of them begins another session.
    Begin { alice: bool },
}

/// What may happen; `begins` is how often in a hundred somebody begins another session.
fn step(begins: u32) -> impl Strategy<Value = Step> {
    let alice = any::<bool>();
    let pick = any::<usize>();
    prop_oneof![
        begins => alice.prop_map(|alice| Step::Begin { alice }),
        40 => alice.prop_map(|alice| Step::Write { alice }),
        40 => (alice, pick).prop_map(|(alice, pick)| Step::Come { alice, pick }),
        5 => (alice, pick).prop_map(|(alice, pick)| Step::Lose { alice, pick }),
        5 => (alice, pick).prop_map(|(alice, pick)| Step::Again { alice, pick }),
        5 => (alice, pick, any::<usize>(), 0..8u8)
            .prop_map(|(alice, pick, at, bit)| Step::Changed { alice, pick, at, bit }),
    ]
}

/// One direction of the line.
#[derive(Default)]
struct Line {
    under_way: Vec<(Vec<u8>, Vec<u8>)>,
    arrived: Vec<Vec<u8>>,
    count: u32,
}

impl Line {
    fn take(&mut self, pick: usize) -> Option<(Vec<u8>, Vec<u8>)> {
        let length = self.under_way.len();
        (length > 0).then(|| self.under_way.remove(pick % length))
    }
}

/// A message comes; only one whose chain was given up may be lost.
fn comes(device: &mut Device, bytes: &[u8], text: Vec<u8>) {
    let message = match Incoming::parse(device.profile, bytes) {
        Some(Incoming::Message(message)) => message,
        Some(Incoming::Exchange(exchange)) => exchange.message,
        None => panic!("a message"),
    };
    let mut sessions = device.record.current.iter().chain(&device.record.archived);
    let given_up = sessions.any(|session| session.retired.contains(&message.ratchet_key));
    // Two may have picked the same prekey: it is kept as while old messages are fetched.
    let prekeys = device.prekeys.clone();
    match device.reads(bytes) {
        Err(DecryptError::Duplicate) if given_up => {}
        read => assert_eq!(read, Ok(text)),
    }
    device.prekeys = prekeys;
}

fn run(profile: Profile, seed: u64, steps: &[Step]) {
    let (mut alice, mut bob) = pair(profile, seed);
    let mut to_alice = Line::default();
    let mut to_bob = Line::default();
    let mut begun = 0;
    for step in steps {
        let (Step::Write { alice: is_alice }
        | Step::Come {
            alice: is_alice, ..
        }
        | Step::Lose {
            alice: is_alice, ..
        }
        | Step::Again {
            alice: is_alice, ..
        }
        | Step::Changed {
            alice: is_alice, ..
        }
        | Step::Begin { alice: is_alice }) = step;
        let (me, other, mine, theirs) = if *is_alice {
            (&mut alice, &mut bob, &mut to_alice, &mut to_bob)
        } else {
            (&mut bob, &mut alice, &mut to_bob, &mut to_alice)
        };
        match *step {
            Step::Write { .. } => {
                if me
                    .record
                    .current()
                    .is_none_or(|session| session.sending.is_none())
                {
                    continue;
                }
                theirs.count += 1;
                let text = theirs.count.to_be_bytes().to_vec();
                theirs.under_way.push((me.says(&text).0, text));
            }
            // More than are kept of former ones would lose what is under way.
            Step::Begin { .. } => {
                if begun < MAX_ARCHIVED {
                    begun += 1;
                    me.begins(other);
                }
            }
            Step::Come { pick, .. } => {
                if let Some((bytes, text)) = mine.take(pick) {
                    comes(me, &bytes, text);
                    mine.arrived.push(bytes);
                }
            }
            Step::Lose { pick, .. } => {
                mine.take(pick);
            }
            Step::Again { pick, .. } => {
                if !mine.arrived.is_empty() {
                    let before = me.record.clone();
                    let bytes = &mine.arrived[pick % mine.arrived.len()];
                    assert_eq!(me.reads(bytes), Err(DecryptError::Duplicate));
                    assert!(me.record == before);
                }
            }
            Step::Changed { pick, at, bit, .. } => {
                if let Some((bytes, text)) = mine.take(pick) {
                    let mut changed = bytes.clone();
                    let length = changed.len();
                    changed[at % length] ^= 1 << bit;
                    let before = me.record.clone();
                    let prekeys = me.prekeys.len();
                    match me.reads(&changed) {
                        Err(_) => assert!(me.record == before && me.prekeys.len() == prekeys),
                        // Numbers around a message that is known otherwise authenticate nothing.
                        Ok(read) => {
                            assert_eq!(read, text);
                            continue;
                        }
                    }
                    comes(me, &bytes, text);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_but_what_the_line_loses_is_lost(
        seed in any::<u64>(),
        steps in proptest::collection::vec(step(0), 1..120),
    ) {
        for profile in Profile::ALL {
            run(profile, seed, &steps);
        }
    }

    #[test]
    fn sessions_that_begin_at_any_time_lose_nothing(
        seed in any::<u64>(),
        steps in proptest::collection::vec(step(3), 1..60),
    ) {
        for profile in Profile::ALL {
            run(profile, seed, &steps);
        }
    }

    #[test]
    fn no_stored_bytes_break_anything(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = SessionRecord::load(&bytes);
        let _ = SessionRecord::load(&[&[1], &bytes[..]].concat());
    }
}

fn established(profile: Profile, seed: u64) -> (Device, Device) {
    let (mut alice, mut bob) = pair(profile, seed);
    bob.reads(&alice.says(b"hello").0).unwrap();
    alice.reads(&bob.says(b"hello").0).unwrap();
    (alice, bob)
}

#[test]
fn p1_the_last_message_of_a_chain_comes_after_the_next_chain() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = established(profile, 20);
        let late: Vec<_> = (0..3u8).map(|n| alice.says(&[n]).0).collect();
        bob.reads(&late[0]).unwrap();
        for turn in 0..3u8 {
            let (reply, _) = bob.says(&[turn]);
            alice.reads(&reply).unwrap();
            bob.reads(&alice.says(&[turn]).0).unwrap();
        }
        assert_eq!(bob.reads(&late[2]).unwrap(), [2]);
        assert_eq!(bob.reads(&late[1]).unwrap(), [1]);
    }
}

#[test]
fn a_message_of_a_chain_that_was_given_up_is_no_broken_session() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = established(profile, 21);
        let (old, _) = alice.says(b"old");
        bob.reads(&old).unwrap();
        for turn in 0..20u8 {
            alice.reads(&bob.says(&[turn]).0).unwrap();
            bob.reads(&alice.says(&[turn]).0).unwrap();
        }
        assert_eq!(bob.reads(&old), Err(DecryptError::Duplicate));
    }
}

#[test]
fn f48_far_ahead_is_as_far_as_the_limit() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = established(profile, 22);
        let messages: Vec<_> = (0..MAX_AHEAD + 2).map(|_| alice.says(b"x").0).collect();
        let before = bob.record.clone();
        assert_eq!(
            bob.reads(&messages[MAX_AHEAD as usize + 1]),
            Err(DecryptError::TooFarAhead)
        );
        assert!(bob.record == before);
        assert_eq!(bob.reads(&messages[MAX_AHEAD as usize]).unwrap(), b"x");
        for bytes in messages[..MAX_AHEAD as usize].iter().rev().take(50) {
            assert_eq!(bob.reads(bytes).unwrap(), b"x");
        }
        assert_eq!(bob.reads(&messages[MAX_AHEAD as usize + 1]).unwrap(), b"x");
    }
}

#[test]
fn f48_keys_of_missing_messages_are_bounded() {
    let (mut alice, mut bob) = established(Profile::Omemo2, 23);
    for _ in 0..3 {
        let mut last = Vec::new();
        for _ in 0..=900 {
            last = alice.says(b"x").0;
        }
        bob.reads(&last).unwrap();
        alice.reads(&bob.says(b"y").0).unwrap();
    }
    assert_eq!(bob.record.current().unwrap().skipped.len(), MAX_SKIPPED);
}

#[test]
fn f48_the_other_side_is_heard_of_once_when_a_chain_is_long() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = established(profile, 24);
        let mut due = Vec::new();
        for number in 0..2 * HEARTBEAT {
            let (bytes, _) = alice.says(b"x");
            // The 54th is lost.
            if number == HEARTBEAT {
                continue;
            }
            let received = bob.would_read(&bytes).unwrap();
            if received.heartbeat_due {
                due.push(number);
            }
            bob.record = received.record;
        }
        assert_eq!(due, [HEARTBEAT + 1]);
    }
}

#[test]
fn truncated_and_lengthened_messages_are_refused() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = pair(profile, 25);
        let (bytes, _) = alice.says(b"hello");
        for length in 0..bytes.len() {
            assert!(bob.reads(&bytes[..length]).is_err(), "{length}");
        }
        assert_eq!(
            bob.reads(&vec![0x33; 1 << 20]),
            Err(DecryptError::Malformed)
        );
        assert_eq!(bob.reads(&bytes).unwrap(), b"hello");
    }
}
