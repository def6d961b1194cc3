//! The line that adds a computer to a dashboard.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

/// Returns `muster://HOST:PORT?token=…&sha256=…`, with a host at which an agent with this listen address can be
/// reached.
#[must_use]
pub fn pasteable_line(hostname: &str, listens: SocketAddr, token: &str, sha256: &str) -> String {
    let host = match listens.ip() {
        ip if ip.is_unspecified() => escaped(hostname),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    let (port, token) = (listens.port(), escaped(token));
    format!("muster://{host}:{port}?token={token}&sha256={sha256}")
}

/// Escapes characters that have a meaning in a URL.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_a_host_that_can_be_reached() {
        for (listens, host) in [
            ("0.0.0.0:8000", "box"),
            ("[::]:8000", "box"),
            ("127.0.0.1:8000", "127.0.0.1"),
            ("[::1]:8000", "[::1]"),
            ("192.0.2.7:8000", "192.0.2.7"),
        ] {
            let line = pasteable_line("box", listens.parse().unwrap(), "t", "ab");
            assert_eq!(line, format!("muster://{host}:8000?token=t&sha256=ab"));
        }
    }

    #[test]
    fn a_token_with_special_characters_is_escaped() {
        let line = pasteable_line("b", "0.0.0.0:1".parse().unwrap(), "a&b+c%", "ab");
        assert_eq!(line, "muster://b:1?token=a%26b%2Bc%25&sha256=ab");
    }
}
