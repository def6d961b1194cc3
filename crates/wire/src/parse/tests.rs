//! Answers of every released agent parse; everything else is refused with an explanation.

use super::*;
use proptest::prelude::*;

const FASTAPI_CLIENT: &[u8] = include_bytes!("../../tests/fixtures/fastapi_client.json");
const FIRST_RELEASE: &[u8] =
    include_bytes!("../../tests/fixtures/fastapi_client_first_release.json");

const MUSTER_AGENT_0_1: &[u8] = include_bytes!("../../tests/fixtures/muster_agent_0.1.json");

fn error_of(json: &str) -> String {
    parse(json.as_bytes()).unwrap_err().to_string()
}

#[test]
fn reads_the_last_fastapi_client() {
    let info = parse(FASTAPI_CLIENT).unwrap();
    assert_eq!(info.memory.unwrap().used, 383_811_584);
    assert_eq!(info.top_processes.unwrap()[0].name, "postgres");
    assert!(info.agent.is_none() && info.series.is_empty());
}

#[test]
fn reads_the_first_fastapi_client() {
    let info = parse(FIRST_RELEASE).unwrap();
    assert_eq!(info.system.as_deref(), Some("Windows"));
    assert!(info.network_usage.is_none() && info.top_processes.is_none());
}

#[test]
fn reads_the_first_muster_agent() {
    let info = parse(MUSTER_AGENT_0_1).unwrap();
    assert_eq!(info.agent.unwrap().version, "0.1.0");
    assert!(info.boot.is_some() && info.cpu_times.unwrap().total() > 0.0);
    assert_eq!(info.os.as_deref(), Some("Debian GNU/Linux 12 (bookworm)"));
    assert!(
        info.series.get("load.1m").is_some() && info.series.get("cpu.core.percent:0").is_some()
    );
}

#[test]
fn ignores_unknown_keys() {
    let json = r#"{"agent":{"version":"9","run":"r","sequence":1,"monotonic_ms":5,"new":[]},"fans":{"cpu":900}}"#;
    assert_eq!(parse(json.as_bytes()).unwrap().agent.unwrap().sequence, 1);
}

#[test]
fn says_what_is_missing() {
    assert_eq!(error_of("{}"), "field `memory.total` is missing");
    assert_eq!(
        error_of(r#"{"memory":{}}"#),
        "field `memory.total` is missing"
    );
    let without_system = String::from_utf8_lossy(FIRST_RELEASE).replace("\"system\"", "\"x\"");
    assert_eq!(error_of(&without_system), "field `system` is missing");
}

#[test]
fn says_where_it_is_wrong() {
    let json = r#"{"memory":{"total":"lots"}}"#;
    assert_eq!(
        error_of(json),
        "field `memory.total`: invalid type: string \"lots\", expected a whole number"
    );
    assert_eq!(error_of("<html>"), "it is not JSON");
}

#[test]
fn refuses_what_no_computer_has() {
    let agent = r#""agent":{"version":"1","run":"r","sequence":1,"monotonic_ms":5}"#;
    let network = r#""network":{"bytes_sent":9223372036854775808,"bytes_recv":1}"#;
    assert_eq!(
        error_of(&format!("{{{agent},{network}}}")),
        "field `network.bytes_sent` is larger than 2^63 - 1"
    );
    assert_eq!(
        error_of(&format!("{{{agent},\"cpu_percent\":-1}}")),
        "field `cpu_percent` is negative or not finite"
    );
    let name = "n".repeat(257);
    assert_eq!(
        error_of(&format!("{{{agent},\"hostname\":\"{name}\"}}")),
        "field `hostname` is longer than 256 bytes"
    );
}

#[test]
fn an_explanation_quotes_at_most_200_characters() {
    let json = format!(
        r#"{{"memory":{{"total":"{}\u001b"}}}}"#,
        "x".repeat(100_000)
    );
    let message = error_of(&json);
    assert_eq!(message.chars().count(), 201);
    assert!(message.starts_with("field `memory.total`: invalid type: string"));
    assert!(!error_of(r#"{"memory":"\u001b[2J"}"#).contains('\u{1b}'));
}

#[test]
fn bounds_the_series() {
    let agent = r#""agent":{"version":"1","run":"r","sequence":1,"monotonic_ms":5}"#;
    let many: Vec<String> = (0..513).map(|n| format!("\"s.{n}\":{n}")).collect();
    let json = format!("{{{agent},\"series\":{{{}}}}}", many.join(","));
    assert_eq!(error_of(&json), "field `series`: more than 512 values");
    for (series, problem) in [
        (
            r#"{"a b":1}"#,
            "a name must be 1 to 96 printable ASCII characters without spaces",
        ),
        (r#"{"a":1,"a":2}"#, "`a` occurs twice"),
        (
            r#"{"a":9223372036854775808}"#,
            "an integer larger than 2^63 - 1",
        ),
    ] {
        let message = error_of(&format!("{{{agent},\"series\":{series}}}"));
        assert!(message.contains(problem), "{message}");
    }
}

#[test]
fn integers_stay_integers() {
    let agent = r#""agent":{"version":"1","run":"r","sequence":1,"monotonic_ms":5}"#;
    let json = format!("{{{agent},\"series\":{{\"a\":9007199254740993,\"b\":2.0}}}}");
    let series = parse(json.as_bytes()).unwrap().series;
    assert_eq!(
        serde_json::to_string(&series).unwrap(),
        r#"{"a":9007199254740993,"b":2.0}"#
    );
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes);
    }

    /// After changing one byte of a good answer, it is refused or still keeps every rule.
    #[test]
    fn a_flipped_byte_is_refused_or_harmless(at in 0..FASTAPI_CLIENT.len(), byte: u8) {
        let mut bytes = FASTAPI_CLIENT.to_vec();
        bytes[at] = byte;
        if let Ok(info) = parse(&bytes) {
            prop_assert!(check_values(&info).is_ok() && require_sections(&info).is_ok());
        }
    }
}
