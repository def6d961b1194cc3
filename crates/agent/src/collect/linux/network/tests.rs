//! Texts of `net/dev`.

use super::*;

const HEADING: &str = "Inter-|   Receive                  |  Transmit\n face |bytes    packets errs drop \
    fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n";

fn text(lines: &str) -> Vec<u8> {
    format!("{HEADING}{lines}").into_bytes()
}

#[test]
fn interfaces_add_up_with_loopback_and_without_exception() {
    let interfaces = parse(&text(
        "    lo: 10 1 0 0 0 0 0 0 10 1 0 0 0 0 0 0\n\
         eth0:1000 20 3 4 0 0 0 0 500 10 5 6 0 0 0 0\n\
         veth12: 7 1 0 0 0 0 0 0 7 1 0 0 0 0 0 0\n",
    ))
    .unwrap();
    let expected = Network {
        bytes_sent: 517,
        bytes_recv: 1017,
        packets_sent: 12,
        packets_recv: 22,
        errin: 3,
        errout: 5,
        dropin: 4,
        dropout: 6,
    };
    assert_eq!(interfaces.all, expected);
    let names: Vec<_> = interfaces
        .each
        .iter()
        .map(|(name, ..)| name.as_slice())
        .collect();
    assert_eq!(names, [&b"lo"[..], b"eth0"]);
}

#[test]
fn hostile_text_gives_nothing_or_what_is_sound() {
    assert_eq!(parse(b""), None);
    assert_eq!(parse(b"eth0: 1 2 3\n"), None);
    assert_eq!(parse(&text("")), Some(Interfaces::default()));
    assert_eq!(
        parse(&text("eth0: 1 2 3\n:::\neth1: a b c\n")),
        Some(Interfaces::default())
    );
    let full = format!("a: {0} 0 0 0 0 0 0 0 {0} 0 0 0 0 0 0 0\n", u64::MAX);
    assert_eq!(
        parse(&text(&full.repeat(2))).unwrap().all.bytes_sent,
        u64::MAX
    );
}

#[test]
fn of_many_interfaces_those_with_a_device_come_first() {
    let sys = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(sys.path().join("class/net/eth0/device")).unwrap();
    let mut each: Vec<_> = (0..40)
        .map(|index| (format!("br{index}").into_bytes(), 1, 2))
        .collect();
    each.push((b"eth0".to_vec(), 3, 4));
    let mut series = Series::default();
    add_series(
        Interfaces {
            each,
            ..Interfaces::default()
        },
        sys.path(),
        &mut series,
    );
    assert_eq!(series.len(), 2 * MAX_INTERFACES);
    assert_eq!(series.iter().next().unwrap().0, "network.sent_bytes:eth0");
    assert!(series.get("network.recv_bytes:br22").is_some());
    assert!(series.get("network.recv_bytes:br23").is_none());
}
