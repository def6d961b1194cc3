//! Browsers that follow the stream of updates and discard it.

use super::LoadArgs;
use crate::client::{Connection, Credentials, connect, open_gzip_stream};
use http_body_util::BodyExt as _;
use hyper::Uri;
use hyper::body::Incoming;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use tokio::task::JoinSet;

/// All open streams; closed on drop.
pub struct Dashboards {
    seen: Arc<Seen>,
    _streams: JoinSet<()>,
}

#[derive(Default)]
struct Seen {
    bytes: AtomicU64,
    open: AtomicU32,
}

impl Dashboards {
    pub async fn open(args: &LoadArgs) -> anyhow::Result<Self> {
        let uri: Uri = format!("{}/api/live", args.url).parse()?;
        let (seen, mut streams) = (Arc::new(Seen::default()), JoinSet::new());
        for _ in 0..args.dashboards {
            let mut connection = connect(&uri).await?;
            let credentials = Credentials::Session(&args.session);
            let stream = open_gzip_stream(&mut connection, &uri, credentials).await?;
            seen.open.fetch_add(1, Ordering::Relaxed);
            streams.spawn(follow(connection, stream, seen.clone()));
        }
        Ok(Self {
            seen,
            _streams: streams,
        })
    }

    pub fn bytes(&self) -> u64 {
        self.seen.bytes.load(Ordering::Relaxed)
    }

    pub fn open_count(&self) -> u32 {
        self.seen.open.load(Ordering::Relaxed)
    }
}

/// Reads a stream to its end. The connection must live as long as its stream.
async fn follow(_connection: Connection, mut stream: Incoming, seen: Arc<Seen>) {
    while let Some(Ok(frame)) = stream.frame().await {
        let bytes = frame.data_ref().map_or(0, |data| data.len() as u64);
        seen.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
    seen.open.fetch_sub(1, Ordering::Relaxed);
}
