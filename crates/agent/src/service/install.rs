//! `muster-agent install`.

use super::place::{Place, UNIT, systemctl};
use super::step::Step;
use super::{InstallArgs, ServiceError};
use crate::start::{listen, say, start_lines};
use crate::tls::{Identity, pasteable_line};
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

const TEMPLATE: &str = include_str!("../../../../packaging/systemd/muster-agent.service");
/// The line of the unit that says where to answer.
const LISTEN: &str = "Environment=MUSTER_AGENT_LISTEN=";

/// How long the service may take until it answers, and how often it is asked.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

/// Sets the service up, or anew where it is set up already, and says how the computer is added.
///
/// # Errors
/// A [`ServiceError`] in words for whoever typed it.
pub fn install(args: &InstallArgs) -> Result<(), ServiceError> {
    let place = Place::new(&args.into, args.dry_run)?;
    let program = std::env::current_exe().map_err(|source| ServiceError::File {
        what: "find",
        path: PathBuf::from("muster-agent"),
        source,
    })?;
    ensure_port(&place, args.listen)?;
    let steps = [
        Step::Copy {
            from: program,
            to: place.program(),
        },
        Step::Write {
            path: place.unit(),
            text: unit(args.listen),
        },
        Step::Reload,
        Step::Systemctl(["enable", UNIT]),
        Step::Systemctl(["restart", UNIT]),
    ];
    if args.dry_run {
        steps
            .iter()
            .for_each(|step| say(&format!("would {}\n", step.words())));
        return Ok(());
    }
    steps.iter().try_for_each(Step::take)?;
    say(&greeting(&place, args.listen)?);
    Ok(())
}

/// The unit that answers there.
fn unit(address: SocketAddr) -> String {
    let line = |line: &str| match line.starts_with(LISTEN) {
        true => format!("{LISTEN}{address}\n"),
        false => format!("{line}\n"),
    };
    TEMPLATE.lines().map(line).collect()
}

/// The port is free, or this very service has it.
fn ensure_port(place: &Place, address: SocketAddr) -> Result<(), ServiceError> {
    let is_ours = fs::read_to_string(place.unit())
        .is_ok_and(|unit| unit.contains(&format!("{LISTEN}{address}\n")))
        && systemctl(["is-active", UNIT]).is_ok();
    if is_ours {
        return Ok(());
    }
    listen(&address.to_string())
        .map(drop)
        .map_err(|error| ServiceError::Port(error.to_string()))
}

/// The lines with which an agent begins, once it answers.
fn greeting(place: &Place, address: SocketAddr) -> Result<String, ServiceError> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Ok(token) = fs::read_to_string(place.token())
            && TcpStream::connect_timeout(&reachable(address), PAUSE).is_ok()
        {
            let host = gethostname::gethostname();
            let (host, token) = (host.to_string_lossy(), token.trim());
            return Ok(format!(
                "{}{}The agent runs as the service muster-agent, now and after each start. `journalctl -u muster-agent` shows what it says.\n",
                start_lines(&host, token, address.port()),
                line(place, &host, address, token),
            ));
        }
        sleep(PAUSE);
    }
    Err(ServiceError::Silent { address })
}

/// The line that adds the computer, where the service could make a certificate.
fn line(place: &Place, host: &str, address: SocketAddr, token: &str) -> String {
    if !place.tls().exists() {
        return String::new();
    }
    Identity::load(&place.tls()).map_or_else(
        |_| String::new(),
        |identity| {
            let line = pasteable_line(host, address, token, identity.sha256());
            format!("{line}\n")
        },
    )
}

/// Where this computer itself reaches who listens there.
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
    fn the_unit_says_where_to_answer_and_is_the_packaged_one_else() {
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
        // These would falsify what is read.
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
