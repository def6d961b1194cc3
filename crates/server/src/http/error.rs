//! What a handler fails with, and how it is answered.
//!
//! A library's error becomes a [`Problem`] here. Internal errors are logged in full and answered without details. Only
//! `main` ends the process because of an error, and only at the start.

use super::problem::Problem;
use super::vocabulary::codes;
use crate::people::accounts::Busy;
use axum::Json;
use axum::extract::rejection::{FormRejection, JsonRejection, PathRejection, QueryRejection};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};
use std::time::Duration;
use utoipa::ToSchema;

/// How long a browser waits before it sends a password again.
const RETRY_SIGN_IN_AFTER: Duration = Duration::from_secs(3);

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// What happened and what to do, in English.
    pub error: String,
    /// The same for programs.
    #[schema(value_type = ProblemCode)]
    pub code: &'static str,
    /// The parameters of the code; empty for most.
    #[schema(value_type = Object)]
    pub params: Map<String, Value>,
}

impl From<&Problem> for ErrorBody {
    fn from(problem: &Problem) -> Self {
        Self {
            error: problem.to_string(),
            code: problem.code(),
            params: problem.params(),
        }
    }
}

codes! {
    /// Every code of an error.
    ProblemCode = Problem::CODES;
}

/// A request that failed.
#[derive(Debug)]
pub struct ApiError {
    problem: Problem,
    retry_after: Option<Duration>,
}

/// A handler's result.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// The same, with a `Retry-After` header.
    pub fn retry_after(self, wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            ..self
        }
    }

    /// Logs an error of the server itself, and hides it from the client.
    pub fn internal(error: &(dyn std::fmt::Display + Sync)) -> Self {
        tracing::error!(%error, "a request failed");
        Problem::ServerFailed.into()
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        let retry_after = (problem == Problem::TooManySignIns).then_some(RETRY_SIGN_IN_AFTER);
        Self {
            problem,
            retry_after,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        ApiError::from(self).into_response()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Json(ErrorBody::from(&self.problem));
        let mut response = (self.problem.status(), body).into_response();
        if let Some(wait) = self.retry_after {
            set_retry_after(&mut response, wait);
        }
        response
    }
}

/// Rounds up to whole seconds, so that a client that waits exactly this long is let in.
pub fn set_retry_after(response: &mut Response, wait: Duration) {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
}

/// Conversions of errors that the request caused.
macro_rules! from_request_errors {
    ($($error:ty),+) => {$(
        impl From<$error> for ApiError {
            fn from(error: $error) -> Self {
                Problem::from(error).into()
            }
        }
    )+};
}

from_request_errors!(
    crate::people::accounts::PasswordError,
    crate::people::labels::LabelError,
    crate::poll::address::TargetError
);

impl From<muster_store::Error> for ApiError {
    fn from(error: muster_store::Error) -> Self {
        use muster_store::Error::{LastAdministrator, NameTaken, TooManyTokens};
        match error {
            NameTaken(name) => Problem::NameTaken { name }.into(),
            LastAdministrator => Problem::LastAdministrator.into(),
            TooManyTokens(limit) => Problem::TooManyTokens { limit }.into(),
            error => Self::internal(&error),
        }
    }
}

impl From<anyhow::Error> for ApiError {
    fn from(error: anyhow::Error) -> Self {
        if error.is::<Busy>() {
            Problem::TooManySignIns.into()
        } else {
            Self::internal(&format_args!("{error:#}").to_string())
        }
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        from_rejection(
            rejection.status(),
            rejection.body_text(),
            "application/json",
        )
    }
}

impl From<FormRejection> for ApiError {
    fn from(rejection: FormRejection) -> Self {
        let expected = "application/x-www-form-urlencoded";
        from_rejection(rejection.status(), rejection.body_text(), expected)
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        let detail = rejection.body_text();
        Problem::InvalidRequest { detail }.into()
    }
}

fn from_rejection(status: StatusCode, detail: String, expected: &str) -> ApiError {
    match status {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::WrongContentType {
            expected: expected.to_owned(),
        },
        StatusCode::PAYLOAD_TOO_LARGE => Problem::RequestTooLarge,
        _ => Problem::InvalidRequest { detail },
    }
    .into()
}

/// Paths have no other parameter than the number of a computer.
impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        Problem::ComputerNotFound.into()
    }
}
