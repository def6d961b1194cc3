//! Minimum, mean, maximum and count of many values.

/// The values of one bucket, summarized.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// The smallest value; NaN if all values are NaN.
    pub min: f64,
    /// The largest value; NaN if all values are NaN.
    pub max: f64,
    /// The sum of the values.
    pub sum: f64,
    /// The number of values, at least one.
    pub count: u32,
}

/// Number of values that are processed side by side; this many fit into vector registers.
const LANES: usize = 8;

impl Bucket {
    pub(crate) fn from_value(value: f64) -> Self {
        Self {
            min: value,
            max: value,
            sum: value,
            count: 1,
        }
    }

    /// Summarizes values; `None` if there are none.
    pub(crate) fn from_values(values: &[f64]) -> Option<Self> {
        let (min, max) = extremes(values);
        let count = u32::try_from(values.len()).unwrap_or(u32::MAX);
        let only_nan = min > max;
        (count > 0).then(|| Self {
            min: if only_nan { f64::NAN } else { min },
            max: if only_nan { f64::NAN } else { max },
            sum: sum(values),
            count,
        })
    }

    /// Adds the values of another bucket.
    pub(crate) fn merge(&mut self, other: Self) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum += other.sum;
        self.count = self.count.saturating_add(other.count);
    }

    /// The result as if each value had been divided before. Division keeps the order, so minimum and maximum
    /// have the same bits.
    pub(crate) fn divided(self, divisor: f64) -> Self {
        Self {
            min: self.min / divisor,
            max: self.max / divisor,
            sum: self.sum / divisor,
            count: self.count,
        }
    }

    /// The mean, clamped between minimum and maximum in case the sum was rounded; NaN if any value is NaN.
    #[must_use]
    pub fn avg(&self) -> f64 {
        match self.sum / f64::from(self.count) {
            low if low < self.min => self.min,
            high if high > self.max => self.max,
            mean => mean,
        }
    }
}

/// Minimum and maximum without NaN; positive and negative infinity if all values are NaN.
fn extremes(values: &[f64]) -> (f64, f64) {
    let mut least = [f64::INFINITY; LANES];
    let mut greatest = [f64::NEG_INFINITY; LANES];
    // A comparison is false for NaN and compiles to one instruction; `f64::min` does not.
    let mut take = |lane: usize, value: f64| {
        least[lane] = if value < least[lane] {
            value
        } else {
            least[lane]
        };
        greatest[lane] = if value > greatest[lane] {
            value
        } else {
            greatest[lane]
        };
    };
    let (blocks, rest) = values.as_chunks::<LANES>();
    for block in blocks {
        (0..LANES).for_each(|lane| take(lane, block[lane]));
    }
    for &value in rest {
        take(0, value);
    }
    let min = least.into_iter().fold(f64::INFINITY, f64::min);
    (min, greatest.into_iter().fold(f64::NEG_INFINITY, f64::max))
}

/// Sums in lanes: additions in sequence would each wait for the one before.
fn sum(values: &[f64]) -> f64 {
    let mut sums = [-0.0; LANES];
    let (blocks, rest) = values.as_chunks::<LANES>();
    for block in blocks {
        (0..LANES).for_each(|lane| sums[lane] += block[lane]);
    }
    sums.iter().chain(rest).sum()
}

#[cfg(test)]
mod tests;
