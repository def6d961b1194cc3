//! Parses and checks the parameters of a history query.

use super::HistoryParams;
use crate::http::problem::Problem;
use muster_store::ChartQuery;
use muster_wire::is_series_name;

const HOUR_MS: f64 = 3_600_000.0;
const DEFAULT_HOURS: f64 = 24.0;
/// A century.
const MAX_HOURS: f64 = 100.0 * 366.0 * 24.0;
const DEFAULT_POINTS: u32 = 500;
const MAX_POINTS: u32 = 10_000;
const MAX_SERIES: usize = 32;
/// Most buckets of one answer, counting all its series.
const MAX_BUCKETS: usize = 100_000;
/// The default series.
pub const DEFAULT_SERIES: [&str; 5] = [
    "cpu_percent",
    "memory_percent",
    "disk_percent",
    "network_sent_per_sec",
    "network_recv_per_sec",
];
/// The end of the year 9999.
const MAX_MOMENT_S: f64 = 253_402_300_800.0;

/// A checked query.
#[derive(Debug, PartialEq)]
pub enum HistoryQuery {
    /// The samples themselves.
    Samples { from_ms: i64, to_ms: i64 },
    /// Buckets.
    Buckets(ChartQuery),
}

impl HistoryQuery {
    /// The start and the end of the query, in Unix milliseconds.
    pub fn span(&self) -> (i64, i64) {
        match self {
            Self::Samples { from_ms, to_ms } => (*from_ms, *to_ms),
            Self::Buckets(query) => (query.from_ms, query.to_ms),
        }
    }
}

impl HistoryParams {
    pub fn parse(&self, computer_id: i64, now_ms: i64) -> Result<HistoryQuery, Problem> {
        let chart = [&self.from, &self.to, &self.points, &self.series];
        if chart.iter().all(|param| param.is_none()) {
            return self.parse_hours(now_ms);
        }
        if self.hours.is_some() {
            let expected = "left out when from, to, points or series is given";
            return Err(Problem::invalid_value("hours", expected));
        }
        let (from_ms, to_ms) = parse_span(self.from.as_deref(), self.to.as_deref(), now_ms)?;
        let (points, series) = (self.parse_points()?, self.parse_series()?);
        if points as usize * series.len() > MAX_BUCKETS {
            let expected = "at most 100,000 divided by the number of series";
            return Err(Problem::invalid_value("points", expected));
        }
        Ok(HistoryQuery::Buckets(ChartQuery {
            computer_id,
            from_ms,
            to_ms,
            points,
            series,
        }))
    }

    fn parse_hours(&self, now_ms: i64) -> Result<HistoryQuery, Problem> {
        let hours = match &self.hours {
            Some(text) => parse_number("hours", text)?,
            None => DEFAULT_HOURS,
        };
        if hours <= 0.0 || hours > MAX_HOURS {
            let expected = "more than 0 and at most a century";
            return Err(Problem::invalid_value("hours", expected));
        }
        Ok(HistoryQuery::Samples {
            from_ms: now_ms - whole(hours * HOUR_MS),
            to_ms: now_ms + 1,
        })
    }

    fn parse_points(&self) -> Result<u32, Problem> {
        let Some(text) = &self.points else {
            return Ok(DEFAULT_POINTS);
        };
        let points = text
            .parse()
            .ok()
            .filter(|points| (1..=MAX_POINTS).contains(points));
        let expected = "a whole number from 1 to 10,000";
        points.ok_or_else(|| Problem::invalid_value("points", expected))
    }

    fn parse_series(&self) -> Result<Vec<String>, Problem> {
        let Some(list) = &self.series else {
            return Ok(DEFAULT_SERIES.map(str::to_owned).to_vec());
        };
        let mut names: Vec<String> = Vec::new();
        for name in list.split(',').filter(|name| !name.is_empty()) {
            if !is_series_name(name) {
                let expected = "names of 1 to 96 printable ASCII characters";
                return Err(Problem::invalid_value("series", expected));
            }
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        if !(1..=MAX_SERIES).contains(&names.len()) {
            let expected = "1 to 32 names, separated by commas";
            return Err(Problem::invalid_value("series", expected));
        }
        Ok(names)
    }
}

/// Parses the start and end of a span, by default the last day, into Unix milliseconds.
pub fn parse_span(
    from: Option<&str>,
    to: Option<&str>,
    now_ms: i64,
) -> Result<(i64, i64), Problem> {
    let to_ms = to.map_or(Ok(now_ms), |text| parse_moment_ms("to", text))?;
    let day_before = to_ms - whole(DEFAULT_HOURS * HOUR_MS);
    let from_ms = from.map_or(Ok(day_before), |text| parse_moment_ms("from", text))?;
    if from_ms >= to_ms {
        return Err(Problem::invalid_value("from", "before to"));
    }
    if to_ms - from_ms > whole(MAX_HOURS * HOUR_MS) {
        return Err(Problem::invalid_value(
            "from",
            "at most a century before to",
        ));
    }
    Ok((from_ms, to_ms))
}

fn parse_number(name: &str, text: &str) -> Result<f64, Problem> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| Problem::invalid_value(name, "a number"))
}

fn parse_moment_ms(name: &str, text: &str) -> Result<i64, Problem> {
    let seconds = parse_number(name, text)?;
    if (0.0..=MAX_MOMENT_S).contains(&seconds) {
        Ok(whole(seconds * 1000.0))
    } else {
        let expected = "Unix seconds, such as 1795470085";
        Err(Problem::invalid_value(name, expected))
    }
}

/// Rounds milliseconds; the caller has checked that they fit.
#[expect(
    clippy::cast_possible_truncation,
    reason = "rounded, and bounded before"
)]
fn whole(ms: f64) -> i64 {
    ms.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_795_470_085_000;

    fn parse(query: &str) -> Result<HistoryQuery, String> {
        let mut params = HistoryParams {
            hours: None,
            from: None,
            to: None,
            points: None,
            series: None,
        };
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let field = match name {
                "hours" => &mut params.hours,
                "from" => &mut params.from,
                "to" => &mut params.to,
                "points" => &mut params.points,
                _ => &mut params.series,
            };
            *field = Some(value.to_owned());
        }
        params
            .parse(1, NOW_MS)
            .map_err(|problem| problem.to_string())
    }

    #[test]
    fn without_parameters_the_last_day_is_sent() {
        let day = HistoryQuery::Samples {
            from_ms: NOW_MS - 86_400_000,
            to_ms: NOW_MS + 1,
        };
        assert_eq!(parse("").unwrap(), day);
        assert_eq!(parse("hours=24").unwrap(), day);
    }

    #[test]
    fn other_parameters_ask_for_buckets() {
        let HistoryQuery::Buckets(query) =
            parse("from=100.5&to=200&points=7&series=a,b,a").unwrap()
        else {
            panic!("buckets");
        };
        assert_eq!(
            (query.from_ms, query.to_ms, query.points),
            (100_500, 200_000, 7)
        );
        assert_eq!(query.series, ["a", "b"]);
        let HistoryQuery::Buckets(query) = parse("points=7").unwrap() else {
            panic!("buckets");
        };
        assert_eq!((query.from_ms, query.to_ms), (NOW_MS - 86_400_000, NOW_MS));
    }

    #[test]
    fn invalid_parameters_are_refused() {
        for query in [
            "hours=0",
            "hours=-1",
            "hours=x",
            "hours=1e99",
            "hours=nan",
            "hours=1&from=1",
            "from=5&to=5",
            "from=9&to=5",
            "from=-1&to=5",
            "from=1e300",
            "to=inf",
            "from=0&to=9000000000",
            "points=0",
            "points=10001",
            "points=1.5",
            "series=",
            "series=a b",
            "series=ä",
            "points=10000&series=1,2,3,4,5,6,7,8,9,10,11",
        ] {
            assert!(parse(query).is_err(), "{query}");
        }
        let many: Vec<String> = (0..33).map(|n| format!("s{n}")).collect();
        assert!(parse(&format!("series={}", many.join(","))).is_err());
    }
}
