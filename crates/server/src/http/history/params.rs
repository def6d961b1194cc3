//! From the words of a query to what is wanted, or to a sentence that says what is wrong with them.

use super::HistoryParams;
use crate::http::problem::Problem;
use muster_store::ChartQuery;
use muster_wire::is_series_name;

const HOUR_MS: f64 = 3_600_000.0;
const DEFAULT_HOURS: f64 = 24.0;
/// A century: more than anybody has watched anything.
const MAX_HOURS: f64 = 100.0 * 366.0 * 24.0;
const DEFAULT_POINTS: u32 = 500;
const MAX_POINTS: u32 = 10_000;
const MAX_SERIES: usize = 32;
/// Buckets of one answer, of all its series.
const MAX_BUCKETS: usize = 100_000;
/// What is shown where nobody says what.
pub const DEFAULT_SERIES: [&str; 5] = [
    "cpu_percent",
    "memory_percent",
    "disk_percent",
    "network_sent_per_sec",
    "network_recv_per_sec",
];
/// Moments of the calendar: from 1970 to 9999.
const MAX_MOMENT_S: f64 = 253_402_300_800.0;

/// What is wanted.
#[derive(Debug, PartialEq)]
pub enum Wanted {
    /// The samples themselves.
    Samples { from_ms: i64, to_ms: i64 },
    /// Buckets.
    Buckets(ChartQuery),
}

impl Wanted {
    /// From which moment to which.
    pub fn span(&self) -> (i64, i64) {
        match self {
            Self::Samples { from_ms, to_ms } => (*from_ms, *to_ms),
            Self::Buckets(query) => (query.from_ms, query.to_ms),
        }
    }
}

impl HistoryParams {
    pub fn wanted(&self, computer_id: i64, now_ms: i64) -> Result<Wanted, Problem> {
        let chart = [&self.from, &self.to, &self.points, &self.series];
        if chart.iter().all(|param| param.is_none()) {
            return self.samples(now_ms);
        }
        if self.hours.is_some() {
            let expected = "left out when from, to, points or series is given";
            return Err(Problem::invalid_value("hours", expected));
        }
        let (from_ms, to_ms) = span(self.from.as_deref(), self.to.as_deref(), now_ms)?;
        let (points, series) = (self.points()?, self.series()?);
        if points as usize * series.len() > MAX_BUCKETS {
            let expected = "at most 100,000 divided by the number of series";
            return Err(Problem::invalid_value("points", expected));
        }
        Ok(Wanted::Buckets(ChartQuery {
            computer_id,
            from_ms,
            to_ms,
            points,
            series,
        }))
    }

    fn samples(&self, now_ms: i64) -> Result<Wanted, Problem> {
        let hours = match &self.hours {
            Some(text) => number("hours", text)?,
            None => DEFAULT_HOURS,
        };
        if hours <= 0.0 || hours > MAX_HOURS {
            let expected = "more than 0 and at most a century";
            return Err(Problem::invalid_value("hours", expected));
        }
        Ok(Wanted::Samples {
            from_ms: now_ms - whole(hours * HOUR_MS),
            to_ms: now_ms + 1,
        })
    }

    fn points(&self) -> Result<u32, Problem> {
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

    fn series(&self) -> Result<Vec<String>, Problem> {
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

/// A span out of its two ends: the last day where they are left out.
pub fn span(from: Option<&str>, to: Option<&str>, now_ms: i64) -> Result<(i64, i64), Problem> {
    let to_ms = to.map_or(Ok(now_ms), |text| moment_ms("to", text))?;
    let day_before = to_ms - whole(DEFAULT_HOURS * HOUR_MS);
    let from_ms = from.map_or(Ok(day_before), |text| moment_ms("from", text))?;
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

fn number(name: &str, text: &str) -> Result<f64, Problem> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| Problem::invalid_value(name, "a number"))
}

fn moment_ms(name: &str, text: &str) -> Result<i64, Problem> {
    let seconds = number(name, text)?;
    if (0.0..=MAX_MOMENT_S).contains(&seconds) {
        Ok(whole(seconds * 1000.0))
    } else {
        let expected = "Unix seconds, such as 1795470085";
        Err(Problem::invalid_value(name, expected))
    }
}

/// Milliseconds that were checked to lie within the calendar.
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

    fn wanted(query: &str) -> Result<Wanted, String> {
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
            .wanted(1, NOW_MS)
            .map_err(|problem| problem.to_string())
    }

    #[test]
    fn nothing_asks_for_the_last_day() {
        let day = Wanted::Samples {
            from_ms: NOW_MS - 86_400_000,
            to_ms: NOW_MS + 1,
        };
        assert_eq!(wanted("").unwrap(), day);
        assert_eq!(wanted("hours=24").unwrap(), day);
    }

    #[test]
    fn any_other_word_asks_for_buckets() {
        let Wanted::Buckets(query) = wanted("from=100.5&to=200&points=7&series=a,b,a").unwrap()
        else {
            panic!("buckets");
        };
        assert_eq!(
            (query.from_ms, query.to_ms, query.points),
            (100_500, 200_000, 7)
        );
        assert_eq!(query.series, ["a", "b"]);
        let Wanted::Buckets(query) = wanted("points=7").unwrap() else {
            panic!("buckets");
        };
        assert_eq!((query.from_ms, query.to_ms), (NOW_MS - 86_400_000, NOW_MS));
    }

    #[test]
    fn absurd_questions_are_refused_in_words() {
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
            assert!(wanted(query).is_err(), "{query}");
        }
        let many: Vec<String> = (0..33).map(|n| format!("s{n}")).collect();
        assert!(wanted(&format!("series={}", many.join(","))).is_err());
    }
}
