//! An agent in a container: it has its own file system, and `/proc`, `/sys` and `/` of the host are mounted
//! elsewhere.
//!
//! A namespace and another root, as in every container, are available without Docker and, if the system permits
//! it, without root.

use crate::binary::{Agent, BINARY, agent};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

/// Binds those of the host, and the libraries that the program needs, into the folder `$1`. Nothing else is
/// there, in particular no `/proc`.
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

/// A mount namespace; a user who is not root becomes root in it.
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
    let (theirs, ours) = (contained.poll().json(), outside.poll().json());
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

/// It only writes to the data folder.
fn assert_only_data(inside: &Path) {
    let data = std::fs::read_dir(inside.join("data")).unwrap();
    let data: BTreeSet<_> = data.map(|entry| entry.unwrap().file_name()).collect();
    let expected = ["client_history", "client_tls.pem", "client_token.txt"];
    assert_eq!(data, expected.map(Into::into).into());
}
