//! Coming and going: signing in and out, changing the own password.

use super::access::found;
use super::caller::Caller;
use super::error::{ApiResult, ErrorBody, set_retry_after};
use super::pages::page;
use super::peer::Peer;
use super::problem::Problem;
use super::views::LimitsView;
use super::{App, next, vocabulary};
use crate::config::BasePath;
use crate::live::Limits;
use crate::ops::clock;
use crate::people::accounts::{
    Attempt, DEFAULT_PASSWORD, SessionId, Verdict, check_new_password, clear_cookie,
};
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

/// Where to go on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LoginQuery {
    /// A page of ours, like /computer/17; anything else is passed over
    next: Option<String>,
}

/// The form of the page that changes a password.
#[derive(Deserialize, ToSchema)]
pub struct PasswordForm {
    #[serde(default)]
    current_password: String,
    #[serde(default)]
    new_password: String,
    #[serde(default)]
    confirm_password: String,
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    /// The account's name.
    username: String,
    /// `administrator` or `viewer`.
    #[schema(value_type = vocabulary::Role)]
    role: &'static str,
    /// Whether the account has the password that everybody knows.
    default_password: bool,
    /// Whether nothing but a change of the password is allowed until that is done.
    must_change_password: bool,
    /// The server's version.
    version: &'static str,
    /// From which values on a computer needs attention.
    limits: LimitsView,
    /// Seconds from one call of a computer to the next.
    interval_s: u64,
}

/// Sign in
#[utoipa::path(
    post,
    path = "/login",
    params(LoginQuery),
    request_body(content = LoginForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "wrong: the page, with a message"),
        (status = 302, description = "right: to / or the page that is next, with a session cookie"),
        (status = 429, description = "too many failed tries: the page, with Retry-After"),
        (status = 503, description = "too many people at once", body = ErrorBody),
    )
)]
pub async fn login(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    query: Result<Query<LoginQuery>, QueryRejection>,
    headers: HeaderMap,
    form: Result<Form<LoginForm>, FormRejection>,
) -> ApiResult<Response> {
    let Form(form) = form?;
    let username = form.username.trim().to_owned();
    let attempt = match app.throttle.start_attempt(&username, peer.address).await {
        Ok(attempt) => attempt,
        Err(wait) => {
            app.audit
                .record_failed_sign_in(&username, peer.address)
                .await;
            tracing::warn!(address = %peer.address, "a login was refused: too many failed before");
            return Ok(too_many(&app.base_path, wait));
        }
    };
    let user = app.store.user_named(&username).await?;
    match verified(&app, attempt, user, form.password).await? {
        Some(user) => {
            // The browser forgets the id that it had: nobody can use that session any more.
            if let Some(before) = SessionId::from_headers(&headers) {
                app.store
                    .end_session(&app.session_keys.key(&before))
                    .await?;
                app.sessions_ended();
            }
            let wanted = query.ok().and_then(|Query(query)| query.next);
            let next = wanted.as_deref().and_then(next::checked).unwrap_or("/");
            if let Some(opened) = open_session(&app, &user, peer, &headers, next).await? {
                return Ok(opened);
            }
        }
        None => {
            tracing::warn!(username = ?username.chars().take(64).collect::<String>(), address = %peer.address, "a login failed");
        }
    }
    app.audit
        .record_failed_sign_in(&username, peer.address)
        .await;
    Ok(wrong(&app))
}

/// The account, where the password is right; its hash is replaced where a better one is due.
async fn verified(
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
        // Another login may have been quicker, with another salt; or somebody changed the password.
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

fn wrong(app: &App) -> Response {
    page(
        &app.base_path,
        StatusCode::OK,
        Some(&Problem::WrongCredentials),
    )
}

/// None where the password was changed while it was checked.
async fn open_session(
    app: &App,
    user: &User,
    peer: Peer,
    headers: &HeaderMap,
    next: &str,
) -> ApiResult<Option<Response>> {
    let id = SessionId::random()?;
    let key = app.session_keys.key(&id);
    let origin = origin(peer, headers);
    let opened = app.store.open_session(&key, user, &origin, clock::now_ms());
    if !opened.await? {
        tracing::warn!(username = %user.username, address = %peer.address, "a login failed: the password was changed meanwhile");
        return Ok(None);
    }
    tracing::info!(username = %user.username, address = %peer.address, "signed in");
    let who = Actor {
        account: Some(user.username.clone()),
        address: Some(peer.address.to_string()),
        token: None,
    };
    app.audit
        .record(who, AuditEvent::new(Action::SignedIn))
        .await;
    let mut response = found(&app.base_path.with(next));
    response
        .headers_mut()
        .append(header::SET_COOKIE, id.cookie(&app.base_path, peer.secure)?);
    Ok(Some(response))
}

/// What the account's owner will know this session by.
fn origin(peer: Peer, headers: &HeaderMap) -> ClientInfo {
    const MAX_BROWSER: usize = 300;
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok());
    ClientInfo {
        address: Some(peer.address.to_string()),
        browser: agent.map(|agent| agent.chars().take(MAX_BROWSER).collect()),
    }
}

fn too_many(base: &BasePath, wait: Duration) -> Response {
    let minutes = wait.as_secs().div_ceil(60);
    let problem = Problem::TooManyFailedSignIns { minutes };
    let mut response = page(base, problem.status(), Some(&problem));
    set_retry_after(&mut response, wait);
    response
}

/// Sign out
#[utoipa::path(
    get,
    path = "/logout",
    responses((status = 302, description = "to /login; the session has ended"), (status = 403, description = "sent from another site, or with a token", body = ErrorBody))
)]
pub async fn logout(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    if is_from_elsewhere(&headers) {
        return Err(Problem::SignOutFromAnotherSite.into());
    }
    app.store.end_session(&caller.session()?).await?;
    app.sessions_ended();
    let signed_out = AuditEvent::new(Action::SignedOut);
    app.audit.record(caller.who(), signed_out).await;
    let mut response = found(&app.base_path.with("/login"));
    response.headers_mut().append(
        header::SET_COOKIE,
        clear_cookie(&app.base_path, peer.secure)?,
    );
    Ok(response)
}

/// It changes something although it is a GET, which the check of origins lets pass.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    site.is_some_and(|site| !matches!(site, b"same-origin" | b"none"))
}

/// Change the own password
#[utoipa::path(
    post,
    path = "/change_password",
    request_body(content = PasswordForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "refused: the page, with a message"),
        (status = 302, description = "done: to /, with a new session cookie; all other sessions of the account have ended"),
        (status = 429, description = "too many failed tries: the page, with Retry-After"),
        (status = 503, description = "too many people at once", body = ErrorBody),
    )
)]
pub async fn change_password(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Extension(peer): Extension<Peer>,
    form: Result<Form<PasswordForm>, FormRejection>,
) -> ApiResult<Response> {
    let session = caller.session()?;
    let Form(form) = form?;
    if let Err(problem) = check_form(&form) {
        return Ok(page(&app.base_path, StatusCode::OK, Some(&problem)));
    }
    let attempt = app
        .throttle
        .start_attempt(&caller.user.username, peer.address);
    let attempt = match attempt.await {
        Ok(attempt) => attempt,
        Err(wait) => return Ok(too_many(&app.base_path, wait)),
    };
    let user = Some(caller.user.clone());
    if verified(&app, attempt, user, form.current_password)
        .await?
        .is_none()
    {
        let (name, address) = (&caller.user.username, peer.address);
        app.audit.record_failed_sign_in(name, address).await;
        return Ok(page(
            &app.base_path,
            StatusCode::OK,
            Some(&Problem::WrongCurrentPassword),
        ));
    }
    let hash = app.passwords.hash(form.new_password).await?;
    let id = SessionId::random()?;
    let keep = Some((session, app.session_keys.key(&id)));
    app.store
        .set_password(caller.user.id, &hash, false, keep)
        .await?;
    app.sessions_ended();
    tracing::info!(username = %caller.user.username, address = %peer.address, "changed the password");
    let changed = AuditEvent::new(Action::PasswordChanged);
    app.audit.record(caller.who(), changed).await;
    let mut response = found(&app.base_path.with("/"));
    response
        .headers_mut()
        .append(header::SET_COOKIE, id.cookie(&app.base_path, peer.secure)?);
    Ok(response)
}

fn check_form(form: &PasswordForm) -> Result<(), Problem> {
    if form.new_password != form.confirm_password {
        return Err(Problem::PasswordsDiffer);
    }
    Ok(check_new_password(&form.new_password)?)
}

/// Who is signed in
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
        limits: Limits::current().into(),
        role: caller.user.role.as_str(),
        default_password: caller.user.default_password,
        must_change_password: caller.must_change_password,
        username: caller.user.username,
        version: env!("CARGO_PKG_VERSION"),
    })
}
