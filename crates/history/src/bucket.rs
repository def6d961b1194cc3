//! What many values come to: the least, the mean, the greatest and the count.

/// What fell into one bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// The least value; NaN where there is nothing else.
    pub min: f64,
    /// The greatest value; NaN where there is nothing else.
    pub max: f64,
    /// The sum of the values.
    pub sum: f64,
    /// How many values there are, at least one.
    pub count: u32,
}

/// So many values are looked at side by side, which is what fits the registers.
const LANES: usize = 8;

impl Bucket {
    pub(crate) fn of(value: f64) -> Self {
        Self {
            min: value,
            max: value,
            sum: value,
            count: 1,
        }
    }

    /// What these values come to, unless there are none.
    pub(crate) fn of_all(values: &[f64]) -> Option<Self> {
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

    /// Counts in what fell into the same bucket.
    pub(crate) fn merge(&mut self, other: Self) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum += other.sum;
        self.count = self.count.saturating_add(other.count);
    }

    /// What the values would have come to, had each been divided first: division keeps their order,
    /// so that the least and the greatest are the same bits.
    pub(crate) fn divided(self, divisor: f64) -> Self {
        Self {
            min: self.min / divisor,
            max: self.max / divisor,
            sum: self.sum / divisor,
            count: self.count,
        }
    }

    /// The mean, never outside of what it is the mean of, however the sum was rounded; not a number
    /// where one of the values is none.
    #[must_use]
    pub fn avg(&self) -> f64 {
        match self.sum / f64::from(self.count) {
            low if low < self.min => self.min,
            high if high > self.max => self.max,
            mean => mean,
        }
    }
}

/// The least and the greatest that are numbers; infinity and its opposite where none is.
fn extremes(values: &[f64]) -> (f64, f64) {
    let mut least = [f64::INFINITY; LANES];
    let mut greatest = [f64::NEG_INFINITY; LANES];
    // Comparing is false for NaN, and compiles to one instruction, which `f64::min` does not.
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

/// The sum in lanes, since a sum that must be added in order waits for each addition.
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
