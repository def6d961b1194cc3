//! Says once that a source cannot be read, and again only after it could be read in between.

use std::fmt::Display;

/// What is missing from the answers at present, and who hears of it.
pub struct Complaints {
    failing: Vec<&'static str>,
    say: fn(&str),
}

impl Default for Complaints {
    fn default() -> Self {
        Self {
            failing: Vec::new(),
            say: |sentence| eprintln!("muster-agent: {sentence}"),
        }
    }
}

impl Complaints {
    /// The reading of a collector, or nothing and, the first time, a word about it.
    pub fn hear<T, E: Display>(&mut self, what: &'static str, reading: Result<T, E>) -> Option<T> {
        match reading {
            Ok(reading) => {
                self.failing.retain(|failing| *failing != what);
                Some(reading)
            }
            Err(error) => {
                self.complain(what, &error);
                None
            }
        }
    }

    fn complain(&mut self, what: &'static str, error: &dyn Display) {
        if !self.failing.contains(&what) {
            self.failing.push(what);
            (self.say)(&format!(
                "{error}; until it can be read, answers lack {what}"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());

    #[test]
    fn each_failure_is_told_once_until_it_is_over() {
        let mut complaints = Complaints {
            failing: Vec::new(),
            say: |sentence| HEARD.lock().unwrap().push(sentence.to_owned()),
        };
        let heard = || HEARD.lock().unwrap().len();
        let bad = || Err::<(), _>("cannot read /proc/stat: Permission denied");
        assert_eq!(complaints.hear("cpu", bad()), None);
        assert_eq!(complaints.hear("cpu", bad()), None);
        assert_eq!(heard(), 1);
        assert_eq!(complaints.hear("memory", bad()), None);
        assert_eq!(heard(), 2);
        assert_eq!(complaints.hear("cpu", Ok::<_, &str>(7)), Some(7));
        complaints.hear("cpu", bad());
        complaints.hear("memory", bad());
        assert_eq!(heard(), 3);
        assert_eq!(
            HEARD.lock().unwrap()[0],
            "cannot read /proc/stat: Permission denied; until it can be read, answers lack cpu"
        );
    }
}
