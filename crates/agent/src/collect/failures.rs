//! Logs a failing source once, and again only after it has worked in between.

use std::fmt::Display;

/// The sources that are failing, and where to log.
pub struct FailureLog {
    failing: Vec<&'static str>,
    print: fn(&str),
}

impl Default for FailureLog {
    fn default() -> Self {
        Self {
            failing: Vec::new(),
            print: |sentence| eprintln!("muster-agent: {sentence}"),
        }
    }
}

impl FailureLog {
    /// The value of a reading; on failure logs it, unless it is known, and returns `None`.
    pub fn ok_or_log<T, E: Display>(
        &mut self,
        what: &'static str,
        reading: Result<T, E>,
    ) -> Option<T> {
        match reading {
            Ok(reading) => {
                self.failing.retain(|failing| *failing != what);
                Some(reading)
            }
            Err(error) => {
                self.log_once(what, &error);
                None
            }
        }
    }

    fn log_once(&mut self, what: &'static str, error: &dyn Display) {
        if !self.failing.contains(&what) {
            self.failing.push(what);
            (self.print)(&format!(
                "{error}; answers lack {what} until it can be read"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    static LOGGED: Mutex<Vec<String>> = Mutex::new(Vec::new());

    #[test]
    fn each_failure_is_logged_once_until_it_is_over() {
        let mut failures = FailureLog {
            failing: Vec::new(),
            print: |sentence| LOGGED.lock().unwrap().push(sentence.to_owned()),
        };
        let logged = || LOGGED.lock().unwrap().len();
        let bad = || Err::<(), _>("cannot read /proc/stat: Permission denied");
        assert_eq!(failures.ok_or_log("cpu", bad()), None);
        assert_eq!(failures.ok_or_log("cpu", bad()), None);
        assert_eq!(logged(), 1);
        assert_eq!(failures.ok_or_log("memory", bad()), None);
        assert_eq!(logged(), 2);
        assert_eq!(failures.ok_or_log("cpu", Ok::<_, &str>(7)), Some(7));
        failures.ok_or_log("cpu", bad());
        failures.ok_or_log("memory", bad());
        assert_eq!(logged(), 3);
        assert_eq!(
            LOGGED.lock().unwrap()[0],
            "cannot read /proc/stat: Permission denied; answers lack cpu until it can be read"
        );
    }
}
