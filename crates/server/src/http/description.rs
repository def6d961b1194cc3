//! `/api/openapi.json`: the annotations of all routes, and what middleware does for all of them: how a client signs
//! in, and how a request is refused.

use super::access::Access;
use super::routes;
use crate::people::accounts::COOKIE;
use http::Method;
use std::collections::HashSet;
use std::sync::LazyLock;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, Info, OpenApi, Ref, RefOr, ResponseBuilder};

const ABOUT: &str = "The server's HTTP interface. Every error is {\"error\": an English sentence, \"code\": a word \
    for programs, \"params\": an object}. Browsers sign in with a session cookie, scripts with an API token in \
    `Authorization: Bearer`.";

/// The names of the security schemes; routes for browsers accept only the second.
const SCHEMES: [&str; 2] = ["token", "session"];

/// The description of every route.
#[must_use]
pub fn openapi() -> OpenApi {
    let (_, mut document) = routes::assemble_routes();
    document.info = Info::builder()
        .title("Muster")
        .description(Some(ABOUT))
        .version(env!("CARGO_PKG_VERSION"))
        .build();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let cookie = ApiKey::Cookie(ApiKeyValue::new(COOKIE));
    let mut components = document.components.take().unwrap_or_default();
    components.add_security_scheme(SCHEMES[0], SecurityScheme::Http(bearer));
    components.add_security_scheme(SCHEMES[1], SecurityScheme::ApiKey(cookie));
    let mut inputs = HashSet::new();
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            describe(operation, &method, path);
            inputs.extend(input_of(operation));
        }
    }
    for (name, schema) in &mut components.schemas {
        if !inputs.contains(name) {
            describe_answer(schema);
        }
    }
    document.components = Some(components);
    document
}

/// The same as JSON, made once.
pub fn openapi_json() -> &'static str {
    static JSON: LazyLock<String> = LazyLock::new(|| openapi().to_json().unwrap_or_default());
    &JSON
}

/// The name of the schema of an operation's body.
fn input_of(operation: &Operation) -> Option<String> {
    let Some(RefOr::T(body)) = &operation.request_body else {
        return None;
    };
    let Some(RefOr::T(content)) = body.content.values().next() else {
        return None;
    };
    match &content.schema {
        Some(RefOr::Ref(schema)) => schema.ref_location.rsplit('/').next().map(str::to_owned),
        _ => None,
    }
}

/// The server always sends a property that may be null, and never sends null for one that it may leave out. utoipa
/// instead declares every `Option` optional, and gives it a default where serde has one for it: both are right only
/// for what the server receives.
fn describe_answer(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::AllOf(all)) => all.items.iter_mut().for_each(describe_answer),
        RefOr::T(Schema::Object(object)) => {
            for (name, property) in &mut object.properties {
                if is_nullable(property) && !object.required.contains(name) {
                    object.required.push(name.clone());
                }
                remove_default(property);
            }
        }
        _ => {}
    }
}

fn remove_default(property: &mut RefOr<Schema>) {
    match property {
        RefOr::T(Schema::Object(object)) => object.default = None,
        RefOr::T(Schema::Array(array)) => array.default = None,
        RefOr::Ref(reference) => reference.default = None,
        RefOr::T(_) => {}
    }
}

fn is_nullable(schema: &RefOr<Schema>) -> bool {
    match schema {
        RefOr::T(Schema::Object(object)) => has_null(&object.schema_type),
        RefOr::T(Schema::Array(array)) => has_null(&array.schema_type),
        RefOr::T(Schema::OneOf(one)) => one.items.iter().any(is_nullable),
        _ => false,
    }
}

fn has_null(kind: &SchemaType) -> bool {
    match kind {
        SchemaType::Type(kind) => *kind == Type::Null,
        SchemaType::Array(kinds) => kinds.contains(&Type::Null),
        SchemaType::AnyValue => false,
    }
}

fn describe(operation: &mut Operation, method: &Method, path: &str) {
    let access = routes::find_access(method, path);
    let is_public = access == Access::Anyone;
    if !is_public {
        let schemes = SCHEMES.iter().skip(usize::from(access.is_for_browsers()));
        let any_of = schemes.map(|&scheme| SecurityRequirement::new(scheme, [""; 0]));
        operation.security = Some(any_of.collect());
    }
    if !is_public && path.starts_with("/api/") {
        add_refusal(operation, "401", "not signed in");
    }
    if !is_public || method != Method::GET {
        add_refusal(operation, "403", "not allowed, or sent from another site");
    }
    if operation.request_body.is_some() {
        add_refusal(operation, "400", "the body is invalid");
        add_refusal(operation, "413", "the body is too large");
        add_refusal(operation, "415", "the body has another content type");
    }
}

/// Adds a status that the route does not describe itself.
fn add_refusal(operation: &mut Operation, status: &str, why: &str) {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody")));
    let response = ResponseBuilder::new()
        .description(why)
        .content("application/json", body.build());
    let described = &mut operation.responses.responses;
    described
        .entry(status.to_owned())
        .or_insert_with(|| response.build().into());
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let all = [
        (Method::GET, item.get.as_mut()),
        (Method::POST, item.post.as_mut()),
        (Method::PUT, item.put.as_mut()),
        (Method::PATCH, item.patch.as_mut()),
        (Method::DELETE, item.delete.as_mut()),
    ];
    all.into_iter()
        .filter_map(|(method, operation)| operation.map(|operation| (method, operation)))
}
