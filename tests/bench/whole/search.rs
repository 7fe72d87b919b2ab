//! Search among a million messages in an encrypted file.

use std::{sync::atomic::AtomicBool, time::Instant};

use chrono::Utc;
use tessera::{
    model::search::Query,
    store::{DatabaseKey, Store},
};

use crate::{
    Sizes,
    corpus::{Words, cjk, fill},
    table::{Goal, Table, millis},
};

const PAGE: u32 = 50;

pub(crate) fn measure(sizes: &Sizes, table: &mut Table) {
    let folder = tempfile::tempdir().expect("a folder");
    let key = DatabaseKey::random().expect("random numbers");
    let store = Store::open(&folder.path().join("tessera.db"), &key).expect("a database");
    fill(&store, sizes.searched).expect("room for the data");
    let words = Words::new();
    let searches = [
        ("the most frequent word", words.word(0)),
        ("one letter", "t".to_owned()),
        ("a rare word", words.word(9_000)),
        (
            "a phrase of frequent words",
            format!("\"{} {}\"", words.word(0), words.word(1)),
        ),
        ("Chinese", [cjk(0), cjk(1)].iter().collect()),
        ("in a chat", format!("in:peer7@ {}", words.word(0))),
    ];
    let reader = store.reader();
    let wanted = AtomicBool::new(true);
    for (name, typed) in searches {
        let query = Query::parse(&typed, &Utc);
        let (mut first, mut all) = (Vec::new(), Vec::new());
        for _ in 0..sizes.runs {
            let began = Instant::now();
            let mut page = reader
                .search(&query, None, PAGE, &wanted)
                .expect("an answer");
            first.push(millis(began.elapsed()));
            while let Some(next) = page.next {
                page = reader
                    .search(&query, Some(next), PAGE * 20, &wanted)
                    .expect("an answer");
            }
            all.push(millis(began.elapsed()));
        }
        table.add(
            &format!("search, first results: {name}"),
            first,
            "ms",
            Goal::AtMost(30.0),
        );
        table.add(
            &format!("search, all results: {name}"),
            all,
            "ms",
            Goal::None,
        );
    }
}
