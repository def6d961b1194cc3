//! Parses the line in `PID/stat`.

use crate::collect::linux::fields::{number, words};

/// The fields of a process that are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// CPU time in ticks, in user mode and in the kernel.
    pub used_ticks: u64,
    /// Start time in ticks after the boot.
    pub start_ticks: u64,
    /// Resident pages of memory.
    pub resident_pages: u64,
}

/// Field positions after the name; `state` is 0.
const UTIME: usize = 11;
const STIME: usize = 12;
const STARTTIME: usize = 19;
const RSS: usize = 21;

/// The name of the process and the used fields. The name is in parentheses and may contain any byte, even
/// parentheses and line ends, so the last `)` ends it.
pub fn parse_stat(text: &[u8]) -> Option<(&[u8], Stat)> {
    let open = text.iter().position(|&byte| byte == b'(')?;
    let close = text.iter().rposition(|&byte| byte == b')')?;
    let name = text.get(open + 1..close)?;
    let mut stat = Stat::default();
    let mut last = None;
    for (position, word) in words(&text[close + 1..]).enumerate().take(RSS + 1) {
        match position {
            UTIME => stat.used_ticks = number(word)?,
            STIME => stat.used_ticks = stat.used_ticks.checked_add(number(word)?)?,
            STARTTIME => stat.start_ticks = number(word)?,
            // It can be negative for a moment.
            RSS => stat.resident_pages = number(word).unwrap_or(0),
            _ => {}
        }
        last = Some(position);
    }
    (last == Some(RSS)).then_some((name, stat))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &[u8] =
        b"1201 (postgres) S 1 1201 1201 0 -1 4194560 1523 0 3 0 150 50 7 9 20 0 1 0 \
        5024 225280000 7000 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0\n";

    #[test]
    fn a_process_is_understood() {
        let expected = Stat {
            used_ticks: 200,
            start_ticks: 5024,
            resident_pages: 7000,
        };
        assert_eq!(parse_stat(LINE), Some((&b"postgres"[..], expected)));
    }

    #[test]
    fn a_name_may_hold_anything() {
        for name in ["a) S 1 (b", "(sd-pam)", "", "x\ny", ") R 9 9 9", "\u{fffd}"] {
            let line = String::from_utf8_lossy(LINE).replace("postgres", name);
            let (found, stat) = parse_stat(line.as_bytes()).unwrap();
            assert_eq!(found, name.as_bytes());
            assert_eq!(stat.used_ticks, 200);
        }
    }

    #[test]
    fn hostile_text_is_no_process() {
        for odd in ["", "1 x S", "1 )( S", "1 (x) S 1 2 3", "1 (x)", "(", ")"] {
            assert_eq!(parse_stat(odd.as_bytes()), None, "{odd}");
        }
        let line = String::from_utf8_lossy(LINE).replace(" 150 50 ", " 150 -1 ");
        assert_eq!(parse_stat(line.as_bytes()), None);
        for end in 0..LINE.len() {
            parse_stat(&LINE[..end]);
        }
    }
}
