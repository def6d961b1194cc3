// What a row or card shows of a computer, computed in one step: its parts only compare strings.

import { exceeds, isLive, rowShares, type Entry, type Share } from '../fleet/entry';
import { downInWords, fullInWords, latenessInWords, stateInWords, withToken } from '../fleet/words';
import { ago, duration, exactTime, load, moment, percent, ratesTogether } from '../format';
import type { Quantity } from '../format';
import { text } from '../text';

export interface GaugeView {
  number: string;
  unit: string;
  filled: string;
  isTrouble: boolean;
}

export interface RowView {
  isLive: boolean;
  /** Its condition in words, for those who cannot see the mark. */
  state: string;
  /** Replaces the numbers if there are none: the full text for a computer that is down. */
  words: string;
  cpu: GaugeView;
  memory: GaugeView;
  disk: GaugeView;
  /** Empty if no disk is filling. */
  full: string;
  fullShort: string;
  isFilling: boolean;
  sent: string;
  received: string;
  rateUnit: string;
  load: string;
  uptime: Quantity;
  seen: string;
}

function gaugeOf({ row }: Entry, share: Share): GaugeView {
  const value = rowShares(row)[share];
  const filled_percent = Math.min(100, Math.max(0, Math.round(value ?? 0)));
  return {
    ...percent(value),
    filled: `${filled_percent}% 100%`,
    isTrouble: exceeds(row, share),
  };
}

function seenOf({ row }: Entry, now_ms: number, interval_s: number): string {
  if (row.last_seen_ms === null) return text.missing;
  if (!isLive(row)) return moment(row.last_seen_ms, now_ms);
  if (row.late) return text.condition.late;
  // One poll may be late; from two on, the row shows the age.
  return ago(row.last_seen_ms, now_ms, 2.5 * interval_s * 1000);
}

function fullShortOf(fullIn_ms: number): string {
  const { number, unit } = duration(fullIn_ms);
  return text.overview.fullShort(number, unit);
}

export function toRowView(entry: Entry, now_ms: number, interval_s: number): RowView {
  const { row, fullIn_ms } = entry;
  const rates = ratesTogether(row.sample?.network_sent_per_sec, row.sample?.network_recv_per_sec);
  const state = stateInWords(row);
  return {
    isLive: isLive(row),
    state: withToken(row, state),
    words: row.condition === 'down' ? downInWords(row, now_ms) : state,
    cpu: gaugeOf(entry, 'cpu'),
    memory: gaugeOf(entry, 'memory'),
    disk: gaugeOf(entry, 'disk'),
    full: fullIn_ms === null ? '' : fullInWords(fullIn_ms),
    fullShort: fullIn_ms === null ? '' : fullShortOf(fullIn_ms),
    isFilling: row.filling !== null,
    sent: rates.numbers[0]!,
    received: rates.numbers[1]!,
    rateUnit: rates.unit,
    load: load(row.load_1m),
    uptime: duration(row.uptime_s === null ? null : row.uptime_s * 1000),
    seen: seenOf(entry, now_ms, interval_s),
  };
}

/** The exact times for the tooltip, one per line. */
export function rowTitle(entry: Entry, now_ms: number): string {
  const { row } = entry;
  return [
    row.name,
    row.facts.os,
    withToken(row, row.condition === 'down' ? downInWords(row, now_ms) : stateInWords(row)),
    latenessInWords(row),
    row.disk_full && text.overview.fullAt(row.disk_full.disk, exactTime(row.disk_full.at_ms)),
    row.tags.length > 0 && text.overview.tags(row.tags.join(', ')),
    row.facts.boot_time_s !== null &&
      text.overview.upSince(exactTime(row.facts.boot_time_s * 1000)),
    row.last_seen_ms !== null && text.overview.lastSeen(exactTime(row.last_seen_ms)),
  ]
    .filter(Boolean)
    .join('\n');
}
