//! CPU time from `stat`: all cores together and each core.

use super::fields::{lines, number, words};
use super::source::{SourceError, SourceFolder};
use crate::collect::rounding::percent;
use muster_wire::CpuTimes;

/// CPU time by kind since the boot, in ticks of the kernel.
///
/// The order is user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice. `user` contains
/// `guest`, `nice` contains `guest_nice`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticks([u64; 10]);

const IDLE: usize = 3;
const IOWAIT: usize = 4;
/// The number of leading kinds that add up to the elapsed time; they contain the others.
const DISJOINT: usize = 8;

/// The content of `stat`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cpu {
    /// All cores together.
    pub all: Ticks,
    /// Each online core, with its number.
    pub cores: Vec<(u32, Ticks)>,
    /// Time of the boot in Unix seconds.
    pub boot_time_s: Option<u64>,
}

/// Reads CPU time.
pub fn read_cpu(proc: &mut SourceFolder) -> Result<Cpu, SourceError> {
    proc.read_file("stat", parse)
}

fn parse(text: &[u8]) -> Option<Cpu> {
    let mut cpu = Cpu::default();
    let mut all = None;
    for line in lines(text) {
        if let Some(rest) = line.strip_prefix(b"cpu ") {
            all = parse_ticks(rest);
        } else if let Some(rest) = line.strip_prefix(b"cpu") {
            cpu.cores.extend(parse_core(rest));
        } else if let Some(rest) = line.strip_prefix(b"btime ") {
            cpu.boot_time_s = number(rest.trim_ascii());
        }
    }
    cpu.all = all?;
    Some(cpu)
}

fn parse_core(line: &[u8]) -> Option<(u32, Ticks)> {
    let space = line.iter().position(|&byte| byte == b' ')?;
    let core = number(&line[..space])?.try_into().ok()?;
    Some((core, parse_ticks(&line[space..])?))
}

/// Old kernels lack the last kinds; every kernel has the first four.
fn parse_ticks(line: &[u8]) -> Option<Ticks> {
    let mut ticks = Ticks::default();
    let mut count = 0;
    for (ticks, word) in ticks.0.iter_mut().zip(words(line)) {
        *ticks = number(word)?;
        count += 1;
    }
    (count > IDLE).then_some(ticks)
}

impl Ticks {
    /// CPU usage since `earlier`, in per cent. Kinds that decreased, as idle and iowait sometimes do, count as
    /// unchanged.
    pub fn percent_since(&self, earlier: &Self) -> f64 {
        let mut total = 0_u64;
        let mut idle = 0_u64;
        for kind in 0..DISJOINT {
            let ticks = self.0[kind].saturating_sub(earlier.0[kind]);
            total = total.saturating_add(ticks);
            if kind == IDLE || kind == IOWAIT {
                idle = idle.saturating_add(ticks);
            }
        }
        percent(total - idle, total)
    }
}

impl Cpu {
    /// The times in seconds, as sent to the server.
    #[expect(
        clippy::cast_precision_loss,
        reason = "2^53 ticks are three million years"
    )]
    pub fn times(&self, ticks_per_second: u64) -> CpuTimes {
        let [
            user,
            nice,
            system,
            idle,
            iowait,
            irq,
            softirq,
            steal,
            guest,
            guest_nice,
        ] = self
            .all
            .0
            .map(|ticks| ticks as f64 / ticks_per_second as f64);
        let count = u32::try_from(self.cores.len()).unwrap_or(u32::MAX);
        CpuTimes {
            count,
            user,
            nice,
            system,
            idle,
            iowait,
            irq,
            softirq,
            steal,
            guest,
            guest_nice,
        }
    }

    /// Usage of each core since `earlier`, in per cent, without cores that were offline then.
    pub fn core_percents(&self, earlier: &Self) -> impl Iterator<Item = (u32, f64)> {
        self.cores.iter().filter_map(|(core, ticks)| {
            let (_, before) = earlier.cores.iter().find(|(number, _)| number == core)?;
            Some((*core, ticks.percent_since(before)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &[u8] = b"cpu  400 20 100 1000 30 1 2 3 40 5\n\
        cpu0 200 10 50 500 15 0 1 1 20 2\n\
        cpu2 200 10 50 500 15 1 1 2 20 3\n\
        intr 9876 0 1 2 3\nctxt 55\nbtime 1795470000\nprocesses 7\n";

    #[test]
    fn stat_is_understood() {
        let cpu = parse(STAT).unwrap();
        assert_eq!(cpu.all, Ticks([400, 20, 100, 1000, 30, 1, 2, 3, 40, 5]));
        assert_eq!(
            cpu.cores.iter().map(|(core, _)| *core).collect::<Vec<_>>(),
            [0, 2]
        );
        assert_eq!(cpu.boot_time_s, Some(1_795_470_000));
        let times = cpu.times(100);
        assert_eq!(
            (times.count, times.user, times.idle, times.guest_nice),
            (2, 4.0, 10.0, 0.05)
        );
    }

    #[test]
    fn old_kernels_and_hostile_text() {
        assert_eq!(
            parse(b"cpu 1 2 3 4\n").unwrap().all,
            Ticks([1, 2, 3, 4, 0, 0, 0, 0, 0, 0])
        );
        for odd in [
            "",
            "cpu",
            "cpu 1 2 3\n",
            "cpu a b c d\n",
            "cpu -1 2 3 4\n",
            "cpu0 1 2 3 4\n",
        ] {
            assert_eq!(parse(odd.as_bytes()), None, "{odd}");
        }
        let odd_cores = parse(b"cpu 1 2 3 4\ncpux 1 2 3 4\ncpu99999999999 1 2 3 4\ncpu1\ncpu1 9\n");
        assert!(odd_cores.unwrap().cores.is_empty());
    }

    #[test]
    fn usage_is_time_neither_idle_nor_waiting() {
        let earlier = Ticks([100, 0, 100, 1000, 100, 0, 0, 0, 50, 0]);
        // 10 busy, 25 idle, 5 waiting; `user` already contains the 10 of the guest.
        let later = Ticks([110, 0, 100, 1025, 105, 0, 0, 0, 60, 0]);
        assert_eq!(later.percent_since(&earlier), 25.0);
        assert_eq!(later.percent_since(&later), 0.0);
        // iowait decreased.
        let odd = Ticks([110, 0, 100, 1010, 90, 0, 0, 0, 60, 0]);
        assert_eq!(odd.percent_since(&earlier), 50.0);
        assert_eq!(Ticks([u64::MAX; 10]).percent_since(&Ticks::default()), 0.0);
    }

    #[test]
    fn cores_that_come_and_go_are_matched_by_number() {
        let cpu = |cores: &[(u32, u64)]| Cpu {
            cores: cores
                .iter()
                .map(|&(core, user)| (core, Ticks([user, 0, 0, 0, 0, 0, 0, 0, 0, 0])))
                .collect(),
            ..Cpu::default()
        };
        let earlier = cpu(&[(0, 0), (1, 0), (3, 0)]);
        let later = cpu(&[(0, 0), (2, 9), (3, 9)]);
        let percents: Vec<_> = later.core_percents(&earlier).collect();
        assert_eq!(percents, [(0, 0.0), (3, 100.0)]);
    }
}
