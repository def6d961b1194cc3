//! Parsers for what the texts of the kernel have in common: lines, words and numbers.

/// The words of a line.
pub fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
}

/// The lines of a text.
pub fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n')
}

/// Parses an unsigned integer; `None` if it does not fit.
pub fn number(word: &[u8]) -> Option<u64> {
    if word.is_empty() {
        return None;
    }
    word.iter().try_fold(0_u64, |value, digit| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        value.checked_mul(10)?.checked_add(digit.into())
    })
}

/// Parses a decimal number that is finite and not negative.
pub fn decimal(word: &[u8]) -> Option<f64> {
    let value: f64 = std::str::from_utf8(word).ok()?.parse().ok()?;
    (value.is_finite() && value >= 0.0).then_some(value)
}

/// The instance part of a series name. Non-printable characters and backslashes are escaped like a space in a
/// mount point, `\040`.
pub fn instance(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    for &byte in name {
        if byte.is_ascii_graphic() && byte != b'\\' {
            text.push(byte.into());
        } else {
            text.push_str(&format!("\\{byte:03o}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_digits_that_fit() {
        assert_eq!(number(b"0"), Some(0));
        assert_eq!(number(b"18446744073709551615"), Some(u64::MAX));
        for odd in [
            "",
            "-1",
            "+1",
            "1.5",
            "18446744073709551616",
            "0x1",
            "\u{661}",
            "1 ",
        ] {
            assert_eq!(number(odd.as_bytes()), None, "{odd}");
        }
    }

    #[test]
    fn decimals_are_finite_and_positive() {
        assert_eq!(decimal(b"0.25"), Some(0.25));
        for odd in ["", "-0.1", "nan", "inf", "1e999", "a"] {
            assert_eq!(decimal(odd.as_bytes()), None, "{odd}");
        }
    }

    #[test]
    fn instances_are_valid_in_a_series_name() {
        assert_eq!(instance(b"/srv/data"), "/srv/data");
        assert_eq!(instance(b"/a b\\\n"), r"/a\040b\134\012");
        assert!(muster_wire::is_series_name(&instance("/é".as_bytes())));
    }
}
