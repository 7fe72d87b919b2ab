//! How fast messages are found: first pages and whole searches among a million, in an encrypted file.
//!
//! `MESSAGES=100000 cargo bench --bench search` takes fewer.

use std::{
    sync::atomic::AtomicBool,
    time::{Duration, Instant},
};

use chrono::Utc;
use tessera::{
    model::{
        AccountId, BareJid, ConversationKind, Delivery, Direction, NewAccount, PasswordStorage,
        Route, Security, Timestamp, search::Query,
    },
    store::{DatabaseKey, NewMessage, Store, StoreError},
};

/// Messages of a long life, with eight years between the first and the last.
const MESSAGES: u32 = 1_000_000;
const YEARS: i64 = 8;
const CHATS: usize = 200;
/// Messages per transaction while the data is made: a page of the archive.
const BATCH: u32 = 100;
const PAGE: u32 = 50;
const RUNS: usize = 9;

fn main() {
    let count = std::env::var("MESSAGES")
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(MESSAGES);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("tessera.db");
    let key = DatabaseKey::random().expect("random numbers");
    let store = Store::open(&file, &key).expect("a new database");
    let began = Instant::now();
    fill(&store, count).expect("room for the data");
    let took = began.elapsed();
    store.settle().expect("a database in order");
    let size = file.metadata().expect("a file").len() / 1_000_000;
    println!(
        "{count} messages stored in {:.1} s, {:.0} per second, in {BATCH}s; {size} MB",
        took.as_secs_f64(),
        f64::from(count) / took.as_secs_f64()
    );
    one_by_one(&store).expect("room for the data");
    println!(
        "{:<34} {:>6} {:>12} {:>8} {:>12}",
        "search", "hits", "first page", "all", "all pages"
    );
    let words = Words::new();
    let typed = |number: usize| words.word(number);
    let rare = typed(9_000);
    for text in [
        typed(0),
        "t".to_owned(),
        "te".to_owned(),
        "tes".to_owned(),
        "tese".to_owned(),
        typed(40),
        typed(2_000),
        rare.clone(),
        format!("{} {}", typed(0), typed(1)),
        format!("{} {rare}", typed(0)),
        format!("\"{} {}\"", typed(0), typed(1)),
        format!("\"{} {}\"", typed(30), typed(31)),
        format!("\"{} {} {}\"", typed(0), typed(1), typed(2)),
        cjk(0).to_string(),
        cjk(3).to_string(),
        [cjk(0), cjk(1)].iter().collect(),
        [cjk(900), cjk(4)].iter().collect(),
        [cjk(0), cjk(0), cjk(1)].iter().collect(),
        format!("from:me {}", typed(0)),
        "from:peer7@".to_owned(),
        "in:peer7@ has:link".to_owned(),
        format!("in:peer7@ {}", typed(0)),
        format!("before:2019 {}", typed(0)),
        format!("after:2018 before:2018-02 {}", typed(5)),
        "nothinglikethis".to_owned(),
        format!("{} {}", cjk(0), typed(0)),
    ] {
        measure(&store, &text);
    }
}

fn measure(store: &Store, typed: &str) {
    let query = Query::parse(typed, &Utc);
    let reader = store.reader();
    let wanted = AtomicBool::new(true);
    let mut first: Vec<Duration> = Vec::new();
    for _ in 0..RUNS {
        let began = Instant::now();
        reader
            .search(&query, None, PAGE, &wanted)
            .expect("an answer");
        first.push(began.elapsed());
    }
    first.sort_unstable();
    let began = Instant::now();
    let (mut hits, mut pages, mut after, mut slowest) = (0, 0, None, Duration::ZERO);
    // Nobody reads further.
    while pages < 100 {
        let page = Instant::now();
        let found = reader
            .search(&query, after, PAGE, &wanted)
            .expect("an answer");
        slowest = slowest.max(page.elapsed());
        hits += found.hits.len();
        pages += 1;
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "{typed:<34} {hits:>6} {:>9.2} ms {:>8.1} {:>9.1} ms, slowest page {:.1} ms",
        millis(first[RUNS / 2]),
        millis(began.elapsed()),
        millis(began.elapsed()) / f64::from(pages),
        millis(slowest)
    );
}

/// How long a single message takes, and the removal of many.
fn one_by_one(store: &Store) -> Result<(), StoreError> {
    let words = Words::new();
    let mut random = Random(7);
    let me = jid("me@example.org");
    let chat = store.write(|txn| {
        txn.conversation_with(
            AccountId(1),
            &jid("peer7@example.org"),
            ConversationKind::Person,
        )
    })?;
    let began = Instant::now();
    for _ in 0..200 {
        let message = message(chat, &me, &words, &mut random, i64::from(u32::MAX) * 400);
        store.write(|txn| txn.insert_message(&message))?;
    }
    println!(
        "one message in a transaction of its own: {:.2} ms",
        began.elapsed().as_secs_f64() * 1e3 / 200.0
    );
    Ok(())
}

fn fill(store: &Store, count: u32) -> Result<(), StoreError> {
    let me = jid("me@example.org");
    let chats = store.write(|txn| {
        let account = NewAccount {
            jid: me.clone(),
            endpoint: None,
            proxy: None,
            password_storage: PasswordStorage::Ask,
            allow_plain: false,
            pin: None,
        };
        let account = txn
            .add_account(&account, "bench")?
            .ok_or(StoreError::Missing)?;
        (0..CHATS)
            .map(|number| {
                let peer = jid(&format!("peer{number}@example.org"));
                txn.conversation_with(account, &peer, ConversationKind::Person)
                    .map(|chat| (chat, peer))
            })
            .collect::<Result<Vec<_>, StoreError>>()
    })?;
    let words = Words::new();
    let mut random = Random(1);
    let span = YEARS * 365 * 86_400_000;
    let mut stored = 0;
    while stored < count {
        store.write(|txn| {
            for _ in 0..BATCH.min(count - stored) {
                let at = 1_450_000_000_000 + span / i64::from(count) * i64::from(stored);
                // Few chats have most of the messages.
                let (chat, peer) = &chats[random.below(CHATS).min(random.below(CHATS))];
                let author = if random.below(2) == 0 { &me } else { peer };
                let mut message = message(*chat, author, &words, &mut random, at);
                message.direction = if author == &me {
                    Direction::Outgoing
                } else {
                    Direction::Incoming
                };
                txn.insert_message(&message)?;
                stored += 1;
            }
            Ok::<(), StoreError>(())
        })?;
    }
    Ok(())
}

fn message(
    conversation: tessera::model::ConversationId,
    author: &BareJid,
    words: &Words,
    random: &mut Random,
    at: i64,
) -> NewMessage {
    let id = format!("{:016x}{:016x}", random.next(), random.next());
    NewMessage {
        conversation,
        direction: Direction::Incoming,
        author: author.clone(),
        resource: None,
        body: words.sentence(random),
        at: Timestamp(at),
        stored_at: Timestamp(at),
        route: Route::Archive,
        security: Security::Clear,
        delivery: Delivery::Sent,
        stanza_id: Some(format!("s{id}")),
        origin_id: Some(id),
        markable: false,
        reply_to: None,
        spoiler: None,
    }
}

fn jid(text: &str) -> BareJid {
    BareJid::new(text).expect("an address")
}

/// Made-up words, used as often as those of a language are: the n-th in 1/n of the cases.
struct Words {
    words: Vec<String>,
    /// Sum of 1/n up to each word.
    until: Vec<f64>,
}

impl Words {
    fn new() -> Self {
        let mut random = Random(99);
        let mut words = Vec::new();
        let mut until = Vec::new();
        let mut sum = 0.0;
        for number in 1..20_000u32 {
            let syllables = 1 + random.below(if number < 100 { 2 } else { 4 });
            let word = (0..syllables)
                .flat_map(|_| {
                    [
                        b"tshwbcmfdrlngpk"[random.below(15)],
                        b"eaoiu"[random.below(5)],
                    ]
                })
                .map(char::from)
                .collect();
            words.push(word);
            sum += 1.0 / f64::from(number);
            until.push(sum);
        }
        Self { words, until }
    }

    fn word(&self, number: usize) -> String {
        self.words[number].clone()
    }

    fn sentence(&self, random: &mut Random) -> String {
        if random.below(8) == 0 {
            let length = 3 + random.below(20);
            return (0..length)
                .map(|_| cjk(random.below(400) * random.below(400) / 80))
                .collect();
        }
        let length = 1 + random.below(4) * random.below(6);
        let mut sentence = String::new();
        for _ in 0..length {
            let sought = random.fraction() * self.until[self.until.len() - 1];
            let place = self.until.partition_point(|until| *until < sought);
            sentence.push_str(&self.words[place.min(self.words.len() - 1)]);
            sentence.push(' ');
        }
        if random.below(30) == 0 {
            sentence.push_str("https://example.org/page");
        }
        sentence
    }
}

fn cjk(number: usize) -> char {
    let number = u32::try_from(number).unwrap_or_default();
    char::from_u32(0x4e00 + number * 7).unwrap_or('的')
}

/// The same numbers each time (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 11).unwrap_or_default() % end
    }

    fn fraction(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap_or_default()) / f64::from(u32::MAX)
    }
}
