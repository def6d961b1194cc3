//! TLS: a trusted certificate is accepted, any other is refused with a clear message.

use super::*;
use crate::poll::address::Fingerprint;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Starts an agent with a certificate for `localhost`; returns its address and a configuration that trusts it.
async fn agent() -> (String, Arc<ClientConfig>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let mut trusting = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    trusting.enable_secret_extraction = true;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(serve(listener, TlsAcceptor::from(Arc::new(config))));
    (format!("https://localhost:{port}"), Arc::new(trusting))
}

async fn serve(listener: TcpListener, tls: TlsAcceptor) {
    while let Ok((stream, _)) = listener.accept().await {
        // A client that does not trust the certificate disconnects here.
        if let Ok(mut stream) = tls.accept(stream).await {
            let mut head = [0; 1024];
            while stream.read(&mut head).await.is_ok_and(|count| count > 0) {
                let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
                stream.write_all(answer).await.unwrap();
                stream.flush().await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn a_trusted_certificate_is_accepted_over_one_connection() {
    let (url, trusting) = agent().await;
    let target = Target::new(&url, "tok").unwrap();
    let mut link = AgentLink::default();
    for _ in 0..2 {
        let answer = Fetcher::new(trusting.clone(), Duration::from_secs(30))
            .fetch(&target, &mut link)
            .await;
        assert_eq!(&answer.unwrap()[..], b"{}");
        assert!(link.connection.is_some());
    }
}

#[tokio::test]
async fn an_unknown_certificate_is_refused_with_a_reason() {
    let (url, _) = agent().await;
    let target = Target::new(&url, "tok").unwrap();
    let fetcher = Fetcher::new(client_config().unwrap(), Duration::from_secs(30));
    let failure = fetcher
        .fetch(&target, &mut AgentLink::default())
        .await
        .unwrap_err();
    assert!(failure.certificate().is_some(), "{failure:?}");
    assert!(
        failure
            .to_string()
            .starts_with("TLS failed: its certificate is not trusted"),
        "{failure}"
    );
}

/// Polls an agent once, with a pinned certificate.
async fn ask_pinned(url: &str, pin: Fingerprint) -> Result<Vec<u8>, FetchError> {
    let target = Target::new(url, "tok")
        .unwrap()
        .with_pin(Some(pin))
        .unwrap();
    let fetcher = Fetcher::new(client_config().unwrap(), Duration::from_secs(30));
    fetcher.fetch(&target, &mut AgentLink::default()).await
}

#[tokio::test]
async fn a_pinned_certificate_is_accepted_under_any_name_and_no_other_is() {
    let (url, _) = agent().await;
    // The certificate is for another name.
    let url = url.replace("localhost", "127.0.0.1");
    let unpinned = Target::new(&url, "tok").unwrap();
    let fetcher = Fetcher::new(client_config().unwrap(), Duration::from_secs(30));
    let failure = fetcher.fetch(&unpinned, &mut AgentLink::default()).await;
    let shown = failure.unwrap_err().certificate().unwrap();
    assert_eq!(ask_pinned(&url, shown).await.unwrap(), b"{}");

    let other = Fingerprint::from_der(b"another");
    let failure = ask_pinned(&url, other).await.unwrap_err();
    assert_eq!(failure.certificate(), Some(shown));
    let sentence = failure.to_string();
    assert!(
        sentence.starts_with("its certificate changed: expected SHA-256"),
        "{sentence}"
    );
    assert!(
        sentence.contains(&other.short()) && sentence.contains(&shown.short()),
        "{sentence}"
    );
}

#[tokio::test]
async fn a_pinned_certificate_counts_even_where_the_operating_system_trusts_another() {
    let (url, trusting) = agent().await;
    let target = Target::new(&url, "tok").unwrap();
    let target = target
        .with_pin(Some(Fingerprint::from_der(b"another")))
        .unwrap();
    let answer = Fetcher::new(trusting, Duration::from_secs(30))
        .fetch(&target, &mut AgentLink::default())
        .await;
    assert!(
        matches!(answer, Err(FetchError::CertificateChanged { .. })),
        "{answer:?}"
    );
}

/// Presents a certificate without having its key, as anybody who saw the certificate could.
#[derive(Debug)]
struct Borrowed(Arc<rustls::sign::CertifiedKey>);

impl rustls::server::ResolvesServerCert for Borrowed {
    fn resolve(
        &self,
        _: rustls::server::ClientHello<'_>,
    ) -> Option<Arc<rustls::sign::CertifiedKey>> {
        Some(self.0.clone())
    }
}

#[tokio::test]
async fn a_pinned_certificate_without_its_key_is_refused() {
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let [shown, own] =
            [(); 2].map(|()| rcgen::generate_simple_self_signed(["box".to_owned()]).unwrap());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
        let key = provider.key_provider.load_private_key(key).unwrap();
        let certificate = shown.cert.der().clone();
        let pin = Fingerprint::from_der(&certificate);
        let borrowed = rustls::sign::CertifiedKey::new(vec![certificate], key);
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Borrowed(Arc::new(borrowed))));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        tokio::spawn(serve(listener, TlsAcceptor::from(Arc::new(config))));
        let answer = ask_pinned(&url, pin).await;
        assert!(answer.is_err(), "{version:?}");
    }
}
