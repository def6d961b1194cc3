//! Opens a connection to a target: resolves and caches names, tries each address, starts TLS.

use super::FetchError;
use super::connection::Connection;
use super::denied::Denied;
use super::tls::pinned_config;
use crate::poll::address::Target;
use rustls::pki_types::ServerName;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_rustls::TlsConnector;
use url::Host;

/// Timeout per address, so that one dead address does not use up the deadline.
const CONNECT_TIMEOUT_S: u64 = 4;
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(3);
/// How long resolved addresses are cached.
const FRESH: Duration = Duration::from_secs(60);
const MAX_ADDRESSES: usize = 4;
/// The resolver blocks a thread per name. The limit bounds what an unresponsive resolver can cost.
static RESOLVING: Semaphore = Semaphore::const_new(32);

/// The cached addresses of a name.
#[derive(Default)]
pub struct Addresses {
    known: Vec<IpAddr>,
    resolved_at: Option<Instant>,
}

/// Connects to the first of a target's addresses that answers.
pub async fn connect(
    target: &Target,
    addresses: &mut Addresses,
    denied: &Denied,
    tls: &TlsConnector,
) -> Result<Connection, FetchError> {
    let stream = open(target, addresses, denied).await?;
    if !target.tls {
        return Ok(Connection::Plain(stream));
    }
    let name = server_name(target)?;
    let connecting = match target.pin {
        None => tls.connect(name, stream),
        Some(pin) => {
            let config = pinned_config(pin).map_err(|error| FetchError::Tls(error.to_string()))?;
            TlsConnector::from(config).connect(name, stream)
        }
    };
    let stream = connecting.await.map_err(|error| FetchError::tls(&error))?;
    Ok(Connection::Tls(Box::new(stream)))
}

async fn open(
    target: &Target,
    addresses: &mut Addresses,
    denied: &Denied,
) -> Result<TcpStream, FetchError> {
    let mut failure = FetchError::Name(target.host.to_string());
    for address in addresses.resolve(target).await? {
        // Check the address that is connected to, not the name: the name may resolve to another one at any time.
        if denied.contains(address) {
            failure = FetchError::Denied(address);
            continue;
        }
        let connecting = TcpStream::connect(SocketAddr::new(address, target.port));
        let patience = Duration::from_secs(CONNECT_TIMEOUT_S);
        failure = match tokio::time::timeout(patience, connecting).await {
            Ok(Ok(stream)) => {
                // Without it, Nagle's algorithm may delay the request until an acknowledgement arrives.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) => FetchError::connecting(&error),
            Err(_) => FetchError::ConnectTimeout(CONNECT_TIMEOUT_S),
        };
    }
    // The computer may have moved: the next poll resolves again, and falls back to the cache if that fails.
    addresses.resolved_at = None;
    Err(failure)
}

impl Addresses {
    async fn resolve(&mut self, target: &Target) -> Result<Vec<IpAddr>, FetchError> {
        let name = match &target.host {
            Host::Ipv4(address) => return Ok(vec![IpAddr::V4(*address)]),
            Host::Ipv6(address) => return Ok(vec![IpAddr::V6(*address)]),
            Host::Domain(name) => name,
        };
        if self.resolved_at.is_none_or(|at| at.elapsed() > FRESH)
            && let Some(found) = lookup(name).await
        {
            self.known = found;
            self.resolved_at = Some(Instant::now());
        }
        if self.known.is_empty() {
            return Err(FetchError::Name(name.clone()));
        }
        Ok(self.known.clone())
    }
}

/// Resolves a name; `None` if the resolver fails or takes too long.
async fn lookup(name: &str) -> Option<Vec<IpAddr>> {
    tokio::time::timeout(RESOLVE_TIMEOUT, async {
        let place = RESOLVING.acquire().await.ok()?;
        let name = name.to_owned();
        // A separate task holds the permit until the resolver returns, however late that is.
        let lookup = tokio::spawn(async move {
            let _place = place;
            let found = tokio::net::lookup_host((name, 0)).await.ok()?;
            Some(found.map(|address| address.ip()).collect::<Vec<_>>())
        });
        let mut addresses = lookup.await.ok()??;
        addresses.dedup();
        addresses.truncate(MAX_ADDRESSES);
        (!addresses.is_empty()).then_some(addresses)
    })
    .await
    .ok()?
}

fn server_name(target: &Target) -> Result<ServerName<'static>, FetchError> {
    match &target.host {
        Host::Domain(name) => ServerName::try_from(name.clone()).map_err(|_| {
            FetchError::Tls(format!(
                "\"{name}\" is not a name that a certificate can have"
            ))
        }),
        Host::Ipv4(address) => Ok(ServerName::from(IpAddr::V4(*address))),
        Host::Ipv6(address) => Ok(ServerName::from(IpAddr::V6(*address))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `.invalid` never resolves (RFC 6761).
    fn target() -> Target {
        Target::new("http://box.invalid:8000", "tok").unwrap()
    }

    #[tokio::test]
    async fn a_name_is_remembered_for_when_the_resolver_fails() {
        let known = vec![IpAddr::from([192, 0, 2, 7])];
        let mut addresses = Addresses {
            known: known.clone(),
            resolved_at: None,
        };
        assert_eq!(addresses.resolve(&target()).await.unwrap(), known);
    }

    #[tokio::test]
    async fn a_name_that_was_never_resolved_is_an_error() {
        let failure = Addresses::default().resolve(&target()).await.unwrap_err();
        assert_eq!(
            failure.to_string(),
            "the name \"box.invalid\" could not be resolved"
        );
    }

    #[tokio::test]
    async fn an_address_needs_no_resolver() {
        let target = Target::new("http://[::1]:8000", "tok").unwrap();
        let found = Addresses::default().resolve(&target).await.unwrap();
        assert_eq!(found, [IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])]);
    }
}
