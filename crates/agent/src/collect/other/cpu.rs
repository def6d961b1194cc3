//! CPU usage between two readings of sysinfo.

use crate::collect::rounding::one_decimal;
use muster_wire::SystemInfo;
use muster_wire::catalogue;
use std::time::{Duration, Instant};
use sysinfo::System;

/// Shorter intervals are too inaccurate.
const SHORTEST: Duration = Duration::from_secs(1);

/// The time of the last measurement, whose results stay valid until the next.
#[derive(Default)]
pub struct CpuUse {
    measured: Option<Instant>,
}

impl CpuUse {
    /// Measures, unless the last measurement is less than a second old.
    pub fn refresh(&mut self, now: Instant, system: &mut System) {
        if self.measured.is_none_or(|then| now - then >= SHORTEST) {
            system.refresh_cpu_usage();
            self.measured = Some(now);
        }
    }

    /// Adds the measured values.
    pub fn add_cpu_use(&self, system: &System, info: &mut SystemInfo) {
        info.cpu_percent = Some(rounded(system.global_cpu_usage()));
        let cores = system.cpus();
        info.series.push(catalogue::CPU_COUNT, cores.len() as u64);
        for (core, cpu) in cores.iter().enumerate() {
            let percent = rounded(cpu.usage());
            info.series
                .push(catalogue::with_instance(catalogue::CPU_CORE, core), percent);
        }
    }
}

fn rounded(percent: f32) -> f64 {
    one_decimal(f64::from(percent).clamp(0.0, 100.0))
}
