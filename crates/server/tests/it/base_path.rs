//! A server below a path of a proxy.

use crate::app::{Client, PASSWORD, TestApp};
use http::StatusCode;

#[tokio::test]
async fn all_routes_are_below_the_base_path() {
    let app = TestApp::new().below("/monitor").start().await;
    let mut visitor = app.visitor();
    for path in ["/monitor", "/monitor/", "/monitor/computer/1"] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status, StatusCode::FOUND);
        assert!(answer.location().starts_with("/monitor/login"));
    }
    let form = [("username", "admin"), ("password", PASSWORD)];
    let answer = visitor.form("/monitor/login", &form).await;
    assert_eq!(answer.location(), "/monitor/");
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("; Path=/monitor/; "), "{cookie}");
    let page = visitor.get("/monitor/").await;
    if page.status == StatusCode::OK {
        assert!(page.text().contains(r#"<base href="/monitor/""#));
    }
    let answer = visitor.get("/monitor/api/series/1?x=1").await;
    assert_eq!(answer.error(), "Computer not found");
    assert_eq!(
        visitor.get("/monitor/logout").await.location(),
        "/monitor/login"
    );
}

/// nginx's `proxy_pass http://muster/;` and Traefik's StripPrefix.
#[tokio::test]
async fn a_proxy_may_strip_the_base_path() {
    let app = TestApp::new().below("/monitor").start().await;
    let mut client: Client = app.visitor();
    assert_eq!(client.get("/").await.location(), "/monitor/login");
    client.sign_in("admin", PASSWORD).await;
    assert_eq!(client.get("/api/session").await.json()["username"], "admin");
    assert_eq!(client.get("/monitored").await.status, StatusCode::NOT_FOUND);
}
