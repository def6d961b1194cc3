//! The token file: read where there is one, made where there is none, private in either case.

use super::Token;
use crate::files::{tighten, write_private, write_private_like};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use thiserror::Error;

/// Bytes of the file that are looked at: a token with a BOM and a generous amount of white space.
const MAX_FILE_BYTES: u64 = 4096;

/// What the file is called where nobody names another.
pub const DEFAULT_NAME: &str = "client_token.txt";

/// Why there is no token; its text names the file and says what is wrong with it.
#[derive(Debug, Error)]
pub enum TokenError {
    /// The file is there and cannot be read.
    #[error("cannot read the token file {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file cannot be made or replaced.
    #[error("cannot write the token file {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It holds none, and nobody asked for a new one.
    #[error("the token file {} {what}: `muster-agent token --new` puts a new one there", path.display())]
    NoToken {
        /// The file.
        path: PathBuf,
        /// What it holds.
        what: &'static str,
    },
    /// It is no token file at all, and is left as it is.
    #[error("{} holds something else than a token: name another file with --token-file", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Something else has that name.
    #[error("the token file {} is {what}; name a file with --token-file", path.display())]
    NoFile {
        /// What should be the file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
}

/// A token and what people should hear about its file.
pub struct TokenFile {
    /// The token.
    pub token: Token,
    /// Whole sentences for standard error.
    pub notices: Vec<String>,
}

/// The token of this file, which is made where there is none and replaced where it holds none.
///
/// # Errors
/// A [`TokenError`] where the file can be neither used nor made.
pub fn load(path: &Path) -> Result<TokenFile, TokenError> {
    let text = read(path)?;
    let held = text.as_deref().and_then(|text| Token::new(trim(text)));
    let (token, notice) = match (held, text) {
        (Some(token), _) => (token, None),
        (None, None) => (create(path)?, None),
        (None, Some(text)) => {
            let aside = set_aside(path, &text)?;
            (
                create(path)?,
                Some(replaced_notice(path, &text, aside.as_deref())),
            )
        }
    };
    // A new one too: some file systems keep nothing from anybody.
    let notices = notice.into_iter().chain(tighten("token file", path));
    Ok(TokenFile {
        token,
        notices: notices.collect(),
    })
}

/// The token of this file, which is left as it is; none where there is no file.
///
/// # Errors
/// A [`TokenError`], also where the file holds no token.
pub fn held(path: &Path) -> Result<Option<Token>, TokenError> {
    let Some(text) = read(path)? else {
        return Ok(None);
    };
    let token = Token::new(trim(&text));
    let none = || TokenError::NoToken {
        path: path.to_owned(),
        what: what_it_holds(&text),
    };
    token.ok_or_else(none).map(Some)
}

/// The token of this file, if it holds one. It is left as it is.
pub(super) fn peek(path: &Path) -> Result<Option<Token>, TokenError> {
    Ok(read(path)?.and_then(|text| Token::new(trim(&text))))
}

/// The first bytes of the file, or nothing where there is no file.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, TokenError> {
    let error = |source| TokenError::Read {
        path: path.to_owned(),
        source,
    };
    let kind = match fs::metadata(path) {
        Ok(metadata) => metadata.file_type(),
        Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(error(source)),
    };
    if !kind.is_file() {
        let what = if kind.is_dir() {
            "a folder"
        } else {
            "not a regular file"
        };
        return Err(TokenError::NoFile {
            path: path.to_owned(),
            what,
        });
    }
    let mut text = Vec::new();
    let file = File::open(path).map_err(error)?;
    file.take(MAX_FILE_BYTES)
        .read_to_end(&mut text)
        .map_err(error)?;
    Ok(Some(text))
}

fn trim(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(text)
        .trim_ascii()
}

fn what_it_holds(text: &[u8]) -> &'static str {
    match trim(text).is_empty() {
        true => "is empty",
        false => "holds no token",
    }
}

fn replaced_notice(path: &Path, text: &[u8], aside: Option<&Path>) -> String {
    let what = match trim(text).is_empty() {
        true => "was empty",
        false => "held no token",
    };
    let kept = aside.map(|aside| format!("; what it held is in {}", aside.display()));
    format!(
        "the token file {} {what} and was replaced: give the new token to the dashboard{}",
        path.display(),
        kept.unwrap_or_default()
    )
}

/// Keeps what the file held in another beside it. A file of somebody else's is none that a token goes into:
/// what is that long is no damaged token, nor are several lines where the name is not that of a token file.
pub(super) fn set_aside(path: &Path, text: &[u8]) -> Result<Option<PathBuf>, TokenError> {
    let text_held = trim(text);
    if text_held.is_empty() {
        return Ok(None);
    }
    let is_named_so = path.file_name().is_some_and(|name| name == DEFAULT_NAME);
    let is_long = text.len() as u64 >= MAX_FILE_BYTES;
    if is_long || (text_held.contains(&b'\n') && !is_named_so) {
        let path = path.to_owned();
        return Err(TokenError::Foreign { path });
    }
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(
        ".damaged-{}",
        since_1970.unwrap_or_default().as_secs()
    ));
    let aside = PathBuf::from(name);
    match write_private_like(&aside, path, text) {
        Ok(()) => Ok(Some(aside)),
        Err(source) => Err(TokenError::Write {
            path: aside,
            source,
        }),
    }
}

/// Writes a new token.
pub(super) fn create(path: &Path) -> Result<Token, TokenError> {
    let token = Token::random();
    write_private(path, format!("{}\n", token.text()).as_bytes()).map_err(|source| {
        TokenError::Write {
            path: path.to_owned(),
            source,
        }
    })?;
    Ok(token)
}

#[cfg(test)]
mod tests;
