//! The client of a request: its address, whether it uses TLS, and whether it runs on this computer.

use http::{HeaderMap, HeaderName, HeaderValue, Request, header};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// Each of these headers shows that a proxy forwarded the request.
const FORWARDED: [HeaderName; 6] = [
    header::FORWARDED,
    header::VIA,
    FORWARDED_FOR,
    FORWARDED_PROTO,
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-real-ip"),
];

/// The address of the connection's peer, which may be a proxy; an extension of every request.
#[derive(Clone, Copy, Debug)]
pub struct PeerAddress(pub SocketAddr);

/// An extension of every request that arrived through TLS.
#[derive(Clone, Copy, Debug)]
pub struct OverTls;

/// The client of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// The address that failed logins are counted for.
    pub address: IpAddr,
    /// Whether the browser uses TLS: to a trusted proxy that says so, or else to this server.
    pub uses_tls: bool,
    /// Whether the request was sent from this computer, to one of its loopback names, and by no proxy.
    pub is_local: bool,
}

impl Client {
    /// The client as the outermost layer found it.
    pub fn from_extensions<B>(request: &Request<B>) -> Self {
        let without_proxies = || Self::from_request(request, &[]);
        request
            .extensions()
            .get()
            .copied()
            .unwrap_or_else(without_proxies)
    }

    /// Finds the client; forwarded headers count only if the peer is a trusted proxy.
    pub fn from_request<B>(request: &Request<B>, trusted: &[IpNet]) -> Self {
        let direct = request
            .extensions()
            .get::<PeerAddress>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| {
                peer.0.ip().to_canonical()
            });
        let headers = request.headers();
        let by_trusted_proxy = is_trusted(direct, trusted);
        Self {
            address: if by_trusted_proxy {
                forwarded_for(headers, trusted).unwrap_or(direct)
            } else {
                direct
            },
            uses_tls: (by_trusted_proxy.then(|| forwarded_https(headers)).flatten())
                .unwrap_or_else(|| request.extensions().get::<OverTls>().is_some()),
            is_local: direct.is_loopback()
                && has_loopback_host(headers)
                && !FORWARDED.iter().any(|name| headers.contains_key(name)),
        }
    }
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// The last address in the list that is not a trusted proxy. A client can forge all addresses before it.
fn forwarded_for(headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let lists = headers.get_all(FORWARDED_FOR).iter();
    let lists: Vec<&[u8]> = lists.map(HeaderValue::as_bytes).collect();
    let mut addresses = lists
        .iter()
        .flat_map(|list| list.split(|&byte| byte == b','))
        .rev();
    let mut last = None;
    addresses
        .find_map(|text| {
            let text = std::str::from_utf8(text).unwrap_or_default();
            let address = parse_forwarded(text.trim());
            match address {
                Some(address) if is_trusted(address, trusted) => {
                    last = Some(address);
                    None
                }
                // Not an address: the proxy that wrote it is the last known hop.
                found => Some(found),
            }
        })
        .flatten()
        .or(last)
}

/// Parses an address with or without a port or brackets.
fn parse_forwarded(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()))
        .or_else(|_| text.trim_matches(['[', ']']).parse())
        .ok()
        .map(|address: IpAddr| address.to_canonical())
}

/// Whether the proxy received the request through TLS; `None` if it does not say.
fn forwarded_https(headers: &HeaderMap) -> Option<bool> {
    let proto = headers.get_all(FORWARDED_PROTO).iter().next_back()?;
    let proto = proto.to_str().unwrap_or_default();
    let last = proto.rsplit(',').next()?;
    Some(last.trim().eq_ignore_ascii_case("https"))
}

/// Guards against DNS rebinding, where another site's name resolves to this computer.
fn has_loopback_host(headers: &HeaderMap) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok());
    let Some(authority) = host.and_then(|host| host.parse::<http::uri::Authority>().ok()) else {
        return false;
    };
    let name = authority.host().trim_matches(['[', ']']);
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(direct: &str, headers: &[(&str, impl AsRef<[u8]>)], trusted: &[&str]) -> Client {
        let mut request = Request::new(());
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            let value = HeaderValue::from_bytes(value.as_ref()).unwrap();
            request.headers_mut().append(name, value);
        }
        let address = SocketAddr::new(direct.parse().unwrap(), 4000);
        request.extensions_mut().insert(PeerAddress(address));
        let trusted: Vec<IpNet> = trusted
            .iter()
            .map(|network| network.parse().unwrap())
            .collect();
        Client::from_request(&request, &trusted)
    }

    #[test]
    fn forwarded_headers_count_for_nothing_by_default() {
        let client = client(
            "10.0.0.9",
            &[
                ("x-forwarded-for", "1.2.3.4"),
                ("x-forwarded-proto", "https"),
            ],
            &[],
        );
        assert_eq!(client.address, IpAddr::from([10, 0, 0, 9]));
        assert!(!client.uses_tls && !client.is_local);
    }

    #[test]
    fn a_trusted_proxy_is_believed_up_to_the_first_stranger() {
        let trusted = ["10.0.0.0/8"];
        for (list, address) in [
            ("6.6.6.6, 1.2.3.4", "1.2.3.4"),
            ("1.2.3.4, 10.0.0.7", "1.2.3.4"),
            ("1.2.3.4:555", "1.2.3.4"),
            ("[2001:db8::1]:80", "2001:db8::1"),
            ("10.0.0.5, 10.0.0.7", "10.0.0.5"),
            ("6.6.6.6, junk", "10.0.0.9"),
            ("\u{ff}, 203.0.113.9", "203.0.113.9"),
        ] {
            let client = client("10.0.0.9", &[("x-forwarded-for", list)], &trusted);
            assert_eq!(client.address, address.parse::<IpAddr>().unwrap(), "{list}");
        }
        let secure = client(
            "10.0.0.9",
            &[("x-forwarded-proto", "http, https")],
            &trusted,
        );
        assert!(secure.uses_tls);
    }

    #[test]
    fn tls_is_the_browsers_and_not_the_proxys() {
        let proxy: IpNet = "10.0.0.9".parse::<IpAddr>().unwrap().into();
        for (direct, proto, secure) in [
            ("10.0.0.1", None, true),
            ("10.0.0.1", Some("http"), true),
            ("10.0.0.9", None, true),
            ("10.0.0.9", Some("http"), false),
            ("10.0.0.9", Some("https"), true),
        ] {
            let mut request = Request::new(());
            let address = SocketAddr::new(direct.parse().unwrap(), 4000);
            request.extensions_mut().insert(PeerAddress(address));
            request.extensions_mut().insert(OverTls);
            if let Some(proto) = proto {
                let proto = HeaderValue::from_static(proto);
                request.headers_mut().insert(FORWARDED_PROTO, proto);
            }
            assert_eq!(
                Client::from_request(&request, &[proxy]).uses_tls,
                secure,
                "{direct} {proto:?}"
            );
        }
    }

    #[test]
    fn local_is_this_computer_by_its_own_name_without_a_proxy() {
        for host in [
            "localhost:8001",
            "127.0.0.1:8001",
            "[::1]:8001",
            "127.9.9.9",
        ] {
            assert!(
                client("127.0.0.1", &[("host", host)], &[]).is_local,
                "{host}"
            );
        }
        assert!(client("::ffff:127.0.0.1", &[("host", "localhost")], &[]).is_local);
        assert!(!client("127.0.0.1", &[("host", "evil.example")], &[]).is_local);
        let nothing: [(&str, &str); 0] = [];
        assert!(!client("127.0.0.1", &nothing, &[]).is_local);
        assert!(!client("10.0.0.1", &[("host", "localhost")], &[]).is_local);
        assert!(
            !client(
                "127.0.0.1",
                &[("host", "localhost"), ("x-real-ip", "1.1.1.1")],
                &[]
            )
            .is_local
        );
    }
}
