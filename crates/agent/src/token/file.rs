//! The token file: read where there is one, made where there is none, private in either case.

use super::Token;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
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
    let Some(text) = read(path)? else {
        let token = create(path)?;
        return Ok(TokenFile {
            token,
            notices: Vec::new(),
        });
    };
    match Token::new(trim(&text)) {
        Some(token) => Ok(TokenFile {
            token,
            notices: tighten(path).into_iter().collect(),
        }),
        None => Ok(TokenFile {
            token: create(path)?,
            notices: vec![replaced_notice(path, &text)],
        }),
    }
}

/// The first bytes of the file, or nothing where there is no file.
fn read(path: &Path) -> Result<Option<Vec<u8>>, TokenError> {
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

/// Writes a new token so that the file is whole at every moment.
fn create(path: &Path) -> Result<Token, TokenError> {
    let token = Token::random();
    let text = format!("{}\n", token.text());
    // A link's target is replaced, not the link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let written = replace(&target, &text).or_else(|error| {
        // A file that is mounted into a container can be written and not replaced.
        if target.is_file() {
            overwrite(&target, &text).map_err(|_| error)
        } else {
            Err(error)
        }
    });
    written.map_err(|source| TokenError::Write {
        path: path.to_owned(),
        source,
    })?;
    Ok(token)
}

fn replace(target: &Path, text: &str) -> io::Result<()> {
    let mut name = target.as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let temporary = PathBuf::from(name);
    let result = private(OpenOptions::new().write(true).create_new(true))
        .open(&temporary)
        .and_then(|file| write_all(file, text))
        .and_then(|()| fs::rename(&temporary, target));
    if result.is_err() {
        // What could not be made cannot be removed either; the first error is the one to tell.
        let _ = fs::remove_file(&temporary);
    }
    result
}

fn overwrite(target: &Path, text: &str) -> io::Result<()> {
    write_all(
        OpenOptions::new().write(true).truncate(true).open(target)?,
        text,
    )?;
    tighten(target);
    Ok(())
}

/// A file that a power cut leaves empty would cost the computer its place on the dashboard.
fn write_all(mut file: File, text: &str) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Takes a file that others may read away from them; says what it did or could not do.
#[cfg(unix)]
fn tighten(path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).ok()?.permissions().mode();
    if mode & 0o077 == 0 {
        return None;
    }
    let path_text = path.display();
    Some(
        match fs::set_permissions(path, fs::Permissions::from_mode(0o600)) {
            Ok(()) => format!("others could read the token file {path_text}; its mode is 0600 now"),
            Err(error) => {
                format!("others can read the token file {path_text}, its mode stays: {error}")
            }
        },
    )
}

/// Elsewhere the folder's access list decides.
#[cfg(not(unix))]
fn tighten(_: &Path) -> Option<String> {
    None
}

#[cfg(test)]
mod tests;
