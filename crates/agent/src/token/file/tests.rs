//! Token files in every state.
#![cfg(unix)]

use super::*;
use std::os::unix::fs::{PermissionsExt, symlink};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn file_with(text: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("client_token.txt");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    (folder, path)
}

#[test]
fn a_new_token_is_private_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("client_token.txt");
    let first = load_or_create(&path).unwrap();
    assert_eq!(mode(&path), 0o600);
    assert!(first.notices.is_empty());
    let second = load_or_create(&path).unwrap();
    assert_eq!(first.token.text(), second.token.text());
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "no temporary file is left"
    );
}

#[test]
fn any_printable_token_is_kept() {
    for text in [
        &b"my-token_1"[..],
        b"  my-token_1 \r\n",
        b"\xef\xbb\xbfmy-token_1\n",
    ] {
        let (_folder, path) = file_with(text);
        let loaded = load_or_create(&path).unwrap();
        assert_eq!(loaded.token.text(), "my-token_1");
        assert!(loaded.notices.is_empty());
        assert_eq!(fs::read(&path).unwrap(), text, "a good file is not touched");
    }
}

#[test]
fn a_file_without_a_token_is_replaced_with_a_notice() {
    let long = [b'x'; 600];
    for text in [
        &b""[..],
        b" \n",
        b"\xff\xfe\x00t",
        b"two words",
        "t\u{f6}ken".as_bytes(),
        &long,
    ] {
        let (folder, path) = file_with(text);
        let loaded = load_or_create(&path).unwrap();
        assert_eq!(loaded.notices.len(), 1);
        assert!(
            loaded.notices[0].contains("client_token.txt"),
            "{:?}",
            loaded.notices
        );
        assert_eq!(
            load_or_create(&path).unwrap().token.text(),
            loaded.token.text()
        );
        assert_eq!(mode(&path), 0o600);
        let asides = asides(&folder);
        match trim(text).is_empty() {
            true => assert!(asides.is_empty(), "{asides:?}"),
            false => {
                assert_eq!(fs::read(&asides[0]).unwrap(), text);
                assert_eq!(mode(&asides[0]), 0o600);
            }
        }
    }
}

/// The saved copies of damaged files.
fn asides(folder: &tempfile::TempDir) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let is_aside = |path: &PathBuf| path.to_str().unwrap().contains(".txt.damaged-");
    paths.filter(is_aside).collect()
}

#[test]
fn a_file_of_something_else_is_left_as_it_is() {
    let (folder, path) = file_with(b"line one\nline two\n");
    let notes = folder.path().join("notes.txt");
    fs::rename(&path, &notes).unwrap();
    // The name is that of a token file, but the content is too long.
    let (_folder, named_so) = file_with(&[b'x'; 5_000]);
    assert!(matches!(
        load_or_create(&named_so),
        Err(TokenError::Foreign { .. })
    ));
    for long in [&b"line one\nline two\n"[..], &[b'x'; 5_000]] {
        fs::write(&notes, long).unwrap();
        for result in [
            load_or_create(&notes).map(|_| ()),
            load_existing(&notes).map(|_| ()),
            crate::token::renew_token(&notes).map(|_| ()),
        ] {
            let error = result.unwrap_err().to_string();
            assert!(error.contains("notes.txt contains"), "{error}");
        }
        assert_eq!(fs::read(&notes).unwrap(), long);
    }
}

#[test]
fn showing_the_token_does_not_overwrite_the_file() {
    for (text, expected) in [(&b""[..], "is empty"), (b"two words", "contains no token")] {
        let (_folder, path) = file_with(text);
        let error = load_existing(&path).err().unwrap().to_string();
        assert!(error.contains(expected), "{error}");
        assert_eq!(fs::read(&path).unwrap(), text);
    }
}

#[test]
fn a_file_that_others_may_read_is_made_private() {
    let (_folder, path) = file_with(b"token");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let loaded = load_or_create(&path).unwrap();
    assert!(loaded.notices[0].contains("0600"), "{:?}", loaded.notices);
    assert_eq!(mode(&path), 0o600);
    assert!(load_or_create(&path).unwrap().notices.is_empty());
}

#[test]
fn a_link_stays_a_link() {
    let (folder, path) = file_with(b"");
    let link = folder.path().join("link");
    symlink(&path, &link).unwrap();
    let token = load_or_create(&link).unwrap().token.text();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(load_or_create(&path).unwrap().token.text(), token);
}

#[test]
fn folders_and_devices_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let error = load_or_create(folder.path()).err().unwrap().to_string();
    assert!(error.contains("is a folder") && error.contains(folder.path().to_str().unwrap()));
    let error = load_or_create(Path::new("/dev/null"))
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("/dev/null is not a regular file"), "{error}");
    let missing = folder.path().join("missing/token");
    let error = load_or_create(&missing).err().unwrap().to_string();
    assert!(
        error.contains("cannot write") && error.contains("missing/token"),
        "{error}"
    );
}
