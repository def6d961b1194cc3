//! Changing one's own password.

use super::{too_many_failures, verify_password};
use crate::http::App;
use crate::http::caller::Caller;
use crate::http::client::Client;
use crate::http::error::{ApiResult, ErrorBody};
use crate::http::pages::{redirect_to, render_page};
use crate::http::problem::Problem;
use crate::people::accounts::{SessionId, check_new_password};
use crate::people::audit::{Action, AuditEvent};
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::response::Response;
use axum::{Extension, Form};
use http::{StatusCode, header};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

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

/// Change one's own password
#[utoipa::path(
    post,
    path = "/change_password",
    request_body(content = PasswordForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "refused: the page with a message"),
        (status = 302, description = "changed: redirects to /, with a new session cookie; all other sessions of the account have ended"),
        (status = 429, description = "too many failed attempts: the page with a message and Retry-After"),
        (status = 503, description = "too many people are signing in at once; Retry-After says when to try again", body = ErrorBody),
    )
)]
pub async fn change_password(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Extension(client): Extension<Client>,
    form: Result<Form<PasswordForm>, FormRejection>,
) -> ApiResult<Response> {
    let session = caller.session()?;
    let Form(form) = form?;
    if let Err(problem) = check_form(&form) {
        return Ok(render_page(&app.base_path, StatusCode::OK, Some(&problem)));
    }
    let attempt = app
        .throttle
        .start_attempt(&caller.user.username, client.address);
    let attempt = match attempt.await {
        Ok(attempt) => attempt,
        Err(wait) => return Ok(too_many_failures(&app.base_path, wait)),
    };
    let user = Some(caller.user.clone());
    if verify_password(&app, attempt, user, form.current_password)
        .await?
        .is_none()
    {
        let (name, address) = (&caller.user.username, client.address);
        app.audit.record_failed_sign_in(name, address).await;
        return Ok(render_page(
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
    app.notify_sessions_ended();
    tracing::info!(username = %caller.user.username, address = %client.address, "changed the password");
    let changed = AuditEvent::new(Action::PasswordChanged);
    app.audit.record(caller.to_actor(), changed).await;
    let mut response = redirect_to(&app.base_path.with("/"));
    response.headers_mut().append(
        header::SET_COOKIE,
        id.cookie(&app.base_path, client.uses_tls)?,
    );
    Ok(response)
}

fn check_form(form: &PasswordForm) -> Result<(), Problem> {
    if form.new_password != form.confirm_password {
        return Err(Problem::PasswordsDiffer);
    }
    Ok(check_new_password(&form.new_password)?)
}
