//! Selects the real file systems among the mounts.

use super::fields::{instance, lines, words};
use super::source::{SourceError, SourceFolder};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// Maximum number of mounts that get series.
const MAX_MOUNTS: usize = 64;

/// File system types that are served over a network or by a program, and may never answer.
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

/// Types on a device that are read-only and cannot fill up.
const READ_ONLY_TYPES: [&str; 6] = ["squashfs", "iso9660", "udf", "cramfs", "erofs", "romfs"];

/// Real types whose device name does not begin with `/dev/`.
const DEVICELESS_TYPES: [&str; 3] = ["zfs", "btrfs", "bcachefs"];

/// Folders below which programs mount file systems for internal use.
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

/// Files that a container has mounted from a disk of the host.
const CONTAINER_FILES: [&str; 3] = ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"];

/// A real mounted file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The mount point.
    pub point: PathBuf,
    /// The instance in series names.
    pub instance: String,
    /// Whether reading it may block forever.
    pub remote: bool,
}

/// The mounts as last read. The kernel reports changes, which are rare, and generating this file costs it more
/// than any other source.
#[derive(Default)]
pub struct Mounts {
    known: Vec<Mount>,
    source: Option<&'static str>,
}

impl Mounts {
    /// Rereads the mounts if they have changed. If `/proc` is not our own, these are the mounts of process 1 of
    /// the watched computer.
    ///
    /// # Errors
    /// A [`SourceError`] if they cannot be read.
    pub fn refresh(&mut self, proc: &mut SourceFolder) -> Result<&[Mount], SourceError> {
        if self.source.is_none_or(|source| proc.has_changed(source)) {
            self.source = None;
            let (source, mounts) = read_mounts(proc)?;
            self.known = mounts;
            self.source = Some(source);
        }
        Ok(&self.known)
    }
}

fn read_mounts(proc: &mut SourceFolder) -> Result<(&'static str, Vec<Mount>), SourceError> {
    if proc.path() != Path::new("/proc")
        && let Ok(mounts) = proc.read_file("1/mounts", parse)
    {
        return Ok(("1/mounts", mounts));
    }
    Ok(("self/mounts", proc.read_file("self/mounts", parse)?))
}

/// An unescaped line of `mounts`.
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
            // A local disk mounted below a network mount is reached through the network.
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

/// The real file systems, each device once: at its shortest mount point, since the others are bind mounts. The
/// root comes first.
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
    // Desktop programs mount their own data with FUSE. Only FUSE mounts with a colon or a slash in the device
    // are disks.
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

/// Turns `/a\040b` into `/a b`.
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
