//! Compares with psutil 7, read between two readings of the agent.

use muster_agent::collect::{Collector, Options};
use muster_wire::SystemInfo;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const NEEDED: &str = "this test compares with psutil 7 and needs python3 with pip and a package index: \
    apt-get install python3 python3-pip";

const SCRIPT: &str = "\
import json, psutil
memory, swap = psutil.virtual_memory(), psutil.swap_memory()
print(json.dumps({
    'version': psutil.__version__,
    'memory': memory._asdict(),
    'swap': swap._asdict(),
    'disk': psutil.disk_usage('/')._asdict(),
    'network': psutil.net_io_counters()._asdict(),
    'times': psutil.cpu_times()._asdict(),
    'boot': psutil.boot_time(),
    'count': psutil.cpu_count(),
    'own': [psutil.Process(1).name(), psutil.Process(1).create_time()],
}))";

/// Bytes of memory and disk that other programs may use or free between two readings.
const NOISE_BYTES: f64 = 64e6;

/// The folder of psutil, installed next to the build if needed.
fn psutil() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("psutil");
    if !folder.join("psutil/__init__.py").exists() {
        let mut pip = Command::new("python3");
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--target",
        ]);
        let installed = pip.arg(&folder).arg("psutil==7.*").status();
        assert!(installed.is_ok_and(|status| status.success()), "{NEEDED}");
    }
    folder
}

fn read_psutil() -> Value {
    let mut python = Command::new("python3");
    let output = python
        .args(["-c", SCRIPT])
        .env("PYTHONPATH", psutil())
        .output();
    let output = output.unwrap_or_else(|error| panic!("{error}; {NEEDED}"));
    assert!(
        output.status.success(),
        "{}; {NEEDED}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Readings of the agent before and after, and of psutil in between.
struct Readings {
    before: Value,
    theirs: Value,
    after: Value,
}

impl Readings {
    fn take() -> Self {
        psutil();
        let mut collector = Collector::new(&Options::default(), Instant::now());
        let mut read = || json(&collector.read_system_info(Instant::now(), true));
        let (before, theirs, after) = (read(), read_psutil(), read());
        Self {
            before,
            theirs,
            after,
        }
    }

    /// A counter of psutil is between ours.
    fn assert_between(&self, ours: &str, theirs: &str) {
        let (before, after) = (number(&self.before, ours), number(&self.after, ours));
        let value = number(&self.theirs, theirs);
        assert!(
            before <= value && value <= after,
            "{ours}: {before} <= {value} <= {after}"
        );
    }

    /// A gauge of psutil is as close to ours as ours are to each other, plus noise.
    fn assert_near(&self, ours: &str, theirs: &str, noise: f64) {
        let (before, after) = (number(&self.before, ours), number(&self.after, ours));
        let value = number(&self.theirs, theirs);
        let near = before.min(after) - noise <= value && value <= before.max(after) + noise;
        assert!(near, "{ours}: {before}, psutil {value}, {after}");
    }
}

fn json(info: &SystemInfo) -> Value {
    serde_json::to_value(info).unwrap()
}

fn number(value: &Value, pointer: &str) -> f64 {
    value
        .pointer(pointer)
        .and_then(Value::as_f64)
        .unwrap_or_else(|| panic!("{pointer} in {value}"))
}

#[test]
fn psutil_says_the_same() {
    let readings = Readings::take();
    assert!(
        readings.theirs["version"]
            .as_str()
            .unwrap()
            .starts_with("7.")
    );
    for key in [
        "total",
        "available",
        "used",
        "free",
        "active",
        "inactive",
        "buffers",
        "cached",
        "shared",
        "slab",
    ] {
        let pointer = format!("/memory/{key}");
        readings.assert_near(
            &pointer,
            &pointer,
            if key == "total" { 0.0 } else { NOISE_BYTES },
        );
    }
    readings.assert_near("/memory/percent", "/memory/percent", 0.5);
    for key in ["total", "used", "free"] {
        let pointer = format!("/disk/{key}");
        readings.assert_near(
            &pointer,
            &pointer,
            if key == "total" { 0.0 } else { NOISE_BYTES },
        );
    }
    readings.assert_near("/disk/percent", "/disk/percent", 0.1);
    readings.assert_near("/series/swap.total_bytes", "/swap/total", 0.0);
    readings.assert_near("/series/swap.used_bytes", "/swap/used", NOISE_BYTES);
    for key in [
        "bytes_sent",
        "bytes_recv",
        "packets_sent",
        "packets_recv",
        "errin",
        "errout",
        "dropin",
        "dropout",
    ] {
        let pointer = format!("/network/{key}");
        readings.assert_between(&pointer, &pointer);
    }
    for key in [
        "user",
        "nice",
        "system",
        "irq",
        "softirq",
        "steal",
        "guest",
        "guest_nice",
    ] {
        readings.assert_between(&format!("/cpu_times/{key}"), &format!("/times/{key}"));
    }
    readings.assert_near("/cpu_times/count", "/count", 0.0);
    readings.assert_near("/boot/time", "/boot", 1.0);
}
