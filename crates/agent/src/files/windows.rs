//! File access on Windows: a new file inherits its access list from its folder.
//!
//! In a folder of a user that is the user, the system and the administrators. Elsewhere all users of the
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

/// The system and the administrators, who can read everything anyway.
const ALWAYS: [&str; 2] = ["SY", "BA"];

/// Makes an entry apply to files and folders that are created in the folder.
const INHERITED: &str = "OICI";

/// Creates a folder whose files belong to this user only, with its parents, unless it exists.
///
/// # Errors
/// The error of the system.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(path)?;
    // If the file system has no access lists, the notice about the token file says so for all files.
    let _ = restrict(path, INHERITED);
    Ok(())
}

/// Restricts a file to this user, the system and the administrators.
///
/// # Errors
/// The error of the system, also if the file system has no access lists.
pub fn restrict_to_owner(path: &Path) -> io::Result<()> {
    restrict(path, "")
}

/// Restricts a file that others may read to its owner; returns a notice about what it did or could not do.
#[must_use]
pub fn make_private(what: &str, path: &Path) -> Option<String> {
    let shown = path.display();
    match others_may_read(path).and_then(|open| open.then(|| restrict_and_check(path)).transpose())
    {
        Ok(None) => None,
        Ok(Some(())) => Some(format!(
            "the {what} {shown} was readable by others; only you, the system and administrators may read it now"
        )),
        Err(error) => Some(format!(
            "the {what} {shown} may be readable by others: {error}; move it to a folder that only you may read"
        )),
    }
}

/// Checks the result, since some file systems have no access lists or ignore changes.
fn restrict_and_check(path: &Path) -> io::Result<()> {
    restrict_to_owner(path)?;
    if others_may_read(path)? {
        return Err(io::Error::other("its access list cannot be changed"));
    }
    Ok(())
}

fn restrict(path: &Path, inherited: &str) -> io::Result<()> {
    let user = current_process_sid()?.to_string();
    let entry = |trustee: &str| format!("(A;{inherited};FA;;;{trustee})");
    let entries: String = ALWAYS
        .into_iter()
        .chain([user.as_str()])
        .map(entry)
        .collect();
    // P: inherit nothing from the folder.
    let list: LocalBox<SecurityDescriptor> = format!("D:P{entries}").parse()?;
    let both = SecurityInformation::Dacl | SecurityInformation::ProtectedDacl;
    SetNamedSecurityInfo(name(path), FILE, both, None, None, list.dacl(), None)
}

fn others_may_read(path: &Path) -> io::Result<bool> {
    let wanted = SecurityInformation::Dacl | SecurityInformation::Owner;
    let found = GetNamedSecurityInfo(name(path), FILE, wanted)?;
    if found.dacl().is_none() {
        // A missing list gives everybody access.
        return Ok(true);
    }
    let user = current_process_sid()?;
    let owner = found.owner();
    let is_known = |trustee: &str| {
        let sid = trustee.parse::<LocalBox<Sid>>();
        sid.is_ok_and(|sid| *sid == *user || owner == Some(&*sid)) || ALWAYS.contains(&trustee)
    };
    let list = found.as_sddl()?;
    Ok(allowed_trustees(&list.to_string_lossy()).any(|trustee| !is_known(trustee)))
}

fn name(path: &Path) -> &OsStr {
    path.as_os_str()
}

/// The trustees that an access list in SDDL allows: for `D:P(A;;FA;;;SY)(D;;FR;;;WD)` only the system.
fn allowed_trustees(list: &str) -> impl Iterator<Item = &str> {
    list.split('(').skip(1).filter_map(|entry| {
        let mut fields = entry.trim_end_matches(')').split(';');
        let kind = fields.next()?;
        let trustee = fields.nth(4)?;
        matches!(kind, "A" | "XA" | "OA").then_some(trustee)
    })
}

#[cfg(test)]
mod tests {
    use super::allowed_trustees;

    #[test]
    fn allowed_trustees_are_read_from_sddl() {
        let list = "O:BAG:BAD:PAI(A;;FA;;;SY)(D;;FR;;;WD)(XA;;FR;;;AU;(Member_of {SID(BA)}))(A;ID;0x1200a9;;;BU)";
        assert_eq!(
            allowed_trustees(list).collect::<Vec<_>>(),
            ["SY", "AU", "BU"]
        );
    }
}
