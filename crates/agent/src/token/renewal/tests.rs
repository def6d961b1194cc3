//! How long an old token is taken.

use super::*;

struct Renewed {
    _folder: tempfile::TempDir,
    path: PathBuf,
    old: String,
    new: String,
}

fn renewed() -> Renewed {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("client_token.txt");
    let old = file::load(&path).unwrap().token.text();
    let new = renew(&path).unwrap().text();
    Renewed {
        _folder: folder,
        path,
        old,
        new,
    }
}

impl Renewed {
    fn tokens(&self) -> Tokens {
        Tokens::following(file::load(&self.path).unwrap().token, &self.path)
    }

    fn date_renewal(&self, time: SystemTime) {
        let token = Token::new(self.old.as_bytes()).unwrap();
        let renewed = time;
        Old { token, renewed }.write(&self.path).unwrap();
    }
}

#[test]
fn the_old_one_is_taken_until_the_new_one_was_used() {
    let renewed = renewed();
    let tokens = renewed.tokens();
    assert_eq!(tokens.shown(renewed.old.as_bytes()), Some(Shown::Old));
    assert_eq!(tokens.shown(b"a guess"), None);
    assert_eq!(tokens.shown(renewed.old.as_bytes()), Some(Shown::Old));
    assert_eq!(tokens.shown(renewed.new.as_bytes()), Some(Shown::Current));
    assert_eq!(tokens.shown(renewed.old.as_bytes()), None);
    assert_eq!(renewed.tokens().shown(renewed.old.as_bytes()), None);
}

#[test]
fn the_old_one_is_taken_for_a_day_at_most() {
    let renewed = renewed();
    let a_day_ago = SystemTime::now() - GRACE;
    renewed.date_renewal(a_day_ago + Duration::from_secs(60));
    let tokens = renewed.tokens();
    assert_eq!(tokens.shown(renewed.old.as_bytes()), Some(Shown::Old));
    // It ends while the agent runs, too.
    tokens.state().old.as_mut().unwrap().renewed = a_day_ago;
    assert_eq!(tokens.shown(renewed.old.as_bytes()), None);
    for time in [a_day_ago, SystemTime::now() + Duration::from_secs(3600)] {
        renewed.date_renewal(time);
        assert_eq!(renewed.tokens().shown(renewed.old.as_bytes()), None);
    }
}

#[test]
fn a_second_renewal_keeps_what_servers_know() {
    let renewed = renewed();
    let newest = renew(&renewed.path).unwrap().text();
    let tokens = renewed.tokens();
    assert_eq!(tokens.shown(renewed.new.as_bytes()), None);
    assert_eq!(tokens.shown(renewed.old.as_bytes()), Some(Shown::Old));
    assert_eq!(tokens.shown(newest.as_bytes()), Some(Shown::Current));
}

#[test]
fn a_running_agent_takes_a_renewal_up_and_looks_seldom() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("client_token.txt");
    let old = file::load(&path).unwrap().token;
    let tokens = Tokens::following(old.clone(), &path);
    // As old as a file usually is, so that the renewal is another moment whatever the file system counts in.
    tokens.state().changed = Some(SystemTime::UNIX_EPOCH);
    let new = renew(&path).unwrap().text();
    assert_eq!(tokens.shown(new.as_bytes()), None, "it looked just now");
    tokens.state().looked = Instant::now().checked_sub(LOOK_AGAIN).unwrap();
    assert_eq!(tokens.shown(old.text().as_bytes()), Some(Shown::Current));
    assert_eq!(tokens.shown(new.as_bytes()), Some(Shown::Current));
    assert_eq!(tokens.shown(old.text().as_bytes()), None);
}

#[test]
fn nobody_else_may_read_the_old_one() {
    let renewed = renewed();
    let old = old_path(&renewed.path);
    assert!(old.ends_with("client_token.old"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&old).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_eq!(old_path(Path::new("a.old")), Path::new("a.old.old"));
}
