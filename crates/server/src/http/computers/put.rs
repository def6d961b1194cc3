//! Idempotent adding or changing, for scripts.

use super::{ComputerInput, changes, non_blank};
use crate::http::App;
use crate::http::caller::Caller;
use crate::http::error::{ApiResult, ErrorBody};
use crate::http::problem::Problem;
use crate::people::audit::{Action, AuditEvent, Detail};
use crate::people::labels::clean_name;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::{Extension, Json};
use http::StatusCode;
use muster_store::{Computer, ComputerChange, NewComputer};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What the request did.
#[derive(Serialize, ToSchema)]
pub struct Put {
    /// The computer's id.
    id: i64,
    /// Whether it was added.
    is_new: bool,
    /// Whether it existed and its address, token, certificate, tags or note changed.
    is_changed: bool,
}

/// Add a computer, or change the address and token of the one with this name
///
/// The request is idempotent. Certificate, tags and note keep their values if they are omitted.
#[utoipa::path(
    put,
    path = "/api/computers/{id}",
    params(("id" = String, Path, description = "the computer's name")),
    request_body = ComputerInput,
    responses(
        (status = 200, description = "it existed", body = Put),
        (status = 201, description = "it was added", body = Put),
        (status = 400, description = "a field is missing or invalid", body = ErrorBody),
        (status = 409, description = "another request has just added it", body = ErrorBody),
        (status = 415, description = "not JSON", body = ErrorBody),
    )
)]
pub async fn put(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    name: Result<Path<String>, PathRejection>,
    input: Result<Json<ComputerInput>, JsonRejection>,
) -> ApiResult<(StatusCode, Json<Put>)> {
    let (Path(name), Json(input)) = (name?, input?);
    let labels = (input.clean_tags()?, input.clean_note()?);
    let (mut wanted, has_pin) = parse_wanted(&name, input)?;
    // Another program may have changed the database.
    app.roster.refresh().await?;
    let known = app.roster.computers();
    let put = match known.iter().find(|computer| computer.name == wanted.name) {
        None => add_computer(&app, &caller, wanted, labels).await?,
        Some(known) => {
            if !has_pin {
                wanted.tls_sha256.clone_from(&known.tls_sha256);
            }
            change_computer(&app, &caller, known, wanted, labels).await?
        }
    };
    if put.is_new || put.is_changed {
        app.refresh_computers().await?;
    }
    let status = if put.is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(put)))
}

/// The computer, and whether the request has a certificate.
fn parse_wanted(name: &str, input: ComputerInput) -> ApiResult<(NewComputer, bool)> {
    let name = clean_name(name)?;
    let fields = input.agent_fields()?;
    if non_blank(input.name).is_some_and(|other| clean_name(&other).ok().as_ref() != Some(&name)) {
        return Err(Problem::NamesDiffer.into());
    }
    let has_pin = fields.has_pin();
    let computer = fields.into_new_computer();
    let computer = computer.ok_or(Problem::MissingFields)??;
    Ok((NewComputer { name, ..computer }, has_pin))
}

/// Tags and note, if given.
type Labels = (Option<Vec<String>>, Option<String>);

async fn add_computer(
    app: &App,
    caller: &Caller,
    wanted: NewComputer,
    (tags, note): Labels,
) -> ApiResult<Put> {
    let wanted = NewComputer {
        tags: tags.unwrap_or_default(),
        note: note.unwrap_or_default(),
        ..wanted
    };
    let id = app.store.add_computer(&wanted).await?;
    tracing::info!(name = %wanted.name, url = %wanted.url, "added a computer");
    let added = AuditEvent::new(Action::ComputerAdded).on_subject(&wanted.name);
    app.audit
        .record(
            caller.to_actor(),
            added.with_detail(Detail::url(&wanted.url)),
        )
        .await;
    Ok(Put {
        id,
        is_new: true,
        is_changed: false,
    })
}

async fn change_computer(
    app: &App,
    caller: &Caller,
    known: &Computer,
    wanted: NewComputer,
    (tags, note): Labels,
) -> ApiResult<Put> {
    let change = ComputerChange {
        name: None,
        url: (known.url != wanted.url).then_some(wanted.url),
        token: (known.token != wanted.token).then_some(wanted.token),
        tags: tags.filter(|tags| known.tags != *tags),
        note: note.filter(|note| known.note != *note),
        tls_sha256: (known.tls_sha256 != wanted.tls_sha256).then_some(wanted.tls_sha256),
    };
    let is_changed = change != ComputerChange::default();
    if is_changed {
        if !app.store.change_computer(known.id, &change).await? {
            return Err(Problem::ComputerNotFound.into());
        }
        tracing::info!(name = %known.name, url = change.url.as_deref(), has_new_token = change.token.is_some(), "changed a computer");
        app.audit
            .record(caller.to_actor(), changes::describe_change(known, &change))
            .await;
    }
    Ok(Put {
        id: known.id,
        is_new: false,
        is_changed,
    })
}
