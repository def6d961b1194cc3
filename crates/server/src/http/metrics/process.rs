//! What the operating system says of this process, under the names that Prometheus' own libraries use.
//! Whatever cannot be read is left out.

use super::text::Text;

/// Adds what there is.
#[cfg(target_os = "linux")]
pub fn add(text: &mut Text) {
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
        text.gauge(
            "process_max_fds",
            "File descriptors that may be open at once.",
            most,
        );
    }
}

#[cfg(target_os = "linux")]
fn add_stat(text: &mut Text, stat: &procfs::process::Stat) {
    #[expect(clippy::cast_precision_loss, reason = "clock ticks of a process")]
    let seconds = |ticks: u64| ticks as f64 / procfs::ticks_per_second() as f64;
    text.counter(
        "process_cpu_seconds_total",
        "CPU time of this process, its own and the kernel's for it.",
        seconds(stat.utime + stat.stime),
    );
    text.gauge(
        "process_resident_memory_bytes",
        "Memory of this process.",
        stat.rss * procfs::page_size(),
    );
    text.gauge(
        "process_virtual_memory_bytes",
        "Addresses that this process has taken.",
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

/// Elsewhere nothing is read.
#[cfg(not(target_os = "linux"))]
pub fn add(_: &mut Text) {}
