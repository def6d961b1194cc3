//! The whole agent on an invented computer: its `/proc` at two times half a minute apart, and the exact answer.
//!
//! `UPDATE_GOLDEN=1` saves the current answer as expected; review the difference before committing it.

use muster_agent::collect::{Collector, Options};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// Copies a tree over another, to simulate the passing of time.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Replaces values that differ between runs: disk sizes are those of this computer, and the run is new.
fn without_what_differs(mut answer: Value) -> Value {
    let number = |value: &mut Value| {
        assert!(value.is_number());
        *value = json!(0);
    };
    answer["disk"]
        .as_object_mut()
        .unwrap()
        .values_mut()
        .for_each(number);
    let series = answer["series"].as_object_mut().unwrap();
    let disks = series
        .iter_mut()
        .filter(|(name, _)| name.starts_with("disk."));
    disks.for_each(|(_, value)| number(value));
    assert_eq!(answer["agent"]["version"], env!("CARGO_PKG_VERSION"));
    answer["agent"]["version"] = json!("VERSION");
    assert_eq!(answer["agent"]["run"].as_str().unwrap().len(), 36);
    answer["agent"]["run"] = json!("RUN");
    number(&mut answer["agent"]["time_ms"]);
    answer
}

#[test]
fn a_made_up_computer_is_answered_to_the_letter() {
    let computer = tempfile::tempdir().unwrap();
    copy(&fixture("proc-before"), computer.path());
    let options = Options {
        proc: computer.path().join("proc"),
        sys: computer.path().join("sys"),
        root: computer.path().join("root"),
    };
    let start = Instant::now();
    let mut collector = Collector::new(&options, start);
    copy(&fixture("proc-after"), computer.path());
    fs::remove_dir_all(computer.path().join("proc/2100")).unwrap();
    let info = collector.read_system_info(start + Duration::from_secs(30), true);

    let answer = serde_json::to_vec(&info).unwrap();
    assert_eq!(
        muster_wire::parse(&answer).unwrap(),
        info,
        "a server understands it"
    );
    let answer = without_what_differs(serde_json::from_slice(&answer).unwrap());
    let golden = fixture("answer.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, format!("{answer:#}\n")).unwrap();
    }
    let expected: Value = serde_json::from_slice(&fs::read(&golden).unwrap()).unwrap();
    assert_eq!(answer, expected, "it is:\n{answer:#}");
}
