//! `muster-agent uninstall`.

use super::place::{Place, UNIT};
use super::step::Step;
use super::{ServiceError, UninstallArgs};
use crate::start::say;

/// Takes away what `install` set up; what is not there is no trouble.
///
/// # Errors
/// A [`ServiceError`] in words for whoever typed it.
pub fn uninstall(args: &UninstallArgs) -> Result<(), ServiceError> {
    let place = Place::new(&args.into, args.dry_run)?;
    let mut steps = Vec::new();
    if place.unit().exists() {
        steps.push(Step::Systemctl(["stop", UNIT]));
        steps.push(Step::Systemctl(["disable", UNIT]));
        steps.push(Step::Remove(place.unit()));
        steps.push(Step::Reload);
    }
    steps.push(Step::Remove(place.program()));
    if args.purge {
        steps.push(Step::Remove(place.private_state()));
        steps.push(Step::Remove(place.state()));
    }
    if args.dry_run {
        steps
            .iter()
            .for_each(|step| say(&format!("would {}\n", step.words())));
        return Ok(());
    }
    steps.iter().try_for_each(Step::take)?;
    say("The service muster-agent is gone.\n");
    if !args.purge && place.state().exists() {
        say(&format!(
            "Its token and its readings are still in {}, so that a new agent goes on with them: `muster-agent uninstall --purge`, or `rm -r {} {}`, deletes them.\n",
            place.state().display(),
            place.state().display(),
            place.private_state().display(),
        ));
    }
    Ok(())
}
