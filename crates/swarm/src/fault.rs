//! The faults of simulated agents. An agent's fault is a function of its number, so that `serve`, `register` and
//! the tests agree on it.

use clap::ValueEnum;

/// A way in which an agent fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ValueEnum)]
pub enum Fault {
    /// Accepts connections and never answers
    Dead,
    /// Refuses connections: half of these agents reset an accepted connection; `register` gives the others port 9,
    /// where nothing listens (without the fault flags they reset too)
    Refusing,
    /// Answers slowly: half of these agents send a byte per second, the others the whole answer after 8 s
    Slow,
    /// Answers with garbage: in turn random bytes, a body that is not JSON, and JSON of another shape
    Garbage,
    /// Sends an endless answer: half of these agents chunked, the others without a length; at most 16 MiB or 60 s
    Endless,
    /// Closes the connection in the middle of an answer, after half of the announced bytes
    Cut,
    /// Answers 401 to every token
    Token,
    /// Alternates between 20 s healthy and 20 s dead
    Flapping,
    /// Answers correctly, but its clock and boot time are wrong by 1 to 12 hours: half of these agents ahead, the
    /// others behind
    Clock,
}

/// An agent's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Faulty {
    /// The kind of fault.
    pub fault: Fault,
    /// How many agents before it have the same fault. Faults with several forms alternate between them.
    pub turn: u32,
}

/// The share of a fleet that is faulty, and the faults it has.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    percent: u32,
    kinds: Vec<Fault>,
}

impl Faults {
    /// `percent` of the fleet have these faults; an empty list means all faults.
    #[must_use]
    pub fn new(percent: u32, kinds: &[Fault]) -> Self {
        let all = kinds.is_empty().then(Fault::value_variants);
        Self {
            percent: percent.min(100),
            kinds: all.unwrap_or(kinds).to_vec(),
        }
    }

    /// The fault of the agent with this number, if any. Faulty agents are spread evenly, and the faults take turns.
    #[must_use]
    pub fn fault_of(&self, number: u32) -> Option<Faulty> {
        let before = self.count_faulty(number);
        let kinds = u32::try_from(self.kinds.len()).ok()?;
        let which = usize::try_from(before.checked_rem(kinds)?).ok()?;
        let is_faulty = self.count_faulty(number.saturating_add(1)) > before;
        is_faulty.then_some(Faulty {
            fault: *self.kinds.get(which)?,
            turn: before / kinds,
        })
    }

    /// How many of the first `agents` agents are faulty.
    #[must_use]
    pub fn count_faulty(&self, agents: u32) -> u32 {
        let count = u64::from(agents) * u64::from(self.percent) / 100;
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

impl Faulty {
    /// Whether it has the second of the two forms of its fault.
    #[must_use]
    pub fn is_other_form(self) -> bool {
        self.turn % 2 == 1
    }

    /// How far its clock is ahead, in milliseconds; negative if it is behind.
    #[must_use]
    pub fn clock_ahead_ms(self) -> i64 {
        if self.fault != Fault::Clock {
            return 0;
        }
        let ahead_ms = i64::from(self.turn / 2 % 12 + 1) * 60 * 60 * 1000;
        if self.is_other_form() {
            -ahead_ms
        } else {
            ahead_ms
        }
    }
}

impl Fault {
    /// The name of the fault, as on the command line.
    #[must_use]
    pub fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faulty(faults: &Faults, agents: u32) -> Vec<(u32, Faulty)> {
        let of = |number| Some((number, faults.fault_of(number)?));
        (0..agents).filter_map(of).collect()
    }

    #[test]
    fn a_share_is_spread_evenly() {
        for percent in [0, 1, 20, 33, 99, 100] {
            let faults = Faults::new(percent, &[]);
            let found = faulty(&faults, 1_000);
            assert_eq!(found.len(), usize::try_from(percent * 10).unwrap_or(0));
            assert_eq!(faults.count_faulty(1_000), percent * 10);
            let apart = found.windows(2).map(|pair| pair[1].0 - pair[0].0);
            let most = 100u32.checked_div(percent).unwrap_or(0) + 1;
            assert!(apart.max().unwrap_or(0) <= most, "{percent}");
        }
    }

    #[test]
    fn all_faults_take_turns_if_none_is_named() {
        let kinds = Fault::value_variants();
        for (index, (_, faulty)) in faulty(&Faults::new(20, &[]), 1_000).iter().enumerate() {
            assert_eq!(faulty.fault, kinds[index % kinds.len()]);
            assert_eq!(usize::try_from(faulty.turn).ok(), Some(index / kinds.len()));
        }
        let named = Faults::new(50, &[Fault::Cut, Fault::Slow]);
        let found = faulty(&named, 8);
        let names: Vec<_> = found
            .iter()
            .map(|(_, faulty)| faulty.fault.name())
            .collect();
        assert_eq!(names, ["cut", "slow", "cut", "slow"]);
    }

    #[test]
    fn clocks_are_off_by_hours_in_both_directions() {
        let off = |turn| {
            Faulty {
                fault: Fault::Clock,
                turn,
            }
            .clock_ahead_ms()
                / 3_600_000
        };
        assert_eq!(
            [off(0), off(1), off(2), off(23), off(24)],
            [1, -1, 2, -12, 1]
        );
        let slow = Faulty {
            fault: Fault::Slow,
            turn: 0,
        };
        assert_eq!(slow.clock_ahead_ms(), 0);
    }

    #[test]
    fn without_a_share_no_agent_is_faulty() {
        assert_eq!(Faults::default().fault_of(0), None);
        assert_eq!(Faults::new(0, &[Fault::Dead]).fault_of(7), None);
    }
}
