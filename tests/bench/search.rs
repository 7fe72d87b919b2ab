//! How fast messages are found: first pages and whole searches among a million, in an encrypted file.
//!
//! `MESSAGES=100000 cargo bench --bench search` takes fewer.

mod corpus;

use std::{
    sync::atomic::AtomicBool,
    time::{Duration, Instant},
};

use chrono::Utc;
use tessera::{
    model::{AccountId, ConversationKind, search::Query},
    store::{DatabaseKey, Store, StoreError},
};

use corpus::{BATCH, Random, Words, cjk, fill, jid, message};

/// Messages of a long life, with eight years between the first and the last.
const MESSAGES: u32 = 1_000_000;
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
