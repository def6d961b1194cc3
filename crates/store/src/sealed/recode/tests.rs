use super::super::series::{column, is_counter, with_counters};
use super::super::{SealedError, add_to_charts};
use super::*;
use crate::{PeriodKey, PeriodLength};
use muster_history::{Buckets, Column};

fn block(times: &[i64], columns: &[(i64, Vec<Option<Value>>)]) -> Block {
    Block {
        times: times.to_vec(),
        series: columns.iter().cloned().collect(),
    }
}

fn set(piece: Piece) -> ChunkSet {
    piece.into_set(PeriodKey {
        start_ms: 0,
        length: PeriodLength::Day,
        version: 1,
    })
}

fn sealed(block: Block) -> ChunkSet {
    let mut pieces = recode(&[Source::Block(block)], one_piece).unwrap();
    set(pieces.remove(0))
}

fn all(set: &ChunkSet) -> Block {
    Block::decode(set, i64::MIN, i64::MAX, usize::MAX).unwrap()
}

fn number(n: i64) -> Option<Value> {
    Some(Value::Integer(n))
}

/// A counter that falls once, its rates, one of which does not follow from it, and another series.
fn example() -> Block {
    let float = |n| Some(Value::Float(n));
    let load = vec![float(0.5), None, number(3), None];
    block(
        &[0, 30_000, 60_001, 90_000],
        &[
            (column(7), [100, 400, 250, 251].map(number).into()),
            (column(9), vec![None, float(10.0), None, float(7.5)]),
            (1_000, load),
        ],
    )
}

#[test]
fn comes_back_as_it_was() {
    let sealed = sealed(example());
    assert_eq!(all(&sealed), example());
    let part = Block::decode(&sealed, 30_000, 90_000, usize::MAX).unwrap();
    assert_eq!(part.times, [30_000, 60_001]);
    assert_eq!(part.series[&column(9)], example().series[&column(9)][1..3]);
    let one = Block::decode(&sealed, 1, i64::MAX, 1).unwrap();
    assert_eq!(one.times, [30_000]);
}

#[test]
fn pieces_are_put_together_and_taken_apart() {
    let day = |n: i64| {
        let mut day = example();
        day.times
            .iter_mut()
            .for_each(|time| *time += n * 86_400_000);
        day
    };
    let sources: Vec<_> = (0..3)
        .map(|n| Source::from_set(sealed(day(n))).unwrap())
        .collect();
    let mut month = recode(&sources, one_piece).unwrap();
    let month = set(month.remove(0));
    let decoded = all(&month);
    assert_eq!(decoded.times.len(), 12);
    let days = recode(&[Source::from_set(month).unwrap()], pieces_by_day).unwrap();
    assert_eq!(days.len(), 3);
    for (n, piece) in (0..).zip(days) {
        assert_eq!(all(&set(piece)), day(n), "day {n}");
    }
}

#[test]
fn late_samples_find_their_place_and_doubles_are_left_out() {
    let one = block(&[10, 30], &[(1, vec![number(1), number(3)])]);
    let late = block(
        &[5, 20, 30],
        &[
            (1, vec![number(0), number(2), number(9)]),
            (2, vec![None, number(7), None]),
        ],
    );
    let sources = [Source::from_set(sealed(one)).unwrap(), Source::Block(late)];
    let mut pieces = recode(&sources, one_piece).unwrap();
    let merged = all(&set(pieces.remove(0)));
    assert_eq!(merged.times, [5, 10, 20, 30]);
    assert_eq!(merged.series[&1], [0, 1, 2, 3].map(number));
    assert_eq!(merged.series[&2], [None, None, number(7), None]);
}

#[test]
fn damage_is_said() {
    let whole = sealed(example());
    for number in 0..whole.chunks.len() {
        let mut damaged = whole.clone();
        let mut bytes = damaged.chunks[number].1.to_vec();
        bytes[7] ^= 0x10;
        damaged.chunks[number].1 = bytes.into();
        let read = Block::decode(&damaged, i64::MIN, i64::MAX, usize::MAX);
        assert!(read.is_err(), "chunk {number}");
        let mut missing = whole.clone();
        let (series, _) = missing.chunks.remove(number);
        let read = Block::decode(&missing, i64::MIN, i64::MAX, usize::MAX);
        assert_eq!(read.is_err(), series == TIMES || is_counter(series));
    }
}

/// A day of an agent whose two rates share its clock: interfaces are idle at times, counters fall once, and one
/// sample lacks its counters.
fn clocked(day: i64) -> Block {
    let mut columns = [7, 8, 9, 10].map(|index| (column(index), Vec::new()));
    let (mut times, mut counts, mut reading) = (Vec::new(), [5_000_000_000_i64; 2], 1.7635e9_f64);
    for at in 0..2_880_i64 {
        let elapsed = (reading + 30.0 + (at * 7_919 % 8_191) as f64 / 1e6) - reading;
        reading += elapsed;
        times.push(day * 86_400_000 + at * 29_999 + at * 7_919 % 13);
        for which in 0..2 {
            let random =
                (at + 1_000 * (which as i64 + day)).wrapping_mul(-0x61c8_8646_80b5_83eb) >> 20;
            let counted = if random & 3 == 0 {
                0
            } else {
                random.abs() % 1_000_000_007
            };
            counts[which] = if at == 700 {
                0
            } else {
                counts[which] + counted
            };
            let there = at != 1_500;
            columns[which]
                .1
                .push(number(counts[which]).filter(|_| there));
            let rate = match at {
                0 | 700 | 1_500 | 1_501 => None,
                _ => Some(Value::Float(counted as f64 / elapsed)),
            };
            columns[2 + which].1.push(rate);
        }
    }
    block(&times, &columns)
}

/// The second rates share the clock of the first ones, and so take only a few bytes.
fn assert_shared(set: &ChunkSet, most: usize) {
    let chunk = set.chunk(column(10)).unwrap();
    assert!(Column::open(chunk).unwrap().needs_clock());
    assert!(chunk.len() < most, "{} bytes", chunk.len());
}

#[test]
fn rates_that_share_a_clock_come_back_through_day_month_and_day() {
    let days: Vec<_> = (0..3).map(|day| sealed(clocked(day))).collect();
    for (number, day) in (0..).zip(&days) {
        assert_shared(day, 40);
        assert_eq!(all(day), clocked(number), "day {number}");
        let part = Block::decode(day, clocked(number).times[1_499], i64::MAX, 1_000).unwrap();
        let whole = &clocked(number).series[&column(10)];
        assert_eq!(part.series[&column(10)], whole[1_499..2_499]);
    }
    let sources = days.into_iter().map(|day| Source::from_set(day).unwrap());
    let mut month = recode(&sources.collect::<Vec<_>>(), one_piece).unwrap();
    let month = set(month.remove(0));
    assert_shared(&month, 100);
    let pieces = recode(&[Source::from_set(month).unwrap()], pieces_by_day).unwrap();
    assert_eq!(pieces.len(), 3);
    for (number, piece) in (0..).zip(pieces) {
        let piece = set(piece);
        assert_shared(&piece, 40);
        assert_eq!(all(&piece), clocked(number), "day {number}");
    }
}

#[test]
fn what_a_shared_clock_needs_is_read() {
    let mut day = sealed(clocked(0));
    let (second, end) = (column(10), 2_880 * 30_000);
    let needed = with_counters([second]);
    let draw = |set: &ChunkSet| {
        let mut chart = [Buckets::new(0, end, 100)];
        add_to_charts(set, &[Some(second)], (0, end), &mut chart).map(|()| chart)
    };
    let expected = {
        let mut chart = Buckets::new(0, end, 100);
        let block = clocked(0);
        let values = block.times.iter().zip(&block.series[&second]);
        values.for_each(|(&time, value)| {
            value
                .iter()
                .for_each(|value| chart.add_value(time, value.as_f64()));
        });
        chart
    };
    day.chunks.retain(|(id, _)| needed.contains(id));
    let ends = |chart: &Buckets| {
        let bucket =
            |bucket: &Option<muster_history::Bucket>| bucket.map(|b| (b.min, b.max, b.count));
        chart.buckets().iter().map(bucket).collect::<Vec<_>>()
    };
    assert_eq!(ends(&draw(&day).unwrap()[0]), ends(&expected));
    assert_eq!(all(&day).series[&second], clocked(0).series[&second]);
    day.chunks.retain(|&(id, _)| id != column(9));
    assert!(draw(&day).is_err());
    let read = Block::decode(&day, i64::MIN, i64::MAX, usize::MAX);
    assert!(matches!(read, Err(SealedError::NoClock(id)) if id == second));
}

#[test]
fn a_clock_is_shared_only_where_both_rates_are() {
    let mut other = clocked(0);
    other.series.remove(&column(9));
    assert_eq!(all(&sealed(other.clone())), other);
    let mut late = clocked(1);
    late.series.insert(column(9), vec![None; 2_880]);
    let sources = [Source::Block(clocked(0)), Source::Block(late.clone())];
    let mut pieces = recode(&sources, pieces_by_day)
        .unwrap()
        .into_iter()
        .map(set);
    let (both, one) = (pieces.next().unwrap(), pieces.next().unwrap());
    assert_shared(&both, 40);
    assert!(one.chunk(column(9)).is_none());
    late.series.remove(&column(9));
    assert_eq!((all(&both), all(&one)), (clocked(0), late));
}
