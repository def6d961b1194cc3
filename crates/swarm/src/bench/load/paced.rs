//! Sends the same kind of request at a steady rate.

use super::LoadArgs;
use crate::client::{Connection, Credentials, connect, fetch, fetch_gzip};
use crate::history::count_points;
use anyhow::Context as _;
use hyper::Uri;
use hyper::body::Bytes;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// The response times.
#[derive(Default)]
pub struct Times {
    /// In ascending order.
    pub sorted: Vec<Duration>,
    /// Size of the last answer.
    pub bytes: usize,
}

pub struct Paced {
    sender: Arc<Sender>,
    per_second: u32,
    count: u32,
}

struct Sender {
    session: String,
    /// Whether the requests are for charts, which must not be empty and are not requested with gzip.
    is_chart: bool,
    idle: Mutex<Vec<Connection>>,
}

impl Paced {
    pub fn new(args: &LoadArgs, per_second: u32, is_chart: bool) -> Self {
        Self {
            sender: Arc::new(Sender {
                session: args.session.clone(),
                is_chart,
                idle: Mutex::default(),
            }),
            per_second,
            count: per_second * args.seconds,
        }
    }

    pub async fn send_all(
        &self,
        uri: impl Fn(u32) -> anyhow::Result<Uri>,
    ) -> anyhow::Result<Times> {
        let mut times = Times::default();
        if self.count == 0 {
            return Ok(times);
        }
        let mut turns = tokio::time::interval(Duration::from_secs(1) / self.per_second);
        let mut requests = JoinSet::new();
        for turn in 0..self.count {
            let due = turns.tick().await;
            requests.spawn(self.sender.clone().send(uri(turn)?, due));
        }
        while let Some(answer) = requests.join_next().await {
            let (elapsed, bytes) = answer??;
            times.sorted.push(elapsed);
            times.bytes = bytes;
        }
        times.sorted.sort_unstable();
        Ok(times)
    }
}

impl Sender {
    async fn send(self: Arc<Self>, uri: Uri, due: Instant) -> anyhow::Result<(Duration, usize)> {
        let idle = self.idle().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => connect(&uri).await?,
        };
        let body = self.fetch(&mut connection, &uri).await;
        let elapsed = due.elapsed();
        let body = body.with_context(|| format!("{uri} was not answered"))?;
        self.idle().push(connection);
        if self.is_chart {
            let points = count_points(&serde_json::from_slice(&body)?);
            anyhow::ensure!(points > 0, "the chart is empty: {uri}");
        }
        Ok((elapsed, body.len()))
    }

    async fn fetch(&self, connection: &mut Connection, uri: &Uri) -> anyhow::Result<Bytes> {
        let credentials = Credentials::Session(&self.session);
        match self.is_chart {
            true => fetch(connection, uri, credentials).await,
            false => fetch_gzip(connection, uri, credentials).await,
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
