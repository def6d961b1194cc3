//! `/api/openapi.json` against the code: every answer that any test here gets is one that it tells of.

use http::response::Parts;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(muster::openapi()).unwrap());

/// Fails where the description of this route does not have this status, or not with this kind of body.
pub fn check(method: &Method, path: &str, answer: &Parts) {
    // What lies around all routes may say these anywhere.
    let anywhere = [
        StatusCode::METHOD_NOT_ALLOWED,
        StatusCode::PAYLOAD_TOO_LARGE,
    ];
    let Some(operation) = operation(method, path) else {
        return;
    };
    if anywhere.contains(&answer.status) {
        return;
    }
    let told = &operation["responses"][answer.status.as_str()];
    assert!(
        told.is_object(),
        "{method} {path} answered {}, of which its description does not tell",
        answer.status
    );
    let Some(kinds) = told["content"].as_object() else {
        return;
    };
    let kind = answer.headers.get("content-type");
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    assert!(
        kinds.contains_key(kind),
        "{method} {path}: {kind:?} is none of {kinds:?}"
    );
}

/// The description of the route that a path is of: one without a parameter goes before one with it.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let path = path.split('?').next().unwrap_or_default();
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let fits = |template: &str| {
        let (parts, given) = (template.split('/'), path.split('/'));
        parts.clone().count() == given.clone().count()
            && parts
                .zip(given)
                .all(|(part, given)| part == given || part.starts_with('{'))
    };
    let item = paths.get(path).or_else(|| {
        let mut found = paths.iter().filter(|(template, _)| fits(template));
        found.next().map(|(_, item)| item)
    })?;
    let method = if method == Method::HEAD {
        "get"
    } else {
        &method.as_str().to_lowercase()
    };
    item.get(method)
}

#[test]
fn every_route_is_told_with_who_may_use_it() {
    for route in muster::route_table() {
        let method = route.method.as_str().to_lowercase();
        let operation = &DOCUMENT["paths"][&route.path][&method];
        assert!(operation["summary"].is_string(), "{method} {}", route.path);
        let expected = match route.access {
            muster::Access::Anyone => Value::Null,
            access if access.is_for_browsers() => json!([{"session": []}]),
            _ => json!([{"token": []}, {"session": []}]),
        };
        assert_eq!(operation["security"], expected, "{method} {}", route.path);
        for (status, response) in operation["responses"].as_object().unwrap() {
            let is_error = status.starts_with(['4', '5']);
            let has_body = response["content"]["application/json"].is_object();
            let is_api = route.path.starts_with("/api/");
            assert!(
                !is_error || !is_api || has_body,
                "{method} {}: {status}",
                route.path
            );
        }
    }
}
