//! Converts the English sentences that earlier versions stored as reasons into data, once, when a database is
//! upgraded. Nothing else looks into a sentence.

use super::row;
use crate::reason::{AddressProblem, Evidence, Reason};
use sqlx::SqliteConnection;

/// Rows read and rewritten at a time.
const ROWS: usize = 1_000;

/// Converts every reason in `computers` and `events`, in the transaction of the schema step that renamed the column.
pub(super) async fn convert_all(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    convert(
        connection,
        "SELECT id, reason FROM computers WHERE reason IS NOT NULL AND id > ? ORDER BY id LIMIT ?",
        "UPDATE computers SET reason = ? WHERE id = ?",
    )
    .await?;
    convert(
        connection,
        "SELECT id, reason FROM events WHERE reason IS NOT NULL AND id > ? ORDER BY id LIMIT ?",
        "UPDATE events SET reason = ? WHERE id = ?",
    )
    .await
}

async fn convert(
    connection: &mut SqliteConnection,
    select: &'static str,
    update: &'static str,
) -> sqlx::Result<()> {
    let mut last_id = i64::MIN;
    loop {
        let rows = sqlx::query(select)
            .bind(last_id)
            .bind(i64::try_from(ROWS).unwrap_or(i64::MAX))
            .fetch_all(&mut *connection)
            .await?;
        for row in &rows {
            last_id = row::integer(row, 0).unwrap_or(last_id);
            let reason =
                row::text(row, 1).map(|sentence| reason_from_sentence(&sentence).to_json());
            sqlx::query(update)
                .bind(reason)
                .bind(last_id)
                .execute(&mut *connection)
                .await?;
        }
        if rows.len() < ROWS {
            return Ok(());
        }
    }
}

/// The reason that a sentence of an earlier version stands for; `Text` where it is none of theirs.
fn reason_from_sentence(sentence: &str) -> Reason {
    fixed(sentence)
        .or_else(|| failed_poll(sentence))
        .or_else(|| tls(sentence))
        .or_else(|| blind(sentence))
        .or_else(|| cause(sentence))
        .unwrap_or_else(|| Reason::Text {
            text: sentence.to_owned(),
        })
}

/// Sentences without parameters.
fn fixed(sentence: &str) -> Option<Reason> {
    let invalid = |problem| Reason::InvalidAddress { problem };
    Some(match sentence {
        "connection refused" => Reason::ConnectionRefused,
        "no route to the computer" => Reason::NoRoute,
        "this server may not open more files: raise its limit (ulimit -n)" => {
            Reason::OutOfDescriptors
        }
        "the connection broke" => Reason::ConnectionBroken { detail: None },
        "what listens there does not speak HTTP" => Reason::NotHttp,
        "answered more than 1 MiB" => Reason::AnswerTooLarge {
            limit_bytes: 1 << 20,
        },
        "wrong token" => Reason::WrongToken,
        "answered something that is not system information" => {
            Reason::NotSystemInfo { detail: None }
        }
        "it was removed, and brought back later" => Reason::RemovedAndRestored,
        "the agent was stopped, and started again" => Reason::AgentStopped,
        "the agent was started anew" => Reason::AgentRestarted,
        "the address is not a URL: write it like http://box:8000" => {
            invalid(AddressProblem::NotAUrl)
        }
        "the address must begin with http:// or https://" => invalid(AddressProblem::Scheme),
        "the address must be host, port and perhaps a path: no user, no ?query, no #fragment" => {
            invalid(AddressProblem::Excess)
        }
        "the address is longer than 2,048 characters" => invalid(AddressProblem::TooLong),
        "the token must have 1 to 512 printable ASCII characters, none of them a space" => {
            Reason::InvalidToken
        }
        "the SHA-256 of a certificate must have 64 hexadecimal digits"
        | "a certificate can be pinned for an address that begins with https://, and for no other" => {
            Reason::InvalidCertificate
        }
        _ => return None,
    })
}

/// Polls that failed, with what is known of it.
fn failed_poll(sentence: &str) -> Option<Reason> {
    let after = |start: &str| sentence.strip_prefix(start);
    let between = |start: &str, end: &str| sentence.strip_prefix(start)?.strip_suffix(end);
    if let Some(name) = between("the name \"", "\" could not be resolved") {
        return Some(Reason::NameNotResolved { name: name.into() });
    }
    if let Some(address) = between("this server may not connect to ", " (--deny-targets)") {
        let address = address.into();
        return Some(Reason::AddressDenied { address });
    }
    if let Some(seconds) = between("no connection within ", " s").and_then(|s| s.parse().ok()) {
        return Some(Reason::ConnectTimeout { seconds });
    }
    if let Some(seconds) = between("no answer within ", " s").and_then(|s| s.parse().ok()) {
        return Some(Reason::AnswerTimeout { seconds });
    }
    if let Some(detail) = after("could not connect: ") {
        let detail = detail.into();
        return Some(Reason::ConnectFailed { detail });
    }
    if let Some(detail) = after("the connection broke: ") {
        let detail = Some(detail.into());
        return Some(Reason::ConnectionBroken { detail });
    }
    if let Some(detail) = after("answered something that is not system information: ") {
        let detail = Some(detail.into());
        return Some(Reason::NotSystemInfo { detail });
    }
    http_status(after("answered ")?)
}

/// `404 Not Found`, and for some statuses an explanation behind a colon.
fn http_status(answered: &str) -> Option<Reason> {
    let (status, phrase) = answered.split_once(' ').unwrap_or((answered, ""));
    let status = status
        .parse()
        .ok()
        .filter(|status| (100..1000).contains(status))?;
    let phrase = phrase.split_once(": ").map_or(phrase, |(phrase, _)| phrase);
    Some(Reason::HttpStatus {
        status,
        phrase: phrase.into(),
    })
}

fn tls(sentence: &str) -> Option<Reason> {
    if let Some(changed) = sentence.strip_prefix("its certificate changed: expected SHA-256 ") {
        let (expected, rest) = changed.split_once(", found ")?;
        let (found, _) = rest.split_once(';').unwrap_or((rest, ""));
        return Some(Reason::CertificateChanged {
            expected: expected.into(),
            found: found.into(),
        });
    }
    let problem = sentence.strip_prefix("TLS failed: ")?;
    let untrusted = problem
        .strip_prefix("its certificate is not trusted by this server's operating system (")
        .and_then(|detail| detail.strip_suffix(')'));
    Some(match (problem, untrusted) {
        (_, Some(detail)) => Reason::CertificateUntrusted {
            detail: detail.into(),
        },
        ("its certificate has expired", _) => Reason::CertificateExpired,
        ("its certificate is for another name than the one in the address", _) => {
            Reason::CertificateWrongName
        }
        ("what listens there does not speak TLS: try http:// in place of https://", _) => {
            Reason::TlsNotSpoken
        }
        (detail, None) => Reason::TlsFailed {
            detail: detail.into(),
        },
    })
}

/// `12 of 40 computers failed at once`.
fn blind(sentence: &str) -> Option<Reason> {
    let counts = sentence.strip_suffix(" computers failed at once")?;
    let (failing, of) = counts.split_once(" of ")?;
    Some(Reason::ServerBlind {
        failing: Some(failing.parse().ok()?),
        of: Some(of.parse().ok()?),
    })
}

/// Why a computer had been away; evidence follows behind semicolons.
fn cause(sentence: &str) -> Option<Reason> {
    if let Some(why) = sentence.strip_prefix("the computer ran on, the network failed: ") {
        let reason = Box::new(reason_from_sentence(why));
        return Some(Reason::NetworkFailed { reason });
    }
    let (what, seen) = sentence.split_once("; ").unwrap_or((sentence, ""));
    let what: fn(Evidence) -> Reason = match what {
        "rebooted" => Reason::Rebooted,
        "rebooted, cleanly" => Reason::RebootedCleanly,
        "rebooted, uncleanly" => Reason::RebootedUncleanly,
        "the agent crashed or was killed" => Reason::AgentCrashed,
        _ => return None,
    };
    Some(what(evidence(seen)?))
}

fn evidence(seen: &str) -> Option<Evidence> {
    let mut found = Evidence::default();
    let mut rest = seen;
    if let Some(memory) = rest.strip_prefix("memory was at ") {
        let (percent, more) = memory.split_once(" % before")?;
        found.memory_percent = Some(percent.parse().ok()?);
        rest = more.strip_prefix("; ").unwrap_or(more);
    }
    if let Some(name) = rest.strip_prefix("busiest process ") {
        found.busiest = Some(name.into());
        rest = "";
    }
    rest.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sentences of every version, and the reasons that they stand for.
    #[test]
    fn every_sentence_of_earlier_versions_has_its_code() {
        let expected = include_str!("sentences.txt");
        for line in expected.lines() {
            let (sentence, stored) = line.split_once(" => ").unwrap();
            assert_eq!(
                reason_from_sentence(sentence).to_json(),
                stored,
                "{sentence}"
            );
        }
        assert!(expected.lines().count() > 40);
    }

    #[test]
    fn what_is_no_sentence_of_ours_stays_text() {
        for odd in [
            "",
            "a script's own words",
            "answered by nobody",
            "rebooted, sideways",
            "memory was at 97 % before",
            "rebooted; and then something else",
        ] {
            let text = odd.to_owned();
            assert_eq!(reason_from_sentence(odd), Reason::Text { text });
        }
    }
}
