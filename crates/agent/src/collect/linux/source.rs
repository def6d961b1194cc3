//! The folders that the collectors read from: kept open, and read into one buffer that is kept too.

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A source larger than this is not read to its end: no reading needs so much.
const MAX_SOURCE_BYTES: usize = 4 << 20;

/// Why a source gave no reading.
#[derive(Debug, Error)]
pub enum SourceError {
    /// The system would not let us.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It holds something else than it should.
    #[error("cannot understand {}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
    },
}

/// An open folder.
pub struct Folder {
    path: PathBuf,
    opened: Option<OwnedFd>,
    buffer: Vec<u8>,
}

impl Folder {
    /// A folder that is opened when it is first read from.
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            opened: None,
            buffer: vec![0; 8 << 10],
        }
    }

    /// Reads a file of this folder and makes of its text what `parse` makes of it.
    ///
    /// # Errors
    /// A [`SourceError`] where it cannot be read, or `parse` finds nothing in it.
    pub fn read<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<T, SourceError> {
        let length = self.fill(name).map_err(|errno| self.error(name, errno))?;
        parse(&self.buffer[..length]).ok_or_else(|| SourceError::Text {
            path: self.path.join(name),
        })
    }

    /// The open folder, for those who list it.
    ///
    /// # Errors
    /// A [`SourceError`] where it cannot be opened.
    pub fn open(&mut self) -> Result<BorrowedFd<'_>, SourceError> {
        let error = self
            .ensure_open()
            .map_err(|errno| self.error("", errno))
            .err();
        match (&self.opened, error) {
            (Some(opened), None) => Ok(opened.as_fd()),
            (_, Some(error)) => Err(error),
            (None, None) => Err(self.error("", Errno::NOENT)),
        }
    }

    /// Where the folder is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn ensure_open(&mut self) -> Result<(), Errno> {
        if self.opened.is_none() {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            self.opened = Some(rustix::fs::open(&self.path, flags, Mode::empty())?);
        }
        Ok(())
    }

    /// Reads the whole file into the buffer; gives its length.
    fn fill(&mut self, name: &str) -> Result<usize, Errno> {
        self.ensure_open()?;
        let folder = self.opened.as_ref().ok_or(Errno::NOENT)?;
        let file = rustix::fs::openat(
            folder,
            name,
            OFlags::RDONLY | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        let mut length = 0;
        loop {
            match rustix::io::read(&file, &mut self.buffer[length..])? {
                0 => return Ok(length),
                read => length += read,
            }
            if length == self.buffer.len() {
                if length >= MAX_SOURCE_BYTES {
                    return Ok(length);
                }
                self.buffer.resize(2 * length, 0);
            }
        }
    }

    fn error(&self, name: &str, errno: Errno) -> SourceError {
        SourceError::Read {
            path: self.path.join(name),
            source: errno.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_to_its_end_however_large() {
        let folder = tempfile::tempdir().unwrap();
        let text = vec![b'x'; 100_000];
        std::fs::write(folder.path().join("large"), &text).unwrap();
        let mut source = Folder::new(folder.path());
        let read = source.read("large", |text| Some(text.to_vec())).unwrap();
        assert_eq!(read, text);
    }

    #[test]
    fn an_error_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("odd"), "text").unwrap();
        let mut source = Folder::new(folder.path());
        let missing = source
            .read("missing", |_| Some(()))
            .unwrap_err()
            .to_string();
        assert!(
            missing.ends_with("/missing: No such file or directory (os error 2)"),
            "{missing}"
        );
        let odd = source.read("odd", |_| None::<()>).unwrap_err().to_string();
        assert!(
            odd.starts_with("cannot understand") && odd.ends_with("/odd"),
            "{odd}"
        );
    }

    #[test]
    fn a_folder_that_comes_later_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let late = folder.path().join("late");
        let mut source = Folder::new(&late);
        assert!(source.open().is_err());
        std::fs::create_dir(&late).unwrap();
        assert!(source.open().is_ok());
    }
}
