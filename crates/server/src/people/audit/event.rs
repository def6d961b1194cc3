//! The events of the audit log, and their details.

use crate::people::text::is_invisible;
use crate::text::reason_text;
use muster_store::Reason;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Maximum length of a subject, in characters.
const MAX_SUBJECT: usize = 100;
/// Maximum length of an address or a sentence, in characters.
const MAX_TEXT: usize = 300;

macro_rules! actions {
    ($($name:ident $word:literal $about:literal,)+) => {
        /// What somebody did.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Action {
            $(#[doc = $about] $name,)+
        }

        impl Action {
            /// The name in the database and in the API.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}

actions! {
    SignedIn "signed_in" "Signed in.",
    SignInFailed "sign_in_failed" "A failed login, or a wrong current password; the subject is the user name as entered.",
    SignedOut "signed_out" "Signed out.",
    PasswordChanged "password_changed" "Changed the own password.",
    PasswordSet "password_set" "Set the password of another account.",
    AccountAdded "account_added" "Added an account.",
    RoleChanged "role_changed" "Changed the role of an account.",
    AccountRemoved "account_removed" "Removed an account.",
    SessionEnded "session_ended" "Ended one of the own sessions; the subject is its address.",
    OtherSessionsEnded "other_sessions_ended" "Ended all of the own sessions except the current one.",
    TokenMade "token_made" "Created an API token.",
    TokenRevoked "token_revoked" "Revoked an API token.",
    ComputerAdded "computer_added" "Added a computer.",
    ComputerChanged "computer_changed" "Changed a computer.",
    ComputerRemoved "computer_removed" "Removed a computer.",
    ComputerRestored "computer_restored" "Restored a removed computer.",
    ConnectionTested "connection_tested" "Tested the connection to an address, which is the subject.",
}

/// A changed value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// The old value; absent if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub from: Option<String>,
    /// The new value.
    pub to: String,
}

impl Change {
    /// A value that is new.
    pub fn to(to: &str) -> Self {
        Self {
            from: None,
            to: clean(to, MAX_TEXT),
        }
    }

    /// The change, if the value changes.
    pub fn between(from: &str, to: Option<&str>) -> Option<Self> {
        let to = to.filter(|&to| to != from)?;
        let from = Some(clean(from, MAX_TEXT));
        Some(Self {
            from,
            ..Self::to(to)
        })
    }
}

/// Details of an event besides its subject. They contain no secrets: of a token only that it changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Detail {
    /// The role given to an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub role: Option<String>,
    /// The access of an API token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub access: Option<String>,
    /// How many more of the same event there were within an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub count: Option<u64>,
    /// The result: `ok`, or what failed, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub result: Option<String>,
    /// The code of the reason, if it failed; absent in entries of earlier versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub result_code: Option<String>,
    /// The parameters of the code.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub result_params: Map<String, Value>,
    /// The name of a computer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<Change>,
    /// The address of a computer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub url: Option<Change>,
    /// Other fields that changed: `token`, `tags`, `note`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
}

impl Detail {
    /// The role given to an account.
    #[must_use]
    pub fn role(role: muster_store::Role) -> Self {
        Self {
            role: Some(role.as_str().to_owned()),
            ..Self::default()
        }
    }

    /// A success.
    #[must_use]
    pub fn ok() -> Self {
        Self {
            result: Some("ok".to_owned()),
            ..Self::default()
        }
    }

    /// A failure, in English and as a code.
    #[must_use]
    pub fn failed(reason: &Reason) -> Self {
        let mut params = reason.params();
        for value in params.values_mut() {
            if let Value::String(text) = value {
                *text = clean(text, MAX_TEXT);
            }
        }
        Self {
            result: Some(clean(&reason_text(reason), MAX_TEXT)),
            result_code: Some(reason.code().to_owned()),
            result_params: params,
            ..Self::default()
        }
    }

    /// The address of a computer.
    #[must_use]
    pub fn url(url: &str) -> Self {
        Self {
            url: Some(Change::to(url)),
            ..Self::default()
        }
    }
}

/// An event of the audit log.
#[derive(Clone, Debug)]
pub struct AuditEvent {
    pub(super) action: Action,
    pub(super) subject: Option<String>,
    detail: Option<Detail>,
}

impl AuditEvent {
    /// Creates an event.
    #[must_use]
    pub fn new(action: Action) -> Self {
        Self {
            action,
            subject: None,
            detail: None,
        }
    }

    /// Sets what the action was applied to. It may be untrusted input.
    #[must_use]
    pub fn on_subject(self, subject: &str) -> Self {
        Self {
            subject: Some(clean(subject, MAX_SUBJECT)),
            ..self
        }
    }

    /// Adds details.
    #[must_use]
    pub fn with_detail(self, detail: Detail) -> Self {
        Self {
            detail: Some(detail),
            ..self
        }
    }

    pub(super) fn written_detail(&self) -> Option<String> {
        let detail = self.detail.as_ref()?;
        serde_json::to_string(detail).ok()
    }
}

/// Truncates a text and replaces invisible characters.
fn clean(text: &str, characters: usize) -> String {
    let seen = |letter| {
        if is_invisible(letter) {
            '\u{FFFD}'
        } else {
            letter
        }
    };
    text.chars().take(characters).map(seen).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untrusted_text_is_truncated_and_cleaned() {
        let event = AuditEvent::new(Action::SignInFailed)
            .on_subject(&format!("a\n\u{202e}{}", "b".repeat(1_000)));
        let subject = event.subject.unwrap();
        assert!(subject.starts_with("a\u{FFFD}\u{FFFD}b"));
        assert_eq!(subject.chars().count(), MAX_SUBJECT);
    }

    #[test]
    fn a_detail_has_only_the_fields_that_are_set() {
        let detail = Detail {
            url: Change::between("http://a", Some("http://b")),
            name: Change::between("same", Some("same")),
            changed: vec!["token".to_owned()],
            ..Detail::default()
        };
        let written = AuditEvent::new(Action::ComputerChanged)
            .with_detail(detail.clone())
            .written_detail();
        let expected = r#"{"url":{"from":"http://a","to":"http://b"},"changed":["token"]}"#;
        assert_eq!(written.as_deref(), Some(expected));
        assert_eq!(serde_json::from_str::<Detail>(expected).unwrap(), detail);
    }
}
