//! Shared by all fault tests: the binaries, a running server, a fleet, HTTP requests, random numbers, and waiting for
//! conditions.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// The password of the test servers.
const PASSWORD: &str = "of-my-own-choice";

/// Serializes the fault tests: each needs the machine for itself.
pub fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The size of a test: `full` in the long form.
pub fn often<T>(usually: T, full: T) -> T {
    match std::env::var("MUSTER_FAULTS").as_deref() {
        Ok("full") => full,
        _ => usually,
    }
}

/// The path of a program of this workspace, next to the test binary.
pub fn binary(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let path = own.parent().unwrap().parent().unwrap().join(name);
    let is_there = path.exists();
    assert!(
        is_there,
        "{name} is missing: run `cargo test --workspace --tests --no-run` first"
    );
    path
}

/// `muster` in a folder, without this process's environment.
pub fn muster(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary("muster"));
    prepare(&mut command, folder);
    command.args(arguments);
    command
}

/// Prepares a command that starts `muster` in a folder.
pub fn prepare(command: &mut Command, folder: &Path) {
    command.current_dir(folder).stdin(Stdio::null());
    for variable in ["DATABASE_URL", "DATABASE_PATH", "SECRET_KEY", "MUSTER_LOG"] {
        command.env_remove(variable);
    }
    command.env("ADMIN_USERNAME", "admin");
    command.env("ADMIN_PASSWORD", PASSWORD);
}

/// Runs a command to its end and returns its output.
pub fn output(folder: &Path, arguments: &[&str]) -> Output {
    muster(folder, arguments).output().unwrap()
}

/// Asserts that `muster verify` finds no damage.
pub fn assert_verified(folder: &Path) {
    let verified = output(folder, &["verify"]);
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(verified.status.success(), "{said}");
}

/// A running server; killed on drop.
pub struct Server {
    child: Child,
    log: PathBuf,
    pub address: String,
}

impl Server {
    /// Starts a server on a free port, with these arguments of `serve`.
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        let serve = ["serve", "--listen", "127.0.0.1:0"];
        Self::run(muster(folder, &[&serve, arguments].concat()), folder)
    }

    /// Starts a server with a command that ends up as `muster serve`.
    pub fn run(mut command: Command, folder: &Path) -> Self {
        let log = folder.join("server.log");
        let into = File::options().append(true).create(true).open(&log);
        command.stderr(into.unwrap()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let line = first_line(&mut child);
        let address = line.trim().strip_prefix("Dashboard: http://");
        let address = address.unwrap_or_else(|| panic!("{line}{}", read(&log)));
        Self {
            address: address.trim_end_matches('/').to_owned(),
            child,
            log,
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.assert_no_panic();
    }

    /// Stops it with SIGTERM; it must end within six seconds.
    pub fn stop(mut self) {
        let began = Instant::now();
        signal(self.id(), "-TERM");
        let status = self.child.wait().unwrap();
        let took = began.elapsed();
        self.assert_no_panic();
        assert!(status.success(), "{status}: {}", self.log());
        assert!(took < Duration::from_secs(6), "it took {took:?} to stop");
    }

    /// Its log so far, with those of earlier servers in the same folder.
    pub fn log(&self) -> String {
        read(&self.log)
    }

    pub fn assert_no_panic(&self) {
        assert!(!self.log().contains("panicked"), "{}", self.log());
    }

    /// Sends a GET request without a session.
    pub fn get(&self, path: &str) -> Answer {
        ask(&self.address, &request("GET", path, "", "")).unwrap()
    }

    /// Signs in and returns the session cookie.
    pub fn session(&self) -> String {
        let session = self.session_or_none();
        session.unwrap_or_else(|| panic!("cannot sign in: {}", self.log()))
    }

    /// Signs in; `None` if that fails.
    pub fn session_or_none(&self) -> Option<String> {
        let form = format!("username=admin&password={PASSWORD}");
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        let answer = ask(&self.address, &request("POST", "/login", kind, &form)).unwrap();
        let cookie = answer.head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("set-cookie").then_some(value)
        });
        Some(cookie?.split(';').next()?.to_owned())
    }

    /// Sends a GET request with a session.
    pub fn read(&self, session: &str, path: &str) -> Answer {
        let cookie = format!("Cookie: {session}\r\n");
        ask(&self.address, &request("GET", path, &cookie, "")).unwrap()
    }

    /// The status and the body of `/healthz`.
    pub fn health(&self) -> (u16, String) {
        let answer = self.get("/healthz");
        (answer.status, answer.body)
    }

    /// A value of `/metrics`.
    pub fn metric(&self, name: &str) -> u64 {
        let text = self.get("/metrics").body;
        let mut lines = text.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        value.unwrap_or_else(|| panic!("{name} is not in {text}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Running simulated agents; ended on drop.
pub struct Fleet {
    child: Child,
    agents: u32,
    pub port: u16,
}

impl Fleet {
    /// Starts agents on a free port, with these arguments of `serve`.
    pub fn start(agents: u32, arguments: &[&str]) -> Self {
        let mut command = Command::new(binary("muster-swarm"));
        command.args(["serve", "--port", "0", "--agents", &agents.to_string()]);
        let mut child = command
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let line = first_line(&mut child);
        let port = line
            .split("port ")
            .nth(1)
            .and_then(|rest| rest.split(',').next());
        let port = port.unwrap_or_else(|| panic!("{line}")).parse().unwrap();
        Self {
            child,
            agents,
            port,
        }
    }

    /// Adds them to a database.
    pub fn register(&self, database: &Path) {
        self.register_with(database, &[]);
    }

    /// Adds them to a database, with further arguments of `register`.
    pub fn register_with(&self, database: &Path, arguments: &[&str]) {
        let (agents, port) = (self.agents.to_string(), self.port.to_string());
        let mut command = Command::new(binary("muster-swarm"));
        command.args(["register", "--agents", &agents, "--port", &port]);
        command.args(arguments);
        assert!(
            command
                .arg(database)
                .stdout(Stdio::null())
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A running real agent; ended on drop.
pub struct Agent {
    child: Child,
    url: String,
    token: String,
}

impl Agent {
    /// Starts an agent on a free port; `change` adapts the command.
    pub fn start(folder: &Path, change: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(binary("muster-agent"));
        command
            .current_dir(folder)
            .args(["--listen", "127.0.0.1:0"]);
        change(&mut command);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut after = |start: &str| {
            lines
                .find_map(|line| Some(line.unwrap().strip_prefix(start)?.to_owned()))
                .unwrap()
        };
        let token = after("Token: ");
        let url = after("Dashboard should connect to: ");
        // Read to the end: a program may end if nothing reads its output.
        after("=====");
        let port = url.rsplit(':').next().unwrap();
        Self {
            url: format!("http://127.0.0.1:{port}"),
            child,
            token,
        }
    }

    /// Adds it to the database in a folder.
    pub fn register(&self, folder: &Path) {
        let mut add = muster(folder, &["computer", "add", "box", &self.url]);
        let added = add.env("MUSTER_TOKEN", &self.token).output().unwrap();
        assert!(added.status.success(), "{added:?}");
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The peak memory of a process so far, in KiB.
pub fn memory_kb(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let mut lines = status.lines();
    let peak = lines.find_map(|line| line.strip_prefix("VmHWM:"));
    peak.unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap()
}

fn first_line(child: &mut Child) -> String {
    let mut line = String::new();
    let stdout = child.stdout.as_mut().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    line
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}

pub fn signal(process: u32, name: &str) {
    let mut kill = Command::new("kill");
    assert!(
        kill.args([name, &process.to_string()])
            .status()
            .unwrap()
            .success()
    );
}

/// An answer over HTTP.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

fn request(method: &str, path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.0\r\nHost: muster\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )
}

/// Sends a request; the answer ends with the connection.
fn ask(address: &str, request: &str) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Ok(Answer {
        status: status.unwrap_or(0),
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

/// Waits until `look` succeeds; panics with its last error after `within`.
pub fn wait<T>(within: Duration, mut look: impl FnMut() -> Result<T, String>) -> T {
    let began = Instant::now();
    loop {
        match look() {
            Ok(found) => return found,
            Err(missing) if began.elapsed() > within => panic!("after {within:?}: {missing}"),
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}

/// Waits until a condition holds.
pub fn wait_until(within: Duration, what: &str, mut is: impl FnMut() -> bool) {
    wait(within, || is().then_some(()).ok_or_else(|| what.to_owned()));
}

/// The usual seed, so that runs are repeatable. In the long form each run has its own seed.
const USUAL_SEED: u64 = 20_261_125;

/// Random numbers; the seed is printed, so that a failure can be repeated.
pub struct Random(u64);

impl Random {
    pub fn new() -> Self {
        let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        let usual = often(USUAL_SEED, since.as_nanos() as u64);
        let given = std::env::var("MUSTER_SEED")
            .ok()
            .and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or(usual);
        println!("MUSTER_SEED={seed}");
        Self(seed)
    }

    /// At least 0, and below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end.max(1)
    }
}
