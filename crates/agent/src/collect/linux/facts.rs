//! Facts that do not change while the computer runs, and the host name, which may.

use super::fields::lines;
use super::source::SourceFolder;
use crate::collect::short_text;
use std::path::Path;

/// Facts that are read once, at start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Name and version of the operating system.
    pub os: Option<String>,
    /// The kernel release.
    pub kernel: Option<String>,
    /// An id that is different after each boot.
    pub boot_id: Option<String>,
}

/// Reads the facts. Missing ones are not logged: they are simply absent from the answer.
pub fn read_facts(proc: &Path, root: &Path) -> Facts {
    let (mut proc, mut root) = (SourceFolder::new(proc), SourceFolder::new(root));
    let mut os = |name| root.read_file(name, parse_os_release).ok();
    Facts {
        os: os("etc/os-release").or_else(|| os("usr/lib/os-release")),
        kernel: proc.read_file("sys/kernel/osrelease", parse_text).ok(),
        boot_id: proc.read_file("sys/kernel/random/boot_id", parse_text).ok(),
    }
}

/// The host name.
pub fn hostname(proc: &mut SourceFolder) -> String {
    proc.read_file("sys/kernel/hostname", parse_text)
        .unwrap_or_else(|_| short_text(gethostname::gethostname().to_string_lossy().into_owned()))
}

fn parse_text(text: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(text).trim().to_owned();
    (!text.is_empty()).then(|| short_text(text))
}

/// Parses `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"`, with the quoting rules of a shell.
fn parse_os_release(text: &[u8]) -> Option<String> {
    let value = lines(text)
        .filter_map(|line| line.trim_ascii().strip_prefix(b"PRETTY_NAME="))
        .last()?;
    let value = String::from_utf8_lossy(value);
    let value = match value.as_bytes() {
        [b'\'', .., b'\''] => value[1..value.len() - 1].to_owned(),
        [b'"', .., b'"'] => without_backslashes(&value[1..value.len() - 1]),
        _ => value.into_owned(),
    };
    parse_text(value.as_bytes())
}

fn without_backslashes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut escaped = false;
    for character in text.chars() {
        escaped = character == '\\' && !escaped;
        if !escaped {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pretty_name(text: &str) -> Option<String> {
        parse_os_release(text.as_bytes())
    }

    #[test]
    fn the_name_is_read_as_a_shell_would() {
        let text = "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n";
        assert_eq!(
            pretty_name(text).as_deref(),
            Some("Debian GNU/Linux 12 (bookworm)")
        );
        assert_eq!(pretty_name("PRETTY_NAME=Alpine").as_deref(), Some("Alpine"));
        assert_eq!(
            pretty_name("PRETTY_NAME='a \"b\"'").as_deref(),
            Some("a \"b\"")
        );
        assert_eq!(
            pretty_name(r#"PRETTY_NAME="a \"b\" \\ c""#).as_deref(),
            Some(r#"a "b" \ c"#)
        );
    }

    #[test]
    fn hostile_text_gives_nothing_or_little() {
        for odd in [
            "",
            "PRETTY_NAME=",
            "PRETTY_NAME=\"\"",
            "PRETTY_NAME='",
            "NAME=x",
        ] {
            assert!(pretty_name(odd).is_none_or(|name| name == "'"), "{odd}");
        }
        let long = pretty_name(&format!("PRETTY_NAME={}", "é".repeat(9_999)));
        assert_eq!(long.unwrap().len(), 256);
    }
}
