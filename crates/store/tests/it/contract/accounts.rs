//! Accounts, sessions and settings.

use super::user;
use muster_store::{ClientInfo, Error, Role, SessionKey, Store, User};

/// The account of this number.
async fn account(store: &impl Store, id: i64) -> User {
    let users = store.users().await.unwrap();
    users.into_iter().find(|user| user.id == id).unwrap()
}

async fn sign_in(store: &impl Store, key: &SessionKey, id: i64, now_ms: i64) {
    let user = account(store, id).await;
    let opened = store
        .open_session(key, &user, &ClientInfo::default(), now_ms)
        .await;
    assert!(opened.unwrap());
}

async fn add(store: &impl Store, name: &str, role: Role) -> i64 {
    store.add_user(&user(name, role)).await.unwrap()
}

pub async fn nobody_comes_in_with_a_password_that_was_changed_meanwhile(store: &impl Store) {
    let id = add(store, "adam", Role::Viewer).await;
    let checked = account(store, id).await;
    assert!(store.set_password(id, "new", false, None).await.unwrap());
    let client = ClientInfo::default();
    let opened = store.open_session(&[1; 32], &checked, &client, 100).await;
    assert!(!opened.unwrap());
    assert_eq!(store.session(&[1; 32], 0).await.unwrap(), None);
}

pub async fn accounts_are_listed_by_name(store: &impl Store) {
    add(store, "zoe", Role::Viewer).await;
    let id = add(store, "adam", Role::Administrator).await;
    let users = store.users().await.unwrap();
    assert_eq!([&users[0].username, &users[1].username], ["adam", "zoe"]);
    assert_eq!(
        (users[0].role, users[1].role),
        (Role::Administrator, Role::Viewer)
    );
    assert!(!users[0].created_at.is_empty());
    let adam = store.user_named("adam").await.unwrap().unwrap();
    assert_eq!((adam.id, adam.password_hash.as_str()), (id, "hash of adam"));
    assert_eq!(store.user_named("ADAM").await.unwrap(), None);
}

pub async fn a_name_is_given_once(store: &impl Store) {
    add(store, "adam", Role::Viewer).await;
    let again = store.add_user(&user("adam", Role::Viewer)).await;
    assert!(matches!(again, Err(Error::NameTaken(name)) if name == "adam"));
}

pub async fn only_one_can_be_first(store: &impl Store) {
    let (one, other) = (
        user("one", Role::Administrator),
        user("other", Role::Administrator),
    );
    let (one, other) = tokio::join!(store.add_first_user(&one), store.add_first_user(&other));
    assert_ne!(one.unwrap(), other.unwrap());
    assert_eq!(store.users().await.unwrap().len(), 1);
}

pub async fn the_last_administrator_stays(store: &impl Store) {
    let adam = add(store, "adam", Role::Administrator).await;
    let eve = add(store, "eve", Role::Viewer).await;
    let demoted = store.set_role(adam, Role::Viewer).await;
    assert!(matches!(demoted, Err(Error::LastAdministrator)));
    assert!(matches!(
        store.remove_user(adam).await,
        Err(Error::LastAdministrator)
    ));
    assert!(store.set_role(eve, Role::Administrator).await.unwrap());
    assert!(store.remove_user(adam).await.unwrap());
    assert!(!store.remove_user(adam).await.unwrap());
    assert!(!store.set_role(adam, Role::Viewer).await.unwrap());
}

pub async fn two_who_step_down_at_once_leave_one(store: &impl Store) {
    let adam = add(store, "adam", Role::Administrator).await;
    let eve = add(store, "eve", Role::Administrator).await;
    let (one, other) = tokio::join!(store.remove_user(adam), store.set_role(eve, Role::Viewer));
    assert_ne!(one.is_ok(), other.is_ok());
}

pub async fn a_password_change_ends_all_sessions_but_one(store: &impl Store) {
    let adam = add(store, "adam", Role::Viewer).await;
    let eve = add(store, "eve", Role::Viewer).await;
    for (key, id) in [([1; 32], adam), ([2; 32], adam), ([3; 32], eve)] {
        sign_in(store, &key, id, 100).await;
    }
    let keep = Some(([1; 32], [9; 32]));
    assert!(store.set_password(adam, "new", true, keep).await.unwrap());
    assert_eq!(store.session(&[1; 32], 0).await.unwrap(), None);
    assert_eq!(store.session(&[2; 32], 0).await.unwrap(), None);
    let kept = store.session(&[9; 32], 0).await.unwrap().unwrap();
    assert_eq!(
        (kept.user.password_hash.as_str(), kept.created_ms),
        ("new", 100)
    );
    assert!(kept.user.default_password);
    assert!(store.session(&[3; 32], 0).await.unwrap().is_some());
    // A session of another account cannot be kept.
    store
        .set_password(adam, "newer", false, Some(([3; 32], [4; 32])))
        .await
        .unwrap();
    assert_eq!(store.session(&[9; 32], 0).await.unwrap(), None);
    assert_eq!(
        store.session(&[3; 32], 0).await.unwrap().unwrap().user.id,
        eve
    );
    assert!(!store.set_password(777, "x", false, None).await.unwrap());
}

pub async fn a_rehash_ends_no_session(store: &impl Store) {
    let adam = add(store, "adam", Role::Viewer).await;
    sign_in(store, &[1; 32], adam, 100).await;
    let done = store.rehash_password(adam, "not it", "lost", true).await;
    done.unwrap();
    let session = store.session(&[1; 32], 0).await.unwrap().unwrap();
    assert_eq!(session.user.password_hash, "hash of adam");
    let done = store
        .rehash_password(adam, "hash of adam", "argon2", true)
        .await;
    done.unwrap();
    let session = store.session(&[1; 32], 0).await.unwrap().unwrap();
    assert_eq!(
        (
            session.user.password_hash.as_str(),
            session.user.default_password
        ),
        ("argon2", true)
    );
}

pub async fn sessions_expire_and_end(store: &impl Store) {
    let adam = add(store, "adam", Role::Viewer).await;
    let key = [5; 32];
    sign_in(store, &key, adam, 1_000_000).await;
    assert!(store.session(&key, 1_000_000).await.unwrap().is_some());
    assert_eq!(store.session(&key, 1_000_001).await.unwrap(), None);
    // Its use is stored to the minute, and never set back.
    store.touch_session(&key, 1_059_999).await.unwrap();
    assert_eq!(
        store.session(&key, 0).await.unwrap().unwrap().used_ms,
        1_000_000
    );
    store.touch_session(&key, 1_060_000).await.unwrap();
    store.touch_session(&key, 900_000).await.unwrap();
    let session = store.session(&key, 0).await.unwrap().unwrap();
    assert_eq!(
        (session.created_ms, session.used_ms),
        (1_000_000, 1_060_000)
    );
    store.end_idle_sessions(1_060_000).await.unwrap();
    assert!(store.session(&key, 0).await.unwrap().is_some());
    store.end_idle_sessions(1_060_001).await.unwrap();
    assert_eq!(store.session(&key, 0).await.unwrap(), None);
    sign_in(store, &key, adam, 1).await;
    store.end_session(&key).await.unwrap();
    assert_eq!(store.session(&key, 0).await.unwrap(), None);
}

pub async fn removing_an_account_ends_its_sessions(store: &impl Store) {
    let id = add(store, "adam", Role::Viewer).await;
    let adam = account(store, id).await;
    let client = ClientInfo::default();
    let opened = store.open_session(&[1; 32], &adam, &client, 100).await;
    assert!(opened.unwrap());
    store.remove_user(id).await.unwrap();
    assert_eq!(store.session(&[1; 32], 0).await.unwrap(), None);
    let opened = store.open_session(&[2; 32], &adam, &client, 100).await;
    assert!(!opened.unwrap());
}

pub async fn settings_are_kept_once(store: &impl Store) {
    assert_eq!(store.setting("key").await.unwrap(), None);
    let got = store.setting_or_insert("key", &[0, 255]).await;
    assert_eq!(got.unwrap(), [0, 255]);
    let got = store.setting_or_insert("key", b"other").await;
    assert_eq!(got.unwrap(), [0, 255]);
    for value in [b"new".as_slice(), b"newer"] {
        store.set_setting("moving", value).await.unwrap();
        assert_eq!(store.setting("moving").await.unwrap().unwrap(), value);
    }
    assert_eq!(store.setting("key").await.unwrap().unwrap(), [0, 255]);
    assert_eq!(store.setting("key").await.unwrap(), Some(vec![0, 255]));
    // Until it is set.
    store.set_setting("key", b"newer").await.unwrap();
    store.set_setting("other", b"new").await.unwrap();
    assert_eq!(store.setting("key").await.unwrap(), Some(b"newer".to_vec()));
    assert_eq!(store.setting("other").await.unwrap(), Some(b"new".to_vec()));
}

pub async fn a_session_tells_whence_it_came(store: &impl Store) {
    let adam = add(store, "adam", Role::Viewer).await;
    let eve = add(store, "eve", Role::Viewer).await;
    let client = ClientInfo {
        address: Some("192.0.2.7".into()),
        browser: Some("a browser".into()),
    };
    for (key, id, now_ms) in [
        ([1; 32], adam, 100),
        ([2; 32], adam, 200),
        ([3; 32], eve, 300),
    ] {
        let done = store
            .open_session(&key, &account(store, id).await, &client, now_ms)
            .await;
        done.unwrap();
    }
    let listed = store.sessions_of(adam, 0).await.unwrap();
    let keys: Vec<_> = listed.iter().map(|session| session.key).collect();
    assert_eq!(keys, [[2; 32], [1; 32]]);
    assert_eq!((&listed[0].client, listed[0].created_ms), (&client, 200));
    assert_eq!(store.sessions_of(adam, 150).await.unwrap().len(), 1);
    assert_eq!(store.last_uses().await.unwrap(), [(adam, 200), (eve, 300)]);
    store.end_other_sessions(adam, &[1; 32]).await.unwrap();
    let left = store.sessions_of(adam, 0).await.unwrap();
    assert_eq!((left.len(), left[0].key), (1, [1; 32]));
    assert_eq!(store.sessions_of(eve, 0).await.unwrap().len(), 1);
}
