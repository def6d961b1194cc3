//! File systems that hang.

use super::*;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

static HANGING: AtomicUsize = AtomicUsize::new(0);
static LET_GO: AtomicBool = AtomicBool::new(false);

/// Hangs where the path says so, until it is let go.
fn hang(path: &Path) -> io::Result<Disk> {
    if path.starts_with("/hang") {
        HANGING.fetch_add(1, Ordering::SeqCst);
        until("being let go", || LET_GO.load(Ordering::SeqCst));
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
fn those_that_hang_are_asked_once_and_counted_and_hold_up_nobody() {
    let mut disks = RemoteDisks::new(hang);
    let mut paths: Vec<PathBuf> = (0..6)
        .map(|index| format!("/hang/{index}").into())
        .collect();
    let good = Path::new("/good");
    paths.push(good.to_owned());
    let began = Instant::now();
    for _ in 0..50 {
        disks.ask(&paths);
        let mut patience = Patience::default();
        assert!(
            paths[..6]
                .iter()
                .all(|path| disks.value(path, &mut patience).is_none())
        );
    }
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "{:?}",
        began.elapsed()
    );
    assert!(
        disks
            .value(good, &mut Patience(Duration::from_secs(10)))
            .is_some()
    );
    until("six hanging questions", || {
        HANGING.load(Ordering::SeqCst) == 6
    });

    // Unmounting and mounting elsewhere does not add threads without end.
    let others: Vec<PathBuf> = (0..40)
        .map(|index| format!("/hang/other/{index}").into())
        .collect();
    disks.ask(&others);
    assert!(disks.threads.load(Ordering::Relaxed) <= MAX_THREADS);

    LET_GO.store(true, Ordering::SeqCst);
    disks.ask(&[]);
    until("the threads' end", || {
        disks.threads.load(Ordering::Relaxed) == 0
    });
}
