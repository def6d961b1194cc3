//! Samples as a stream: a page is read when the one before was written, so that years cost no memory. It is written
//! on a thread that serves nobody, and few at once: a sample may have half a thousand series.

use crate::http::App;
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use muster_store::{Sample, Store};
use std::sync::Arc;
use tokio::sync::Semaphore;

const PAGE: u32 = 1_000;

struct Reader<W> {
    store: Arc<dyn Store>,
    places: Arc<Semaphore>,
    computer_id: i64,
    from_ms: i64,
    to_ms: i64,
    first: bool,
    done: bool,
    end: End,
    write: Arc<W>,
}

/// What is written after the last sample: where there were some, and where there were none.
#[derive(Clone, Copy)]
pub struct End {
    pub after_some: &'static str,
    pub after_none: &'static str,
}

/// Samples as `write` writes them, a page at a time; it learns whether a page is the first.
pub fn stream<W>(
    app: &App,
    computer_id: i64,
    from_ms: i64,
    to_ms: i64,
    end: End,
    write: W,
) -> impl Stream<Item = anyhow::Result<Bytes>> + Send + use<W>
where
    W: Fn(&[Sample], bool) -> anyhow::Result<Bytes> + Send + Sync + 'static,
{
    let reader = Reader {
        store: app.store.clone(),
        places: app.charts.clone(),
        computer_id,
        from_ms,
        to_ms,
        first: true,
        done: false,
        end,
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
        let _place = self.places.acquire().await?;
        let samples = self
            .store
            .samples(self.computer_id, self.from_ms, self.to_ms, PAGE)
            .await?;
        let Some(last) = samples.last() else {
            self.done = true;
            let End {
                after_some,
                after_none,
            } = self.end;
            let end = if self.first { after_none } else { after_some };
            return Ok(Some(Bytes::from_static(end.as_bytes())));
        };
        self.from_ms = last.timestamp_ms + 1;
        let (write, first) = (self.write.clone(), self.first);
        let page = tokio::task::spawn_blocking(move || write(&samples, first)).await??;
        self.first = false;
        Ok(Some(page))
    }
}
