//! The dashboard's pages. All are the same document; only who may open them differs.

use super::problem::Problem;
use super::{App, assets};
use crate::config::BasePath;
use axum::extract::{Request, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::{HeaderValue, StatusCode, header};
use std::sync::Arc;

/// All links in the document, and all requests of its scripts, are relative to this base.
const BASE: &str = r#"<base href=""#;
const BASE_AT_ROOT: &str = r#"<base href="/""#;
const MESSAGE: &str = r#"<meta name="muster-message" content=""#;

/// Pages: name, path and summary.
macro_rules! pages {
    ($($name:ident $path:literal $about:literal),+ $(,)?) => {$(
        #[doc = $about]
        #[utoipa::path(get, path = $path, responses((status = 200, description = "the page", content_type = "text/html"), (status = 302, description = "not signed in: redirects to /login")))]
        pub async fn $name(State(app): State<Arc<App>>) -> Response {
            render_page(&app.base_path, StatusCode::OK, None)
        }
    )+};
}

pages! {
    overview "/" "All computers",
    compare "/compare" "Several computers side by side",
    manage "/manage" "Add, change and remove computers",
    people "/people" "Accounts",
    account "/account" "One's own sessions and API tokens",
    audit "/audit" "The audit log",
    change_password "/change_password" "Change one's own password",
}

/// One computer
#[utoipa::path(get, path = "/computer/{id}", params(("id" = i64, Path, description = "the computer")), responses((status = 200, description = "the page", content_type = "text/html"), (status = 302, description = "not signed in: redirects to /login")))]
pub async fn computer(State(app): State<Arc<App>>) -> Response {
    render_page(&app.base_path, StatusCode::OK, None)
}

/// Sign in
#[utoipa::path(get, path = "/login", responses((status = 200, description = "the page", content_type = "text/html")))]
pub async fn login(State(app): State<Arc<App>>) -> Response {
    render_page(&app.base_path, StatusCode::OK, None)
}

/// Answers a path without a route: with a page, or with an error below /api/.
pub async fn answer_not_found(State(app): State<Arc<App>>, request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return Problem::AddressNotFound.into_response();
    }
    render_page(&app.base_path, StatusCode::NOT_FOUND, None)
}

/// Answers a method that the route does not have.
pub async fn answer_method_not_allowed() -> Response {
    Problem::MethodNotAllowed.into_response()
}

/// Renders the document. The problem of a submitted form is added in English, and as JSON so that the page can show
/// its own text.
pub fn render_page(base: &BasePath, status: StatusCode, problem: Option<&Problem>) -> Response {
    let Some(document) = assets::read_index() else {
        return missing();
    };
    let filled = problem.map_or_else(|| MESSAGE.to_owned(), filled_message);
    let base = format!(r#"{BASE}{}""#, base.with("/"));
    let document = String::from_utf8_lossy(&document)
        .replacen(MESSAGE, &filled, 1)
        .replacen(BASE_AT_ROOT, &base, 1);
    let mut response = (status, Html(document)).into_response();
    // The document names scripts by their hash; a cached one would request files of an older version.
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Redirects with status 302, as the Flask server did.
pub fn redirect_to(path: &str) -> Response {
    let mut response = Redirect::to(path).into_response();
    *response.status_mut() = StatusCode::FOUND;
    response
}

fn missing() -> Response {
    let text = "This server was built without its dashboard. `make build` builds both.";
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

fn filled_message(problem: &Problem) -> String {
    let data = serde_json::json!({"code": problem.code(), "params": problem.params()});
    format!(
        r#"<meta name="muster-message" data-problem="{}" content="{}"#,
        escaped(&data.to_string()),
        escaped(&problem.to_string())
    )
}

/// Escapes text for a quoted attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
