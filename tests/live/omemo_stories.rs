//! Our ratchets against those of independent libraries, in both versions and both directions.

use tessera::crypto::omemo::Profile;

use crate::{
    omemo_device::{OURS, THEIRS, TheirDevice},
    our_device::OurDevice,
    random::Random,
};

/// Schedules of one story, and steps of each.
const SCHEDULES: u64 = 8;
const STEPS: usize = 150;

pub(crate) fn oldmemo_and_we_read_each_other() {
    all(Profile::Axolotl);
}

pub(crate) fn twomemo_and_we_read_each_other() {
    all(Profile::Omemo2);
}

fn all(profile: Profile) {
    we_begin(profile);
    they_begin(profile);
    for seed in 0..SCHEDULES {
        in_any_order(profile, seed);
    }
}

fn text(words: &str) -> Result<Option<String>, String> {
    Ok(Some(words.to_owned()))
}

fn we_begin(profile: Profile) {
    let (mut we, mut they) = (
        OurDevice::new(profile, OURS, THEIRS),
        TheirDevice::of_python(profile),
    );
    they.knows(&we.bundle());
    we.begins(&they.bundle);
    let first = we.sends(Some("first"));
    let second = we.sends(Some("second \u{1f511}"));
    assert_eq!(they.reads(&second), text("second \u{1f511}"));
    assert_eq!(they.reads(&first), text("first"));
    assert!(they.reads(&first).is_err(), "read twice");
    let reply = they.sends(Some("reply"), None);
    assert_eq!(we.reads(&reply), text("reply"));
    assert!(we.reads(&reply).is_err(), "read twice");
    let later = we.sends(Some("later"));
    assert!(!later.contains("prekey=") && !later.contains("kex="));
    assert_eq!(they.reads(&later), text("later"));
    // Messages that only move the ratchet.
    assert_eq!(they.reads(&we.sends(None)), Ok(None));
    assert_eq!(we.reads(&they.sends(None, None)), Ok(None));
    // Many that never arrive.
    for _ in 0..59 {
        we.sends(Some("lost"));
    }
    assert_eq!(they.reads(&we.sends(Some("found"))), text("found"));
    for _ in 0..59 {
        they.sends(Some("lost"), None);
    }
    assert_eq!(we.reads(&they.sends(Some("found"), None)), text("found"));
}

fn they_begin(profile: Profile) {
    let (mut we, mut they) = (
        OurDevice::new(profile, OURS, THEIRS),
        TheirDevice::of_python(profile),
    );
    let first = they.sends(Some("first"), Some(&we.bundle()));
    let second = they.sends(Some("second"), None);
    changed_ones_are_refused(&mut we, &first);
    assert_eq!(we.reads(&second), text("second"));
    assert_eq!(we.reads(&first), text("first"));
    assert_eq!(they.reads(&we.sends(Some("reply"))), text("reply"));
    let later = they.sends(Some("later"), None);
    changed_ones_are_refused(&mut we, &later);
    assert_eq!(we.reads(&later), text("later"));
}

/// Changes a letter here and there; what is still read must be what was written.
fn changed_ones_are_refused(we: &mut OurDevice, xml: &str) {
    let before = we.record.clone();
    let key = xml
        .find("<ns0:key ")
        .or_else(|| xml.find("<key "))
        .expect("a key");
    let begin = key + xml[key..].find('>').expect("its text") + 1;
    let end = begin + xml[begin..].find('<').expect("its end");
    let mut refused = 0;
    for at in (begin..end).step_by(3) {
        let mut changed = xml.to_owned();
        let letter = if &xml[at..=at] == "A" { "B" } else { "A" };
        changed.replace_range(at..=at, letter);
        if we.reads(&changed).is_err() {
            refused += 1;
            assert!(we.record == before);
        } else {
            // Parts around the message authenticate nothing (such as a registration id): undo the reading.
            we.record = before.clone();
        }
    }
    assert!(
        refused > (end - begin) / 6,
        "{refused} of {}",
        (end - begin) / 3
    );
}

fn in_any_order(profile: Profile, seed: u64) {
    let mut random = Random::new(seed);
    let (mut we, mut they) = (
        OurDevice::new(profile, OURS, THEIRS),
        TheirDevice::of_python(profile),
    );
    they.knows(&we.bundle());
    we.begins(&they.bundle);
    assert_eq!(they.reads(&we.sends(Some("hello"))), text("hello"));
    assert_eq!(we.reads(&they.sends(Some("hello"), None)), text("hello"));
    let (mut to_us, mut to_them) = (Vec::new(), Vec::new());
    let mut arrived = 0;
    for step in 0..STEPS {
        let words = format!("{seed}.{step}");
        match random.below(4) {
            0 => to_them.push((we.sends(Some(&words)), words)),
            1 => to_us.push((they.sends(Some(&words), None), words)),
            2 if !to_us.is_empty() => {
                let (xml, words) = to_us.remove(random.below(to_us.len()));
                if random.below(20) > 0 {
                    assert_eq!(we.reads(&xml), text(&words));
                    arrived += 1;
                }
            }
            3 if !to_them.is_empty() => {
                let (xml, words) = to_them.remove(random.below(to_them.len()));
                if random.below(20) > 0 {
                    assert_eq!(they.reads(&xml), text(&words));
                    arrived += 1;
                }
            }
            _ => {}
        }
    }
    assert!(arrived > STEPS / 4);
}
