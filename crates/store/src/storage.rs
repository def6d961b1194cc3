//! Storage: the size of the database, free disk space, and copies.

use crate::Result;
use async_trait::async_trait;
use std::path::Path;

/// The size of a database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Its size on the disk, without the log.
    pub bytes: u64,
    /// The free pages in it, which are reused or given back.
    pub unused_bytes: u64,
}

/// A file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disk {
    /// The space that this process can still write, in bytes.
    pub available_bytes: u64,
    /// Its size in bytes.
    pub total_bytes: u64,
}

impl Disk {
    /// The file system that contains a file or a folder.
    ///
    /// # Errors
    /// The operating system's error.
    pub fn containing(path: &Path) -> std::io::Result<Self> {
        let found = fs4::statvfs(path)?;
        Ok(Self {
            available_bytes: found.available_space(),
            total_bytes: found.total_space(),
        })
    }
}

/// The place where the data is stored.
#[async_trait]
pub trait Storage: Send + Sync {
    /// Its size.
    async fn size(&self) -> Result<Size>;

    /// Returns at most `pages` free pages to the file system unless less than `keep_bytes` are free. Returns whether
    /// there is more to give back.
    async fn give_back_space(&self, keep_bytes: u64, pages: u32) -> Result<bool>;

    /// The disk that contains it; `None` if unknown or not a disk of this computer.
    async fn disk(&self) -> Option<Disk>;

    /// Copies a consistent snapshot into a new file, which gets its name only after it was opened and checked.
    async fn copy_to(&self, target: &Path) -> Result<()>;
}
