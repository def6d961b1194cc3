//! Metrics of this process, named as in Prometheus' client libraries. What cannot be read is left out.

use super::text::Text;

/// Adds the metrics of this process.
#[cfg(target_os = "linux")]
pub fn add_process_metrics(text: &mut Text) {
    let Ok(process) = procfs::process::Process::myself() else {
        return;
    };
    if let Ok(stat) = process.stat() {
        add_stat(text, &stat);
    }
    if let Ok(open) = process.fd_count() {
        text.gauge("process_open_fds", "Open file descriptors.", open);
    }
    if let Some(most) = rustix::process::getrlimit(rustix::process::Resource::Nofile).current {
        text.gauge("process_max_fds", "Limit of open file descriptors.", most);
    }
}

#[cfg(target_os = "linux")]
fn add_stat(text: &mut Text, stat: &procfs::process::Stat) {
    #[expect(clippy::cast_precision_loss, reason = "clock ticks of a process")]
    let seconds = |ticks: u64| ticks as f64 / procfs::ticks_per_second() as f64;
    text.counter(
        "process_cpu_seconds_total",
        "User and system CPU time of this process, in seconds.",
        seconds(stat.utime + stat.stime),
    );
    text.gauge(
        "process_resident_memory_bytes",
        "Resident memory of this process, in bytes.",
        stat.rss * procfs::page_size(),
    );
    text.gauge(
        "process_virtual_memory_bytes",
        "Virtual memory of this process, in bytes.",
        stat.vsize,
    );
    if let Ok(boot_s) = procfs::boot_time_secs() {
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970")]
        let start_s = boot_s as f64 + seconds(stat.starttime);
        text.gauge(
            "process_start_time_seconds",
            "When this process started, in Unix seconds.",
            start_s,
        );
    }
}

/// Does nothing on this system.
#[cfg(not(target_os = "linux"))]
pub fn add_process_metrics(_: &mut Text) {}
