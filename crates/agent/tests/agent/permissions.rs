//! What the agent may not do. Root may do everything, so these tests run it as another user.

use crate::binary::{Agent, BINARY};
use std::fs::{self, Permissions};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// `nobody`.
const STRANGER: &str = "65534";

/// A folder that everybody may use, with the program in it.
struct AgentFolder(tempfile::TempDir);

impl AgentFolder {
    fn new() -> Self {
        let folder = tempfile::Builder::new().tempdir_in("/tmp").unwrap();
        allow(folder.path(), 0o777);
        let program = folder.path().join("muster-agent");
        fs::copy(BINARY, &program).unwrap();
        allow(&program, 0o755);
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The agent, run by a user without privileges.
    fn agent(&self) -> Command {
        let program = self.path("muster-agent");
        let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
        let mut command = if is_root {
            Command::new("setpriv")
        } else {
            Command::new(&program)
        };
        if is_root {
            let ids = [format!("--reuid={STRANGER}"), format!("--regid={STRANGER}")];
            command.args(ids).arg("--clear-groups").arg(&program);
        }
        command
            .current_dir(self.0.path())
            .env("MUSTER_AGENT_LISTEN", "127.0.0.1:0")
            .env_remove("MUSTER_AGENT_TOKEN_FILE");
        command
    }

    fn error(&self, arguments: &[&str]) -> String {
        let output = self.agent().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    }
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_token_file_that_cannot_be_read_is_named_with_the_reason() {
    let folder = AgentFolder::new();
    fs::write(folder.path("secret"), "token").unwrap();
    allow(&folder.path("secret"), 0o000);
    let error = folder.error(&["--token-file", "secret"]);
    assert!(
        error.contains("cannot read the token file secret: Permission denied"),
        "{error}"
    );
    assert_eq!(error.lines().count(), 1, "{error}");
}

#[test]
fn a_token_file_that_cannot_be_written_is_named_with_the_reason() {
    let folder = AgentFolder::new();
    fs::create_dir(folder.path("closed")).unwrap();
    allow(&folder.path("closed"), 0o555);
    let error = folder.error(&["--token-file", "closed/token"]);
    assert!(
        error.contains("cannot write the token file closed/token: Permission denied"),
        "{error}"
    );
    assert_eq!(error.lines().count(), 1, "{error}");
}

/// A folder of another user, with a token in it that the agent may read.
#[test]
fn in_a_read_only_folder_it_answers_and_reports_what_it_lacks() {
    let folder = AgentFolder::new();
    fs::create_dir(folder.path("closed")).unwrap();
    fs::write(folder.path("closed/client_token.txt"), "the-token\n").unwrap();
    allow(&folder.path("closed"), 0o555);
    let mut command = folder.agent();
    command.current_dir(folder.path("closed"));
    let mut agent = Agent::start(command.stderr(Stdio::piped()));
    assert_eq!(agent.token(), "the-token");
    let info = agent.poll().json();
    for section in ["cpu_times", "memory", "disk", "network", "top_processes"] {
        assert!(info.get(section).is_some(), "{section} is missing: {info}");
    }
    agent.child.kill().unwrap();
    let mut errors = String::new();
    let mut stderr = agent.child.stderr.take().unwrap();
    stderr.read_to_string(&mut errors).unwrap();
    for words in [
        "only plain HTTP is available",
        "stay in memory",
        "--tls-file",
        "--history",
    ] {
        assert!(errors.contains(words), "{words} is missing: {errors}");
    }
}

#[test]
fn in_its_own_folder_any_user_gets_everything() {
    let folder = AgentFolder::new();
    let mut agent = Agent::start_with_line(folder.agent().stderr(Stdio::piped()));
    assert!(agent.lines[6].starts_with("muster://"), "{:?}", agent.lines);
    let info = agent.poll().json();
    assert!(
        info["top_processes"]
            .as_array()
            .is_some_and(|it| !it.is_empty()),
        "{info}"
    );
    for name in ["client_token.txt", "client_tls.pem", "client_history"] {
        assert!(folder.path(name).exists(), "{name}");
    }
    agent.child.kill().unwrap();
    let mut errors = String::new();
    let mut stderr = agent.child.stderr.take().unwrap();
    stderr.read_to_string(&mut errors).unwrap();
    assert_eq!(errors, "", "nothing is refused that it needs");
}

/// Root renews a token for an agent of another user; a link that the agent could have created must not be
/// followed.
#[test]
fn what_root_writes_for_an_agent_is_the_agents() {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return;
    }
    let folder = AgentFolder::new();
    let file = folder.path("client_token.txt");
    fs::write(&file, "the-first-token\n").unwrap();
    let stranger = STRANGER.parse().ok();
    std::os::unix::fs::chown(&file, stranger, stranger).unwrap();
    let renew = |file: &Path| {
        let mut command = Command::new(folder.path("muster-agent"));
        command.args(["token", "--new", "--token-file"]).arg(file);
        command.current_dir(folder.path(".")).output().unwrap()
    };
    assert!(renew(&file).status.success());
    for name in ["client_token.txt", "client_token.old"] {
        let metadata = fs::metadata(folder.path(name)).unwrap();
        assert_eq!(Some(metadata.uid()), stranger, "{name}");
        assert_eq!(metadata.mode() & 0o777, 0o600, "{name}");
    }
    let others = folder.path("others.txt");
    fs::write(&others, "not-the-agents\n").unwrap();
    let link = folder.path("link.txt");
    std::os::unix::fs::symlink(&others, &link).unwrap();
    std::os::unix::fs::lchown(&link, stranger, stranger).unwrap();
    let refused = renew(&link);
    assert!(!refused.status.success());
    let words = String::from_utf8_lossy(&refused.stderr);
    assert!(
        words.contains("a link to a file with a different owner"),
        "{words}"
    );
    assert_eq!(fs::read_to_string(&others).unwrap(), "not-the-agents\n");
}

#[test]
fn a_low_port_is_refused_with_advice() {
    let lowest = fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap();
    if lowest.trim().parse::<u32>().unwrap() <= 80 {
        // Here everybody may listen on any port.
        return;
    }
    let error = AgentFolder::new().error(&["--listen", "127.0.0.1:80"]);
    assert!(
        error.contains("127.0.0.1:80") && error.contains("--listen"),
        "{error}"
    );
}

#[test]
fn an_unreadable_source_is_logged_once_and_missing() {
    let folder = AgentFolder::new();
    fs::create_dir_all(folder.path("proc/net")).unwrap();
    fs::write(
        folder.path("proc/stat"),
        "cpu 1 2 3 4\ncpu0 1 2 3 4\nbtime 7\n",
    )
    .unwrap();
    fs::write(
        folder.path("proc/meminfo"),
        "MemTotal: 9 kB\nMemFree: 1 kB\n",
    )
    .unwrap();
    fs::copy("/proc/net/dev", folder.path("proc/net/dev")).unwrap();
    allow(&folder.path("proc/meminfo"), 0o000);
    let proc = folder.path("proc");
    let mut command = folder.agent();
    command.arg("--proc").arg(&proc).stderr(Stdio::piped());
    let mut agent = Agent::start(&mut command);
    for _ in 0..3 {
        let info = agent.poll().json();
        assert!(info.get("memory").is_none(), "{info}");
        assert!(
            info.get("cpu_times").is_some(),
            "each collector fails alone: {info}"
        );
        assert!(info.get("network").is_some(), "{info}");
    }
    allow(&folder.path("proc/meminfo"), 0o444);
    assert_eq!(agent.poll().json()["memory"]["total"], 9 * 1024);
    fs::write(folder.path("proc/meminfo"), "nonsense").unwrap();
    agent.poll();
    agent.poll();
    agent.child.kill().unwrap();
    let mut errors = String::new();
    agent
        .child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    let logged = |what: &str| errors.lines().filter(|line| line.contains(what)).count();
    assert_eq!(logged("meminfo: Permission denied"), 1, "{errors}");
    assert_eq!(
        logged("unexpected content in"),
        1,
        "again after it worked:\n{errors}"
    );
}

#[test]
fn only_root_sets_up_a_service() {
    let folder = AgentFolder::new();
    for command in [
        &["install", "--listen", "127.0.0.1:8000"][..],
        &["uninstall"],
    ] {
        let error = folder.error(command);
        assert!(error.contains("only root"), "{error}");
    }
}
