//! Keeps `PID/stat` of known processes open: opening costs as much as reading.

use rustix::fd::{BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags};
use std::collections::HashMap;

/// Maximum number of files that are kept open; connections need some too.
const MAX_OPEN: usize = 256;

/// The `stat` of a process is a line of about 300 bytes.
const STAT_BYTES: usize = 1024;

/// The open files, by process id.
pub struct StatFiles {
    room: usize,
    open: HashMap<u32, OwnedFd>,
    /// Files of the previous pass that this one has not reached; the processes of those that are left at the
    /// end have ended.
    before: HashMap<u32, OwnedFd>,
    text: [u8; STAT_BYTES],
}

impl StatFiles {
    /// Keeps at most a quarter of the permitted files open.
    pub fn new(permitted_files: u64) -> Self {
        Self {
            room: MAX_OPEN.min(usize::try_from(permitted_files / 4).unwrap_or(MAX_OPEN)),
            open: HashMap::new(),
            before: HashMap::new(),
            text: [0; STAT_BYTES],
        }
    }

    /// Starts a pass over all processes.
    pub fn begin_pass(&mut self) {
        std::mem::swap(&mut self.open, &mut self.before);
    }

    /// Ends a pass: closes the files of processes that are gone.
    pub fn end_pass(&mut self) {
        self.before.clear();
    }

    /// Reads the line of a process; `None` if it has ended.
    pub fn read_stat(&mut self, folder: BorrowedFd<'_>, pid: u32, name: &[u8]) -> Option<&[u8]> {
        let kept = self.before.remove(&pid);
        let read = |file: OwnedFd, text: &mut [u8]| {
            let length = rustix::io::pread(&file, text, 0).ok()?;
            (length > 0).then_some((file, length))
        };
        // The file of an ended process stays unreadable, even if its id is reused.
        let (file, length) = match kept.and_then(|file| read(file, &mut self.text)) {
            Some(found) => found,
            None => read(open(folder, name)?, &mut self.text)?,
        };
        if self.open.len() < self.room {
            self.open.insert(pid, file);
        }
        Some(&self.text[..length])
    }
}

fn open(folder: BorrowedFd<'_>, pid: &[u8]) -> Option<OwnedFd> {
    let mut path = [0; 16];
    let length = pid.len() + b"/stat".len();
    path.get_mut(..pid.len())?.copy_from_slice(pid);
    path.get_mut(pid.len()..length)?.copy_from_slice(b"/stat");
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    rustix::fs::openat(folder, &path[..length], flags, Mode::empty()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsFd;
    use std::process::{Command, Stdio};

    #[test]
    fn a_process_is_read_until_it_ends_and_its_file_closed() {
        let folder = std::fs::File::open("/proc").unwrap();
        let mut sleeper = Command::new("sleep")
            .arg("60")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let pid = sleeper.id();
        let name = pid.to_string();
        let mut files = StatFiles::new(1024);
        for _ in 0..3 {
            files.begin_pass();
            let text = files
                .read_stat(folder.as_fd(), pid, name.as_bytes())
                .unwrap();
            assert!(text.starts_with(name.as_bytes()));
            files.end_pass();
            assert_eq!((files.open.len(), files.before.len()), (1, 0));
        }
        sleeper.kill().unwrap();
        sleeper.wait().unwrap();
        files.begin_pass();
        assert_eq!(files.read_stat(folder.as_fd(), pid, name.as_bytes()), None);
        files.end_pass();
        assert_eq!((files.open.len(), files.before.len()), (0, 0));
    }

    #[test]
    fn a_file_that_is_not_kept_open_is_still_read() {
        let folder = std::fs::File::open("/proc").unwrap();
        let mut files = StatFiles::new(0);
        files.begin_pass();
        assert!(files.read_stat(folder.as_fd(), 1, b"1").is_some());
        assert!(files.open.is_empty());
        assert!(
            files
                .read_stat(folder.as_fd(), 1, b"12345678901234567890")
                .is_none()
        );
    }
}
