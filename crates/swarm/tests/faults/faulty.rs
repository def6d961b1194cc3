//! A fifth of the fleet has all kinds of faults. The healthy computers are polled as usual, and for the faulty ones the
//! server gives a reason that a person can act on.

use crate::history::{number, rows};
use crate::support::{Fleet, Server, alone, assert_verified, memory_kb, wait};
use muster_swarm::fault::{Fault, Faults};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// A fifth of these has each fault three times, so in all its forms.
const AGENTS: u32 = 135;
const INTERVAL_S: u64 = 3;
/// The test waits for this many samples of each healthy computer.
const ENOUGH: i64 = 10;
/// A debug build of the server needs about 55 MB; it reads at most 1 MiB of an endless answer.
const MAX_MEMORY_KB: u64 = 120_000;
/// The time the server waits for a dead computer; no other computer may wait that long.
const DEADLINE_MS: i64 = 10_000;

/// The state of a computer in the database.
struct Known {
    number: u32,
    reason: Option<String>,
    samples: i64,
}

const KNOWN: &str = "SELECT computers.id - 1, coalesce(reason, ''), \
    (SELECT count(*) FROM stats WHERE computer_id = computers.id) FROM computers";
const LONGEST_GAP: &str = "SELECT coalesce(max(gap), 0) FROM (SELECT timestamp_ms \
    - lag(timestamp_ms) OVER (PARTITION BY computer_id ORDER BY timestamp_ms) AS gap \
    FROM stats JOIN computers ON computers.id = computer_id WHERE tags NOT LIKE '%faulty%')";
/// Samples are dated by their arrival, whatever the agent's clock says.
const OUT_OF_TIME: &str =
    "SELECT count(*) FROM stats WHERE abs(timestamp_ms / 1000 - unixepoch()) > 600";

fn known(database: &Path) -> Vec<Known> {
    let rows: Vec<(u32, String, i64)> = rows(database, KNOWN);
    let known = rows.into_iter().map(|(number, reason, samples)| Known {
        number,
        reason: Some(reason).filter(|reason| !reason.is_empty()),
        samples,
    });
    known.collect()
}

/// The start of the expected reasons of a fault, form by form; empty for forms that answer.
fn sentences(fault: Fault) -> &'static [&'static str] {
    match fault {
        Fault::Dead => &["no answer within 10 s"],
        Fault::Refusing => &[
            "the connection broke: Connection reset",
            "could not connect: Connection reset",
            "connection refused",
        ],
        Fault::Slow => &["no answer within 10 s", ""],
        Fault::Garbage => &[
            "what listens there does not speak HTTP",
            "answered something that is not system information: it is not JSON",
            "answered something that is not system information: `memory`",
        ],
        Fault::Endless => &["answered more than 1 MiB"],
        Fault::Cut => &["the connection broke: it ended before the answer was complete"],
        Fault::Token => &["wrong token"],
        Fault::Flapping => &["", "no answer within 10 s"],
        Fault::Clock => &[""],
    }
}

/// Whether the state of a faulty computer is as expected.
fn is_as_expected(known: &Known, fault: Fault) -> bool {
    let heard = known.samples > 0;
    let sentences = sentences(fault);
    match (&known.reason, fault) {
        (_, Fault::Flapping) => heard,
        (None, _) => heard && sentences.contains(&""),
        (Some(reason), _) => {
            let mut sentences = sentences.iter().filter(|sentence| !sentence.is_empty());
            !heard && sentences.any(|sentence| reason.starts_with(sentence))
        }
    }
}

#[test]
#[ignore = "long: `make faults`"]
fn the_healthy_are_heard_on_time_and_of_the_faulty_is_said_what_is_wrong() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("stats.db");
    let flags = ["--faulty", "20"];
    let faults = Faults::new(20, &[]);
    let fleet = Fleet::start(AGENTS, &flags);
    fleet.register_with(&database, &flags);
    let server = Server::start(folder.path(), &["--interval", &INTERVAL_S.to_string()]);
    let began = Instant::now();
    let found = wait(Duration::from_secs(120), || {
        let found = known(&database);
        assert_eq!(found.len(), AGENTS as usize);
        missing(&found, &faults).map_or(Ok(found), Err)
    });
    let turns = i64::try_from(began.elapsed().as_secs() / INTERVAL_S).unwrap();
    let (faulty, healthy): (Vec<_>, Vec<_>) = found
        .iter()
        .partition(|known| faults.fault_of(known.number).is_some());
    assert_eq!(faulty.len(), 27);
    let least = healthy.iter().map(|known| known.samples).min().unwrap();
    assert!(least * 10 >= turns * 8, "{least} samples in {turns} turns");
    assert!(number(&database, LONGEST_GAP) < DEADLINE_MS);
    assert_forms(&faulty, &faults);
    for flapping in of(&faulty, &faults, Fault::Flapping) {
        assert!(
            flapping.samples < least,
            "{} was never dead",
            flapping.number
        );
    }
    assert_eq!(number(&database, OUT_OF_TIME), 0);
    let memory_kb = memory_kb(server.id());
    assert!(memory_kb < MAX_MEMORY_KB, "{memory_kb} kB");
    println!("27 of {AGENTS} faulty: {least} samples in {turns} turns, {memory_kb} kB");
    server.stop();
    assert_verified(folder.path());
}

/// The first computer whose state is not yet as expected.
fn missing(found: &[Known], faults: &Faults) -> Option<String> {
    let is_done = |known: &&Known| match faults.fault_of(known.number) {
        None => known.samples >= ENOUGH,
        Some(faulty) => is_as_expected(known, faulty.fault),
    };
    let left = found.iter().find(|known| !is_done(known))?;
    let fault = faults.fault_of(left.number).map(|faulty| faulty.fault);
    Some(format!(
        "{} ({fault:?}): {} samples, {:?}",
        left.number, left.samples, left.reason
    ))
}

/// Checks by the reasons that each form of a fault occurred.
fn assert_forms(faulty: &[&Known], faults: &Faults) {
    let mut forms: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for known in faulty {
        let fault = faults.fault_of(known.number).unwrap().fault;
        let reason = known.reason.as_deref().unwrap_or_default();
        forms.entry(fault.name()).or_default().push(reason);
    }
    let has = |fault: Fault, sentence: &str| {
        let reasons = &forms[&fault.name()];
        assert!(
            reasons.iter().any(|it| it.starts_with(sentence)),
            "{forms:?}"
        );
    };
    for sentence in sentences(Fault::Garbage) {
        has(Fault::Garbage, sentence);
    }
    has(Fault::Refusing, "connection refused");
    let slow = &forms[&Fault::Slow.name()];
    assert!(
        slow.contains(&"") && slow.iter().any(|it| !it.is_empty()),
        "{slow:?}"
    );
}

fn of<'a>(faulty: &'a [&Known], faults: &Faults, fault: Fault) -> impl Iterator<Item = &'a Known> {
    let is = move |known: &&&Known| {
        faults
            .fault_of(known.number)
            .is_some_and(|it| it.fault == fault)
    };
    faulty.iter().filter(is).copied()
}
