// Plans the requests that complete the wanted series over a plan: only the newest buckets of known
// series, and as many series in one request as the server allows.

import type { Buckets, History } from '../api/types';
import { isComplete, mergeHistories, planTail } from './history';
import type { Plan } from './plan';

/** The server's limit. */
export const seriesPerRequest = 32;
/** Below the server's limit of buckets in one response. */
const bucketsAtOnce = 50_000;

/** The buckets of the series, and the plan that they belong to. */
export interface KnownSeries {
  from: number;
  to: number;
  step_s: number;
  buckets: Buckets;
}

export interface SeriesRequest {
  plan: Plan;
  series: string[];
}

const asHistory = ({ from, to, step_s, buckets }: KnownSeries, name: string): History => ({
  from,
  to,
  step_s,
  series: { [name]: buckets },
});

const partOf = (plan: Plan, known: KnownSeries | undefined, name: string): Plan =>
  (known && planTail(plan, asHistory(known, name))) || plan;

export function planRequests(
  plan: Plan,
  wanted: readonly string[],
  known: ReadonlyMap<string, KnownSeries>,
  now_ms: number,
): SeriesRequest[] {
  const asks: SeriesRequest[] = [];
  for (const name of new Set(wanted)) {
    const entry = known.get(name);
    if (entry && isComplete(plan, asHistory(entry, name), now_ms)) continue;
    const part = partOf(plan, entry, name);
    const most = Math.min(seriesPerRequest, Math.floor(bucketsAtOnce / part.points) || 1);
    const ask = asks.find(
      ({ plan: { from_s }, series }) => from_s === part.from_s && series.length < most,
    );
    if (ask) ask.series.push(name);
    else asks.push({ plan: part, series: [name] });
  }
  return asks;
}

/** Whether `next` is `plan` moved forward, so that buckets of one are valid in the other. */
export const isContinuation = (plan: Plan, next: Plan): boolean =>
  plan.step_s === next.step_s && plan.from_s < next.to_s && next.from_s < plan.to_s;

const nothing = (plan: Plan): History => ({
  from: plan.from_s,
  to: plan.from_s,
  step_s: plan.step_s,
  series: {},
});

/** The known buckets of a series within the plan; null if there are none. */
export function bucketsOnPlan(plan: Plan, known: KnownSeries, name: string): Buckets | null {
  const { from, to, step_s } = known;
  if (step_s !== plan.step_s || to <= plan.from_s || from >= plan.to_s) return null;
  if (from === plan.from_s && to === plan.to_s) return known.buckets;
  const newer = { ...nothing(plan), ...asHistory(known, name) };
  return mergeHistories(plan, nothing(plan), newer).series[name] ?? null;
}

/** Joins a response to the buckets known before. */
export function joinBuckets(
  plan: Plan,
  known: KnownSeries | undefined,
  answer: History,
  name: string,
): KnownSeries | null {
  const buckets = answer.series[name];
  if (!buckets) return null;
  const { from, to, step_s } = answer;
  if (!known || known.step_s !== step_s || plan.step_s !== step_s)
    return { from, to, step_s, buckets };
  const whole = mergeHistories(plan, asHistory(known, name), answer);
  return { from: whole.from, to: whole.to, step_s, buckets: whole.series[name]! };
}
