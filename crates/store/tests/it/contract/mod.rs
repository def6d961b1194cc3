//! What every store must do, written against the traits alone. A store passes with one line in its test file,
//! `contract::suite!(open)`, where `open` makes an empty store and whatever keeps it alive.

pub mod accounts;
pub mod audit;
pub mod computers;
pub mod events;
pub mod months;
pub mod retention;
pub mod samples;
pub mod sealing;
pub mod tokens;

use crate::common::computer;
use muster_store::{ChartQuery, NewComputer, NewUser, Role, Sample, Store};

/// One test for each case, with an empty store of its own.
macro_rules! suite {
    ($open:path) => {
        $crate::contract::suite!(@cases $open, accounts:
            accounts_are_listed_by_name a_name_is_given_once only_one_can_be_first
            the_last_administrator_stays two_who_step_down_at_once_leave_one
            a_password_change_ends_all_sessions_but_one a_rehash_ends_no_session
            sessions_expire_and_end removing_an_account_ends_its_sessions settings_are_kept_once
            a_session_tells_whence_it_came
            nobody_comes_in_with_a_password_that_was_changed_meanwhile);
        $crate::contract::suite!(@cases $open, tokens:
            a_token_is_its_accounts a_tokens_use_is_noted_to_the_minute
            tokens_go_with_their_account_and_with_a_password_that_others_set
            an_account_has_a_hundred_tokens_at_most);
        $crate::contract::suite!(@cases $open, audit:
            what_was_done_is_read_from_the_newest_on what_is_old_or_too_much_of_the_log_goes);
        $crate::contract::suite!(@cases $open, computers:
            computers_are_added_changed_and_listed a_computer_name_is_given_once
            tags_and_a_note_stay_until_they_are_changed no_more_is_read_of_tags_and_a_note_than_there_may_be
            a_pinned_certificate_stays_until_it_is_changed
            a_new_address_is_polled the_revision_tells_of_each_change
            a_removed_computer_is_gone_at_once a_removed_computer_comes_back what_is_removed_is_deleted_in_slices
            states_are_kept processes_are_replaced);
        $crate::contract::suite!(@cases $open, events:
            a_computer_begins_with_being_added a_span_of_events_begins_with_the_one_before
            events_go_with_their_computer);
        $crate::contract::suite!(@cases $open, samples:
            a_sample_comes_back_as_it_was samples_of_nobody_and_doubles_are_left_out
            a_batch_is_stored_however_large the_latest_of_each_computer samples_are_paged
            charts_come_in_the_order_asked_for lines_of_many_computers_at_once odd_names_in_extra names_in_extra_are_found_in_many
            a_history_has_a_span reading_goes_on_beside_writing);
        $crate::contract::suite!(@cases $open, sealing:
            what_is_sealed_comes_back_as_it_was the_newest_sample_is_never_sealed
            late_samples_find_their_place charts_read_rows_and_chunks_alike a_late_sample_is_drawn_once
            a_removed_computer_leaves_no_chunks names_and_span_count_what_is_sealed
            reading_goes_on_beside_sealing
            hours_become_days a_day_takes_rows_along_that_are_not_sealed
            late_samples_find_their_hour_or_their_day charts_and_lines_read_hours_and_rows_alike
            hours_are_forgotten_too reading_goes_on_beside_hours_and_sweeping);
        $crate::contract::suite!(@cases $open, months:
            days_become_months a_month_is_merged_when_it_is_over what_comes_late_joins_its_month
            a_month_is_taken_apart_where_only_some_of_it_goes charts_read_months_and_days_alike
            a_month_of_a_few_samples_stays_days merging_and_forgetting_go_on_side_by_side
            a_removed_computer_leaves_no_months);
        $crate::contract::suite!(@cases $open, retention:
            what_is_old_is_forgotten_in_slices a_day_goes_once_all_of_it_is_old
            the_whole_span_is_that_of_all_computers forgetting_and_sealing_go_on_side_by_side
            what_is_forgotten_takes_no_room old_events_go_with_old_samples);
    };
    (@cases $open:path, $module:ident: $($case:ident)+) => {
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let (store, _keep) = $open().await;
                    $crate::contract::$module::$case(&store).await;
                }
            )+
        }
    };
}
pub(crate) use suite;

/// An account to create.
pub fn user(name: &str, role: Role) -> NewUser {
    NewUser {
        username: name.to_owned(),
        password_hash: format!("hash of {name}"),
        role,
        default_password: false,
    }
}

/// Adds a computer of this name.
pub async fn add(store: &impl Store, name: &str) -> i64 {
    let computer = NewComputer {
        token: format!("token of {name}"),
        ..computer(name)
    };
    store.add_computer(&computer).await.unwrap()
}

/// A sample with a value in each column.
pub fn sample(computer_id: i64, timestamp_ms: i64) -> Sample {
    Sample {
        computer_id,
        timestamp_ms,
        cpu_percent: Some(12.300_000_000_000_002),
        memory_total: Some(16_929_875_208),
        memory_used: Some(timestamp_ms),
        memory_percent: Some(45.4),
        disk_total: Some(i64::MAX),
        disk_used: Some(0),
        disk_percent: Some(57.0),
        network_bytes_sent: Some(566_094_270_039),
        network_bytes_recv: Some(566_095_190_603),
        network_sent_per_sec: Some(27_623.933_333_333_334),
        network_recv_per_sec: None,
        extra: Some(r#"{"load.1m":0.30000000000000004,"swap.used_bytes":7}"#.to_owned()),
    }
}

/// Records samples without states.
pub async fn record(store: &impl Store, samples: &[Sample]) {
    store.record(samples, &[], &[]).await.unwrap();
}

/// Minimum, mean, maximum and count of each bucket. The mean is rounded, since the order of the sum may differ.
pub type Drawn = Vec<Option<(f64, f64, f64, u32)>>;

/// The charts of some series.
pub async fn chart(
    store: &impl Store,
    computer_id: i64,
    series: &[&str],
    (from_ms, to_ms): (i64, i64),
    points: u32,
) -> Vec<Drawn> {
    let query = ChartQuery {
        computer_id,
        from_ms,
        to_ms,
        points,
        series: series.iter().map(|&name| name.to_owned()).collect(),
    };
    let charts = store.chart(&query).await.unwrap();
    let bucket = |bucket: &muster_history::Bucket| {
        let avg = (bucket.avg() * 1e6).round() / 1e6;
        (bucket.min, avg, bucket.max, bucket.count)
    };
    let drawn = |chart: &muster_history::Buckets| {
        let buckets = chart.buckets().iter();
        buckets.map(|found| found.as_ref().map(bucket)).collect()
    };
    charts.iter().map(drawn).collect()
}

/// All samples of a computer.
pub async fn all(store: &impl Store, id: i64) -> Vec<Sample> {
    let all = store.samples(id, i64::MIN, i64::MAX, u32::MAX).await;
    all.unwrap()
}

/// Seals all days, and returns the number of samples.
pub async fn seal_all(store: &impl Store, id: i64, before_ms: i64) -> u64 {
    let mut sealed = 0;
    loop {
        match store.seal_day(id, before_ms).await.unwrap() {
            0 => return sealed,
            count => sealed += count,
        }
    }
}
