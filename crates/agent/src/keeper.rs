//! Takes a reading an interval, for the ring: the one time that the agent wakes up by itself.

use crate::alarm::Alarm;
use crate::http::App;
use crate::lifetime::Lifetime;
use std::sync::Arc;

/// Keeps readings for as long as it is polled; the next run is to keep them as often.
pub async fn keep(app: Arc<App>, lifetime: Option<&Lifetime>) {
    let mut alarm = Alarm::new();
    let mut pace = app.pace().subscribe();
    loop {
        let interval = *pace.borrow_and_update();
        tokio::select! {
            () = alarm.after(interval) => app.keep(),
            Ok(()) = pace.changed() => {
                if let Some(lifetime) = lifetime {
                    lifetime.keep_each(*pace.borrow());
                }
            }
        }
    }
}
