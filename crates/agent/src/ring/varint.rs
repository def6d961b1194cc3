//! Integers of variable length, as in Protocol Buffers: seven bits per byte, lowest first. Zigzag encoding
//! keeps small negative numbers small: 0, -1, 1, -2 become 0, 1, 2, 3.

/// Appends a number.
pub fn write_varint(bytes: &mut Vec<u8>, number: i64) {
    let mut rest = number.cast_unsigned() << 1 ^ (number >> 63).cast_unsigned();
    while rest >= 0x80 {
        bytes.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}

/// Reads a number from the front; `None` if it is cut or too long.
pub fn read_varint(bytes: &mut &[u8]) -> Option<i64> {
    let mut whole = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        whole |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some((whole >> 1).cast_signed() ^ -(whole & 1).cast_signed());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_back() {
        let numbers = [
            0,
            1,
            -1,
            63,
            64,
            -64,
            -65,
            8_191,
            1 << 40,
            i64::MAX,
            i64::MIN,
        ];
        let mut bytes = Vec::new();
        numbers
            .iter()
            .for_each(|&number| write_varint(&mut bytes, number));
        let mut rest = &bytes[..];
        assert_eq!(numbers.map(|_| read_varint(&mut rest)), numbers.map(Some));
        assert!(rest.is_empty());
    }

    #[test]
    fn small_numbers_take_a_byte_and_cut_ones_are_refused() {
        let mut bytes = Vec::new();
        write_varint(&mut bytes, -64);
        assert_eq!(bytes.len(), 1);
        assert_eq!(read_varint(&mut &[0x80, 0x80][..]), None);
        assert_eq!(read_varint(&mut &[0xff; 11][..]), None);
    }
}
