//! Computers: list, show, add, change, remove, and test the connection.

mod agent_fields;
mod changes;
mod connection_test;
mod put;
mod removed;

pub use connection_test::{__path_test_connection, test_connection};
pub use put::{__path_put, put};
pub use removed::{__path_removed, __path_restore, RestoreInput, removed, restore};

use super::App;
use super::caller::Caller;
use super::error::{ApiResult, ErrorBody};
use super::problem::Problem;
use super::views::{ComputerDetail, ComputerEntry};
use crate::ops::clock;
use crate::people::audit::{Action, AuditEvent, Detail};
use crate::people::labels::{clean_name, clean_note, clean_tags};
use agent_fields::AgentFields;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::{Extension, Json};
use connection_test::refuse_another_host;
use http::StatusCode;
use muster_store::{Computer, ComputerChange, NewComputer};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A new computer, or changes of one.
#[derive(Deserialize, ToSchema)]
pub struct ComputerInput {
    /// Its name: 1 to 100 visible characters.
    name: Option<String>,
    /// The agent's address, or the muster:// line that the agent printed, which includes token and certificate.
    url: Option<String>,
    /// The agent's token.
    token: Option<String>,
    /// SHA-256 of the certificate that the agent must use, in hexadecimal. Empty removes it; the operating system must
    /// then trust the certificate.
    tls_sha256: Option<String>,
    /// At most 16 tags of at most 32 characters, without commas.
    tags: Option<Vec<String>>,
    /// A note of at most 4,000 characters.
    note: Option<String>,
}

impl ComputerInput {
    fn agent_fields(&self) -> ApiResult<AgentFields> {
        let (url, token) = (self.url.as_deref(), self.token.as_deref());
        Ok(AgentFields::parse(url, token, self.tls_sha256.as_deref())?)
    }

    fn clean_tags(&self) -> ApiResult<Option<Vec<String>>> {
        Ok(self.tags.as_deref().map(clean_tags).transpose()?)
    }

    fn clean_note(&self) -> ApiResult<Option<String>> {
        Ok(self.note.as_deref().map(clean_note).transpose()?)
    }
}

/// The answer to a change.
#[derive(Serialize, ToSchema)]
pub struct Done {
    /// What was done, in English.
    message: String,
    /// The computer's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id: Option<i64>,
}

/// All computers, sorted by name
#[utoipa::path(
    get,
    path = "/api/computers",
    responses((status = 200, body = Vec<ComputerEntry>))
)]
pub async fn list(State(app): State<Arc<App>>) -> Json<Vec<ComputerEntry>> {
    let mut computers = app.live.all();
    computers.sort_by(|one, other| one.name.cmp(&other.name));
    Json(
        computers
            .iter()
            .map(|latest| ComputerEntry::of(latest))
            .collect(),
    )
}

/// One computer with its latest values
#[utoipa::path(
    get,
    path = "/api/computers/{id}",
    params(("id" = i64, Path, description = "the computer")),
    responses((status = 200, body = ComputerDetail), (status = 404, body = ErrorBody))
)]
pub async fn show(
    State(app): State<Arc<App>>,
    id: Result<Path<i64>, PathRejection>,
) -> ApiResult<Json<ComputerDetail>> {
    let Path(id) = id?;
    let latest = app.live.get(id).ok_or(Problem::ComputerNotFound)?;
    Ok(Json(ComputerDetail::of(&latest)))
}

/// Add a computer
#[utoipa::path(
    post,
    path = "/api/computers",
    request_body = ComputerInput,
    responses(
        (status = 201, description = "it was added", body = Done),
        (status = 400, description = "a field is missing or invalid", body = ErrorBody),
        (status = 409, description = "the name is taken", body = ErrorBody),
        (status = 415, description = "not JSON", body = ErrorBody),
    )
)]
pub async fn add(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    input: Result<Json<ComputerInput>, JsonRejection>,
) -> ApiResult<(StatusCode, Json<Done>)> {
    let Json(input) = input?;
    let (tags, note) = (input.clean_tags()?, input.clean_note()?);
    let computer = input
        .agent_fields()?
        .into_new_computer()
        .ok_or(Problem::MissingFields)?;
    let computer = NewComputer {
        name: clean_name(&non_blank(input.name).ok_or(Problem::MissingFields)?)?,
        tags: tags.unwrap_or_default(),
        note: note.unwrap_or_default(),
        ..computer?
    };
    let id = app.store.add_computer(&computer).await?;
    app.refresh_computers().await?;
    tracing::info!(name = %computer.name, url = %computer.url, "added a computer");
    let added = AuditEvent::new(Action::ComputerAdded).on_subject(&computer.name);
    app.audit
        .record(
            caller.to_actor(),
            added.with_detail(Detail::url(&computer.url)),
        )
        .await;
    let done = Done {
        message: "Computer added successfully".into(),
        id: Some(id),
    };
    Ok((StatusCode::CREATED, Json(done)))
}

/// Change the name, address, token, certificate, tags or note of a computer
#[utoipa::path(
    patch,
    path = "/api/computers/{id}",
    params(("id" = i64, Path, description = "the computer")),
    request_body = ComputerInput,
    responses(
        (status = 200, body = Done),
        (status = 400, description = "a field is invalid, or none is given", body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, description = "the name is taken", body = ErrorBody),
        (status = 415, description = "not JSON", body = ErrorBody),
    )
)]
pub async fn change(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<i64>, PathRejection>,
    input: Result<Json<ComputerInput>, JsonRejection>,
) -> ApiResult<Json<Done>> {
    let Path(id) = id?;
    let Json(input) = input?;
    let change = ComputerChange {
        name: input.name.as_deref().map(clean_name).transpose()?,
        tags: input.clean_tags()?,
        note: input.clean_note()?,
        ..input.agent_fields()?.into_change()
    };
    if change == ComputerChange::default() {
        let fields = vec!["name", "url", "token", "tls_sha256", "tags", "note"];
        return Err(Problem::NothingToChange { fields }.into());
    }
    let before = find_computer(&app, id).await?;
    if change.token.is_none() {
        refuse_another_host(&before, change.url.as_deref())?;
    }
    agent_fields::check_pin_after(&before, &change)?;
    if !app.store.change_computer(id, &change).await? {
        return Err(Problem::ComputerNotFound.into());
    }
    app.refresh_computers().await?;
    tracing::info!(id, name = change.name.as_deref(), url = change.url.as_deref(), has_new_token = change.token.is_some(), tls_sha256 = ?change.tls_sha256, "changed a computer");
    app.audit
        .record(
            caller.to_actor(),
            changes::describe_change(&before, &change),
        )
        .await;
    Ok(Json(Done {
        message: "Computer changed successfully".into(),
        id: Some(id),
    }))
}

/// Remove a computer; its history is deleted after 7 days, until then it can be restored
#[utoipa::path(
    delete,
    path = "/api/computers/{id}",
    params(("id" = i64, Path, description = "the computer")),
    responses((status = 200, body = Done), (status = 404, body = ErrorBody))
)]
pub async fn remove(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<i64>, PathRejection>,
) -> ApiResult<Json<Done>> {
    let Path(id) = id?;
    let removed = app.store.remove_computer(id, clock::now_ms()).await?;
    let name = removed.ok_or(Problem::ComputerNotFound)?;
    app.refresh_computers().await?;
    tracing::info!(%name, "removed a computer");
    let gone = AuditEvent::new(Action::ComputerRemoved).on_subject(&name);
    app.audit.record(caller.to_actor(), gone).await;
    Ok(Json(Done {
        message: format!("Computer \"{name}\" removed successfully"),
        id: None,
    }))
}

pub(super) async fn find_computer(app: &App, id: i64) -> ApiResult<Computer> {
    app.roster.refresh().await?;
    let computers = app.roster.computers();
    let known = computers.iter().find(|computer| computer.id == id);
    Ok(known.cloned().ok_or(Problem::ComputerNotFound)?)
}

/// `None` for a field that is empty or blank.
fn non_blank(field: Option<String>) -> Option<String> {
    field.filter(|text| !text.trim().is_empty())
}
