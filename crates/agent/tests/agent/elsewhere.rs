//! An agent in a container: it has a file system of its own, and the host's `/proc`, `/sys` and `/` elsewhere.
//!
//! A namespace and another root, as every container has them, are to be had without Docker and, where the system
//! permits it, without being root.

use crate::binary::{Agent, BINARY, agent};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

/// Binds the host's into the folder `$1`, and the libraries that the program needs; of anything else there is
/// nothing, no `/proc` in particular.
const ENTER: &str = r#"
set -e
cd "$1"
mkdir -p host/proc host/sys host/root usr data
for folder in proc sys; do mount --rbind "/$folder" "host/$folder"; done
mount --rbind / host/root
mount --rbind /usr usr
for folder in lib lib64 lib32 bin; do
    if [ -L "/$folder" ]; then ln -s "usr/$folder" "$folder"
    elif [ -d "/$folder" ]; then mkdir "$folder"; mount --rbind "/$folder" "$folder"; fi
done
cp "$2" muster-agent
test ! -e proc
exec chroot . /muster-agent --listen 127.0.0.1:0 --token-file /data/client_token.txt \
    --proc /host/proc --sys /host/sys --root /host/root
"#;

/// A namespace of its own for mounts; a user who is not root becomes it there.
fn namespace() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount"]);
    command
}

fn names(answer: &Value, of: &str) -> BTreeSet<String> {
    let series = answer["series"].as_object().unwrap();
    let names = series.keys().filter(|name| name.starts_with(of));
    names.cloned().collect()
}

fn pids(answer: &Value) -> BTreeSet<u64> {
    let processes = answer["top_processes"].as_array().unwrap();
    processes
        .iter()
        .filter_map(|it| it["pid"].as_u64())
        .collect()
}

#[test]
fn what_it_answers_is_the_hosts() {
    let permitted = namespace().arg("true").stderr(Stdio::null()).status();
    if !permitted.is_ok_and(|status| status.success()) {
        eprintln!("not tried: this system permits no namespaces to its users");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("inside");
    std::fs::create_dir(&inside).unwrap();
    let mut command = namespace();
    command
        .args(["sh", "-c", ENTER, "sh"])
        .arg(&inside)
        .arg(BINARY);
    let contained = Agent::start(&mut command);
    let outside = Agent::start(&mut agent(folder.path()));
    let (theirs, ours) = (contained.ask().json(), outside.ask().json());
    for path in [
        "/hostname",
        "/os",
        "/kernel",
        "/boot/id",
        "/memory/total",
        "/disk/total",
        "/cpu_times/count",
    ] {
        let (theirs, ours) = (theirs.pointer(path), ours.pointer(path));
        assert!(
            theirs.is_some() && theirs == ours,
            "{path}: {theirs:?}, {ours:?}"
        );
    }
    for of in ["disk.", "network.", "cpu.", "load.", "uptime."] {
        assert!(!names(&ours, of).is_empty(), "{of}");
        assert_eq!(names(&theirs, of), names(&ours, of));
    }
    assert!(pids(&theirs).intersection(&pids(&ours)).count() > 0);
    assert_only_data(&inside);
}

/// All that it leaves lies in the folder that is meant for it.
fn assert_only_data(inside: &Path) {
    let data = std::fs::read_dir(inside.join("data")).unwrap();
    let data: BTreeSet<_> = data.map(|entry| entry.unwrap().file_name()).collect();
    let expected = ["client_history", "client_tls.pem", "client_token.txt"];
    assert_eq!(data, expected.map(Into::into).into());
}
