//! People: one's own sessions and tokens, and everybody's accounts.

mod accounts;
mod sessions;
mod tokens;

pub use accounts::{
    __path_accounts, __path_add_account, __path_change_account, __path_remove_account, accounts,
    add_account, change_account, remove_account,
};
pub use sessions::{
    __path_end_other_sessions, __path_end_session, __path_sessions, end_other_sessions,
    end_session, sessions,
};
pub use tokens::{
    __path_add_token, __path_revoke_token, __path_tokens, add_token, revoke_token, tokens,
};

use serde::Serialize;
use utoipa::ToSchema;

/// Done.
#[derive(Serialize, ToSchema)]
pub struct PeopleDone {
    message: String,
}

impl PeopleDone {
    fn of(message: impl Into<String>) -> axum::Json<Self> {
        axum::Json(Self {
            message: message.into(),
        })
    }
}
