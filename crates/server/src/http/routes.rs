//! The one list of routes: each has a handler, whose annotation gives method, path and documentation, and says who
//! may use it. The router, access control, `/api/openapi.json` and the access tests are all made from this list.

use super::Access::{
    self, Administrator, Anyone, BrowserAdministrator, BrowserSession, BrowserViewer, Session,
    Viewer,
};
use super::{
    App, assets, audit, auth, completeness, computers, flask, health, history, layers, live,
    metrics, now, overview, pages, people, readings, sparklines, storage,
};
use axum::Router;
use http::Method;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use utoipa::openapi::{OpenApi, Paths};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

type Routes = Vec<(Access, UtoipaMethodRouter<Arc<App>>)>;

#[expect(
    deprecated,
    reason = "the Flask server's addresses are marked so in the description"
)]
fn list() -> Routes {
    vec![
        // Pages
        (Viewer, routes!(pages::overview)),
        (Viewer, routes!(pages::computer)),
        (Viewer, routes!(pages::compare)),
        (Viewer, routes!(pages::manage)),
        (Viewer, routes!(pages::people)),
        (Viewer, routes!(pages::account)),
        (Viewer, routes!(pages::audit)),
        (Session, routes!(pages::change_password)),
        (Anyone, routes!(pages::login)),
        (Anyone, routes!(assets::asset)),
        (Anyone, routes!(assets::favicon)),
        // Signing in and out
        (Anyone, routes!(auth::login).layer(layers::limit_form())),
        (BrowserSession, routes!(auth::logout)),
        (
            BrowserSession,
            routes!(auth::change_password).layer(layers::limit_form()),
        ),
        (Session, routes!(auth::session)),
        // Reading
        (Viewer, routes!(overview::overview)),
        (Viewer, routes!(live::live)),
        (Viewer, routes!(computers::list)),
        (Viewer, routes!(computers::show)),
        (Viewer, routes!(readings::stats)),
        (Viewer, routes!(readings::processes)),
        (Viewer, routes!(now::now)),
        (Viewer, routes!(history::history)),
        (Viewer, routes!(history::series)),
        (Viewer, routes!(sparklines::sparklines)),
        (Viewer, routes!(storage::storage)),
        (Viewer, routes!(completeness::completeness)),
        // Changing
        (Administrator, routes!(computers::add)),
        (Administrator, routes!(computers::put)),
        (Administrator, routes!(computers::change)),
        (Administrator, routes!(computers::remove)),
        (Administrator, routes!(computers::removed)),
        (Administrator, routes!(computers::restore)),
        (Administrator, routes!(computers::test_connection)),
        // The Flask server's addresses
        (Viewer, routes!(flask::latest_stats)),
        (Viewer, routes!(flask::latest_processes)),
        (Administrator, routes!(flask::add_computer)),
        (Administrator, routes!(flask::remove_computer)),
        (Administrator, routes!(flask::restore_computer)),
        // One's own sessions and tokens
        (Viewer, routes!(people::sessions)),
        (BrowserViewer, routes!(people::end_session)),
        (BrowserViewer, routes!(people::end_other_sessions)),
        (Viewer, routes!(people::tokens)),
        (BrowserViewer, routes!(people::add_token)),
        (BrowserViewer, routes!(people::revoke_token)),
        // All accounts
        (Administrator, routes!(people::accounts)),
        (BrowserAdministrator, routes!(people::add_account)),
        (BrowserAdministrator, routes!(people::change_account)),
        (BrowserAdministrator, routes!(people::remove_account)),
        // The audit log
        (Administrator, routes!(audit::audit)),
        // The server itself
        (Anyone, routes!(health::healthz)),
        (Anyone, routes!(health::livez)),
        (Anyone, routes!(metrics::metrics)),
        (Anyone, routes!(health::openapi)),
    ]
}

/// A route, as access control and tests see it.
#[derive(Clone, Debug)]
pub struct RouteInfo {
    /// The method; GET includes HEAD.
    pub method: Method,
    /// The path, with parameters in braces.
    pub path: String,
    /// Who may use it.
    pub access: Access,
}

/// Every route and who may use it.
#[must_use]
pub fn route_table() -> Vec<RouteInfo> {
    list()
        .iter()
        .flat_map(|(access, (_, paths, _))| infos(*access, paths))
        .collect()
}

fn infos(access: Access, paths: &Paths) -> Vec<RouteInfo> {
    let operations = paths.paths.iter().flat_map(|(path, item)| {
        let methods = [
            (Method::GET, item.get.is_some()),
            (Method::POST, item.post.is_some()),
            (Method::PUT, item.put.is_some()),
            (Method::PATCH, item.patch.is_some()),
            (Method::DELETE, item.delete.is_some()),
        ];
        let there = methods.into_iter().filter(|(_, there)| *there);
        there.map(move |(method, _)| (method, path.clone()))
    });
    operations
        .map(|(method, path)| RouteInfo {
            method,
            path,
            access,
        })
        .collect()
}

/// Finds who may use a route. A route that is not in the list would be for administrators only.
pub fn find_access(method: &Method, path: &str) -> Access {
    static TABLE: LazyLock<HashMap<(Method, String), Access>> = LazyLock::new(|| {
        let key = |info: RouteInfo| ((info.method, info.path), info.access);
        route_table().into_iter().map(key).collect()
    });
    let method = if method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    TABLE
        .get(&(method.clone(), path.to_owned()))
        .copied()
        .unwrap_or(Administrator)
}

/// The router and the description of its routes, both made from the annotations.
pub fn assemble_routes() -> (Router<Arc<App>>, OpenApi) {
    let mut router = OpenApiRouter::default();
    for (_, route) in list() {
        router = router.routes(route);
    }
    router.split_for_parts()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_that_is_not_in_the_list_is_for_administrators() {
        for (method, path) in [(Method::GET, "/api/new"), (Method::POST, "/healthz")] {
            assert_eq!(find_access(&method, path), Administrator, "{path}");
        }
        assert_eq!(find_access(&Method::HEAD, "/healthz"), Anyone);
    }
}
