//! Streams samples page by page, so that years of history need little memory. Pages are serialized on the blocking
//! pool, a few at once: a sample may have 500 series.

use crate::http::App;
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use muster_store::{Sample, Store};
use std::sync::Arc;
use tokio::sync::Semaphore;

const PAGE: u32 = 1_000;

struct Reader<W> {
    store: Arc<dyn Store>,
    permits: Arc<Semaphore>,
    computer_id: i64,
    from_ms: i64,
    to_ms: i64,
    first: bool,
    done: bool,
    ending: Ending,
    write: Arc<W>,
}

/// What follows the last sample, with or without any samples before it.
#[derive(Clone, Copy)]
pub struct Ending {
    pub after_some: &'static str,
    pub after_none: &'static str,
}

/// Streams samples as `write` serializes them; its second argument says whether a page is the first.
pub fn stream_samples<W>(
    app: &App,
    computer_id: i64,
    from_ms: i64,
    to_ms: i64,
    ending: Ending,
    write: W,
) -> impl Stream<Item = anyhow::Result<Bytes>> + Send + use<W>
where
    W: Fn(&[Sample], bool) -> anyhow::Result<Bytes> + Send + Sync + 'static,
{
    let reader = Reader {
        store: app.store.clone(),
        permits: app.charts.clone(),
        computer_id,
        from_ms,
        to_ms,
        first: true,
        done: false,
        ending,
        write: Arc::new(write),
    };
    stream::try_unfold(reader, |mut reader| async move {
        let page = reader.next_page().await?;
        Ok(page.map(|page| (page, reader)))
    })
}

impl<W> Reader<W>
where
    W: Fn(&[Sample], bool) -> anyhow::Result<Bytes> + Send + Sync + 'static,
{
    async fn next_page(&mut self) -> anyhow::Result<Option<Bytes>> {
        if self.done {
            return Ok(None);
        }
        let _permit = self.permits.acquire().await?;
        let samples = self
            .store
            .samples(self.computer_id, self.from_ms, self.to_ms, PAGE)
            .await?;
        let Some(last) = samples.last() else {
            self.done = true;
            let Ending {
                after_some,
                after_none,
            } = self.ending;
            let ending = if self.first { after_none } else { after_some };
            return Ok(Some(Bytes::from_static(ending.as_bytes())));
        };
        self.from_ms = last.timestamp_ms + 1;
        let (write, first) = (self.write.clone(), self.first);
        let page = tokio::task::spawn_blocking(move || write(&samples, first)).await??;
        self.first = false;
        Ok(Some(page))
    }
}
