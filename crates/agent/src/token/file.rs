//! The token file: read where there is one, made where there is none, private in either case.

use super::Token;
use crate::files::{tighten, write_private};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Bytes of the file that are looked at: a token with a BOM and a generous amount of white space.
const MAX_FILE_BYTES: u64 = 4096;

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
        (None, Some(text)) => (create(path)?, Some(replaced_notice(path, &text))),
    };
    // A new one too: some file systems keep nothing from anybody.
    let notices = notice.into_iter().chain(tighten("token file", path));
    Ok(TokenFile {
        token,
        notices: notices.collect(),
    })
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

fn replaced_notice(path: &Path, text: &[u8]) -> String {
    let what = if trim(text).is_empty() {
        "was empty"
    } else {
        "held no token"
    };
    format!(
        "the token file {} {what} and was replaced: give the new token to the dashboard",
        path.display()
    )
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
