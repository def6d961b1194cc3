//! `/api/openapi.json` against the code: every response that a test receives must be described.

use http::response::Parts;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(muster::openapi()).unwrap());

/// Fails if the description of this route lacks this status or this kind of body.
pub fn check(method: &Method, path: &str, answer: &Parts) {
    // The layers around all routes may send these statuses anywhere.
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

/// The description of the route of a path: a route without parameters takes precedence.
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

/// Fails if a response does not match its schema: a property is missing, unknown, or of another type.
pub fn check_body(method: &Method, path: &str, answer: &Parts, body: &[u8]) {
    let kind = answer.headers.get("content-type");
    let is_json = kind.is_some_and(|kind| kind == "application/json");
    if *method == Method::HEAD || !is_json || answer.headers.contains_key("content-encoding") {
        return;
    }
    let Some(operation) = operation(method, path) else {
        return;
    };
    let content = &operation["responses"][answer.status.as_str()]["content"];
    let schema = &content["application/json"]["schema"];
    let value: Value = serde_json::from_slice(body).unwrap();
    if !schema.is_null() {
        let problem = mismatch(schema, &value);
        assert_eq!(problem, None, "{method} {path}: {value}");
    }
}

/// Where and how a value differs from its schema.
fn mismatch(schema: &Value, value: &Value) -> Option<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return mismatch(&DOCUMENT["components"]["schemas"][name], value);
    }
    if let Some(either) = schema["oneOf"].as_array() {
        let mut problems = either.iter().map(|one| mismatch(one, value));
        let fits = problems.any(|problem| problem.is_none());
        return (!fits).then(|| format!("none of {schema}"));
    }
    if let Some(kinds) = schema.get("type") {
        let kinds = kinds.as_array().cloned().unwrap_or(vec![kinds.clone()]);
        if !kinds.iter().any(|kind| is_of_type(kind, value)) {
            return Some(format!("{value} is none of {kinds:?}"));
        }
    }
    if let Some(values) = schema["enum"].as_array()
        && !value.is_null()
        && !values.contains(value)
    {
        return Some(format!("{value} is none of {values:?}"));
    }
    match value {
        Value::Array(items) => items
            .iter()
            .find_map(|item| mismatch(&schema["items"], item)),
        Value::Object(properties) => properties_mismatch(schema, properties),
        _ => None,
    }
}

fn is_of_type(kind: &Value, value: &Value) -> bool {
    match kind.as_str() {
        Some("null") => value.is_null(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => false,
    }
}

fn properties_mismatch(schema: &Value, found: &Map<String, Value>) -> Option<String> {
    let (mut declared, mut required) = (Map::new(), Vec::new());
    collect_properties(schema, &mut declared, &mut required);
    if let Some(name) = required.iter().find(|name| !found.contains_key(*name)) {
        return Some(format!("{name} is missing"));
    }
    found.iter().find_map(|(name, value)| {
        let schema = declared.get(name).or(schema.get("additionalProperties"));
        let problem = match schema {
            None if declared.is_empty() => None,
            None => Some("not described".to_owned()),
            Some(schema) => mismatch(schema, value),
        };
        problem.map(|problem| format!("{name}: {problem}"))
    })
}

/// The properties of a schema and of the schemas that it is composed of.
fn collect_properties(
    schema: &Value,
    declared: &mut Map<String, Value>,
    required: &mut Vec<String>,
) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return collect_properties(&DOCUMENT["components"]["schemas"][name], declared, required);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        collect_properties(part, declared, required);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        declared.insert(name.clone(), property.clone());
    }
    let names = schema["required"].as_array().into_iter().flatten();
    required.extend(names.filter_map(Value::as_str).map(str::to_owned));
}

/// The page's types are generated from the snapshot, and changes of the API show in its diff.
#[test]
fn the_description_is_the_snapshot() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/openapi.json");
    let mut document = DOCUMENT.clone();
    // The version changes with every release; the rest does not.
    document["info"]["version"] = "of the server".into();
    let found = serde_json::to_string_pretty(&document).unwrap() + "\n";
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&file, &found).unwrap();
    }
    let snapshot = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        snapshot == found,
        "The API changed. Renew its snapshot and the page's types, and commit both:\n  \
         UPDATE_OPENAPI=1 cargo test -p muster --test it the_description_is_the_snapshot\n  \
         (cd web && npm run api)"
    );
}

#[test]
fn every_route_is_described_with_its_access() {
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
