// What has to be asked for so that the wanted series are known over a plan: only the newest buckets
// of what is known already, and as many series at once as the server answers.

import type { Buckets, History } from '../api/types';
import { isOver, merged, tailOf, type Plan } from './history';

/** The server's own limit. */
export const seriesAtOnce = 32;
/** The server's limit of buckets an answer, with room to spare. */
const bucketsAtOnce = 50_000;

/** The buckets of one series, and the stretch that they cover. */
export interface Known {
  from: number;
  to: number;
  step_s: number;
  buckets: Buckets;
}

export interface Ask {
  plan: Plan;
  series: string[];
}

const asHistory = ({ from, to, step_s, buckets }: Known, name: string): History => ({
  from,
  to,
  step_s,
  series: { [name]: buckets },
});

const partOf = (plan: Plan, known: Known | undefined, name: string): Plan =>
  (known && tailOf(plan, asHistory(known, name))) || plan;

export function asksOf(
  plan: Plan,
  wanted: readonly string[],
  known: ReadonlyMap<string, Known>,
  now_ms: number,
): Ask[] {
  const asks: Ask[] = [];
  for (const name of new Set(wanted)) {
    const entry = known.get(name);
    if (entry && isOver(plan, asHistory(entry, name), now_ms)) continue;
    const part = partOf(plan, entry, name);
    const most = Math.min(seriesAtOnce, Math.floor(bucketsAtOnce / part.points) || 1);
    const ask = asks.find(
      ({ plan: { from_s }, series }) => from_s === part.from_s && series.length < most,
    );
    if (ask) ask.series.push(name);
    else asks.push({ plan: part, series: [name] });
  }
  return asks;
}

/** Whether a plan is an earlier one, moved on, so that what is known on one is of use on the other. */
export const continues = (plan: Plan, next: Plan): boolean =>
  plan.step_s === next.step_s && plan.from_s < next.to_s && next.from_s < plan.to_s;

const nothing = (plan: Plan): History => ({
  from: plan.from_s,
  to: plan.from_s,
  step_s: plan.step_s,
  series: {},
});

/** What is known of a series, as far as it lies on the plan; null where nothing of it does. */
export function onPlan(plan: Plan, known: Known, name: string): Buckets | null {
  const { from, to, step_s } = known;
  if (step_s !== plan.step_s || to <= plan.from_s || from >= plan.to_s) return null;
  if (from === plan.from_s && to === plan.to_s) return known.buckets;
  const newer = { ...nothing(plan), ...asHistory(known, name) };
  return merged(plan, nothing(plan), newer).series[name] ?? null;
}

/** An answer joined to what was known before it. */
export function joined(
  plan: Plan,
  known: Known | undefined,
  answer: History,
  name: string,
): Known | null {
  const buckets = answer.series[name];
  if (!buckets) return null;
  const { from, to, step_s } = answer;
  if (!known || known.step_s !== step_s || plan.step_s !== step_s)
    return { from, to, step_s, buckets };
  const whole = merged(plan, asHistory(known, name), answer);
  return { from: whole.from, to: whole.to, step_s, buckets: whole.series[name]! };
}
