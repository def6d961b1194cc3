//! Network rates from two readings.

use super::rounding::two_decimals;
use muster_wire::{Network, NetworkUsage};

/// The rates since `earlier`; a counter that restarted counts as unchanged.
pub fn network_usage(now: &Network, earlier: &Network, elapsed_s: f64) -> NetworkUsage {
    NetworkUsage {
        bytes_sent_per_sec: rate(now.bytes_sent, earlier.bytes_sent, elapsed_s),
        bytes_recv_per_sec: rate(now.bytes_recv, earlier.bytes_recv, elapsed_s),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate need not be exact")]
fn rate(now: u64, earlier: u64, elapsed_s: f64) -> f64 {
    let bytes = now.saturating_sub(earlier) as f64;
    if elapsed_s > 0.0 {
        two_decimals(bytes / elapsed_s)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::rate;

    #[test]
    fn rates_are_never_negative_and_never_divided_by_nothing() {
        assert_eq!(rate(1100, 1000, 3.0), 33.33);
        assert_eq!(rate(10, 1000, 3.0), 0.0);
        assert_eq!(rate(1100, 1000, 0.0), 0.0);
    }
}
