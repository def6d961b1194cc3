//! What can be done, in exact words, and what is said of it.

use crate::poll::address::is_unseen;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Characters of a subject, at most.
const MAX_SUBJECT: usize = 100;
/// Characters of an address or a sentence, at most.
const MAX_TEXT: usize = 300;

macro_rules! actions {
    ($($name:ident $word:literal $about:literal,)+) => {
        /// What somebody did.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Action {
            $(#[doc = $about] $name,)+
        }

        impl Action {
            /// The word in the database and in the API.
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
    SignInFailed "sign_in_failed" "Failed to, or gave a wrong current password; the subject is the name that was tried.",
    SignedOut "signed_out" "Signed out.",
    PasswordChanged "password_changed" "Changed their own password.",
    PasswordSet "password_set" "Set somebody's password.",
    AccountAdded "account_added" "Made an account.",
    RoleChanged "role_changed" "Gave an account another role.",
    AccountRemoved "account_removed" "Removed an account.",
    SessionEnded "session_ended" "Ended one of the own sessions; the subject is its address.",
    OtherSessionsEnded "other_sessions_ended" "Ended all of the own sessions but one.",
    TokenMade "token_made" "Made an API token.",
    TokenRevoked "token_revoked" "Revoked one.",
    ComputerAdded "computer_added" "Added a computer.",
    ComputerChanged "computer_changed" "Changed one.",
    ComputerRemoved "computer_removed" "Removed one.",
    ComputerRestored "computer_restored" "Brought a removed one back.",
    ConnectionTested "connection_tested" "Tried an address; the subject is it.",
}

/// From what to what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// What it was; none for what is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What it is since.
    pub to: String,
}

impl Change {
    /// What is new.
    pub fn to(to: &str) -> Self {
        Self {
            from: None,
            to: clean(to, MAX_TEXT),
        }
    }

    /// What was something else, where it was.
    pub fn between(from: &str, to: Option<&str>) -> Option<Self> {
        let to = to.filter(|&to| to != from)?;
        let from = Some(clean(from, MAX_TEXT));
        Some(Self {
            from,
            ..Self::to(to)
        })
    }
}

/// What is said of a deed beside its subject. Nothing in it is secret: of a token it says that it changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Detail {
    /// The role that an account was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// What an API token may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<String>,
    /// So many more of the same in one hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// What came of it: `ok`, or why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// A computer's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Change>,
    /// A computer's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<Change>,
    /// What else changed: `token`, `tags`, `note`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
}

impl Detail {
    /// The role that an account was given.
    #[must_use]
    pub fn role(role: muster_store::Role) -> Self {
        Self {
            role: Some(role.as_str().to_owned()),
            ..Self::default()
        }
    }

    /// What came of it.
    #[must_use]
    pub fn result(sentence: &str) -> Self {
        Self {
            result: Some(clean(sentence, MAX_TEXT)),
            ..Self::default()
        }
    }

    /// A computer's address.
    #[must_use]
    pub fn url(url: &str) -> Self {
        Self {
            url: Some(Change::to(url)),
            ..Self::default()
        }
    }
}

/// Something that was done.
#[derive(Clone, Debug)]
pub struct Deed {
    pub(super) action: Action,
    pub(super) subject: Option<String>,
    detail: Option<Detail>,
}

impl Deed {
    /// What was done.
    #[must_use]
    pub fn of(action: Action) -> Self {
        Self {
            action,
            subject: None,
            detail: None,
        }
    }

    /// To what. It may have come from anybody.
    #[must_use]
    pub fn on(self, subject: &str) -> Self {
        Self {
            subject: Some(clean(subject, MAX_SUBJECT)),
            ..self
        }
    }

    /// More of it.
    #[must_use]
    pub fn with(self, detail: Detail) -> Self {
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

/// Cut, and without what nobody would see.
fn clean(text: &str, characters: usize) -> String {
    let seen = |letter| match is_unseen(letter) {
        true => '\u{FFFD}',
        false => letter,
    };
    text.chars().take(characters).map(seen).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_may_send_is_cut_and_cleaned() {
        let deed = Deed::of(Action::SignInFailed).on(&format!("a\n\u{202e}{}", "b".repeat(1_000)));
        let subject = deed.subject.unwrap();
        assert!(subject.starts_with("a\u{FFFD}\u{FFFD}b"));
        assert_eq!(subject.chars().count(), MAX_SUBJECT);
    }

    #[test]
    fn a_detail_says_what_there_is_and_nothing_else() {
        let detail = Detail {
            url: Change::between("http://a", Some("http://b")),
            name: Change::between("same", Some("same")),
            changed: vec!["token".to_owned()],
            ..Detail::default()
        };
        let written = Deed::of(Action::ComputerChanged)
            .with(detail.clone())
            .written_detail();
        let expected = r#"{"url":{"from":"http://a","to":"http://b"},"changed":["token"]}"#;
        assert_eq!(written.as_deref(), Some(expected));
        assert_eq!(serde_json::from_str::<Detail>(expected).unwrap(), detail);
    }
}
