//! Failed logins, the default password, and sessions.

use crate::app::{PASSWORD, TestApp};
use http::StatusCode;

#[tokio::test]
async fn the_sixth_failed_login_is_throttled() {
    let app = TestApp::new().start().await;
    let mut client = app.visitor();
    for _ in 0..5 {
        assert_eq!(
            client.sign_in("admin", "wrong").await.status,
            StatusCode::OK
        );
    }
    let answer = client.sign_in("admin", "wrong").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = answer.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((800..=900).contains(&wait), "{wait}");
    assert!(answer.text().contains("Try again in 15 min."));
    // Neither the right password nor another name helps from this address.
    assert_eq!(
        client.sign_in("admin", PASSWORD).await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    assert_eq!(
        client.sign_in("other", "wrong").await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
}

#[tokio::test]
async fn parallel_logins_get_no_extra_tries() {
    let app = TestApp::new().start().await;
    let tries = (0..30).map(|_| {
        let mut client = app.visitor();
        tokio::spawn(async move { client.sign_in("admin", "wrong").await.status })
    });
    let mut tried = 0;
    for answer in tries.collect::<Vec<_>>() {
        tried += usize::from(answer.await.unwrap() == StatusCode::OK);
    }
    assert_eq!(tried, 5);
}

#[tokio::test]
async fn parallel_correct_logins_all_succeed() {
    let app = TestApp::new().start().await;
    let logins = (0..20).map(|_| {
        let mut client = app.visitor();
        tokio::spawn(async move { client.sign_in("admin", PASSWORD).await.status })
    });
    for answer in logins.collect::<Vec<_>>() {
        assert_eq!(answer.await.unwrap(), StatusCode::FOUND);
    }
}

#[tokio::test]
async fn only_a_trusted_proxys_header_gives_new_tries() {
    let forged = TestApp::new().start().await;
    let behind = TestApp::new().trusting("127.0.0.1/32").start().await;
    for (app, expected) in [
        (&forged, StatusCode::TOO_MANY_REQUESTS),
        (&behind, StatusCode::OK),
    ] {
        let mut last = StatusCode::OK;
        for n in 0..7 {
            let address = format!("192.0.2.{n}");
            let mut client = app.visitor().with_header("x-forwarded-for", &address);
            last = client.sign_in(&format!("user{n}"), "wrong").await.status;
        }
        assert_eq!(last, expected);
    }
}

#[tokio::test]
async fn behind_a_tls_proxy_the_cookie_is_secure() {
    let app = TestApp::new().trusting("127.0.0.0/8").start().await;
    let mut client = app.visitor().with_header("x-forwarded-proto", "https");
    let answer = client.sign_in("admin", PASSWORD).await;
    assert!(
        answer.headers["set-cookie"]
            .to_str()
            .unwrap()
            .ends_with("; Secure")
    );
}

#[tokio::test]
async fn the_default_password_works_only_on_this_computer() {
    let app = TestApp::new().with_default_password().start().await;
    let mut local = app.signed_in("admin", "admin123").await;
    assert_eq!(local.get("/api/overview").await.status, StatusCode::OK);
    let session = local.get("/api/session").await.json();
    assert_eq!(session["default_password"], true);
    assert_eq!(session["must_change_password"], false);
    // Not through a proxy, nor under a name that another site's page made up.
    for (name, value) in [
        ("x-forwarded-for", "192.0.2.1"),
        ("host", "rebound.example:8001"),
    ] {
        let mut client = local.clone().with_header(name, value);
        assert_eq!(
            client.get("/api/overview").await.status,
            StatusCode::FORBIDDEN,
            "{name}"
        );
    }
}

#[tokio::test]
async fn elsewhere_the_default_password_only_allows_changing_it() {
    let app = TestApp::new()
        .with_default_password()
        .on_all_addresses()
        .start()
        .await;
    let mut client = app.signed_in("admin", "admin123").await;
    let page = client.get("/").await;
    assert_eq!(
        (page.status, page.location()),
        (StatusCode::FOUND, "/change_password")
    );
    assert_eq!(
        client.get("/api/overview").await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        client.get("/api/session").await.json()["must_change_password"],
        true
    );
    assert_eq!(client.get("/change_password").await.status, StatusCode::OK);
    let fields = [
        ("current_password", "admin123"),
        ("new_password", "something else"),
        ("confirm_password", "something else"),
    ];
    assert_eq!(
        client.form("/change_password", &fields).await.status,
        StatusCode::FOUND
    );
    assert_eq!(client.get("/api/overview").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_outlives_a_restart_but_not_another_secret() {
    let app = TestApp::new().start().await;
    let admin = app.admin().await;
    let (took, folder) = app.stop().await;
    assert!(took.as_secs() < 5, "{took:?}");
    let database = folder.path().join("stats.db");
    let again = TestApp::new().on_copy_of(&database).start().await;
    let mut client = again.visitor();
    client.cookie.clone_from(&admin.cookie);
    assert_eq!(client.get("/api/session").await.status, StatusCode::OK);
}

#[tokio::test]
async fn no_secret_is_stored_in_plain_text() {
    let app = TestApp::new().start().await;
    let admin = app.admin().await;
    let id = admin.cookie.unwrap().split_once('=').unwrap().1.to_owned();
    let (_, folder) = app.stop().await;
    let bytes = std::fs::read(folder.path().join("stats.db")).unwrap();
    for secret in [id.as_bytes(), PASSWORD.as_bytes()] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    }
}

#[tokio::test]
async fn signing_in_again_ends_the_previous_session() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    let before = admin.clone();
    admin.sign_in("admin", PASSWORD).await;
    assert_eq!(admin.get("/api/session").await.status, StatusCode::OK);
    let gone = before.clone().get("/api/session").await;
    assert_eq!(gone.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn login_redirects_to_the_requested_page() {
    let app = TestApp::new().start().await;
    let mut client = app.visitor();
    let answer = client.get("/computer/17?span=day").await;
    assert_eq!(answer.location(), "/login?next=/computer/17%3Fspan%3Dday");
    let login = answer.location().to_owned();
    let form = [("username", "admin"), ("password", PASSWORD)];
    let answer = client.form(&login, &form).await;
    assert_eq!(answer.location(), "/computer/17?span=day");
    let answer = client.form("/login?next=//evil.example/", &form).await;
    assert_eq!(answer.location(), "/");
}
