//! Who may read a file on Windows: its access list, which a new file has from its folder.
//!
//! In a user's own folder that is the user, the system and the administrators. Elsewhere all users of the
//! computer may read it.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;
use windows_permissions::constants::{SeObjectType, SecurityInformation};
use windows_permissions::utilities::current_process_sid;
use windows_permissions::wrappers::{GetNamedSecurityInfo, SetNamedSecurityInfo};
use windows_permissions::{LocalBox, SecurityDescriptor, Sid};

const FILE: SeObjectType = SeObjectType::SE_FILE_OBJECT;

/// The system and the administrators, who can read everything as it is.
const ALWAYS: [&str; 2] = ["SY", "BA"];

/// What a folder's list gives to what is made in it: to files and to folders.
const INHERITED: &str = "OICI";

/// Makes a folder whose files are this user's alone, and those that it lies in, unless it is there.
///
/// # Errors
/// What the system said.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(path)?;
    // Where a file system has no lists, the token file's notice says it for all of them.
    let _ = restrict(path, INHERITED);
    Ok(())
}

/// Lets nobody have a file but this user, the system and the administrators.
///
/// # Errors
/// What the system said; on a file system without access lists, that.
pub fn shut(path: &Path) -> io::Result<()> {
    restrict(path, "")
}

/// Takes a file that others may read away from them; says what it did or could not do.
#[must_use]
pub fn tighten(what: &str, path: &Path) -> Option<String> {
    let shown = path.display();
    match others_may_read(path).and_then(|open| open.then(|| take_away(path)).transpose()) {
        Ok(None) => None,
        Ok(Some(())) => Some(format!(
            "others could read the {what} {shown}; its access list has you, the system and administrators now"
        )),
        Err(error) => Some(format!(
            "others may be able to read the {what} {shown}: {error}; lay it into a folder that only you may read"
        )),
    }
}

/// Some file systems have no lists, or take one and keep another.
fn take_away(path: &Path) -> io::Result<()> {
    shut(path)?;
    match others_may_read(path)? {
        true => Err(io::Error::other("its access list cannot be changed")),
        false => Ok(()),
    }
}

fn restrict(path: &Path, inherited: &str) -> io::Result<()> {
    let user = current_process_sid()?.to_string();
    let entry = |trustee: &str| format!("(A;{inherited};FA;;;{trustee})");
    let entries: String = ALWAYS
        .into_iter()
        .chain([user.as_str()])
        .map(entry)
        .collect();
    // P: nothing comes from the folder any more.
    let list: LocalBox<SecurityDescriptor> = format!("D:P{entries}").parse()?;
    let both = SecurityInformation::Dacl | SecurityInformation::ProtectedDacl;
    SetNamedSecurityInfo(name(path), FILE, both, None, None, list.dacl(), None)
}

fn others_may_read(path: &Path) -> io::Result<bool> {
    let wanted = SecurityInformation::Dacl | SecurityInformation::Owner;
    let found = GetNamedSecurityInfo(name(path), FILE, wanted)?;
    if found.dacl().is_none() {
        // No list at all lets everybody.
        return Ok(true);
    }
    let user = current_process_sid()?;
    let owner = found.owner();
    let is_known = |trustee: &str| {
        let sid = trustee.parse::<LocalBox<Sid>>();
        sid.is_ok_and(|sid| *sid == *user || owner == Some(&*sid)) || ALWAYS.contains(&trustee)
    };
    let list = found.as_sddl()?;
    Ok(let_in(&list.to_string_lossy()).any(|trustee| !is_known(trustee)))
}

fn name(path: &Path) -> &OsStr {
    path.as_os_str()
}

/// Whom a list in Windows' own notation lets in: `D:P(A;;FA;;;SY)(D;;FR;;;WD)` only the system.
fn let_in(list: &str) -> impl Iterator<Item = &str> {
    list.split('(').skip(1).filter_map(|entry| {
        let mut fields = entry.trim_end_matches(')').split(';');
        let kind = fields.next()?;
        let trustee = fields.nth(4)?;
        matches!(kind, "A" | "XA" | "OA").then_some(trustee)
    })
}

#[cfg(test)]
mod tests {
    use super::let_in;

    #[test]
    fn whom_a_list_lets_in_is_read_from_it() {
        let list = "O:BAG:BAD:PAI(A;;FA;;;SY)(D;;FR;;;WD)(XA;;FR;;;AU;(Member_of {SID(BA)}))(A;ID;0x1200a9;;;BU)";
        assert_eq!(let_in(list).collect::<Vec<_>>(), ["SY", "AU", "BU"]);
    }
}
