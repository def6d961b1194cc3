use super::*;
use std::collections::BTreeSet;

/// One of each.
fn all() -> Vec<Problem> {
    let text = || "x".to_owned();
    vec![
        Problem::InvalidRequest { detail: text() },
        Problem::invalid_value("points", "a whole number"),
        Problem::WrongContentType { expected: text() },
        Problem::RequestTooLarge,
        Problem::HostHeader,
        Problem::AddressNotFound,
        Problem::MethodNotAllowed,
        Problem::TlsRequired,
        Problem::SentFromAnotherSite,
        Problem::ServerFailed,
        Problem::ServerStarting,
        Problem::TimedOut { seconds: 30 },
        Problem::NotSignedIn,
        Problem::MustChangePassword,
        Problem::AdministratorsOnly,
        Problem::TokenReadOnly,
        Problem::BrowserOnly,
        Problem::WrongCredentials,
        Problem::TooManyFailedSignIns { minutes: 15 },
        Problem::TooManySignIns,
        Problem::SignOutFromAnotherSite,
        Problem::WrongCurrentPassword,
        Problem::PasswordsDiffer,
        Problem::PasswordTooShort,
        Problem::PasswordTooLong,
        Problem::PasswordIsDefault,
        Problem::PasswordChangedMeanwhile,
        Problem::InvalidUsername,
        Problem::AccountNotFound,
        Problem::LastAdministrator,
        Problem::SessionNotFound,
        Problem::TokenNotFound,
        Problem::TooManyTokens { limit: 100 },
        Problem::MissingFields,
        Problem::ComputerNotFound,
        Problem::NothingToChange {
            fields: vec!["role", "password"],
        },
        Problem::NameTaken { name: text() },
        Problem::NamesDiffer,
        Problem::TokenRequired,
        Problem::InvalidName,
        Problem::AddressNotAUrl,
        Problem::AddressScheme,
        Problem::AddressExcess,
        Problem::AddressTooLong,
        Problem::MusterLineIncomplete,
        Problem::InvalidToken,
        Problem::InvalidFingerprint,
        Problem::PinWithoutTls,
        Problem::InvalidTag { tag: text() },
        Problem::TooManyTags,
        Problem::InvalidNote,
        Problem::TooManyTests {
            account_limit: 10,
            total_limit: 30,
            seconds: 7,
        },
    ]
}

#[test]
fn every_code_has_a_sentence_of_its_own() {
    let problems = all();
    let codes: Vec<&str> = problems.iter().map(Problem::code).collect();
    assert_eq!(codes, Problem::CODES);
    let texts: BTreeSet<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), Problem::CODES.len());
    for problem in &problems {
        let text = problem.to_string();
        assert!(!text.is_empty() && !text.contains(['{', '}']), "{text}");
        let sent = serde_json::to_value(problem).unwrap();
        assert_eq!(sent["code"], problem.code());
        assert!(problem.status().as_u16() >= 400, "{text}");
    }
}

#[test]
fn parameters_are_an_object() {
    assert!(Problem::ComputerNotFound.params().is_empty());
    let wait = Problem::TimedOut { seconds: 30 };
    assert_eq!(
        Value::Object(wait.params()).to_string(),
        r#"{"seconds":30}"#
    );
    let nothing = Problem::NothingToChange {
        fields: vec!["role", "password"],
    };
    assert_eq!(nothing.to_string(), "Give at least one of role, password.");
}
