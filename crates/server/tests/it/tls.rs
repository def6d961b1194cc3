//! The server's own TLS, and agents with pinned certificates.

use crate::agents::TOKEN;
use crate::app::{PASSWORD, Running, TestApp};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use muster::{Certificate, ServerOptions};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

struct Files {
    folder: TempDir,
}

impl Files {
    fn new() -> Self {
        let files = Self {
            folder: TempDir::new().unwrap(),
        };
        files.renew();
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes another certificate and its key.
    fn renew(&self) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(self.path("cert.pem"), made.cert.pem()).unwrap();
        std::fs::write(self.path("key.pem"), made.signing_key.serialize_pem()).unwrap();
    }

    async fn server(&self) -> Running {
        self.app().start().await
    }

    fn app(&self) -> TestApp {
        let certificate = Certificate::load(&self.path("cert.pem"), &self.path("key.pem"));
        TestApp::new().speaking_tls(certificate.unwrap())
    }
}

/// Connects and trusts only the certificate in the file.
async fn connect(
    app: &Running,
    certificate: &Path,
    version: &'static SupportedProtocolVersion,
    protocol: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(certificate).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let stream = TcpStream::connect(app.address).await.unwrap();
    let name = "localhost".try_into().unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

fn login(host: bool) -> Request<Full<Bytes>> {
    let form = format!("username=admin&password={}", PASSWORD.replace(' ', "+"));
    let request = Request::post(if host {
        "/login"
    } else {
        "https://localhost/login"
    })
    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
    .header(header::ORIGIN, "https://localhost");
    let request = match host {
        true => request.header(header::HOST, "localhost"),
        false => request,
    };
    request.body(Full::new(Bytes::from(form))).unwrap()
}

#[tokio::test]
async fn http_1_and_2_over_tls_1_2_and_1_3() {
    let files = Files::new();
    let app = files.server().await;
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let stream = connect(&app, &files.path("cert.pem"), version, "http/1.1")
            .await
            .unwrap();
        let (mut sender, driver) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(driver);
        let answer = sender.send_request(login(true)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::FOUND);
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.contains("; Secure"), "{cookie}");

        let stream = connect(&app, &files.path("cert.pem"), version, "h2")
            .await
            .unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let (mut sender, driver) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(driver);
        let answer = sender.send_request(login(false)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::FOUND);
        let cookie = answer.headers()[header::SET_COOKIE]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(cookie.contains("; Secure"), "{cookie}");
        let evil =
            Request::post("https://localhost/login").header(header::ORIGIN, "https://evil.example");
        let evil = evil
            .header(header::COOKIE, &cookie)
            .body(Full::default())
            .unwrap();
        assert_eq!(
            sender.send_request(evil).await.unwrap().status(),
            StatusCode::FORBIDDEN
        );

        // The stream of events, and other requests meanwhile.
        let get = |path: &str| {
            let request =
                Request::get(format!("https://localhost{path}")).header(header::COOKIE, &cookie);
            request.body(Full::default()).unwrap()
        };
        let mut live = sender.send_request(get("/api/live")).await.unwrap();
        assert_eq!(live.status(), StatusCode::OK);
        let first = tokio::time::timeout(Duration::from_secs(20), live.frame())
            .await
            .unwrap();
        assert!(first.unwrap().is_ok());
        let overview = sender.send_request(get("/api/overview")).await.unwrap();
        assert_eq!(overview.status(), StatusCode::OK);
    }
}

/// Half a request, and an HTTP/2 connection without requests: neither keeps its slot.
#[tokio::test]
async fn idle_connections_close_after_the_head_timeout() {
    const HEAD_TIMEOUT: Duration = Duration::from_secs(2);
    assert_eq!(ServerOptions::HEAD_TIMEOUT, Duration::from_secs(30));
    let files = Files::new();
    let app = files.app().head_timeout(HEAD_TIMEOUT).start().await;
    let certificate = files.path("cert.pem");
    let version = &rustls::version::TLS13;
    let mut half = connect(&app, &certificate, version, "http/1.1")
        .await
        .unwrap();
    half.write_all(b"GET / HTTP/1.1\r\nHost: b").await.unwrap();
    let silent = connect(&app, &certificate, version, "h2").await.unwrap();
    let (_sender, driver) =
        http2::handshake::<_, _, Full<Bytes>>(TokioExecutor::new(), TokioIo::new(silent))
            .await
            .unwrap();
    let began = std::time::Instant::now();
    let both = async {
        let mut rest = Vec::new();
        tokio::join!(half.read_to_end(&mut rest), driver)
    };
    let gone = tokio::time::timeout(Duration::from_secs(30), both).await;
    assert!(gone.is_ok(), "still there");
    assert!(began.elapsed() > HEAD_TIMEOUT / 2, "{:?}", began.elapsed());
}

#[tokio::test]
async fn plain_http_is_answered_with_a_hint_to_https() {
    let files = Files::new();
    let app = files.server().await;
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: box\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 400") && answer.contains("https://"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_changed_certificate_is_loaded_and_a_bad_one_is_not() {
    let files = Files::new();
    let app = files.server().await;
    let old = files.path("old.pem");
    std::fs::copy(files.path("cert.pem"), &old).unwrap();
    let shows = async |file: &Path| {
        connect(&app, file, &rustls::version::TLS13, "h2")
            .await
            .is_ok()
    };
    assert!(shows(&old).await);
    let key = std::fs::read(files.path("key.pem")).unwrap();
    files.renew();
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while !shows(&files.path("cert.pem")).await {
        assert!(
            std::time::Instant::now() < deadline,
            "the new one was never shown"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!shows(&old).await);
    // The key of another certificate: the server keeps the one it has.
    std::fs::write(files.path("key.pem"), key).unwrap();
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(shows(&files.path("cert.pem")).await);
}

/// An agent with a certificate of its own.
struct Agent {
    url: String,
    sha256: String,
}

impl Agent {
    async fn start() -> Self {
        Self::start_at("127.0.0.1:0").await
    }

    async fn start_at(address: &str) -> Self {
        let made = rcgen::generate_simple_self_signed(["agent".to_owned()]).unwrap();
        let certificate = made.cert.der().clone();
        let sha256 = sha256(&certificate);
        let key = rustls::pki_types::PrivateKeyDer::from_pem_slice(
            made.signing_key.serialize_pem().as_bytes(),
        );
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key.unwrap())
            .unwrap();
        let tls = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let tls = tls.clone();
                tokio::spawn(async move {
                    let Ok(mut stream) = tls.accept(stream).await else {
                        return;
                    };
                    let json = include_str!("../../../wire/tests/fixtures/muster_agent_0.1.json")
                        .replacen("\"agent\": {", "\"agent\": {\"token_renewed\": true,", 1);
                    let answer = format!(
                        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{json}",
                        json.len()
                    );
                    let mut head = [0; 4096];
                    while stream.read(&mut head).await.is_ok_and(|count| count > 0) {
                        stream.write_all(answer.as_bytes()).await.unwrap();
                        stream.flush().await.unwrap();
                    }
                });
            }
        });
        Self { url, sha256 }
    }

    fn line(&self) -> String {
        format!(
            "{}?token={TOKEN}&sha256={}",
            self.url.replace("https", "muster"),
            self.sha256
        )
    }
}

fn sha256(der: &[u8]) -> String {
    use std::fmt::Write as _;
    let digest = <sha2::Sha256 as sha2::Digest>::digest(der);
    digest.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[tokio::test]
async fn the_agents_setup_line_adds_a_computer_and_shows_no_secret() {
    let app = TestApp::new().start().await;
    let agent = Agent::start().await;
    let mut admin = app.admin().await;
    let tried = json!({"url": agent.line()});
    let tried = admin
        .json(Method::POST, "/api/test_connection", tried)
        .await
        .json();
    assert_eq!(tried["ok"], true, "{tried}");
    let added = json!({"name": "box", "url": agent.line()});
    let added = admin.json(Method::POST, "/api/add_computer", added).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.text());
    let shown = admin
        .until("/api/computers/1", |c| c["status"] == "online")
        .await;
    assert_eq!(
        (&shown["url"], &shown["tls_sha256"]),
        (&json!(agent.url), &json!(agent.sha256))
    );
    assert_eq!(shown["token_renewed"], true);
    assert!(!shown.to_string().contains(&format!("token={TOKEN}")));
    // Sent again, it changes nothing; sent with fewer fields, it removes nothing.
    for body in [
        json!({"url": agent.line()}),
        json!({"url": agent.url, "token": TOKEN}),
    ] {
        let put = admin
            .json(Method::PUT, "/api/computers/box", body)
            .await
            .json();
        assert_eq!(put["is_changed"], false, "{put}");
    }
    let half = json!({"name": "other", "url": "muster://box:8000?token=t"});
    let half = admin.json(Method::POST, "/api/add_computer", half).await;
    assert!(half.error().contains("incomplete"), "{}", half.text());
    let plain =
        json!({"name": "other", "url": "http://box", "token": "t", "tls_sha256": agent.sha256});
    let plain = admin.json(Method::POST, "/api/add_computer", plain).await;
    assert!(plain.error().contains("https://"), "{}", plain.text());
}

#[tokio::test]
async fn another_certificate_is_reported_until_it_is_accepted() {
    let app = TestApp::new().start().await;
    let (first, second) = (Agent::start().await, Agent::start().await);
    let mut admin = app.admin().await;
    let added =
        json!({"name": "box", "url": second.url, "token": TOKEN, "tls_sha256": first.sha256});
    admin.json(Method::POST, "/api/add_computer", added).await;
    let shown = admin
        .until("/api/computers/1", |c| c["tls_sha256_found"].is_string())
        .await;
    assert_eq!(shown["tls_sha256_found"], second.sha256);
    assert_eq!(shown["status"], "offline");
    let reason = shown["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("its certificate changed: expected SHA-256"),
        "{reason}"
    );
    let tried = admin
        .json(Method::POST, "/api/test_connection", json!({"id": 1}))
        .await
        .json();
    assert_eq!(tried["certificate_sha256"], second.sha256);

    let taken = json!({"tls_sha256": second.sha256.to_uppercase()});
    let taken = admin.json(Method::PATCH, "/api/computers/1", taken).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text());
    let shown = admin
        .until("/api/computers/1", |c| c["status"] == "online")
        .await;
    assert_eq!(shown["tls_sha256"], second.sha256);
    assert!(shown["tls_sha256_found"].is_null());

    let without = json!({"tls_sha256": ""});
    admin.json(Method::PATCH, "/api/computers/1", without).await;
    let shown = admin
        .until("/api/computers/1", |c| c["status"] == "offline")
        .await;
    assert!(
        shown["reason"].as_str().unwrap().contains("not trusted"),
        "{shown}"
    );
    assert_eq!(shown["tls_sha256_found"], second.sha256);
}
