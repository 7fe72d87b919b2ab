//! Runs every fuzz target on its corpus and on damaged copies of it, the same ones each time.
//!
//! A crash found by libFuzzer (see `tests/fuzz/Cargo.toml`) becomes a file in the corpus and stays there.

mod mutate;
mod random;
mod targets;

use std::{
    fs, panic,
    path::{Path, PathBuf},
    sync::Mutex,
    time::Instant,
};

use mutate::mutated;
use random::Random;
use targets::{TARGETS, Target, named};

/// Seeds differ by file, so that files of one target are damaged in different ways.
const SEED: u64 = 0x7e55_e7a0;

macro_rules! targets {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                exercise(named(stringify!($name)).expect("a target with this name"));
            }
        )*

        #[test]
        fn every_target_is_exercised() {
            let here = [$(stringify!($name)),*];
            for target in TARGETS {
                assert!(here.contains(&target.name), "{} has no test", target.name);
            }
        }
    };
}

targets! {
    address certificate database_file forms links login omemo_envelope omemo_keys omemo_xml picture session stream styling uri
}

fn exercise(target: &Target) {
    let files = corpus(target.name);
    assert!(!files.is_empty(), "no corpus for {}", target.name);
    let mut slowest = (0, String::new());
    for (number, file) in files.iter().enumerate() {
        let original = fs::read(file).expect("a corpus file can be read");
        attempt(target, &original, file, "as it is");
        let mut random = Random::new(SEED + number as u64);
        for round in 0..target.mutations {
            let bytes = mutated(&original, &mut random);
            let started = Instant::now();
            attempt(target, &bytes, file, &format!("damaged, round {round}"));
            let took = started.elapsed().as_millis();
            if took > slowest.0 {
                slowest = (took, format!("{} round {round}", file.display()));
            }
        }
    }
    println!("{}: slowest {} ms, {}", target.name, slowest.0, slowest.1);
}

/// Runs a target; when it panics, keeps the bytes and says where.
fn attempt(target: &Target, bytes: &[u8], file: &Path, how: &str) {
    if panic::catch_unwind(|| (target.run)(bytes)).is_err() {
        let kept = keep(target.name, bytes);
        panic!(
            "{} fails on {} ({how}); the bytes are in {}",
            target.name,
            file.display(),
            kept.display()
        );
    }
}

fn keep(name: &str, bytes: &[u8]) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join(format!("{name}.crash"));
    fs::write(&file, bytes).expect("a file");
    file
}

fn corpus(name: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fuzz/corpus")
        .join(name);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files
}
