//! A description of the computer on which a benchmark runs.

use std::fs;

pub fn describe_machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory_kib = field(&read("/proc/meminfo"), "MemTotal").unwrap_or_default();
    let memory_kib = memory_kib.trim_end_matches(" kB").parse().unwrap_or(0_u64);
    format!(
        "{cores} cores of {}, {} GB of memory, Linux {}",
        field(&read("/proc/cpuinfo"), "model name")
            .unwrap_or_else(|| "an unknown processor".into()),
        memory_kib * 1024 / 1_000_000_000,
        read("/proc/sys/kernel/osrelease").trim()
    )
}

fn field(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let (_, value) = line.split_once(':')?;
    Some(value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn finds_what_the_kernel_says() {
        let text = "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\n";
        assert_eq!(
            field(text, "model name").as_deref(),
            Some("Some CPU @ 2 GHz")
        );
        assert_eq!(field(text, "flags"), None);
    }
}
