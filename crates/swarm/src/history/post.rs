//! Posts a file of lines in parts; each part ends at the end of a line.

use crate::client::{Connection, connect, post_body};
use hyper::Uri;
use hyper::body::Bytes;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

const PART_BYTES: usize = 8 << 20;

pub async fn post_lines(url: &str, path: &Path) -> anyhow::Result<()> {
    let uri: Uri = url.parse()?;
    let mut connection = connect(&uri).await?;
    let mut file = BufReader::new(File::open(path)?);
    let mut part = Vec::new();
    while file.read_until(b'\n', &mut part)? > 0 {
        if part.len() >= PART_BYTES {
            send(&mut connection, &uri, std::mem::take(&mut part)).await?;
        }
    }
    send(&mut connection, &uri, part).await
}

async fn send(connection: &mut Connection, uri: &Uri, part: Vec<u8>) -> anyhow::Result<()> {
    let response = post_body(connection, uri, "application/json", Bytes::from(part)).await?;
    anyhow::ensure!(
        response.status().is_success(),
        "answered {}",
        response.status()
    );
    Ok(())
}
