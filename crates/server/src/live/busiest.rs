//! The busiest processes of a computer in two allocations: ten thousand computers have two hundred thousand processes.

use muster_store::Process;

/// Processes in the order in which the agent sent them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Busiest {
    rows: Box<[Row]>,
    /// Their names, concatenated.
    names: Box<str>,
}

/// A process without its name.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    cpu_percent: f64,
    memory_percent: f64,
    create_time_s: f64,
    pid: u32,
    /// End of its name in `names`.
    end: u32,
}

impl Busiest {
    /// Whether there are no processes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The name of the first process and its CPU use in per cent of one core.
    #[must_use]
    pub fn first(&self) -> Option<(&str, f64)> {
        let row = self.rows.first()?;
        Some((self.names.get(..row.end as usize)?, row.cpu_percent))
    }

    /// The processes in their order.
    pub fn iter(&self) -> impl Iterator<Item = Process> {
        let starts = std::iter::once(0).chain(self.rows.iter().map(|row| row.end));
        self.rows.iter().zip(starts).map(|(row, start)| {
            let name = self.names.get(start as usize..row.end as usize);
            Process {
                pid: row.pid.into(),
                name: name.unwrap_or_default().to_owned(),
                cpu_percent: row.cpu_percent,
                memory_percent: row.memory_percent,
                create_time_s: row.create_time_s,
            }
        })
    }
}

impl FromIterator<Process> for Busiest {
    /// Skips processes whose pid does not fit. No system has them, but a database that was tampered with may.
    fn from_iter<I: IntoIterator<Item = Process>>(processes: I) -> Self {
        let mut names = String::new();
        let row = |process: Process| {
            let pid = process.pid.try_into().ok()?;
            let end = u32::try_from(names.len() + process.name.len()).ok()?;
            names.push_str(&process.name);
            Some(Row {
                cpu_percent: process.cpu_percent,
                memory_percent: process.memory_percent,
                create_time_s: process.create_time_s,
                pid,
                end,
            })
        };
        let rows = processes.into_iter().filter_map(row).collect();
        Self {
            rows,
            names: names.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(pid: i64, name: &str) -> Process {
        Process {
            pid,
            name: name.into(),
            cpu_percent: 12.3,
            memory_percent: 0.1,
            create_time_s: 1_764_333_000.55,
        }
    }

    #[test]
    fn processes_round_trip() {
        let told = [
            process(1, "systemd"),
            process(0, ""),
            process(i64::from(u32::MAX), "größer 🐢"),
        ];
        let busiest: Busiest = told.iter().cloned().collect();
        assert_eq!(busiest.iter().collect::<Vec<_>>(), told);
        assert_eq!(busiest.first(), Some(("systemd", 12.3)));
        assert!(!busiest.is_empty() && Busiest::default().is_empty());
    }

    #[test]
    fn a_process_with_an_invalid_pid_is_left_out() {
        let told = [
            process(1, "a"),
            process(-1, "b"),
            process(1 << 40, "c"),
            process(2, "d"),
        ];
        let busiest: Busiest = told.iter().cloned().collect();
        assert_eq!(
            busiest.iter().collect::<Vec<_>>(),
            [told[0].clone(), told[3].clone()]
        );
    }
}
