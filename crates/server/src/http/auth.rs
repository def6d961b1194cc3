//! Signing in and out.

mod password;

pub use password::{__path_change_password, change_password};

use super::App;
use super::caller::Caller;
use super::client::Client;
use super::error::{ApiResult, ErrorBody, set_retry_after};
use super::pages::{redirect_to, render_page};
use super::problem::Problem;
use super::return_path::parse_return_path;
use super::views::LimitsView;
use super::vocabulary;
use crate::config::BasePath;
use crate::live::LIMITS;
use crate::ops::clock;
use crate::people::accounts::{Attempt, DEFAULT_PASSWORD, SessionId, Verdict, clear_cookie};
use crate::people::audit::{Action, Actor, AuditEvent};
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::response::Response;
use axum::{Extension, Form, Json};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use muster_store::{ClientInfo, User};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};

/// The form of the login page.
#[derive(Deserialize, ToSchema)]
pub struct LoginForm {
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
}

/// The page to return to.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LoginQuery {
    /// A page of the dashboard, such as /computer/17; anything else is ignored
    next: Option<String>,
}

/// The account that is signed in.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    /// The account's name.
    username: String,
    /// `administrator` or `viewer`.
    #[schema(value_type = vocabulary::Role)]
    role: &'static str,
    /// Whether the account still has the default password.
    default_password: bool,
    /// Whether the account must change its default password before anything else.
    must_change_password: bool,
    /// The server's version.
    version: &'static str,
    /// From which values on a computer needs attention.
    limits: LimitsView,
    /// Seconds between two polls of a computer.
    interval_s: u64,
}

/// Sign in
#[utoipa::path(
    post,
    path = "/login",
    params(LoginQuery),
    request_body(content = LoginForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "wrong user name or password: the login page with a message"),
        (status = 302, description = "signed in: redirects to `next` or /, with a session cookie"),
        (status = 429, description = "too many failed attempts: the page with a message and Retry-After"),
        (status = 503, description = "too many people are signing in at once; Retry-After says when to try again", body = ErrorBody),
    )
)]
pub async fn login(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Client>,
    query: Result<Query<LoginQuery>, QueryRejection>,
    headers: HeaderMap,
    form: Result<Form<LoginForm>, FormRejection>,
) -> ApiResult<Response> {
    let Form(form) = form?;
    let username = form.username.trim().to_owned();
    let attempt = match app.throttle.start_attempt(&username, client.address).await {
        Ok(attempt) => attempt,
        Err(wait) => {
            app.audit
                .record_failed_sign_in(&username, client.address)
                .await;
            tracing::warn!(address = %client.address, "refused a login: too many attempts failed");
            return Ok(too_many_failures(&app.base_path, wait));
        }
    };
    let user = app.store.user_named(&username).await?;
    match verify_password(&app, attempt, user, form.password).await? {
        Some(user) => {
            // The browser replaces its old cookie, so nobody could use or end that session.
            if let Some(before) = SessionId::from_headers(&headers) {
                app.store
                    .end_session(&app.session_keys.key(&before))
                    .await?;
                app.notify_sessions_ended();
            }
            let wanted = query.ok().and_then(|Query(query)| query.next);
            let next = wanted.as_deref().and_then(parse_return_path).unwrap_or("/");
            if let Some(opened) = open_session(&app, &user, client, &headers, next).await? {
                return Ok(opened);
            }
        }
        None => {
            tracing::warn!(username = ?username.chars().take(64).collect::<String>(), address = %client.address, "a login failed");
        }
    }
    app.audit
        .record_failed_sign_in(&username, client.address)
        .await;
    Ok(wrong_credentials(&app))
}

/// The account, if the password is right. Replaces an outdated password hash.
async fn verify_password(
    app: &App,
    attempt: Attempt<'_>,
    user: Option<User>,
    password: String,
) -> ApiResult<Option<User>> {
    let is_default = password == DEFAULT_PASSWORD;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let verdict = match app.passwords.verify(password.clone(), hash).await {
        Ok(verdict) => verdict,
        Err(error) => {
            attempt.withdraw();
            return Err(error.into());
        }
    };
    let Some(mut user) = user.filter(|_| verdict != Verdict::Wrong) else {
        return Ok(None);
    };
    attempt.succeeded();
    if let Verdict::Rehash(hash) = verdict {
        app.store
            .rehash_password(user.id, &user.password_hash, &hash, is_default)
            .await?;
        // A concurrent login may have stored another hash, or the password may have been changed.
        let user_now = app.store.user_named(&user.username).await?;
        let hash_now = user_now.as_ref().map(|user| user.password_hash.clone());
        if app.passwords.verify(password, hash_now).await? != Verdict::Right {
            return Ok(None);
        }
        user = user_now.unwrap_or(user);
        tracing::info!(username = %user.username, "replaced the Flask server's password hash with argon2id");
    }
    Ok(Some(user))
}

fn wrong_credentials(app: &App) -> Response {
    render_page(
        &app.base_path,
        StatusCode::OK,
        Some(&Problem::WrongCredentials),
    )
}

/// `None` if the password was changed while it was checked.
async fn open_session(
    app: &App,
    user: &User,
    client: Client,
    headers: &HeaderMap,
    next: &str,
) -> ApiResult<Option<Response>> {
    let id = SessionId::random()?;
    let key = app.session_keys.key(&id);
    let origin = session_origin(client, headers);
    let opened = app.store.open_session(&key, user, &origin, clock::now_ms());
    if !opened.await? {
        tracing::warn!(username = %user.username, address = %client.address, "a login failed: the password was changed in the meantime");
        return Ok(None);
    }
    tracing::info!(username = %user.username, address = %client.address, "signed in");
    let who = Actor {
        account: Some(user.username.clone()),
        address: Some(client.address.to_string()),
        token: None,
    };
    app.audit
        .record(who, AuditEvent::new(Action::SignedIn))
        .await;
    let mut response = redirect_to(&app.base_path.with(next));
    response.headers_mut().append(
        header::SET_COOKIE,
        id.cookie(&app.base_path, client.uses_tls)?,
    );
    Ok(Some(response))
}

/// What the account page shows for a session, so that its owner recognizes it.
fn session_origin(client: Client, headers: &HeaderMap) -> ClientInfo {
    const MAX_BROWSER: usize = 300;
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok());
    ClientInfo {
        address: Some(client.address.to_string()),
        browser: agent.map(|agent| agent.chars().take(MAX_BROWSER).collect()),
    }
}

fn too_many_failures(base: &BasePath, wait: Duration) -> Response {
    let minutes = wait.as_secs().div_ceil(60);
    let problem = Problem::TooManyFailedSignIns { minutes };
    let mut response = render_page(base, problem.status(), Some(&problem));
    set_retry_after(&mut response, wait);
    response
}

/// Sign out
#[utoipa::path(
    get,
    path = "/logout",
    responses((status = 302, description = "signed out: redirects to /login"), (status = 403, description = "sent from another site, or with an API token", body = ErrorBody))
)]
pub async fn logout(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    if is_from_another_site(&headers) {
        return Err(Problem::SignOutFromAnotherSite.into());
    }
    app.store.end_session(&caller.session()?).await?;
    app.notify_sessions_ended();
    let signed_out = AuditEvent::new(Action::SignedOut);
    app.audit.record(caller.to_actor(), signed_out).await;
    let mut response = redirect_to(&app.base_path.with("/login"));
    response.headers_mut().append(
        header::SET_COOKIE,
        clear_cookie(&app.base_path, client.uses_tls)?,
    );
    Ok(response)
}

/// Logging out is a GET, which the check against cross-site requests lets pass.
fn is_from_another_site(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    site.is_some_and(|site| !matches!(site, b"same-origin" | b"none"))
}

/// The account that is signed in
#[utoipa::path(
    get,
    path = "/api/session",
    responses((status = 200, body = SessionView))
)]
pub async fn session(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
) -> Json<SessionView> {
    Json(SessionView {
        interval_s: app.interval.as_secs(),
        limits: LIMITS.into(),
        role: caller.user.role.as_str(),
        default_password: caller.user.default_password,
        must_change_password: caller.must_change_password,
        username: caller.user.username,
        version: env!("CARGO_PKG_VERSION"),
    })
}
