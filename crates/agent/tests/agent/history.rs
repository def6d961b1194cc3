//! Readings that the program records between polls, and returns after a cursor, also after a restart.

use crate::binary::{Agent, agent};
use crate::support::{Client, until};
use muster_wire::{History, SystemInfo};
use std::io::{BufRead as _, BufReader};

/// Polls with an interval of a second, the shortest that is allowed.
fn poll(agent: &Agent, target: &str) -> SystemInfo {
    let mut client = Client::connect(([127, 0, 0, 1], agent.port()).into());
    let head = format!(
        "GET {target} HTTP/1.1\r\nHost: box\r\nAuthorization: Bearer {}\r\nMuster-Interval: 1\r\n\r\n",
        agent.token()
    );
    client.send(head.as_bytes());
    muster_wire::parse(client.read_answer().body.as_bytes()).unwrap()
}

fn history(agent: &Agent, cursor: &str) -> History {
    let info = poll(agent, &format!("/systeminfo?processes=0&since={cursor}"));
    *info.history.unwrap()
}

/// Waits until this many readings are recorded.
fn until_kept(agent: &Agent, count: u32) {
    until("readings are kept", || {
        poll(agent, "/systeminfo?processes=0").agent.unwrap().kept >= Some(count)
    });
}

fn terminate(agent: &mut Agent) {
    let kill = std::process::Command::new("kill")
        .arg(agent.child.id().to_string())
        .status();
    assert!(kill.unwrap().success());
    assert_eq!(agent.exit_code(), Some(0));
}

#[test]
fn recorded_readings_follow_a_cursor_and_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = Agent::start(&mut agent(folder.path()));
    until_kept(&first, 2);
    let all = history(&first, "");
    let who = |reading: &SystemInfo| reading.agent.clone().unwrap();
    let sequences: Vec<u64> = all.readings.iter().map(|r| who(r).sequence).collect();
    assert!(
        sequences.len() >= 2 && sequences.is_sorted(),
        "{sequences:?}"
    );
    let one = &all.readings[0];
    assert!(one.memory.is_some() && one.cpu_times.is_some() && one.top_processes.is_some());
    assert!(one.series.get("uptime.seconds").is_some() && who(one).time_ms.is_some());
    let next = all.next.unwrap();
    let behind = history(&first, &next);
    let last = sequences.last().unwrap();
    assert!(behind.readings.iter().all(|r| who(r).sequence > *last));
    let run = who(one).run;
    terminate(&mut first);

    let second = Agent::start(&mut agent(folder.path()));
    let now = poll(&second, "/systeminfo").agent.unwrap();
    let previous = now.previous.unwrap();
    assert_eq!((&previous.run, previous.ended_cleanly), (&run, true));
    let kept = history(&second, "").readings;
    assert_eq!(who(&kept[0]).run, run);
    // It continues with the interval of the previous run.
    until_kept(&second, u32::try_from(kept.len()).unwrap() + 2);
    let behind = history(&second, &format!("{run}.0")).readings;
    assert!(behind.iter().any(|reading| who(reading).run == now.run));
}

#[test]
fn a_killed_agent_reports_it_and_one_without_history_reports_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut killed = Agent::start(&mut agent(folder.path()));
    killed.child.kill().unwrap();
    killed.child.wait().unwrap();
    let after = Agent::start(&mut agent(folder.path()));
    let previous = poll(&after, "/systeminfo").agent.unwrap().previous;
    assert!(!previous.unwrap().ended_cleanly);
    let bare = Agent::start(agent(folder.path()).args(["--keep-hours", "0"]));
    let answer = poll(&bare, "/systeminfo?since=");
    assert_eq!((answer.history, answer.agent.unwrap().kept), (None, None));
}

#[test]
fn two_agents_in_one_folder_do_not_mix_their_readings() {
    let folder = tempfile::tempdir().unwrap();
    let first = Agent::start(&mut agent(folder.path()));
    let mut second = agent(folder.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(second.stderr.take().unwrap()).lines().next();
    let words = said.unwrap().unwrap();
    assert!(
        words.contains("another agent stores its readings there"),
        "{words}"
    );
    second.kill().unwrap();
    second.wait().unwrap();
    drop(first);
}
