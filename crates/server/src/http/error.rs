//! What a request may fail with.
//!
//! Three steps: a library's error becomes a `?` in a controller; here it becomes a status and a sentence
//! for whoever asked; what is nobody's fault but ours is logged in full and told as little as possible.
//! A process ends for an error only at its start, in `main`.

use crate::people::accounts::Busy;
use axum::Json;
use axum::extract::rejection::{FormRejection, JsonRejection, PathRejection, QueryRejection};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// What happened and what to do, in one sentence.
    pub error: String,
}

/// A request that failed: a status and a sentence.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    pub(super) message: String,
    retry_after: Option<Duration>,
}

/// A controller's result.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            retry_after: None,
        }
    }

    pub fn retry_after(self, after: Duration) -> Self {
        Self {
            retry_after: Some(after),
            ..self
        }
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub fn no_computer() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Computer not found")
    }

    /// To be tried again after so long.
    pub fn after(self, wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            ..self
        }
    }

    pub fn busy(busy: &Busy) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, busy.to_string()).after(Duration::from_secs(3))
    }

    /// Our own fault: the log has it all, whoever asked learns that it was not theirs.
    pub fn internal(error: &(dyn std::fmt::Display + Sync)) -> Self {
        tracing::error!(%error, "a request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The server failed. Its log says why.",
        )
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Json(ErrorBody {
            error: self.message,
        });
        let mut response = (self.status, body).into_response();
        if let Some(after) = self.retry_after {
            set_retry_after(&mut response, after);
        }
        response
    }
}

/// Whole seconds, rounded up: who waits as long as told is let in.
pub fn set_retry_after(response: &mut Response, after: Duration) {
    let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
}

impl From<muster_store::Error> for ApiError {
    fn from(error: muster_store::Error) -> Self {
        use muster_store::Error::{LastAdministrator, NameTaken, TooManyTokens};
        match error {
            NameTaken(_) | LastAdministrator | TooManyTokens(_) => {
                Self::new(StatusCode::CONFLICT, error.to_string())
            }
            error => Self::internal(&error),
        }
    }
}

impl From<anyhow::Error> for ApiError {
    fn from(error: anyhow::Error) -> Self {
        match error.downcast_ref::<Busy>() {
            Some(busy) => Self::busy(busy),
            None => Self::internal(&format_args!("{error:#}").to_string()),
        }
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        match rejection {
            JsonRejection::MissingJsonContentType(_) => Self::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Send JSON, with Content-Type: application/json",
            ),
            JsonRejection::JsonDataError(error) => Self::bad_request(error.body_text()),
            rejection => Self::new(rejection.status(), rejection.body_text()),
        }
    }
}

impl From<FormRejection> for ApiError {
    fn from(rejection: FormRejection) -> Self {
        match rejection {
            FormRejection::FailedToDeserializeFormBody(error) => {
                Self::bad_request(error.body_text())
            }
            rejection => Self::new(rejection.status(), rejection.body_text()),
        }
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::bad_request(rejection.body_text())
    }
}

/// The only thing in a path is a computer's number.
impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        Self::no_computer()
    }
}
