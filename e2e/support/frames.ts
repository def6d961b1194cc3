// Measures how smoothly a page moves: the time between frames, and the CPU time of the longest task of its main
// thread, which does not depend on how busy the machine is.

import type { Page } from '@playwright/test';

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** CPU time of the thread in microseconds. */
  tdur?: number;
  args?: { name?: string };
}

export interface Smoothness {
  frames: number;
  median_ms: number;
  longest_ms: number;
  /** CPU time, not elapsed time. */
  longestTask_ms: number;
}

/** In the page: runs `action` and records the time of each frame. */
async function framesOf(page: Page, action: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    const deltas: number[] = [];
    let last_ms = performance.now();
    const note = () => {
      const now_ms = performance.now();
      deltas.push(now_ms - last_ms);
      last_ms = now_ms;
      if (!Object.hasOwn(window, 'framesDone')) requestAnimationFrame(note);
    };
    Object.assign(window, { frames_ms: deltas });
    requestAnimationFrame(note);
  });
  await action();
  return page.evaluate(() => {
    Object.assign(window, { framesDone: true });
    const { frames_ms } = window as unknown as { frames_ms: number[] };
    return new Promise<number[]>((done) =>
      requestAnimationFrame(() => {
        Reflect.deleteProperty(window, 'framesDone');
        done(frames_ms.slice(1));
      }),
    );
  });
}

export async function measureSmoothness(
  page: Page,
  action: () => Promise<void>,
): Promise<Smoothness> {
  // Measured twice: recording the trace takes time away from the frames.
  const frames_ms = (await framesOf(page, action)).toSorted((one, other) => one - other);
  const browser = page.context().browser()!;
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] });
  await action();
  const { traceEvents } = JSON.parse(String(await browser.stopTracing())) as {
    traceEvents: TraceEvent[];
  };
  const key = ({ pid, tid }: TraceEvent) => `${pid}:${tid}`;
  const isMain = (event: TraceEvent) =>
    event.name === 'thread_name' && event.args?.name === 'CrRendererMain';
  const main = new Set(traceEvents.filter(isMain).map(key));
  const tasks = traceEvents.filter(
    (event) => event.name.endsWith('RunTask') && main.has(key(event)),
  );
  return {
    frames: frames_ms.length,
    median_ms: frames_ms[frames_ms.length >> 1] ?? 0,
    longest_ms: frames_ms.at(-1) ?? 0,
    longestTask_ms: Math.max(0, ...tasks.map(({ tdur }) => (tdur ?? 0) / 1000)),
  };
}

/** Milliseconds from the start of navigation to the first paint with computers. */
export const measureFirstRows_ms = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((done) => {
        const look = () => {
          if (!document.querySelector('[role=table] a')) requestAnimationFrame(look);
          else requestAnimationFrame(() => setTimeout(() => done(performance.now())));
        };
        look();
      }),
  );

/** The share of CPU time that the page's main thread uses without user input. */
export async function measureIdleShare(page: Page, watched_s: number): Promise<number> {
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable', { timeDomain: 'threadTicks' });
  const taken_s = async () => {
    const { metrics } = await client.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
  };
  const before_s = await taken_s();
  // There is no event to wait for: this measures a page that does nothing.
  await page.waitForTimeout(watched_s * 1000);
  const share = ((await taken_s()) - before_s) / watched_s;
  await client.detach();
  return share;
}
