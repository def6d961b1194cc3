use super::*;
use crate::format::read_chunk;
use crate::{ChunkError, Column, Dense, decode_values};
use proptest::prelude::*;
use std::ops::Range;

/// Floats of all sorts: any bits, special values, and the tenths that agents send.
fn any_float() -> impl Strategy<Value = f64> {
    let odd = [
        0.0,
        -0.0,
        5e-324,
        f64::MIN_POSITIVE,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ];
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        proptest::sample::select(odd.to_vec()),
        (0_i32..1000).prop_map(|tenths| f64::from(tenths) / 10.0),
        Just(f64::from_bits(0x7ff8_0000_dead_beef)),
    ]
}

fn any_integer() -> impl Strategy<Value = i64> {
    let near = 4_000_000_i64;
    prop_oneof![
        any::<i64>(),
        0..near,
        (0..near).prop_map(|pages| pages * 4096)
    ]
}

fn column_of<V: Strategy<Value = Value>>(value: V) -> impl Strategy<Value = Vec<Option<Value>>> {
    let entries = proptest::collection::vec(value, 0..700);
    let gaps = proptest::collection::vec((0_usize..700, 0_usize..300), 0..4);
    let holes = prop_oneof![Just(0.0), Just(0.5), Just(1.0)];
    (entries, gaps, holes).prop_perturb(|(entries, gaps, holes), mut random| {
        let mut values: Vec<_> = entries.into_iter().map(Some).collect();
        for (start, length) in gaps {
            values
                .iter_mut()
                .skip(start)
                .take(length)
                .for_each(|value| *value = None);
        }
        for value in &mut values {
            if random.random_bool(holes) {
                *value = None;
            }
        }
        values
    })
}

fn any_column() -> impl Strategy<Value = Vec<Option<Value>>> {
    let integer = || any_integer().prop_map(Value::Integer);
    let float = || any_float().prop_map(Value::Float);
    let whole = |floats: BoxedStrategy<f64>| {
        floats.prop_map(|float| whole_integer(float).map_or(Value::Float(float), Value::Integer))
    };
    let decimal = || {
        (-100_000_i32..100_000, 0_u8..4)
            .prop_map(|(units, scale)| decimal::float(units.into(), decimal::power(scale)))
    };
    prop_oneof![
        column_of(integer()),
        column_of(float()),
        column_of(whole(any_float().boxed())),
        column_of(whole(decimal().boxed())),
        column_of(decimal().prop_map(Value::Float)),
        column_of(prop_oneof![integer(), float()]),
        column_of(Just(Value::Integer(8_000_000_000))),
        column_of(Just(Value::Float(0.1))),
    ]
}

fn sub_range(from: usize, to: usize, entries: usize) -> Range<usize> {
    from.min(to).min(entries)..from.max(to).min(entries)
}

proptest! {
    #[test]
    fn any_column_round_trips(values in any_column(), log2 in 8_u8..10) {
        let bytes = encode_in_sections(&values, log2).unwrap();
        prop_assert_eq!(decode_values(&bytes).unwrap(), values);
    }

    #[test]
    fn a_range_is_what_the_whole_says(values in any_column(), from in 0_usize..700, to in 0_usize..700) {
        let bytes = encode_in_sections(&values, 8).unwrap();
        let mut column = Column::open(&bytes).unwrap();
        let range = sub_range(from, to, values.len());
        let mut floats = Dense::default();
        // Leftovers of an earlier chunk must not show.
        floats.set((0..900).map(Some).map(|left| left.map(f64::from)));
        column.floats(range.clone(), &mut floats).unwrap();
        let mut integers = Dense::default();
        column.integers(range.clone(), &mut integers).unwrap();
        prop_assert_eq!(floats.values().len(), range.len());
        prop_assert_eq!(&column.values_within(range.clone()).unwrap()[..], &values[range.clone()]);
        for (at, value) in values[range].iter().enumerate() {
            let found = floats.get(at).map(f64::to_bits);
            prop_assert_eq!(found, value.map(|value| value.as_f64().to_bits()));
            prop_assert_eq!(integers.get(at), value.and_then(integer));
        }
    }
}

fn kind_of(values: &[Option<Value>]) -> u8 {
    let bytes = encode_values(values).unwrap();
    assert_eq!(decode_values(&bytes).unwrap(), values);
    read_chunk(&bytes).unwrap().kind
}

#[test]
fn chooses_the_best_kind() {
    let integer = |integer| Some(Value::Integer(integer));
    let float = |float| Some(Value::Float(float));
    let third = 1.0 / 3.0;
    assert_eq!(kind_of(&[]), INTEGERS);
    assert_eq!(kind_of(&[None, integer(1)]), INTEGERS);
    assert_eq!(kind_of(&[None, float(third)]), FLOATS);
    assert_eq!(kind_of(&[float(0.1), float(-0.0)]), FLOATS);
    assert_eq!(kind_of(&[None, float(1.0), float(-0.07)]), DECIMALS);
    assert_eq!(
        kind_of(&[integer(1), float(1.5), float(1e-9)]),
        WHOLE_DECIMALS
    );
    assert_eq!(kind_of(&[integer(1), float(third)]), WHOLE_FLOATS);
    assert_eq!(kind_of(&[integer(1 << 53), float(0.5)]), WHOLE_FLOATS);
    assert_eq!(kind_of(&[integer(0), float(-0.0)]), WHOLE_FLOATS);
    assert_eq!(kind_of(&[integer(1), float(2.0)]), MIXED);
    assert_eq!(kind_of(&[integer(i64::MAX), float(1.5)]), MIXED);
}

#[test]
fn a_range_beyond_the_end_is_refused() {
    let bytes = encode_values(&[None; 3]).unwrap();
    let mut column = Column::open(&bytes).unwrap();
    assert_eq!(column.values_within(2..4), Err(ChunkError::Lengths));
    let backwards = Range { start: 2, end: 1 };
    assert_eq!(column.values_within(backwards), Err(ChunkError::Lengths));
    assert_eq!(column.values_within(3..3), Ok(vec![]));
}

#[test]
fn refuses_more_than_a_chunk_holds() {
    let values = vec![None; MAX_ENTRIES + 1];
    assert_eq!(
        encode_values(&values),
        Err(EncodeError::TooMany(values.len()))
    );
}

#[test]
fn a_constant_column_takes_some_bytes_whatever_its_length() {
    let bytes = encode_values(&vec![Some(Value::Integer(16 << 30)); 86_400]).unwrap();
    assert!(bytes.len() < 100, "{}", bytes.len());
}
