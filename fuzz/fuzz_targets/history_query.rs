//! Parses the input as a query of /api/history: it is refused, or asks for no more than one answer may contain.

#![no_main]

use libfuzzer_sys::fuzz_target;

const NOW_MS: i64 = 1_795_470_085_000;

fuzz_target!(|query: &str| muster::fuzzing::ask_history(query, NOW_MS));
