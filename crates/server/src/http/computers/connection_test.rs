//! Tests a connection to an agent before its computer is added or changed.

use super::agent_fields::AgentFields;
use super::find_computer;
use crate::http::App;
use crate::http::caller::Caller;
use crate::http::error::{ApiResult, ErrorBody};
use crate::http::problem::Problem;
use crate::http::views::ReasonCode;
use crate::people::audit::{Action, AuditEvent, Detail};
use crate::poll::address::{Fingerprint, Target};
use crate::poll::fetch::{AgentLink, FetchError};
use crate::text::reason_text;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::{Extension, Json};
use muster_store::Computer;
use muster_wire::SystemInfo;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::Url;
use utoipa::ToSchema;

/// The address and token to test; omitted fields are taken from the computer `id`.
#[derive(Deserialize, ToSchema)]
pub struct ConnectionInput {
    id: Option<i64>,
    url: Option<String>,
    token: Option<String>,
    tls_sha256: Option<String>,
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

/// A stored token is only sent to the address that it was given for. Another port of the same computer may belong to
/// another user's program, and without TLS others could read the token.
pub(super) fn refuse_another_host(known: &Computer, url: Option<&str>) -> Result<(), Problem> {
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
