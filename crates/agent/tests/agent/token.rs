//! Renewing a token while the agent runs.

use crate::binary::{Agent, BINARY, agent};
use crate::support::{Client, Reply, request, until};
use std::path::Path;
use std::process::Command;

fn poll(agent: &Agent, token: &str) -> Reply {
    let mut client = Client::connect(([127, 0, 0, 1], agent.port()).into());
    client.send(&request("GET", "/systeminfo?processes=0", token));
    client.read_answer()
}

/// The output of `muster-agent token …`.
fn token(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let mut command = Command::new(BINARY);
    command.env_remove("MUSTER_AGENT_TOKEN_FILE");
    command.env("MUSTER_AGENT_LISTEN", "127.0.0.1:8000");
    let output = command
        .current_dir(folder)
        .arg("token")
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn the_old_token_is_valid_until_the_new_one_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let agent = Agent::start(&mut agent(folder.path()));
    let old = agent.token().to_owned();
    assert_eq!(token(folder.path(), &[]), std::slice::from_ref(&old));
    assert!(poll(&agent, &old).json()["agent"]["token_renewed"].is_null());
    let printed = token(folder.path(), &["--new"]);
    let [new, line] = &printed[..] else {
        panic!("{printed:?}");
    };
    assert_ne!(*new, old);
    assert!(
        line.starts_with(&format!("muster://127.0.0.1:8000?token={new}&sha256=")),
        "{line}"
    );
    until("the agent to notice", || {
        assert_eq!(poll(&agent, "guess").status(), "401");
        poll(&agent, &old).json()["agent"]["token_renewed"] == true
    });
    assert_eq!(poll(&agent, &old).status(), "200");
    let answer = poll(&agent, new);
    assert_eq!(answer.status(), "200");
    assert!(answer.json()["agent"]["token_renewed"].is_null());
    assert_eq!(poll(&agent, &old).status(), "401");
    assert!(!folder.path().join("client_token.old").exists());
}

#[test]
fn it_is_renewed_where_its_file_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.txt");
    std::fs::write(&file, "from-before\n").unwrap();
    let printed = token(folder.path(), &["--new", "--token-file", "mine.txt"]);
    let kept = std::fs::read_to_string(&file).unwrap();
    assert_eq!(printed[0], kept.trim());
    let old = std::fs::read_to_string(folder.path().join("mine.old")).unwrap();
    assert!(old.starts_with("from-before "), "{old}");
}
