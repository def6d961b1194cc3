//! One's own sessions and API tokens, and all accounts.

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

/// The answer to a change.
#[derive(Serialize, ToSchema)]
pub struct PeopleDone {
    /// What was done, in English.
    message: String,
}

impl PeopleDone {
    fn answer(message: impl Into<String>) -> axum::Json<Self> {
        axum::Json(Self {
            message: message.into(),
        })
    }
}
