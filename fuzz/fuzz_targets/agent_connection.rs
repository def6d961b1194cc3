//! Reads the input as the bytes of a connection to an agent: a head, a body in any framing, the end.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().build().expect("a runtime"));

fuzz_target!(|bytes: &[u8]| RUNTIME.block_on(muster::fuzzing::read_answer(bytes)));
