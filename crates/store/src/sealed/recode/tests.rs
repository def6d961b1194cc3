use super::super::series::column;
use super::*;
use crate::{Length, Period};

fn block(times: &[i64], columns: &[(i64, Vec<Option<Value>>)]) -> Block {
    Block {
        times: times.to_vec(),
        series: columns.iter().cloned().collect(),
    }
}

fn set(piece: Piece) -> ChunkSet {
    piece.into_set(Period {
        start_ms: 0,
        length: Length::Day,
        version: 1,
    })
}

fn sealed(block: Block) -> ChunkSet {
    let mut pieces = recode(&[Source::Block(block)], whole).unwrap();
    set(pieces.remove(0))
}

fn all(set: &ChunkSet) -> Block {
    Block::decode(set, i64::MIN, i64::MAX, usize::MAX).unwrap()
}

fn number(n: i64) -> Option<Value> {
    Some(Value::Integer(n))
}

/// A counter that falls once, its rates, of which one does not follow, and something else.
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
        .map(|n| Source::of_set(sealed(day(n))).unwrap())
        .collect();
    let mut month = recode(&sources, whole).unwrap();
    let month = set(month.remove(0));
    let decoded = all(&month);
    assert_eq!(decoded.times.len(), 12);
    let days = recode(&[Source::of_set(month).unwrap()], by_day).unwrap();
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
    let sources = [Source::of_set(sealed(one)).unwrap(), Source::Block(late)];
    let mut pieces = recode(&sources, whole).unwrap();
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
        damaged.chunks[number].1[7] ^= 0x10;
        let read = Block::decode(&damaged, i64::MIN, i64::MAX, usize::MAX);
        assert!(read.is_err(), "chunk {number}");
        let mut missing = whole.clone();
        let (series, _) = missing.chunks.remove(number);
        let read = Block::decode(&missing, i64::MIN, i64::MAX, usize::MAX);
        assert_eq!(read.is_err(), series == TIMES || is_counter(series));
    }
}
