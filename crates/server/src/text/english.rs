//! Reasons and conditions in English.

use muster_store::{AddressProblem, Assessment, Condition, Evidence, Measurement, Reason, Trouble};

/// A reason as a phrase that follows a colon: `down: connection refused`.
#[must_use]
pub fn reason_text(reason: &Reason) -> String {
    poll_failure(reason)
        .or_else(|| tls_failure(reason))
        .or_else(|| gap(reason))
        .or_else(|| cause(reason))
        .unwrap_or_default()
}

fn poll_failure(reason: &Reason) -> Option<String> {
    Some(match reason {
        Reason::NameNotResolved { name } => format!("the name \"{name}\" could not be resolved"),
        Reason::AddressDenied { address } => {
            format!("this server may not connect to {address} (--deny-targets)")
        }
        Reason::ConnectionRefused => "connection refused".into(),
        Reason::NoRoute => "no route to the computer".into(),
        Reason::OutOfDescriptors => {
            "this server may not open more files: raise its limit (ulimit -n)".into()
        }
        Reason::ConnectFailed { detail } => format!("could not connect: {detail}"),
        Reason::ConnectTimeout { seconds } => format!("no connection within {seconds} s"),
        Reason::AnswerTimeout { seconds } => format!("no answer within {seconds} s"),
        Reason::ConnectionBroken { detail } => with_detail("the connection broke", detail.as_ref()),
        Reason::NotHttp => "what listens there does not speak HTTP".into(),
        Reason::AnswerTooLarge { limit_bytes } => {
            format!("answered more than {} MiB", limit_bytes >> 20)
        }
        Reason::WrongToken => "wrong token".into(),
        Reason::HttpStatus { status, phrase } => http_status(*status, phrase),
        Reason::NotSystemInfo { detail } => {
            with_detail("answered something that is not system information", detail.as_ref())
        }
        Reason::NotPolled => "not polled: only its history was left in the database".into(),
        Reason::InvalidAddress { problem } => address_problem(*problem).into(),
        Reason::InvalidToken => {
            "the token must have 1 to 512 printable ASCII characters, and no spaces".into()
        }
        Reason::InvalidCertificate => {
            "the pinned certificate must be a SHA-256 fingerprint of 64 hexadecimal digits, and the address must start with https://"
                .into()
        }
        _ => return None,
    })
}

fn with_detail(what: &str, detail: Option<&String>) -> String {
    match detail {
        Some(detail) => format!("{what}: {detail}"),
        None => what.to_owned(),
    }
}

fn http_status(status: u16, phrase: &str) -> String {
    let answered = format!("answered {status} {phrase}");
    let answered = answered.trim_end();
    match status {
        400 => format!(
            "{answered}: an agent that answers TLS alone does so where its address begins with http:// (its muster:// line has the right one)"
        ),
        404 => format!("{answered}: something else than an agent listens at this address"),
        500 => format!("{answered}: the FastAPI client does so for a wrong token"),
        300..=303 | 305..=399 => {
            format!("{answered}: redirects are not followed, give the address they lead to")
        }
        _ => answered.to_owned(),
    }
}

fn address_problem(problem: AddressProblem) -> &'static str {
    match problem {
        AddressProblem::NotAUrl => "the address must look like http://host:port",
        AddressProblem::Scheme => "the address must start with http:// or https://",
        AddressProblem::Excess => {
            "the address may have a host, a port and a path, but no user, no ?query and no #fragment"
        }
        AddressProblem::TooLong => "the address is longer than 2,048 characters",
    }
}

fn tls_failure(reason: &Reason) -> Option<String> {
    Some(match reason {
        Reason::TlsFailed { detail } => format!("TLS failed: {detail}"),
        Reason::TlsNotSpoken => {
            "TLS failed: what listens there does not speak TLS: try http:// in place of https://"
                .into()
        }
        Reason::CertificateExpired => "TLS failed: its certificate has expired".into(),
        Reason::CertificateWrongName => {
            "TLS failed: its certificate is for another name than the one in the address".into()
        }
        Reason::CertificateUntrusted { detail } => format!(
            "TLS failed: its certificate is not trusted by this server's operating system ({detail})"
        ),
        Reason::CertificateChanged { expected, found } => format!(
            "its certificate changed: expected SHA-256 {expected}, found {found}; if the agent was set up anew, take the new one over, else somebody may be intercepting the connection"
        ),
        _ => return None,
    })
}

fn gap(reason: &Reason) -> Option<String> {
    Some(match reason {
        Reason::NotYetAdded => "not yet added".into(),
        Reason::ServerNotRunning => "the server was not running".into(),
        Reason::ServerBlind {
            failing: Some(failing),
            of: Some(of),
        } => format!("this server could not see: {failing} of {of} computers failed at once"),
        Reason::ServerBlind { .. } => "this server could not see".into(),
        Reason::HistoryDamaged => {
            "what is stored of this time is damaged: see `muster verify`".into()
        }
        Reason::RemovedAndRestored => "it was removed, and brought back later".into(),
        Reason::Unknown => "no answer was stored, and nobody knows why".into(),
        Reason::Text { text } => text.clone(),
        _ => return None,
    })
}

fn cause(reason: &Reason) -> Option<String> {
    Some(match reason {
        Reason::Rebooted(evidence) => with_evidence("rebooted", evidence),
        Reason::RebootedCleanly(evidence) => with_evidence("rebooted, cleanly", evidence),
        Reason::RebootedUncleanly(evidence) => with_evidence("rebooted, uncleanly", evidence),
        Reason::AgentCrashed(evidence) => {
            with_evidence("the agent crashed or was killed", evidence)
        }
        Reason::AgentStopped => "the agent was stopped, and started again".into(),
        Reason::AgentRestarted => "the agent was started anew".into(),
        Reason::NetworkFailed { reason } => format!(
            "the computer ran on, the network failed: {}",
            reason_text(reason)
        ),
        _ => return None,
    })
}

fn with_evidence(what: &str, evidence: &Evidence) -> String {
    let mut text = what.to_owned();
    if let Some(percent) = evidence.memory_percent {
        text += &format!("; memory was at {percent} % before");
    }
    if let Some(name) = &evidence.busiest {
        text += &format!("; busiest process {name}");
    }
    text
}

/// A condition for a list: `needs attention: CPU 97 %, disk / 93 %`.
#[must_use]
pub fn condition_text(assessment: &Assessment) -> String {
    let word = match assessment.condition {
        Condition::Down => "down",
        Condition::NeedsAttention => "needs attention",
        Condition::Late => "late",
        Condition::Waiting => "waiting",
        Condition::Healthy => "healthy",
        Condition::NotPolled => "not polled",
    };
    if assessment.condition != Condition::NeedsAttention {
        return word.to_owned();
    }
    let troubles: Vec<String> = assessment.troubles.iter().map(trouble_text).collect();
    format!("{word}: {}", troubles.join(", "))
}

fn trouble_text(trouble: &Trouble) -> String {
    let instance = trouble.instance.as_deref().unwrap_or_default();
    let value = trouble.value;
    let text = match trouble.measurement {
        Measurement::Cpu => format!("CPU {value:.0} %"),
        Measurement::Memory => format!("memory {value:.0} %"),
        Measurement::Disk => format!("disk {instance} {value:.0} %"),
        Measurement::DiskFilling => format!("disk {instance} full in {value:.0} h"),
    };
    text.replace("  ", " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_text() {
        for &code in Reason::CODES {
            let bare = format!("{{\"code\":\"{code}\"}}");
            let named = format!(
                "{{\"code\":\"{code}\",\"params\":{{\"name\":\"n\",\"address\":\"a\",\"detail\":\"d\",\"seconds\":4,\
                 \"expected\":\"e\",\"found\":\"f\",\"limit_bytes\":1048576,\"status\":503,\"phrase\":\"p\",\
                 \"problem\":\"scheme\",\"text\":\"t\",\"reason\":{{\"code\":\"no_route\"}}}}}}"
            );
            let reason = serde_json::from_str(&bare).or_else(|_| serde_json::from_str(&named));
            let reason: Reason = reason.unwrap();
            assert_eq!(reason.code(), code);
            assert_ne!(reason_text(&reason), "", "{code}");
        }
    }

    #[test]
    fn parameters_are_part_of_the_text() {
        let evidence = Evidence {
            memory_percent: Some(97),
            busiest: Some("java".into()),
        };
        let cases = [
            (
                Reason::AnswerTimeout { seconds: 10 },
                "no answer within 10 s",
            ),
            (
                Reason::RebootedUncleanly(evidence),
                "rebooted, uncleanly; memory was at 97 % before; busiest process java",
            ),
            (
                Reason::NetworkFailed {
                    reason: Box::new(Reason::ConnectionBroken { detail: None }),
                },
                "the computer ran on, the network failed: the connection broke",
            ),
            (
                Reason::HttpStatus {
                    status: 302,
                    phrase: "Found".into(),
                },
                "answered 302 Found: redirects are not followed, give the address they lead to",
            ),
        ];
        for (reason, text) in cases {
            assert_eq!(reason_text(&reason), text);
        }
    }

    #[test]
    fn a_condition_names_what_needs_attention() {
        let assessment = Assessment {
            condition: Condition::NeedsAttention,
            troubles: vec![
                Trouble {
                    measurement: Measurement::Cpu,
                    value: 96.6,
                    limit: 95.0,
                    instance: None,
                },
                Trouble {
                    measurement: Measurement::Disk,
                    value: 93.0,
                    limit: 90.0,
                    instance: Some("/".into()),
                },
            ],
            filling: None,
        };
        assert_eq!(
            condition_text(&assessment),
            "needs attention: CPU 97 %, disk / 93 %"
        );
        assert_eq!(condition_text(&Assessment::default()), "waiting");
    }
}
