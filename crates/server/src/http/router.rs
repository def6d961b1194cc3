//! The router: the list of routes with access control, the API's description and the middleware around them.

use super::access::{AccessControl, check_access};
use super::health::OpenApiJson;
use super::{App, description, layers, pages, routes};
use axum::middleware::from_fn_with_state;
use axum::{Extension, Router};
use std::sync::Arc;

/// Everything that the server answers.
pub fn build_router(app: Arc<App>) -> Router {
    let (routes, _) = routes::assemble_routes();
    let control = AccessControl {
        app: app.clone(),
        find_access: routes::find_access,
    };
    let routes = routes
        .method_not_allowed_fallback(pages::answer_method_not_allowed)
        .route_layer(from_fn_with_state(control, check_access))
        .fallback(pages::answer_not_found)
        .layer(Extension(OpenApiJson(description::openapi_json)))
        .with_state(app.clone());
    layers::wrap_router(routes, app)
}
