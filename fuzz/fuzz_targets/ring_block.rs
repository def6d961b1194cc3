//! Unpacks the input as a block of the agent's ring. Packing its readings again must give the same readings.

#![no_main]

use libfuzzer_sys::fuzz_target;
use muster_agent::ring::{pack, unpack};

fuzz_target!(|bytes: &[u8]| {
    if let Some(readings) = unpack(bytes) {
        let again = unpack(&pack(&readings)).expect("what was packed can be unpacked");
        assert_eq!(again.len(), readings.len());
        assert_eq!(pack(&again), pack(&readings));
    }
});
