// The data of the comparison page: the chosen computers, the series of each, and the history of the
// chosen metric for each, updated as they answer.

import * as calls from '../api/calls';
import { ApiError, errorMessage } from '../api/client';
import type { SeriesList } from '../api/types';
import { clock } from '../app/clock.svelte';
import { computeLineValues, type LineValues } from '../charts/drawn';
import { planBuckets } from '../charts/history';
import type { Plan } from '../charts/plan';
import { lineColor, type ChartSpec } from '../charts/spec';
import { SeriesStore } from '../charts/store.svelte';
import { bucketTimeline, mapToPlan } from '../charts/timeline';
import { chartUnit } from '../charts/units';
import type { Span, Stretch, View } from '../charts/view';
import { fleet } from '../fleet/fleet.svelte';
import { rhythm } from '../live/rhythm.svelte';
import { stream } from '../live/stream.svelte';
import { text } from '../text';
import { findSharedMetrics } from './metrics';
import { assignSlots } from './slots';
import { fittingSpan } from './span';

export const defaultMetric = 'cpu_percent';

/** One of the chosen computers. */
export class Subject {
  readonly id: number;
  readonly store: SeriesStore;
  list = $state.raw<SeriesList | null>(null);
  /** Why its data are missing. */
  failure = $state<string | null>(null);
  #unwant = () => {};

  constructor(id: number) {
    this.id = id;
    this.store = new SeriesStore((query) => calls.history(id, query));
  }

  want(metric: string): void {
    this.#unwant();
    this.#unwant = this.store.want([metric]);
  }

  async load(): Promise<void> {
    try {
      this.list = await calls.seriesList(this.id);
      this.failure = null;
    } catch (error) {
      const isGone = error instanceof ApiError && error.status === 404;
      this.failure = isGone ? text.compare.unknown(this.id) : errorMessage(error);
    }
  }
}

export class CompareModel {
  subjects = $state.raw<Subject[]>([]);
  metric = $state(defaultMetric);
  /** Null if none is chosen: then the fitting span applies. */
  chosenView = $state.raw<View | null>(null);
  width_px = $state(0);
  plan = $state.raw<Plan | null>(null);
  /** Set while two fingers move. */
  preview = $state.raw<Stretch | null>(null);
  #slots = new Map<number, number>();

  readonly #lists = $derived(this.subjects.flatMap(({ list }) => (list ? [list] : [])));
  /** Whether it is known for each computer when its history began, or that this cannot be known. */
  readonly #areKnown = $derived(this.subjects.every(({ list, failure }) => list ?? failure));
  readonly view = $derived<View>(this.chosenView ?? { span: this.#fittingSpan() });
  readonly metrics = $derived(findSharedMetrics(this.#lists.map(({ series }) => series)));
  /** The label and unit of the metric, even if not all computers send it. */
  readonly entry = $derived(
    this.#lists.flatMap(({ series }) => series).find(({ name }) => name === this.metric) ?? null,
  );
  readonly axis = $derived<Stretch>(this.preview ?? this.plan ?? { from_s: 0, to_s: 1 });
  readonly moments_s = $derived(this.plan ? bucketTimeline(this.plan).moments_s : []);
  readonly #names = $derived(new Map(fleet.entries?.map(({ row }) => [row.id, row.name])));

  readonly spec = $derived.by((): ChartSpec => {
    const isCounter = this.entry?.kind === 'counter';
    return {
      key: this.metric,
      title: this.entry?.label ?? this.metric,
      unit: chartUnit(this.entry?.unit ?? (this.metric === defaultMetric ? '%' : ''), isCounter),
      kind: 'lines',
      limit: null,
      lines: this.subjects.map(({ id }) => ({
        series: this.metric,
        label: this.nameFor(id),
        isCounter,
        ...lineColor(this.#slots.get(id) ?? 0),
      })),
    };
  });
  readonly drawn = $derived.by(() => this.subjects.map((subject) => this.#valuesFor(subject)));
  /** Null until each computer has loaded or failed. */
  readonly isLoading = $derived(
    this.subjects.some(
      ({ list, failure, store }) => !failure && !(list && (store.plan || store.failure)),
    ),
  );

  nameFor(id: number): string {
    return this.#names.get(id) ?? text.compare.numbered(id);
  }

  /** Follows the live stream until the returned function is called. */
  follow(): () => void {
    const all = () => this.refresh();
    return stream.listen({
      hello: all,
      resync: all,
      update: ({ computers }) => {
        const answered = new Set(computers.map(({ id }) => id));
        const subjects = this.subjects.filter(({ id }) => answered.has(id));
        // A newly added computer had no series yet.
        for (const subject of subjects) if (subject.list?.first_ms === null) void subject.load();
        this.refresh(subjects);
      },
    });
  }

  choose(ids: readonly number[]): void {
    const known = new Map(this.subjects.map((subject) => [subject.id, subject]));
    this.#slots = assignSlots(ids, this.#slots);
    this.subjects = ids.map((id) => known.get(id) ?? this.#begin(id));
    this.refresh();
  }

  compareBy(metric: string): void {
    if (metric === this.metric) return;
    this.metric = metric;
    for (const subject of this.subjects) subject.want(metric);
  }

  show(view: View | null): void {
    this.chosenView = view;
    this.refresh();
  }

  #fittingSpan(): Span {
    const firsts = this.#lists.flatMap(({ first_ms }) => first_ms ?? []);
    return fittingSpan(firsts, clock.now_ms);
  }

  /** Requests the newest buckets of computers with known history, and everything of the others. */
  refresh(subjects: Subject[] = this.subjects): void {
    const { interval_s } = rhythm;
    if (interval_s === null || this.width_px === 0 || subjects.length === 0) return;
    const now_ms = clock.exact_ms();
    const firsts = this.#lists.flatMap(({ first_ms }) => first_ms ?? []);
    const lasts = this.#lists.flatMap(({ last_ms }) => last_ms ?? []);
    // The fitting span, and "all", depend on when the history began.
    if (!this.chosenView && !this.#areKnown) return;
    if (firsts.length === 0 && 'span' in this.view && this.view.span === 'all') return;
    const extent = { first_ms: Math.min(now_ms, ...firsts), last_ms: Math.max(0, ...lasts) };
    const plan = planBuckets(this.view, { ...extent, now_ms, interval_s, width_px: this.width_px });
    this.plan = plan;
    for (const { store } of subjects) void store.refresh(plan);
  }

  #begin(id: number): Subject {
    const subject = new Subject(id);
    subject.want(this.metric);
    void subject.load().then(() => this.refresh());
    return subject;
  }

  #valuesFor({ store }: Subject): LineValues {
    const { plan, moments_s } = this;
    const isOnPlan = plan && store.plan?.step_s === plan.step_s;
    const timeline = isOnPlan
      ? mapToPlan(moments_s, store.plan!)
      : { moments_s, sources: moments_s.map(() => Infinity) };
    return computeLineValues(this.spec.lines[0]!, {
      series: isOnPlan ? store.series : {},
      plan: store.plan ?? plan ?? { from_s: 0, to_s: 0, step_s: 1, points: 0 },
      timeline,
      readings: [],
      interval_s: rhythm.interval_s ?? 1,
    });
  }
}
