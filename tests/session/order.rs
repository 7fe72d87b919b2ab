//! The order of a chat is that of the archive, whatever came live, late, twice or by another clock.

use tessera::{
    model::{Direction, Subscription, Timestamp},
    store::Store,
};

use crate::script::{START, Script, attr};
use crate::scripted_archive::Archived;

const BOB: &str = "bob@example.org";
const ALICE: &str = "alice@example.org";

/// Messages that this server gives at once.
const PAGE: usize = 5;

/// A server with an archive that stamps whole seconds, and Alice's program, whose clock differs.
struct World {
    alice: Script,
    /// Milliseconds of the server's clock.
    time: i64,
    skew: i64,
    /// What Bob has written so far.
    written: usize,
    random: u64,
}

impl World {
    fn new(seed: u64, skew: i64) -> Self {
        let mut world = Self {
            alice: Script::new(),
            time: START.0,
            skew,
            written: 0,
            random: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
        };
        world.alice.has_contact(BOB, Subscription::Both);
        world.alice.archive_page_size = PAGE;
        world.passes(0);
        world
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % limit
    }

    fn passes(&mut self, millis: i64) -> &mut Self {
        self.time += millis;
        self.alice.now = Timestamp(self.time + self.skew);
        self
    }

    fn archives(&mut self, id: &str, message: String) {
        let second = chrono::DateTime::from_timestamp(self.time / 1000, 0).expect("a time");
        self.alice.archive.push(Archived {
            id: format!("archive-{id}"),
            message,
            stamp: second.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        });
    }

    /// Bob writes; answers the message as it goes over a stream, with what the server adds.
    fn bob_writes(&mut self) -> String {
        self.written += 1;
        let n = self.written;
        let message = |added: &str| {
            format!(
                "<message from='{BOB}/x' to='{ALICE}' type='chat' id='bob-{n}'><body>{n}</body>{added}</message>"
            )
        };
        self.archives(
            &n.to_string(),
            message("").replacen("<message", "<message xmlns='jabber:client'", 1),
        );
        message(&format!(
            "<stanza-id xmlns='urn:xmpp:sid:0' by='{ALICE}' id='archive-{n}'/>"
        ))
    }

    /// What Alice has sent reaches the server.
    fn server_takes_what_was_sent(&mut self) {
        for message in self.alice.sent("message") {
            if message.children().any(|child| child.name() == "body") {
                let id = attr(&message, "id").expect("an id").to_owned();
                let message = format!(
                    "<message xmlns='jabber:client' from='{ALICE}/Tessera' to='{BOB}' type='chat' id='{id}'>\
                     <body>of Alice</body></message>"
                );
                self.archives(&id, message);
            }
        }
        self.alice.server_acknowledges();
    }

    /// The program is killed and started again.
    fn starts_again(&mut self) {
        let store: Store = self.alice.store.clone();
        let archive = std::mem::take(&mut self.alice.archive);
        self.alice = Script::on(store);
        self.alice.archive = archive;
        self.alice.archive_page_size = PAGE;
        self.passes(0);
    }

    fn of_bob(&self) -> Vec<usize> {
        let mut of_bob = self.alice.messages(BOB);
        of_bob.retain(|message| message.direction == Direction::Incoming);
        let number = |text: &str| text.parse().expect("a number");
        of_bob.iter().map(|message| number(&message.body)).collect()
    }

    /// One thing after another at random, as on a bad line.
    fn lives(&mut self, steps: usize) {
        let mut online = false;
        for _ in 0..steps {
            let millis = self.below(700).cast_signed();
            self.passes(millis);
            match self.below(12) {
                0..=4 => {
                    let message = self.bob_writes();
                    if online && self.below(8) > 0 {
                        self.alice.receives(&message);
                    } else if online {
                        // It was on its way when the line broke.
                        self.alice.loses_the_session();
                        online = false;
                    }
                }
                5 | 6 => {
                    self.alice.writes(BOB, "of Alice");
                    if online {
                        self.server_takes_what_was_sent();
                    }
                }
                7 | 8 if online => {
                    self.alice.loses_the_session();
                    online = false;
                }
                7 | 8 => {
                    let pages =
                        [0, 1, 3, usize::MAX][usize::try_from(self.below(4)).expect("small")];
                    self.alice.archive_pages = pages;
                    if self.below(3) == 0 {
                        let results = usize::try_from(self.below(4)).expect("small");
                        self.alice.archive_breaks = Some(results);
                    }
                    self.alice.binds();
                    if self.below(2) == 0 {
                        // Before the archive has answered.
                        let message = self.bob_writes();
                        self.alice.receives(&message);
                    }
                    self.alice.waits(0);
                    self.server_takes_what_was_sent();
                    online = true;
                }
                9 => {
                    self.starts_again();
                    online = false;
                }
                _ => {
                    self.passes(1000);
                }
            }
        }
        if online {
            self.alice.loses_the_session();
        }
        self.alice.archive_pages = usize::MAX;
        self.alice.archive_breaks = None;
        self.alice.comes_online();
        while self.alice.is_waiting() {
            self.alice.waits(20);
        }
    }
}

#[test]
fn what_comes_live_before_the_archive_is_read_stands_behind_it() {
    for skew in [-3_000, 0, 3_000] {
        let mut world = World::new(1, skew);
        world.bob_writes();
        world.alice.comes_online().loses_the_session();
        for _ in 0..4 {
            world.passes(100).bob_writes();
        }
        let live = world.passes(100).bob_writes();
        world.alice.binds();
        world.alice.receives(&live);
        assert_eq!(world.of_bob(), [1, 2, 3, 4, 5, 6], "skew {skew}");
    }
}

#[test]
fn what_the_archive_brings_stands_behind_what_came_live_even_if_we_wrote_since() {
    let mut world = World::new(1, 0);
    world.alice.comes_online();
    for _ in 0..3 {
        let live = world.passes(200).bob_writes();
        world.alice.receives(&live);
    }
    world.alice.loses_the_session();
    world.passes(100).bob_writes();
    world.passes(2_500).alice.writes(BOB, "of Alice");
    world.alice.comes_online();
    assert_eq!(world.of_bob(), [1, 2, 3, 4]);
}

#[test]
fn what_came_of_a_page_before_the_line_broke_is_kept() {
    let mut world = World::new(1, 0);
    world.bob_writes();
    world.alice.comes_online().loses_the_session();
    for _ in 0..5 {
        world.passes(100).bob_writes();
    }
    world.alice.archive_breaks = Some(3);
    world.alice.comes_online().loses_the_session();
    assert_eq!(world.of_bob(), [1, 2, 3, 4]);
    world.alice.comes_online();
    assert_eq!(world.of_bob(), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn on_a_bad_line_nothing_is_lost_doubled_or_disordered() {
    for skew in [0, -2_400, 2_400] {
        for seed in 1..=20 {
            let mut world = World::new(seed, skew);
            world.lives(70);
            let expected: Vec<usize> = (1..=world.written).collect();
            assert_eq!(world.of_bob(), expected, "seed {seed}, skew {skew}");
        }
    }
}
