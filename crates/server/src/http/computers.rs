//! Computers: list, show, add, change, remove, and test the connection.

mod agent_fields;
mod changes;
mod put;
mod removed;

pub use put::{__path_put, put};
pub use removed::{__path_removed, __path_restore, RestoreInput, removed, restore};

use super::App;
use super::caller::Caller;
use super::error::{ApiResult, ErrorBody};
use super::problem::Problem;
use super::views::{ComputerDetail, ComputerEntry, ReasonCode};
use crate::ops::clock;
use crate::people::audit::{Action, AuditEvent, Detail};
use crate::people::labels::{clean_name, clean_note, clean_tags};
use crate::poll::address::{Fingerprint, Target};
use crate::poll::fetch::{AgentLink, FetchError};
use crate::text::reason_text;
use agent_fields::AgentFields;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::{Extension, Json};
use http::StatusCode;
use muster_store::{Computer, ComputerChange, NewComputer};
use muster_wire::SystemInfo;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::Url;
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

/// The address and token to test; omitted fields are taken from the computer `id`.
#[derive(Deserialize, ToSchema)]
pub struct ConnectionInput {
    id: Option<i64>,
    url: Option<String>,
    token: Option<String>,
    tls_sha256: Option<String>,
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

/// What a connection test found.
#[derive(Default, Serialize, ToSchema)]
pub struct ConnectionResult {
    /// Whether an agent answered.
    ok: bool,
    /// Why not, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
    /// The code of the reason.
    #[schema(value_type = ReasonCode, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_code: Option<&'static str>,
    /// The parameters of the reason.
    #[schema(value_type = Object, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_params: Option<Map<String, Value>>,
    /// The computer's own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    hostname: Option<String>,
    /// `Linux`, `Windows` or `Darwin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    system: Option<String>,
    /// The operating system's name and version.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    os: Option<String>,
    /// The agent's version; absent for the FastAPI client.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    agent_version: Option<String>,
    /// How long connecting and answering took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    latency_ms: Option<u64>,
    /// SHA-256 of the agent's certificate, if it is neither pinned nor trusted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    certificate_sha256: Option<String>,
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

/// Test the connection to an agent without storing anything
///
/// At most 10 tests a minute for one account, and 30 for all together. The answer names only the kind of failure, not
/// what the address sent.
#[utoipa::path(
    post,
    path = "/api/test_connection",
    request_body = ConnectionInput,
    responses(
        (status = 200, description = "what answered, or why the test failed", body = ConnectionResult),
        (status = 400, description = "a field is missing or invalid", body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 415, description = "not JSON", body = ErrorBody),
        (status = 429, description = "too many tests in a minute; Retry-After says when to try again", body = ErrorBody),
    )
)]
pub async fn test_connection(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    input: Result<Json<ConnectionInput>, JsonRejection>,
) -> ApiResult<Json<ConnectionResult>> {
    let Json(input) = input?;
    let (url, target) = target_to_try(&app, input).await?;
    app.test_limiter.count_action(caller.user.id)?;
    let began = Instant::now();
    let answer = app.fetcher.fetch(&target, &mut AgentLink::default()).await;
    let info = answer.and_then(|bytes| muster_wire::parse(&bytes).map_err(FetchError::from));
    let (result, detail) = match info {
        Ok(info) => (found(info, began.elapsed()), Detail::ok()),
        Err(error) => (failed(&error), Detail::failed(&error.public_reason())),
    };
    let tested = AuditEvent::new(Action::ConnectionTested)
        .on_subject(&url)
        .with_detail(detail);
    app.audit.record(caller.to_actor(), tested).await;
    Ok(Json(result))
}

/// `None` for a field that is empty or blank.
fn non_blank(field: Option<String>) -> Option<String> {
    field.filter(|text| !text.trim().is_empty())
}

async fn target_to_try(app: &App, input: ConnectionInput) -> ApiResult<(String, Target)> {
    let (url, token) = (input.url.as_deref(), input.token.as_deref());
    let mut fields = AgentFields::parse(url, token, input.tls_sha256.as_deref())?;
    if let Some(id) = input.id {
        let known = find_computer(app, id).await?;
        if fields.token.is_none() {
            refuse_another_host(&known, fields.url.as_deref())?;
        }
        fields = fields.or_known(known);
    }
    let agent = fields.into_new_computer().ok_or(Problem::MissingFields)??;
    let pin = agent.tls_sha256.as_deref().map(Fingerprint::parse);
    let target = Target::new(&agent.url, &agent.token)?.with_pin(pin.transpose()?)?;
    Ok((agent.url, target))
}

async fn find_computer(app: &App, id: i64) -> ApiResult<Computer> {
    app.roster.refresh().await?;
    let computers = app.roster.computers();
    let known = computers.iter().find(|computer| computer.id == id);
    Ok(known.cloned().ok_or(Problem::ComputerNotFound)?)
}

/// A stored token is only sent to the address that it was given for. Another port of the same computer may belong to
/// another user's program, and without TLS others could read the token.
fn refuse_another_host(known: &Computer, url: Option<&str>) -> Result<(), Problem> {
    let endpoint = |url: &str| {
        let url = Url::parse(url).ok()?;
        let host = url.host()?.to_owned();
        Some((host, url.port_or_known_default(), url.scheme() == "https"))
    };
    let is_same = |url: &str| match (endpoint(url), endpoint(&known.url)) {
        (Some((host, port, tls)), Some((known_host, known_port, known_tls))) => {
            (host, port) == (known_host, known_port) && (tls || !known_tls)
        }
        (new, known) => new == known,
    };
    if url.is_none_or(is_same) {
        return Ok(());
    }
    Err(Problem::TokenRequired)
}

fn failed(error: &FetchError) -> ConnectionResult {
    let reason = error.public_reason();
    ConnectionResult {
        reason: Some(reason_text(&reason)),
        reason_code: Some(reason.code()),
        reason_params: Some(reason.params()),
        certificate_sha256: error.certificate().map(|found| found.to_string()),
        ..ConnectionResult::default()
    }
}

fn found(info: SystemInfo, took: Duration) -> ConnectionResult {
    ConnectionResult {
        ok: true,
        hostname: info.hostname,
        system: info.system,
        os: info.os,
        agent_version: info.agent.map(|agent| agent.version),
        latency_ms: u64::try_from(took.as_millis()).ok(),
        ..ConnectionResult::default()
    }
}
