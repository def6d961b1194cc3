//! The token file: loaded if it exists, otherwise created, and always private.

use super::Token;
use crate::files::{make_private, write_private, write_private_like};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use thiserror::Error;

/// Maximum number of bytes of the file that are read: a token with a BOM and plenty of white space.
const MAX_FILE_BYTES: u64 = 4096;

/// The default name of the file.
pub const DEFAULT_NAME: &str = "client_token.txt";

/// Why there is no token; the text names the file and says what is wrong.
#[derive(Debug, Error)]
pub enum TokenError {
    /// The file exists but cannot be read.
    #[error("cannot read the token file {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The file cannot be created or replaced.
    #[error("cannot write the token file {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// It contains no token, and no new one was requested.
    #[error("the token file {} {what}; create a new token with `muster-agent token --new`", path.display())]
    NoToken {
        /// The file.
        path: PathBuf,
        /// What it contains.
        what: &'static str,
    },
    /// It is another file, which is not touched.
    #[error("{} contains something other than a token; choose another file with --token-file", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The path is not a regular file.
    #[error("the token file {} is {what}; choose a file with --token-file", path.display())]
    NoFile {
        /// The path.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
}

/// A token, and notices about its file.
pub struct TokenFile {
    /// The token.
    pub token: Token,
    /// Sentences for standard error.
    pub notices: Vec<String>,
}

/// Loads the token from this file. Creates the file if there is none, and replaces it if it contains no token.
///
/// # Errors
/// A [`TokenError`] if the file can neither be used nor created.
pub fn load_or_create(path: &Path) -> Result<TokenFile, TokenError> {
    let text = read_file(path)?;
    let existing = text.as_deref().and_then(|text| Token::new(trim(text)));
    let (token, notice) = match (existing, text) {
        (Some(token), _) => (token, None),
        (None, None) => (create_token(path)?, None),
        (None, Some(text)) => {
            let aside = set_aside(path, &text)?;
            (
                create_token(path)?,
                Some(replaced_notice(path, &text, aside.as_deref())),
            )
        }
    };
    // Checked for new files too: some file systems have no permissions.
    let notices = notice.into_iter().chain(make_private("token file", path));
    Ok(TokenFile {
        token,
        notices: notices.collect(),
    })
}

/// Loads the token from this file without changing it; `None` if there is no file.
///
/// # Errors
/// A [`TokenError`], also if the file contains no token.
pub fn load_existing(path: &Path) -> Result<Option<Token>, TokenError> {
    let Some(text) = read_file(path)? else {
        return Ok(None);
    };
    let token = Token::new(trim(&text));
    let none = || TokenError::NoToken {
        path: path.to_owned(),
        what: describe_content(&text),
    };
    token.ok_or_else(none).map(Some)
}

/// The token in this file, if there is one. The file is not changed.
pub(super) fn read_token(path: &Path) -> Result<Option<Token>, TokenError> {
    Ok(read_file(path)?.and_then(|text| Token::new(trim(&text))))
}

/// The content of the file up to the limit; `None` if there is no file.
pub(super) fn read_file(path: &Path) -> Result<Option<Vec<u8>>, TokenError> {
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

fn describe_content(text: &[u8]) -> &'static str {
    if trim(text).is_empty() {
        "is empty"
    } else {
        "contains no token"
    }
}

fn replaced_notice(path: &Path, text: &[u8], aside: Option<&Path>) -> String {
    let what = if trim(text).is_empty() {
        "was empty"
    } else {
        "contained no token"
    };
    let kept = aside.map(|aside| format!("; its old content is in {}", aside.display()));
    format!(
        "the token file {} {what} and was replaced; enter the new token in the dashboard{}",
        path.display(),
        kept.unwrap_or_default()
    )
}

/// Saves the content of a damaged file next to it. Refuses files that are obviously something else: a long text
/// is not a damaged token, nor are several lines in a file with another name than a token file.
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

/// Writes a new token to the file.
pub(super) fn create_token(path: &Path) -> Result<Token, TokenError> {
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
