//! Records a reading per interval. Only this timer wakes the agent up by itself.

use crate::alarm::Alarm;
use crate::http::App;
use crate::lifetime::Lifetime;
use std::sync::Arc;

/// Records readings, and saves a changed interval for the next run. It never returns.
pub async fn record_readings_forever(app: Arc<App>, lifetime: Option<&Lifetime>) {
    let mut alarm = Alarm::new();
    let mut pace = app.pace().subscribe();
    loop {
        let interval = *pace.borrow_and_update();
        tokio::select! {
            () = alarm.wait(interval) => app.record_reading(),
            Ok(()) = pace.changed() => {
                if let Some(lifetime) = lifetime {
                    lifetime.save_interval(*pace.borrow());
                }
            }
        }
    }
}
