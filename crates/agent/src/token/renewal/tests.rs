//! How long an old token stays valid.

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
    let old = file::load_or_create(&path).unwrap().token.text();
    let new = renew_token(&path).unwrap().text();
    Renewed {
        _folder: folder,
        path,
        old,
        new,
    }
}

impl Renewed {
    fn tokens(&self) -> Tokens {
        Tokens::watching_file(file::load_or_create(&self.path).unwrap().token, &self.path)
    }

    fn date_renewal(&self, time: SystemTime) {
        let token = Token::new(self.old.as_bytes()).unwrap();
        let renewed = time;
        Old { token, renewed }.write(&self.path).unwrap();
    }
}

#[test]
fn the_old_token_is_valid_until_the_new_one_is_used() {
    let renewed = renewed();
    let tokens = renewed.tokens();
    assert_eq!(
        tokens.match_token(renewed.old.as_bytes()),
        Some(TokenMatch::Old)
    );
    assert_eq!(tokens.match_token(b"a guess"), None);
    assert_eq!(
        tokens.match_token(renewed.old.as_bytes()),
        Some(TokenMatch::Old)
    );
    assert_eq!(
        tokens.match_token(renewed.new.as_bytes()),
        Some(TokenMatch::Current)
    );
    assert_eq!(tokens.match_token(renewed.old.as_bytes()), None);
    assert_eq!(renewed.tokens().match_token(renewed.old.as_bytes()), None);
}

#[test]
fn the_old_token_is_valid_for_a_day_at_most() {
    let renewed = renewed();
    let a_day_ago = SystemTime::now() - GRACE;
    renewed.date_renewal(a_day_ago + Duration::from_secs(60));
    let tokens = renewed.tokens();
    assert_eq!(
        tokens.match_token(renewed.old.as_bytes()),
        Some(TokenMatch::Old)
    );
    // It also expires while the agent runs.
    tokens.state().old.as_mut().unwrap().renewed = a_day_ago;
    assert_eq!(tokens.match_token(renewed.old.as_bytes()), None);
    for time in [a_day_ago, SystemTime::now() + Duration::from_secs(3600)] {
        renewed.date_renewal(time);
        assert_eq!(renewed.tokens().match_token(renewed.old.as_bytes()), None);
    }
}

#[test]
fn a_second_renewal_keeps_what_servers_know() {
    let renewed = renewed();
    let newest = renew_token(&renewed.path).unwrap().text();
    let tokens = renewed.tokens();
    assert_eq!(tokens.match_token(renewed.new.as_bytes()), None);
    assert_eq!(
        tokens.match_token(renewed.old.as_bytes()),
        Some(TokenMatch::Old)
    );
    assert_eq!(
        tokens.match_token(newest.as_bytes()),
        Some(TokenMatch::Current)
    );
}

#[test]
fn a_running_agent_notices_a_renewal_and_checks_rarely() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("client_token.txt");
    let old = file::load_or_create(&path).unwrap().token;
    let tokens = Tokens::watching_file(old.clone(), &path);
    // Clearly older, so that the renewal is noticed whatever the time resolution of the file system is.
    tokens.state().changed = Some(SystemTime::UNIX_EPOCH);
    let new = renew_token(&path).unwrap().text();
    assert_eq!(
        tokens.match_token(new.as_bytes()),
        None,
        "it checked just now"
    );
    tokens.state().checked = Instant::now().checked_sub(RECHECK_INTERVAL).unwrap();
    assert_eq!(
        tokens.match_token(old.text().as_bytes()),
        Some(TokenMatch::Current)
    );
    assert_eq!(
        tokens.match_token(new.as_bytes()),
        Some(TokenMatch::Current)
    );
    assert_eq!(tokens.match_token(old.text().as_bytes()), None);
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
