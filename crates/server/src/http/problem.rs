//! Why the server refuses a request: a code with parameters, and the same in English.
//!
//! The API sends both, see [`ErrorBody`](super::error::ErrorBody). The dashboard shows its own text for a code, and
//! the English text for a code that it does not know.

use crate::people::accounts::{Busy, PasswordError};
use crate::people::labels::LabelError;
use crate::poll::address::TargetError;
use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};
use strum::{IntoStaticStr, VariantNames};
use thiserror::Error;

/// Why a request is refused. `HostHeader` has the code `host_header`, and so on.
#[derive(Clone, Debug, Error, PartialEq, Eq, Serialize, IntoStaticStr, VariantNames)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Problem {
    // The request itself.
    /// The body, the query or the path cannot be parsed; `detail` is English.
    #[error("{detail}")]
    InvalidRequest { detail: String },
    #[error("{name} must be {expected}.")]
    InvalidValue { name: String, expected: String },
    #[error("Send the body with Content-Type: {expected}.")]
    WrongContentType { expected: String },
    #[error("The request body is too large.")]
    RequestTooLarge,
    #[error("The request must have exactly one Host header.")]
    HostHeader,
    #[error("The API has no such address. /api/openapi.json lists all addresses.")]
    AddressNotFound,
    #[error("This address does not support that method.")]
    MethodNotAllowed,
    #[error("This port speaks TLS: open it with https:// in its address.")]
    TlsRequired,
    #[error("This change was sent from another site. Open the dashboard itself and try again.")]
    SentFromAnotherSite,

    // The server.
    #[error("The server failed. Its log says why.")]
    ServerFailed,
    #[error("The server is starting. Try again in a moment.")]
    ServerStarting,
    #[error("This took longer than {seconds} s. Try again, or ask for less.")]
    TimedOut { seconds: u64 },

    // Signing in and rights.
    #[error("Sign in first, or send Authorization: Bearer with a token.")]
    NotSignedIn,
    #[error("This account has the default password: change it first, at /change_password.")]
    MustChangePassword,
    #[error("Only an administrator may do this.")]
    AdministratorsOnly,
    #[error("This token is read-only: it cannot change anything.")]
    TokenReadOnly,
    #[error("An API token cannot do this: sign in with a browser.")]
    BrowserOnly,
    #[error("Wrong user name or password.")]
    WrongCredentials,
    #[error("Too many failed attempts. Try again in {minutes} min.")]
    TooManyFailedSignIns { minutes: u64 },
    #[error("{}", Busy)]
    TooManySignIns,
    #[error("Another site asked to sign you out. Sign out on the dashboard itself.")]
    SignOutFromAnotherSite,

    // Passwords.
    #[error("The current password is wrong.")]
    WrongCurrentPassword,
    #[error("The two new passwords differ.")]
    PasswordsDiffer,
    #[error("{}", PasswordError::Short)]
    PasswordTooShort,
    #[error("{}", PasswordError::Long)]
    PasswordTooLong,
    #[error("{}", PasswordError::Default)]
    PasswordIsDefault,
    #[error("The password was changed in the meantime: sign in again.")]
    PasswordChangedMeanwhile,

    // Accounts, sessions and tokens.
    #[error("{}", PasswordError::Username)]
    InvalidUsername,
    #[error("There is no such account.")]
    AccountNotFound,
    #[error("This is the last administrator: make another account administrator first.")]
    LastAdministrator,
    #[error("This session has already ended.")]
    SessionNotFound,
    #[error("This token no longer exists.")]
    TokenNotFound,
    #[error("There are {limit} tokens already: revoke one that is no longer used.")]
    TooManyTokens { limit: u32 },

    // Computers. The first two are the Flask server's sentences, which scripts may compare.
    #[error("Missing required fields")]
    MissingFields,
    #[error("Computer not found")]
    ComputerNotFound,
    #[error("Give at least one of {}.", .fields.join(", "))]
    NothingToChange { fields: Vec<&'static str> },
    #[error("The name \"{name}\" is taken.")]
    NameTaken { name: String },
    #[error("The names in the path and in the body differ: omit the one in the body.")]
    NamesDiffer,
    #[error("The new address has another host or port, or no TLS: give its agent's token too.")]
    TokenRequired,
    #[error("{}", LabelError::Name)]
    InvalidName,
    #[error("{}", sentence(&TargetError::NotAUrl))]
    AddressNotAUrl,
    #[error("{}", sentence(&TargetError::Scheme))]
    AddressScheme,
    #[error("{}", sentence(&TargetError::Excess))]
    AddressExcess,
    #[error("{}", sentence(&TargetError::Long))]
    AddressTooLong,
    #[error("{}", sentence(&TargetError::Line))]
    MusterLineIncomplete,
    #[error("{}", sentence(&TargetError::Token))]
    InvalidToken,
    #[error("{}", sentence(&TargetError::Fingerprint))]
    InvalidFingerprint,
    #[error("{}", sentence(&TargetError::PinWithoutTls))]
    PinWithoutTls,
    #[error("{}", LabelError::Tag(tag.clone()))]
    InvalidTag { tag: String },
    #[error("{}", LabelError::Many)]
    TooManyTags,
    #[error("{}", LabelError::Note)]
    InvalidNote,
    #[error(
        "Too many connection tests: {account_limit} a minute for one account, {total_limit} for all together. \
         Try again in {seconds} s."
    )]
    TooManyTests {
        account_limit: usize,
        total_limit: usize,
        seconds: u64,
    },
}

impl Problem {
    /// Every code.
    pub const CODES: &'static [&'static str] = <Self as VariantNames>::VARIANTS;

    /// A parameter or field that has another value than it must have. The sentence is `NAME must be EXPECTED.`
    pub fn invalid_value(name: &str, expected: impl Into<String>) -> Self {
        Self::InvalidValue {
            name: name.to_owned(),
            expected: expected.into(),
        }
    }

    /// The code, such as `computer_not_found`.
    pub fn code(&self) -> &'static str {
        self.into()
    }

    /// The parameters as a JSON object; empty for codes without any.
    pub fn params(&self) -> Map<String, Value> {
        params_of(self)
    }

    /// The status that the API answers with. The form pages show some problems with 200 instead, as the Flask server
    /// did.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotSignedIn | Self::PasswordChangedMeanwhile | Self::WrongCredentials => {
                StatusCode::UNAUTHORIZED
            }
            Self::MustChangePassword
            | Self::AdministratorsOnly
            | Self::TokenReadOnly
            | Self::BrowserOnly
            | Self::SentFromAnotherSite
            | Self::SignOutFromAnotherSite => StatusCode::FORBIDDEN,
            Self::AddressNotFound
            | Self::ComputerNotFound
            | Self::AccountNotFound
            | Self::SessionNotFound
            | Self::TokenNotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NameTaken { .. } | Self::LastAdministrator | Self::TooManyTokens { .. } => {
                StatusCode::CONFLICT
            }
            Self::RequestTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::WrongContentType { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooManyFailedSignIns { .. } | Self::TooManyTests { .. } => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Self::ServerFailed => StatusCode::INTERNAL_SERVER_ERROR,
            Self::ServerStarting | Self::TimedOut { .. } | Self::TooManySignIns => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

impl From<LabelError> for Problem {
    fn from(error: LabelError) -> Self {
        match error {
            LabelError::Name => Self::InvalidName,
            LabelError::Tag(tag) => Self::InvalidTag { tag },
            LabelError::Many => Self::TooManyTags,
            LabelError::Note => Self::InvalidNote,
        }
    }
}

impl From<TargetError> for Problem {
    fn from(error: TargetError) -> Self {
        match error {
            TargetError::NotAUrl => Self::AddressNotAUrl,
            TargetError::Scheme => Self::AddressScheme,
            TargetError::Line => Self::MusterLineIncomplete,
            TargetError::Fingerprint => Self::InvalidFingerprint,
            TargetError::PinWithoutTls => Self::PinWithoutTls,
            TargetError::Excess => Self::AddressExcess,
            TargetError::Long => Self::AddressTooLong,
            TargetError::Token => Self::InvalidToken,
        }
    }
}

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Short => Self::PasswordTooShort,
            PasswordError::Long => Self::PasswordTooLong,
            PasswordError::Default => Self::PasswordIsDefault,
            PasswordError::Username => Self::InvalidUsername,
        }
    }
}

/// The parameters of an enum that is serialized as `{"code": …, "params": {…}}`.
pub fn params_of(value: &impl Serialize) -> Map<String, Value> {
    let whole = serde_json::to_value(value).unwrap_or_default();
    match whole.get("params") {
        Some(Value::Object(params)) => params.clone(),
        _ => Map::new(),
    }
}

/// The command line shows these errors after a colon; as an answer of the API they begin with a capital letter.
fn sentence(error: &TargetError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => format!("{}{}", first.to_uppercase(), letters.as_str()),
        None => text,
    }
}

#[cfg(test)]
mod tests;
