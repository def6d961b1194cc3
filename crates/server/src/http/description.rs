//! `/api/openapi.json`: the annotations of all routes, and what is said here for all of them as it is checked for
//! all of them: how somebody signs in, and how they are refused.

use super::access::Access;
use super::routes;
use crate::people::accounts::COOKIE;
use http::Method;
use std::collections::HashSet;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, Info, OpenApi, Ref, RefOr, ResponseBuilder};

const ABOUT: &str = "The server's HTTP interface. Errors are {\"error\": \"a sentence\"}. A browser signs in by \
    its session's cookie, a script by an API token in `Authorization: Bearer`.";

/// The names of the two ways to sign in; what is for browsers takes the second alone.
const WAYS: [&str; 2] = ["token", "session"];

/// The description of every route, made from the list.
#[must_use]
pub fn openapi() -> OpenApi {
    let (_, mut document) = routes::assembled();
    document.info = Info::builder()
        .title("Muster")
        .description(Some(ABOUT))
        .version(env!("CARGO_PKG_VERSION"))
        .build();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let cookie = ApiKey::Cookie(ApiKeyValue::new(COOKIE));
    let mut components = document.components.take().unwrap_or_default();
    components.add_security_scheme(WAYS[0], SecurityScheme::Http(bearer));
    components.add_security_scheme(WAYS[1], SecurityScheme::ApiKey(cookie));
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
    let access = routes::access_of(method, path);
    let is_open = access == Access::Anyone;
    if !is_open {
        let ways = WAYS.iter().skip(usize::from(access.is_for_browsers()));
        let either = ways.map(|&way| SecurityRequirement::new(way, [""; 0]));
        operation.security = Some(either.collect());
    }
    if !is_open && path.starts_with("/api/") {
        refused(operation, "401", "nobody signed in");
    }
    if !is_open || method != Method::GET {
        refused(operation, "403", "not allowed, or asked by another site");
    }
    if operation.request_body.is_some() {
        refused(operation, "400", "a body that is not as described");
        refused(operation, "413", "a body that is too large");
        refused(operation, "415", "a body of another kind");
    }
}

/// Unless the route says more of it.
fn refused(operation: &mut Operation, status: &str, why: &str) {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody")));
    let response = ResponseBuilder::new()
        .description(why)
        .content("application/json", body.build());
    let told = &mut operation.responses.responses;
    told.entry(status.to_owned())
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
