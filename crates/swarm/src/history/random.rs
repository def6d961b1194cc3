//! Pseudo-random numbers that are the same in each run.

/// SplitMix64 (Steele, Lea and Flood).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From -1 to 1, with values near 0 more likely.
    pub fn about_zero(&mut self) -> f64 {
        (self.unit() + self.unit() + self.unit() - 1.5) / 1.5
    }

    pub fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }
}

/// A bounded random walk with occasional bursts.
pub struct Walk {
    at: f64,
    step: f64,
    low: f64,
    high: f64,
    burst: Option<(u32, f64)>,
}

impl Walk {
    pub fn new(random: &mut Random, low: f64, high: f64, step: f64) -> Self {
        let at = low + (high - low) * random.unit();
        Self {
            at,
            step,
            low,
            high,
            burst: None,
        }
    }

    pub fn next(&mut self, random: &mut Random, bursts: f64) -> f64 {
        self.at = (self.at + random.about_zero() * self.step).clamp(self.low, self.high);
        if random.chance(bursts) {
            let length = 2 + (random.unit() * 20.0) as u32;
            self.burst = Some((length, (self.high - self.low) * random.unit()));
        }
        let above = self
            .burst
            .map_or(0.0, |(_, above)| above * (0.8 + 0.2 * random.unit()));
        self.burst = self
            .burst
            .and_then(|(left, above)| Some((left.checked_sub(1)?, above)));
        (self.at + above).min(self.high)
    }
}
