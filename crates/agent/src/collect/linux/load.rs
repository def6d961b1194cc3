//! Load averages and uptime, from `loadavg` and `uptime`.

use super::fields::{decimal, words};
use super::source::{SourceError, SourceFolder};
use muster_wire::Series;
use muster_wire::catalogue;

/// Adds the load averages.
pub fn add_load(proc: &mut SourceFolder, series: &mut Series) -> Result<(), SourceError> {
    let loads = proc.read_file("loadavg", parse_load)?;
    for (name, load) in catalogue::LOADS.into_iter().zip(loads) {
        series.push(name, load);
    }
    Ok(())
}

/// Adds the uptime.
pub fn add_uptime(proc: &mut SourceFolder, series: &mut Series) -> Result<(), SourceError> {
    let uptime_s = proc.read_file("uptime", parse_uptime_s)?;
    series.push(catalogue::UPTIME, uptime_s);
    Ok(())
}

/// Parses `0.52 0.58 0.59 1/467 12345`.
fn parse_load(text: &[u8]) -> Option<[f64; 3]> {
    let mut words = words(text);
    let mut next = || decimal(words.next()?);
    Some([next()?, next()?, next()?])
}

/// Parses `35067.13 68911.55`. Whole seconds are enough.
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
fn parse_uptime_s(text: &[u8]) -> Option<i64> {
    Some(decimal(words(text).next()?)? as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_texts_are_understood() {
        assert_eq!(
            parse_load(b"0.52 1.58 20.59 1/467 12345\n"),
            Some([0.52, 1.58, 20.59])
        );
        assert_eq!(parse_uptime_s(b"35067.93 68911.55\n"), Some(35_067));
    }

    #[test]
    fn hostile_text_gives_nothing() {
        for odd in ["", "0.1 0.2", "a b c", "nan nan nan", "-1 -1 -1"] {
            assert_eq!(parse_load(odd.as_bytes()), None, "{odd}");
        }
        for odd in ["", "inf", "x", "-3"] {
            assert_eq!(parse_uptime_s(odd.as_bytes()), None, "{odd}");
        }
    }
}
