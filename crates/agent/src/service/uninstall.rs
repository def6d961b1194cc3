//! `muster-agent uninstall`.

use super::paths::{ServicePaths, UNIT};
use super::step::Step;
use super::{ServiceError, UninstallArgs};
use crate::start::print_and_flush;

/// Removes what `install` set up; missing parts are skipped.
///
/// # Errors
/// A [`ServiceError`] for the user.
pub fn uninstall_service(args: &UninstallArgs) -> Result<(), ServiceError> {
    let paths = ServicePaths::new(&args.into, args.dry_run)?;
    let mut steps = Vec::new();
    if paths.unit().exists() {
        steps.push(Step::Systemctl(["stop", UNIT]));
        steps.push(Step::Systemctl(["disable", UNIT]));
        steps.push(Step::Remove(paths.unit()));
        steps.push(Step::Reload);
    }
    steps.push(Step::Remove(paths.program()));
    if args.purge {
        steps.push(Step::Remove(paths.private_state()));
        steps.push(Step::Remove(paths.state()));
    }
    if args.dry_run {
        for step in &steps {
            print_and_flush(&format!("would {}\n", step.description()));
        }
        return Ok(());
    }
    steps.iter().try_for_each(Step::execute)?;
    print_and_flush("The service muster-agent was removed.\n");
    if !args.purge && paths.state().exists() {
        print_and_flush(&format!(
            "Its token and readings are still in {}, for a new installation. To delete them, run `muster-agent uninstall --purge` or `rm -r {} {}`.\n",
            paths.state().display(),
            paths.state().display(),
            paths.private_state().display(),
        ));
    }
    Ok(())
}
