//! Reads metrics in Prometheus' text format, which all measured servers offer.

use crate::client::{Credentials, get_text};
use anyhow::Context as _;

/// The sum of a metric over all its labels.
pub async fn sum_metric(url: &str, name: &str) -> anyhow::Result<f64> {
    let page = get_text(&format!("{url}/metrics"), Credentials::None).await?;
    sum_in(&page, name).with_context(|| format!("{url}/metrics has no {name}"))
}

fn sum_in(page: &str, name: &str) -> Option<f64> {
    let values = page.lines().filter_map(|line| {
        let labels = line.strip_prefix(name)?;
        let value = match labels.strip_prefix('{') {
            Some(labels) => labels.rsplit_once("} ")?.1,
            None => labels.strip_prefix(' ')?,
        };
        value.split(' ').next()?.parse::<f64>().ok()
    });
    values.reduce(|sum, value| sum + value)
}

#[cfg(test)]
mod tests {
    use super::sum_in;

    #[test]
    fn adds_up_all_labels_of_one_name() {
        let page = "# HELP a_count b\na_count 3\nb_count{x=\"a} 9\",y=\"\"} 1e1\nb_count{x=\"c\"} 2 1700\nb_counts 7\n";
        assert_eq!(sum_in(page, "a_count"), Some(3.0));
        assert_eq!(sum_in(page, "b_count"), Some(12.0));
        assert_eq!(sum_in(page, "c"), None);
    }
}
