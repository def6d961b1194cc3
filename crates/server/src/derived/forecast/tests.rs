//! Which changes of a forecast count, and who is due.

use super::*;

fn full(at_ms: i64, disk: &str) -> DiskFull {
    DiskFull {
        at_ms,
        disk: disk.to_owned(),
    }
}

#[test]
fn only_material_changes_are_published() {
    let is_news = |told: Option<DiskFull>, found: Option<DiskFull>| {
        DiskFull::is_news(told.as_ref(), found.as_ref(), 0)
    };
    let day = |days: i64| Some(full(days * DAY_MS, "/"));
    assert!(!is_news(None, None));
    assert!(is_news(None, day(30)) && is_news(day(30), None));
    assert!(!is_news(day(30), day(30)) && !is_news(day(30), day(32)));
    assert!(is_news(day(30), day(40)) && is_news(day(30), day(20)));
    assert!(is_news(day(30), Some(full(30 * DAY_MS, "/data"))));
    // Close to the date, two hours count; a date in the past no longer changes.
    assert!(is_news(
        Some(full(HOUR_MS, "/")),
        Some(full(3 * HOUR_MS, "/"))
    ));
    assert!(!is_news(Some(full(-HOUR_MS, "/")), Some(full(0, "/"))));
    assert!(!DiskFull::is_news(
        Some(&full(i64::MIN, "/")),
        Some(&full(i64::MIN, "/")),
        i64::MAX
    ));
}

#[test]
fn each_computer_is_due_at_first_and_then_after_a_while() {
    let mut looked = HashMap::new();
    assert!(is_due(1, &looked));
    looked.insert(1, Instant::now());
    assert!(!is_due(1, &looked) && is_due(2, &looked));
}
