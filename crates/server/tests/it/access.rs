//! Access to every route for every role: each listed route is requested, and the result is compared with the
//! table in `access.table`. A missing route fails, and so does one that lets others in.

use crate::app::{Client, PASSWORD, Running, TestApp};
use bytes::Bytes;
use http::{Method, StatusCode};
use muster::{Access, RouteInfo, route_table};
use serde_json::json;

const TABLE: &str = include_str!("access.table");
/// The column where the marks begin.
const WIDTH: usize = 40;

/// Whether the access check let a request through to its handler.
async fn passes(client: &Client, route: &RouteInfo) -> bool {
    let path = route
        .path
        .replace("{id}", "999")
        .replace("{file}", "none.js");
    let kind = if route.path.starts_with("/api/") {
        "application/json"
    } else {
        "application/x-www-form-urlencoded"
    };
    let response = client
        .open(route.method.clone(), &path, kind, Bytes::from_static(b"{}"))
        .await;
    let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&response.status());
    let to_login = response.status() == StatusCode::FOUND
        && ["/login", "/change_password"].contains(
            &response.headers()["location"].to_str().unwrap().split('?').next().unwrap(),
        )
        // Signing out also redirects to the login, and removes the cookie.
        && !response.headers().contains_key("set-cookie");
    !refused && !to_login
}

#[tokio::test]
async fn every_route_and_role() {
    let app = TestApp::new().start().await;
    let public = TestApp::new()
        .with_default_password()
        .on_all_addresses()
        .start()
        .await;
    let ended = {
        let client = app.admin().await;
        client.clone().get("/logout").await;
        client
    };
    let [read, full] = tokens(&app).await;
    let callers = [
        app.visitor(),
        ended,
        public.signed_in("admin", "admin123").await,
        app.viewer().await,
        read,
        full,
        app.admin().await,
    ];
    let mut found = Vec::new();
    for route in in_a_harmless_order() {
        let mut line = format!("{} {}", route.method, route.path);
        line.push_str(&" ".repeat(WIDTH.saturating_sub(line.len())));
        for client in &callers {
            let mark = if passes(client, &route).await {
                'x'
            } else {
                '.'
            };
            line.push(' ');
            line.push(mark);
        }
        found.push(line);
    }
    found.sort();
    let expected: Vec<&str> = TABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    let found_text = found.join("\n");
    assert_eq!(found, expected, "the table as it was found:\n{found_text}");
}

/// A read-only token and a full one, of a separate administrator.
async fn tokens(app: &Running) -> [Client; 2] {
    let account = json!({"username": "robot", "password": PASSWORD, "role": "administrator"});
    let mut admin = app.admin().await;
    admin.json(Method::POST, "/api/accounts", account).await;
    let mut robot = app.signed_in("robot", PASSWORD).await;
    let mut made = [app.visitor(), app.visitor()];
    for (client, access) in made.iter_mut().zip(["read", "full"]) {
        let body = json!({"name": access, "access": access});
        let token = robot.json(Method::POST, "/api/tokens", body).await.json()["token"].clone();
        let bearer = format!("Bearer {}", token.as_str().unwrap());
        *client = client.clone().with_header("authorization", &bearer);
    }
    made
}

/// Failed logins are counted, and a logout ends the session, so these come last.
fn in_a_harmless_order() -> Vec<RouteInfo> {
    let mut routes = route_table();
    routes.sort_by_key(|route| match (route.method.as_str(), route.path.as_str()) {
        ("POST", "/login") => 1,
        ("GET", "/logout") => 2,
        _ => 0,
    });
    routes
}

#[test]
fn access_matrix_matches_the_table() {
    let open: Vec<String> = route_table()
        .into_iter()
        .filter(|route| route.access == Access::Anyone)
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    assert_eq!(
        open,
        [
            "GET /login",
            "GET /assets/{file}",
            "GET /favicon.svg",
            "POST /login",
            "GET /healthz",
            "GET /livez",
            "GET /metrics",
            "GET /api/openapi.json",
        ]
    );
    let changing = route_table()
        .into_iter()
        .filter(|route| route.method != Method::GET);
    // A viewer changes nothing but what is their own; who may come in is decided in browsers alone.
    for route in changing.filter(|route| route.path.starts_with("/api/")) {
        let part = route.path.split('/').nth(2).unwrap_or_default();
        let expected = match part {
            "sessions" | "tokens" => Access::BrowserViewer,
            "accounts" => Access::BrowserAdministrator,
            _ => Access::Administrator,
        };
        assert_eq!(route.access, expected, "{} {}", route.method, route.path);
    }
}
