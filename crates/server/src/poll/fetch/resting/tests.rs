//! Against a real rustls server: answers of every size, key updates, and bytes that are not records.

use super::*;
use crate::poll::address::Fingerprint;
use crate::poll::fetch::client_config;
use crate::poll::fetch::connection::Connection;
use crate::poll::fetch::{FetchError, pinned_config};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ServerConfig, ServerConnection, SupportedProtocolVersion};
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::{TlsAcceptor, TlsConnector, server};

type Theirs = server::TlsStream<TcpStream>;

/// Both ends of a connection.
async fn pair(version: &'static SupportedProtocolVersion) -> (Connection, Theirs) {
    let made = rcgen::generate_simple_self_signed(["box".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let pin = Fingerprint::from_der(&certificate);
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    config.enable_secret_extraction = true;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connector = TlsConnector::from(pinned_config(pin).unwrap());
    let name = ServerName::try_from("box").unwrap();
    let (ours, theirs) = tokio::join!(
        async {
            let stream = TcpStream::connect(address).await.unwrap();
            connector.connect(name, stream).await.unwrap()
        },
        async {
            let (stream, _) = listener.accept().await.unwrap();
            acceptor.accept(stream).await.unwrap()
        }
    );
    (Connection::Tls(Box::new(ours)), theirs)
}

/// Sends a request that is answered with `bytes` bytes; returns the connection if it is kept.
async fn ask(ours: Connection, theirs: &mut Theirs, bytes: usize) -> Option<Connection> {
    let body = body(bytes);
    let answering = async {
        let mut request = [0; 3];
        theirs.read_exact(&mut request).await.unwrap();
        assert_eq!(&request, b"ask");
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {bytes}\r\n\r\n");
        theirs.write_all(head.as_bytes()).await.unwrap();
        theirs.write_all(&body).await.unwrap();
        theirs.flush().await.unwrap();
    };
    let (answer, ()) = tokio::join!(ours.send_request(b"ask"), answering);
    let (found, kept) = answer.unwrap();
    assert!(found == body, "{bytes} bytes");
    kept
}

fn body(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|place| (place % 251) as u8).collect()
}

/// Both ends of a connection at rest.
async fn resting() -> (Connection, Theirs) {
    let (ours, mut theirs) = pair(&rustls::version::TLS13).await;
    let kept = ask(ours, &mut theirs, 2).await.unwrap();
    assert!(matches!(kept, Connection::Resting(_)));
    (kept, theirs)
}

impl RestingConnection {
    /// The server's end at rest, so that a test can choose the number and size of its records.
    fn of_server(socket: TcpStream, connection: ServerConnection) -> Self {
        let suite = connection.negotiated_cipher_suite().unwrap();
        let secrets = connection.dangerous_extract_secrets().unwrap();
        Self {
            socket,
            suite: suite.tls13().unwrap(),
            sending: Secrets::from_extracted(secrets.tx).unwrap(),
            receiving: Secrets::from_extracted(secrets.rx).unwrap(),
        }
    }
}

fn broken<T>(answer: Result<T, FetchError>) -> String {
    match answer {
        Err(FetchError::Broken(problem)) => problem,
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("an answer"),
    }
}

#[tokio::test]
async fn answers_of_every_size_come_whole_and_the_connection_rests_between_them() {
    let (mut ours, mut theirs) = resting().await;
    for bytes in [
        0,
        1,
        4_000,
        MAX_PLAIN - 40,
        MAX_PLAIN,
        MAX_PLAIN + 1,
        700_000,
    ] {
        ours = ask(ours, &mut theirs, bytes).await.unwrap();
        assert!(matches!(ours, Connection::Resting(_)), "{bytes} bytes");
    }
}

#[tokio::test]
async fn an_old_version_of_tls_stays_with_rustls() {
    let (mut ours, mut theirs) = pair(&rustls::version::TLS12).await;
    for bytes in [2, 4_000] {
        ours = ask(ours, &mut theirs, bytes).await.unwrap();
        assert!(matches!(ours, Connection::Tls(_)), "{bytes} bytes");
    }
}

#[tokio::test]
async fn keys_that_change_break_the_connection() {
    let (ours, mut theirs) = resting().await;
    theirs.get_mut().1.refresh_traffic_keys().unwrap();
    theirs.flush().await.unwrap();
    let problem = broken(ours.send_request(b"ask").await);
    assert_eq!(problem, "the agent requested a TLS key update");
}

#[tokio::test]
async fn exhausted_keys_break_the_connection() {
    let (mut ours, _theirs) = resting().await;
    let Connection::Resting(resting) = &mut ours else {
        panic!("it does not rest");
    };
    resting.sending.records = resting.suite.common.confidentiality_limit;
    let problem = broken(ours.send_request(b"ask").await);
    assert_eq!(problem, "the TLS keys reached their usage limit");
}

#[tokio::test]
async fn a_closed_connection_is_broken_with_or_without_close_notify() {
    for said in [true, false] {
        let (ours, mut theirs) = resting().await;
        if said {
            theirs.shutdown().await.unwrap();
        }
        let (socket, _connection): (TcpStream, ServerConnection) = theirs.into_inner();
        drop(socket);
        broken(ours.send_request(b"ask").await);
    }
}

#[tokio::test]
async fn bytes_after_an_answer_are_never_the_next_answer() {
    let (ours, mut theirs) = resting().await;
    let answering = async {
        let mut request = [0; 3];
        theirs.read_exact(&mut request).await.unwrap();
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}more";
        theirs.write_all(answer).await.unwrap();
        theirs.flush().await.unwrap();
    };
    let (answer, ()) = tokio::join!(ours.send_request(b"ask"), answering);
    let (body, kept) = answer.unwrap();
    assert_eq!(body, b"{}");
    assert!(kept.is_none());
}

#[tokio::test]
async fn bytes_that_are_not_records_are_refused() {
    let long = [&[23, 3, 3, 0xff, 0xff][..], &[0; 100]].concat();
    let wrong = [&[23, 3, 3, 0, 32][..], &[7; 32]].concat();
    let short = vec![23, 3, 3, 0, 0];
    let clear = b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec();
    for bytes in [long, wrong, short, clear, vec![21, 3, 3, 0, 2, 2, 40]] {
        let (ours, theirs) = resting().await;
        let (mut socket, _connection) = theirs.into_inner();
        socket.write_all(&bytes).await.unwrap();
        broken(ours.send_request(b"ask").await);
    }
}

#[test]
fn the_configuration_lets_connections_rest() {
    assert!(client_config().unwrap().enable_secret_extraction);
    let pin = Fingerprint::from_der(b"box");
    assert!(pinned_config(pin).unwrap().enable_secret_extraction);
}

/// Sends `empty` records without content, and then an answer.
async fn ask_after(empty: usize) -> Result<Vec<u8>, FetchError> {
    let (ours, mut theirs) = resting().await;
    let answering = async {
        let mut request = [0; 3];
        theirs.read_exact(&mut request).await.unwrap();
        let (socket, connection) = theirs.into_inner();
        let mut theirs = RestingConnection::of_server(socket, connection);
        let mut awake = theirs.wake();
        for _ in 0..empty {
            let record = awake.seal(b"").unwrap();
            awake.outgoing.extend(record);
        }
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".chunks(1) {
            let record = awake.seal(byte).unwrap();
            awake.outgoing.extend(record);
        }
        awake.flush().await.unwrap();
        // Wait until it is read.
        let _ = awake.read(&mut [0]).await;
    };
    tokio::select! {
        answer = ours.send_request(b"ask") => answer.map(|(body, _)| body),
        () = answering => panic!("nobody asked"),
    }
}

#[tokio::test]
async fn endless_empty_records_are_refused_but_tiny_ones_are_accepted() {
    assert_eq!(ask_after(0).await.unwrap(), b"{}");
    assert_eq!(ask_after(MAX_EMPTY as usize).await.unwrap(), b"{}");
    let problem = broken(ask_after(MAX_EMPTY as usize + 1).await);
    assert_eq!(problem, "too many empty TLS records");
}

#[tokio::test]
async fn bytes_received_while_resting_are_found_before_the_next_request() {
    let (mut ours, mut theirs) = resting().await;
    assert!(ours.is_idle());
    theirs.write_all(b"unasked").await.unwrap();
    theirs.flush().await.unwrap();
    while ours.is_idle() {
        tokio::task::yield_now().await;
    }
    let (mut ours, theirs) = resting().await;
    drop(theirs);
    while ours.is_idle() {
        tokio::task::yield_now().await;
    }
}
