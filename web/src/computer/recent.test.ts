import { expect, it } from 'vitest';
import type { CloseUpSample } from '../api/types';
import { mergeRecent } from './recent';

const at = (...seconds: number[]) =>
  seconds.map((s) => ({ timestamp_ms: s * 1000 }) as unknown as CloseUpSample);
const seconds = (readings: readonly CloseUpSample[]) =>
  readings.map(({ timestamp_ms }) => timestamp_ms / 1000);

it('keeps each sample once, in order', () => {
  expect(seconds(mergeRecent(at(1, 2), at(2, 3)))).toEqual([1, 2, 3]);
  expect(seconds(mergeRecent([], at(7)))).toEqual([7]);
});

it('drops samples that no chart shows any more', () => {
  expect(seconds(mergeRecent(at(1, 2, 3900), at(3902)))).toEqual([2, 3900, 3902]);
});
