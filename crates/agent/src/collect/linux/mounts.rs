//! Which mounted file systems are real: `mounts`.

use super::fields::{instance, lines, words};
use super::source::{Folder, SourceError};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// Mounts that get series of their own, at most.
const MAX_MOUNTS: usize = 64;

/// Types that answer over a network or from a program, and may take for ever to do so.
const REMOTE_TYPES: [&str; 22] = [
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "ocfs2",
    "gfs2",
    "orangefs",
    "panfs",
    "prl_fs",
    "smb3",
    "smbfs",
    "vboxsf",
    "virtiofs",
];

/// Types that lie on a device and hold nothing that could fill up.
const READ_ONLY_TYPES: [&str; 6] = ["squashfs", "iso9660", "udf", "cramfs", "erofs", "romfs"];

/// Types that are real and whose device does not begin with `/dev/`.
const DEVICELESS_TYPES: [&str; 3] = ["zfs", "btrfs", "bcachefs"];

/// Below these lie what programs mount for themselves.
const HIDDEN_FOLDERS: [&str; 10] = [
    "/dev",
    "/proc",
    "/sys",
    "/snap",
    "/run/credentials",
    "/run/user",
    "/var/lib/docker",
    "/var/lib/containers",
    "/var/lib/kubelet",
    "/var/snap",
];

/// A container finds these files mounted from the host's disk.
const CONTAINER_FILES: [&str; 3] = ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"];

/// One mounted real file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Where it is mounted.
    pub point: PathBuf,
    /// Its name in a series.
    pub instance: String,
    /// Whether asking it may take for ever.
    pub remote: bool,
}

/// The mounts as they were read last: the kernel says when they change, which is seldom, and to write
/// them costs it more than any other source.
#[derive(Default)]
pub struct Mounts {
    known: Vec<Mount>,
    source: Option<&'static str>,
}

impl Mounts {
    /// Reads the mounts where they have changed: those of the computer's first process where `/proc` is
    /// not our own.
    ///
    /// # Errors
    /// A [`SourceError`] where they cannot be read.
    pub fn read(&mut self, proc: &mut Folder) -> Result<&[Mount], SourceError> {
        if self.source.is_none_or(|source| proc.has_changed(source)) {
            self.source = None;
            let (source, mounts) = read(proc)?;
            self.known = mounts;
            self.source = Some(source);
        }
        Ok(&self.known)
    }
}

fn read(proc: &mut Folder) -> Result<(&'static str, Vec<Mount>), SourceError> {
    if proc.path() != Path::new("/proc")
        && let Ok(mounts) = proc.read("1/mounts", parse)
    {
        return Ok(("1/mounts", mounts));
    }
    Ok(("self/mounts", proc.read("self/mounts", parse)?))
}

/// A line of `mounts`, unescaped.
struct Line {
    device: Vec<u8>,
    point: Vec<u8>,
    kind: String,
}

fn parse(text: &[u8]) -> Option<Vec<Mount>> {
    let mounted: Vec<Line> = lines(text).filter_map(parse_line).collect();
    if mounted.is_empty() {
        return None;
    }
    let remote_points: Vec<PathBuf> = mounted
        .iter()
        .filter(|line| is_remote(&line.kind))
        .map(|line| path(&line.point))
        .collect();
    let mut mounts: Vec<Mount> = distinct(mounted)
        .into_iter()
        .map(|line| Mount {
            instance: instance(&line.point),
            // The way to a local disk below a network mount leads through the network.
            remote: remote_points
                .iter()
                .any(|remote| path(&line.point).starts_with(remote)),
            point: path(&line.point),
        })
        .collect();
    mounts.truncate(MAX_MOUNTS);
    Some(mounts)
}

fn parse_line(line: &[u8]) -> Option<Line> {
    let mut words = words(line);
    Some(Line {
        device: unescape(words.next()?),
        point: unescape(words.next()?),
        kind: String::from_utf8_lossy(words.next()?).into_owned(),
    })
}

/// The real ones, each device once: at its shortest mount point, the others being binds of it. The root
/// comes first.
fn distinct(mounted: Vec<Line>) -> Vec<Line> {
    let mut kept: Vec<Line> = Vec::new();
    for line in mounted.into_iter().filter(is_real) {
        // A later mount at the same point hides the earlier one.
        kept.retain(|earlier| earlier.point != line.point);
        match kept.iter().position(|known| known.device == line.device) {
            Some(known) if line.point.len() < kept[known].point.len() => kept[known] = line,
            Some(_) => {}
            None => kept.push(line),
        }
    }
    kept.sort_by_key(|line| !is_root(line));
    kept
}

fn is_root(line: &Line) -> bool {
    line.point == b"/"
}

fn is_remote(kind: &str) -> bool {
    REMOTE_TYPES.contains(&kind) || kind.starts_with("fuse")
}

fn is_real(line: &Line) -> bool {
    let (kind, point) = (line.kind.as_str(), path(&line.point));
    if is_root(line) {
        return kind != "rootfs";
    }
    let hidden = HIDDEN_FOLDERS
        .iter()
        .any(|folder| point.starts_with(folder))
        || CONTAINER_FILES.iter().any(|file| point == Path::new(file));
    let on_device = line.device.starts_with(b"/dev/") && !READ_ONLY_TYPES.contains(&kind);
    // Desktop programs show their own data as a file system; of those in user space, these are disks.
    let fuse_disk =
        kind.starts_with("fuse.") && (line.device.contains(&b':') || line.device.contains(&b'/'));
    let real = if kind.starts_with("fuse.") {
        fuse_disk
    } else {
        on_device || REMOTE_TYPES.contains(&kind) || DEVICELESS_TYPES.contains(&kind)
    };
    real && !hidden
}

fn path(bytes: &[u8]) -> PathBuf {
    OsString::from_vec(bytes.to_vec()).into()
}

/// `/a\040b` is `/a b`.
fn unescape(word: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some((&first, after)) = rest.split_first() {
        match octal(rest) {
            Some(byte) => (bytes.push(byte), rest = &rest[4..]).1,
            None => (bytes.push(first), rest = after).1,
        }
    }
    bytes
}

fn octal(text: &[u8]) -> Option<u8> {
    let [b'\\', digits @ ..] = text.get(..4)? else {
        return None;
    };
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok()
}

#[cfg(test)]
mod tests;
