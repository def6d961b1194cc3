//! What can be wrong with a simulated agent, and with which of them: a function of the number alone, so that
//! whoever serves, registers or reports knows the same of each.

use clap::ValueEnum;

/// What is wrong with an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ValueEnum)]
pub enum Fault {
    /// Accepts connections and never answers
    Dead,
    /// Refuses connections: every other one by a reset as soon as it has accepted, the rest because `register`
    /// puts them at port 9, where nobody listens (with a reset where it was not told of the faults)
    Refusing,
    /// Answers slowly: every other one a byte a second, the rest all of it after 8 s
    Slow,
    /// Answers nonsense: in turn random bytes, a body that is no JSON, and JSON of another shape
    Garbage,
    /// Answers without an end: every other one in chunks, the rest without a length; 16 MiB or 60 s at most
    Endless,
    /// Ends the connection in the midst of an answer, after half of the bytes that its head tells
    Cut,
    /// Answers 401 whatever the token
    Token,
    /// Is well for 20 s and dead for 20 s
    Flapping,
    /// Answers well, with its clock and its boot time off by 1 to 12 hours: every other one ahead, the rest behind
    Clock,
}

/// An agent's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Faulty {
    /// What is wrong.
    pub fault: Fault,
    /// How many before it have the same fault: where that has several forms, they take turns.
    pub turn: u32,
}

/// Which share of a fleet is faulty, and in which ways.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    percent: u32,
    kinds: Vec<Fault>,
}

impl Faults {
    /// So many per cent of the fleet, in these ways; in all of them where none is named.
    #[must_use]
    pub fn new(percent: u32, kinds: &[Fault]) -> Self {
        let all = kinds.is_empty().then(Fault::value_variants);
        Self {
            percent: percent.min(100),
            kinds: all.unwrap_or(kinds).to_vec(),
        }
    }

    /// What is wrong with the agent of this number. The faulty ones are spread evenly, and the ways take turns.
    #[must_use]
    pub fn of(&self, number: u32) -> Option<Faulty> {
        let before = self.count(number);
        let kinds = u32::try_from(self.kinds.len()).ok()?;
        let which = usize::try_from(before.checked_rem(kinds)?).ok()?;
        let is_faulty = self.count(number.saturating_add(1)) > before;
        is_faulty.then_some(Faulty {
            fault: *self.kinds.get(which)?,
            turn: before / kinds,
        })
    }

    /// How many of so many agents are faulty.
    #[must_use]
    pub fn count(&self, agents: u32) -> u32 {
        let count = u64::from(agents) * u64::from(self.percent) / 100;
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

impl Faulty {
    /// Whether it has the second of two forms of its fault.
    #[must_use]
    pub fn is_other_form(self) -> bool {
        self.turn % 2 == 1
    }

    /// How far its clock is ahead, in milliseconds; negative where it is behind.
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
    /// Its name, as on the command line.
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
        let of = |number| Some((number, faults.of(number)?));
        (0..agents).filter_map(of).collect()
    }

    #[test]
    fn a_share_is_spread_evenly() {
        for percent in [0, 1, 20, 33, 99, 100] {
            let faults = Faults::new(percent, &[]);
            let found = faulty(&faults, 1_000);
            assert_eq!(found.len(), usize::try_from(percent * 10).unwrap_or(0));
            assert_eq!(faults.count(1_000), percent * 10);
            let apart = found.windows(2).map(|pair| pair[1].0 - pair[0].0);
            let most = 100u32.checked_div(percent).unwrap_or(0) + 1;
            assert!(apart.max().unwrap_or(0) <= most, "{percent}");
        }
    }

    #[test]
    fn all_ways_take_turns_where_none_is_named() {
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
    fn without_a_share_nobody_is_faulty() {
        assert_eq!(Faults::default().of(0), None);
        assert_eq!(Faults::new(0, &[Fault::Dead]).of(7), None);
    }
}
