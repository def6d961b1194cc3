use super::part::Part;
use super::{format_page, rows};

const SERVER: &str = "\
date 2026-11-25
machine 2 cores of some CPU
muster muster 0.1.0
runs 2
seconds 120
warm_up 60
agents 10000
interval 30
server.cpu_us 90
server.cpu_us 80
server.rss_mb 130.4
prometheus.cpu_us 480
victoria.cpu_us 510
victoria.rss_mb 321
version.prometheus Prometheus 2.42.0
missing.tls this muster-swarm has no --tls
";

fn page_of(part: &str, text: &str) -> String {
    let parts = rows::parts().map(|(name, rows)| {
        let text = if name == part { text } else { "" };
        Part::from_text(name, rows, text)
    });
    format_page(&parts)
}

fn row(page: &str, start: &str) -> String {
    let line = page.lines().find(|line| line.starts_with(start));
    let line = line.unwrap_or_else(|| panic!("no {start} in\n{page}"));
    line.split('|').map(str::trim).collect::<Vec<_>>().join("|")
}

#[test]
fn budgets_are_met_missed_or_not_measured() {
    let page = page_of("server", SERVER);
    assert!(
        page.contains("Budgets: 1 met, 1 missed, 0 measured at another size, "),
        "{page}"
    );
    let cpu = "|Server: CPU per stored poll, µs|85 (80–90)|≤ 100|met|Prometheus 2.42.0: 480|5.6|";
    assert_eq!(row(&page, "| Server: CPU per stored poll, µs"), cpu);
    let memory = "|Server: memory, MB|130|≤ 120|MISSED|VictoriaMetrics: 321|2.5|";
    assert_eq!(row(&page, "| Server: memory, MB"), memory);
    assert!(row(&page, "| Server: lateness, p99.9").ends_with("|not measured|||"));
}

#[test]
fn each_part_says_where_it_was_measured_or_how_to_measure_it() {
    let page = page_of("server", SERVER);
    let (_, server) = page.split_once("\n## Server").unwrap();
    let (server, rest) = server.split_once("\n## ").unwrap();
    assert!(
        server.contains("`make bench-server`, 2026-11-25, muster 0.1.0, on 2 cores of some CPU.")
    );
    assert!(server.contains("server has 2 runs, each"));
    assert!(!server.contains('{'), "{server}");
    assert!(server.contains("Not measured: TLS (this muster-swarm has no --tls)."));
    let beside: Vec<&str> = server
        .lines()
        .filter(|line| line.contains("Prometheus 2.42.0"))
        .collect();
    assert!(beside[0].contains("480 |"), "{beside:?}");
    assert!(rest.contains("Not measured: run `make bench-web`."));
}

#[test]
fn budgets_do_not_apply_at_another_size() {
    let page = page_of("server", &SERVER.replace("interval 30", "interval 5"));
    assert!(page.contains("Budgets: 0 met, 0 missed, 2 measured at another size, "));
    assert!(
        page.contains("**Not measured at the size of the budgets: interval is 5 instead of 30.**")
    );
}

#[test]
fn row_titles_are_unique() {
    for (name, rows) in rows::parts() {
        let mut titles: Vec<String> = rows.rows.iter().map(|row| row.title()).collect();
        titles.sort();
        titles.dedup();
        assert_eq!(titles.len(), rows.rows.len(), "{name}");
    }
}
