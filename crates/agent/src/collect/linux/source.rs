//! Folders that the collectors read from. Folders, files and the buffer are kept open between readings.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Maximum number of bytes that are read of a source: no reading needs more.
const MAX_SOURCE_BYTES: usize = 4 << 20;

/// Why a source could not be read.
#[derive(Debug, Error)]
pub enum SourceError {
    /// The system refused.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// Its content is unexpected.
    #[error("unexpected content in {}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
    },
}

/// An open folder with its open files. The kernel regenerates the text for each read from the beginning, and
/// opening a file costs as much as reading it.
pub struct SourceFolder {
    path: PathBuf,
    opened: Option<OwnedFd>,
    files: Vec<(&'static str, OwnedFd)>,
    buffer: Vec<u8>,
}

impl SourceFolder {
    /// Creates a folder that is opened at the first read.
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            opened: None,
            files: Vec::new(),
            buffer: vec![0; 8 << 10],
        }
    }

    /// The path of the folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads a file in this folder and parses it.
    ///
    /// # Errors
    /// A [`SourceError`] if it cannot be read or parsed.
    pub fn read_file<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<T, SourceError> {
        match self.fill(name) {
            Ok(length) => parse(&self.buffer[..length]).ok_or_else(|| SourceError::Text {
                path: self.path.join(name),
            }),
            Err(errno) => {
                // The next read opens it again.
                self.files.retain(|(known, _)| *known != name);
                Err(self.error(name, errno))
            }
        }
    }

    /// Whether the kernel reports a change of this file since the last call. Only some files support this; a
    /// file that is not open counts as changed.
    pub fn has_changed(&self, name: &str) -> bool {
        let Some((_, file)) = self.files.iter().find(|(known, _)| *known == name) else {
            return true;
        };
        let mut asked = [PollFd::new(file, PollFlags::PRI)];
        let at_once = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        poll(&mut asked, Some(&at_once)).is_err()
            || asked[0]
                .revents()
                .intersects(PollFlags::PRI | PollFlags::ERR)
    }

    /// The open folder, for listing it.
    ///
    /// # Errors
    /// A [`SourceError`] if it cannot be opened.
    pub fn open(&mut self) -> Result<BorrowedFd<'_>, SourceError> {
        match open_once(&mut self.opened, &self.path) {
            Ok(folder) => Ok(folder.as_fd()),
            Err(errno) => Err(SourceError::Read {
                path: self.path.clone(),
                source: errno.into(),
            }),
        }
    }

    /// Reads the whole file into the buffer and returns its length.
    fn fill(&mut self, name: &'static str) -> Result<usize, Errno> {
        let index = self.open_file(name)?;
        let file = &self.files[index].1;
        let mut length = 0;
        loop {
            match rustix::io::pread(file, &mut self.buffer[length..], length as u64)? {
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

    /// Opens the file unless it is open, and returns its index in `files`.
    fn open_file(&mut self, name: &'static str) -> Result<usize, Errno> {
        if let Some(index) = self.files.iter().position(|(known, _)| *known == name) {
            return Ok(index);
        }
        let folder = open_once(&mut self.opened, &self.path)?;
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let file = rustix::fs::openat(folder, name, flags, Mode::empty())?;
        self.files.push((name, file));
        Ok(self.files.len() - 1)
    }

    fn error(&self, name: &str, errno: Errno) -> SourceError {
        SourceError::Read {
            path: self.path.join(name),
            source: errno.into(),
        }
    }
}

fn open_once<'a>(opened: &'a mut Option<OwnedFd>, path: &Path) -> Result<&'a OwnedFd, Errno> {
    let folder = match opened.take() {
        Some(folder) => folder,
        None => {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            rustix::fs::open(path, flags, Mode::empty())?
        }
    };
    Ok(opened.insert(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_to_its_end_however_large() {
        let folder = tempfile::tempdir().unwrap();
        let text = vec![b'x'; 100_000];
        std::fs::write(folder.path().join("large"), &text).unwrap();
        let mut source = SourceFolder::new(folder.path());
        let read = source
            .read_file("large", |text| Some(text.to_vec()))
            .unwrap();
        assert_eq!(read, text);
    }

    #[test]
    fn an_error_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("odd"), "text").unwrap();
        let mut source = SourceFolder::new(folder.path());
        let missing = source
            .read_file("missing", |_| Some(()))
            .unwrap_err()
            .to_string();
        assert!(
            missing.ends_with("/missing: No such file or directory (os error 2)"),
            "{missing}"
        );
        let odd = source
            .read_file("odd", |_| None::<()>)
            .unwrap_err()
            .to_string();
        assert!(
            odd.starts_with("unexpected content in") && odd.ends_with("/odd"),
            "{odd}"
        );
    }

    #[test]
    fn a_file_is_read_anew_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("load");
        let mut source = SourceFolder::new(folder.path());
        for text in ["0.10 0.20", "0.1", ""] {
            std::fs::write(&file, text).unwrap();
            let read = source.read_file("load", |text| Some(text.to_vec()));
            assert_eq!(read.unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn the_kernel_reports_whether_mounts_changed() {
        let mut source = SourceFolder::new(Path::new("/proc"));
        assert!(source.has_changed("self/mounts"), "it is not open yet");
        source.read_file("self/mounts", |_| Some(())).unwrap();
        source.has_changed("self/mounts");
        assert!(!source.has_changed("self/mounts"));
    }

    #[test]
    fn a_folder_that_comes_later_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let late = folder.path().join("late");
        let mut source = SourceFolder::new(&late);
        assert!(source.open().is_err());
        std::fs::create_dir(&late).unwrap();
        assert!(source.open().is_ok());
    }
}
