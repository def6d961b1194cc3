//! A session of a Muster server.

use crate::client;
use anyhow::Context as _;
use clap::Args;
use hyper::Uri;
use hyper::body::Bytes;
use hyper::header::SET_COOKIE;

/// Where, and as whom.
#[derive(Args)]
pub struct LoginArgs {
    /// The account
    #[arg(long, value_parser = plain)]
    username: String,
    /// Its password
    #[arg(long, value_parser = plain)]
    password: String,
    /// The server, like http://127.0.0.1:8001
    url: String,
}

pub async fn login(args: &LoginArgs) -> anyhow::Result<()> {
    let uri: Uri = format!("{}/login", args.url).parse()?;
    let form = format!("username={}&password={}", args.username, args.password);
    let mut connection = client::connect(&uri).await?;
    let kind = "application/x-www-form-urlencoded";
    let response = client::post(&mut connection, &uri, kind, Bytes::from(form)).await?;
    let cookie = response.headers().get(SET_COOKIE);
    let cookie = cookie.context("the server did not let us in")?.to_str()?;
    println!("{}", cookie.split(';').next().unwrap_or_default());
    Ok(())
}

/// What stands in a form as it is: the accounts of a benchmark can be called so.
fn plain(word: &str) -> Result<String, String> {
    let is_plain = word
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_plain
        .then(|| word.to_owned())
        .ok_or_else(|| "letters, digits and hyphens only".to_owned())
}
