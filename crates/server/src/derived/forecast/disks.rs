//! The disks in a sample.

use muster_store::Sample;
use muster_wire::catalogue::{DISK_FREE, DISK_TOTAL, DISK_USED, with_instance};
use serde_json::{Map, Value};

/// Disks to forecast per computer, at most: the fullest ones.
const MAX_DISKS: usize = 16;
/// Mount points of the disk that has its own columns; on Windows it is the second one.
const MAIN: [&str; 2] = ["/", r"C:\"];

/// A disk.
#[derive(Debug, PartialEq)]
pub struct Disk {
    /// The mount point.
    pub mount: String,
    /// The series with its used space.
    pub series: String,
    /// Used space, in bytes.
    pub used: f64,
    /// Used and free space together, in bytes.
    pub room: f64,
}

/// The disks of a sample that are not empty devices.
pub fn disks_of_sample(sample: &Sample) -> Vec<Disk> {
    let extra = sample.extra.as_deref();
    let readings: Map<String, Value> = extra
        .and_then(|extra| serde_json::from_str(extra).ok())
        .unwrap_or_default();
    let mounts = readings
        .keys()
        .filter_map(|name| match name.split_once(':') {
            Some((DISK_USED, mount)) => Some(mount),
            _ => None,
        });
    let mounts = mounts.filter(|mount| !MAIN.contains(mount));
    let further = mounts.filter_map(|mount| further(&readings, mount));
    let mut disks: Vec<Disk> = main(sample, &readings).into_iter().chain(further).collect();
    disks.retain(|disk| disk.used >= 0.0 && disk.room > 0.0);
    disks.sort_by(|one, other| (other.used / other.room).total_cmp(&(one.used / one.room)));
    disks.truncate(MAX_DISKS);
    disks
}

/// The main disk, from its own columns: these exist since the first sample of any agent.
#[expect(clippy::cast_precision_loss, reason = "a forecast needs no exact byte")]
fn main(sample: &Sample, readings: &Map<String, Value>) -> Option<Disk> {
    let has = |mount: &&&str| readings.contains_key(&with_instance(DISK_USED, mount));
    let mount = MAIN.iter().find(has).unwrap_or(&MAIN[0]);
    let used = sample.disk_used? as f64;
    Some(Disk {
        series: "disk_used".to_owned(),
        used,
        room: room(readings, mount, used).or_else(|| Some(sample.disk_total? as f64))?,
        mount: (*mount).to_owned(),
    })
}

fn further(readings: &Map<String, Value>, mount: &str) -> Option<Disk> {
    let series = with_instance(DISK_USED, mount);
    let used = readings.get(&series)?.as_f64()?;
    let total = || readings.get(&with_instance(DISK_TOTAL, mount))?.as_f64();
    Some(Disk {
        room: room(readings, mount, used).or_else(total)?,
        mount: mount.to_owned(),
        series,
        used,
    })
}

/// Used plus free space. It is less than the size of the disk if some of it is reserved for root, and the disk is
/// full for everybody else before that.
fn room(readings: &Map<String, Value>, mount: &str, used: f64) -> Option<f64> {
    let free = readings.get(&with_instance(DISK_FREE, mount))?;
    Some(used + free.as_f64()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(extra: &str) -> Sample {
        Sample {
            disk_total: Some(1000),
            disk_used: Some(400),
            extra: Some(extra.to_owned()),
            ..Sample::default()
        }
    }

    fn disk(mount: &str, series: &str, used: f64, room: f64) -> Disk {
        Disk {
            mount: mount.to_owned(),
            series: series.to_owned(),
            used,
            room,
        }
    }

    #[test]
    fn the_main_disk_is_found_once() {
        let alone = disks_of_sample(&sample("{}"));
        assert_eq!(alone, [disk("/", "disk_used", 400.0, 1000.0)]);
        let linux =
            r#"{"disk.used_bytes:/":400,"disk.free_bytes:/":550,"disk.total_bytes:/":1000}"#;
        assert_eq!(
            disks_of_sample(&sample(linux)),
            [disk("/", "disk_used", 400.0, 950.0)]
        );
        let windows = r#"{"disk.used_bytes:C:\\":400,"disk.free_bytes:C:\\":600}"#;
        let found = disks_of_sample(&sample(windows));
        assert_eq!(found, [disk(r"C:\", "disk_used", 400.0, 1000.0)]);
    }

    #[test]
    fn other_disks_are_found_fullest_first() {
        let extra = r#"{"disk.used_bytes:/data":9,"disk.free_bytes:/data":1,"disk.used_bytes:/old":5,
            "disk.total_bytes:/old":20,"disk.used_bytes:/nothing":0,"disk.total_bytes:/nothing":0,
            "disk.used_bytes:/odd":"x","disk.used_bytes:/alone":1,"load.1m":1}"#;
        let expected = [
            disk("/data", "disk.used_bytes:/data", 9.0, 10.0),
            disk("/", "disk_used", 400.0, 1000.0),
            disk("/old", "disk.used_bytes:/old", 5.0, 20.0),
        ];
        assert_eq!(disks_of_sample(&sample(extra)), expected);
        assert!(disks_of_sample(&Sample::default()).is_empty());
        assert_eq!(disks_of_sample(&sample("no JSON")).len(), 1);
    }

    #[test]
    fn only_some_of_very_many_disks_are_checked() {
        let pairs =
            (0..100).map(|n| format!(r#""disk.used_bytes:/{n}":{n},"disk.total_bytes:/{n}":100"#));
        let extra = format!("{{{}}}", pairs.collect::<Vec<_>>().join(","));
        let disks = disks_of_sample(&sample(&extra));
        assert_eq!((disks.len(), disks[0].mount.as_str()), (MAX_DISKS, "/99"));
    }
}
