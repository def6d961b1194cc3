//! Why something is as it is: a code with parameters. Text is made of it only where people read it.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

/// Why a computer is down, why samples are missing, or why a computer had been away.
///
/// Stored and sent as `{"code": "connect_timeout", "params": {"seconds": 4}}`. Codes are never reused for another
/// meaning, since databases keep them for years.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "each code says what its parameters are")]
pub enum Reason {
    // A poll failed on its way.
    /// The resolver has no address for the name.
    NameNotResolved { name: String },
    /// The operator denied this address (`--deny-targets`).
    AddressDenied { address: String },
    /// Nothing listens on the port.
    ConnectionRefused,
    /// The network has no route to the computer.
    NoRoute,
    /// The server has no file descriptor left for a connection.
    OutOfDescriptors,
    /// Connecting failed in another way.
    ConnectFailed { detail: String },
    /// Nothing accepted the connection in time.
    ConnectTimeout { seconds: u64 },
    /// The agent accepted the connection and did not answer in time.
    AnswerTimeout { seconds: u64 },
    /// The connection ended early, or what arrived is not an HTTP answer.
    ConnectionBroken {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        detail: Option<String>,
    },

    // TLS failed.
    /// The handshake failed.
    TlsFailed { detail: String },
    /// The other side does not speak TLS.
    TlsNotSpoken,
    /// The certificate has expired.
    CertificateExpired,
    /// The certificate is for another name.
    CertificateWrongName,
    /// The operating system does not trust the certificate.
    CertificateUntrusted { detail: String },
    /// Another certificate than the pinned one; both as shortened SHA-256.
    CertificateChanged { expected: String, found: String },

    // Something answered, but not as an agent should.
    /// The other side does not speak HTTP.
    NotHttp,
    /// The answer is larger than the server reads.
    AnswerTooLarge { limit_bytes: u64 },
    /// The agent refused the token.
    WrongToken,
    /// An HTTP status other than 200.
    HttpStatus { status: u16, phrase: String },
    /// The answer is not system information.
    NotSystemInfo {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        detail: Option<String>,
    },

    // The computer cannot be polled.
    /// Only its history is left in the database.
    NotPolled,
    /// Its address cannot be used.
    InvalidAddress { problem: AddressProblem },
    /// Its token cannot be sent.
    InvalidToken,
    /// Its pinned certificate cannot be read, or its address has no TLS.
    InvalidCertificate,

    // Samples are missing.
    /// The computer was added later.
    NotYetAdded,
    /// The server was not running.
    ServerNotRunning,
    /// The server itself could not reach its computers.
    ServerBlind {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failing: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<u64>,
    },
    /// The stored samples of that time are damaged.
    HistoryDamaged,
    /// The computer was removed and later restored.
    RemovedAndRestored,
    /// No event explains it.
    Unknown,

    // A computer answers again.
    /// It rebooted; whether cleanly is unknown.
    Rebooted(Evidence),
    /// It rebooted after its agent was stopped.
    RebootedCleanly(Evidence),
    /// It rebooted without warning.
    RebootedUncleanly(Evidence),
    /// Its agent crashed or was killed.
    AgentCrashed(Evidence),
    /// Its agent was stopped and started again.
    AgentStopped,
    /// Its agent was restarted; how it ended is unknown.
    AgentRestarted,
    /// Computer and agent kept running; only the network failed.
    NetworkFailed { reason: Box<Reason> },

    // Anything else.
    /// A sentence that an earlier version stored and that maps to no code.
    Text { text: String },
}

/// What the last sample before a reboot or crash showed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Memory use, where it was nearly full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_percent: Option<u8>,
    /// The name of the busiest process, where one was busy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busiest: Option<String>,
}

/// What is wrong with a computer's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressProblem {
    /// Not a URL.
    NotAUrl,
    /// Neither `http` nor `https`.
    Scheme,
    /// It has a user, a query or a fragment.
    Excess,
    /// It is too long.
    TooLong,
}

impl Reason {
    /// Every code.
    pub const CODES: &'static [&'static str] = <Self as VariantNames>::VARIANTS;

    /// The code, such as `connection_refused`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.into()
    }

    /// The parameters as a JSON object; empty for codes without any.
    #[must_use]
    pub fn params(&self) -> serde_json::Map<String, serde_json::Value> {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(mut whole)) => match whole.remove("params") {
                Some(serde_json::Value::Object(params)) => params,
                _ => serde_json::Map::new(),
            },
            _ => serde_json::Map::new(),
        }
    }

    /// Whether the poll failed between server and computer, so that the computer itself may have kept running.
    #[must_use]
    pub fn is_network_failure(&self) -> bool {
        matches!(
            self,
            Self::NameNotResolved { .. }
                | Self::ConnectionRefused
                | Self::NoRoute
                | Self::ConnectFailed { .. }
                | Self::ConnectTimeout { .. }
                | Self::AnswerTimeout { .. }
                | Self::ConnectionBroken { .. }
        )
    }

    /// Whether the computer rebooted.
    #[must_use]
    pub fn is_reboot(&self) -> bool {
        matches!(
            self,
            Self::Rebooted(_) | Self::RebootedCleanly(_) | Self::RebootedUncleanly(_)
        )
    }

    /// As it is stored.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Strings, numbers and nested reasons always serialize.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// From what [`Reason::to_json`] made. Anything else, such as a code of a newer version, stays readable as text.
    #[must_use]
    pub fn from_json(stored: &str) -> Self {
        serde_json::from_str(stored).unwrap_or_else(|_| Self::Text {
            text: stored.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_that_are_stored() {
        let unknown = serde_json::from_str::<Reason>(r#"{"code":"?"}"#).unwrap_err();
        let expected = unknown.to_string();
        let stored: Vec<&str> = expected.split('`').skip(3).step_by(2).collect();
        assert_eq!(stored, Reason::CODES);
    }

    #[test]
    fn a_reason_comes_back_as_it_was_stored() {
        let busy = Evidence {
            memory_percent: Some(97),
            busiest: Some("java".into()),
        };
        let reasons = [
            (
                Reason::ConnectionRefused,
                r#"{"code":"connection_refused"}"#,
            ),
            (
                Reason::ConnectTimeout { seconds: 4 },
                r#"{"code":"connect_timeout","params":{"seconds":4}}"#,
            ),
            (
                Reason::ConnectionBroken { detail: None },
                r#"{"code":"connection_broken","params":{}}"#,
            ),
            (
                Reason::RebootedUncleanly(busy),
                r#"{"code":"rebooted_uncleanly","params":{"memory_percent":97,"busiest":"java"}}"#,
            ),
            (
                Reason::NetworkFailed {
                    reason: Box::new(Reason::NoRoute),
                },
                r#"{"code":"network_failed","params":{"reason":{"code":"no_route"}}}"#,
            ),
        ];
        for (reason, stored) in reasons {
            assert_eq!(reason.to_json(), stored);
            assert_eq!(Reason::from_json(stored), reason);
            assert!(stored.contains(reason.code()));
        }
    }

    #[test]
    fn what_a_newer_version_stored_stays_readable() {
        let newer = r#"{"code":"eaten_by_a_grue"}"#;
        let text = newer.to_owned();
        assert_eq!(Reason::from_json(newer), Reason::Text { text });
    }
}
