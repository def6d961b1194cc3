//! Adding for scripts: the same request again changes nothing.

use super::{ComputerInput, changes, given};
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

/// What became of a computer.
#[derive(Serialize, ToSchema)]
pub struct Put {
    /// Its number.
    id: i64,
    /// Whether it was not there before.
    is_new: bool,
    /// Whether it was there with another address, token, tags or note.
    is_changed: bool,
}

/// Add a computer, or give the one of that name this address and token
///
/// Where it has both already, nothing changes: a script may say it again and again. Certificate, tags and note
/// stay as they are where they are left out.
#[utoipa::path(
    put,
    path = "/api/computers/{id}",
    params(("id" = String, Path, description = "the computer's name")),
    request_body = ComputerInput,
    responses(
        (status = 200, description = "it was there before", body = Put),
        (status = 201, description = "it was added", body = Put),
        (status = 400, description = "a field is missing or wrong", body = ErrorBody),
        (status = 409, description = "somebody else added it just now", body = ErrorBody),
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
    let (mut wanted, says_pin) = wanted(&name, input)?;
    // Somebody may just have written to the database itself.
    app.roster.refresh().await?;
    let known = app.roster.computers();
    let put = match known.iter().find(|computer| computer.name == wanted.name) {
        None => added(&app, &caller, wanted, labels).await?,
        Some(known) => {
            if !says_pin {
                wanted.tls_sha256.clone_from(&known.tls_sha256);
            }
            changed(&app, &caller, known, wanted, labels).await?
        }
    };
    if put.is_new || put.is_changed {
        app.refresh_computers().await?;
    }
    let status = match put.is_new {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    };
    Ok((status, Json(put)))
}

/// The computer, and whether something is said of its certificate.
fn wanted(name: &str, input: ComputerInput) -> ApiResult<(NewComputer, bool)> {
    let name = clean_name(name)?;
    let said = input.said()?;
    if given(input.name).is_some_and(|other| clean_name(&other).ok().as_ref() != Some(&name)) {
        return Err(Problem::NamesDiffer.into());
    }
    let says_pin = said.says_pin();
    let place = said.whole();
    let place = place.ok_or(Problem::MissingFields)??;
    Ok((NewComputer { name, ..place }, says_pin))
}

/// Tags and note, where they are given.
type Labels = (Option<Vec<String>>, Option<String>);

async fn added(
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
        .record(caller.who(), added.with_detail(Detail::url(&wanted.url)))
        .await;
    Ok(Put {
        id,
        is_new: true,
        is_changed: false,
    })
}

async fn changed(
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
            .record(caller.who(), changes::deed(known, &change))
            .await;
    }
    Ok(Put {
        id: known.id,
        is_new: false,
        is_changed,
    })
}
