//! Tests with file systems that hang.

use super::*;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

static HANGING: AtomicUsize = AtomicUsize::new(0);
static LET_GO: AtomicBool = AtomicBool::new(false);

/// Hangs for some paths, until released.
fn hang(path: &Path) -> io::Result<Disk> {
    if path.starts_with("/hang") {
        HANGING.fetch_add(1, Ordering::SeqCst);
        until("the release", || LET_GO.load(Ordering::SeqCst));
    }
    Ok(Disk {
        total: 7,
        ..Disk::default()
    })
}

fn until(what: &str, done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "waited in vain for {what}"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn hanging_file_systems_are_read_once_and_delay_nothing() {
    let mut disks = RemoteDisks::new(hang);
    let mut paths: Vec<PathBuf> = (0..6)
        .map(|index| format!("/hang/{index}").into())
        .collect();
    let good = Path::new("/good");
    paths.push(good.to_owned());
    let began = Instant::now();
    for _ in 0..50 {
        disks.start_reads(&paths);
        let mut budget = WaitBudget::default();
        assert!(
            paths[..6]
                .iter()
                .all(|path| disks.latest_value(path, &mut budget).is_none())
        );
    }
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "{:?}",
        began.elapsed()
    );
    assert!(
        disks
            .latest_value(good, &mut WaitBudget(Duration::from_secs(10)))
            .is_some()
    );
    until("six hanging reads", || HANGING.load(Ordering::SeqCst) == 6);

    // Remounting elsewhere must not add threads without bound.
    let others: Vec<PathBuf> = (0..40)
        .map(|index| format!("/hang/other/{index}").into())
        .collect();
    disks.start_reads(&others);
    assert!(disks.threads.load(Ordering::Relaxed) <= MAX_THREADS);

    LET_GO.store(true, Ordering::SeqCst);
    disks.start_reads(&[]);
    until("the threads' end", || {
        disks.threads.load(Ordering::Relaxed) == 0
    });
}
