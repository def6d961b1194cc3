// An open page asks for what has changed, and not more: the computer, its history and its processes
// once for each roll call.

import type { Page } from '@playwright/test';
import { addComputer, expect, mainCharts, rowOf, test, toOverview } from '../support/test.js';

const watched_s = 4;
/** One a second, and one more at either end that falls just within. */
const callsAtMost = watched_s + 2;

/** How often the page asks the server for anything while it is left alone. */
async function requestsOf(page: Page): Promise<number> {
  let requests = 0;
  const count = (request: { url: () => string }) => {
    if (request.url().includes('/api/')) requests += 1;
  };
  page.on('request', count);
  // Nothing can be waited for where the point is that nothing happens.
  await page.waitForTimeout(watched_s * 1000);
  page.off('request', count);
  return requests;
}

test('the page of a computer asks no more than it has to', async ({ signedIn: page, muster }) => {
  const [box, lost] = [await muster.startAgent('box'), await muster.startAgent('lost')];
  await addComputer(page, 'box', box);
  await addComputer(page, 'lost', lost);
  await toOverview(page);
  await expect(rowOf(page, 'lost')).toContainText('%');

  await test.step('while it answers each second', async () => {
    await page.getByRole('link', { name: 'box' }).click();
    await expect(mainCharts(page)).toHaveCount(4);
    const requests = await requestsOf(page);
    expect(requests).toBeGreaterThan(0);
    expect(requests).toBeLessThanOrEqual(3 * callsAtMost);
  });

  await test.step('while it is silent', async () => {
    await lost.stop();
    await toOverview(page);
    await expect(rowOf(page, 'lost')).toContainText('connection refused');
    await page.getByRole('link', { name: 'lost' }).click();
    await expect(mainCharts(page)).toHaveCount(4);
    // No answer, hence no other processes.
    expect(await requestsOf(page)).toBeLessThanOrEqual(2 * callsAtMost);
  });
});
