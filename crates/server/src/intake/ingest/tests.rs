//! Answers of each released agent, and pairs of answers of one computer.

use super::*;
use muster_wire::{Agent, Boot, NetworkUsage};
use proptest::prelude::*;
use proptest::sample::Index;

fn fixture(bytes: &[u8]) -> SystemInfo {
    muster_wire::parse(bytes).unwrap()
}

fn fastapi_client() -> SystemInfo {
    fixture(include_bytes!(
        "../../../../wire/tests/fixtures/fastapi_client.json"
    ))
}

fn first_release() -> SystemInfo {
    fixture(include_bytes!(
        "../../../../wire/tests/fixtures/fastapi_client_first_release.json"
    ))
}

/// An agent with these CPU times and counters, on a computer with the boot id `boot`.
fn agent(busy: f64, idle: f64, bytes: u64, boot: &str) -> SystemInfo {
    SystemInfo {
        cpu_percent: Some(99.0),
        network: Some(Network {
            bytes_sent: bytes,
            bytes_recv: bytes * 2,
            ..Network::default()
        }),
        network_usage: Some(NetworkUsage {
            bytes_sent_per_sec: 7.0,
            bytes_recv_per_sec: 8.0,
        }),
        agent: Some(Agent::default()),
        boot: Some(Boot {
            id: boot.into(),
            time: 1000.0,
        }),
        cpu_times: Some(CpuTimes {
            user: busy,
            idle,
            ..CpuTimes::default()
        }),
        ..SystemInfo::default()
    }
}

fn second(first: SystemInfo, then: SystemInfo, elapsed_ms: i64) -> Sample {
    let before = ingest(1, 1_000_000, first, None);
    ingest(1, 1_000_000 + elapsed_ms, then, Some(&before.counters)).sample
}

#[test]
fn accepts_the_fastapi_client() {
    let intake = ingest(7, 5, fastapi_client(), None);
    assert_eq!(intake.sample.cpu_percent, Some(12.5));
    assert_eq!(
        intake.sample.network_sent_per_sec,
        Some(237_480.381_912_361)
    );
    assert_eq!(intake.sample.extra, None);
    assert_eq!(intake.processes.unwrap().len(), 2);
    let again = ingest(7, 30_005, fastapi_client(), Some(&intake.counters)).sample;
    assert_eq!(again.network_sent_per_sec, Some(237_480.381_912_361));
}

#[test]
fn computes_what_the_first_release_lacks() {
    let mut later = first_release();
    later.network.as_mut().unwrap().bytes_sent += 60_000;
    later.disk.as_mut().unwrap().percent = None;
    let sample = second(first_release(), later, 30_000);
    assert_eq!(sample.network_sent_per_sec, Some(2000.0));
    assert_eq!(sample.network_recv_per_sec, Some(0.0));
    assert_eq!(sample.disk_percent, Some(37.2));
    assert_eq!(sample.cpu_percent, Some(12.5));
}

#[test]
fn computes_use_and_rates_from_two_readings() {
    let sample = second(
        agent(10.0, 90.0, 1000, "a"),
        agent(35.0, 165.0, 4000, "a"),
        30_000,
    );
    assert_eq!(sample.cpu_percent, Some(25.0));
    assert_eq!(sample.network_sent_per_sec, Some(100.0));
    assert_eq!(sample.network_recv_per_sec, Some(200.0));
}

#[test]
fn a_first_reading_uses_the_agents_own_values() {
    let sample = ingest(1, 5, agent(10.0, 90.0, 1000, "a"), None).sample;
    assert_eq!(sample.cpu_percent, Some(99.0));
    assert_eq!(sample.network_sent_per_sec, Some(7.0));
}

#[test]
fn a_restart_causes_no_spike() {
    let sample = second(
        agent(10.0, 90.0, 1000, "a"),
        agent(1.0, 2.0, 900_000_000, "b"),
        30_000,
    );
    assert_eq!(sample.cpu_percent, Some(99.0));
    assert_eq!(sample.network_sent_per_sec, Some(7.0));
}

#[test]
fn a_counter_that_fell_has_no_rate() {
    let sample = second(agent(1.0, 1.0, 1000, "a"), agent(2.0, 2.0, 10, "a"), 30_000);
    assert_eq!(sample.network_sent_per_sec, None);
}

fn numbers(sample: &Sample) -> usize {
    let reals = [
        sample.cpu_percent,
        sample.memory_percent,
        sample.disk_percent,
    ];
    let wholes = [
        sample.memory_total,
        sample.memory_used,
        sample.disk_total,
        sample.disk_used,
        sample.network_bytes_sent,
        sample.network_bytes_recv,
    ];
    reals.iter().flatten().count() + wholes.iter().flatten().count()
}

proptest! {
    /// Randomly changed answers are refused, or become a complete sample, without a panic.
    #[test]
    fn no_answer_makes_half_a_sample(
        first in any::<bool>(),
        cuts in proptest::collection::vec((any::<Index>(), any::<u8>()), 0..4),
        end in any::<Index>(),
        cut in any::<bool>(),
    ) {
        let fixtures: [&[u8]; 2] = [
            include_bytes!("../../../../wire/tests/fixtures/fastapi_client.json"),
            include_bytes!("../../../../wire/tests/fixtures/fastapi_client_first_release.json"),
        ];
        let mut bytes = fixtures[usize::from(first)].to_vec();
        for (at, byte) in cuts {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cut {
            bytes.truncate(end.index(bytes.len()));
        }
        if let Ok(info) = muster_wire::parse(&bytes) {
            let before = ingest(1, 1_000, fastapi_client(), None);
            let intake = ingest(1, 31_000, info, Some(&before.counters));
            prop_assert_eq!(numbers(&intake.sample), 9);
            let finite = |rate: Option<f64>| rate.is_none_or(f64::is_finite);
            prop_assert!(finite(intake.sample.network_sent_per_sec));
            prop_assert!(finite(intake.sample.network_recv_per_sec));
        }
    }
}
