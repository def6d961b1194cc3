//! A server for one test, and a client that keeps its cookie.

use crate::openapi;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use muster::config::{BasePath, Secrets, StorageArgs};
use muster::{Server, ServerOptions};
use muster_store::sqlite::{Missing, SqliteStore};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The first account's password unless a test sets another.
pub const PASSWORD: &str = "a good password";

/// The settings of a test server.
pub struct TestApp {
    listen: &'static str,
    interval: Duration,
    secrets: Secrets,
    trusted_proxies: Vec<ipnet::IpNet>,
    deny_targets: Vec<ipnet::IpNet>,
    base_path: BasePath,
    storage: StorageArgs,
    tls: Option<Arc<muster::Certificate>>,
    head_timeout: Duration,
    folder: TempDir,
}

/// A running server.
pub struct Running {
    pub address: SocketAddr,
    pub store: SqliteStore,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<anyhow::Result<()>>,
    folder: TempDir,
}

impl TestApp {
    pub fn new() -> Self {
        Self {
            listen: "127.0.0.1:0",
            interval: Duration::from_secs(1),
            secrets: Secrets {
                admin_password: Some(PASSWORD.into()),
                ..Secrets::default()
            },
            trusted_proxies: Vec::new(),
            deny_targets: Vec::new(),
            base_path: BasePath::default(),
            storage: StorageArgs::default(),
            tls: None,
            head_timeout: ServerOptions::HEAD_TIMEOUT,
            folder: TempDir::new().unwrap(),
        }
    }

    /// With the default password.
    pub fn with_default_password(mut self) -> Self {
        self.secrets = Secrets::default();
        self
    }

    /// Reachable from other computers.
    pub fn on_all_addresses(mut self) -> Self {
        self.listen = "0.0.0.0:0";
        self
    }

    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    pub fn trusting(mut self, proxy: &str) -> Self {
        self.trusted_proxies.push(proxy.parse().unwrap());
        self
    }

    pub fn denying(mut self, targets: &str) -> Self {
        self.deny_targets.push(targets.parse().unwrap());
        self
    }

    pub fn below(mut self, path: &str) -> Self {
        self.base_path = path.parse().unwrap();
        self
    }

    pub fn storing(mut self, storage: StorageArgs) -> Self {
        self.storage = storage;
        self
    }

    pub fn speaking_tls(mut self, certificate: Arc<muster::Certificate>) -> Self {
        self.tls = Some(certificate);
        self
    }

    pub fn head_timeout(mut self, head_timeout: Duration) -> Self {
        self.head_timeout = head_timeout;
        self
    }

    /// With the database in this folder.
    pub fn in_folder(mut self, folder: TempDir) -> Self {
        self.folder = folder;
        self
    }

    /// On a copy of a database.
    pub fn on_copy_of(self, database: &Path) -> Self {
        std::fs::copy(database, self.database()).unwrap();
        self
    }

    pub fn database(&self) -> PathBuf {
        self.folder.path().join("stats.db")
    }

    pub async fn start(self) -> Running {
        let store = SqliteStore::open(&self.database(), Missing::Create)
            .await
            .unwrap();
        let listener = TcpListener::bind(self.listen).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let options = ServerOptions {
            interval: self.interval,
            trusted_proxies: self.trusted_proxies,
            deny_targets: self.deny_targets,
            base_path: self.base_path,
            secrets: self.secrets,
            storage: self.storage,
            tls: self.tls,
            head_timeout: self.head_timeout,
        };
        let server = Server::new(listener, Arc::new(store.clone()), options)
            .await
            .unwrap();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Running {
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            store,
            stop: Some(stop),
            task,
            folder: self.folder,
        }
    }
}

impl Running {
    /// A client without a login.
    pub fn visitor(&self) -> Client {
        Client {
            address: self.address,
            cookie: None,
            headers: HeaderMap::new(),
        }
    }

    /// A client signed in with the first account.
    pub async fn admin(&self) -> Client {
        self.signed_in("admin", PASSWORD).await
    }

    pub async fn signed_in(&self, username: &str, password: &str) -> Client {
        let mut client = self.visitor();
        let answer = client.sign_in(username, password).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.text());
        client
    }

    /// A client signed in as a viewer; the account is written directly to the database.
    pub async fn viewer(&self) -> Client {
        use muster_store::Accounts as _;
        let admin = self.store.user_named("admin").await.unwrap().unwrap();
        let user = muster_store::NewUser {
            username: "viewer".into(),
            password_hash: admin.password_hash,
            role: muster_store::Role::Viewer,
            default_password: false,
        };
        self.store.add_user(&user).await.unwrap();
        self.signed_in("viewer", PASSWORD).await
    }

    /// Stops the server as SIGTERM does and returns how long that took.
    pub async fn stop(mut self) -> (Duration, TempDir) {
        let began = std::time::Instant::now();
        self.stop.take().unwrap().send(()).unwrap();
        self.task.await.unwrap().unwrap();
        self.store.close().await;
        (began.elapsed(), self.folder)
    }
}

/// A complete response.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }

    pub fn location(&self) -> &str {
        self.headers["location"].to_str().unwrap()
    }
}

/// A client that keeps its session.
#[derive(Clone)]
pub struct Client {
    pub address: SocketAddr,
    pub cookie: Option<String>,
    pub headers: HeaderMap,
}

impl Client {
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    pub async fn sign_in(&mut self, username: &str, password: &str) -> Answer {
        let form = [("username", username), ("password", password)];
        self.form("/login", &form).await
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, "", Bytes::new()).await
    }

    pub async fn delete(&mut self, path: &str) -> Answer {
        self.send(Method::DELETE, path, "", Bytes::new()).await
    }

    pub async fn json(&mut self, method: Method, path: &str, body: Value) -> Answer {
        self.send(method, path, "application/json", body.to_string().into())
            .await
    }

    pub async fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.send(
            Method::POST,
            path,
            "application/x-www-form-urlencoded",
            body.into(),
        )
        .await
    }

    pub async fn send(&mut self, method: Method, path: &str, kind: &str, body: Bytes) -> Answer {
        let response = self.open(method.clone(), path, kind, body).await;
        let (head, body) = response.into_parts();
        openapi::check(&method, path, &head);
        if let Some(cookie) = head.headers.get(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            self.cookie = Some(pair.to_owned());
        }
        let body = body.collect().await.unwrap().to_bytes();
        openapi::check_body(&method, path, &head, &body);
        Answer {
            status: head.status,
            headers: head.headers,
            body,
        }
    }

    /// A response whose body is not read yet.
    pub async fn open(
        &self,
        method: Method,
        path: &str,
        kind: &str,
        body: Bytes,
    ) -> http::Response<hyper::body::Incoming> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, driver) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(driver);
        let mut request = Request::builder().method(method).uri(path);
        if !self.headers.contains_key(HOST) {
            request = request.header(HOST, self.address.to_string());
        }
        if !kind.is_empty() {
            request = request.header(CONTENT_TYPE, kind);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        let mut request = request.body(Full::new(body)).unwrap();
        request.headers_mut().extend(self.headers.clone());
        sender.send_request(request).await.unwrap()
    }

    /// Repeats a request until the answer matches; fails with the last answer after a timeout.
    pub async fn until(&mut self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = std::time::Instant::now() + Duration::from_secs(20);
        loop {
            let answer = self.get(path).await.json();
            if wanted(&answer) {
                return answer;
            }
            assert!(std::time::Instant::now() < deadline, "in vain: {answer}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
