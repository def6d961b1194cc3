//! A table of every route × who asks, made from the one list of routes.

use crate::app::{Client, TestApp};
use bytes::Bytes;
use http::{Method, StatusCode};
use muster::{Access, RouteInfo, route_table};

/// Whether the check of access let a request through to its controller.
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
        && ["/login", "/change_password"]
            .contains(&response.headers()["location"].to_str().unwrap())
        // Signing out leads to the login too, and takes the cookie away.
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
    let callers = [
        ("nobody", app.visitor()),
        ("an ended session", ended),
        ("a viewer", app.viewer().await),
        ("an administrator", app.admin().await),
        (
            "who must change the password",
            public.signed_in("admin", "admin123").await,
        ),
    ];
    for route in in_a_harmless_order() {
        let anyone = route.access == Access::Anyone;
        let session = anyone || route.access == Access::Session;
        let viewer = route.access != Access::Administrator;
        let expected = [anyone, anyone, viewer, true, session];
        for ((who, client), expected) in callers.iter().zip(expected) {
            assert_eq!(
                passes(client, &route).await,
                expected,
                "{who}: {} {}",
                route.method,
                route.path
            );
        }
    }
}

/// A login that fails counts, and a logout ends the session: those come last.
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
fn the_decisions_are_these() {
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
            "GET /metrics",
            "GET /api/openapi.json",
        ]
    );
    let changing = route_table()
        .into_iter()
        .filter(|route| route.method != Method::GET);
    for route in changing.filter(|route| route.path.starts_with("/api/")) {
        assert_eq!(
            route.access,
            Access::Administrator,
            "{} {}",
            route.method,
            route.path
        );
    }
}
