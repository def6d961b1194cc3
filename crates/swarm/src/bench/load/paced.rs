//! The same question again and again, each at its moment.

use super::LoadArgs;
use crate::client::{Connection, Pass, ask, ask_gzip, connect};
use crate::history::points;
use anyhow::Context as _;
use hyper::Uri;
use hyper::body::Bytes;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How long answers took.
#[derive(Default)]
pub struct Times {
    /// In order.
    pub sorted: Vec<Duration>,
    /// Of the last answer.
    pub bytes: usize,
}

pub struct Paced {
    asker: Arc<Asker>,
    per_second: u32,
    count: u32,
}

struct Asker {
    session: String,
    /// Whether it is a chart, which must not be empty, and no browser's answer in gzip.
    is_chart: bool,
    idle: Mutex<Vec<Connection>>,
}

impl Paced {
    pub fn new(args: &LoadArgs, per_second: u32, is_chart: bool) -> Self {
        Self {
            asker: Arc::new(Asker {
                session: args.session.clone(),
                is_chart,
                idle: Mutex::default(),
            }),
            per_second,
            count: per_second * args.seconds,
        }
    }

    pub async fn ask(&self, uri: impl Fn(u32) -> anyhow::Result<Uri>) -> anyhow::Result<Times> {
        let mut times = Times::default();
        if self.count == 0 {
            return Ok(times);
        }
        let mut turns = tokio::time::interval(Duration::from_secs(1) / self.per_second);
        let mut questions = JoinSet::new();
        for turn in 0..self.count {
            let due = turns.tick().await;
            questions.spawn(self.asker.clone().ask(uri(turn)?, due));
        }
        while let Some(answer) = questions.join_next().await {
            let (elapsed, bytes) = answer??;
            times.sorted.push(elapsed);
            times.bytes = bytes;
        }
        times.sorted.sort_unstable();
        Ok(times)
    }
}

impl Asker {
    async fn ask(self: Arc<Self>, uri: Uri, due: Instant) -> anyhow::Result<(Duration, usize)> {
        let idle = self.idle().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => connect(&uri).await?,
        };
        let body = self.answer(&mut connection, &uri).await;
        let elapsed = due.elapsed();
        let body = body.with_context(|| format!("{uri} was not answered"))?;
        self.idle().push(connection);
        if self.is_chart {
            let points = points(&serde_json::from_slice(&body)?);
            anyhow::ensure!(points > 0, "the chart is empty: {uri}");
        }
        Ok((elapsed, body.len()))
    }

    async fn answer(&self, connection: &mut Connection, uri: &Uri) -> anyhow::Result<Bytes> {
        let pass = Pass::Session(&self.session);
        match self.is_chart {
            true => ask(connection, uri, pass).await,
            false => ask_gzip(connection, uri, pass).await,
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
