//! Reads and writes integers of variable length.

use crate::ChunkError;

/// Writes seven bits per byte, least significant first; the top bit says that another byte follows.
pub(crate) fn write_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Writes a count or a length.
pub(crate) fn write_count(out: &mut Vec<u8>, count: usize) {
    write_varint(out, count as u64);
}

/// Maps small numbers of either sign to small unsigned numbers.
pub(crate) fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

pub(crate) fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// The bytes that are still to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) fn take_bytes(&mut self, count: usize) -> Result<&'a [u8], ChunkError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(ChunkError::Cut)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn read_byte(&mut self) -> Result<u8, ChunkError> {
        let (&byte, rest) = self.0.split_first().ok_or(ChunkError::Cut)?;
        self.0 = rest;
        Ok(byte)
    }

    pub(crate) fn read_varint(&mut self) -> Result<u64, ChunkError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.read_byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(ChunkError::Damaged("a number has more than 64 bits"))
    }

    /// Reads a count of at most `most`, so that a forged count cannot cause a huge allocation.
    pub(crate) fn read_count(&mut self, most: usize) -> Result<usize, ChunkError> {
        let count = usize::try_from(self.read_varint()?).unwrap_or(usize::MAX);
        if count > most {
            return Err(ChunkError::Damaged("a count is too large"));
        }
        Ok(count)
    }

    /// Checks that nothing follows the last part of a chunk.
    pub(crate) fn expect_end(self) -> Result<(), ChunkError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(ChunkError::Damaged("data follows its end"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn gives_back_what_was_written(number: u64) {
            let mut out = Vec::new();
            write_varint(&mut out, number);
            let mut bytes = Bytes(&out);
            prop_assert_eq!(bytes.read_varint(), Ok(number));
            prop_assert_eq!(bytes.expect_end(), Ok(()));
        }
    }

    #[test]
    fn refuses_what_has_more_than_64_bits() {
        assert!(Bytes(&[0xff; 10]).read_varint().is_err());
        let mut largest = vec![0xff; 9];
        largest.push(1);
        assert_eq!(Bytes(&largest).read_varint(), Ok(u64::MAX));
        largest[9] = 2;
        assert!(Bytes(&largest).read_varint().is_err());
    }

    #[test]
    fn zigzag_goes_there_and_back() {
        for number in [0, 1, -1, i64::MIN, i64::MAX] {
            assert_eq!(unzigzag(zigzag(number)), number);
        }
    }
}
