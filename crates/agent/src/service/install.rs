//! `muster-agent install`.

use super::paths::{ServicePaths, UNIT};
use super::step::Step;
use super::systemctl::run_systemctl;
use super::{InstallArgs, ServiceError};
use crate::start::{bind_listener, print_and_flush, start_lines};
use crate::tls::{Identity, pasteable_line};
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

const TEMPLATE: &str = include_str!("../../../../packaging/systemd/muster-agent.service");
/// The line of the unit that sets the address.
const LISTEN: &str = "Environment=MUSTER_AGENT_LISTEN=";

/// How long the service may take until it answers, and the pause between checks.
const START_TIMEOUT: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

/// Installs or updates the service, and prints how to add the computer.
///
/// # Errors
/// A [`ServiceError`] for the user.
pub fn install_service(args: &InstallArgs) -> Result<(), ServiceError> {
    let paths = ServicePaths::new(&args.into, args.dry_run)?;
    let program = std::env::current_exe().map_err(|source| ServiceError::File {
        what: "find",
        path: PathBuf::from("muster-agent"),
        source,
    })?;
    ensure_port(&paths, args.listen)?;
    let steps = [
        Step::Copy {
            from: program,
            to: paths.program(),
        },
        Step::Write {
            path: paths.unit(),
            text: unit(args.listen),
        },
        Step::Reload,
        Step::Systemctl(["enable", UNIT]),
        Step::Systemctl(["restart", UNIT]),
    ];
    if args.dry_run {
        for step in &steps {
            print_and_flush(&format!("would {}\n", step.description()));
        }
        return Ok(());
    }
    steps.iter().try_for_each(Step::execute)?;
    print_and_flush(&greeting(&paths, args.listen)?);
    Ok(())
}

/// The unit with this address.
fn unit(address: SocketAddr) -> String {
    let line = |line: &str| {
        if line.starts_with(LISTEN) {
            format!("{LISTEN}{address}\n")
        } else {
            format!("{line}\n")
        }
    };
    TEMPLATE.lines().map(line).collect()
}

/// Checks that the port is free, or that this very service uses it.
fn ensure_port(paths: &ServicePaths, address: SocketAddr) -> Result<(), ServiceError> {
    let is_ours = fs::read_to_string(paths.unit())
        .is_ok_and(|unit| unit.contains(&format!("{LISTEN}{address}\n")))
        && run_systemctl(["is-active", UNIT]).is_ok();
    if is_ours {
        return Ok(());
    }
    bind_listener(&address.to_string())
        .map(drop)
        .map_err(|error| ServiceError::Port(error.to_string()))
}

/// The start lines of an agent, once it answers.
fn greeting(paths: &ServicePaths, address: SocketAddr) -> Result<String, ServiceError> {
    let deadline = Instant::now() + START_TIMEOUT;
    while Instant::now() < deadline {
        if let Ok(token) = fs::read_to_string(paths.token())
            && TcpStream::connect_timeout(&reachable(address), PAUSE).is_ok()
        {
            let host = gethostname::gethostname();
            let (host, token) = (host.to_string_lossy(), token.trim());
            return Ok(format!(
                "{}{}The agent runs as the service muster-agent and starts with the computer. Its log: `journalctl -u muster-agent`.\n",
                start_lines(&host, token, address.port()),
                add_line(paths, &host, address, token),
            ));
        }
        sleep(PAUSE);
    }
    Err(ServiceError::NotAnswering { address })
}

/// The line that adds the computer, if the service could create a certificate.
fn add_line(paths: &ServicePaths, host: &str, address: SocketAddr, token: &str) -> String {
    if !paths.tls().exists() {
        return String::new();
    }
    Identity::load_or_create(&paths.tls()).map_or_else(
        |_| String::new(),
        |identity| {
            let line = pasteable_line(host, address, token, identity.sha256());
            format!("{line}\n")
        },
    )
}

/// The address at which this computer reaches a listener.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_is_the_packaged_one_with_another_address() {
        let packaged = unit("0.0.0.0:8000".parse().unwrap());
        assert_eq!(packaged, TEMPLATE);
        let other = unit("[::1]:9000".parse().unwrap());
        assert!(other.contains("\nEnvironment=MUSTER_AGENT_LISTEN=[::1]:9000\n"));
        assert_eq!(other.lines().count(), TEMPLATE.lines().count());
    }

    #[test]
    fn the_unit_is_sandboxed() {
        for line in [
            "DynamicUser=yes",
            "CapabilityBoundingSet=",
            "NoNewPrivileges=yes",
            "ProtectSystem=strict",
            "ProtectHome=read-only",
            "MemoryDenyWriteExecute=yes",
            "SystemCallFilter=@system-service",
        ] {
            assert!(TEMPLATE.lines().any(|there| there == line), "{line}");
        }
        // These would falsify the values.
        for line in [
            "ProtectProc=",
            "ProcSubset=",
            "PrivateUsers=",
            "PrivateNetwork=",
        ] {
            assert!(
                !TEMPLATE.lines().any(|there| there.starts_with(line)),
                "{line}"
            );
        }
    }
}
