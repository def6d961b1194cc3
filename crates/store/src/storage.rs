//! Storage: the room that everything takes, the room that is left, and copies of it all.

use crate::Result;
use async_trait::async_trait;
use std::path::Path;

/// What a database takes, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// All that it takes on the disk, apart from a log that comes and goes.
    pub bytes: u64,
    /// What of it holds nothing: it is used again, or given back.
    pub unused_bytes: u64,
}

/// A file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disk {
    /// What this process may still write, in bytes.
    pub available_bytes: u64,
    /// All of it, in bytes.
    pub total_bytes: u64,
}

impl Disk {
    /// The file system of a file or a folder.
    ///
    /// # Errors
    /// What the operating system said.
    pub fn containing(path: &Path) -> std::io::Result<Self> {
        let found = fs4::statvfs(path)?;
        Ok(Self {
            available_bytes: found.available_space(),
            total_bytes: found.total_space(),
        })
    }
}

/// Where the data lies.
#[async_trait]
pub trait Storage: Send + Sync {
    /// How much room it takes.
    async fn size(&self) -> Result<Size>;

    /// Gives unused room back to the file system, at most so many pages of it, unless less than `keep_bytes`
    /// is unused; and says whether there is more.
    async fn give_back_space(&self, keep_bytes: u64, pages: u32) -> Result<bool>;

    /// The disk on which it lies; `None` where that cannot be told, or is none of this computer's.
    async fn disk(&self) -> Option<Disk>;

    /// Copies all of it, as it is at one moment, into a new file that gets its name only once it was
    /// opened and looked over.
    async fn copy_to(&self, target: &Path) -> Result<()>;
}
