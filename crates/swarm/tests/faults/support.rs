//! What all faults share: the binaries, a server with its address, a fleet, questions over HTTP, chance, and
//! waiting for what is waited for.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// What a server here is signed in to with.
const PASSWORD: &str = "of-my-own-choice";

/// Faults take their turns: each wants the machine's time for itself.
pub fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How much is tried: more where somebody asks for all of it.
pub fn often<T>(usually: T, full: T) -> T {
    match std::env::var("MUSTER_FAULTS").as_deref() {
        Ok("full") => full,
        _ => usually,
    }
}

/// A program of this workspace, beside the one that runs.
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

/// `muster` in a folder, with nothing of this environment.
pub fn muster(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary("muster"));
    prepare(&mut command, folder);
    command.args(arguments);
    command
}

/// Whatever starts `muster` in a folder.
pub fn prepare(command: &mut Command, folder: &Path) {
    command.current_dir(folder).stdin(Stdio::null());
    for variable in ["DATABASE_URL", "DATABASE_PATH", "SECRET_KEY", "MUSTER_LOG"] {
        command.env_remove(variable);
    }
    command.env("ADMIN_USERNAME", "admin");
    command.env("ADMIN_PASSWORD", PASSWORD);
}

/// What a command says that ends by itself.
pub fn output(folder: &Path, arguments: &[&str]) -> Output {
    muster(folder, arguments).output().unwrap()
}

/// `muster verify` finds nothing.
pub fn assert_verified(folder: &Path) {
    let verified = output(folder, &["verify"]);
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(verified.status.success(), "{said}");
}

/// A server that runs; dropped, it is killed.
pub struct Server {
    child: Child,
    log: PathBuf,
    pub address: String,
}

impl Server {
    /// One on any port, with these arguments of `serve`.
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        let serve = ["serve", "--listen", "127.0.0.1:0"];
        Self::run(muster(folder, &[&serve, arguments].concat()), folder)
    }

    /// One from a command of its own that ends up as `muster serve`.
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

    /// Ends it at once, as nothing that it could do anything about.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.assert_no_panic();
    }

    /// Ends it as an operator does; it must be well done within its five seconds.
    pub fn stop(mut self) {
        let began = Instant::now();
        signal(self.id(), "-TERM");
        let status = self.child.wait().unwrap();
        let took = began.elapsed();
        self.assert_no_panic();
        assert!(status.success(), "{status}: {}", self.log());
        assert!(took < Duration::from_secs(6), "it took {took:?} to stop");
    }

    /// What it said so far, and those before it in the same folder.
    pub fn log(&self) -> String {
        read(&self.log)
    }

    pub fn assert_no_panic(&self) {
        assert!(!self.log().contains("panicked"), "{}", self.log());
    }

    /// Asks without having signed in.
    pub fn get(&self, path: &str) -> Answer {
        ask(&self.address, &request("GET", path, "", "")).unwrap()
    }

    /// Signs in.
    pub fn session(&self) -> String {
        let session = self.session_or_none();
        session.unwrap_or_else(|| panic!("nobody is let in: {}", self.log()))
    }

    /// The same, where that may fail.
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

    /// Asks as who signed in.
    pub fn read(&self, session: &str, path: &str) -> Answer {
        let cookie = format!("Cookie: {session}\r\n");
        ask(&self.address, &request("GET", path, &cookie, "")).unwrap()
    }

    /// The status of `/healthz`, and its answer.
    pub fn health(&self) -> (u16, String) {
        let answer = self.get("/healthz");
        (answer.status, answer.body)
    }

    /// A number of `/metrics`.
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

/// Simulated agents that run; dropped, they end.
pub struct Fleet {
    child: Child,
    agents: u32,
    pub port: u16,
}

impl Fleet {
    /// So many agents on any port, with these arguments of `serve`.
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

    /// Puts them on the roll of a database.
    pub fn register(&self, database: &Path) {
        self.register_with(database, &[]);
    }

    /// The same, with further arguments of `register`.
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

/// A real agent that runs; dropped, it ends.
pub struct Agent {
    child: Child,
    url: String,
    token: String,
}

impl Agent {
    /// One on any port, from a command that was changed as wanted.
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
        // To its last line: a program whose words nobody takes may end of that.
        after("=====");
        let port = url.rsplit(':').next().unwrap();
        Self {
            url: format!("http://127.0.0.1:{port}"),
            child,
            token,
        }
    }

    /// Puts it on the roll of the database in a folder.
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

/// The most memory that a process had so far, in KiB.
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

/// Asks once; the end of the connection is the end of the answer.
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

/// Waits until something is found, and says what was missing where that takes too long.
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

/// The same, of something that is or is not.
pub fn wait_until(within: Duration, what: &str, mut is: impl FnMut() -> bool) {
    wait(within, || is().then_some(()).ok_or_else(|| what.to_owned()));
}

/// The seed as a rule: what passed yesterday passes today. Where all is asked for, each run has its own.
const USUAL_SEED: u64 = 20_261_125;

/// Numbers by chance; the seed is said, so that a failure can be had again.
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
