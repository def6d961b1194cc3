//! The `muster` binary as those who operate it meet it: its log as JSON, and its health from a command.

use crate::binary::{muster, output, serve, start, stop, text};
use serde_json::Value;
use tempfile::TempDir;

#[test]
fn every_line_of_a_json_log_is_an_object() {
    let folder = TempDir::new().unwrap();
    let mut command = muster(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    command.env("MUSTER_LOG_FORMAT", "json");
    let log = stop(start(command).0);
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    for line in &lines {
        let moment = line["timestamp"].as_str().unwrap();
        moment.parse::<jiff::Timestamp>().unwrap();
        assert!(["INFO", "WARN", "ERROR"].contains(&line["level"].as_str().unwrap()));
        assert!(line["fields"]["message"].is_string(), "{line}");
    }
    assert_eq!(lines.last().unwrap()["fields"]["message"], "stopped");
    assert!(log.contains("default password"));
}

#[test]
fn the_last_words_are_an_object_too() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("stats.db"), "no database").unwrap();
    let output = output(folder.path(), &["--log-format", "json"]);
    assert!(!output.status.success());
    let words = text(&output.stderr);
    let last: Value = serde_json::from_str(words.lines().last().unwrap()).unwrap();
    assert_eq!(last["level"], "ERROR");
    assert!(words.contains("stats.db"), "{words}");
}

#[test]
fn a_format_that_is_none_is_said() {
    let folder = TempDir::new().unwrap();
    let output = output(folder.path(), &["verify", "--log-format", "xml"]);
    let words = text(&output.stderr);
    assert!(words.contains("text") && words.contains("json"), "{words}");
}

#[test]
fn a_command_asks_whether_a_server_is_ready() {
    let folder = TempDir::new().unwrap();
    let (child, url) = serve(folder.path());
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let asked = output(folder.path(), &["healthcheck", "--listen", address]);
    assert!(asked.status.success(), "{}", text(&asked.stderr));
    assert!(text(&asked.stdout).contains("\"ready\""));
    stop(child);
    let asked = output(folder.path(), &["healthcheck", "--listen", address]);
    assert!(!asked.status.success());
    let words = text(&asked.stderr);
    assert!(
        words.contains(&format!("no Muster server answers at {address}")),
        "{words}"
    );
}
