//! Parses the input as an agent's answer. A valid answer is processed twice, so that rates are computed too, and the
//! resulting samples must be sound.

#![no_main]

use libfuzzer_sys::fuzz_target;
use muster_wire::parse;

const NOW_MS: i64 = 1_795_470_085_000;

fuzz_target!(|bytes: &[u8]| match parse(bytes) {
    Ok(info) => {
        let written = serde_json::to_vec(&info).expect("what was read can be written");
        assert!(parse(&written).is_ok(), "and read again");
        muster::fuzzing::take_in(&info, NOW_MS);
    }
    Err(error) => {
        let sentence = error.to_string();
        assert!(sentence.chars().count() <= 512 && !sentence.chars().any(char::is_control));
    }
});
