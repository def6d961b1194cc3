//! Numbers of a page of metrics in Prometheus' text format, which all servers here have.

use crate::client::{Pass, get};
use anyhow::Context as _;

/// The sum of all lines of that name, whatever their labels.
pub async fn sum(url: &str, name: &str) -> anyhow::Result<f64> {
    let page = get(&format!("{url}/metrics"), Pass::None).await?;
    sum_of(&page, name).with_context(|| format!("{url}/metrics has no {name}"))
}

fn sum_of(page: &str, name: &str) -> Option<f64> {
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
    use super::sum_of;

    #[test]
    fn adds_up_what_has_labels_and_nothing_of_another_name() {
        let page = "# HELP a_count b\na_count 3\nb_count{x=\"a} 9\",y=\"\"} 1e1\nb_count{x=\"c\"} 2 1700\nb_counts 7\n";
        assert_eq!(sum_of(page, "a_count"), Some(3.0));
        assert_eq!(sum_of(page, "b_count"), Some(12.0));
        assert_eq!(sum_of(page, "c"), None);
    }
}
