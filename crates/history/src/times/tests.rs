use super::encode::encode_in_sections;
use super::*;
use crate::EncodeError;
use proptest::prelude::*;

fn rising() -> impl Strategy<Value = Vec<i64>> {
    let start = prop_oneof![Just(1_790_000_000_000), Just(i64::MIN), any::<i64>()];
    let step = prop_oneof![29_990_i64..30_010, 1_i64..100, 1_i64..i64::MAX];
    (start, proptest::collection::vec(step, 0..600)).prop_map(|(start, steps)| {
        let next = |time: &mut i64, step: i64| {
            *time = time.checked_add(step)?;
            Some(*time)
        };
        steps.into_iter().scan(start, next).collect()
    })
}

proptest! {
    #[test]
    fn rising_times_round_trip(times in rising(), from in 0_usize..600, to in 0_usize..600) {
        let bytes = encode_in_sections(&times, 8).unwrap();
        prop_assert_eq!(&decode_times(&bytes).unwrap(), &times);
        let mut chunk = Times::open(&bytes).unwrap();
        prop_assert_eq!(chunk.first(), times.first().copied());
        prop_assert_eq!(chunk.last(), times.last().copied());
        let end = to.min(times.len());
        let range = from.min(end)..end;
        let mut part = vec![7; 3];
        chunk.decode(range.clone(), &mut part).unwrap();
        prop_assert_eq!(&part[..], &times[range]);
    }

    #[test]
    fn the_covering_entries_cover(times in rising(), from: usize, to: usize, off in -1_i64..2) {
        let bytes = encode_in_sections(&times, 8).unwrap();
        let pick = |at: usize| times.get(at % times.len().max(1)).map_or(0, |t| t.saturating_add(off));
        let (from_ms, to_ms) = (pick(from), pick(to));
        let covering = Times::open(&bytes).unwrap().covering(from_ms, to_ms);
        for (entry, time) in times.iter().enumerate() {
            if (from_ms..to_ms).contains(time) {
                prop_assert!(covering.contains(&entry));
            }
        }
        let far = times.len() > 300 && from_ms >= times[256] && to_ms > from_ms;
        prop_assert!(!far || covering.start >= 256 || covering.is_empty());
    }
}

#[test]
fn knows_what_rises() {
    for times in [&[][..], &[5], &[1, 2, 9], &[i64::MIN, 0, i64::MAX]] {
        assert!(rises(times), "{times:?}");
    }
    let around = [i64::MAX - 1, i64::MAX, i64::MIN, i64::MIN + 1];
    for times in [
        &[1, 1][..],
        &[1, 3, 2],
        &[0, i64::MIN],
        &around,
        &[i64::MAX, i64::MIN],
    ] {
        assert!(!rises(times), "{times:?}");
    }
}

fn jittered() -> impl Strategy<Value = Vec<i64>> {
    let late = prop_oneof![30 => -9_i64..9, 1 => 0_i64..40_000, 1 => 0_i64..400];
    let gap = prop_oneof![400 => Just(0_i64), 1 => 1_i64..200];
    (any::<bool>(), prop::collection::vec((late, gap), 1..900)).prop_map(|(calm, entries)| {
        let mut steps = 0;
        let mut times = vec![];
        for (late, gap) in entries {
            steps += 1 + if calm { 0 } else { gap };
            let late = if calm { late % 10 } else { late };
            let time = 1_790_000_000_000 + steps * 30_000 + late;
            if times.last().is_none_or(|before| *before < time) {
                times.push(time);
            }
        }
        times
    })
}

proptest! {
    #[test]
    fn what_is_near_is_near(
        times in prop_oneof![rising(), jittered()], at: prop::sample::Index, off in -40_000_i64..40_000,
        exactly: bool,
    ) {
        let bytes = encode_in_sections(&times, 8).unwrap();
        let chunk = Times::open(&bytes).unwrap();
        let off = if exactly { off % 2 } else { off };
        let moment = if times.is_empty() { off } else { at.get(&times).saturating_add(off) };
        let near = chunk.near(moment);
        let expected = times.partition_point(|&time| time < moment);
        prop_assert!(near.start <= expected && expected <= near.end, "{near:?} {expected}");
        if let Some(time) = times.get(expected) {
            prop_assert!(chunk.bound(expected).is_some_and(|bound| bound <= *time));
        }
    }
}

#[test]
fn steady_times_are_hardly_ever_decoded() {
    let times: Vec<i64> = (0..20_000).map(|at| at * 30_000 + at * at % 300).collect();
    let bytes = encode_times(&times).unwrap();
    let chunk = Times::open(&bytes).unwrap();
    let moments = (0..600).map(|at| at * 1_000_003);
    let doubtful = moments.filter(|&moment| !chunk.near(moment).is_empty());
    assert!(doubtful.count() < 60);
}

#[test]
fn refuses_what_does_not_rise() {
    assert_eq!(encode_times(&[1, 2, 2]), Err(EncodeError::NotRising(2)));
    assert_eq!(encode_times(&[1, 0]), Err(EncodeError::NotRising(1)));
    let many: Vec<i64> = (0..=1 << 20).collect();
    assert_eq!(encode_times(&many), Err(EncodeError::TooMany(many.len())));
}
