//! API tokens.

use super::user;
use muster_store::{Error, MAX_TOKENS, NewToken, Role, Store, TokenAccess};

async fn token(store: &impl Store, id: i64, name: &str, access: TokenAccess) -> NewToken {
    let users = store.users().await.unwrap();
    NewToken {
        user: users.into_iter().find(|user| user.id == id).unwrap(),
        name: name.to_owned(),
        access,
    }
}

pub async fn a_token_is_its_accounts(store: &impl Store) {
    let adam = store.add_user(&user("adam", Role::Viewer)).await.unwrap();
    let eve = store.add_user(&user("eve", Role::Viewer)).await.unwrap();
    let backup = token(store, adam, "backup", TokenAccess::Read).await;
    let id = store
        .add_token(&backup, &[1; 32], 500)
        .await
        .unwrap()
        .unwrap();
    let again = store.add_token(&backup, &[2; 32], 500).await;
    assert!(matches!(again, Err(Error::NameTaken(name)) if name == "backup"));
    let hers = token(store, eve, "backup", TokenAccess::Full).await;
    store.add_token(&hers, &[3; 32], 600).await.unwrap();

    let listed = store.tokens_of(adam).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].id, listed[0].name.as_str()), (id, "backup"));
    assert_eq!((listed[0].created_ms, listed[0].used_ms), (500, None));
    let holder = store.token_holder(&[3; 32]).await.unwrap().unwrap();
    assert_eq!((holder.user.id, holder.access), (eve, TokenAccess::Full));
    assert_eq!(store.token_holder(&[9; 32]).await.unwrap(), None);

    assert_eq!(holder.name, "backup");
    assert_eq!(store.revoke_token(eve, id).await.unwrap(), None);
    let revoked = store.revoke_token(adam, id).await.unwrap();
    assert_eq!(revoked.as_deref(), Some("backup"));
    assert_eq!(store.token_holder(&[1; 32]).await.unwrap(), None);
    let next = store
        .add_token(&backup, &[4; 32], 700)
        .await
        .unwrap()
        .unwrap();
    assert!(next > id);
}

pub async fn a_tokens_use_is_noted_to_the_minute(store: &impl Store) {
    let adam = store.add_user(&user("adam", Role::Viewer)).await.unwrap();
    let read = token(store, adam, "read", TokenAccess::Read).await;
    store.add_token(&read, &[1; 32], 500).await.unwrap();
    for (now_ms, noted_ms) in [(100_000, 100_000), (130_000, 100_000), (160_000, 160_000)] {
        store.touch_token(&[1; 32], now_ms).await.unwrap();
        let used_ms = store.tokens_of(adam).await.unwrap()[0].used_ms;
        assert_eq!(used_ms, Some(noted_ms));
    }
    assert_eq!(store.last_uses().await.unwrap(), [(adam, 160_000)]);
}

pub async fn tokens_go_with_their_account_and_with_a_password_that_others_set(store: &impl Store) {
    let adam = store.add_user(&user("adam", Role::Viewer)).await.unwrap();
    let eve = store.add_user(&user("eve", Role::Viewer)).await.unwrap();
    for (owner, key) in [(adam, [1; 32]), (eve, [2; 32])] {
        let full = token(store, owner, "full", TokenAccess::Full).await;
        store.add_token(&full, &key, 1).await.unwrap();
    }
    let keep = Some(([7; 32], [8; 32]));
    assert!(store.set_password(adam, "own", false, keep).await.unwrap());
    assert!(store.token_holder(&[1; 32]).await.unwrap().is_some());
    let got = store.set_password(adam, "others", false, None).await;
    assert!(got.unwrap());
    assert!(store.token_holder(&[1; 32]).await.unwrap().is_none());
    assert!(store.token_holder(&[2; 32]).await.unwrap().is_some());
    assert!(store.remove_user(eve).await.unwrap());
    assert!(store.token_holder(&[2; 32]).await.unwrap().is_none());
}

pub async fn an_account_has_a_hundred_tokens_at_most(store: &impl Store) {
    let adam = store.add_user(&user("adam", Role::Viewer)).await.unwrap();
    let template = token(store, adam, "", TokenAccess::Read).await;
    let adding = (0..MAX_TOKENS + 10).map(|number| {
        let token = NewToken {
            name: number.to_string(),
            ..template.clone()
        };
        let mut key = [0; 32];
        key[..4].copy_from_slice(&number.to_le_bytes());
        async move { store.add_token(&token, &key, 1).await }
    });
    let added = futures_util::future::join_all(adding).await;
    let refused = |added: &&muster_store::Result<Option<i64>>| {
        matches!(added, Err(Error::TooManyTokens(MAX_TOKENS)))
    };
    assert_eq!(added.iter().filter(refused).count(), 10);
    assert_eq!(store.tokens_of(adam).await.unwrap().len(), 100);
    // Another account has its own limit.
    let eve = store.add_user(&user("eve", Role::Viewer)).await.unwrap();
    let hers = token(store, eve, "hers", TokenAccess::Read).await;
    let got = store.add_token(&hers, &[255; 32], 1).await;
    assert!(got.unwrap().is_some());
}
