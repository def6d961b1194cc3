// An open page requests only what has changed: the computer, its history and its processes once for
// each poll.

import type { Page } from '@playwright/test';
import {
  addComputer,
  expect,
  mainCharts,
  computerRow,
  test,
  openOverview,
} from '../support/test.js';

const watched_s = 4;

/** How often the page requested each path while it was idle, and for how long. */
async function requestsOf(page: Page) {
  const counts: Record<string, number> = {};
  const count = (request: { url: () => string }) => {
    const kind = /\/api\/(?:computers\/\d+\/)?([a-z_]+)/.exec(request.url())?.[1];
    if (kind) counts[kind] = (counts[kind] ?? 0) + 1;
  };
  const began_ms = Date.now();
  page.on('request', count);
  // There is no event to wait for: the test checks that nothing happens.
  await page.waitForTimeout(watched_s * 1000);
  page.off('request', count);
  return { counts, seconds: Math.ceil((Date.now() - began_ms) / 1000) };
}

/**
 * The most requests allowed of each path; those sent each second may include one more at either
 * end.
 */
function expectAtMost(counts: Record<string, number>, most: Record<string, number>): void {
  expect(Object.keys(counts).filter((kind) => !(kind in most))).toEqual([]);
  for (const [kind, number] of Object.entries(counts))
    expect(number, kind).toBeLessThanOrEqual(most[kind]!);
}

test("a computer's page sends no unnecessary requests", async ({ signedIn: page, muster }) => {
  const [box, lost] = [await muster.startAgent('box'), await muster.startAgent('lost')];
  await addComputer(page, 'box', box);
  await addComputer(page, 'lost', lost);
  await openOverview(page);
  await expect(computerRow(page, 'lost')).toContainText('%');

  await test.step('while it answers each second', async () => {
    await page.getByRole('link', { name: 'box' }).click();
    await expect(mainCharts(page)).toHaveCount(4);
    // For some seconds after a computer's status changes, the page asks until it knows the reason.
    const overview = await (await page.request.get('api/overview')).json();
    const { since_ms } = overview.computers[0];
    await expect.poll(() => Date.now() - since_ms).toBeGreaterThan(6_000);
    const { counts, seconds } = await requestsOf(page);
    expect(counts['computers']).toBeGreaterThan(0);
    const eachSecond = seconds + 2;
    expectAtMost(counts, {
      ...{ now: eachSecond, computers: eachSecond, history: eachSecond },
      ...{ completeness: 1, processes: 1 },
    });
  });

  await test.step('while it is down', async () => {
    await lost.stop();
    await openOverview(page);
    await expect(computerRow(page, 'lost')).toContainText('connection refused');
    await page.getByRole('link', { name: 'lost' }).click();
    await expect(mainCharts(page)).toHaveCount(4);
    const { counts, seconds } = await requestsOf(page);
    const eachSecond = seconds + 2;
    // Without an answer there are no new processes.
    expectAtMost(counts, {
      ...{ computers: eachSecond, history: eachSecond, completeness: eachSecond },
      now: 2,
    });
  });
});
