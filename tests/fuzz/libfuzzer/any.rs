//! Runs the target that FUZZ_TARGET names under libFuzzer.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

// The number of mutations is for the deterministic run only.
#[allow(dead_code)]
#[path = "../targets/mod.rs"]
mod targets;

fuzz_target!(|bytes: &[u8]| {
    static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();
    let run = TARGET.get_or_init(|| {
        let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
        let names: Vec<&str> = targets::TARGETS.iter().map(|target| target.name).collect();
        targets::named(&name)
            .unwrap_or_else(|| panic!("set FUZZ_TARGET to one of {names:?}"))
            .run
    });
    run(bytes);
});
