//! Signs in to a Muster server.

use crate::client;
use anyhow::Context as _;
use clap::Args;
use hyper::Uri;
use hyper::body::Bytes;
use hyper::header::SET_COOKIE;

/// The server and the account.
#[derive(Args)]
pub struct LoginArgs {
    /// Name of the account
    #[arg(long, value_parser = plain)]
    username: String,
    /// Password of the account
    #[arg(long, value_parser = plain)]
    password: String,
    /// URL of the server, such as http://127.0.0.1:8001
    url: String,
}

pub async fn print_session(args: &LoginArgs) -> anyhow::Result<()> {
    let uri: Uri = format!("{}/login", args.url).parse()?;
    let form = format!("username={}&password={}", args.username, args.password);
    let mut connection = client::connect(&uri).await?;
    let kind = "application/x-www-form-urlencoded";
    let response = client::post_body(&mut connection, &uri, kind, Bytes::from(form)).await?;
    let cookie = response.headers().get(SET_COOKIE);
    let cookie = cookie.context("the server refused the login")?.to_str()?;
    println!("{}", cookie.split(';').next().unwrap_or_default());
    Ok(())
}

/// Accepts only words that need no encoding in a form; benchmark accounts can be named accordingly.
fn plain(word: &str) -> Result<String, String> {
    let is_plain = word
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_plain
        .then(|| word.to_owned())
        .ok_or_else(|| "use only letters, digits and hyphens".to_owned())
}
